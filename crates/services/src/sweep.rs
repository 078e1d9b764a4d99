//! The sweep: destroys what nothing keeps any more, or turns it into figures that name nobody.
//! What is due was unreadable already; the sweep takes the keys and the rows.

use std::collections::BTreeMap;

use domain::act::{Change as Effect, latch};
use domain::decide::{Access, Decision};
use domain::subject::{Held, Subject};
use domain::sweep::{Due, decide_anonymise, due};
use domain::value::{Payload, Value};
use domain::{Fault, FaultKind, Moment, RecordId, SubjectId};
use door::{Batch, Change};
use jiff::Timestamp;
use journal::{Act, Destination, Part};
use policy::model::{Dimension, FieldId, ProjectionId, Then};

use crate::act::{Acting, next_look};
use crate::kept::Kept;
use crate::law::Law;

/// People who are looked at in one round.
const PEOPLE_AT_ONCE: u32 = 250;

/// What a sweep did, by the rule that said so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Swept {
    /// How many records went, by category and rule, and what became of them.
    pub went: BTreeMap<Went, u64>,
    /// How many people nothing is held about any more.
    pub people: u64,
}

/// Records that went for one reason.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Went {
    /// Their category, by its name in the policy.
    pub category: String,
    /// The rule that said so.
    pub rule: String,
    /// What became of them.
    pub outcome: Outcome,
}

/// What became of a record at its term.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// It was deleted.
    Deleted,
    /// It added to a statistic, then it was deleted.
    Anonymised,
}

impl Kept {
    /// Sweeps everything that is due. `progress` hears how many records went so far.
    ///
    /// # Errors
    /// When something cannot be written; what was swept until then is gone.
    pub fn sweep(&self, acting: &Acting, progress: &mut dyn FnMut(u64)) -> Result<Swept, Fault> {
        self.vault.finish_erasures()?;
        self.follow(&mut |_| {})?;
        let mut swept = Swept::default();
        loop {
            let (law, moment) = (self.law(), self.moment()?);
            let now = moment.now.as_microsecond();
            let people = self
                .vault
                .data()
                .read(|reader| reader.subjects_due(now, PEOPLE_AT_ONCE))?;
            if people.is_empty() {
                return Ok(swept);
            }
            let round = self.round(&law, &people, acting, moment)?;
            if acting.dry_run {
                return Ok(round.swept);
            }
            let Round { batch, swept: went } = round;
            match self.commit(&law, batch, moment) {
                Ok(_) => {
                    swept.add(went);
                    progress(swept.records());
                }
                // Somebody's data changed meanwhile: look at the batch again.
                Err(fault) if fault.kind == FaultKind::Conflict => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Decides one round: for each person what goes, and what it adds to.
    fn round(
        &self,
        law: &Law,
        people: &[SubjectId],
        acting: &Acting,
        moment: Moment,
    ) -> Result<Round, Fault> {
        let mut round = Round::default();
        let mut parts = Vec::new();
        let mut projected = Vec::new();
        for id in people {
            let Some(loaded) = self.vault.load(*id, &law.names)? else {
                continue;
            };
            let before = loaded.subject.version;
            let going = due(&law.in_force, &loaded.subject, moment);
            for one in &going {
                round.swept.note(law, &loaded.subject, one);
                if matches!(one.then, Then::Anonymise(_)) {
                    projected.push((*id, one.record));
                }
            }
            let mut subject = loaded.subject;
            let ended = latch(&law.in_force, &mut subject, moment);
            let gone: Vec<RecordId> = going.iter().map(|one| one.record).collect();
            if !gone.is_empty() {
                let mut part = Part::new(id.0);
                part.records = gone.iter().map(|record| record.0).collect();
                parts.push(part);
                if gone.len() == subject.records.len() {
                    round.swept.people += 1;
                }
            }
            let touched: Vec<RecordId> = ended.iter().filter_map(record_of).collect();
            round
                .batch
                .changes
                .push(swept_change(law, subject, before, gone, &touched, moment));
        }
        let mut detail = self.detail(Act::Swept, &acting.actor, moment, law);
        detail.count = Some(round.swept.records());
        round.batch.bulk = Some((detail, parts));
        if !acting.dry_run {
            round.batch.project = self.project(law, &projected, acting, moment)?;
        }
        Ok(round)
    }

    /// Opens what is to be anonymised, under recorded grants, and counts it by cell. A round of
    /// fewer people than the policy's smallest group adds nothing: one who compared the figures
    /// before and after would learn what a single person added (10h).
    fn project(
        &self,
        law: &Law,
        records: &[(SubjectId, RecordId)],
        acting: &Acting,
        moment: Moment,
    ) -> Result<Vec<(u32, String, u64)>, Fault> {
        let mut decided = Vec::new();
        let mut clear = Vec::new();
        for (id, record) in records {
            let Some(loaded) = self.vault.load(*id, &law.names)? else {
                continue;
            };
            let decision = decide_anonymise(&law.in_force, &loaded.subject, *record, moment);
            if let Decision::Allowed(allowed) = decision
                && let Access::Project(projection) = allowed.access()
                && let Some(held) = loaded
                    .subject
                    .records
                    .iter()
                    .find(|held| held.id == *record)
            {
                clear.push((projection, held.clone()));
                decided.push((allowed, loaded));
            }
        }
        let grants =
            self.vault
                .record_grants(decided, &acting.actor, Destination::Job, &law.names)?;
        let mut cells: BTreeMap<(ProjectionId, String), u64> = BTreeMap::new();
        for (grant, (projection, held)) in grants.into_iter().zip(clear) {
            let Some(grant) = grant else { continue };
            let (_, opened) = self.vault.open_granted(grant, moment.now, &law.names)?;
            if let Some(one) = opened.first() {
                let cell = cell(law, projection, &held, one.values.disclose());
                *cells.entry((projection, cell)).or_default() += 1;
            }
        }
        let mut people: BTreeMap<ProjectionId, u64> = BTreeMap::new();
        for ((projection, _), count) in &cells {
            *people.entry(*projection).or_default() += count;
        }
        let smallest = u64::from(law.policy().smallest_group);
        Ok(cells
            .into_iter()
            .filter(|((projection, _), _)| people[projection] >= smallest)
            .map(|((id, cell), count)| (law.names.projection.number(id), cell, count))
            .collect())
    }
}

/// One round of a sweep.
#[derive(Default)]
struct Round {
    batch: Batch,
    swept: Swept,
}

fn record_of(effect: &Effect) -> Option<RecordId> {
    match effect {
        Effect::GroundEnded { record, .. } => Some(*record),
        _ => None,
    }
}

/// What the sweep does to one person: records that go, and the next look at those that stay.
fn swept_change(
    law: &Law,
    mut subject: Subject,
    before: u64,
    gone: Vec<RecordId>,
    touched: &[RecordId],
    moment: Moment,
) -> Change {
    subject.version = before + 1;
    let stays: Vec<RecordId> = subject
        .records
        .iter()
        .filter(|held| !held.tombstone && !gone.contains(&held.id))
        .map(|held| held.id)
        .collect();
    // What stays is not looked at again at the very same moment.
    let again = |at: Timestamp| at.as_microsecond().max(moment.now.as_microsecond() + 1);
    let due = next_look(law, &subject, &gone, moment).map(again);
    Change {
        subject,
        decided_on: Some(before),
        seal: Vec::new(),
        // Both those whose grounds ended and those whose stored moment was too early.
        changed: stays
            .into_iter()
            .chain(touched.iter().copied())
            .filter(|id| !gone.contains(id))
            .collect(),
        due,
        destroy: gone,
        suppress: Vec::new(),
        details: Vec::new(),
        restrictive: Vec::new(),
    }
}

/// The cell of a projection that a record falls into: coarse values, no identifier.
fn cell(law: &Law, projection: ProjectionId, held: &Held, values: &Payload) -> String {
    let policy = law.policy();
    let value = |field: FieldId| values.0.get(&field.field);
    let parts = policy.projections[projection.index()]
        .by
        .iter()
        .map(|dimension| match dimension {
            Dimension::Kind => {
                let kind = held
                    .grounds
                    .first()
                    .map(|ground| law.names.kind.number(ground.kind));
                kind.map_or_else(|| "-".to_owned(), |number| number.to_string())
            }
            Dimension::YearOfCollection => law
                .in_force
                .zone()
                .to_datetime(held.collected)
                .year()
                .to_string(),
            Dimension::Origin => law.names.origin.number(held.origin).to_string(),
            Dimension::Decade(field) => match value(*field) {
                Some(Value::Date(date)) => format!("{}", date.year() / 10 * 10),
                _ => "-".to_owned(),
            },
            Dimension::Value(field) => value(*field).map_or_else(|| "-".to_owned(), Value::display),
        });
    parts.collect::<Vec<_>>().join("|")
}

impl Swept {
    /// How many records went in all.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.went.values().sum()
    }

    fn note(&mut self, law: &Law, subject: &Subject, due: &Due) {
        let policy = law.policy();
        let held = subject.records.iter().find(|held| held.id == due.record);
        let category = held.map_or("", |held| &policy.categories[held.category.index()].name);
        let outcome = match due.then {
            Then::Delete => Outcome::Deleted,
            Then::Anonymise(_) => Outcome::Anonymised,
        };
        let went = Went {
            category: category.to_owned(),
            rule: due.rule.name(policy),
            outcome,
        };
        *self.went.entry(went).or_default() += 1;
    }

    fn add(&mut self, more: Self) {
        self.people += more.people;
        for (went, count) in more.went {
            *self.went.entry(went).or_default() += count;
        }
    }
}
