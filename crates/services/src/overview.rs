//! How much is held, and when it goes: counts, no person among them.

pub(crate) mod going;

use std::collections::BTreeMap;

use domain::subject::Subject;
use domain::sweep::next_due;
use domain::{Actor, Fault, Moment, calendar};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::Act;
use policy::authorisation::Action;
use policy::model::{CategoryId, KindId, Policy};

use crate::announce::Duties;
use crate::kept::Kept;
use crate::law::{Law, compiled};

/// People who are loaded at once.
const PEOPLE_AT_ONCE: u32 = 500;

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
    /// How many people are still to be informed of data that somebody else gave (GDPR 14).
    pub duties: Duties,
    /// When it was counted.
    pub moment: Moment,
}

/// A version of the policy that was applied.
#[derive(Clone, Debug)]
pub struct Version {
    /// The policy.
    pub policy: Policy,
    /// When it came into force.
    pub applied: Timestamp,
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
        let mut categories = BTreeMap::new();
        let mut people = 0;
        let mut next = None;
        self.each_person(&law, &mut |subject| {
            people += 1;
            count_kinds(subject, moment, &mut kinds);
            for held in subject.records.iter().filter(|held| !held.tombstone) {
                *categories.entry(held.category).or_default() += 1;
                let due = next_due(&law.in_force, subject, held, moment);
                let due = due.filter(|at| *at > moment.now);
                next = next.into_iter().chain(due).min();
            }
        })?;
        let size = self.vault.data().read(|reader| reader.frontier())?.size();
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(people);
        self.vault.record(&detail)?;
        Ok(Overview {
            people,
            kinds,
            categories,
            entries: size + 1,
            next,
            duties: self.duties()?,
            moment,
        })
    }

    /// Counts what goes in each of the periods that begin on these days, in order; the last day
    /// only ends the last period. A record that is readable through a day counts on that day. In a
    /// role it counts the records that the role may count, for the purpose that it states.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when the role counts nothing for the purpose; when the data cannot be read or the journal cannot be written.
    pub fn calendar(&self, days: &[Date], actor: &Actor) -> Result<Calendar, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Count, actor, moment)?;
        let bound = self.bound(actor, Action::Count, &law)?;
        let starts: Vec<Timestamp> = days
            .iter()
            .map(|day| calendar::start_of(*day, law.in_force.zone()))
            .collect();
        let mut periods = vec![BTreeMap::new(); starts.len().saturating_sub(1)];
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        self.each_going(&law, bound.as_ref(), (actor, moment), &mut |(
            category,
            goes,
        )| {
            let counts = match goes {
                None => &mut waiting,
                Some(at) if at <= moment.now => {
                    due += 1;
                    return;
                }
                // What is readable through a period's last day goes as the next one begins.
                Some(at) => match starts.partition_point(|start| *start < at) {
                    0 => return,
                    after => match periods.get_mut(after - 1) {
                        Some(counts) => counts,
                        None => return,
                    },
                },
            };
            *counts.entry(category).or_default() += 1;
        })?;
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(periods.iter().flat_map(BTreeMap::values).sum());
        self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        Ok(Calendar {
            periods,
            waiting,
            due,
            moment,
        })
    }

    /// Looks at every person in clear; no value is opened.
    fn each_person(&self, law: &Law, look: &mut dyn FnMut(&Subject)) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = people.last() else {
                return Ok(());
            };
            after = Some(last.subject.id);
            people.iter().for_each(|one| look(&one.subject));
        }
    }

    /// Every version of the policy that was applied with the moment of it, the one in force last.
    ///
    /// # Errors
    /// [`domain::FaultKind::Integrity`] when one does not compile any more.
    pub fn versions(&self) -> Result<Vec<Version>, Fault> {
        let rows = self.vault.data().read(|reader| reader.policies())?;
        let version = |row: &store::data::registry::PolicyRow| {
            Ok(Version {
                policy: compiled(&row.source)?,
                applied: Timestamp::from_microsecond(row.applied).unwrap_or_default(),
            })
        };
        rows.iter().map(version).collect()
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
