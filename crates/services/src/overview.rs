//! How much is held, and when it goes: counts, no person among them.

use std::collections::BTreeMap;

use domain::dossier::decode_dossier;
use domain::subject::Subject;
use domain::{Actor, Fault, Moment, calendar};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::Act;
use policy::model::{CategoryId, KindId, Policy};

use crate::kept::Kept;
use crate::law::{Law, compiled};

/// People whose dossiers are read at once.
const PEOPLE_AT_ONCE: u32 = 1_000;

/// What an installation holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overview {
    /// How many people.
    pub people: u64,
    /// How many of each kind today; somebody may be of several.
    pub kinds: BTreeMap<KindId, u64>,
    /// How many records of each category.
    pub categories: BTreeMap<CategoryId, u64>,
    /// How many entries the journal has.
    pub entries: u64,
    /// When the next record may go, if anything is known to.
    pub next: Option<Timestamp>,
    /// When it was counted.
    pub moment: Moment,
}

/// When records go, by what is known today.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// How many records of each category go, period by period.
    pub periods: Vec<BTreeMap<CategoryId, u64>>,
    /// How many wait for something to happen, and have no day yet.
    pub waiting: BTreeMap<CategoryId, u64>,
    /// How many are past their term and wait for the sweep; they are unreadable already.
    pub due: u64,
    /// When it was counted.
    pub moment: Moment,
}

impl Kept {
    /// Counts what is held.
    ///
    /// # Errors
    /// When the data cannot be read or the journal cannot be written.
    pub fn overview(&self, actor: &Actor) -> Result<Overview, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut kinds = BTreeMap::new();
        let mut people = 0;
        let mut after = None;
        loop {
            let rows = self
                .vault
                .data()
                .read(|reader| reader.subjects_after(after, PEOPLE_AT_ONCE))?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            for row in &rows {
                let subject = decode_dossier(row.id, row.version, &row.dossier, &law.names)?;
                count_kinds(&subject, moment, &mut kinds);
                people += 1;
            }
        }
        let now = moment.now.as_microsecond();
        let (counts, next, size) = self.vault.data().read(|reader| {
            let counts = reader.record_counts()?;
            let next = reader.record_due_after(now)?;
            Ok((counts, next, reader.frontier()?.size()))
        })?;
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(people);
        self.vault.record(&detail)?;
        Ok(Overview {
            people,
            kinds,
            categories: by_category(&law, counts),
            entries: size + 1,
            next: next.and_then(|at| Timestamp::from_microsecond(at).ok()),
            moment,
        })
    }

    /// Counts what goes in each of the periods that begin on these days, in order; the last day
    /// only ends the last period. A record that is readable through a day counts on that day.
    ///
    /// # Errors
    /// When the data cannot be read or the journal cannot be written.
    pub fn calendar(&self, days: &[Date], actor: &Actor) -> Result<Calendar, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let now = moment.now.as_microsecond();
        let starts: Vec<i64> = days
            .iter()
            .map(|day| calendar::start_of(*day, law.in_force.zone()).as_microsecond())
            .map(|start| start.max(now))
            .collect();
        let (periods, waiting, due) = self.vault.data().read(|reader| {
            let periods = starts
                .windows(2)
                .map(|window| reader.record_counts_due(window[0], window[1]))
                .collect::<Result<Vec<_>, Fault>>()?;
            let waiting = reader.record_counts_waiting()?;
            let due = reader.record_counts_due(i64::MIN, now)?;
            Ok((periods, waiting, due.iter().map(|(_, count)| count).sum()))
        })?;
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(periods.iter().flatten().map(|(_, count)| count).sum());
        self.vault.record(&detail)?;
        let by_category = |counts| by_category(&law, counts);
        Ok(Calendar {
            periods: periods.into_iter().map(by_category).collect(),
            waiting: by_category(waiting),
            due,
            moment,
        })
    }

    /// Every version of the policy that was applied, the one in force last (26a).
    ///
    /// # Errors
    /// [`domain::FaultKind::Integrity`] when one does not compile any more.
    pub fn policies(&self) -> Result<Vec<Policy>, Fault> {
        let rows = self.vault.data().read(|reader| reader.policies())?;
        rows.iter().map(|row| compiled(&row.source)).collect()
    }
}

fn count_kinds(subject: &Subject, moment: Moment, kinds: &mut BTreeMap<KindId, u64>) {
    let mut today: Vec<KindId> = subject
        .roles
        .iter()
        .filter(|role| role.since <= moment.today)
        .filter(|role| role.until.is_none_or(|until| moment.today <= until))
        .map(|role| role.kind)
        .collect();
    today.sort_unstable();
    today.dedup();
    for kind in today {
        *kinds.entry(kind).or_default() += 1;
    }
}

fn by_category(law: &Law, counts: Vec<(u32, u64)>) -> BTreeMap<CategoryId, u64> {
    let known = |(number, count)| Some((law.names.category.id(number)?, count));
    counts.into_iter().filter_map(known).collect()
}
