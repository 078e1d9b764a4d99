//! What is known of a person without opening a value, and whether a use is open: both are acts of
//! their own in the journal.

use domain::decide::{Refusal, may};
use domain::subject::Subject;
use domain::{Actor, Fault, Moment, Rule, SubjectId};
use journal::{Act, Destination};
use policy::model::{Basis, ChannelId, PurposeId};

use crate::act::refused;
use crate::concern::concern;
use crate::kept::Kept;
use crate::law::Law;

/// A person in clear: roles, facts, consents, objections, holds and what is held, no values.
pub struct Shown {
    /// The person.
    pub subject: Subject,
    /// When they were looked at.
    pub moment: Moment,
    /// Where it stands in the journal.
    pub receipt: u64,
}

impl Kept {
    /// Shows a person in clear.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person.
    pub fn show(
        &self,
        id: SubjectId,
        actor: &Actor,
        destination: Destination,
    ) -> Result<Shown, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let subject = self.person(id, &law)?.subject;
        self.permit_dossier(&law, &subject, actor, moment)?;
        let receipt = self.looked_at(&subject, &law, (actor, destination), moment)?;
        Ok(Shown {
            subject,
            moment,
            receipt,
        })
    }

    /// Leaves the trace of a look at a person in clear.
    pub(crate) fn looked_at(
        &self,
        subject: &Subject,
        law: &Law,
        (actor, destination): (&Actor, Destination),
        moment: Moment,
    ) -> Result<u64, Fault> {
        let mut detail = self.detail(Act::LookedUp, actor, moment, law);
        detail.subject = Some(subject.id.0);
        detail.destination = destination;
        concern(&mut detail, law, subject, moment);
        self.record_under(law, vec![self.vault.entry(&detail)?])
    }

    /// Whether a person may be contacted, or their data used, for a purpose: with the basis, or
    /// with the rule that closes it.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] with the rule, [`domain::FaultKind::Absent`] when nothing is
    /// held about the person.
    pub fn may(
        &self,
        id: SubjectId,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        actor: &Actor,
    ) -> Result<Basis, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let subject = self.person(id, &law)?.subject;
        self.permit_dossier(&law, &subject, actor, moment)?;
        let mut answer = may(&law.in_force, &subject, purpose, channel, moment);
        // 6c: the first message tells them of what others gave.
        let told_by = law.policy().announcements.map(|it| it.purpose);
        let other_message = channel.is_some() && told_by != Some(purpose);
        if answer.is_ok() && other_message && self.is_uninformed(id)? {
            answer = Err(Refusal {
                rule: Rule::Uninformed,
            });
        }
        let mut detail = self.detail(Act::LookedUp, actor, moment, &law);
        detail.subject = Some(id.0);
        detail.purpose = Some(law.names.purpose.number(purpose));
        match &answer {
            Ok(basis) => detail.basis = Some(door::details::basis_number(*basis)),
            Err(refusal) => detail.rule = Some(refusal.rule.name(law.terms())),
        }
        concern(&mut detail, &law, &subject, moment);
        self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        answer.map_err(|refusal| refused(refusal, &law))
    }
}
