//! What somebody does with their own data: sees it and who read it, puts right what they may, takes it
//! along, withdraws, objects. Nobody else's data is in reach here.

use domain::subject::{ObjectedTo, Subject};
use domain::{Actor, Fault, FaultKind, RecordId, SubjectId};
use journal::Destination;
use policy::model::{ChannelSet, Language, PurposeId};

use crate::access::{Session, Whose};
use crate::act::{Acted, Acting};
use crate::copy::PersonCopy;
use crate::correct::{Corrected, Correction};
use crate::kept::Kept;
use crate::trace::Trace;

/// A person at their own data.
pub struct Own<'k> {
    kept: &'k Kept,
    subject: SubjectId,
    actor: Actor,
}

impl Kept {
    /// The data of whoever signed in to see it.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is one of staff.
    pub fn own(&self, session: &Session) -> Result<Own<'_>, Fault> {
        match session.whose {
            Whose::Person => Ok(Own {
                kept: self,
                subject: session.subject,
                actor: session.actor()?,
            }),
            Whose::Staff(_) => Err(Fault::new(
                FaultKind::Refused,
                "this is for people who see what is held about them",
            )
            .rule("21c")
            .remedy("ask for a link to your address")),
        }
    }
}

impl Own<'_> {
    /// Whose data it is.
    #[must_use]
    pub fn id(&self) -> SubjectId {
        self.subject
    }

    /// Everything that is held, on a screen.
    ///
    /// # Errors
    /// As [`Kept::copy`].
    pub fn shown(&self, language: Language) -> Result<PersonCopy, Fault> {
        self.copied(language, Destination::Screen)
    }

    /// Everything that is held, to be taken along.
    ///
    /// # Errors
    /// As [`Kept::copy`].
    pub fn taken(&self, language: Language) -> Result<PersonCopy, Fault> {
        self.copied(language, Destination::File)
    }

    fn copied(&self, language: Language, to: Destination) -> Result<PersonCopy, Fault> {
        self.kept.copy(self.subject, language, &self.actor, to)
    }

    /// Who did what with it.
    ///
    /// # Errors
    /// As [`Kept::trace`].
    pub fn trace(&self) -> Result<Trace, Fault> {
        let to = Destination::Screen;
        self.kept.trace(self.subject, &self.actor, to)
    }

    /// What is known of the person in clear: consents, objections.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when nothing is held any more.
    pub fn subject(&self) -> Result<Subject, Fault> {
        let law = self.kept.law();
        Ok(self.kept.person(self.subject, &law)?.subject)
    }

    /// Puts right fields that the policy lets people change themselves (12a).
    ///
    /// # Errors
    /// As [`Kept::correct`].
    pub fn correct(&self, correction: &Correction) -> Result<Corrected, Fault> {
        self.kept.correct(self.subject, correction, &self.acting())
    }

    /// Whether one of the records is theirs.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when nothing is held any more.
    pub fn has(&self, record: RecordId) -> Result<bool, Fault> {
        let subject = self.subject()?;
        let mut held = subject.records.iter().filter(|held| !held.tombstone);
        Ok(held.any(|held| held.id == record))
    }

    /// Withdraws the consents to a purpose (8b).
    ///
    /// # Errors
    /// As [`Kept::withdraw_consent`].
    pub fn withdraw(&self, purpose: PurposeId) -> Result<Acted, Fault> {
        let all = ChannelSet::EMPTY;
        self.kept
            .withdraw_consent(self.subject, purpose, all, &self.acting())
    }

    /// Objects (GDPR 21).
    ///
    /// # Errors
    /// As [`Kept::object`].
    pub fn object(&self, to: ObjectedTo) -> Result<Acted, Fault> {
        let done = self.kept.object(self.subject, to, None, &self.acting())?;
        Ok(done.1)
    }

    fn acting(&self) -> Acting {
        Acting::new(self.actor.clone(), false)
    }
}
