//! The reference model: slow, obvious, written from `semantics.md` with plain lists.
//!
//! It shares the types with the domain and none of its logic: it reads the lists of a policy, never
//! its tables, walks spans event by event and counts days one by one. Tests let both live through
//! the same history and compare every answer.

mod acts;
pub mod authorisation;
mod basis;
mod collect;
mod read;
mod term;

use std::sync::Arc;

use domain::subject::{Consent, Fact, Hold, HoldScope, Link, Objection, Told};
use domain::{MatterId, RecordId, RestrictionId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use policy::model::{
    CategoryId, CategorySet, KindId, Person, Policy, Purpose, PurposeId, PurposeNature,
};

pub use read::Answer;

/// One person under a policy that changes.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Every version of the policy, the oldest first.
    versions: Vec<Arc<Policy>>,
    in_force: usize,
    zone: TimeZone,
    person: Option<Person>,
    roles: Vec<KindId>,
    links: Vec<Link>,
    facts: Vec<Fact>,
    consents: Vec<Consent>,
    objections: Vec<Objection>,
    restrictions: Vec<Restriction>,
    holds: Vec<Kept>,
    told: Vec<Told>,
    records: Vec<Record>,
}

/// A hold, with the records that it keeps listed one by one.
#[derive(Clone, Debug)]
struct Kept {
    hold: Hold,
    records: Vec<RecordId>,
}

/// A restriction, with the records that it keeps listed one by one.
#[derive(Clone, Debug)]
struct Restriction {
    id: RestrictionId,
    categories: CategorySet,
    lifted: bool,
    records: Vec<RecordId>,
}

#[derive(Clone, Debug)]
struct Record {
    id: RecordId,
    category: CategoryId,
    fields: u64,
    collected: Timestamp,
    matter: Option<MatterId>,
    version: u32,
    derived_from: Vec<RecordId>,
    destroyed: bool,
    grounds: Vec<Ground>,
}

#[derive(Clone, Debug)]
struct Ground {
    purpose: PurposeId,
    kind: KindId,
    since: Timestamp,
    ended: Option<(Timestamp, Why)>,
}

/// Why something is not read, or why a ground ended: one word a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Its destruction has begun.
    Destroyed,
    /// The purpose does not use the category.
    NotUsed,
    /// The recipient may not.
    Recipient,
    /// A hold closes it.
    Hold,
    /// Evidence closes it.
    Evidence,
    /// A restriction closes it.
    Restriction,
    /// No ground for the purpose.
    NoGround,
    /// The term is over.
    Term,
    /// The ground ended for good.
    Ended,
    /// The ground begins later.
    NotYet,
    /// No rule gives it a term.
    NoTerm,
    /// A consent is missing.
    Consent,
    /// What it was derived from is gone.
    Source,
    /// There is no basis.
    NoBasis,
    /// The contract is not open.
    Contract,
    /// The person objected.
    Objection,
    /// An erasure was asked for.
    Erasure,
}

impl Reference {
    /// A person of whom nothing is known, under the first of some versions of a policy.
    #[must_use]
    pub fn new(versions: Vec<Arc<Policy>>, zone: TimeZone) -> Self {
        Self {
            versions,
            in_force: 0,
            zone,
            person: None,
            roles: Vec::new(),
            links: Vec::new(),
            facts: Vec::new(),
            consents: Vec::new(),
            objections: Vec::new(),
            restrictions: Vec::new(),
            holds: Vec::new(),
            told: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Lets the person hear of what happened to an organisation before they belonged to it.
    pub fn hear_of(&mut self, facts: &[Fact]) {
        self.facts.extend_from_slice(facts);
    }

    /// What happened, in the order of recording.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    fn policy(&self) -> &Policy {
        &self.versions[self.in_force]
    }

    fn purpose(&self, id: PurposeId) -> &Purpose {
        &self.policy().purposes[id.index()]
    }

    fn purposes(&self) -> Vec<PurposeId> {
        (0..self.policy().purposes.len() as u8)
            .map(PurposeId)
            .collect()
    }

    fn is_use(&self, id: PurposeId) -> bool {
        self.purpose(id).nature == PurposeNature::Use
    }

    fn uses(&self, id: PurposeId, category: CategoryId) -> bool {
        let mut uses = self.purpose(id).uses.iter();
        uses.any(|used| used.category == category)
    }

    fn day(&self, moment: Timestamp) -> Date {
        moment.to_zoned_datetime(self.zone.clone()).date()
    }

    fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }

    fn in_scope(hold: &Hold, record: &Record) -> bool {
        if hold.reason == Some(record.id) {
            return true;
        }
        match hold.scope {
            HoldScope::Everything => true,
            HoldScope::Categories(set) => set.contains(record.category),
            HoldScope::Matter(matter) => record.matter == Some(matter),
        }
    }

    /// Whether a hold that is in force, or a restriction, keeps the record.
    fn is_held(&self, record: &Record) -> bool {
        self.holds
            .iter()
            .any(|kept| kept.hold.lifted.is_none() && kept.records.contains(&record.id))
            || self.is_restricted(record)
    }

    fn is_restricted(&self, record: &Record) -> bool {
        self.restrictions
            .iter()
            .any(|one| !one.lifted && one.records.contains(&record.id))
    }
}
