//! Finding people by the exact value of a field: a keyed hash finds, the opened record decides.

use domain::decide::{Allowed, Decision, decide_hint};
use domain::value::Value;
use domain::{Actor, Fault, Moment, SubjectId};
use door::{Loaded, LookUpValue};
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::FieldId;

use crate::act::TRIES_MAX;
use crate::capacity::one_category;
use crate::kept::Kept;
use crate::law::Law;

impl Kept {
    /// The people whose record holds exactly this value. A hit of the keyed hash is a hint; the
    /// record is opened, under a recorded grant, to see that it is the value (mechanism, 3).
    ///
    /// In a role a candidate is decided as somebody whom the role may find for its purpose; another
    /// is not found, whatever the journal says of it.
    ///
    /// # Errors
    /// When the keyring or the journal cannot be used; [`domain::FaultKind::Refused`] when the role
    /// finds nobody for the purpose.
    pub fn find(
        &self,
        field: FieldId,
        value: &Value,
        actor: &Actor,
    ) -> Result<Vec<SubjectId>, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Find, actor, moment)?;
        let form = value.look_up_form();
        let number = law.names.field.number(field);
        let hits = self
            .vault
            .keyring()
            .find(number, &LookUpValue::new(&form))?;
        let mut found = Vec::new();
        for (id, record) in hits {
            for _ in 0..TRIES_MAX {
                let (law, moment) = (self.law(), self.moment()?);
                let Some(field) = law.names.field.id(number) else {
                    break;
                };
                let Some(loaded) = self.vault.load(id, &law.names)? else {
                    break;
                };
                let decided = self.decided_find(&law, &loaded, field, actor, moment)?;
                let Some(allowed) = decided.and_then(|it| it.narrow(|one| one.record == record))
                else {
                    break;
                };
                let opened = self.open_allowed(allowed, loaded, actor, Destination::None, &law)?;
                let Some((opened, _)) = opened else { continue };
                let hit = opened.iter().any(|one| {
                    let values = &one.values.disclose().0;
                    let held = values.get(&field.field);
                    held.is_some_and(|held| held.look_up_form() == form)
                });
                if hit && !found.contains(&id) {
                    found.push(id);
                }
                break;
            }
        }
        if actor.capacity.is_some() {
            let mut searched = self.detail(Act::Searched, actor, self.moment()?, &law);
            searched.categories = vec![law.names.category.number(field.category)];
            searched.count = Some(found.len() as u64);
            self.vault.record(&searched)?;
        }
        Ok(found)
    }

    /// Whether a candidate may be looked at to see who they are: by anybody at the machine to compare
    /// a value, in a role as somebody whom it may find by this field.
    pub(crate) fn decided_find(
        &self,
        law: &Law,
        loaded: &Loaded,
        field: FieldId,
        actor: &Actor,
        moment: Moment,
    ) -> Result<Option<Allowed>, Fault> {
        let subject = &loaded.subject;
        let Some(bound) = self.bound(actor, Action::Find, law)? else {
            return Ok(match decide_hint(&law.in_force, subject, moment) {
                Decision::Allowed(allowed) => Some(allowed),
                Decision::Refused(_) => None,
            });
        };
        let request = bound.request(one_category(field.category))?;
        match bound.decide(subject, request, moment) {
            Decision::Allowed(allowed) => {
                Ok(allowed.narrow(|one| one.fields & 1 << field.field != 0))
            }
            Decision::Refused(refusal) => {
                let at = (actor, moment);
                let refused = self.refused_read(law, subject, request, refusal.rule, at);
                self.vault.record(&refused)?;
                Ok(None)
            }
        }
    }
}
