//! Undertakings of confidentiality that accounts' holders accepted: which version, when (9b).

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, one, put};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A version of an undertaking that somebody accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UndertakingRow {
    /// Who.
    pub subject: SubjectId,
    /// The number of the document's name.
    pub document: u32,
    /// When, microseconds UTC.
    pub accepted: i64,
    /// Which version of the document.
    pub version: u32,
    /// SHA-256 of what that version says.
    pub digest: [u8; 32],
}

fn undertaking(row: &Row<'_>) -> Result<UndertakingRow, Fault> {
    Ok(UndertakingRow {
        subject: SubjectId(row.get(0)?),
        document: row.get(1)?,
        accepted: row.get(2)?,
        version: row.get(3)?,
        digest: row.get(4)?,
    })
}

impl Reader<'_> {
    /// What somebody accepted, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn undertakings_of(&self, subject: SubjectId) -> Result<Vec<UndertakingRow>, Fault> {
        let values = [subject.as_bytes()];
        all(self.connection, sql::UNDERTAKINGS_OF, values, undertaking)
    }

    /// The number of the latest version of a document, if one is published.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn latest_document(&self, document: u32) -> Result<Option<u32>, Fault> {
        let latest = one(self.connection, sql::DOCUMENT_LATEST, [document], |row| {
            row.get(0)
        })?;
        Ok(latest.flatten())
    }
}

impl Tx<'_> {
    /// The number of the latest version of a document, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn latest_document(&self, document: u32) -> Result<Option<u32>, Fault> {
        let latest = one(self.connection, sql::DOCUMENT_LATEST, [document], |row| {
            row.get(0)
        })?;
        Ok(latest.flatten())
    }

    /// Keeps that somebody accepted a version.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_undertaking(&mut self, row: &UndertakingRow) -> Result<(), Fault> {
        let values = (
            row.subject.as_bytes(),
            row.document,
            row.accepted,
            row.version,
            &row.digest,
        );
        put(self.connection, sql::UNDERTAKING_ADD, values)
    }
}
