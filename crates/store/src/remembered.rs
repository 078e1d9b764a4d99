//! People who were read lately, and their wrapped keys, as they are stored: whoever reads them again
//! asks no file. Only where nobody else writes the database.
//!
//! A person is as fresh here as in the file. What a commit changed is forgotten, and the count of
//! changes raised, under one lock and before the commit is answered; and what was loaded is
//! remembered under that lock, and only where nothing was changed since the loading began.

mod lately;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::SubjectId;

use self::lately::{Lately, OfPerson};
use crate::data::person::PersonRows;
use crate::keyring::PersonKeys;

/// Bytes that a row takes beside its values.
const ROW_BYTES: usize = 128;

/// How often a database was changed, and what was read of people since they last were.
#[derive(Default)]
pub(crate) struct Remembered {
    changes: AtomicU64,
    held: Mutex<Held>,
}

/// What is remembered of people: of either database its own.
#[derive(Default)]
pub(crate) struct Held {
    people: Lately<PersonRows>,
    keys: Lately<PersonKeys>,
}

/// What is remembered of a person, and where.
pub(crate) trait Remember: OfPerson {
    fn among(held: &mut Held) -> &mut Lately<Self>;
}

/// Whom a transaction changed.
#[derive(Default)]
pub(crate) struct Touched {
    people: Vec<SubjectId>,
    everybody: bool,
}

impl Touched {
    /// A person, one of their records, or one of their keys.
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
    /// How often people, keys or policies were changed, as far as commits may have been answered.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// What was read lately of somebody, with the count of changes at which it is known to be as it
    /// is told.
    pub(crate) fn get<T: Remember>(&self, id: SubjectId) -> Option<(Arc<T>, u64)> {
        let mut held = self.locked();
        let found = T::among(&mut held).get(id)?;
        Some((found, self.changes()))
    }

    /// Remembers what was loaded when the count of changes was this.
    pub(crate) fn put<T: Remember>(&self, loaded: &Arc<T>, seen: u64) {
        let mut held = self.locked();
        if self.changes() == seen {
            T::among(&mut held).put(Arc::clone(loaded));
        }
    }

    /// After a commit, before it is answered: forgets whom it changed.
    pub(crate) fn committed(&self, changes: u64, touched: &Touched) {
        // Mostly entries alone, which change nobody.
        if changes == self.changes() && touched.people.is_empty() && !touched.everybody {
            return;
        }
        let mut held = self.locked();
        match touched.everybody {
            true => *held = Held::default(),
            false => touched.people.iter().for_each(|id| held.forget(*id)),
        }
        self.changes.store(changes, Ordering::Release);
    }

    fn locked(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn forget(&mut self, id: SubjectId) {
        self.people.forget(id);
        self.keys.forget(id);
    }
}

impl OfPerson for PersonRows {
    fn person(&self) -> SubjectId {
        self.subject.id
    }

    fn bytes(&self) -> usize {
        let records = self.records.iter();
        let records = records.map(|row| ROW_BYTES + row.clear.len() + row.sealed.len());
        ROW_BYTES + self.subject.dossier.len() + records.sum::<usize>()
    }
}

impl Remember for PersonRows {
    fn among(held: &mut Held) -> &mut Lately<Self> {
        &mut held.people
    }
}

impl OfPerson for PersonKeys {
    fn person(&self) -> SubjectId {
        self.subject
    }

    fn bytes(&self) -> usize {
        let keys = self.keys.iter().map(|row| ROW_BYTES + row.wrapped.len());
        ROW_BYTES + keys.sum::<usize>()
    }
}

impl Remember for PersonKeys {
    fn among(held: &mut Held) -> &mut Lately<Self> {
        &mut held.keys
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::data::record::{RecordRow, Tombstone};
    use crate::data::subject::SubjectRow;
    use crate::keyring::KeyRow;
    use crate::{Database, Home, Place, Priority};
    use domain::{KeyId, RecordId};
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
        assert!(remembered.get::<PersonRows>(id(1)).is_none());
        remembered.put(&person(1, 10), seen + 1);
        assert_eq!(remembered.get::<PersonRows>(id(1)).unwrap().1, seen + 1);
        let mut touched = Touched::default();
        touched.person(id(2));
        remembered.committed(seen + 2, &touched);
        assert_eq!(remembered.get::<PersonRows>(id(1)).unwrap().1, seen + 2);
        touched.person(id(1));
        remembered.committed(seen + 3, &touched);
        assert!(remembered.get::<PersonRows>(id(1)).is_none());
    }

    fn open(home: Home, folder: &std::path::Path) -> Arc<Database> {
        let place = Place::File {
            path: folder.join("database"),
            reserve: folder.join("reserve"),
        };
        Database::open(home, &place).unwrap()
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
        let database = open(Home::Data, folder.path());
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
        let database = open(Home::Data, folder.path());
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
        let database = open(Home::Data, folder.path());
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
    #[test]
    fn keys_are_remembered_as_they_are_stored_and_never_once_they_are_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(Home::Keyring, folder.path());
        let mut chance = Chance::new(17);
        let mut remembered = 0;
        for _ in 0..2_000 {
            let (of, what) = (id(chance.below(4)), chance.below(4));
            let key = KeyId([chance.below(3) as u8; 16]);
            let row = KeyRow {
                subject: of,
                id: key,
                epoch: chance.below(9) as u32,
                wrapped: chance.next_number().to_be_bytes().to_vec(),
            };
            database
                .write(Priority::Ordinary, move |tx| match what {
                    0 | 1 => tx.put_key(&row),
                    2 => tx.turn_key(&row),
                    _ => tx.destroy_key(of, key),
                })
                .unwrap();
            for person in 0..4 {
                let person = id(person);
                let stored = database.read(|reader| reader.keys_of(person)).unwrap();
                remembered += u64::from(database.remembers_keys(person));
                assert_eq!(database.keys_of(person).unwrap().keys, stored);
            }
        }
        assert!(remembered > 1_000, "{remembered}");
    }
}
