//! The sweep: destroys what nothing keeps any more, or turns it into figures that name nobody.
//! What is due was unreadable already; the sweep takes the keys and the rows.

use std::collections::{BTreeMap, HashSet};
use std::thread;

use domain::act::{Change as Effect, latch};
use domain::statistic::counted;
use domain::subject::Subject;
use domain::sweep::{Due, due};
use domain::{Fault, FaultKind, Moment, RecordId, Rule, SubjectId};
use door::{Batch, Change};
use jiff::Timestamp;
use journal::Act;
use policy::model::Then;

use crate::act::{Acting, named, next_look};
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;
use crate::overlap::Overlap;

/// People who are looked at in one round. Each round adds chance to the statistics, so that few
/// large ones leave better figures than many small ones.
const PEOPLE_AT_ONCE: usize = 1_000;

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
    /// It was left to a statistic, which counts each person once, then it was deleted.
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
        if acting.dry_run {
            return self.would_sweep(acting);
        }
        self.access().tidy()?;
        thread::scope(|scope| {
            let sweeping = Sweeping {
                rounds: Overlap::new(scope),
                people: HashSet::new(),
                swept: Swept::default(),
                progress,
            };
            self.sweep_all(sweeping, acting)
        })
    }

    /// What would be swept, of everybody who is due.
    fn would_sweep(&self, acting: &Acting) -> Result<Swept, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut swept = Swept::default();
        for people in self.due_people(u32::MAX, moment)?.chunks(PEOPLE_AT_ONCE) {
            swept.add(self.round(&law, people, acting, moment)?.swept);
        }
        let mut planned = self.detail(Act::Planned, &acting.actor, moment, &law);
        planned.rule = Some("sweep".to_owned());
        planned.count = Some(swept.records());
        self.vault.record(&planned)?;
        Ok(swept)
    }

    /// Sweeps round after round; the next is decided while others are written.
    fn sweep_all<'scope>(
        &'scope self,
        mut sweeping: Sweeping<'scope, '_>,
        acting: &'scope Acting,
    ) -> Result<Swept, Fault> {
        loop {
            let (law, moment) = (self.law(), self.moment()?);
            // Whose round is being written may be due still.
            let most = PEOPLE_AT_ONCE + sweeping.people.len();
            let mut people = self.due_people(most as u32, moment)?;
            people.retain(|id| !sweeping.people.contains(id));
            people.truncate(PEOPLE_AT_ONCE);
            if people.is_empty() {
                match sweeping.rounds.oldest() {
                    Some(written) => sweeping.note(written?),
                    None => return Ok(sweeping.swept),
                }
                continue;
            }
            let Round { batch, swept } = self.round(&law, &people, acting, moment)?;
            if let Some(written) = sweeping.rounds.make_room() {
                sweeping.note(written?);
            }
            sweeping.people.extend(people.iter().copied());
            sweeping.rounds.begin(move || {
                match self.commit(&law, batch, acting, moment) {
                    Ok(_) => Ok(Written { people, swept }),
                    // Somebody's data changed meanwhile: they are due still, and looked at again.
                    Err(fault) if fault.kind == FaultKind::Conflict => Ok(Written {
                        people,
                        swept: Swept::default(),
                    }),
                    Err(fault) => Err(fault),
                }
            })?;
        }
    }

    fn due_people(&self, most: u32, moment: Moment) -> Result<Vec<SubjectId>, Fault> {
        let now = moment.now.as_microsecond();
        let data = self.vault.data();
        data.read(|reader| reader.subjects_due(now, most))
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
        for loaded in self.vault.load_each(people, &law.names)? {
            let id = loaded.subject.id;
            let before = loaded.subject.version;
            let going = due(&law.in_force, &loaded.subject, moment);
            for one in &going {
                round.swept.note(law, &loaded.subject, one);
            }
            let counts = counted(law.policy(), &loaded.subject, &going, self.vault.entropy());
            projected.extend(counts.into_iter().map(|(_, record)| (id, record)));
            let mut subject = loaded.subject;
            let ended = latch(&law.in_force, &mut subject, moment);
            let gone: Vec<RecordId> = going.iter().map(|one| one.record).collect();
            if !gone.is_empty() {
                let records = gone.iter().map(|record| record.0).collect();
                let rules: Vec<Rule> = going.iter().map(|one| one.rule).collect();
                let mut part = part_of(law, &subject, records, moment);
                part.rule = Some(named(&rules, law));
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
            round.batch.project = self.add_to_statistics(law, &projected, acting, moment)?;
        }
        Ok(round)
    }
}

/// A sweep under way.
struct Sweeping<'scope, 'env> {
    /// The rounds that are being written.
    rounds: Overlap<'scope, 'env, Result<Written, Fault>>,
    /// Whose they are.
    people: HashSet<SubjectId>,
    /// What went so far.
    swept: Swept,
    /// Who hears of it.
    progress: &'env mut dyn FnMut(u64),
}

impl Sweeping<'_, '_> {
    /// Notes a round that was written.
    fn note(&mut self, written: Written) {
        for id in &written.people {
            self.people.remove(id);
        }
        self.swept.add(written.swept);
        (self.progress)(self.swept.records());
    }
}

/// A round that was written: whose, and what went.
struct Written {
    people: Vec<SubjectId>,
    swept: Swept,
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
    // What stays is not looked at again at the very same moment.
    let again = |at: Timestamp| at.as_microsecond().max(moment.now.as_microsecond() + 1);
    let due = next_look(law, &subject, &gone, moment).map(again);
    Change {
        subject,
        decided_on: Some(before),
        seal: Vec::new(),
        changed: touched
            .iter()
            .copied()
            .filter(|id| !gone.contains(id))
            .collect(),
        due,
        destroy: gone,
        suppress: Vec::new(),
        details: Vec::new(),
        restrictive: Vec::new(),
        imposed: None,
        owed: Vec::new(),
    }
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
