//! The domain itself, living through a history of events.

use std::sync::Arc;

use domain::act::consent::{give_consent, lift_objection, object, withdraw_consent};
use domain::act::correct::{Replacement, correct};
use domain::act::erase::erase;
use domain::act::fact::{NewFact, record_fact};
use domain::act::hold::{lift_hold, lift_restriction, place_hold, restrict};
use domain::act::policy::{Named, apply_policy};
use domain::act::relation::{link, set_person, told, unlink};
use domain::subject::Subject;
use domain::sweep::due;
use domain::{InForce, KeyId, Names, SubjectId};
use jiff::Timestamp;
use policy::model::Policy;

use crate::event::Event;

/// The versions of a policy, each as it is when it is in force, with its names.
#[derive(Clone, Debug)]
pub struct Versions(Vec<(InForce, Names)>);

impl Versions {
    /// Versions of a policy, the oldest first.
    #[must_use]
    pub fn new(policies: &[Arc<Policy>]) -> Self {
        let mut known = Vec::new();
        let versions = (0..policies.len()).map(|at| {
            let in_force = InForce::new(Arc::clone(&policies[at]), &policies[..at]).unwrap();
            let (names, new) = Names::assign(&policies[at], &known).unwrap();
            known.extend(new);
            (in_force, names)
        });
        Self(versions.collect())
    }
}

/// A person in the domain.
#[derive(Clone, Debug)]
pub struct Live<'v> {
    versions: &'v Versions,
    at: usize,
    /// The person.
    pub subject: Subject,
}

impl<'v> Live<'v> {
    /// A person of whom nothing is known, under the first version.
    #[must_use]
    pub fn new(versions: &'v Versions) -> Self {
        Self {
            versions,
            at: 0,
            subject: nobody(),
        }
    }

    /// The policy in force.
    #[must_use]
    pub fn in_force(&self) -> &'v InForce {
        &self.versions.0[self.at].0
    }

    /// The names of the policy in force.
    #[must_use]
    pub fn names(&self) -> &'v Names {
        &self.versions.0[self.at].1
    }

    /// Lets an act happen; says whether it was taken.
    pub fn happen(&mut self, event: &Event, now: Timestamp) -> bool {
        let in_force = self.in_force();
        let moment = in_force.moment(now);
        let subject = &mut self.subject;
        match event {
            Event::Collect(collection, record) => {
                let record = record.clone();
                domain::act::collect::collect(in_force, subject, collection, record, moment).is_ok()
            }
            Event::Fact {
                id,
                kind,
                matter,
                happened,
                by,
                organisation,
                supersedes,
            } => {
                let fact = NewFact {
                    id: *id,
                    kind: *kind,
                    matter: *matter,
                    happened: *happened,
                    manner: None,
                    by: *by,
                    organisation: *organisation,
                    supersedes: *supersedes,
                };
                record_fact(in_force, subject, fact, moment).is_ok()
            }
            Event::Consent(consent) => give_consent(in_force, subject, *consent, moment).is_ok(),
            Event::Withdraw(id) => withdraw_consent(in_force, subject, *id, moment).is_ok(),
            Event::Object(id, to) => object(in_force, subject, *id, *to, now, moment).is_ok(),
            Event::LiftObjection(id) => lift_objection(in_force, subject, *id, moment).is_ok(),
            Event::Hold(hold) => place_hold(in_force, subject, *hold, moment).is_ok(),
            Event::LiftHold(id) => lift_hold(in_force, subject, *id, moment).is_ok(),
            Event::Restrict(id, categories) => {
                restrict(in_force, subject, *id, *categories, moment).is_ok()
            }
            Event::LiftRestriction(id) => lift_restriction(in_force, subject, *id, moment).is_ok(),
            Event::Erase(reason, categories) => {
                erase(in_force, subject, *reason, *categories, moment);
                true
            }
            Event::Told(version, on) => told(in_force, subject, *version, *on, moment).is_ok(),
            Event::Link(organisation, since) => {
                link(in_force, subject, *organisation, *since, moment).is_ok()
            }
            Event::Unlink(organisation, until) => {
                unlink(in_force, subject, *organisation, *until, moment).is_ok()
            }
            Event::Situation(person) => {
                set_person(in_force, subject, *person, moment);
                true
            }
            Event::NextPolicy => self.next_policy(now),
            Event::Correct(correction) => {
                let replacement = Replacement {
                    wrong: correction.wrong,
                    right: correction.right,
                    key: KeyId(correction.right.0),
                    fields: correction.fields,
                };
                let gone = due(in_force, subject, moment);
                if gone.iter().any(|one| one.record == correction.wrong) {
                    return false;
                }
                if correct(in_force, subject, replacement, moment).is_err() {
                    return false;
                }
                // What was wrong is destroyed in the same act.
                subject.records.retain(|held| held.id != correction.wrong);
                true
            }
            Event::Destroy(id) => {
                for held in &mut subject.records {
                    held.tombstone |= held.id == *id;
                }
                true
            }
        }
    }

    fn next_policy(&mut self, now: Timestamp) -> bool {
        if self.at + 1 == self.versions.0.len() {
            return false;
        }
        let named = |at: usize| {
            let (in_force, names) = &self.versions.0[at];
            Named { in_force, names }
        };
        let moment = self.in_force().moment(now);
        let applied = apply_policy(named(self.at), named(self.at + 1), &self.subject, moment);
        self.subject = applied.unwrap().subject;
        self.at += 1;
        true
    }
}

/// A person of whom nothing is known yet.
#[must_use]
pub fn nobody() -> Subject {
    Subject {
        id: SubjectId([1; 16]),
        version: 0,
        person: None,
        roles: Vec::new(),
        links: Vec::new(),
        facts: Vec::new(),
        organisation_facts: Vec::new(),
        consents: Vec::new(),
        objections: Vec::new(),
        restrictions: Vec::new(),
        holds: Vec::new(),
        told: None,
        acceptances: Vec::new(),
        records: Vec::new(),
    }
}
