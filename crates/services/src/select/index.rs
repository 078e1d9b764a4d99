//! Whom a selection may be about: an index in memory of what each person is held for and objects
//! to, by the numbers of names. It finds candidates and decides nothing.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::SubjectId;
use domain::names::Names;
use domain::subject::{ObjectedTo, Subject};

/// What people are found by; purposes by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Mark {
    /// Something of theirs is held for a purpose.
    HeldFor(u32),
    /// An objection of theirs to a purpose stands.
    ObjectsTo(u32),
}

/// The index, once somebody selects.
#[derive(Default)]
pub(crate) struct Standing {
    /// Set from the first selection on: until then nobody's change is noted.
    asked: AtomicBool,
    /// People who changed since they were put in.
    changed: Mutex<HashSet<SubjectId>>,
    pub(super) made: Mutex<Option<Marks>>,
}

/// People by their marks.
#[derive(Default)]
pub(super) struct Marks {
    people: HashMap<SubjectId, Vec<Mark>>,
    by_mark: HashMap<Mark, BTreeSet<SubjectId>>,
}

impl Standing {
    /// Notes that people changed: they are looked at anew before the next selection.
    pub(crate) fn changed(&self, people: &[SubjectId]) {
        if self.asked.load(Ordering::SeqCst) {
            lock(&self.changed).extend(people);
        }
    }

    /// From here on changes are noted.
    pub(super) fn begin(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    /// Those who changed since this was last asked.
    pub(super) fn take_changed(&self) -> Vec<SubjectId> {
        lock(&self.changed).drain().collect()
    }
}

impl Marks {
    /// Puts a person in, in place of what was there of them.
    pub(super) fn put(&mut self, subject: &Subject, names: &Names) {
        self.remove(subject.id);
        let marks = marks_of(subject, names);
        for mark in &marks {
            self.by_mark.entry(*mark).or_default().insert(subject.id);
        }
        self.people.insert(subject.id, marks);
    }

    /// Takes a person out.
    pub(super) fn remove(&mut self, id: SubjectId) {
        for mark in self.people.remove(&id).into_iter().flatten() {
            if let Some(people) = self.by_mark.get_mut(&mark) {
                people.remove(&id);
            }
        }
    }

    /// Those who have a mark, in the order of their identifiers.
    pub(super) fn with(&self, mark: Mark) -> Vec<SubjectId> {
        let people = self.by_mark.get(&mark).into_iter().flatten();
        people.copied().collect()
    }
}

fn marks_of(subject: &Subject, names: &Names) -> Vec<Mark> {
    let held = subject.records.iter().filter(|held| !held.tombstone);
    let grounds = held.flat_map(|held| &held.grounds);
    let held_for = grounds
        .filter(|ground| ground.ended.is_none())
        .map(|ground| Mark::HeldFor(names.purpose.number(ground.purpose)));
    let standing = subject.objections.iter().filter(|one| one.lifted.is_none());
    let objects_to = standing.filter_map(|one| match one.to {
        ObjectedTo::Purpose(purpose) => Some(Mark::ObjectsTo(names.purpose.number(purpose))),
        ObjectedTo::Canvassing => None,
    });
    let mut marks: Vec<Mark> = held_for.chain(objects_to).collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

pub(super) fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
