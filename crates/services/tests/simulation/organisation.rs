//! What happens to an organisation, and so to its people.

use std::collections::BTreeSet;

use domain::{FactRef, OrganisationId, RecordId};
use services::Acting;
use services::fact::Happened;
use testkit::event::Event;

use crate::carry_out::recorder;
use crate::house::{acting, actor};
use crate::translate::known;
use crate::world::{World, said, went};

impl World {
    /// The organisation of the installation for one of the histories, made when it is named first.
    pub(crate) fn organisation(
        &mut self,
        history: OrganisationId,
    ) -> Result<OrganisationId, String> {
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
    pub(crate) fn organisation_acts(
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
