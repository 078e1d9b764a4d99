//! Each operation of the benchmark as a use case of Kept: decided, in the journal, opened.

use std::sync::atomic::Ordering;

use domain::subject::{Held, Subject};
use domain::term::{End, ground_end};
use domain::{Fault, FaultKind, Moment, RecordId, SubjectId};
use policy::model::{ErasureGround, Language};
use services::Destination;
use services::authorisation::NewAuthorisation;
use services::correct::Correction;
use services::fact::Happened;

use super::attributes::{ACCESS, purpose_of, role_at_first};
use super::house::{House, collected, lock, settled};
use super::operation::{Answer, Operation};
use super::rules;

/// How often something is tried again because others change the same.
const TRIES_MAX: usize = 1_000;

impl House {
    /// Carries an operation out.
    ///
    /// # Errors
    /// What is not one of the benchmark's answers: that something cannot be written, say.
    pub fn carry_out(&self, operation: Operation) -> Result<Answer, Fault> {
        match operation {
            Operation::Create => self.create(self.new_key()),
            Operation::Delete(key) => self.delete(key),
            Operation::UpdateByPurpose(purpose) => self.update_by_purpose(purpose),
            Operation::UpdateBySubject(person) => self.update_by_subject(person),
            Operation::ReadBySubject(person) => self.read_by_subject(person),
            Operation::ReadMetadata(key) => self.read_metadata(key),
            Operation::Update(key) => self.update(key),
            Operation::UpdateMetadata(key) => self.update_metadata(key),
            Operation::Read(key) => self.read(key),
            Operation::ReadByPurpose(purpose) => self.read_many(purpose, None),
            Operation::ReadByObjection(objection) => self.read_many(objection, Some(objection)),
            Operation::ReadMetadataBySubject(person) => self.read_metadata_by_subject(person),
            Operation::ReadLog(entries) => self.read_log(entries),
            Operation::VerifyDeletion(key) => self.verify_deletion(key),
            Operation::Erase(person) => self.erase(person),
        }
    }

    /// A record of somebody who is known; whoever is not any more comes in anew.
    fn create(&self, key: usize) -> Result<Answer, Fault> {
        let person = self.sizes.person_of(key);
        let acting = &self.actors.controller;
        let slot = self.person(person);
        for _ in 0..TRIES_MAX {
            if let Some(id) = slot.get() {
                match self.kept.add_records(id, vec![self.data(key)?], acting) {
                    Ok(acted) => {
                        self.key(key)?.set(collected(&acted.effects).next());
                        return Ok(Answer::Done);
                    }
                    Err(fault) if fault.kind == FaultKind::Conflict => continue,
                    Err(fault) if fault.kind == FaultKind::Absent => {
                        let _alone = slot.hold();
                        if slot.get() == Some(id) {
                            slot.set(None);
                        }
                    }
                    Err(fault) => return Err(fault),
                }
            }
            let _alone = slot.hold();
            if slot.get().is_none() {
                self.come_in(person, &[key])?;
                return Ok(Answer::Done);
            }
        }
        Err(keeps_changing())
    }

    fn delete(&self, key: usize) -> Result<Answer, Fault> {
        let slot = self.key(key)?;
        let _alone = slot.hold();
        let (Some(id), Some(record)) = self.behind(key)? else {
            return Ok(Answer::Done);
        };
        let reason = ErasureGround::NoLongerNecessary;
        let records = [record];
        again(|| {
            let forgotten = self
                .kept
                .forget_records(id, reason, &records, &self.actors.controller);
            forgotten.map(drop)
        })?;
        slot.set(None);
        Ok(Answer::Done)
    }

    /// Who has access to what is held for a purpose stands once, in the authorisation: the purpose
    /// goes to the next role, or back.
    fn update_by_purpose(&self, purpose: usize) -> Result<Answer, Fault> {
        let mut roles = lock(&self.roles);
        let first = role_at_first(purpose);
        roles[purpose] = match roles[purpose] == first {
            true => (first + 1) % ACCESS,
            false => first,
        };
        let law = self.kept.law();
        let version = law.authorisation().map_or(0, |it| it.version) + 1;
        let source = rules::authorisation(version, &roles);
        let new = NewAuthorisation::new(source, law.policy(), &law)?;
        self.kept
            .apply_authorisation(&new, &self.actors.controller)?;
        Ok(Answer::Done)
    }

    /// The term of what is held about a person: it counts from their last contact, which was now.
    fn update_by_subject(&self, person: usize) -> Result<Answer, Fault> {
        let Some(id) = self.person(person).get() else {
            return Ok(Answer::Done);
        };
        let happened = Happened {
            kind: self.named.contact,
            matter: None,
            at: self.kept.moment()?.now,
            manner: None,
            supersedes: None,
        };
        again(|| {
            let acting = &self.actors.controller;
            self.kept.record_fact(id, &happened, acting).map(drop)
        })?;
        Ok(Answer::Done)
    }

    /// The copy of their data that a person has a right to.
    fn read_by_subject(&self, person: usize) -> Result<Answer, Fault> {
        let Some(id) = self.person(person).get() else {
            return Ok(Answer::Records(0));
        };
        let copy = again(|| {
            let actor = &self.actors.customer.actor;
            self.kept.copy(id, Language::En, actor, Destination::Screen)
        })?;
        Ok(Answer::Records(copy.map_or(0, |copy| copy.records)))
    }

    fn read_metadata(&self, key: usize) -> Result<Answer, Fault> {
        let (Some(id), Some(record)) = self.behind(key)? else {
            return Ok(Answer::Records(0));
        };
        let actor = &self.actors.customer.actor;
        self.live_records(id, actor, |held| held.id == record)
    }

    fn update(&self, key: usize) -> Result<Answer, Fault> {
        let slot = self.key(key)?;
        let _alone = slot.hold();
        let (Some(id), Some(record)) = self.behind(key)? else {
            return Ok(Answer::Done);
        };
        let correction = Correction {
            record,
            values: self.new_values(key),
            cleared: Vec::new(),
        };
        let corrected = again(|| self.kept.correct(id, &correction, &self.actors.customer))?;
        if let Some(corrected) = corrected {
            slot.set(Some(corrected.record));
        }
        Ok(Answer::Done)
    }

    /// A person objects to a use, or takes it back.
    fn update_metadata(&self, key: usize) -> Result<Answer, Fault> {
        let person = self.sizes.person_of(key);
        let slot = self.person(person);
        let _alone = slot.hold();
        let Some(id) = slot.get() else {
            return Ok(Answer::Done);
        };
        let (to, acting) = (self.objection(person), &self.actors.customer);
        let objecting = self.objecting(person);
        let stands = objecting.load(Ordering::SeqCst);
        let done = match stands {
            true => again(|| self.kept.lift_objection(id, to, acting).map(drop))?,
            false => again(|| self.kept.object(id, to, None, acting).map(drop))?,
        };
        if done.is_some() {
            objecting.store(!stands, Ordering::SeqCst);
        }
        Ok(Answer::Done)
    }

    fn read(&self, key: usize) -> Result<Answer, Fault> {
        let purpose = purpose_of(key);
        for _ in 0..TRIES_MAX {
            let (Some(id), Some(record)) = self.behind(key)? else {
                return Ok(Answer::Records(0));
            };
            let read = again(|| {
                let (request, actor) = (self.request(purpose), &self.actors.processors[purpose]);
                self.kept
                    .read_record(id, record, request, actor, Destination::Api)
            })?;
            if let Some(reading) = read {
                return Ok(Answer::Records(reading.opened.len()));
            }
            // What was put right meanwhile has another identifier.
            if self.key(key)?.get() == Some(record) {
                return Ok(Answer::Records(0));
            }
        }
        Err(keeps_changing())
    }

    fn read_many(&self, purpose: usize, objecting: Option<usize>) -> Result<Answer, Fault> {
        let selection = self.selection(purpose, objecting);
        let selected = again(|| {
            let actor = &self.actors.processors[purpose];
            self.kept
                .read_selected(selection, actor, Destination::Api, &mut |_, _| {})
        })?;
        let records = selected.map_or(0, |selected| selected.records);
        Ok(Answer::Records(
            usize::try_from(records).unwrap_or(usize::MAX),
        ))
    }

    fn read_metadata_by_subject(&self, person: usize) -> Result<Answer, Fault> {
        match self.person(person).get() {
            Some(id) => self.live_records(id, &self.actors.regulator, |_| true),
            None => Ok(Answer::Records(0)),
        }
    }

    fn read_log(&self, entries: usize) -> Result<Answer, Fault> {
        let most = u32::try_from(entries).unwrap_or(u32::MAX);
        let actor = &self.actors.regulator;
        let recent = settled(|| self.kept.recent(most, actor, Destination::Screen))?;
        Ok(Answer::Entries(
            usize::try_from(recent.entries).unwrap_or(usize::MAX),
        ))
    }

    /// Whether a record is there still; where it is not, the journal tells what became of it.
    fn verify_deletion(&self, key: usize) -> Result<Answer, Fault> {
        let person = self.sizes.person_of(key);
        let Some(id) = self.person(person).get() else {
            return Ok(Answer::Records(0));
        };
        let record = self.key(key)?.get();
        let actor = &self.actors.regulator;
        let found = self.live_records(id, actor, |held| Some(held.id) == record)?;
        if found == Answer::Records(0) {
            again(|| self.kept.trace(id, actor, Destination::Screen).map(drop))?;
        }
        Ok(found)
    }

    fn erase(&self, person: usize) -> Result<Answer, Fault> {
        let Some(id) = self.person(person).get() else {
            return Ok(Answer::Done);
        };
        let reason = ErasureGround::NoLongerNecessary;
        again(|| {
            let acting = &self.actors.controller;
            self.kept.forget(id, reason, None, acting).map(drop)
        })?;
        Ok(Answer::Done)
    }

    /// How many of a person's records live, of those that a test picks; no value is opened.
    fn live_records(
        &self,
        id: SubjectId,
        actor: &domain::Actor,
        pick: impl Fn(&Held) -> bool,
    ) -> Result<Answer, Fault> {
        let shown = again(|| self.kept.show(id, actor, Destination::Screen))?;
        let law = self.kept.law();
        let live = |subject: &Subject, moment: Moment| {
            let held = subject.records.iter().filter(|held| !held.tombstone);
            held.filter(|held| pick(held))
                .filter(|held| {
                    let mut grounds = held.grounds.iter();
                    grounds.any(|ground| {
                        let end = ground_end(&law.in_force, subject, held, ground, moment);
                        matches!(end, End::Lives { .. })
                    })
                })
                .count()
        };
        Ok(Answer::Records(
            shown.map_or(0, |shown| live(&shown.subject, shown.moment)),
        ))
    }

    /// The identifiers behind a key: the person's and the record's, where there is one.
    fn behind(&self, key: usize) -> Result<(Option<SubjectId>, Option<RecordId>), Fault> {
        let person = self.person(self.sizes.person_of(key)).get();
        Ok((person, self.key(key)?.get()))
    }
}

/// Does something, again where others change the same; nothing, where it is not there or not open.
fn again<T>(act: impl Fn() -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    match settled(act) {
        Ok(done) => Ok(Some(done)),
        Err(fault) => match fault.kind {
            FaultKind::Absent | FaultKind::Refused => Ok(None),
            _ => Err(fault),
        },
    }
}

fn keeps_changing() -> Fault {
    Fault::new(FaultKind::Conflict, "a record keeps changing").remedy("use fewer clients")
}
