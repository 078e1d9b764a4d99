//! Carrying an import out: lines are read, decided and sealed, some hundreds in a transaction.
//!
//! A line is known by its source and identifier, as a keyed look-up that lives with its records'
//! keys. So a second run doubles nobody, and one that was interrupted goes on where it stopped:
//! what is in is passed over, what is not is taken in.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use csv::StringRecord;
use domain::collect::Collection;
use domain::value::Payload;
use domain::{Fault, FaultKind, Moment, Personal, RecordId, SubjectId, calendar};
use door::change::{Batch, Change};
use door::{LookUpValue, NewValues};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::{Act, Part};
use policy::authorisation::Action;
use policy::model::{CategoryId, FieldId, Policy, PurposeSet};

use super::duplicates::{Features, Finder, Likely};
use super::fate::{Fate, SERIES_CONTENT, SERIES_IDENTITY};
use super::lines::{Line, Reading, Reason};
use super::plan::Plan;
use super::report::{Informing, Report};
use super::sniff::Rows;
use crate::act::{Acting, Before};
use crate::collect::{NewData, NewPerson};
use crate::concern::part_of;
use crate::kept::{Kept, nobody};
use crate::law::Law;
use crate::overlap::Overlap;
use crate::refused::Tried;

/// How many lines are taken in by one transaction.
const BATCH_LINES: usize = 500;
/// How many batches may wait between the thread that reads and the one that writes.
const BATCHES_WAITING: usize = 2;
/// How many lines are remembered for finding duplicates: some hundreds of bytes each.
const REMEMBERED_MAX: usize = 250_000;
/// How far an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Lines that are done.
    pub lines: u64,
    /// About how many there are.
    pub of: u64,
}

/// A line that was read, with those before that it resembles.
pub(super) struct Read {
    pub(super) line: Line,
    likely: Vec<Likely>,
}

/// What the reading thread hands over.
enum Handed {
    /// Lines in order: what was read, or why it is refused.
    Lines(Vec<(u64, Result<Read, Reason>)>),
    /// The end of the file, and how many lines were not remembered.
    End(u64),
    /// The file could not be read on.
    Failed(Fault),
}

impl Kept {
    /// Imports a file as planned. `progress` is told after each batch, and can stop the import.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when the policy changed since the plan, or somebody else imports
    /// from the same source at the same time; [`FaultKind::Unavailable`] when file or installation
    /// cannot be used. Lines of batches that were written stay; run it again.
    pub fn import(
        &self,
        plan: &Plan,
        acting: &Acting,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Report, Fault> {
        let law = self.law();
        if law.policy().version != plan.policy_version {
            return Err(another_policy());
        }
        self.permit_at_all(&law, Action::Import, &acting.actor)
            .map_err(|fault| {
                let tried = Tried {
                    purposes: plan.purposes.iter().collect(),
                    origin: Some(plan.origin),
                    ..Tried::of(Action::Import)
                };
                let at = self.moment();
                at.map_or_else(
                    |unknown| unknown,
                    |at| self.refused_write(fault, None, &tried, acting, (&law, at)),
                )
            })?;
        let file = File::open(&plan.file).map_err(|error| {
            Fault::new(FaultKind::Unavailable, "the file cannot be opened").because(error)
        })?;
        if !acting.dry_run {
            let started = self.detail(Act::ImportStarted, &acting.actor, self.moment()?, &law);
            self.vault().record(&journal::Detail {
                origin: Some(law.names.origin.number(plan.origin)),
                ..started
            })?;
        }
        let mut report = Report::new(plan, acting.dry_run);
        report.informing = informing(law.policy(), plan);
        let mut importing = Importing {
            kept: self,
            law: Arc::clone(&law),
            plan,
            acting,
            report,
            added: HashSet::new(),
            compares: has_look_ups(&law, plan),
        };
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(BATCHES_WAITING);
            let law = &law;
            scope.spawn(move || read_lines(file, law, plan, &sender));
            let writing = Writing {
                batches: Overlap::new(scope),
                lines: 0,
            };
            let taken = importing.take_all(&receiver, writing, progress);
            // What was refused leaves its trace, whether or not the rest could be read.
            importing.trace_refusals().and(taken)
        })?;
        let report = importing.report;
        if acting.dry_run {
            // A dry run tells which lines are of people who are held: no value, and a trace.
            let mut planned = self.detail(Act::Planned, &acting.actor, self.moment()?, &law);
            planned.origin = Some(law.names.origin.number(plan.origin));
            planned.rule = Some("import".to_owned());
            planned.count = Some(report.lines);
            self.vault().record(&planned)?;
        } else {
            let mut finished =
                self.detail(Act::ImportFinished, &acting.actor, self.moment()?, &law);
            finished.origin = Some(law.names.origin.number(plan.origin));
            finished.count = Some(report.taken_in);
            self.vault().record(&finished)?;
        }
        Ok(report)
    }
}

fn another_policy() -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "the policy changed since the import was planned",
    )
    .remedy("start the import again; what is in already is not doubled")
}

/// Whether a field that people can be found by is filled.
fn has_look_ups(law: &Law, plan: &Plan) -> bool {
    plan.columns
        .fields()
        .any(|field| law.policy().field(field).look_up)
}

/// The reading thread: reads, parses and compares lines, and hands them over. It stops when
/// nobody takes them any more.
fn read_lines(file: File, law: &Law, plan: &Plan, to: &SyncSender<Handed>) {
    let policy = law.policy();
    let reading = Reading::new(policy, &plan.columns, plan.how.clone());
    let mut rows = Rows::new(file, &plan.layout);
    let mut finder = Finder::new(REMEMBERED_MAX);
    let mut seen = HashSet::new();
    let mut row = StringRecord::new();
    let mut header = plan.layout.header;
    let mut batch = Vec::with_capacity(BATCH_LINES);
    loop {
        let number = match rows.next(&mut row) {
            Ok(Some(number)) => number,
            Ok(None) => break,
            Err(fault) => {
                let _ = to.send(Handed::Lines(batch));
                let _ = to.send(Handed::Failed(fault));
                return;
            }
        };
        if std::mem::take(&mut header) {
            continue;
        }
        let read = match reading.line(number, &row) {
            Ok(None) => continue,
            Ok(Some(line)) if !seen.insert(hash(&line.identity)) => Err(Reason::SameIdentity),
            Ok(Some(line)) => {
                let likely = finder.add(number, Features::new(policy, &line.payloads));
                Ok(Read { line, likely })
            }
            Err(reason) => Err(reason),
        };
        batch.push((number, read));
        if batch.len() == BATCH_LINES {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_LINES));
            if to.send(Handed::Lines(full)).is_err() {
                return;
            }
        }
    }
    let _ = to.send(Handed::Lines(batch));
    let _ = to.send(Handed::End(finder.not_remembered()));
}

fn hash(identity: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    identity.hash(&mut hasher);
    hasher.finish()
}

/// An import under way.
pub(super) struct Importing<'a> {
    pub(super) kept: &'a Kept,
    pub(super) law: Arc<Law>,
    pub(super) plan: &'a Plan,
    pub(super) acting: &'a Acting,
    pub(super) report: Report,
    /// People of this run: a value in common with them is a duplicate within the file.
    pub(super) added: HashSet<SubjectId>,
    pub(super) compares: bool,
}

/// What is written while the next lines are decided.
struct Writing<'scope, 'env> {
    /// Each gives how many lines it was of.
    batches: Overlap<'scope, 'env, Result<u64, Fault>>,
    /// How many lines are done: written, or nothing to write of them.
    lines: u64,
}

impl Writing<'_, '_> {
    /// Waits until nothing is under way.
    fn settle(&mut self) -> Result<(), Fault> {
        while let Some(lines) = self.batches.oldest() {
            self.lines += lines?;
        }
        Ok(())
    }
}

impl<'a> Importing<'a> {
    fn take_all<'scope>(
        &mut self,
        from: &Receiver<Handed>,
        mut writing: Writing<'scope, '_>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), Fault>
    where
        'a: 'scope,
    {
        while let Ok(handed) = from.recv() {
            match handed {
                Handed::Failed(fault) => return writing.settle().and(Err(fault)),
                Handed::End(not_remembered) => {
                    writing.settle()?;
                    self.report.finished = true;
                    self.report.not_remembered = not_remembered;
                    // At the end there is nothing to stop any more.
                    let _ = progress(self.progress(&writing));
                    return Ok(());
                }
                Handed::Lines(lines) => {
                    self.take(lines, &mut writing)?;
                    if progress(self.progress(&writing)).is_break() {
                        break;
                    }
                }
            }
        }
        writing.settle()
    }

    fn progress(&self, writing: &Writing<'_, '_>) -> Progress {
        Progress {
            lines: writing.lines,
            of: self.plan.rows.max(self.report.lines),
        }
    }

    /// Takes one batch in: all of it by one transaction, with one entry in the journal that has a
    /// part for each person.
    fn take<'scope>(
        &mut self,
        lines: Vec<(u64, Result<Read, Reason>)>,
        writing: &mut Writing<'scope, '_>,
    ) -> Result<(), Fault>
    where
        'a: 'scope,
    {
        if self.kept.law().policy().version != self.plan.policy_version {
            return Err(another_policy());
        }
        let count = lines.len() as u64;
        let moment = self.kept.moment()?;
        let mut batch = Batch::default();
        let mut parts = Vec::new();
        let mut holders = self.holders(&lines)?.into_iter();
        for (number, read) in lines {
            self.report.lines += 1;
            let Read { line, likely } = match read {
                Ok(read) => read,
                Err(reason) => {
                    self.report.refuse(number, reason);
                    continue;
                }
            };
            let held = holders.next().unwrap_or_default();
            let decided = match self.fate(&line, held)? {
                Fate::ThereAlready => {
                    self.report.there_already += 1;
                    self.report.likely(likely);
                    continue;
                }
                Fate::Suppressed => {
                    self.report.suppressed.add(number);
                    continue;
                }
                Fate::Changed(_) if !self.plan.update => {
                    self.report.changed.add(number);
                    continue;
                }
                Fate::Changed(held) => {
                    // It is decided on the person as they are stored: nothing may be on its way.
                    writing.settle()?;
                    self.replaced(&line, &held, moment)
                }
                Fate::New => self.decided(&line, moment),
            };
            match decided {
                Ok(change) => {
                    self.report.likely(likely);
                    parts.extend(self.count(&line, &change, moment));
                    batch.changes.push(change);
                }
                Err(fault) if fault.kind == FaultKind::Refused => {
                    let rule = fault.rule.unwrap_or_default();
                    let sentence = fault.message;
                    self.report.refuse(number, Reason::Rule { rule, sentence });
                }
                Err(fault) => return Err(fault),
            }
        }
        if self.acting.dry_run || batch.changes.is_empty() {
            writing.lines += count;
            return Ok(());
        }
        if !parts.is_empty() {
            let actor = &self.acting.actor;
            let mut written = self
                .kept
                .detail(Act::RecordWritten, actor, moment, &self.law);
            written.origin = Some(self.law.names.origin.number(self.plan.origin));
            written.purpose = self.first_purpose();
            written.count = Some(parts.len() as u64);
            batch.bulk = Some((written, parts));
        }
        let (kept, law, acting) = (self.kept, Arc::clone(&self.law), self.acting);
        if let Some(lines) = writing.batches.make_room() {
            writing.lines += lines?;
        }
        writing.batches.begin(move || {
            let written = kept.commit(&law, batch, acting, moment);
            written.map(|_| count)
        })
    }

    fn first_purpose(&self) -> Option<u32> {
        let purpose = self.plan.purposes.iter().next()?;
        Some(self.law.names.purpose.number(purpose))
    }

    /// Counts a line that is taken in; a new person has a part in the batch's entry.
    fn count(&mut self, line: &Line, change: &Change, moment: Moment) -> Option<Part> {
        self.report.note(line.number, &line.notes);
        self.report.records += change.seal.len() as u64;
        if change.decided_on.is_some() {
            self.report.updated.add(line.number);
            return None;
        }
        self.report.taken_in += 1;
        if self.compares {
            self.added.insert(change.subject.id);
        }
        Some(self.part(change, moment))
    }

    /// One person's part in the batch's entry.
    fn part(&self, change: &Change, moment: Moment) -> Part {
        let records = change.seal.iter().map(|new| new.record.0).collect();
        part_of(&self.law, &change.subject, records, moment)
    }

    /// Decides each record of a line and makes the change that takes it in as a new person.
    fn decided(&self, line: &Line, moment: Moment) -> Result<Change, Fault> {
        let payloads = line.payloads.iter();
        self.answers(line)?;
        let (mut records, contents) = self.new_data(line, payloads, moment);
        let actor = &self.acting.actor;
        self.kept
            .permit_collection(&self.law, None, &mut records, Action::Import, actor)?;
        let new = NewPerson {
            person: self.plan.person,
            records,
        };
        let (mut change, _, _) = self.kept.new_person(&self.law, new, self.acting, moment)?;
        fingerprint(&mut change.seal, contents);
        // One entry of the batch tells of all of them.
        change.details.clear();
        Ok(change)
    }

    /// Whether a line is what the form of the import asks for, where it names one.
    fn answers(&self, line: &Line) -> Result<(), Fault> {
        let Some(form) = self.plan.form else {
            return Ok(());
        };
        let given = line.payloads.iter().flat_map(|(category, payload)| {
            let of = |field: &u8| FieldId {
                category: *category,
                field: *field,
            };
            payload.0.keys().map(of)
        });
        let given: Vec<FieldId> = given.collect();
        crate::form::answered(self.law.policy(), form, &given)
    }

    /// What a line gives, as data to be taken in, and what fingerprints each record's content.
    fn new_data<'p>(
        &self,
        line: &Line,
        payloads: impl Iterator<Item = &'p (CategoryId, Payload)>,
        moment: Moment,
    ) -> (Vec<NewData>, Vec<LookUpValue>) {
        let identity = self.identity(line);
        let collected = self.collected(line.collected, moment);
        payloads
            .map(|(category, payload)| {
                let data = NewData {
                    derived_from: Vec::new(),
                    collection: Collection {
                        category: *category,
                        fields: payload.fields(),
                        origin: self.plan.origin,
                        brought_by: self.acting.actor.account.clone(),
                        purposes: self.purposes_for(*category),
                        kind: self.plan.kind,
                        matter: None,
                        processor: self.plan.processor,
                        collected,
                        approved: false,
                    },
                    values: Personal::new(payload.clone()),
                    unique: Some((SERIES_IDENTITY, LookUpValue::new(&identity))),
                };
                let content = self.content(line, *category, payload);
                (data, LookUpValue::new(&content))
            })
            .unzip()
    }

    /// Decides the records of a line that is there already with other values: each is sealed anew,
    /// and the record whose place it takes is destroyed.
    fn replaced(
        &self,
        line: &Line,
        held: &[(SubjectId, RecordId)],
        moment: Moment,
    ) -> Result<Change, Fault> {
        let law = &self.law;
        let id = held
            .first()
            .map(|(subject, _)| *subject)
            .ok_or_else(nobody)?;
        let mut subject = self.kept.person(id, law)?.subject;
        let before = Before::of(&subject);
        let closed = subject.holds.iter().any(|hold| hold.lifted.is_none())
            || subject.restrictions.iter().any(|it| it.lifted.is_none());
        if closed {
            return Err(Fault::new(
                FaultKind::Refused,
                "a hold or a restriction keeps this person's data as it is",
            )
            .rule("hold"));
        }
        self.answers(line)?;
        let mut new = Vec::new();
        let mut old = Vec::new();
        for (one, same) in line.payloads.iter().zip(self.are_held(line, held)?) {
            if same {
                continue;
            }
            new.push(one);
            let theirs = subject.records.iter();
            let theirs = theirs.filter(|record| record.category == one.0 && !record.tombstone);
            let theirs = theirs.filter(|record| held.contains(&(id, record.id)));
            old.extend(theirs.map(|record| record.id));
        }
        let (mut records, contents) = self.new_data(line, new.into_iter(), moment);
        let actor = &self.acting.actor;
        self.kept
            .permit_collection(law, Some(&subject), &mut records, Action::Import, actor)?;
        let mut decided = self
            .kept
            .take_in(law, &mut subject, records, self.acting, moment)?;
        fingerprint(&mut decided.seal, contents);
        for detail in &mut decided.details {
            if detail.act == Act::RecordWritten {
                detail.act = Act::RecordUpdated;
                detail.records.extend(old.iter().map(|record| record.0));
            }
        }
        let (mut change, _, _) =
            self.kept
                .change(law, subject, Some(before), decided, self.acting, moment);
        change.changed.retain(|record| !old.contains(record));
        change.destroy.retain(|record| !old.contains(record));
        change.destroy.extend(old);
        Ok(change)
    }

    /// Of the stated purposes, those that use a category.
    fn purposes_for(&self, category: CategoryId) -> PurposeSet {
        let used = self.law.policy().tables.used_by[category.index()];
        self.plan.purposes.and(used)
    }

    /// The moment of collection: the day that the line or the plan says, from its beginning, or now.
    fn collected(&self, day: Option<Date>, moment: Moment) -> Timestamp {
        match day.or(self.plan.collected) {
            None => moment.now,
            Some(day) if day == moment.today => moment.now,
            Some(day) => calendar::start_of(day, self.law.in_force.zone()),
        }
    }
}

/// Puts beside each new record the fingerprint of what it holds.
fn fingerprint(seal: &mut [NewValues], contents: Vec<LookUpValue>) {
    for (new, content) in seal.iter_mut().zip(contents) {
        new.look_ups.push((SERIES_CONTENT, content));
    }
}

/// How the people of an import are to be informed of it, if they are (6c).
fn informing(policy: &Policy, plan: &Plan) -> Option<Informing> {
    if !policy.origin(plan.origin).is_indirect() {
        return None;
    }
    let reaches = policy.announcements.is_some_and(|how| {
        let address = plan.columns.fields().any(|field| field == how.email);
        address && plan.purposes.contains(how.purpose)
    });
    Some(match reaches {
        true => Informing::ByMail,
        false => Informing::Otherwise,
    })
}
