//! An act of a history as the installation knows it: with its own identifiers, and with what it brings.

use domain::act::collect::NewRecord;
use domain::act::consent::NewConsent;
use domain::act::hold::NewHold;
use domain::collect::Collection;
use domain::{
    Account, ConsentId, FactRef, HoldId, KeyId, ObjectionId, OrganisationId, RecordId,
    RestrictionId,
};
use policy::model::PurposeSet;
use testkit::event::{self, Event};

use crate::world::{Someone, World};

impl World {
    /// The act with the identifiers of the installation, as far as there are any yet; nothing where it
    /// makes no sense to try it.
    pub(crate) fn for_the_model(
        &mut self,
        at: usize,
        event: &Event,
    ) -> Result<Option<Vec<Event>>, String> {
        let organisation = match event {
            Event::Link(organisation, _) | Event::Unlink(organisation, _) => {
                Some(self.organisation(*organisation)?)
            }
            _ => None,
        };
        let person = &self.people[at];
        let one = |event: Event| Ok(Some(vec![event]));
        match event {
            Event::Collect(collection, record) => {
                let held = person.model.held();
                let sources = record
                    .derived_from
                    .iter()
                    .map(|id| RecordId(known(person, id.0)));
                one(Event::Collect(
                    collection.clone(),
                    NewRecord {
                        derived_from: sources.filter(|id| held.contains(id)).collect(),
                        ..record.clone()
                    },
                ))
            }
            Event::Fact {
                id,
                kind,
                matter,
                happened,
                by,
                organisation,
                supersedes,
            } => one(Event::Fact {
                id: *id,
                kind: *kind,
                matter: *matter,
                happened: *happened,
                by: *by,
                organisation: *organisation,
                supersedes: supersedes.map(|id| FactRef(known(person, id.0))),
            }),
            Event::Consent(consent) => one(Event::Consent(NewConsent {
                proof: RecordId(known(person, consent.proof.0)),
                ..*consent
            })),
            // A withdrawal is of all that it reaches.
            Event::Withdraw(id) => {
                let id = ConsentId(known(person, id.0));
                let Some((_, purpose, channels)) = stated(&person.consents, id) else {
                    return Ok(None);
                };
                let reached = person.consents.iter().filter(|(_, to, by)| {
                    *to == purpose
                        && (channels.is_empty() || by.is_empty() || !by.and(channels).is_empty())
                });
                let reached = reached.filter(|(id, ..)| self.stands(at, &Event::Withdraw(*id)));
                Ok(some(
                    reached.map(|(id, ..)| Event::Withdraw(*id)).collect(),
                    event,
                ))
            }
            Event::LiftObjection(id) => {
                let id = ObjectionId(known(person, id.0));
                let Some((_, to)) = person.objections.iter().find(|(one, _)| *one == id) else {
                    return Ok(None);
                };
                let same = person.objections.iter().filter(|(_, other)| other == to);
                let same = same.filter(|(id, _)| self.stands(at, &Event::LiftObjection(*id)));
                Ok(some(
                    same.map(|(id, _)| Event::LiftObjection(*id)).collect(),
                    event,
                ))
            }
            // A hold brings its reason, which is collected first.
            Event::Hold(hold) => {
                let reason = Event::Collect(self.reason(), new_record([0xee; 16]));
                let mut model = person.model.clone();
                if !model.happen(&reason, self.now) {
                    return Ok(None);
                }
                let hold = NewHold {
                    reason: Some(RecordId([0xee; 16])),
                    ..*hold
                };
                Ok(Some(vec![reason, Event::Hold(hold)]))
            }
            Event::LiftHold(id) => one(Event::LiftHold(HoldId(known(person, id.0)))),
            Event::LiftRestriction(id) => {
                one(Event::LiftRestriction(RestrictionId(known(person, id.0))))
            }
            Event::Link(_, since) => {
                let id = organisation.unwrap_or(OrganisationId([0; 16]));
                one(Event::Link(id, *since))
            }
            Event::Unlink(_, until) => {
                let id = organisation.unwrap_or(OrganisationId([0; 16]));
                one(Event::Unlink(id, *until))
            }
            Event::Correct(correction) => {
                let wrong = RecordId(known(person, correction.wrong.0));
                let Some(values) = person.values.get(&wrong) else {
                    return Ok(None);
                };
                let before = values.keys().fold(0, |bits, field| bits | 1 << field);
                one(Event::Correct(event::Correction {
                    wrong,
                    right: correction.right,
                    fields: before | correction.fields,
                }))
            }
            other => one(other.clone()),
        }
    }

    /// Whether the model would take an act now.
    fn stands(&self, at: usize, event: &Event) -> bool {
        self.people[at].model.clone().happen(event, self.now)
    }

    /// What a hold's reason is collected as.
    fn reason(&self) -> Collection {
        let policy = &self.policies[self.in_force];
        let purposes: PurposeSet = policy.purpose_named("proofs").into_iter().collect();
        let category = policy.category_named("proof").unwrap();
        Collection {
            category,
            fields: 1,
            origin: policy.origin_named("form").unwrap(),
            brought_by: Account::parse("m.lefevre").unwrap(),
            purposes,
            kind: policy.kind_named("contact").unwrap(),
            matter: None,
            processor: None,
            collected: self.now,
            approved: false,
        }
    }
}

/// The installation's identifier for one of a history; that one itself where there is none.
pub(crate) fn known(person: &Someone, id: [u8; 16]) -> [u8; 16] {
    person.ids.get(&id).copied().unwrap_or(id)
}

pub(crate) fn stated<A: Copy, B: Copy>(
    consents: &[(ConsentId, A, B)],
    id: ConsentId,
) -> Option<(ConsentId, A, B)> {
    consents.iter().find(|(one, ..)| *one == id).copied()
}

/// Several acts for one; where there is none left, the act itself, which nobody takes.
fn some(events: Vec<Event>, instead: &Event) -> Option<Vec<Event>> {
    match events.is_empty() {
        true => Some(vec![instead.clone()]),
        false => Some(events),
    }
}

pub(crate) fn new_record(id: [u8; 16]) -> NewRecord {
    NewRecord {
        id: RecordId(id),
        key: KeyId(id),
        derived_from: Vec::new(),
    }
}
