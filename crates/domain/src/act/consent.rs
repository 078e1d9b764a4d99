//! Consents and objections.

use jiff::Timestamp;
use policy::model::{Basis, ChannelSet, PurposeId};

use super::{Beside, Change, Effects, add_grounds, begin, end_where, refuse};
use crate::decide::Refusal;
use crate::id::{ConsentId, ObjectionId, RecordId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Consent, EndedBy, ObjectedTo, Objection, Subject};
use crate::time::Moment;

/// A consent about to be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewConsent {
    /// Which one.
    pub id: ConsentId,
    /// What for.
    pub purpose: PurposeId,
    /// By which channels; empty: the purpose as a whole.
    pub channels: ChannelSet,
    /// When it was given.
    pub given: Timestamp,
    /// The version of the policy that was shown.
    pub policy_version: u32,
    /// The sealed proof: who asked, when, what was shown.
    pub proof: RecordId,
}

/// Records a consent, and holds the records of the categories that its purpose uses for it too.
///
/// # Errors
/// The [`Refusal`] when the purpose rests on consent for nobody, the proof is not held, or the
/// consent lies in the future; then nothing has changed.
pub fn give_consent(
    in_force: &InForce,
    subject: &mut Subject,
    consent: NewConsent,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let purpose = consent.purpose;
    if consent.given > moment.now {
        return refuse(Rule::InTheFuture);
    }
    let lines = &in_force.policy().purposes[purpose.index()].bases;
    if !lines.iter().any(|line| line.basis == Basis::Consent) {
        return refuse(Rule::NotByConsent { purpose });
    }
    let proof = |subject: &Subject| {
        let mut records = subject.records.iter();
        records.any(|held| held.id == consent.proof && !held.tombstone)
    };
    if !proof(subject) {
        return refuse(Rule::ProofNeeded { purpose });
    }
    let mut effects = begin(in_force, subject, moment);
    subject.consents.push(Consent {
        id: consent.id,
        purpose,
        channels: consent.channels,
        given: consent.given,
        withdrawn: None,
        policy_version: consent.policy_version,
        proof: Some(consent.proof),
    });
    effects.changes.push(Change::ConsentGiven(consent.id));
    let added = add_grounds(
        in_force,
        subject,
        moment,
        moment.now,
        Beside::LiveUse,
        |view, held, kind| {
            let by_consent = held.id != consent.proof
                && view.may_rest_on(purpose, kind, |basis| basis == Basis::Consent);
            by_consent.then_some((purpose, kind)).into_iter().collect()
        },
    );
    effects.changes.extend(added);
    Ok(effects)
}

/// Withdraws a consent, as easily as it was given (8b). Grounds that rest on it alone end.
///
/// # Errors
/// The [`Refusal`] when there is no such consent, or it was withdrawn before.
pub fn withdraw_consent(
    in_force: &InForce,
    subject: &mut Subject,
    consent: ConsentId,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let find = |one: &&mut Consent| one.id == consent && one.withdrawn.is_none();
    if subject.consents.iter_mut().find(find).is_none() {
        return refuse(Rule::Absent);
    }
    let mut effects = begin(in_force, subject, moment);
    if let Some(found) = subject.consents.iter_mut().find(find) {
        found.withdrawn = Some(moment.now);
        let purpose = found.purpose;
        effects.changes.push(Change::ConsentWithdrawn(consent));
        let ended = end_where(
            in_force,
            subject,
            moment,
            EndedBy::Consent,
            None,
            |view, _, ground| {
                ground.purpose == purpose
                    && view.consent_alone(purpose, ground.kind)
                    && !view.any_consent(purpose)
            },
        );
        effects.changes.extend(ended);
    }
    Ok(effects)
}

/// Records an objection (21). Grounds that are left without any basis by it end: all of canvassing
/// where it is to canvassing (13d), those that can rest on legitimate interests alone otherwise.
///
/// # Errors
/// The [`Refusal`] when it lies in the future.
pub fn object(
    in_force: &InForce,
    subject: &mut Subject,
    id: ObjectionId,
    to: ObjectedTo,
    made: Timestamp,
    moment: Moment,
) -> Result<Effects, Refusal> {
    if made > moment.now {
        return refuse(Rule::InTheFuture);
    }
    let mut effects = begin(in_force, subject, moment);
    subject.objections.push(Objection {
        id,
        to,
        made,
        lifted: None,
    });
    effects.changes.push(Change::Objected(id));
    let ended = end_where(
        in_force,
        subject,
        moment,
        EndedBy::Objection,
        None,
        |view, _, ground| {
            let (purpose, kind) = (ground.purpose, ground.kind);
            let canvassing = view.purpose(purpose).canvassing;
            let reached = match to {
                ObjectedTo::Canvassing => canvassing,
                ObjectedTo::Purpose(to) => {
                    let interests = |basis| basis == Basis::LegitimateInterests;
                    to == purpose
                        && view.is_use(purpose)
                        && (canvassing
                            || view.may_rest_on(purpose, kind, interests)
                                && !view.may_rest_on(purpose, kind, |basis| !interests(basis)))
                }
            };
            reached && !view.reopened(purpose, made)
        },
    );
    effects.changes.extend(ended);
    Ok(effects)
}

/// The person takes an objection back. What it ended stays ended.
///
/// # Errors
/// The [`Refusal`] when there is no such objection, or it was taken back before.
pub fn lift_objection(
    in_force: &InForce,
    subject: &mut Subject,
    id: ObjectionId,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let stands = |one: &Objection| one.id == id && one.lifted.is_none();
    if !subject.objections.iter().any(stands) {
        return refuse(Rule::Absent);
    }
    let mut effects = begin(in_force, subject, moment);
    for objection in subject.objections.iter_mut().filter(|one| stands(one)) {
        objection.lifted = Some(moment.now);
    }
    effects.changes.push(Change::ObjectionLifted(id));
    Ok(effects)
}
