//! One act, carried out in the installation.

use std::collections::BTreeMap;

use domain::act::Change;
use domain::act::collect::NewRecord;
use domain::act::consent::NewConsent;
use domain::act::hold::NewHold;
use domain::collect::Collection;
use domain::subject::ObjectedTo;
use domain::value::{Payload, Value};
use domain::{ConsentId, Fault, FaultKind, Personal, RecordId};
use services::Acting;
use services::act::Acted;
use services::collect::{NewData, NewPerson};
use services::consent::{Consented, Proof};
use services::correct::Correction;
use services::fact::Happened;
use services::hold::Holding;
use services::statement::Statement;
use testkit::event::{self, Event};

use crate::act::Done;
use crate::house::{acting, actor};
use crate::step::{fields, value};
use crate::translate::{known, new_record, stated};
use crate::world::{Someone, World};

impl World {
    /// Carries an act out in the installation.
    pub(crate) fn carry_out(
        &mut self,
        at: usize,
        event: &Event,
        events: &[Event],
    ) -> Result<Done, Fault> {
        let kept = self.house.kept();
        let person = &mut self.people[at];
        let by = acting();
        let id = person.id;
        let mut events = events.to_vec();
        let of_model = events[0].clone();
        let id_of = || id.ok_or_else(|| Fault::new(FaultKind::Absent, "nobody"));
        let acted = match (event, of_model) {
            (Event::Collect(_, history), Event::Collect(collection, record)) => {
                person.made += 1;
                let said: BTreeMap<u8, String> = fields(collection.fields)
                    .map(|field| (field, value(at, history.id, field, person.made)))
                    .collect();
                let data = new_data(&collection, &said, &record);
                let acted = match id {
                    Some(id) => kept.add_records(id, vec![data], &by)?,
                    None => {
                        let new = NewPerson {
                            person: None,
                            records: vec![data],
                        };
                        let (id, acted) = kept.add_person(new, &by)?;
                        person.id = Some(id);
                        acted
                    }
                };
                let made = collected(&acted);
                note(person, history.id.0, made, collection.category, said);
                events[0] = Event::Collect(collection, NewRecord { id: made, ..record });
                acted
            }
            (
                Event::Fact { id: history, .. },
                Event::Fact {
                    kind,
                    matter,
                    happened,
                    by,
                    supersedes,
                    ..
                },
            ) => {
                let it = Happened {
                    kind,
                    matter,
                    at: happened,
                    manner: None,
                    supersedes,
                };
                let by_whom = Acting::new(actor(recorder(by)), false);
                let (made, acted) = kept.record_fact(id_of()?, &it, &by_whom)?;
                person.ids.insert(history.0, made.0);
                events[0] = Event::Fact {
                    id: made,
                    kind,
                    matter,
                    happened,
                    by,
                    organisation: None,
                    supersedes,
                };
                acted
            }
            (Event::Consent(history), Event::Consent(consent)) => {
                let consented = Consented {
                    purpose: consent.purpose,
                    channels: consent.channels,
                    given: Some(consent.given),
                    policy_version: Some(consent.policy_version),
                    proof: Proof::Held(consent.proof),
                };
                let (made, acted) = kept.give_consent(id_of()?, &consented, &by)?;
                person.ids.insert(history.id.0, made.0);
                let it = (made, consent.purpose, consent.channels);
                person.consents.push(it);
                events[0] = Event::Consent(NewConsent {
                    id: made,
                    ..consent
                });
                acted
            }
            (Event::Withdraw(consent), _) => {
                let consent = ConsentId(known(person, consent.0));
                let Some((_, purpose, channels)) = stated(&person.consents, consent) else {
                    return Err(Fault::new(FaultKind::Absent, "no such consent"));
                };
                kept.withdraw_consent(id_of()?, purpose, channels, &by)?
            }
            (Event::Object(history, to), _) => {
                let (made, acted) = kept.object(id_of()?, *to, None, &by)?;
                person.ids.insert(history.0, made.0);
                person.objections.push((made, *to));
                events[0] = Event::Object(made, *to);
                acted
            }
            (Event::LiftObjection(objection), _) => {
                let objection = known(person, objection.0);
                let to = person.objections.iter().find(|(one, _)| one.0 == objection);
                let to = to.map_or(ObjectedTo::Canvassing, |(_, to)| *to);
                kept.lift_objection(id_of()?, to, &by)?
            }
            (Event::Hold(history), Event::Collect(reason, record)) => {
                person.made += 1;
                let said = BTreeMap::from([(0, value(at, record.id, 0, person.made))]);
                let holding = Holding {
                    scope: history.scope,
                    purpose: history.purpose,
                    review: history.review,
                    reason: statement(&reason, &said),
                };
                let (made, acted) = kept.place_hold(id_of()?, &holding, &by)?;
                let record_made = collected(&acted);
                person.ids.insert(history.id.0, made.0);
                note(person, [0; 16], record_made, reason.category, said);
                events = vec![
                    Event::Collect(reason, new_record(record_made.0)),
                    Event::Hold(NewHold {
                        id: made,
                        reason: Some(record_made),
                        ..*history
                    }),
                ];
                acted
            }
            (_, Event::LiftHold(hold)) => kept.lift_hold(id_of()?, hold, &by)?,
            (Event::Restrict(history, categories), _) => {
                let (made, acted) = kept.restrict(id_of()?, *categories, &by)?;
                person.ids.insert(history.0, made.0);
                events[0] = Event::Restrict(made, *categories);
                acted
            }
            (_, Event::LiftRestriction(id)) => kept.lift_restriction(id_of()?, id, &by)?,
            (Event::Erase(reason, categories), _) => {
                kept.forget(id_of()?, *reason, *categories, &by)?.acted
            }
            (Event::Told(version, on), _) => kept.told(id_of()?, Some(*version), Some(*on), &by)?,
            (_, Event::Link(organisation, since)) => {
                let acted = kept.link(id_of()?, organisation, Some(since), &by)?;
                if person.belonged.insert(organisation) {
                    let of_it = self.organisations.values();
                    let mut of_it = of_it.filter(|(id, _)| *id == organisation);
                    let facts = of_it.next().map(|(_, model)| model.facts().to_vec());
                    person.model.hear_of(&facts.unwrap_or_default());
                }
                acted
            }
            (_, Event::Unlink(organisation, until)) => {
                kept.unlink(id_of()?, organisation, Some(until), &by)?
            }
            (Event::Situation(met), _) => kept.set_person(id_of()?, *met, &by)?,
            (Event::Correct(history), Event::Correct(it)) => {
                person.made += 1;
                let said: BTreeMap<u8, String> = fields(history.fields)
                    .map(|field| (field, value(at, history.right, field, person.made)))
                    .collect();
                let correction = Correction {
                    record: it.wrong,
                    values: payload(&said),
                    cleared: Vec::new(),
                };
                let corrected = kept.correct(id_of()?, &correction, &by)?;
                let mut whole = person.values[&it.wrong].clone();
                whole.extend(said);
                let category = person.categories[&it.wrong];
                note(person, history.right.0, corrected.record, category, whole);
                events[0] = Event::Correct(event::Correction {
                    right: corrected.record,
                    ..it
                });
                let Some(mut acted) = corrected.acted else {
                    return Err(Fault::new(FaultKind::Conflict, "nothing was put right"));
                };
                // The wrong one went with it, in the model, too.
                acted.destroyed.retain(|record| *record != it.wrong);
                acted
            }
            (event, _) => unreachable!("{event:?} is no act of a history"),
        };
        Ok(Done {
            destroyed: acted.destroyed.into_iter().collect(),
            events,
        })
    }
}

/// Who records, of those that this way in knows.
pub(crate) fn recorder(by: domain::ActorKind) -> domain::ActorKind {
    match by {
        domain::ActorKind::Staff => domain::ActorKind::CommandLine,
        other => other,
    }
}

/// The record that an act collected.
fn collected(acted: &Acted) -> RecordId {
    let mut collected = acted
        .effects
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Collected(id) => Some(*id),
            _ => None,
        });
    collected.next().unwrap()
}

fn note(
    person: &mut Someone,
    history: [u8; 16],
    made: RecordId,
    category: policy::model::CategoryId,
    said: BTreeMap<u8, String>,
) {
    person.ids.insert(history, made.0);
    person.categories.insert(made, category);
    person.values.insert(made, said);
}

fn payload(said: &BTreeMap<u8, String>) -> Personal<Payload> {
    let values = said.iter();
    let values = values.map(|(field, text)| (*field, Value::Text(text.clone())));
    Personal::new(Payload(values.collect()))
}

fn new_data(collection: &Collection, said: &BTreeMap<u8, String>, record: &NewRecord) -> NewData {
    NewData {
        collection: collection.clone(),
        values: payload(said),
        unique: None,
        derived_from: record.derived_from.clone(),
    }
}

fn statement(reason: &Collection, said: &BTreeMap<u8, String>) -> Statement {
    Statement {
        category: reason.category,
        values: payload(said),
        origin: reason.origin,
        kind: Some(reason.kind),
        purposes: reason.purposes,
        made: None,
    }
}
