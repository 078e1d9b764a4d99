//! People told of a version of the policy: what it lengthens or adds applies to them from that day
//! on (26a; semantics, 4).

use domain::act::relation::told;
use domain::subject::Subject;
use domain::{Fault, SubjectId};
use jiff::civil::Date;
use journal::Act;
use policy::authorisation::Action;

use crate::act::{Acted, Acting, Decided, refused};
use crate::announce::{Kind, state};
use crate::kept::Kept;
use crate::refused::Tried;

impl Kept {
    /// The person was told of a version of the policy, the one in force if none is named, which
    /// applies to them from a day on, today if none is named.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when no such version was ever in force.
    pub fn told(
        &self,
        id: SubjectId,
        version: Option<u32>,
        on: Option<Date>,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        self.act_on(
            id,
            acting,
            &Tried::of(Action::Tell),
            &|law, subject: &mut Subject, moment| {
                let version = version.unwrap_or(law.policy().version);
                let on = on.unwrap_or(moment.today);
                let effects = told(&law.in_force, subject, version, on, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                let mut detail = self.detail(Act::Told, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                detail.rule = Some(format!("policy version {version}"));
                let at = moment.now.as_microsecond();
                Ok(Decided {
                    effects,
                    details: vec![detail],
                    // Whoever tells somebody of the policy tells them, too, who gave their data.
                    beside: Some(Box::new(move |tx| {
                        let kind = Kind::Information as u8;
                        tx.end_messages(id, kind, state::TOLD, at).map(|_| ())
                    })),
                    ..Decided::default()
                })
            },
        )
    }
}
