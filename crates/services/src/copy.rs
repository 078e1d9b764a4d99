//! The copy of a person's data (11c, GDPR 15): everything that is held, with why, since when, until
//! when, from where and who may read it.

mod json;
pub mod sheet;

use domain::decide::{Decision, decide_copy};
use domain::{Actor, Fault, SubjectId};
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::Language;
use serde_json::Value;

use crate::act::keeps_changing;
use crate::kept::{Kept, nobody};
use sheet::Sheet;

/// How often a copy is decided again because the person's data changed meanwhile.
const TRIES_MAX: usize = 20;

/// A copy of everything that is held about a person. It holds their values: it can be rendered,
/// and nothing else.
pub struct PersonCopy {
    sheet: Sheet,
    /// Where the making of the copy stands in the journal.
    pub receipt: u64,
    /// How many records are in it.
    pub records: usize,
}

impl PersonCopy {
    /// The copy for programs. Its form is documented in `docs/copy.md` and carries a version.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json::render(&self.sheet)
    }

    /// What the copy says, for a page that renders it.
    #[must_use]
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }
}

impl Kept {
    /// Makes a copy of everything that is held about a person, in one of the policy's languages.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person any more,
    /// [`domain::FaultKind::Unavailable`] when the journal cannot be written: then there is no copy.
    pub fn copy(
        &self,
        id: SubjectId,
        language: Language,
        actor: &Actor,
        destination: Destination,
    ) -> Result<PersonCopy, Fault> {
        for _ in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let loaded = self.person(id, &law)?;
            let bound = self.permit_look(&law, &loaded.subject, Action::Copy, actor, moment)?;
            let Decision::Allowed(allowed) = decide_copy(&law.in_force, &loaded.subject, moment)
            else {
                let mut detail = self.detail(Act::ReadRefused, actor, moment, &law);
                detail.subject = Some(id.0);
                detail.rule = Some("nothing held".to_owned());
                self.vault.record(&detail)?;
                return Err(nobody());
            };
            let allowed = match bound {
                Some(bound) => bound.carry_out(allowed),
                None => allowed,
            };
            let subject = loaded.subject.clone();
            let before = self.acts_on(id)?;
            if let Some((opened, receipt)) =
                self.open_allowed(allowed, loaded, actor, destination, &law)?
            {
                let made = sheet::Made {
                    law: &law,
                    subject: &subject,
                    moment,
                    language,
                };
                return Ok(PersonCopy {
                    records: opened.len(),
                    sheet: made.sheet(&opened, before),
                    receipt,
                });
            }
        }
        Err(keeps_changing())
    }
}
