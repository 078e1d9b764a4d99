//! One act, in the installation and in the model: both take it or neither does, and the same records
//! go with it.

use std::collections::BTreeSet;

use domain::decide::Request;
use domain::{Fault, FaultKind, RecordId};
use policy::model::{CategorySet, ChannelId, PurposeId, RecipientId};
use testkit::event::Event;

use crate::translate::known;
use crate::world::{World, went};

/// What an act came to in the installation.
pub(crate) struct Done {
    pub(crate) destroyed: BTreeSet<RecordId>,
    /// The same act for the model: several where one brings another.
    pub(crate) events: Vec<Event>,
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
    pub(crate) fn compare(&mut self, taken: bool, refused: Option<&Fault>) -> Result<(), String> {
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
}

/// Whether a fault is a no, and not a failure.
fn is_no(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::Refused | FaultKind::Absent | FaultKind::Invalid
    )
}
