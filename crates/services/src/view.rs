//! A person on a screen: what one reader may see, what stays closed to them and by which rule, and
//! everything that is known in clear.

use domain::decide::{Decision, Refusal, Request, Withheld};
use domain::subject::Subject;
use domain::{Actor, Fault, Moment, Personal, Rule, SubjectId};
use door::Opened;
use journal::Destination;
use policy::authorisation::Action;
use policy::model::{CategoryId, FieldType, Policy};

use crate::access::OnDuty;
use crate::act::{TRIES_MAX, keeps_changing};
use crate::capacity::decided;
use crate::kept::Kept;

/// A person as one reader sees them.
pub struct View {
    /// The person, in clear: facts, consents, grounds, no values.
    pub subject: Subject,
    /// The records that were opened.
    pub opened: Vec<Opened>,
    /// What is held and stays closed, and by which rule.
    pub withheld: Vec<Withheld>,
    /// The rule that closes everything, where nothing at all may be read.
    pub refused: Option<Rule>,
    /// When it was decided.
    pub moment: Moment,
    /// Where the read, or its refusal, stands in the journal.
    pub receipt: u64,
}

impl View {
    /// The person's name, or the rule that closes it.
    ///
    /// # Errors
    /// The rule, where the reader may not see the name or none is held.
    pub fn name(&self, policy: &Policy) -> Result<Personal<String>, Rule> {
        let Some((category, _)) = naming(policy) else {
            return Err(Rule::NothingHeld);
        };
        let named = self.opened.iter().find_map(|one| name_in(policy, one));
        let closed = self.withheld.iter().find(|one| one.category == category);
        named.ok_or_else(|| {
            let rule = closed.map(|one| one.rule).or(self.refused);
            rule.unwrap_or(Rule::NothingHeld)
        })
    }
}

impl Kept {
    /// Shows a person to a reader; to nobody, if no reader is named. Unlike [`Kept::read`], a
    /// refusal is no error: the page says which rule refuses, and the journal says it too.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person,
    /// [`domain::FaultKind::Unavailable`] when the journal cannot be written.
    pub fn view(
        &self,
        id: SubjectId,
        request: Option<Request>,
        actor: &Actor,
    ) -> Result<View, Fault> {
        let Some(mut request) = request else {
            let shown = self.show(id, actor, Destination::Screen)?;
            return Ok(View {
                subject: shown.subject,
                opened: Vec::new(),
                withheld: Vec::new(),
                refused: None,
                moment: shown.moment,
                receipt: shown.receipt,
            });
        };
        for _ in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let loaded = self.person(id, &law)?;
            let subject = &loaded.subject;
            let bound = self
                .bound_to_see(actor, Action::Read, &law)
                .and_then(|bound| bound.map(|it| it.reads(&mut request)).transpose())
                .map_err(|fault| self.closed_to(fault, subject, request, (actor, &law, moment)))?;
            let narrowing = bound.map(|bound| bound.narrowing);
            let decided = match bound.and_then(|bound| bound.unread) {
                Some(rule) => (Decision::Refused(Refusal { rule }), Vec::new()),
                None => decided(&law, subject, request, narrowing.as_ref(), moment),
            };
            let (allowed, withheld) = match decided {
                (Decision::Allowed(allowed), withheld) => (allowed, withheld),
                (Decision::Refused(Refusal { rule }), withheld) => {
                    let refused = self.refused_read(&law, subject, request, rule, (actor, moment));
                    let receipt = self.vault.record(&refused)?;
                    return Ok(View {
                        subject: loaded.subject,
                        opened: Vec::new(),
                        withheld,
                        refused: Some(rule),
                        moment,
                        receipt,
                    });
                }
            };
            let granted = self.granted(allowed, loaded, actor, Destination::Screen, &law)?;
            if let Some((subject, opened, receipt)) = granted {
                return Ok(View {
                    subject,
                    opened,
                    withheld,
                    refused: None,
                    moment,
                    receipt,
                });
            }
        }
        Err(keeps_changing())
    }

    /// Shows a person to a reader in a role of the authorisation: as [`Kept::view`] does to the
    /// role's recipient, narrowed to what the role is granted.
    ///
    /// # Errors
    /// As there; [`domain::FaultKind::Refused`] when the role is not held or not open any more.
    pub fn view_as(&self, id: SubjectId, request: Request, duty: &OnDuty) -> Result<View, Fault> {
        let actor = duty.at_work(request.purpose, &self.law());
        self.view(id, Some(request), &actor)
    }
}

/// The category that says who somebody is, with its fields that are names, as bits: the one with
/// the most such fields, the first of equals.
pub(crate) fn naming(policy: &Policy) -> Option<(CategoryId, u64)> {
    let mut best: Option<(CategoryId, u64)> = None;
    for (id, category) in (0u8..).map(CategoryId).zip(&policy.categories) {
        let names = category.fields.iter().enumerate();
        let names = names.filter(|(_, field)| field.kind == FieldType::PersonName);
        let mask = names.fold(0u64, |mask, (at, _)| mask | 1 << at);
        if mask.count_ones() > best.map_or(0, |(_, mask)| mask.count_ones()) {
            best = Some((id, mask));
        }
    }
    best
}

/// The name in an opened record, in the order of the policy's fields: `Kerdoncuff, Maëlle`.
pub(crate) fn name_in(policy: &Policy, opened: &Opened) -> Option<Personal<String>> {
    let (category, mask) = naming(policy)?;
    if opened.permitted.category != category {
        return None;
    }
    let values = opened.values.disclose();
    let names = values.0.iter().filter(|(at, _)| mask & (1 << **at) != 0);
    let names: Vec<String> = names.map(|(_, value)| value.display()).collect();
    (!names.is_empty()).then(|| Personal::new(names.join(", ")))
}
