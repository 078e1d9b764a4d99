//! Reading a person as a recipient, for a purpose: decided, recorded, then opened.

use domain::decide::{Allowed, Decision, Refusal, Request, Withheld};
use domain::subject::Subject;
use domain::{Actor, Fault, FaultKind, Moment, RecordId, Rule, SubjectId};
use door::{Loaded, NotGranted, Opened};
use journal::{Act, Destination, Detail};
use policy::authorisation::{Action, Reach};
use policy::model::CategorySet;

use crate::access::OnDuty;
use crate::act::refused;
use crate::capacity::decided;
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
        self.read_of(id, None, request, actor, destination)
    }

    /// Reads one record of a person and opens no other, whatever categories the request names.
    ///
    /// # Errors
    /// As [`Kept::read`]; a record that the person does not have is refused as nothing that is held.
    pub fn read_record(
        &self,
        id: SubjectId,
        record: RecordId,
        request: Request,
        actor: &Actor,
        destination: Destination,
    ) -> Result<Reading, Fault> {
        self.read_of(id, Some(record), request, actor, destination)
    }

    fn read_of(
        &self,
        id: SubjectId,
        record: Option<RecordId>,
        mut request: Request,
        actor: &Actor,
        destination: Destination,
    ) -> Result<Reading, Fault> {
        for _ in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let loaded = self.person(id, &law)?;
            let subject = &loaded.subject;
            if let Some(record) = record {
                request.categories = category_of(subject, record);
            }
            let bound = self
                .bound(actor, Action::Read, &law)
                .and_then(|bound| bound.map(|it| it.reads(&mut request)).transpose())
                .map_err(|fault| self.closed_to(fault, subject, request, (actor, &law, moment)))?;
            let narrowing = bound.map(|bound| bound.narrowing);
            let (decision, withheld) = decided(&law, subject, request, narrowing.as_ref(), moment);
            let (decision, withheld) = match record {
                Some(record) => of_record(record, decision, withheld),
                None => (decision, withheld),
            };
            // 6c: outside the house only what the person knows of.
            let leaves = !law.policy().recipient(request.recipient).internal;
            let decision = match decision {
                Decision::Allowed(_) if leaves && self.is_uninformed(id)? => {
                    Decision::Refused(Refusal {
                        rule: Rule::Uninformed,
                    })
                }
                decision => decision,
            };
            let allowed = match decision {
                Decision::Allowed(allowed) => allowed,
                Decision::Refused(refusal) => {
                    let at = (actor, moment);
                    let entry = self.refused_read(&law, subject, request, refusal.rule, at);
                    self.vault.record(&entry)?;
                    return Err(refused(refusal, &law));
                }
            };
            if let Some((subject, opened, receipt)) =
                self.granted(allowed, loaded, actor, destination, &law)?
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
        let actor = duty.at_work(request.purpose, &self.law());
        self.read(id, request, &actor, destination)
    }

    /// The entry of a read that a rule refused.
    pub(crate) fn refused_read(
        &self,
        law: &Law,
        subject: &Subject,
        request: Request,
        rule: Rule,
        by: (&Actor, Moment),
    ) -> Detail {
        self.refused_by(law, subject, request, rule.name(law.terms()), by)
    }

    /// As [`Kept::refused_read`], by a rule of this name.
    fn refused_by(
        &self,
        law: &Law,
        subject: &Subject,
        request: Request,
        rule: String,
        (actor, moment): (&Actor, Moment),
    ) -> Detail {
        let mut detail = self.detail(Act::ReadRefused, actor, moment, law);
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
        detail
    }

    /// Leaves the trace of a read in a role that is not held any more, or is closed, and gives the
    /// refusal back.
    pub(crate) fn closed_to(
        &self,
        fault: Fault,
        subject: &Subject,
        request: Request,
        (actor, law, moment): (&Actor, &Law, Moment),
    ) -> Fault {
        let Some(rule) = fault
            .rule
            .clone()
            .filter(|_| fault.kind == FaultKind::Refused)
        else {
            return fault;
        };
        let detail = self.refused_by(law, subject, request, rule, (actor, moment));
        match self.vault.record(&detail) {
            Ok(_) => fault,
            Err(unwritten) => unwritten,
        }
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
        let granted = self.granted(allowed, loaded, actor, destination, law)?;
        Ok(granted.map(|(_, opened, receipt)| (opened, receipt)))
    }

    /// As [`Kept::open_allowed`], with the person who was decided on.
    pub(crate) fn granted(
        &self,
        allowed: Allowed,
        loaded: Loaded,
        actor: &Actor,
        destination: Destination,
        law: &Law,
    ) -> Result<Option<(Subject, Vec<Opened>, u64)>, Fault> {
        let still = match self.still(actor) {
            Ok(still) => still,
            // It is decided again, and refused there with its trace.
            Err(fault) if fault.kind == FaultKind::Refused => return Ok(None),
            Err(fault) => return Err(fault),
        };
        match self
            .vault
            .record_grant(allowed, loaded, actor, destination, &law.names, still)
        {
            Ok(grant) => {
                let receipt = grant.receipt();
                let now = self.now()?;
                let (subject, opened) = self.vault.open_granted(grant, now, &law.names)?;
                Ok(Some((subject, opened, receipt)))
            }
            Err(NotGranted::Stale) => {
                self.catch_up()?;
                Ok(None)
            }
            Err(NotGranted::Fault(fault)) => Err(fault),
        }
    }
}

/// The category of a person's record; none where they do not have it.
fn category_of(subject: &Subject, record: RecordId) -> CategorySet {
    let held = subject.records.iter();
    held.filter(|held| held.id == record && !held.tombstone)
        .map(|held| held.category)
        .collect()
}

/// What of a decision is about one record.
fn of_record(
    record: RecordId,
    decision: Decision,
    mut withheld: Vec<Withheld>,
) -> (Decision, Vec<Withheld>) {
    withheld.retain(|one| one.record == record);
    let decision = match decision {
        Decision::Allowed(allowed) => match allowed.narrow(|one| one.record == record) {
            Some(allowed) => Decision::Allowed(allowed),
            None => Decision::Refused(Refusal {
                rule: withheld.first().map_or(Rule::NothingHeld, |one| one.rule),
            }),
        },
        refused => refused,
    };
    (decision, withheld)
}
