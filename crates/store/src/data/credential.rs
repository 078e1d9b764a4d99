//! What accounts prove themselves with: sealed, each under a key of its own.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// Something that an account proves itself with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CredentialRow {
    /// Whose.
    pub subject: SubjectId,
    /// Its identifier.
    pub id: [u8; 16],
    /// What it is: a number of the caller's.
    pub sort: u8,
    /// When it was added, microseconds UTC.
    pub made: i64,
    /// When it was last used.
    pub used: Option<i64>,
    /// The last step of a code that was used: none is used twice.
    pub step: Option<i64>,
    /// The sealed secret.
    pub sealed: Vec<u8>,
}

fn credential(row: &Row<'_>) -> Result<CredentialRow, Fault> {
    Ok(CredentialRow {
        subject: SubjectId(row.get(0)?),
        id: row.get(1)?,
        sort: row.get(2)?,
        made: row.get(3)?,
        used: row.get(4)?,
        step: row.get(5)?,
        sealed: row.get(6)?,
    })
}

impl Reader<'_> {
    /// What an account proves itself with.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn credentials_of(&self, subject: SubjectId) -> Result<Vec<CredentialRow>, Fault> {
        all(
            self.connection,
            sql::CREDENTIALS_OF,
            [subject.as_bytes()],
            credential,
        )
    }

    /// The credential that a keyed hash finds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn credential_found(&self, finder: &[u8]) -> Result<Option<CredentialRow>, Fault> {
        one(self.connection, sql::CREDENTIAL_FOUND, [finder], credential)
    }
}

impl Tx<'_> {
    /// Adds a credential; `finder` is the keyed hash that finds its account.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_credential(
        &mut self,
        row: &CredentialRow,
        finder: Option<&[u8]>,
    ) -> Result<(), Fault> {
        let values = (
            row.subject.as_bytes(),
            &row.id,
            row.sort,
            row.made,
            row.used,
            row.step,
            finder,
            &row.sealed,
        );
        put(self.connection, sql::CREDENTIAL_ADD, values)
    }

    /// Notes the use of a credential; says no when its step, or a later one, was used before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn use_credential(
        &mut self,
        subject: SubjectId,
        id: [u8; 16],
        at: i64,
        step: Option<i64>,
    ) -> Result<bool, Fault> {
        let values = (at, step, subject.as_bytes(), id);
        run(self.connection, sql::CREDENTIAL_USED, values).map(|changed| changed == 1)
    }

    /// Removes a credential; says whether it was there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_credential(&mut self, subject: SubjectId, id: [u8; 16]) -> Result<bool, Fault> {
        let values = (subject.as_bytes(), id);
        run(self.connection, sql::CREDENTIAL_DELETE, values).map(|changed| changed == 1)
    }
}
