//! Holds (10i) and restrictions (14a).

use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{CategorySet, PurposeId, PurposeNature};

use super::{Change, Effects, begin, refuse};
use crate::decide::Refusal;
use crate::id::{HoldId, RecordId, RestrictionId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Hold, HoldScope, Restriction, Subject};
use crate::time::Moment;

/// A hold about to be placed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewHold {
    /// Which one.
    pub id: HoldId,
    /// What it covers.
    pub scope: HoldScope,
    /// What alone it may be read for: a duty, evidence, or what arises with a fact (a dispute).
    pub purpose: PurposeId,
    /// The day on which somebody must look at it again.
    pub review: Date,
    /// The sealed reason.
    pub reason: Option<RecordId>,
}

/// Places a hold. It saves what still had a live ground, and nothing that had expired by now.
///
/// # Errors
/// The [`Refusal`] when the purpose is of everyday use, or the review is not to come.
pub fn place_hold(
    in_force: &InForce,
    subject: &mut Subject,
    hold: NewHold,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let purpose = in_force.policy().purpose(hold.purpose);
    if purpose.nature == PurposeNature::Use && purpose.arises_with.is_none() {
        return refuse(Rule::HoldPurpose {
            purpose: hold.purpose,
        });
    }
    if hold.review <= moment.today {
        return refuse(Rule::Review);
    }
    let mut effects = begin(in_force, subject, moment);
    subject.holds.push(Hold {
        id: hold.id,
        scope: hold.scope,
        purpose: hold.purpose,
        placed: after_endings(subject, moment),
        review: hold.review,
        lifted: None,
        reason: hold.reason,
    });
    effects.changes.push(Change::HoldPlaced(hold.id));
    Ok(effects)
}

/// Now, and not before anything that has ended: what is placed saves nothing that had ended, even
/// where the clock stands still.
fn after_endings(subject: &Subject, moment: Moment) -> Timestamp {
    let grounds = subject.records.iter().flat_map(|held| &held.grounds);
    grounds
        .filter_map(|ground| ground.ended.map(|ended| ended.at))
        .fold(moment.now, Timestamp::max)
}

/// Lifts a hold: terms that passed meanwhile take effect at once.
///
/// # Errors
/// The [`Refusal`] when there is no such hold, or it was lifted before.
pub fn lift_hold(
    in_force: &InForce,
    subject: &mut Subject,
    id: HoldId,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let stands = |hold: &Hold| hold.id == id && hold.lifted.is_none();
    if !subject.holds.iter().any(stands) {
        return refuse(Rule::Absent);
    }
    let mut effects = begin(in_force, subject, moment);
    for hold in subject.holds.iter_mut().filter(|hold| stands(hold)) {
        hold.lifted = Some(moment.now);
    }
    effects.changes.push(Change::HoldLifted(id));
    Ok(effects)
}

/// Restricts the processing of some categories: kept, and used for nothing but what the law
/// allows.
///
/// # Errors
/// None today; a [`Refusal`] is the shape of all acts.
pub fn restrict(
    in_force: &InForce,
    subject: &mut Subject,
    id: RestrictionId,
    categories: CategorySet,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let mut effects = begin(in_force, subject, moment);
    subject.restrictions.push(Restriction {
        id,
        categories,
        since: after_endings(subject, moment),
        lifted: None,
    });
    effects.changes.push(Change::Restricted(id));
    Ok(effects)
}

/// Lifts a restriction.
///
/// # Errors
/// The [`Refusal`] when there is no such restriction, or it was lifted before.
pub fn lift_restriction(
    in_force: &InForce,
    subject: &mut Subject,
    id: RestrictionId,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let stands = |one: &Restriction| one.id == id && one.lifted.is_none();
    if !subject.restrictions.iter().any(stands) {
        return refuse(Rule::Absent);
    }
    let mut effects = begin(in_force, subject, moment);
    for restriction in subject.restrictions.iter_mut().filter(|one| stands(one)) {
        restriction.lifted = Some(moment.now);
    }
    effects.changes.push(Change::RestrictionLifted(id));
    Ok(effects)
}
