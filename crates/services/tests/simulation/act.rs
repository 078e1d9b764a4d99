//! One act, in the installation and in the model: both take it or neither does, and the same records
//! go with it.

use std::collections::{BTreeMap, BTreeSet};

use domain::act::Change;
use domain::act::collect::NewRecord;
use domain::act::consent::NewConsent;
use domain::act::hold::NewHold;
use domain::collect::Collection;
use domain::decide::Request;
use domain::subject::ObjectedTo;
use domain::value::{Payload, Value};
use domain::{
    Account, ConsentId, FactRef, Fault, FaultKind, HoldId, KeyId, ObjectionId, OrganisationId,
    Personal, RecordId, RestrictionId,
};
use policy::model::{CategorySet, ChannelId, PurposeId, PurposeSet, RecipientId};
use services::Acting;
use services::act::Acted;
use services::collect::{NewData, NewPerson};
use services::consent::{Consented, Proof};
use services::correct::Correction;
use services::fact::Happened;
use services::hold::Holding;
use services::statement::Statement;
use testkit::event::{self, Event};

use crate::house::{acting, actor};
use crate::step::{fields, value};
use crate::world::{Someone, World, said, went};

/// What an act came to in the installation.
struct Done {
    destroyed: BTreeSet<RecordId>,
    /// The same act for the model: several where one brings another.
    events: Vec<Event>,
}

impl World {
    /// Somebody acts on a person.
    pub(crate) fn act(&mut self, at: usize, event: &Event) -> Result<(), String> {
        if self.people[at].id.is_some() && !self.people[at].is_there() {
            // Nothing is held about them any more; whoever comes is somebody else.
            self.people[at] = self.nobody_yet();
        }
        let there = self.people[at].is_there();
        if !there && !matches!(event, Event::Collect(..)) {
            return Ok(());
        }
        if let Event::Fact {
            organisation: Some(organisation),
            ..
        } = event
        {
            return self.organisation_acts(*organisation, at, event);
        }
        let events = self.for_the_model(at, event)?;
        let Some(events) = events else { return Ok(()) };
        let mut model = self.people[at].model.clone();
        let may = self.may(at, event);
        let taken = may && events.iter().all(|event| model.happen(event, self.now));
        let done = self.carry_out(at, event, &events);
        self.compare(taken, done.as_ref().err())?;
        let Ok(done) = done else { return Ok(()) };
        let person = &mut self.people[at];
        for event in &done.events {
            if !person.model.happen(event, self.now) {
                return Err(format!("the model takes {event:?} once and not twice"));
            }
        }
        person.plain &= !matches!(event, Event::Hold(_) | Event::Restrict(..));
        self.seen.destroyed += done.destroyed.len() as u64;
        went(person, &done.destroyed, self.now)?;
        self.is_as_the_model_says(at)?;
        match event {
            Event::Consent(_)
            | Event::Withdraw(_)
            | Event::Object(..)
            | Event::Hold(_)
            | Event::Restrict(..)
            | Event::Erase(..) => self.is_obeyed(at),
            _ => Ok(()),
        }
    }

    /// What somebody wants is obeyed by the very next read, whatever it is for.
    fn is_obeyed(&mut self, at: usize) -> Result<(), String> {
        let policy = self.policies[self.in_force].clone();
        let channels = (0..policy.channels.len() as u8).map(|at| Some(ChannelId(at)));
        let channels: Vec<_> = channels.chain([None]).collect();
        for purpose in 0..policy.purposes.len() as u8 {
            for channel in &channels {
                let request = Request {
                    recipient: RecipientId(0),
                    purpose: PurposeId(purpose),
                    channel: *channel,
                    categories: CategorySet(u128::MAX),
                };
                self.read(at, request)?;
            }
        }
        Ok(())
    }

    /// Both took it, or both refused it.
    fn compare(&mut self, taken: bool, refused: Option<&Fault>) -> Result<(), String> {
        match refused {
            None if taken => self.seen.taken += 1,
            Some(fault) if !taken && is_no(fault) => self.seen.refused += 1,
            None => return Err("it was taken, the model refuses it".to_owned()),
            Some(fault) => {
                return Err(format!(
                    "it was not taken ({:?}: {fault}), by the model {taken}",
                    fault.kind
                ));
            }
        }
        Ok(())
    }

    /// What the installation asks beside the model: that there is what an act names.
    fn may(&self, at: usize, event: &Event) -> bool {
        let person = &self.people[at];
        match event {
            // 8b: a proof is kept where the policy keeps proofs.
            Event::Consent(consent) => {
                let proof = RecordId(known(person, consent.proof.0));
                person.categories.get(&proof)
                    == self.policies[self.in_force].consent_proofs.as_ref()
            }
            _ => true,
        }
    }

    /// The act with the identifiers of the installation, as far as there are any yet; nothing where it
    /// makes no sense to try it.
    fn for_the_model(&mut self, at: usize, event: &Event) -> Result<Option<Vec<Event>>, String> {
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

    /// Carries an act out in the installation.
    fn carry_out(&mut self, at: usize, event: &Event, events: &[Event]) -> Result<Done, Fault> {
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

    /// The organisation of the installation for one of the histories, made when it is named first.
    fn organisation(&mut self, history: OrganisationId) -> Result<OrganisationId, String> {
        if let Some((id, _)) = self.organisations.get(&history) {
            return Ok(*id);
        }
        let id = self
            .house
            .kept()
            .add_organisation(&acting())
            .map_err(said)?;
        let model = self.model();
        self.organisations.insert(history, (id, model));
        Ok(id)
    }

    /// Something happens to an organisation, and so to everybody who belongs or belonged to it.
    fn organisation_acts(
        &mut self,
        history: OrganisationId,
        at: usize,
        event: &Event,
    ) -> Result<(), String> {
        let organisation = self.organisation(history)?;
        let Event::Fact {
            id,
            kind,
            matter,
            happened,
            by,
            supersedes,
            ..
        } = event
        else {
            return Ok(());
        };
        let supersedes = supersedes.map(|id| FactRef(known(&self.people[at], id.0)));
        let fact = |id: FactRef| Event::Fact {
            id,
            kind: *kind,
            matter: *matter,
            happened: *happened,
            by: *by,
            organisation: Some(organisation),
            supersedes,
        };
        let now = self.now;
        let (_, model) = self.organisations.get_mut(&history).unwrap();
        let taken = model.clone().happen(&fact(*id), now);
        let it = Happened {
            kind: *kind,
            matter: *matter,
            at: *happened,
            manner: None,
            supersedes,
        };
        let by_whom = Acting::new(actor(recorder(*by)), false);
        let kept = self.house.kept();
        let done = kept.record_organisation_fact(organisation, &it, &by_whom);
        let done = match done {
            Ok((made, done)) => {
                model.happen(&fact(made), now);
                Ok((made, done))
            }
            Err(fault) => Err(fault),
        };
        self.compare(taken, done.as_ref().err())?;
        let Ok((made, done)) = done else {
            return Ok(());
        };
        self.people[at].ids.insert(id.0, made.0);
        let mut destroyed: BTreeSet<RecordId> = done.destroyed.into_iter().collect();
        self.seen.destroyed += destroyed.len() as u64;
        for person in &mut self.people {
            if person.is_there() && person.belonged.contains(&organisation) {
                if !person.model.happen(&fact(made), now) {
                    return Err("it happened to the organisation, not to its people".to_owned());
                }
                let theirs = person.model.held().into_iter();
                let theirs = theirs.filter(|id| destroyed.remove(id)).collect();
                went(person, &theirs, now)?;
            }
        }
        if !destroyed.is_empty() {
            return Err(format!("{destroyed:?} went, of nobody in the organisation"));
        }
        self.everybody_is_as_the_model_says()
    }
}

/// Whether a fault is a no, and not a failure.
fn is_no(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::Refused | FaultKind::Absent | FaultKind::Invalid
    )
}

/// The installation's identifier for one of a history; that one itself where there is none.
fn known(person: &Someone, id: [u8; 16]) -> [u8; 16] {
    person.ids.get(&id).copied().unwrap_or(id)
}

fn stated<A: Copy, B: Copy>(
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

fn new_record(id: [u8; 16]) -> NewRecord {
    NewRecord {
        id: RecordId(id),
        key: KeyId(id),
        derived_from: Vec::new(),
    }
}

/// Who records, of those that this way in knows.
fn recorder(by: domain::ActorKind) -> domain::ActorKind {
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
