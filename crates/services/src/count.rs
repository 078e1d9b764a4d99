//! How many people and records there are, by category and kind of data subject (5a). To count is
//! an act of its own in the journal.

use std::collections::{BTreeMap, BTreeSet};

use domain::decide::Decision;
use domain::subject::Subject;
use domain::{Actor, Fault, Moment, RecordId, SubjectId};
use journal::Act;
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, KindId, KindSet};

use crate::capacity::Bound;
use crate::kept::Kept;

/// People that are looked at in one round.
const PEOPLE_AT_ONCE: u32 = 500;

/// What is held.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// For each category and kind: how many people, how many records.
    pub cells: BTreeMap<(CategoryId, KindId), (u64, u64)>,
    /// How many people there are in all.
    pub people: u64,
    /// How many of each kind there are today; one may be of several.
    pub kinds: BTreeMap<KindId, u64>,
    /// Where the count stands in the journal.
    pub receipt: u64,
}

impl Kept {
    /// Counts what is held: no value is opened. In a role it counts what the role may count, for the
    /// purpose that it states: records that are open to it now, and the people who have one.
    ///
    /// # Errors
    /// When the database cannot be read or the journal not be written.
    pub fn count(&self, actor: &Actor) -> Result<Counted, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Count, actor, moment)?;
        let bound = self.bound(actor, Action::Count, &law)?;
        let mut counted = Counted::default();
        let mut after: Option<SubjectId> = None;
        loop {
            let round = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = round.last() else { break };
            after = Some(last.subject.id);
            for subject in round.iter().map(|loaded| &loaded.subject) {
                match &bound {
                    None => counted.add(subject, &held_as(subject), moment),
                    Some(bound) => {
                        let open = open_to(bound, subject, moment)?;
                        if !open.is_empty() {
                            counted.add(subject, &open, moment);
                        }
                    }
                }
            }
        }
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(counted.people);
        counted.receipt = self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        Ok(counted)
    }
}

impl Counted {
    /// Adds a person with their records: of each its category and the kinds as which it is held.
    fn add(&mut self, subject: &Subject, records: &[(CategoryId, KindSet)], moment: Moment) {
        self.people += 1;
        let today: BTreeSet<KindId> = subject
            .roles
            .iter()
            .filter(|role| role.until.is_none_or(|until| moment.today <= until))
            .map(|role| role.kind)
            .collect();
        for kind in today {
            *self.kinds.entry(kind).or_default() += 1;
        }
        let mut seen: BTreeSet<(CategoryId, KindId)> = BTreeSet::new();
        for (category, kinds) in records {
            for kind in kinds.iter() {
                let cell = self.cells.entry((*category, kind)).or_default();
                cell.1 += 1;
                if seen.insert((*category, kind)) {
                    cell.0 += 1;
                }
            }
        }
    }
}

/// Everything that is held about a person.
fn held_as(subject: &Subject) -> Vec<(CategoryId, KindSet)> {
    let held = subject.records.iter().filter(|held| !held.tombstone);
    held.map(|held| {
        let kinds = held.grounds.iter().map(|ground| ground.kind).collect();
        (held.category, kinds)
    })
    .collect()
}

/// Which records of a person somebody may count in their capacity.
pub(crate) fn records_open_to(
    bound: &Bound<'_>,
    subject: &Subject,
    moment: Moment,
) -> Result<BTreeSet<RecordId>, Fault> {
    let request = bound.request(CategorySet(u128::MAX))?;
    Ok(match bound.decide(subject, request, moment) {
        Decision::Allowed(allowed) => allowed.permitted().iter().map(|one| one.record).collect(),
        Decision::Refused(_) => BTreeSet::new(),
    })
}

/// What of a person somebody may count in their capacity.
fn open_to(
    bound: &Bound<'_>,
    subject: &Subject,
    moment: Moment,
) -> Result<Vec<(CategoryId, KindSet)>, Fault> {
    let request = bound.request(CategorySet(u128::MAX))?;
    Ok(match bound.decide(subject, request, moment) {
        Decision::Allowed(allowed) => {
            let open = allowed.permitted().iter();
            open.map(|one| (one.category, one.kinds)).collect()
        }
        Decision::Refused(_) => Vec::new(),
    })
}
