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
