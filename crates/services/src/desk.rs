//! The desk: where somebody who holds a role works with people's data, for a purpose that they
//! state. Pages and programs hold this and nothing behind it; whatever is done here is narrowed by
//! the authorisation, and the journal says in which role (9c, 9d).

mod act;
mod decide;

use domain::decide::Request;
use domain::value::Value;
use domain::{Actor, Capacity, Fault, OrganisationId, SubjectId};
use jiff::civil::Date;
use journal::Destination;
use policy::authorisation::Action;
use policy::model::{CategorySet, ChannelId, FieldId, Language, PurposeId, RecipientId};

use crate::access::OnDuty;
use crate::act::refused;
use crate::copy::PersonCopy;
use crate::count::Counted;
use crate::in_role::InRole;
use crate::kept::Kept;
use crate::law::Law;
use crate::list::People;
use crate::organisation::{OrganisationListed, OrganisationShown};
use crate::overview::Calendar;
use crate::read::Reading;
use crate::search::ByName;
use crate::show::Shown;
use crate::statistics::Statistics;
use crate::trace::Trace;
use crate::view::View;

pub use decide::Answered;

/// Where somebody works in a role, for one purpose. What is read here goes to one destination.
#[derive(Clone)]
pub struct Desk<'k> {
    kept: &'k Kept,
    actor: Actor,
    capacity: Capacity,
    destination: Destination,
    dry_run: bool,
}

impl Kept {
    /// The desk of somebody on duty, for a purpose.
    #[must_use]
    pub fn desk(&self, duty: &OnDuty, purpose: PurposeId, destination: Destination) -> Desk<'_> {
        let capacity = duty.capacity(purpose, &self.law());
        Desk {
            kept: self,
            actor: duty.actor().clone().in_capacity(capacity),
            capacity,
            destination,
            dry_run: false,
        }
    }
}

impl<'k> Desk<'k> {
    /// The same desk, at which acts are decided on and said, and nothing is changed.
    #[must_use]
    pub fn dry_run(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// The same desk, at which an act on a person is carried out on one version of them alone: the one
    /// that was seen.
    #[must_use]
    pub fn on_version(mut self, seen: u64) -> Self {
        self.capacity.seen = Some(seen);
        self.actor.capacity = Some(self.capacity);
        self
    }

    /// The installation.
    #[must_use]
    pub fn kept(&self) -> &'k Kept {
        self.kept
    }

    /// Who works here, in their capacity.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// In which role, for which purpose, by what.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// For which purpose, under a law.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when the policy has it no more.
    pub fn purpose(&self, law: &Law) -> Result<PurposeId, Fault> {
        crate::capacity::purpose(law, self.capacity)
    }

    /// As which recipient of the policy the role sees values.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] where the role only administers, or is gone.
    pub fn recipient(&self, law: &Law) -> Result<RecipientId, Fault> {
        InRole::from(self.capacity).recipient(law)
    }

    /// Whether the role may do something at all for the purpose, whoever it is about: what a page
    /// offers. Nothing is decided by it.
    #[must_use]
    pub fn offers(&self, action: Action) -> bool {
        let law = self.kept.law();
        let Ok(Some(bound)) = self.kept.bound(&self.actor, action, &law) else {
            return false;
        };
        let narrowing = bound.narrowing;
        narrowing.may_at_all(law.policy(), bound.purpose).is_ok()
    }

    fn request(
        &self,
        categories: CategorySet,
        channel: Option<ChannelId>,
    ) -> Result<Request, Fault> {
        let law = self.kept.law();
        Ok(Request {
            recipient: self.recipient(&law)?,
            purpose: self.purpose(&law)?,
            channel,
            categories,
        })
    }

    /// Reads a person: as [`Kept::read`], in the role.
    ///
    /// # Errors
    /// As there.
    pub fn read(
        &self,
        id: SubjectId,
        categories: CategorySet,
        channel: Option<ChannelId>,
    ) -> Result<Reading, Fault> {
        let request = self.request(categories, channel)?;
        self.kept.read(id, request, &self.actor, self.destination)
    }

    /// Shows a person, with what stays closed and by which rule: as [`Kept::view`], in the role.
    ///
    /// # Errors
    /// As there.
    pub fn view(
        &self,
        id: SubjectId,
        categories: CategorySet,
        channel: Option<ChannelId>,
    ) -> Result<View, Fault> {
        let request = self.request(categories, channel)?;
        self.kept.view(id, Some(request), &self.actor)
    }

    /// Shows what is known of a person in clear: as [`Kept::show`].
    ///
    /// # Errors
    /// As there.
    pub fn show(&self, id: SubjectId) -> Result<Shown, Fault> {
        self.kept.show(id, &self.actor, self.destination)
    }

    /// Shows what is known of a person in clear to somebody who is about to do something with them:
    /// what the role may not do with them at all is refused first, and the refusal is in the journal.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] with the rule that names the role; as [`Desk::show`].
    pub fn show_for(&self, id: SubjectId, action: Action) -> Result<Shown, Fault> {
        let kept = self.kept;
        let (law, moment) = (kept.law(), kept.moment()?);
        let subject = kept.person(id, &law)?.subject;
        if let Some(bound) = kept.bound(&self.actor, action, &law)?
            && let Err(refusal) = bound.reaches(&subject)
        {
            let at = (&self.actor, moment);
            kept.refused_look(&law, &subject, action, refusal, at)?;
            return Err(refused(refusal, &law));
        }
        self.show(id)
    }

    /// Finds people by the exact value of a field: as [`Kept::find`].
    ///
    /// # Errors
    /// As there.
    pub fn find(&self, field: FieldId, value: &Value) -> Result<Vec<SubjectId>, Fault> {
        self.kept.find(field, value, &self.actor)
    }

    /// Finds people by their name: as [`Kept::search`].
    ///
    /// # Errors
    /// As there.
    pub fn search(&self, sought: &str, most: usize) -> Result<ByName, Fault> {
        self.kept.search(sought, most, &self.actor)
    }

    /// Lists people: as [`Kept::list`].
    ///
    /// # Errors
    /// As there.
    pub fn list(&self, after: Option<SubjectId>, most: u32) -> Result<People, Fault> {
        self.kept
            .list(after, most, None, &self.actor, self.destination)
    }

    /// Counts people and records: as [`Kept::count`].
    ///
    /// # Errors
    /// As there.
    pub fn count(&self) -> Result<Counted, Fault> {
        self.kept.count(&self.actor)
    }

    /// Counts what goes when: as [`Kept::calendar`].
    ///
    /// # Errors
    /// As there.
    pub fn calendar(&self, days: &[Date]) -> Result<Calendar, Fault> {
        self.kept.calendar(days, &self.actor)
    }

    /// Shows the statistics: as [`Kept::statistics`].
    ///
    /// # Errors
    /// As there.
    pub fn statistics(&self) -> Result<Statistics, Fault> {
        self.kept.statistics(&self.actor)
    }

    /// Makes a person's copy: as [`Kept::copy`].
    ///
    /// # Errors
    /// As there.
    pub fn copy(&self, id: SubjectId, language: Language) -> Result<PersonCopy, Fault> {
        self.kept.copy(id, language, &self.actor, self.destination)
    }

    /// Shows what was done with a person's data: as [`Kept::trace`].
    ///
    /// # Errors
    /// As there.
    pub fn trace(&self, id: SubjectId) -> Result<Trace, Fault> {
        self.kept.trace(id, &self.actor, self.destination)
    }

    /// Shows an organisation, with those of its people whom the role may see: as
    /// [`Kept::organisation`].
    ///
    /// # Errors
    /// As there.
    pub fn organisation(&self, id: OrganisationId) -> Result<OrganisationShown, Fault> {
        self.kept.organisation(id, &self.actor, self.destination)
    }

    /// Lists organisations: as [`Kept::organisations`].
    ///
    /// # Errors
    /// As there.
    pub fn organisations(
        &self,
        after: Option<OrganisationId>,
        most: u32,
    ) -> Result<Vec<OrganisationListed>, Fault> {
        self.kept.organisations(after, most, &self.actor)
    }
}
