//! A person with their records, in one question.

use domain::{Fault, RecordId, SubjectId};

use super::record::RecordRow;
use super::subject::SubjectRow;
use crate::database::Reader;
use crate::rows::each;
use crate::sql;
use crate::value::Row;

/// A person and their records, as stored at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRows {
    /// The person.
    pub subject: SubjectRow,
    /// What is held about them, in the order of the records' ids.
    pub records: Vec<RecordRow>,
}

impl Reader<'_> {
    /// One person with their records.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn person(&self, id: SubjectId) -> Result<Option<PersonRows>, Fault> {
        Ok(self.people(&[id])?.pop().flatten())
    }

    /// Some people with their records, in their order; nothing in the place of somebody who is not
    /// held.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn people(&self, ids: &[SubjectId]) -> Result<Vec<Option<PersonRows>>, Fault> {
        let mut people: Vec<Option<PersonRows>> = ids.iter().map(|_| None).collect();
        let of: Vec<_> = ids.iter().map(|id| [id.as_bytes()]).collect();
        each(self.connection, sql::PERSON_GET, &of, |place, row| {
            let (Some(person), Some(id)) = (people.get_mut(place), ids.get(place)) else {
                return Ok(());
            };
            let person = match person {
                Some(person) => person,
                None => person.insert(PersonRows {
                    subject: SubjectRow {
                        id: *id,
                        version: row.get(0)?,
                        dossier: row.get(1)?,
                    },
                    records: Vec::new(),
                }),
            };
            person.records.extend(record(row)?);
            Ok(())
        })?;
        Ok(people)
    }

    /// The records of some people, in their order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn records_of_each(&self, people: &[SubjectId]) -> Result<Vec<Vec<RecordRow>>, Fault> {
        let mut records: Vec<Vec<RecordRow>> = people.iter().map(|_| Vec::new()).collect();
        let of: Vec<_> = people.iter().map(|id| [id.as_bytes()]).collect();
        each(self.connection, sql::RECORDS_OF, &of, |place, row| {
            if let Some(records) = records.get_mut(place) {
                records.push(RecordRow::of(row)?);
            }
            Ok(())
        })?;
        Ok(records)
    }
}

/// The record of a row of a person's; somebody may have none.
fn record(row: &Row<'_>) -> Result<Option<RecordRow>, Fault> {
    let Some(id) = row.get(2)? else {
        return Ok(None);
    };
    Ok(Some(RecordRow {
        id: RecordId(id),
        category: row.get(3)?,
        clear: row.get(4)?,
        sealed: row.get(5)?,
        tombstone: row.get(6)?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use testkit::postgres::{Durable, Postgres, databases_on};

    use super::*;
    use crate::{Database, Home, Place, Priority, Server};

    /// A file, and a database on a server.
    fn both(postgres: &Postgres, folder: &std::path::Path) -> [Place; 2] {
        let [data, _] = databases_on(postgres.socket());
        let file = Place::File {
            path: folder.join("kept.db"),
            reserve: folder.join("reserve"),
        };
        [file, Place::Server(Server::at(data.as_str()))]
    }

    fn id(number: u16) -> SubjectId {
        let mut id = [7; 16];
        id[14..].copy_from_slice(&number.to_be_bytes());
        SubjectId(id)
    }

    fn record_of(person: u16, number: u8) -> RecordRow {
        RecordRow {
            id: RecordId([number; 16]),
            category: u32::from(person),
            clear: vec![number],
            sealed: vec![number; 40],
            tombstone: false,
        }
    }

    #[test]
    fn people_come_in_the_order_in_which_they_are_asked_for_with_their_records_in_theirs() {
        let (postgres, folder) = (Postgres::start(Durable::No), tempfile::tempdir().unwrap());
        for place in both(&postgres, folder.path()) {
            let database = Database::open(Home::Data, &place).unwrap();
            // More than are asked for in one journey; of number n there are n % 4 records.
            let many = 600;
            database
                .write(Priority::Ordinary, move |tx| {
                    for person in 0..many {
                        let row = SubjectRow {
                            id: id(person),
                            version: 1 + u64::from(person),
                            dossier: person.to_be_bytes().to_vec(),
                        };
                        tx.add_subject(&row, None)?;
                        for number in (0..(person % 4) as u8).rev() {
                            tx.put_record(id(person), &record_of(person, number))?;
                        }
                    }
                    Ok(())
                })
                .unwrap();
            // Backwards, somebody twice, and some who are not held.
            let asked: Vec<u16> = (0..many + 3).rev().chain([5]).collect();
            let ids: Vec<SubjectId> = asked.iter().map(|person| id(*person)).collect();
            let found = database.read(|reader| reader.people(&ids)).unwrap();
            assert_eq!(found.len(), asked.len());
            for (person, found) in asked.iter().zip(found) {
                let expected = (*person < many).then(|| PersonRows {
                    subject: SubjectRow {
                        id: id(*person),
                        version: 1 + u64::from(*person),
                        dossier: person.to_be_bytes().to_vec(),
                    },
                    records: (0..(person % 4) as u8)
                        .map(|number| record_of(*person, number))
                        .collect(),
                });
                assert_eq!(found, expected);
            }
            let records = database
                .read(|reader| reader.together(|reader| reader.records_of_each(&ids)))
                .unwrap();
            let counts: Vec<usize> = records.iter().map(Vec::len).collect();
            let held = |person: &u16| match *person < many {
                true => usize::from(person % 4),
                false => 0,
            };
            assert_eq!(counts, asked.iter().map(held).collect::<Vec<_>>());
            let versions = database.write(Priority::Ordinary, move |tx| tx.versions_of(&ids));
            let expected = |person: u16| (person < many).then_some(1 + u64::from(person));
            let expected: Vec<_> = asked.into_iter().map(expected).collect();
            assert_eq!(versions.unwrap(), expected);
        }
    }

    #[test]
    fn the_only_job_of_a_batch_is_undone_whole_and_the_next_one_finds_nothing_of_it() {
        let (postgres, folder) = (Postgres::start(Durable::No), tempfile::tempdir().unwrap());
        for place in both(&postgres, folder.path()) {
            let database = Database::open(Home::Data, &place).unwrap();
            let row = |version| SubjectRow {
                id: id(1),
                version,
                dossier: Vec::new(),
            };
            let failed = database.write(Priority::Ordinary, move |tx| {
                tx.add_subject(&row(1), None)?;
                Err::<(), _>(Fault::new(domain::FaultKind::Conflict, "decide again"))
            });
            assert_eq!(failed.unwrap_err().to_string(), "decide again");
            // What the database itself refuses, which a server says late.
            let twice = database.write(Priority::Ordinary, move |tx| {
                tx.add_subject(&row(2), None)?;
                tx.add_subject(&row(3), None)
            });
            assert!(twice.is_err());
            let person = |database: &Database| database.read(|reader| reader.person(id(1)));
            assert_eq!(person(&database).unwrap(), None);
            database
                .write(Priority::Ordinary, move |tx| tx.add_subject(&row(4), None))
                .unwrap();
            let found = person(&database).unwrap().unwrap();
            assert_eq!((found.subject.version, found.records.len()), (4, 0));
        }
    }
}
