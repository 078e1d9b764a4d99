//! The latest entries by the person whom they concern, in memory, until the index has them: an entry
//! in the index is a page of it, wherever the person's place is, and some thousands at once share
//! pages (decision 26). Only where nobody else writes the database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::SubjectId;

/// Entries, or rows of people whom they concern, after which the index is brought up to date.
pub(super) const INDEXED_EVERY: u64 = 8_192;

/// A person whom an entry concerns, and its place.
pub(crate) type Concerned = (SubjectId, u64);

/// The entries that the index does not have yet, by person.
#[derive(Default)]
pub(crate) struct Recent {
    entries: Mutex<HashMap<SubjectId, Vec<u64>>>,
}

impl Recent {
    /// With what a database holds when it is opened.
    pub(crate) fn holding(entries: impl IntoIterator<Item = Concerned>) -> Self {
        let recent = Self::default();
        recent.add(entries);
        recent
    }

    fn add(&self, entries: impl IntoIterator<Item = Concerned>) {
        let mut known = self.locked();
        for (person, seq) in entries {
            known.entry(person).or_default().push(seq);
        }
    }

    /// After a commit, before it is answered: the entries that it added, or that the index has all.
    pub(crate) fn committed(&self, added: &mut Vec<Concerned>, indexed: bool) {
        if indexed {
            added.clear();
            self.locked().clear();
        } else if !added.is_empty() {
            self.add(added.drain(..));
        }
    }

    /// The places of a person's latest entries, in order. To be asked before the index: what goes
    /// over meanwhile is found in both, and nothing in neither.
    pub(crate) fn of(&self, person: SubjectId) -> Vec<u64> {
        self.locked().get(&person).cloned().unwrap_or_default()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<SubjectId, Vec<u64>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use std::sync::atomic::{AtomicU64, Ordering};

    use journal::{Entry, Period};

    use super::*;
    use crate::{Database, Home, Place, Priority};

    fn person(number: u64) -> SubjectId {
        let mut id = [9; 16];
        id[8..].copy_from_slice(&number.to_be_bytes());
        SubjectId(id)
    }

    fn entry_about(people: &[u64]) -> Entry {
        Entry {
            at: 1,
            act: 1,
            period: Period(1),
            commitment: [3; 32],
            sealed: vec![4],
            subjects: people.iter().map(|number| person(*number).0).collect(),
            parts: Vec::new(),
        }
    }

    fn open(folder: &std::path::Path) -> std::sync::Arc<Database> {
        let place = Place::File {
            path: folder.join("kept.db"),
            reserve: folder.join("reserve"),
        };
        Database::open(Home::Data, &place).unwrap()
    }

    fn places(database: &Database, of: u64) -> Vec<u64> {
        let entries = database.entries_about(person(of)).unwrap();
        entries.iter().map(|entry| entry.seq).collect()
    }

    /// Appends entries about people in turn, many a transaction, with one that fails between them.
    fn append(database: &Database, first: u64, many: u64) {
        database
            .write(Priority::Ordinary, move |tx| {
                for number in first..first + many {
                    assert_eq!(tx.append(&entry_about(&[number % 7, 7]))?, number);
                }
                Ok(())
            })
            .unwrap();
        let failed = database.write(Priority::Ordinary, move |tx| {
            tx.append(&entry_about(&[8]))?;
            Err::<(), _>(domain::Fault::new(domain::FaultKind::Conflict, "no"))
        });
        assert!(failed.is_err());
    }

    #[test]
    fn entries_about_a_person_are_told_in_order_before_and_after_they_are_indexed() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = open(folder.path());
        let mut size = 0;
        // Past two times at which the index is brought up to date, in steps that do not meet them.
        while size < 2 * INDEXED_EVERY + 3_000 {
            append(&database, size, 1_500);
            size += 1_500;
            let of_three: Vec<u64> = (0..size).filter(|seq| seq % 7 == 3).collect();
            assert_eq!(places(&database, 3), of_three, "of {size}");
            assert_eq!(places(&database, 7), (0..size).collect::<Vec<_>>());
            assert_eq!(places(&database, 8), Vec::<u64>::new(), "none was made");
            if size % 4_500 == 0 {
                drop(database);
                database = open(folder.path());
                assert_eq!(places(&database, 3), of_three, "of {size}, opened again");
            }
        }
        let listed = database
            .read(|reader| reader.raw_subjects(INDEXED_EVERY, size))
            .unwrap();
        let expected = (INDEXED_EVERY..size).flat_map(|seq| {
            let at = i64::try_from(seq).unwrap();
            [(at, person(seq % 7).0.to_vec()), (at, person(7).0.to_vec())]
        });
        assert_eq!(listed, expected.collect::<Vec<_>>());
        database
            .write(Priority::Ordinary, move |tx| tx.prune_details(size - 10))
            .unwrap();
        let left = database
            .read(|reader| reader.raw_subjects(0, size))
            .unwrap();
        assert_eq!(left.len(), 20, "those of the last ten");
        let told = database.entries_about(person(3)).unwrap();
        let with_detail = told.iter().filter(|entry| entry.kept.is_some());
        assert!(with_detail.clone().all(|entry| entry.seq >= size - 10));
        assert!(with_detail.count() > 0);
    }

    fn rows_that_wait(folder: &std::path::Path) -> u64 {
        let database = rusqlite::Connection::open(folder.join("kept.db")).unwrap();
        let count = "SELECT COUNT(*) FROM entry_recent";
        database.query_row(count, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn entries_that_concern_many_people_do_not_wait_longer_than_others() {
        let folder = tempfile::tempdir().unwrap();
        let many: Vec<u64> = (0..1_000).collect();
        // Opened anew for each: what waited then counts, too.
        for entry in 0..20 {
            let database = open(folder.path());
            let about = entry_about(&many);
            database
                .write(Priority::Ordinary, move |tx| tx.append(&about))
                .unwrap();
            assert!(rows_that_wait(folder.path()) < INDEXED_EVERY);
            let all: Vec<u64> = (0..=entry).collect();
            assert_eq!(places(&database, 999), all);
        }
    }

    #[test]
    fn a_damaged_row_keeps_no_database_from_being_opened_and_does_not_vanish() {
        let folder = tempfile::tempdir().unwrap();
        append(&open(folder.path()), 0, 10);
        let spoil = rusqlite::Connection::open(folder.path().join("kept.db")).unwrap();
        spoil
            .execute_batch(
                "INSERT INTO entry_recent VALUES (-7, zeroblob(16)); \
                 INSERT INTO entry_recent VALUES (3, x'01')",
            )
            .unwrap();
        let database = open(folder.path());
        append(&database, 10, INDEXED_EVERY);
        let strays = database.read(|reader| reader.end_and_strays(10)).unwrap().1;
        assert_eq!(strays, [-7]);
        let listed = database.read(|reader| reader.raw_subjects(3, 4)).unwrap();
        assert_eq!(listed.len(), 3);
        assert!(listed.contains(&(3, vec![1])));
    }

    #[test]
    fn whoever_asks_while_the_index_is_brought_up_to_date_misses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let written = AtomicU64::new(0);
        let (step, end) = (512, 3 * INDEXED_EVERY);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let at_least = written.load(Ordering::SeqCst);
                        let found = places(&database, 7);
                        let in_order: Vec<u64> = (0..found.len() as u64).collect();
                        assert_eq!(found, in_order);
                        assert!(found.len() as u64 >= at_least);
                        if at_least == end {
                            break;
                        }
                    }
                });
            }
            for first in (0..end).step_by(step) {
                append(&database, first, step as u64);
                written.store(first + step as u64, Ordering::SeqCst);
            }
        });
    }
}
