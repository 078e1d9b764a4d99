//! The latest entries by the person whom they concern, in memory, until the index has them: an entry
//! in the index is a page of it, wherever the person's place is, and some thousands at once share
//! pages (decision 26). Only where nobody else writes the database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::SubjectId;

/// How much waits for the index before it is brought up to date. The different people bound how many
/// of its pages a commit writes anew; the rows, what is read when an installation is opened, and kept
/// in memory. Where few people are read very often, the pages are written that much more seldom.
const PEOPLE: usize = 8_192;
const ROWS: u64 = 32_768;

/// Whether the index is to be brought up to date, with so much that it does not have.
const fn is_due(people: usize, rows: u64) -> bool {
    people >= PEOPLE || rows >= ROWS
}

/// A person whom an entry concerns, and its place.
pub(crate) type Concerned = (SubjectId, u64);

/// The entries that the index does not have yet, by person.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    places: HashMap<SubjectId, Vec<u64>>,
    rows: u64,
}

impl Recent {
    /// With what a database holds when it is opened.
    pub(crate) fn holding(entries: impl IntoIterator<Item = Concerned>) -> Self {
        let recent = Self::default();
        recent.add(entries);
        recent
    }

    /// After a commit, before it is answered: the entries that it added.
    pub(super) fn add(&self, entries: impl IntoIterator<Item = Concerned>) {
        let mut waiting = self.locked();
        for (person, seq) in entries {
            waiting.places.entry(person).or_default().push(seq);
            waiting.rows += 1;
        }
    }

    /// After a commit, before it is answered: the index has all.
    pub(super) fn clear(&self) {
        *self.locked() = Waiting::default();
    }

    /// Whether the index is to be brought up to date with so many more rows.
    pub(super) fn is_due_with(&self, more: usize) -> bool {
        let waiting = self.locked();
        is_due(waiting.places.len() + more, waiting.rows + more as u64)
    }

    /// The places of a person's latest entries, in order. To be asked before the index: what goes
    /// over meanwhile is found in both, and nothing in neither.
    pub(crate) fn of(&self, person: SubjectId) -> Vec<u64> {
        let waiting = self.locked();
        waiting.places.get(&person).cloned().unwrap_or_default()
    }

    fn locked(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// An entry about some people and, so that the index is due sooner, a crowd of the same ones.
    fn entry_about(people: &[u64]) -> Entry {
        let crowd = 1_000_000..1_000_030;
        Entry {
            at: 1,
            act: 1,
            period: Period(1),
            commitment: [3; 32],
            sealed: vec![4],
            subjects: people
                .iter()
                .copied()
                .chain(crowd)
                .map(|number| person(number).0)
                .collect(),
            parts: Vec::new(),
        }
    }

    /// How many of the entries make the index due, of two people each.
    const DUE: u64 = ROWS / 32;

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
        while size < 2 * DUE + 700 {
            append(&database, size, 300);
            size += 300;
            let of_three: Vec<u64> = (0..size).filter(|seq| seq % 7 == 3).collect();
            assert_eq!(places(&database, 3), of_three, "of {size}");
            assert_eq!(places(&database, 7), (0..size).collect::<Vec<_>>());
            assert_eq!(places(&database, 8), Vec::<u64>::new(), "none was made");
            if size % 900 == 0 {
                drop(database);
                database = open(folder.path());
                assert_eq!(places(&database, 3), of_three, "of {size}, opened again");
            }
        }
        let listed = database
            .read(|reader| reader.raw_subjects(DUE, size))
            .unwrap();
        let expected = (DUE..size).flat_map(|seq| {
            let at = i64::try_from(seq).unwrap();
            let about = entry_about(&[seq % 7, 7]).subjects;
            about.into_iter().map(move |id| (at, id.to_vec()))
        });
        assert_eq!(listed, expected.collect::<Vec<_>>());
        database
            .write(Priority::Ordinary, move |tx| tx.prune_details(size - 10))
            .unwrap();
        let left = database
            .read(|reader| reader.raw_subjects(0, size))
            .unwrap();
        assert_eq!(left.len(), 10 * 32, "those of the last ten");
        let told = database.entries_about(person(3)).unwrap();
        let with_detail = told.iter().filter(|entry| entry.kept.is_some());
        assert!(with_detail.clone().all(|entry| entry.seq >= size - 10));
        assert!(with_detail.count() > 0);
    }

    /// How many different people and rows wait.
    fn waiting(folder: &std::path::Path) -> (usize, u64) {
        let database = rusqlite::Connection::open(folder.join("kept.db")).unwrap();
        let count = "SELECT COUNT(DISTINCT subject_id), COUNT(*) FROM entry_recent";
        let of = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        database.query_row(count, [], of).unwrap()
    }

    /// Writes entries about a thousand people each, opening anew for each: what waited then counts,
    /// too. Returns the most rows that waited.
    fn most_that_waits(folder: &std::path::Path, about: impl Fn(u64) -> Vec<u64>) -> u64 {
        let mut most = 0;
        for number in 0..40 {
            let database = open(folder);
            let people = about(number);
            let entry = entry_about(&people);
            database
                .write(Priority::Ordinary, move |tx| tx.append(&entry))
                .unwrap();
            let (of, rows) = waiting(folder);
            assert!(!is_due(of, rows), "{rows} rows of {of} people wait");
            assert_eq!(places(&database, people[0]).last(), Some(&number));
            most = most.max(rows);
        }
        most
    }

    #[test]
    fn the_index_waits_for_many_different_people_or_for_very_many_rows() {
        let folder = tempfile::tempdir().unwrap();
        let same = most_that_waits(folder.path(), |_| (0..1_000).collect());
        assert!(
            same > ROWS - 2 * 1_030,
            "{same}: few people were read often"
        );
        let folder = tempfile::tempdir().unwrap();
        let others = most_that_waits(folder.path(), |number| {
            (number * 1_000..(number + 1) * 1_000).collect()
        });
        assert!(others < 2 * PEOPLE as u64, "{others}: each was read once");
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
        append(&database, 10, DUE);
        let strays = database.read(|reader| reader.end_and_strays(10)).unwrap().1;
        assert_eq!(strays, [-7]);
        let listed = database.read(|reader| reader.raw_subjects(3, 4)).unwrap();
        assert_eq!(listed.len(), 32 + 1);
        assert!(listed.contains(&(3, vec![1])));
    }

    #[test]
    fn whoever_asks_while_the_index_is_brought_up_to_date_misses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let written = AtomicU64::new(0);
        let (step, end) = (128, 3 * DUE);
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
