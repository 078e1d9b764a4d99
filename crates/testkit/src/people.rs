//! An ordinary person under the default policy, for tests and benchmarks.

use std::sync::Arc;

use domain::act::collect::{NewRecord, collect};
use domain::act::consent::{NewConsent, give_consent, object};
use domain::act::fact::{NewFact, record_fact};
use domain::act::hold::{NewHold, place_hold};
use domain::collect::Collection;
use domain::decide::{Request, decide};
use domain::subject::{HoldScope, ObjectedTo, Subject};
use domain::sweep::{Due, due};
use domain::{
    Account, ActorKind, ConsentId, FactRef, HoldId, InForce, KeyId, MatterId, ObjectionId,
    RecordId, Rule,
};
use jiff::Timestamp;
use policy::model::{CategorySet, Person, Policy};

use crate::live::nobody;

/// The default policy, compiled.
#[must_use]
pub fn default_policy() -> Arc<Policy> {
    let text = include_str!("../../../policies/assess-manager/policy.toml");
    Arc::new(
        policy::compile(text)
            .policy
            .expect("the default policy is sound"),
    )
}

/// A policy in force, and a person who lives under it through a few words.
#[derive(Clone, Debug)]
pub struct Life {
    /// The policy in force.
    pub in_force: InForce,
    /// The person.
    pub subject: Subject,
    made: u8,
}

impl Life {
    /// A person of whom nothing is known, met as a private person.
    #[must_use]
    pub fn new(policy: Arc<Policy>) -> Self {
        let mut subject = nobody();
        subject.person = Some(Person::Private);
        Self {
            in_force: InForce::new(policy, &[]).unwrap(),
            subject,
            made: 0,
        }
    }

    /// The next identifier.
    pub fn id(&mut self) -> [u8; 16] {
        self.made += 1;
        [self.made; 16]
    }

    /// Collects a record with all the fields that its purposes need.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn collect(&mut self, category: &str, kind: &str, purposes: &[&str], at: &str) -> RecordId {
        self.collect_for(category, kind, purposes, None, at)
    }

    /// As [`Life::collect`], about a matter.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn collect_for(
        &mut self,
        category: &str,
        kind: &str,
        purposes: &[&str],
        matter: Option<MatterId>,
        at: &str,
    ) -> RecordId {
        self.take_in(category, kind, purposes, (matter, Vec::new()), at)
            .unwrap()
    }

    /// Derives a record from another, with all the fields that its purposes need.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn derive(
        &mut self,
        from: RecordId,
        category: &str,
        kind: &str,
        purposes: &[&str],
        at: &str,
    ) -> Result<RecordId, Rule> {
        self.take_in(category, kind, purposes, (None, vec![from]), at)
    }

    fn take_in(
        &mut self,
        category: &str,
        kind: &str,
        purposes: &[&str],
        (matter, derived_from): (Option<MatterId>, Vec<RecordId>),
        at: &str,
    ) -> Result<RecordId, Rule> {
        let policy = self.in_force.shared();
        let category = policy.category_named(category).unwrap();
        let purposes = purposes
            .iter()
            .map(|name| policy.purpose_named(name).unwrap());
        let purposes: policy::model::PurposeSet = purposes.collect();
        let now = moment(at);
        let collection = Collection {
            category,
            fields: purposes.iter().fold(0, |fields, purpose| {
                fields | policy.tables.use_fields[purpose.index()][category.index()]
            }),
            origin: policy.origin_named("electronic-form").unwrap(),
            brought_by: Account::parse("m.lefevre").unwrap(),
            purposes,
            kind: policy.kind_named(kind).unwrap(),
            matter,
            processor: None,
            collected: now,
            approved: false,
        };
        let record = NewRecord {
            id: RecordId(self.id()),
            key: KeyId(self.id()),
            derived_from,
        };
        let id = record.id;
        let moment = self.in_force.moment(now);
        let (in_force, subject) = (&self.in_force, &mut self.subject);
        collect(in_force, subject, &collection, record, moment)
            .map(|_| id)
            .map_err(|refusal| refusal.rule)
    }

    /// A consent, with a proof of its own.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn consent(&mut self, kind: &str, purpose: &str, channels: &[&str], at: &str) -> ConsentId {
        let proof = self.collect("consent-proofs", kind, &["consent-records"], at);
        let policy = self.in_force.shared();
        let channels = channels
            .iter()
            .map(|name| policy.channel_named(name).unwrap());
        let consent = NewConsent {
            id: ConsentId(self.id()),
            purpose: policy.purpose_named(purpose).unwrap(),
            channels: channels.collect(),
            given: moment(at),
            policy_version: policy.version,
            proof,
        };
        let moment = self.in_force.moment(moment(at));
        give_consent(&self.in_force, &mut self.subject, consent, moment).unwrap();
        consent.id
    }

    /// An objection: to canvassing, or to one purpose.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn object(&mut self, to: Option<&str>, at: &str) -> ObjectionId {
        let id = ObjectionId(self.id());
        let policy = self.in_force.shared();
        let to = to.map_or(ObjectedTo::Canvassing, |name| {
            ObjectedTo::Purpose(policy.purpose_named(name).unwrap())
        });
        let at = moment(at);
        let moment = self.in_force.moment(at);
        object(&self.in_force, &mut self.subject, id, to, at, moment).unwrap();
        id
    }

    /// A hold.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn hold(&mut self, scope: HoldScope, purpose: &str, at: &str) -> HoldId {
        let moment = self.in_force.moment(moment(at));
        let hold = NewHold {
            id: HoldId(self.id()),
            scope,
            purpose: self.in_force.policy().purpose_named(purpose).unwrap(),
            review: moment.today.tomorrow().unwrap(),
            reason: None,
        };
        place_hold(&self.in_force, &mut self.subject, hold, moment).unwrap();
        hold.id
    }

    /// A reading by a recipient for a purpose: how many records it opens, or the rule that opens
    /// none.
    ///
    /// # Errors
    /// The rule.
    pub fn read(&self, recipient: &str, purpose: &str, at: &str) -> Result<usize, Rule> {
        self.read_by(recipient, purpose, None, at)
    }

    /// As [`Life::read`], to reach the person by a channel.
    ///
    /// # Errors
    /// The rule.
    ///
    /// # Panics
    /// If the policy has no such names.
    pub fn read_by(
        &self,
        recipient: &str,
        purpose: &str,
        channel: Option<&str>,
        at: &str,
    ) -> Result<usize, Rule> {
        let policy = self.in_force.policy();
        let request = Request {
            recipient: policy.recipient_named(recipient).unwrap(),
            purpose: policy.purpose_named(purpose).unwrap(),
            channel: channel.map(|name| policy.channel_named(name).unwrap()),
            categories: CategorySet(u128::MAX),
        };
        let moment = self.in_force.moment(moment(at));
        decide(&self.in_force, &self.subject, request, moment)
            .into_result()
            .map(|allowed| allowed.permitted().len())
            .map_err(|refusal| refusal.rule)
    }

    /// What is due at a moment.
    #[must_use]
    pub fn due(&self, at: &str) -> Vec<Due> {
        let moment = self.in_force.moment(moment(at));
        due(&self.in_force, &self.subject, moment)
    }

    /// Records a fact that happened as it is recorded.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn fact(&mut self, kind: &str, matter: Option<MatterId>, at: &str) -> FactRef {
        self.late_fact(kind, matter, at, at)
    }

    /// Records a fact that happened before.
    ///
    /// # Panics
    /// If the policy refuses it.
    pub fn late_fact(
        &mut self,
        kind: &str,
        matter: Option<MatterId>,
        happened: &str,
        recorded: &str,
    ) -> FactRef {
        let policy = self.in_force.shared();
        let kind = policy.fact_named(kind).unwrap();
        let it = policy.fact(kind);
        let fact = NewFact {
            id: FactRef(self.id()),
            kind,
            matter,
            happened: moment(happened),
            manner: it.manners.first().map(String::as_str),
            by: if it.recorded_by.program {
                ActorKind::Program
            } else {
                ActorKind::Staff
            },
            organisation: None,
            supersedes: None,
        };
        let moment = self.in_force.moment(moment(recorded));
        record_fact(&self.in_force, &mut self.subject, fact, moment).unwrap();
        fact.id
    }
}

/// A moment: `2026-01-05`, at noon UTC, or in full.
///
/// # Panics
/// If it is neither.
#[must_use]
pub fn moment(text: &str) -> Timestamp {
    let text = match text.len() {
        10 => format!("{text}T12:00:00Z"),
        _ => text.to_owned(),
    };
    text.parse().unwrap()
}
