//! Values that bring nobody back to canvassing: a keyed hash of them survives the erasure of
//! everything else (13d; semantics, 15).

use domain::act::Effects;
use domain::act::consent::object;
use domain::decide::{Decision, decide_hint};
use domain::subject::{ObjectedTo, Subject};
use domain::{Actor, Fault, FaultKind, Moment, ObjectionId, SubjectId};
use door::LookUpValue;
use jiff::Timestamp;
use journal::{Act, Destination};

use crate::act::{Acting, Decided, keeps_changing, refused};
use crate::collect::{NewData, look_ups};
use crate::kept::Kept;
use crate::law::Law;

impl Kept {
    /// The values by which a person can be found, opened under a recorded grant.
    pub(crate) fn values_found_by(
        &self,
        law: &Law,
        id: SubjectId,
        actor: &Actor,
        moment: Moment,
    ) -> Result<Vec<(u32, LookUpValue)>, Fault> {
        let loaded = self.person(id, law)?;
        let Decision::Allowed(allowed) = decide_hint(&law.in_force, &loaded.subject, moment) else {
            return Ok(Vec::new());
        };
        let opened = self.open_allowed(allowed, loaded, actor, Destination::Job, law)?;
        let (opened, _) = opened.ok_or_else(keeps_changing)?;
        Ok(opened
            .iter()
            .flat_map(|one| look_ups(law, one.permitted.category, &one.values))
            .collect())
    }

    /// Before data is taken in: what belongs to somebody who objected to canvassing is not taken
    /// from a list, and comes with that objection where the person brings it themselves.
    pub(crate) fn respect_suppression(
        &self,
        law: &Law,
        subject: &mut Subject,
        records: &[NewData],
        acting: &Acting,
        moment: Moment,
    ) -> Result<Decided, Fault> {
        let mut since = None;
        for data in records {
            let Some(made) = self.suppressed_since(law, data)? else {
                continue;
            };
            let origin = data.collection.origin;
            if !law.policy().origin(origin).from_person {
                return Err(no_list_brings_back());
            }
            since = since.max(Some(made));
        }
        let stands = subject
            .objections
            .iter()
            .any(|one| one.to == ObjectedTo::Canvassing && one.lifted.is_none());
        match since {
            Some(made) if !stands => {
                let id = ObjectionId::new(moment.now, self.vault.entropy());
                let to = ObjectedTo::Canvassing;
                let effects: Effects = object(&law.in_force, subject, id, to, made, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                let mut detail = self.detail(Act::ObjectionMade, &acting.actor, moment, law);
                detail.subject = Some(subject.id.0);
                detail.rule = Some("suppressed".to_owned());
                Ok(Decided {
                    effects,
                    details: vec![detail],
                    ..Decided::default()
                })
            }
            _ => Ok(Decided::default()),
        }
    }

    fn suppressed_since(&self, law: &Law, data: &NewData) -> Result<Option<Timestamp>, Fault> {
        for (field, value) in look_ups(law, data.collection.category, &data.values) {
            if let Some(made) = self.vault.keyring().suppressed(field, &value)? {
                return Ok(Timestamp::from_microsecond(made).ok());
            }
        }
        Ok(None)
    }
}

/// 13d: told without saying whose addresses they are.
fn no_list_brings_back() -> Fault {
    Fault::new(
        FaultKind::Refused,
        "these belong to somebody who objected to canvassing: no list brings them back",
    )
    .rule("rights.objection")
    .remedy("leave them out; what the person brings themselves is taken, closed to canvassing")
}
