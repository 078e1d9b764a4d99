//! When records go, kept in memory: a person is looked at anew only once they changed, so that a page
//! that counts everybody costs little more than the list of their versions.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::subject::Subject;
use domain::sweep::next_due;
use domain::{Actor, Fault, MatterId, Moment, SubjectId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use policy::model::CategoryId;

use super::PEOPLE_AT_ONCE;
use crate::capacity::Bound;
use crate::count::records_open_to;
use crate::kept::Kept;
use crate::law::Law;

/// What was worked out is worked out anew after this: a planned event takes effect at its moment.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How many readers' figures are kept; the one that was made first goes first.
const READERS_MAX: usize = 32;
/// So many people who changed are loaded one by one; for more, everybody is.
const ONE_BY_ONE_MAX: usize = 200;

/// Of whom: an account in a role, for a purpose, about a matter; everybody's figures have none.
type Reader = Option<(String, u32, u32, Option<MatterId>)>;

/// A record: its category, and when it goes, if a day is known.
pub(super) type Going = (CategoryId, Option<Timestamp>);

/// The figures that were made.
#[derive(Default)]
pub(crate) struct Goings(Mutex<Vec<(Reader, Arc<Mutex<Figures>>)>>);

/// One reader's figures, and what they were made by.
#[derive(Default)]
struct Figures {
    made: Option<Made>,
    people: HashMap<SubjectId, (u64, Vec<Going>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Made {
    policy: u32,
    authorisation: Option<u32>,
    day: Date,
    at: Timestamp,
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Made {
    fn now(law: &Law, moment: Moment) -> Self {
        Self {
            policy: law.policy().version,
            authorisation: law.authorisation().map(|it| it.version),
            day: moment.today,
            at: moment.now,
        }
    }

    /// Whether what was made then holds still.
    fn holds(self, now: Self) -> bool {
        let fresh = now.at >= self.at && now.at.duration_since(self.at) < KEPT_FOR;
        fresh && Self { at: now.at, ..self } == now
    }
}

impl Goings {
    fn of(&self, reader: Reader) -> Arc<Mutex<Figures>> {
        let mut all = lock(&self.0);
        if let Some((_, known)) = all.iter().find(|(whose, _)| *whose == reader) {
            return Arc::clone(known);
        }
        if all.len() >= READERS_MAX {
            all.remove(0);
        }
        let new = Arc::<Mutex<Figures>>::default();
        all.push((reader, Arc::clone(&new)));
        new
    }
}

fn reader(actor: &Actor) -> Reader {
    let capacity = actor.capacity?;
    let account = actor.account.as_str().to_owned();
    Some((account, capacity.role, capacity.purpose?, capacity.matter))
}

impl Kept {
    /// Tells of every record that somebody counts when it goes.
    pub(super) fn each_going(
        &self,
        law: &Law,
        bound: Option<&Bound<'_>>,
        (actor, moment): (&Actor, Moment),
        tell: &mut dyn FnMut(Going),
    ) -> Result<(), Fault> {
        let figures = self.goings.of(reader(actor));
        let mut figures = lock(&figures);
        let now = Made::now(law, moment);
        if !figures.made.is_some_and(|made| made.holds(now)) {
            figures.people.clear();
            figures.made = Some(now);
        }
        self.bring_up_to_date(&mut figures, law, bound, moment)?;
        let records = figures.people.values().flat_map(|(_, records)| records);
        records.for_each(|one| tell(*one));
        Ok(())
    }

    /// Brings figures up to date: those who changed are looked at, those who went are forgotten.
    fn bring_up_to_date(
        &self,
        figures: &mut Figures,
        law: &Law,
        bound: Option<&Bound<'_>>,
        moment: Moment,
    ) -> Result<(), Fault> {
        let versions = self.vault.data().read(|reader| reader.subject_versions())?;
        let known: HashSet<SubjectId> = versions.iter().map(|(id, _)| *id).collect();
        figures.people.retain(|id, _| known.contains(id));
        let is_new = |(id, version): &&(SubjectId, u64)| {
            figures
                .people
                .get(id)
                .is_none_or(|(seen, _)| seen != version)
        };
        let changed: Vec<SubjectId> = versions.iter().filter(is_new).map(|(id, _)| *id).collect();
        let mut look = |subject: &Subject| -> Result<(), Fault> {
            let records = going(law, bound, subject, moment)?;
            let seen = (subject.version, records);
            figures.people.insert(subject.id, seen);
            Ok(())
        };
        if changed.len() > ONE_BY_ONE_MAX {
            let mut after = None;
            loop {
                let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
                let Some(last) = people.last() else {
                    return Ok(());
                };
                after = Some(last.subject.id);
                people.iter().try_for_each(|one| look(&one.subject))?;
            }
        }
        for id in changed {
            if let Some(loaded) = self.vault.load(id, &law.names)? {
                look(&loaded.subject)?;
            }
        }
        Ok(())
    }
}

/// When the records of a person go that somebody counts.
fn going(
    law: &Law,
    bound: Option<&Bound<'_>>,
    subject: &Subject,
    moment: Moment,
) -> Result<Vec<Going>, Fault> {
    let open = bound.map(|bound| records_open_to(bound, subject, moment));
    let open = open.transpose()?;
    let held = subject.records.iter().filter(|held| !held.tombstone);
    let counted = held.filter(|held| open.as_ref().is_none_or(|open| open.contains(&held.id)));
    Ok(counted
        .map(|held| {
            let due = next_due(&law.in_force, subject, held, moment);
            (held.category, due)
        })
        .collect())
}
