//! People who were read lately, as they are stored: whoever reads them again asks no file. Only
//! where nobody else writes the database.
//!
//! A person is as fresh here as in the file. What a commit changed is forgotten, and the count of
//! changes raised, under one lock and before the commit is answered; and what was loaded is
//! remembered under that lock, and only where nothing was changed since the loading began.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::SubjectId;

use super::person::PersonRows;

/// Bytes of a generation of people; there are two.
const GENERATION_BYTES: usize = 32 << 20;
/// Bytes that a row takes beside its values.
const ROW_BYTES: usize = 128;

/// How often people or policies were changed, and who was read since they last were.
#[derive(Default)]
pub(crate) struct Remembered {
    changes: AtomicU64,
    people: Mutex<People>,
}

/// Those who were read lately, and those who were before: whoever is read again is young again, and
/// when there are too many young ones the old ones are forgotten.
#[derive(Default)]
struct People {
    young: HashMap<SubjectId, Arc<PersonRows>>,
    old: HashMap<SubjectId, Arc<PersonRows>>,
    young_bytes: usize,
}

/// Whom a transaction changed.
#[derive(Default)]
pub(crate) struct Touched {
    people: Vec<SubjectId>,
    everybody: bool,
}

impl Touched {
    /// A person, or one of their records.
    pub(crate) fn person(&mut self, id: SubjectId) {
        self.people.push(id);
    }

    /// Whoever it may be: rows of any table.
    pub(crate) fn everybody(&mut self) {
        self.everybody = true;
    }

    pub(crate) fn clear(&mut self) {
        self.people.clear();
        self.everybody = false;
    }
}

impl Remembered {
    /// How often people or policies were changed, as far as commits may have been answered.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Somebody who was read lately, with the count of changes at which they are known to be as
    /// they are told.
    pub(crate) fn get(&self, id: SubjectId) -> Option<(Arc<PersonRows>, u64)> {
        let mut people = self.locked();
        let found = people.get(id)?;
        Some((found, self.changes()))
    }

    /// Remembers somebody who was loaded when the count of changes was this.
    pub(crate) fn put(&self, person: &Arc<PersonRows>, seen: u64) {
        let mut people = self.locked();
        if self.changes() == seen {
            people.put(Arc::clone(person));
        }
    }

    /// After a commit, before it is answered: forgets whom it changed.
    pub(crate) fn committed(&self, changes: u64, touched: &Touched) {
        let mut people = self.locked();
        match touched.everybody {
            true => *people = People::default(),
            false => touched.people.iter().for_each(|id| people.forget(*id)),
        }
        self.changes.store(changes, Ordering::Release);
    }

    fn locked(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl People {
    fn get(&mut self, id: SubjectId) -> Option<Arc<PersonRows>> {
        if let Some(young) = self.young.get(&id) {
            return Some(Arc::clone(young));
        }
        let old = self.old.remove(&id)?;
        self.put(Arc::clone(&old));
        Some(old)
    }

    fn put(&mut self, person: Arc<PersonRows>) {
        let bytes = bytes_of(&person);
        if bytes > GENERATION_BYTES {
            return;
        }
        if self.young_bytes + bytes > GENERATION_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.old.remove(&person.subject.id);
        self.young_bytes += bytes;
        if let Some(before) = self.young.insert(person.subject.id, person) {
            self.young_bytes -= bytes_of(&before);
        }
    }

    fn forget(&mut self, id: SubjectId) {
        self.old.remove(&id);
        if let Some(young) = self.young.remove(&id) {
            self.young_bytes -= bytes_of(&young);
        }
    }
}

fn bytes_of(person: &PersonRows) -> usize {
    let records = person.records.iter();
    let records = records.map(|row| ROW_BYTES + row.clear.len() + row.sealed.len());
    ROW_BYTES + person.subject.dossier.len() + records.sum::<usize>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::data::record::{RecordRow, Tombstone};
    use crate::data::subject::SubjectRow;
    use crate::{Database, Home, Place, Priority};
    use domain::RecordId;
    use testkit::chance::Chance;

    fn id(number: u64) -> SubjectId {
        let mut id = [7; 16];
        id[8..].copy_from_slice(&number.to_be_bytes());
        SubjectId(id)
    }

    fn person(number: u64, bytes: usize) -> Arc<PersonRows> {
        Arc::new(PersonRows {
            subject: SubjectRow {
                id: id(number),
                version: 1,
                dossier: vec![0; bytes],
            },
            records: Vec::new(),
        })
    }

    #[test]
    fn what_was_loaded_before_a_change_is_not_remembered_after_it() {
        let remembered = Remembered::default();
        let seen = remembered.changes();
        remembered.committed(seen + 1, &Touched::default());
        remembered.put(&person(1, 10), seen);
        assert!(remembered.get(id(1)).is_none());
        remembered.put(&person(1, 10), seen + 1);
        assert_eq!(remembered.get(id(1)).unwrap().1, seen + 1);
        let mut touched = Touched::default();
        touched.person(id(2));
        remembered.committed(seen + 2, &touched);
        assert_eq!(remembered.get(id(1)).unwrap().1, seen + 2);
        touched.person(id(1));
        remembered.committed(seen + 3, &touched);
        assert!(remembered.get(id(1)).is_none());
    }

    #[test]
    fn who_is_not_read_any_more_makes_room_and_who_is_stays() {
        let remembered = Remembered::default();
        remembered.put(&person(0, 1_000), 0);
        for number in 1..120_000 {
            remembered.put(&person(number, 1_000), 0);
            assert!(remembered.get(id(0)).is_some(), "{number}");
        }
        assert!(remembered.get(id(1)).is_none());
        assert!(remembered.get(id(119_999)).is_some());
        let people = remembered.locked();
        let told: usize = people.young.values().map(|it| bytes_of(it)).sum();
        assert_eq!(people.young_bytes, told);
        assert!(told <= GENERATION_BYTES);
        let old: usize = people.old.values().map(|it| bytes_of(it)).sum();
        assert!(old <= GENERATION_BYTES);
    }

    fn open(folder: &std::path::Path) -> Arc<Database> {
        let place = Place::File {
            path: folder.join("kept.db"),
            reserve: folder.join("reserve"),
        };
        Database::open(Home::Data, &place).unwrap()
    }

    fn record(number: u8, chance: &mut Chance) -> RecordRow {
        RecordRow {
            id: RecordId([number; 16]),
            category: 1,
            clear: chance.next_number().to_be_bytes().to_vec(),
            sealed: chance.next_number().to_be_bytes().to_vec(),
            tombstone: false,
        }
    }

    /// One change of somebody, as chance has it; now and then one that does not come to stand.
    fn change(database: &Database, of: SubjectId, chance: &mut Chance) {
        let what = chance.below(8);
        let (number, fails) = (chance.below(3) as u8, chance.one_in(5));
        let row = record(number, chance);
        let subject = SubjectRow {
            id: of,
            version: chance.next_number() >> 1,
            dossier: row.clear.clone(),
        };
        // What fails changes nothing, of somebody who is there or not.
        let _ = database.write(Priority::Ordinary, move |tx| {
            match what {
                0 => tx.add_subject(&subject, None)?,
                1 | 2 => tx.put_subject(&subject, None)?,
                3 | 4 if tx.subject_version(of)?.is_some() => tx.put_record(of, &row)?,
                5 => tx.put_record_clear(of, row.id, &row.clear)?,
                6 => {
                    let begun = Tombstone {
                        subject: of,
                        record: row.id,
                        head: &row.clear,
                    };
                    tx.tombstone_each(&[begun]).map(|_| ())?;
                }
                _ => {
                    tx.delete_tombstone(of, row.id)?;
                    tx.delete_subject_without_records(of)?;
                }
            }
            match fails {
                true => Err(domain::Fault::new(domain::FaultKind::Conflict, "chance")),
                false => Ok(()),
            }
        });
    }

    #[test]
    fn a_person_is_remembered_as_they_are_stored_whatever_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let mut chance = Chance::new(11);
        let mut remembered = 0;
        for _ in 0..3_000 {
            let of = id(chance.below(4));
            change(&database, of, &mut chance);
            for person in 0..4 {
                let person = id(person);
                let stored = database.read(|reader| reader.person(person)).unwrap();
                remembered += u64::from(database.remembers(person));
                let told = database.person(person).unwrap().0;
                assert_eq!(told.as_deref(), stored.as_ref());
            }
        }
        assert!(remembered > 1_000, "{remembered}");
    }

    #[test]
    fn no_change_of_a_record_alone_is_missed_by_what_was_loaded_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let mut chance = Chance::new(5);
        let (of, row) = (id(1), record(1, &mut chance));
        let (subject, stored) = (
            SubjectRow {
                id: of,
                version: 1,
                dossier: Vec::new(),
            },
            row.clone(),
        );
        database
            .write(Priority::Ordinary, move |tx| {
                tx.add_subject(&subject, None)?;
                tx.put_record(of, &stored)
            })
            .unwrap();
        type Step = fn(&mut crate::Tx<'_>, SubjectId, &RecordRow) -> Result<(), domain::Fault>;
        let steps: [Step; 4] = [
            |tx, of, row| tx.put_record(of, row),
            |tx, of, row| tx.put_record_clear(of, row.id, &[9]),
            |tx, of, row| {
                let begun = Tombstone {
                    subject: of,
                    record: row.id,
                    head: &row.clear,
                };
                tx.tombstone_each(&[begun]).map(|_| ())
            },
            |tx, of, row| tx.delete_tombstone(of, row.id),
        ];
        for step in steps {
            // Loaded, and only remembered when somebody else's change stands already.
            let seen = database.changes();
            let before = database.read(|reader| reader.person(of)).unwrap().unwrap();
            let row = row.clone();
            database
                .write(Priority::Ordinary, move |tx| step(tx, of, &row))
                .unwrap();
            database.remember(before, seen);
            assert!(!database.remembers(of));
        }
    }

    #[test]
    fn whoever_reads_while_others_write_finds_what_was_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let row = |version| SubjectRow {
            id: id(1),
            version,
            dossier: Vec::new(),
        };
        let write = |version| {
            database
                .write(Priority::Ordinary, move |tx| match version {
                    1 => tx.add_subject(&row(1), None),
                    _ => tx.put_subject(&row(version), None),
                })
                .unwrap();
        };
        write(1);
        let acknowledged = AtomicU64::new(1);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    loop {
                        let at_least = acknowledged.load(Ordering::SeqCst);
                        let (found, _) = database.person(id(1)).unwrap();
                        assert!(found.unwrap().subject.version >= at_least);
                        if at_least == 500 {
                            break;
                        }
                    }
                });
            }
            for version in 2..=500 {
                write(version);
                acknowledged.store(version, Ordering::SeqCst);
            }
        });
    }
}
