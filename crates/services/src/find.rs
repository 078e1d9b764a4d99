//! Finding people by the exact value of a field: a keyed hash finds, the opened record decides.

use domain::decide::{Decision, decide_hint};
use domain::value::Value;
use domain::{Actor, Fault, SubjectId};
use door::LookUpValue;
use journal::Destination;
use policy::model::FieldId;

use crate::kept::Kept;

impl Kept {
    /// The people whose record holds exactly this value. A hit of the keyed hash is a hint; the
    /// record is opened, under a recorded grant, to see that it is the value (mechanism, 3).
    ///
    /// # Errors
    /// When the keyring or the journal cannot be used.
    pub fn find(
        &self,
        field: FieldId,
        value: &Value,
        actor: &Actor,
    ) -> Result<Vec<SubjectId>, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let form = value.look_up_form();
        let number = law.names.field.number(field);
        let hits = self
            .vault
            .keyring()
            .find(number, &LookUpValue::new(&form))?;
        let mut found = Vec::new();
        for (id, record) in hits {
            let Some(loaded) = self.vault.load(id, &law.names)? else {
                continue;
            };
            let Decision::Allowed(allowed) = decide_hint(&law.in_force, &loaded.subject, moment)
            else {
                continue;
            };
            let Some(allowed) = allowed.narrow(|one| one.record == record) else {
                continue;
            };
            let opened = self.open_allowed(allowed, loaded, actor, Destination::None, &law)?;
            let hit = opened.iter().flat_map(|(opened, _)| opened).any(|one| {
                let values = &one.values.disclose().0;
                values
                    .get(&field.field)
                    .is_some_and(|held| held.look_up_form() == form)
            });
            if hit && !found.contains(&id) {
                found.push(id);
            }
        }
        Ok(found)
    }
}
