//! Records: their clear part, their sealed values, their tombstones.

use domain::{Fault, RecordId, SubjectId};

use crate::database::Reader;
use crate::rows::{all, one, put, run_each};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A record as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordRow {
    /// Which one.
    pub id: RecordId,
    /// The number of its category.
    pub category: u32,
    /// The encoded clear part: dates, origin, grounds.
    pub clear: Vec<u8>,
    /// The sealed values; only the envelope's head once it is a tombstone.
    pub sealed: Vec<u8>,
    /// Whether its destruction has begun.
    pub tombstone: bool,
}

/// A record whose destruction begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tombstone<'a> {
    /// Whose.
    pub subject: SubjectId,
    /// Which one.
    pub record: RecordId,
    /// The head of its envelope.
    pub head: &'a [u8],
}

impl RecordRow {
    pub(super) fn of(row: &Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: RecordId(row.get(0)?),
            category: row.get(1)?,
            clear: row.get(2)?,
            sealed: row.get(3)?,
            tombstone: row.get(4)?,
        })
    }
}

impl Reader<'_> {
    /// A person's records.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn records_of(&self, subject: SubjectId) -> Result<Vec<RecordRow>, Fault> {
        let of = [subject.as_bytes()];
        all(self.connection, sql::RECORDS_OF, of, RecordRow::of)
    }

    /// Up to `most` records whose destruction has begun and is not finished, with the heads of
    /// their envelopes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tombstones(&self, most: u32) -> Result<Vec<(SubjectId, RecordId, Vec<u8>)>, Fault> {
        all(self.connection, sql::RECORDS_TOMBSTONED, [most], |row| {
            Ok((SubjectId(row.get(0)?), RecordId(row.get(1)?), row.get(2)?))
        })
    }

    /// The heads of the envelopes of a person's records and credentials, which name their keys.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn envelope_heads(&self, subject: SubjectId) -> Result<Vec<Vec<u8>>, Fault> {
        let of = [subject.as_bytes()];
        let mut heads: Vec<Vec<u8>> =
            all(self.connection, sql::RECORD_HEADS, of, |row| row.get(0))?;
        for query in [sql::CREDENTIAL_HEADS, sql::WEBHOOK_HEAD] {
            heads.extend(all(self.connection, query, of, |row| {
                row.get::<Vec<u8>>(0)
            })?);
        }
        Ok(heads)
    }

    /// Whether a record is stored.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn has_record(&self, subject: SubjectId, record: RecordId) -> Result<bool, Fault> {
        let key = (subject.as_bytes(), record.as_bytes());
        Ok(one(self.connection, sql::RECORD_EXISTS, key, |_| Ok(()))?.is_some())
    }

    /// How many records of each category are held.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn record_counts(&self) -> Result<Vec<(u32, u64)>, Fault> {
        all(self.connection, sql::RECORD_COUNTS, (), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

impl Tx<'_> {
    /// Stores a record, or a new sealing of one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_record(&mut self, subject: SubjectId, row: &RecordRow) -> Result<(), Fault> {
        self.changes_person(subject);
        let values = (
            subject.as_bytes(),
            row.id.as_bytes(),
            row.category,
            &row.clear,
            &row.sealed,
        );
        put(self.connection, sql::RECORD_PUT, values)
    }

    /// Replaces the clear part of a record.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_record_clear(
        &mut self,
        subject: SubjectId,
        record: RecordId,
        clear: &[u8],
    ) -> Result<(), Fault> {
        self.changes_person(subject);
        let values = (clear, subject.as_bytes(), record.as_bytes());
        put(self.connection, sql::RECORD_CLEAR, values)
    }

    /// Begins the destruction of records: of the sealed values of each only the envelope's head
    /// stays, so that the key can be found. Says whether there were all these records.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn tombstone_each(&mut self, begun: &[Tombstone<'_>]) -> Result<bool, Fault> {
        begun
            .iter()
            .for_each(|one| self.changes_person(one.subject));
        let of: Vec<_> = begun
            .iter()
            .map(|one| (one.head, one.subject.as_bytes(), one.record.as_bytes()))
            .collect();
        let changed = run_each(self.connection, sql::RECORD_TOMBSTONE, &of)?;
        Ok(changed.iter().all(|rows| *rows == 1))
    }

    /// Ends the destruction of a record: the row goes.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_tombstone(&mut self, subject: SubjectId, record: RecordId) -> Result<(), Fault> {
        self.changes_person(subject);
        put(
            self.connection,
            sql::RECORD_DELETE,
            (subject.as_bytes(), record.as_bytes()),
        )
    }
}
