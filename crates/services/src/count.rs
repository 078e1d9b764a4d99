//! How many people and records there are, by category and kind of data subject (5a). To count is
//! an act of its own in the journal.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Actor, Fault, SubjectId};
use journal::Act;
use policy::model::{CategoryId, KindId};

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
    /// Counts what is held: no value is opened.
    ///
    /// # Errors
    /// When the database cannot be read or the journal not be written.
    pub fn count(&self, actor: &Actor) -> Result<Counted, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut counted = Counted::default();
        let mut after: Option<SubjectId> = None;
        loop {
            let round = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = round.last() else { break };
            after = Some(last.subject.id);
            for subject in round.iter().map(|loaded| &loaded.subject) {
                counted.people += 1;
                let mut today: BTreeSet<KindId> = BTreeSet::new();
                for role in &subject.roles {
                    if role.until.is_none_or(|until| moment.today <= until) {
                        today.insert(role.kind);
                    }
                }
                for kind in today {
                    *counted.kinds.entry(kind).or_default() += 1;
                }
                let mut seen: BTreeSet<(CategoryId, KindId)> = BTreeSet::new();
                for held in subject.records.iter().filter(|held| !held.tombstone) {
                    let kinds: BTreeSet<KindId> =
                        held.grounds.iter().map(|ground| ground.kind).collect();
                    for kind in kinds {
                        let cell = counted.cells.entry((held.category, kind)).or_default();
                        cell.1 += 1;
                        if seen.insert((held.category, kind)) {
                            cell.0 += 1;
                        }
                    }
                }
            }
        }
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(counted.people);
        counted.receipt = self.vault.record(&detail)?;
        Ok(counted)
    }
}
