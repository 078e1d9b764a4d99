//! Keys of programs: a token's hash, what it opens, until when.

use domain::Fault;

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A program's key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgramKeyRow {
    /// Its identifier.
    pub id: [u8; 16],
    /// The identifier of the program in the journal.
    pub handle: String,
    /// When it was made, microseconds UTC.
    pub made: i64,
    /// By which account.
    pub made_by: String,
    /// When it ends.
    pub ends: i64,
    /// When it was revoked.
    pub revoked: Option<i64>,
    /// When it was last used.
    pub used: Option<i64>,
    /// What it opens, in the caller's form.
    pub scopes: String,
    /// When it was last reviewed; none: not since it was made.
    pub reviewed: Option<i64>,
    /// By which account.
    pub reviewed_by: Option<String>,
}

fn key(row: &Row<'_>) -> Result<ProgramKeyRow, Fault> {
    Ok(ProgramKeyRow {
        id: row.get(0)?,
        handle: row.get(1)?,
        made: row.get(2)?,
        made_by: row.get(3)?,
        ends: row.get(4)?,
        revoked: row.get(5)?,
        used: row.get(6)?,
        scopes: row.get(7)?,
        reviewed: row.get(8)?,
        reviewed_by: row.get(9)?,
    })
}

impl Reader<'_> {
    /// Every key, by program.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn program_keys(&self) -> Result<Vec<ProgramKeyRow>, Fault> {
        all(self.connection, sql::PROGRAM_KEYS, (), key)
    }

    /// The key of a token, by its hash.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn program_key(&self, token: &[u8; 32]) -> Result<Option<ProgramKeyRow>, Fault> {
        one(self.connection, sql::PROGRAM_KEY_SHOWN, [token], key)
    }

    /// The key of an identifier.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn program_key_of(&self, id: [u8; 16]) -> Result<Option<ProgramKeyRow>, Fault> {
        one(self.connection, sql::PROGRAM_KEY_OF, [id], key)
    }
}

impl Tx<'_> {
    /// Adds a key.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_program_key(&mut self, token: &[u8; 32], row: &ProgramKeyRow) -> Result<(), Fault> {
        let values = (
            &row.id,
            token,
            &row.handle,
            row.made,
            &row.made_by,
            row.ends,
            &row.scopes,
        );
        put(self.connection, sql::PROGRAM_KEY_ADD, values)
    }

    /// The key of an identifier, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn program_key_of(&self, id: [u8; 16]) -> Result<Option<ProgramKeyRow>, Fault> {
        one(self.connection, sql::PROGRAM_KEY_OF, [id], key)
    }

    /// Notes that a key was looked at and is still needed; says whether it is good.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn confirm_program_key(&mut self, id: [u8; 16], at: i64, by: &str) -> Result<bool, Fault> {
        let values = (at, by, id);
        run(self.connection, sql::PROGRAM_KEY_REVIEWED, values).map(|changed| changed == 1)
    }

    /// Revokes a key; says whether it was good until now.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn revoke_program_key(&mut self, id: [u8; 16], at: i64) -> Result<bool, Fault> {
        run(self.connection, sql::PROGRAM_KEY_REVOKE, (at, id)).map(|changed| changed == 1)
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn use_program_key(&mut self, id: [u8; 16], at: i64) -> Result<(), Fault> {
        put(self.connection, sql::PROGRAM_KEY_USED, (at, id))
    }
}
