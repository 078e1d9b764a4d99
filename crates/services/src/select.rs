//! Selecting people for a purpose: those whose data is open to a recipient for it, all of them or
//! those who object to another use. They are counted, listed, or read; each is decided on, and one
//! entry of the journal has a part for each.

mod index;

use domain::decide::{Allowed, Decision, Request, decide};
use domain::{Actor, Fault, FaultKind, Moment, SubjectId};
use door::{Loaded, NotGranted, Opened};
use journal::{Act, Destination, Part};
use policy::authorisation::Action;
use policy::model::PurposeId;

use self::index::{Mark, Marks, lock};
use crate::act::{TRIES_MAX, keeps_changing};
use crate::capacity::Bound;
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;

pub(crate) use self::index::Standing;

/// How many people stand in one entry of the journal.
const ROUND: usize = 500;

/// Whom to select.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selection {
    /// What is to be open, to whom and for what; in a role its purpose and recipient take their
    /// place.
    pub request: Request,
    /// Only those who object to this purpose.
    pub objecting_to: Option<PurposeId>,
}

/// What came of a selection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Selected {
    /// How many people.
    pub people: u64,
    /// How many of their records are open.
    pub records: u64,
    /// Where the last of its entries stands in the journal.
    pub receipt: u64,
}

/// Whoever is selected, with what of them is open.
type Candidate = (Allowed, Loaded);

impl Kept {
    /// Counts the people whom a selection reaches, and their records. No value is opened.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the role counts nobody for the purpose;
    /// [`FaultKind::Unavailable`] when the journal cannot be written.
    pub fn count_selected(&self, selection: Selection, actor: &Actor) -> Result<Selected, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Count, actor, moment)?;
        let bound = self.bound(actor, Action::Count, &law)?;
        let selection = in_capacity(selection, bound.as_ref())?;
        let mut selected = Selected::default();
        for some in self.candidates_of(&law, &selection)?.chunks(ROUND) {
            let open = self.open_candidates(&law, &selection, bound.as_ref(), some, moment)?;
            selected.add(&open);
        }
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.purpose = Some(law.names.purpose.number(selection.request.purpose));
        detail.recipient = Some(law.names.recipient.number(selection.request.recipient));
        detail.count = Some(selected.people);
        selected.receipt = self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        Ok(selected)
    }

    /// Gives the identifiers of the people whom a selection reaches. No value is opened.
    ///
    /// # Errors
    /// As [`Kept::count_selected`].
    pub fn list_selected(
        &self,
        selection: Selection,
        actor: &Actor,
        destination: Destination,
    ) -> Result<(Vec<SubjectId>, Selected), Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Read, actor, moment)?;
        let bound = self.bound(actor, Action::Read, &law)?;
        let selection = in_capacity(selection, bound.as_ref())?;
        let (mut people, mut selected) = (Vec::new(), Selected::default());
        for some in self.candidates_of(&law, &selection)?.chunks(ROUND) {
            let open = self.open_candidates(&law, &selection, bound.as_ref(), some, moment)?;
            if open.is_empty() {
                continue;
            }
            let mut detail = self.detail(Act::LookedUp, actor, moment, &law);
            detail.purpose = Some(law.names.purpose.number(selection.request.purpose));
            detail.recipient = Some(law.names.recipient.number(selection.request.recipient));
            detail.count = Some(open.len() as u64);
            detail.destination = destination;
            let parts = parts_of(&law, &open, moment);
            let entry = self.vault.bulk_entry(detail, &parts)?;
            selected.receipt = self.record_under(&law, vec![entry])?;
            selected.add(&open);
            people.extend(open.iter().map(|(allowed, _)| allowed.subject()));
        }
        Ok((people, selected))
    }

    /// Reads the people whom a selection reaches: `each` is given one after the other, with what
    /// was opened of them. Some hundreds at a time stand in the journal before they are opened.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the role reads nobody for the purpose;
    /// [`FaultKind::Unavailable`] when the journal cannot be written;
    /// [`FaultKind::Conflict`] when these people keep changing.
    pub fn read_selected(
        &self,
        selection: Selection,
        actor: &Actor,
        destination: Destination,
        each: &mut dyn FnMut(SubjectId, Vec<Opened>),
    ) -> Result<Selected, Fault> {
        let mut selected = Selected::default();
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Read, actor, moment)?;
        let bound = self.bound(actor, Action::Read, &law)?;
        let selection = in_capacity(selection, bound.as_ref())?;
        let candidates = self.candidates_of(&law, &selection)?;
        for some in candidates.chunks(ROUND) {
            let mut tries = 0;
            while !self.read_some(selection, some, (actor, destination), each, &mut selected)? {
                tries += 1;
                if tries == TRIES_MAX {
                    return Err(keeps_changing());
                }
            }
        }
        if candidates.is_empty() {
            let mut detail = self.detail(Act::Read, actor, moment, &law);
            detail.purpose = Some(law.names.purpose.number(selection.request.purpose));
            detail.recipient = Some(law.names.recipient.number(selection.request.recipient));
            detail.count = Some(0);
            detail.destination = destination;
            selected.receipt = self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        }
        Ok(selected)
    }

    /// Reads some of the candidates; says no when one of them, or the law, changed meanwhile.
    fn read_some(
        &self,
        selection: Selection,
        some: &[SubjectId],
        (actor, destination): (&Actor, Destination),
        each: &mut dyn FnMut(SubjectId, Vec<Opened>),
        selected: &mut Selected,
    ) -> Result<bool, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Read, actor, moment)?;
        let bound = self.bound(actor, Action::Read, &law)?;
        let selection = in_capacity(selection, bound.as_ref())?;
        let open = self.open_candidates(&law, &selection, bound.as_ref(), some, moment)?;
        let mut detail = self.detail(Act::Read, actor, moment, &law);
        detail.purpose = Some(law.names.purpose.number(selection.request.purpose));
        detail.recipient = Some(law.names.recipient.number(selection.request.recipient));
        detail.count = Some(open.len() as u64);
        detail.destination = destination;
        if open.is_empty() {
            selected.receipt = self.record_under(&law, vec![self.vault.entry(&detail)?])?;
            return Ok(true);
        }
        let still = match self.still(actor) {
            Ok(still) => still,
            Err(fault) if fault.kind == FaultKind::Refused => return Ok(false),
            Err(fault) => return Err(fault),
        };
        let parts = parts_of(&law, &open, moment);
        let grants = match self
            .vault
            .record_grants_at_once(open, detail, &parts, still)
        {
            Ok(grants) => grants,
            Err(NotGranted::Stale) => return Ok(false),
            Err(NotGranted::Fault(fault)) => return Err(fault),
        };
        let now = self.moment()?.now;
        if let Some(last) = grants.last() {
            selected.receipt = last.receipt();
        }
        for (subject, opened) in self.vault.open_each(grants, now, &law.names)? {
            selected.people += 1;
            selected.records += opened.len() as u64;
            each(subject.id, opened);
        }
        Ok(true)
    }

    /// Those whom a selection may reach, by an index that is brought up to date first.
    fn candidates_of(&self, law: &Law, selection: &Selection) -> Result<Vec<SubjectId>, Fault> {
        let number = |purpose| law.names.purpose.number(purpose);
        let mark = match selection.objecting_to {
            Some(purpose) => Mark::ObjectsTo(number(purpose)),
            None => Mark::HeldFor(number(selection.request.purpose)),
        };
        self.standing.begin();
        self.note_changes_elsewhere()?;
        let mut made = lock(&self.standing.made);
        let marks = match made.as_mut() {
            Some(marks) => marks,
            None => made.insert(self.marks(law)?),
        };
        let changed = self.standing.take_changed();
        match self.vault.load_each(&changed, &law.names) {
            Ok(people) => {
                changed.iter().for_each(|id| marks.remove(*id));
                for one in &people {
                    marks.put(&one.subject, &law.names);
                }
            }
            Err(fault) => {
                // They are not forgotten: the next selection tries again.
                self.standing.changed(&changed);
                return Err(fault);
            }
        }
        Ok(marks.with(mark))
    }

    /// Makes the index: of what is in clear, nothing is opened.
    fn marks(&self, law: &Law) -> Result<Marks, Fault> {
        let (mut marks, mut after) = (Marks::default(), None);
        loop {
            let round = self.vault.load_after(after, ROUND as u32, &law.names)?;
            let Some(last) = round.last() else {
                return Ok(marks);
            };
            after = Some(last.subject.id);
            for one in &round {
                marks.put(&one.subject, &law.names);
            }
        }
    }

    /// Decides on some candidates: those of whom something is open.
    fn open_candidates(
        &self,
        law: &Law,
        selection: &Selection,
        bound: Option<&Bound<'_>>,
        some: &[SubjectId],
        moment: Moment,
    ) -> Result<Vec<Candidate>, Fault> {
        let request = selection.request;
        let leaves = !law.policy().recipient(request.recipient).internal;
        let mut open = Vec::with_capacity(some.len());
        for loaded in self.vault.load_each(some, &law.names)? {
            let subject = &loaded.subject;
            if !chosen(selection, &loaded) || leaves && self.is_uninformed(subject.id)? {
                continue;
            }
            let decision = match bound {
                None => decide(&law.in_force, subject, request, moment),
                Some(bound) => bound.decide(subject, request, moment),
            };
            if let Decision::Allowed(allowed) = decision {
                open.push((allowed, loaded));
            }
        }
        Ok(open)
    }
}

impl Selected {
    fn add(&mut self, open: &[Candidate]) {
        self.people += open.len() as u64;
        let records = open
            .iter()
            .map(|(allowed, _)| allowed.permitted().len() as u64);
        self.records += records.sum::<u64>();
    }
}

/// A selection as whoever acts may make it: for the purpose and as the recipient of their role.
fn in_capacity(mut selection: Selection, bound: Option<&Bound<'_>>) -> Result<Selection, Fault> {
    if let Some(bound) = bound {
        let _ = bound.reads(&mut selection.request)?;
    }
    Ok(selection)
}

/// Whether a candidate is one still: the index may be behind what is held.
fn chosen(selection: &Selection, loaded: &Loaded) -> bool {
    selection.objecting_to.is_none_or(|purpose| {
        let mut standing = loaded.subject.objections.iter();
        standing.any(|one| {
            one.lifted.is_none() && one.to == domain::subject::ObjectedTo::Purpose(purpose)
        })
    })
}

/// Each person's part: the records that are open.
fn parts_of(law: &Law, open: &[Candidate], moment: Moment) -> Vec<Part> {
    open.iter()
        .map(|(allowed, loaded)| {
            let records = allowed.permitted().iter().map(|one| one.record.0);
            part_of(law, &loaded.subject, records.collect(), moment)
        })
        .collect()
}
