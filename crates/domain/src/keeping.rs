//! What keeps a record and what closes it: holds, restrictions, evidence, duties.

use policy::model::PurposeId;

use crate::events::View;
use crate::subject::{Ended, Ground, Held, Hold, HoldScope, Restriction};

/// Whether a record had a live ground at a moment, or was collected later: what is placed then
/// keeps it (semantics, 8). Placing latches, so that what had expired by then has ended by then.
fn lived_at(held: &Held, moment: jiff::Timestamp) -> bool {
    held.grounds.iter().any(|ground| {
        (ground.since <= moment || held.recorded >= moment)
            && ground.ended.is_none_or(|Ended { at, .. }| at > moment)
    })
}

/// How deep derived records are followed to what they came from.
const DERIVATION_DEPTH_MAX: u8 = 16;

impl<'a> View<'a> {
    /// Holds that cover a record now.
    pub(crate) fn holds(&self, held: &Held) -> impl Iterator<Item = &'a Hold> {
        self.subject
            .holds
            .iter()
            .filter(move |hold| self.covers(hold, held))
    }

    fn covers(&self, hold: &Hold, held: &Held) -> bool {
        let now = self.moment.now;
        let scope = match hold.scope {
            HoldScope::Everything => true,
            HoldScope::Categories(categories) => categories.contains(held.category),
            HoldScope::Matter(matter) => held.matter == Some(matter),
        };
        // A hold keeps its own reason for as long as it lasts.
        (scope || hold.reason == Some(held.id))
            && hold.lifted.is_none_or(|lifted| now < lifted)
            && lived_at(held, hold.placed)
    }

    /// A restriction that covers a record now.
    pub(crate) fn restriction(&self, held: &Held) -> Option<&'a Restriction> {
        let now = self.moment.now;
        self.subject.restrictions.iter().find(|restriction| {
            restriction.categories.contains(held.category)
                && restriction.lifted.is_none_or(|lifted| now < lifted)
                && lived_at(held, restriction.since)
        })
    }

    /// Whether a hold or a restriction keeps a record, whatever its terms.
    pub(crate) fn kept_for_now(&self, held: &Held) -> bool {
        self.restriction(held).is_some() || self.holds(held).next().is_some()
    }

    /// Evidence grounds that live now: they close the record to all else (10f).
    pub(crate) fn evidence(&self, held: &Held) -> impl Iterator<Item = PurposeId> {
        let evidence = self.in_force.policy().tables.evidence;
        held.grounds
            .iter()
            .filter(move |ground| evidence.contains(ground.purpose))
            .filter(move |ground| self.live(held, ground).is_ok())
            .map(|ground| ground.purpose)
    }

    /// Whether anything keeps the record: a live ground, a hold, a restriction. A record that
    /// nothing keeps is due, and unreadable at that very moment.
    pub(crate) fn kept(&self, held: &Held) -> bool {
        self.kept_at_depth(held, 0)
    }

    fn kept_at_depth(&self, held: &Held, depth: u8) -> bool {
        !held.tombstone
            && (self.kept_for_now(held)
                || held
                    .grounds
                    .iter()
                    .any(|ground| self.live_at_depth(held, ground, depth)))
    }

    fn live_at_depth(&self, held: &Held, ground: &Ground, depth: u8) -> bool {
        self.in_term(held, ground)
            && (!self.consent_alone(ground.purpose, ground.kind)
                || self.any_consent(ground.purpose))
            && !self.falls_at_depth(held, ground, depth)
    }

    /// Whether a ground falls with the records that its record was derived from (19b). What a duty
    /// or evidence keeps stays for it.
    pub(crate) fn falls_with_source(&self, held: &Held, ground: &Ground) -> bool {
        self.falls_at_depth(held, ground, 0)
    }

    fn falls_at_depth(&self, held: &Held, ground: &Ground, depth: u8) -> bool {
        if held.derived_from.is_empty() || !self.is_use(ground.purpose) {
            return false;
        }
        depth >= DERIVATION_DEPTH_MAX
            || held.derived_from.iter().any(|source| {
                self.subject
                    .records
                    .iter()
                    .find(|held| held.id == *source)
                    .is_none_or(|source| !self.kept_at_depth(source, depth + 1))
            })
    }

    /// Whether a purpose is of ordinary use: neither a duty nor evidence.
    pub(crate) fn is_use(&self, purpose: PurposeId) -> bool {
        let tables = &self.in_force.policy().tables;
        !tables.duties.contains(purpose) && !tables.evidence.contains(purpose)
    }
}
