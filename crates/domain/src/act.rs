//! What acts do to a person's grounds. Each first latches: whatever has expired by now is ended,
//! then the act takes effect (semantics, 3). Acts change the [`Subject`] and say what changed.

pub mod accept;
pub mod collect;
pub mod consent;
pub mod correct;
pub mod erase;
pub mod fact;
pub mod hold;
pub mod policy;
pub mod relation;

use ::policy::model::{CategorySet, DocumentId, ErasureGround, KindId, PurposeId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::decide::Refusal;
use crate::events::View;
use crate::id::{ConsentId, FactRef, HoldId, ObjectionId, OrganisationId, RecordId, RestrictionId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Ended, EndedBy, Ground, Subject};
use crate::term::{End, ground_end};
use crate::time::Moment;

/// What an act changed, in the order in which it took effect: for the journal.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// The changes.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// A ground of a record ended for good.
    GroundEnded {
        /// Which record.
        record: RecordId,
        /// What it was held for.
        purpose: PurposeId,
        /// As what kind.
        kind: KindId,
        /// When and why.
        ended: Ended,
    },
    /// A record is now held for one purpose more.
    GroundAdded {
        /// Which record.
        record: RecordId,
        /// What for.
        purpose: PurposeId,
        /// As what kind.
        kind: KindId,
    },
    /// The person is of a kind from a day on.
    RoleBegun {
        /// Which kind.
        kind: KindId,
        /// The first day.
        since: Date,
    },
    /// A record is held.
    Collected(RecordId),
    /// A fact is recorded.
    FactRecorded(FactRef),
    /// A fact counts no longer: another took its place.
    FactSuperseded(FactRef),
    /// A consent is recorded.
    ConsentGiven(ConsentId),
    /// A consent is withdrawn.
    ConsentWithdrawn(ConsentId),
    /// An objection is recorded.
    Objected(ObjectionId),
    /// An objection was taken back.
    ObjectionLifted(ObjectionId),
    /// A hold is placed.
    HoldPlaced(HoldId),
    /// A hold is lifted.
    HoldLifted(HoldId),
    /// Processing is restricted.
    Restricted(RestrictionId),
    /// A restriction is lifted.
    RestrictionLifted(RestrictionId),
    /// Grounds ended by a request for erasure.
    Erased(ErasureGround),
    /// The person was told of a version of the policy.
    Told(u32),
    /// The person accepted a version of a document.
    Accepted(DocumentId, u32),
    /// The person belongs to an organisation.
    Linked(OrganisationId),
    /// They belong to it no longer.
    Unlinked(OrganisationId),
}

/// Ends for good whatever has expired by a moment (semantics, 3).
pub fn latch(in_force: &InForce, subject: &mut Subject, moment: Moment) -> Vec<Change> {
    let mut expired = Vec::new();
    for (at, held) in subject.records.iter().enumerate() {
        for (ground_at, ground) in held.grounds.iter().enumerate() {
            if ground.ended.is_some() || ground.since > moment.now {
                continue;
            }
            if let End::Over { at: when, rule } =
                ground_end(in_force, subject, held, ground, moment)
            {
                expired.push((at, ground_at, when, ended_by(rule)));
            }
        }
    }
    expired
        .into_iter()
        .map(|(at, ground, when, by)| end_ground(subject, at, ground, when, by))
        .collect()
}

fn ended_by(rule: Rule) -> EndedBy {
    match rule {
        Rule::ConsentNeeded { .. } => EndedBy::Consent,
        Rule::Source => EndedBy::Source,
        _ => EndedBy::Term,
    }
}

/// Ends a ground. What a hold or a restriction found alive ends after it was placed, whenever its
/// term was: a late fact does not take evidence away from under a hold (semantics, 8).
fn end_ground(
    subject: &mut Subject,
    record: usize,
    ground: usize,
    at: Timestamp,
    by: EndedBy,
) -> Change {
    let holds = subject.holds.iter().filter(|hold| hold.lifted.is_none());
    let restrictions = subject.restrictions.iter();
    let restrictions = restrictions.filter(|restriction| restriction.lifted.is_none());
    let placed = holds
        .map(|hold| hold.placed)
        .chain(restrictions.map(|restriction| restriction.since))
        .max();
    let at = placed.map_or(at, |placed| at.max(placed + SignedDuration::from_micros(1)));
    let held = &mut subject.records[record];
    let ended = Ended { at, by };
    held.grounds[ground].ended = Some(ended);
    Change::GroundEnded {
        record: held.id,
        purpose: held.grounds[ground].purpose,
        kind: held.grounds[ground].kind,
        ended,
    }
}

/// An act begins: the latch, then its own effects; the person's version grows.
pub(crate) fn begin(in_force: &InForce, subject: &mut Subject, moment: Moment) -> Effects {
    subject.version += 1;
    Effects {
        changes: latch(in_force, subject, moment),
    }
}

pub(crate) fn refuse<T>(rule: Rule) -> Result<T, Refusal> {
    Err(Refusal { rule })
}

/// Ends the live grounds that a test picks.
pub(crate) fn end_where(
    in_force: &InForce,
    subject: &mut Subject,
    moment: Moment,
    by: EndedBy,
    categories: Option<CategorySet>,
    pick: impl Fn(&View<'_>, &crate::subject::Held, &Ground) -> bool,
) -> Vec<Change> {
    let view = View::new(in_force, subject, moment);
    let mut picked = Vec::new();
    for (at, held) in subject.records.iter().enumerate() {
        if held.tombstone || categories.is_some_and(|only| !only.contains(held.category)) {
            continue;
        }
        for (ground_at, ground) in held.grounds.iter().enumerate() {
            if ground.ended.is_none() && pick(&view, held, ground) {
                picked.push((at, ground_at));
            }
        }
    }
    picked
        .into_iter()
        .map(|(at, ground)| end_ground(subject, at, ground, moment.now, by))
        .collect()
}

/// Which grounds of a record let more be added: ordinary use that lives, or anything that lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// A live ground of ordinary use: what a duty alone keeps is closed to other use.
    LiveUse,
    /// Any live ground.
    Live,
}

/// Adds grounds for purposes on the records of the categories that they use, as the kinds that a
/// test picks, beside the live grounds.
pub(crate) fn add_grounds(
    in_force: &InForce,
    subject: &mut Subject,
    moment: Moment,
    since: Timestamp,
    beside: Beside,
    pick: impl Fn(&View<'_>, &crate::subject::Held, KindId) -> Vec<(PurposeId, KindId)>,
) -> Vec<Change> {
    let view = View::new(in_force, subject, moment);
    let mut added: Vec<(usize, Ground)> = Vec::new();
    for (at, held) in subject.records.iter().enumerate() {
        if held.tombstone {
            continue;
        }
        for ground in &held.grounds {
            let counts = view.live(held, ground).is_ok()
                && (beside == Beside::Live || view.is_use(ground.purpose));
            if !counts {
                continue;
            }
            for (purpose, kind) in pick(&view, held, ground.kind) {
                let policy = in_force.policy();
                let fits = policy.tables.uses[purpose.index()].contains(held.category)
                    && policy.purposes[purpose.index()].concerns.contains(kind)
                    && in_force.rule(purpose, kind, held.category).is_some();
                let same = |other: &Ground| {
                    other.purpose == purpose && other.kind == kind && other.ended.is_none()
                };
                let there = held.grounds.iter().any(same)
                    || added.iter().any(|(of, ground)| *of == at && same(ground));
                if fits && !there {
                    let ground = Ground {
                        purpose,
                        kind,
                        since,
                        ended: None,
                    };
                    added.push((at, ground));
                }
            }
        }
    }
    added
        .into_iter()
        .map(|(at, ground)| {
            let held = &mut subject.records[at];
            held.grounds.push(ground);
            Change::GroundAdded {
                record: held.id,
                purpose: ground.purpose,
                kind: ground.kind,
            }
        })
        .collect()
}
