//! Reading a person as a recipient, for a purpose: decided, recorded, then opened.

use std::borrow::Cow;

use domain::decide::{Allowed, Decision, Request, Withheld};
use domain::subject::Subject;
use domain::{Actor, Fault, FaultKind, Moment, Narrowing, Rule, SubjectId};
use door::{Loaded, NotGranted, Opened, Still};
use journal::{Act, Destination, Detail};
use policy::authorisation::{Action, Reach};

use crate::access::OnDuty;
use crate::access::duty::closed;
use crate::act::refused;
use crate::in_role::decided;
use crate::kept::Kept;
use crate::law::Law;

/// How often a read is decided again because the person's data changed meanwhile.
const TRIES_MAX: usize = 20;

/// What a reader got.
pub struct Reading {
    /// The person, in clear: facts, consents, grounds, no values.
    pub subject: Subject,
    /// The records that were opened.
    pub opened: Vec<Opened>,
    /// What was withheld, and by which rule.
    pub withheld: Vec<Withheld>,
    /// Why each record that was opened is open to the role that it was read in, in their order;
    /// nothing where it was read in none.
    pub granted: Vec<Reach>,
    /// When it was decided.
    pub moment: Moment,
    /// Where the read stands in the journal.
    pub receipt: u64,
}

/// As whom somebody reads.
pub(crate) enum As<'r> {
    /// As a recipient of the policy.
    Recipient(&'r Actor),
    /// In a role of the authorisation.
    InRole(&'r OnDuty),
}

impl As<'_> {
    fn actor(&self) -> &Actor {
        match self {
            Self::Recipient(actor) => actor,
            Self::InRole(duty) => duty.actor(),
        }
    }
}

/// A reader as they stood when it was decided.
pub(crate) enum Now<'r> {
    Recipient(Actor),
    InRole(Cow<'r, OnDuty>),
}

impl Now<'_> {
    fn actor(&self) -> &Actor {
        match self {
            Self::Recipient(actor) => actor,
            Self::InRole(duty) => duty.actor(),
        }
    }

    /// The rule that closes reading to them, whatever is asked for.
    pub(crate) fn unread(&self) -> Option<Rule> {
        match self {
            Self::Recipient(_) => None,
            Self::InRole(duty) => duty.unread(),
        }
    }

    /// The narrowing to their role, where they read in one.
    pub(crate) fn narrowing<'n>(&'n self, law: &'n Law) -> Result<Option<Narrowing<'n>>, Fault> {
        match self {
            Self::Recipient(_) => Ok(None),
            Self::InRole(duty) => {
                let account = Some(&duty.actor().account);
                duty.role().narrowing(law, Action::Read, account).map(Some)
            }
        }
    }

    /// What is asked for again when the grant is recorded.
    fn still(&self) -> Option<Still> {
        match self {
            Self::Recipient(_) => None,
            Self::InRole(duty) => {
                let duty = duty.clone().into_owned();
                Some(Box::new(move |tx| duty.stands(tx)))
            }
        }
    }
}

impl Kept {
    /// Reads a person. What may not be read is withheld, with the rule that says so; a read that
    /// gives nothing at all is refused, and traced too.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule, [`FaultKind::Absent`] when nothing is held about the
    /// person, [`FaultKind::Unavailable`] when the journal cannot be written.
    pub fn read(
        &self,
        id: SubjectId,
        request: Request,
        actor: &Actor,
        destination: Destination,
    ) -> Result<Reading, Fault> {
        self.read_in(id, request, &As::Recipient(actor), destination)
    }

    /// Reads a person in a role of the authorisation: as [`Kept::read`] does as the role's
    /// recipient, narrowed to what the role is granted. The role is in the journal.
    ///
    /// # Errors
    /// As there; [`FaultKind::Refused`] too when the role is not held or not open any more, or the
    /// undertaking is not accepted.
    pub fn read_as(
        &self,
        id: SubjectId,
        request: Request,
        duty: &OnDuty,
        destination: Destination,
    ) -> Result<Reading, Fault> {
        self.read_in(id, request, &As::InRole(duty), destination)
    }

    fn read_in(
        &self,
        id: SubjectId,
        mut request: Request,
        reader: &As<'_>,
        destination: Destination,
    ) -> Result<Reading, Fault> {
        for tried in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let loaded = self.person(id, &law)?;
            let now = match self.reads_now(reader, &law, &mut request, tried > 0) {
                Ok(now) => now,
                Err(fault) => {
                    let refused = (fault, &request);
                    return Err(self.closed_to(refused, &loaded.subject, reader, (&law, moment)));
                }
            };
            if let Some(rule) = now.unread() {
                let entry = self.refused_read(&law, &loaded.subject, request, rule, reader, moment);
                self.vault.record(&entry)?;
                return Err(closed(rule, &law));
            }
            let narrowing = now.narrowing(&law)?;
            let subject = &loaded.subject;
            let (decision, withheld) = decided(&law, subject, request, narrowing.as_ref(), moment);
            let allowed = match decision {
                Decision::Allowed(allowed) => allowed,
                Decision::Refused(refusal) => {
                    let subject = &loaded.subject;
                    let rule = refusal.rule;
                    let entry = self.refused_read(&law, subject, request, rule, reader, moment);
                    self.vault.record(&entry)?;
                    return Err(refused(refusal, &law));
                }
            };
            if let Some((subject, opened, receipt)) =
                self.granted(allowed, loaded, &now, destination, &law)?
            {
                let granted = narrowing.map_or_else(Vec::new, |narrowing| {
                    let of = |one: &Opened| narrowing.granted(request.purpose, &one.permitted);
                    opened.iter().map(of).collect()
                });
                return Ok(Reading {
                    subject,
                    opened,
                    withheld,
                    granted,
                    moment,
                    receipt,
                });
            }
        }
        Err(
            Fault::new(FaultKind::Conflict, "this person's data keeps changing")
                .remedy("try again in a moment"),
        )
    }

    /// The entry of a read that a rule refused.
    pub(crate) fn refused_read(
        &self,
        law: &Law,
        subject: &Subject,
        request: Request,
        rule: Rule,
        reader: &As<'_>,
        moment: Moment,
    ) -> Detail {
        let rule = rule.name(law.terms());
        self.refused_by(law, subject, request, rule, reader, moment)
    }

    /// As [`Kept::refused_read`], by a rule of this name.
    fn refused_by(
        &self,
        law: &Law,
        subject: &Subject,
        request: Request,
        rule: String,
        reader: &As<'_>,
        moment: Moment,
    ) -> Detail {
        let mut detail = self.detail(Act::ReadRefused, reader.actor(), moment, law);
        detail.subject = Some(subject.id.0);
        detail.purpose = Some(law.names.purpose.number(request.purpose));
        detail.recipient = Some(law.names.recipient.number(request.recipient));
        detail.rule = Some(rule);
        let wanted = subject.records.iter().filter(|held| !held.tombstone);
        detail.categories = wanted
            .filter(|held| request.categories.contains(held.category))
            .map(|held| law.names.category.number(held.category))
            .collect();
        detail.categories.sort_unstable();
        detail.categories.dedup();
        if let As::InRole(duty) = reader {
            duty.role().told(&mut detail, law);
        }
        detail
    }

    /// Leaves the trace of a read in a role that is not held any more, or is closed, and gives the
    /// refusal back.
    pub(crate) fn closed_to(
        &self,
        (fault, request): (Fault, &Request),
        subject: &Subject,
        reader: &As<'_>,
        (law, moment): (&Law, Moment),
    ) -> Fault {
        let Some(rule) = fault
            .rule
            .clone()
            .filter(|_| fault.kind == FaultKind::Refused)
        else {
            return fault;
        };
        let detail = self.refused_by(law, subject, *request, rule, reader, moment);
        match self.vault.record(&detail) {
            Ok(_) => fault,
            Err(unwritten) => unwritten,
        }
    }

    /// A reader as they stand now: in a role, one that is proved anew where something that it rests
    /// on changed since (`again`: it may have), and that reads as its recipient.
    pub(crate) fn reads_now<'r>(
        &self,
        reader: &As<'r>,
        law: &Law,
        request: &mut Request,
        again: bool,
    ) -> Result<Now<'r>, Fault> {
        let As::InRole(duty) = reader else {
            return Ok(Now::Recipient(reader.actor().clone()));
        };
        let duty = match again {
            true => Cow::Owned(self.access().on_duty_anew(duty)?),
            false => self.access().on_duty(duty)?,
        };
        request.recipient = duty.role().recipient(law)?;
        duty.within_scopes(Action::Read, Some(request.purpose))?;
        Ok(Now::InRole(duty))
    }

    /// Records a positive decision and opens what it permits; `None` when it must be decided
    /// again.
    pub(crate) fn open_allowed(
        &self,
        allowed: Allowed,
        loaded: Loaded,
        actor: &Actor,
        destination: Destination,
        law: &Law,
    ) -> Result<Option<(Vec<Opened>, u64)>, Fault> {
        let reader = Now::Recipient(actor.clone());
        let granted = self.granted(allowed, loaded, &reader, destination, law)?;
        Ok(granted.map(|(_, opened, receipt)| (opened, receipt)))
    }

    /// As [`Kept::open_allowed`], with the person who was decided on.
    pub(crate) fn granted(
        &self,
        allowed: Allowed,
        loaded: Loaded,
        reader: &Now<'_>,
        destination: Destination,
        law: &Law,
    ) -> Result<Option<(Subject, Vec<Opened>, u64)>, Fault> {
        let (actor, names) = (reader.actor(), &law.names);
        match self
            .vault
            .record_grant(allowed, loaded, actor, destination, names, reader.still())
        {
            Ok(grant) => {
                let receipt = grant.receipt();
                let now = self.moment()?.now;
                let (subject, opened) = self.vault.open_granted(grant, now, &law.names)?;
                Ok(Some((subject, opened, receipt)))
            }
            Err(NotGranted::Stale) => Ok(None),
            Err(NotGranted::Fault(fault)) => Err(fault),
        }
    }
}
