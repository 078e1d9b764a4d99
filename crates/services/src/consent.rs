//! Consents with their proof (8b), and objections (13d, GDPR 21).

use domain::act::consent::{NewConsent, give_consent, lift_objection, object, withdraw_consent};
use domain::subject::{ObjectedTo, Subject};
use domain::{ConsentId, Fault, FaultKind, ObjectionId, RecordId, SubjectId};
use door::details::basis_number;
use jiff::Timestamp;
use journal::Act;
use policy::authorisation::Action;
use policy::model::{Basis, CategoryId, ChannelSet, PurposeId};

use crate::act::{Acted, Acting, Decided, refused};
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;
use crate::statement::Statement;

/// A consent about to be recorded.
#[derive(Clone)]
pub struct Consented {
    /// What for.
    pub purpose: PurposeId,
    /// By which channels; empty: the purpose as a whole.
    pub channels: ChannelSet,
    /// When it was given; left out: now.
    pub given: Option<Timestamp>,
    /// The version of the policy that was shown; left out: the one in force.
    pub policy_version: Option<u32>,
    /// What shows it: who asked, when, in which words.
    pub proof: Proof,
}

/// What shows that a consent was given.
#[derive(Clone)]
pub enum Proof {
    /// It is stated with the consent, and kept sealed.
    Stated(Statement),
    /// It is held already.
    Held(RecordId),
}

impl Kept {
    /// Records a consent, with its proof.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule: the purpose rests on consent for nobody, the proof is
    /// not in the policy's category for proofs, or the consent lies in the future.
    pub fn give_consent(
        &self,
        id: SubjectId,
        consented: &Consented,
        acting: &Acting,
    ) -> Result<(ConsentId, Acted), Fault> {
        let consent = ConsentId::new(self.moment()?.now, self.vault.entropy());
        let tried = Tried::for_purpose(Action::RecordConsent, consented.purpose);
        let acted = self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            let (proof, mut decided) = match &consented.proof {
                Proof::Stated(statement) => {
                    meant_for_proofs(law, statement.category)?;
                    self.take_statement(law, subject, statement, acting, moment)?
                }
                Proof::Held(record) => {
                    let held = subject.records.iter().find(|held| held.id == *record);
                    let held = held.ok_or_else(no_proof)?;
                    meant_for_proofs(law, held.category)?;
                    (*record, Decided::default())
                }
            };
            let new = NewConsent {
                id: consent,
                purpose: consented.purpose,
                channels: consented.channels,
                given: consented.given.unwrap_or(moment.now),
                policy_version: consented.policy_version.unwrap_or(law.policy().version),
                proof,
            };
            let effects = give_consent(&law.in_force, subject, new, moment)
                .map_err(|refusal| refused(refusal, law))?;
            decided.effects.changes.extend(effects.changes);
            let mut detail = self.detail(Act::ConsentGiven, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.purpose = Some(law.names.purpose.number(consented.purpose));
            detail.basis = Some(basis_number(Basis::Consent));
            detail.records = vec![proof.0];
            decided.details.push(detail);
            Ok(decided)
        })?;
        Ok((consent, acted))
    }

    /// Withdraws the consents to a purpose, those by some channels or all: it takes no more than
    /// to give one (8b).
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when no such consent stands.
    pub fn withdraw_consent(
        &self,
        id: SubjectId,
        purpose: PurposeId,
        channels: ChannelSet,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        let tried = Tried::for_purpose(Action::RecordConsent, purpose);
        self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            let reached = |given: ChannelSet| {
                channels.is_empty() || given.is_empty() || !given.and(channels).is_empty()
            };
            let standing: Vec<ConsentId> = subject
                .consents
                .iter()
                .filter(|one| one.purpose == purpose && one.withdrawn.is_none())
                .filter(|one| reached(one.channels))
                .map(|one| one.id)
                .collect();
            if standing.is_empty() {
                return Err(Fault::new(FaultKind::Absent, "no such consent stands")
                    .remedy("`kept show` lists the person's consents"));
            }
            let mut decided = Decided::default();
            for consent in standing {
                let effects = withdraw_consent(&law.in_force, subject, consent, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                decided.effects.changes.extend(effects.changes);
            }
            let mut detail = self.detail(Act::ConsentWithdrawn, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.purpose = Some(law.names.purpose.number(purpose));
            detail.categories = used_by(law, purpose, subject);
            decided.details.push(detail);
            Ok(decided)
        })
    }

    /// Records an objection. One to canvassing also suppresses the values by which the person can
    /// be found, so that no list brings them back once the rest is erased (13d).
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when it lies in the future.
    pub fn object(
        &self,
        id: SubjectId,
        to: ObjectedTo,
        made: Option<Timestamp>,
        acting: &Acting,
    ) -> Result<(ObjectionId, Acted), Fault> {
        let objection = ObjectionId::new(self.moment()?.now, self.vault.entropy());
        let acted = self.act_on(
            id,
            acting,
            &tried(to),
            &|law, subject: &mut Subject, moment| {
                let suppress = match to {
                    ObjectedTo::Canvassing if !acting.dry_run => {
                        self.values_found_by(law, id, &acting.actor, moment)?
                    }
                    ObjectedTo::Canvassing | ObjectedTo::Purpose(_) => Vec::new(),
                };
                let made = made.unwrap_or(moment.now);
                let effects = object(&law.in_force, subject, objection, to, made, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                let mut detail = self.detail(Act::ObjectionMade, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                detail.rule = Some(objected_to(law, to));
                if let ObjectedTo::Purpose(purpose) = to {
                    detail.purpose = Some(law.names.purpose.number(purpose));
                }
                Ok(Decided {
                    effects,
                    details: vec![detail],
                    suppress,
                    ..Decided::default()
                })
            },
        )?;
        Ok((objection, acted))
    }

    /// The person takes an objection back: every one that stands to the same.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when no such objection stands.
    pub fn lift_objection(
        &self,
        id: SubjectId,
        to: ObjectedTo,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        self.act_on(
            id,
            acting,
            &tried(to),
            &|law, subject: &mut Subject, moment| {
                let standing: Vec<ObjectionId> = subject
                    .objections
                    .iter()
                    .filter(|one| one.to == to && one.lifted.is_none())
                    .map(|one| one.id)
                    .collect();
                if standing.is_empty() {
                    return Err(Fault::new(FaultKind::Absent, "no such objection stands")
                        .remedy("`kept show` lists the person's objections"));
                }
                let mut decided = Decided::default();
                for objection in standing {
                    let effects = lift_objection(&law.in_force, subject, objection, moment)
                        .map_err(|refusal| refused(refusal, law))?;
                    decided.effects.changes.extend(effects.changes);
                }
                let mut detail = self.detail(Act::ObjectionLifted, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                detail.rule = Some(objected_to(law, to));
                decided.details.push(detail);
                Ok(decided)
            },
        )
    }
}

fn tried(to: ObjectedTo) -> Tried {
    match to {
        ObjectedTo::Canvassing => Tried::of(Action::Object),
        ObjectedTo::Purpose(purpose) => Tried::for_purpose(Action::Object, purpose),
    }
}

/// The categories of a person's records that a purpose uses, as numbers of the journal.
fn used_by(law: &Law, purpose: PurposeId, subject: &Subject) -> Vec<u32> {
    let uses = law.policy().tables.uses[purpose.index()];
    let held = subject.records.iter().filter(|held| !held.tombstone);
    let mut categories: Vec<u32> = held
        .filter(|held| uses.contains(held.category))
        .map(|held| law.names.category.number(held.category))
        .collect();
    categories.sort_unstable();
    categories.dedup();
    categories
}

/// What an objection is to, as the journal names it.
fn objected_to(law: &Law, to: ObjectedTo) -> String {
    match to {
        ObjectedTo::Canvassing => "canvassing".to_owned(),
        ObjectedTo::Purpose(purpose) => {
            format!("purposes.{}", law.policy().purpose(purpose).name)
        }
    }
}

/// 8b: a proof is kept where the policy keeps proofs, with the term that it gives them.
fn meant_for_proofs(law: &Law, category: CategoryId) -> Result<(), Fault> {
    let policy = law.policy();
    match policy.consent_proofs {
        Some(proofs) if proofs == category => Ok(()),
        Some(proofs) => Err(Fault::new(
            FaultKind::Refused,
            "a consent is proved by a record of the category that the policy keeps proofs in",
        )
        .rule("policy.consent-proofs")
        .remedy(format!(
            "state the proof in fields of `{}`",
            policy.category(proofs).name
        ))),
        None => Err(Fault::new(
            FaultKind::Refused,
            "the policy names no category for the proofs of consents, and none is taken without one",
        )
        .rule("policy.consent-proofs")
        .remedy("add `consent-proofs = \"...\"` to the section [policy], with a category's name")),
    }
}

fn no_proof() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "no such record is held, so it proves nothing",
    )
    .remedy("state the proof with the consent, or name a record of the person")
}
