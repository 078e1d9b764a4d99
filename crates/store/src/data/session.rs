//! Sessions and the links that begin them: a token's hash, whose, until when.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// Its identifier, by which it can be named without its token.
    pub id: [u8; 16],
    /// Whose.
    pub subject: SubjectId,
    /// How strongly it was begun: a number of the caller's.
    pub sort: u8,
    /// When it began, microseconds UTC.
    pub made: i64,
    /// When it was last used.
    pub seen: i64,
    /// When it ends at the latest.
    pub ends: i64,
    /// The role that is being worked in.
    pub role: Option<u32>,
    /// The purpose that is being worked for.
    pub purpose: Option<u32>,
}

/// A link, good once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkRow {
    /// Whose.
    pub subject: SubjectId,
    /// What it is for: a number of the caller's.
    pub sort: u8,
    /// When it was made, microseconds UTC.
    pub made: i64,
    /// Until when it can be used.
    pub ends: i64,
}

fn session(row: &Row<'_>) -> Result<SessionRow, Fault> {
    Ok(SessionRow {
        id: row.get(0)?,
        subject: SubjectId(row.get(1)?),
        sort: row.get(2)?,
        made: row.get(3)?,
        seen: row.get(4)?,
        ends: row.get(5)?,
        role: row.get(6)?,
        purpose: row.get(7)?,
    })
}

fn link(row: &Row<'_>) -> Result<LinkRow, Fault> {
    Ok(LinkRow {
        subject: SubjectId(row.get(0)?),
        sort: row.get(1)?,
        made: row.get(2)?,
        ends: row.get(3)?,
    })
}

impl Reader<'_> {
    /// The session of a token, by its hash.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn session(&self, token: &[u8; 32]) -> Result<Option<SessionRow>, Fault> {
        one(self.connection, sql::SESSION_GET, [token], session)
    }

    /// The sessions of a person, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sessions_of(&self, subject: SubjectId) -> Result<Vec<SessionRow>, Fault> {
        all(
            self.connection,
            sql::SESSIONS_OF,
            [subject.as_bytes()],
            session,
        )
    }

    /// How many links of a sort a person was made since a moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn links_made(&self, subject: SubjectId, sort: u8, since: i64) -> Result<u64, Fault> {
        let values = (subject.as_bytes(), sort, since);
        let made = one(self.connection, sql::LINKS_MADE, values, |row| row.get(0))?;
        Ok(made.unwrap_or_default())
    }

    /// The link of a token, by its hash.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn link(&self, token: &[u8; 32]) -> Result<Option<LinkRow>, Fault> {
        one(self.connection, sql::LINK_GET, [token], link)
    }
}

impl Tx<'_> {
    /// Begins a session.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_session(&mut self, token: &[u8; 32], row: &SessionRow) -> Result<(), Fault> {
        let values = (
            token,
            &row.id,
            row.subject.as_bytes(),
            row.sort,
            row.made,
            row.seen,
            row.ends,
            row.role,
            row.purpose,
        );
        put(self.connection, sql::SESSION_ADD, values)
    }

    /// The session of a token, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn session(&self, token: &[u8; 32]) -> Result<Option<SessionRow>, Fault> {
        one(self.connection, sql::SESSION_GET, [token], session)
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn see_session(&mut self, token: &[u8; 32], at: i64) -> Result<(), Fault> {
        put(self.connection, sql::SESSION_SEEN, (at, token))
    }

    /// Notes in which role and for which purpose a session works; says whether there is one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_work(
        &mut self,
        token: &[u8; 32],
        role: Option<u32>,
        purpose: Option<u32>,
    ) -> Result<bool, Fault> {
        let values = (role, purpose, token);
        run(self.connection, sql::SESSION_WORK, values).map(|changed| changed == 1)
    }

    /// Ends the session of a token; says whether there was one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_session(&mut self, token: &[u8; 32]) -> Result<bool, Fault> {
        run(self.connection, sql::SESSION_DELETE, [token]).map(|changed| changed == 1)
    }

    /// Ends one of a person's sessions; says whether there was one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn end_session(&mut self, subject: SubjectId, id: [u8; 16]) -> Result<bool, Fault> {
        let values = (subject.as_bytes(), id);
        run(self.connection, sql::SESSION_END, values).map(|changed| changed == 1)
    }

    /// Ends all sessions of a person; says how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_sessions(&mut self, subject: SubjectId) -> Result<usize, Fault> {
        run(self.connection, sql::SESSIONS_DELETE, [subject.as_bytes()])
    }

    /// Makes a link.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_link(&mut self, token: &[u8; 32], row: &LinkRow) -> Result<(), Fault> {
        let values = (token, row.subject.as_bytes(), row.sort, row.made, row.ends);
        put(self.connection, sql::LINK_ADD, values)
    }

    /// Uses a link up: gives what it was, once.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn take_link(&mut self, token: &[u8; 32]) -> Result<Option<LinkRow>, Fault> {
        let found = one(self.connection, sql::LINK_GET, [token], link)?;
        run(self.connection, sql::LINK_DELETE, [token])?;
        Ok(found)
    }

    /// Takes back all links of a person.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_links(&mut self, subject: SubjectId) -> Result<(), Fault> {
        put(self.connection, sql::LINKS_DELETE, [subject.as_bytes()])
    }
}
