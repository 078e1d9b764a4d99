//! An ordinary person under the default policy, for tests and benchmarks.

use std::sync::Arc;

use domain::act::collect::{NewRecord, collect};
use domain::act::fact::{NewFact, record_fact};
use domain::collect::Collection;
use domain::subject::Subject;
use domain::{Account, ActorKind, FactRef, InForce, KeyId, MatterId, RecordId};
use jiff::Timestamp;
use policy::model::{Person, Policy};

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
            derived_from: Vec::new(),
        };
        let id = record.id;
        let moment = self.in_force.moment(now);
        collect(
            &self.in_force,
            &mut self.subject,
            &collection,
            record,
            moment,
        )
        .unwrap();
        id
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
