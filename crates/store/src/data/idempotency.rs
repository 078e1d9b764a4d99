//! What programs asked for under a key of their own, so that nothing is done twice: keyed hashes and
//! what came of it, for a day; never what was sent.

use domain::Fault;

use crate::rows::{one, put};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A request that was made under a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestRow {
    /// The keyed hash of the request.
    pub request: Vec<u8>,
    /// When it began, microseconds UTC.
    pub began: i64,
    /// Until when it is remembered.
    pub ends: i64,
    /// What came of it, in the caller's form; none while it is under way.
    pub outcome: Option<String>,
}

fn request(row: &Row<'_>) -> Result<RequestRow, Fault> {
    Ok(RequestRow {
        request: row.get(0)?,
        began: row.get(1)?,
        ends: row.get(2)?,
        outcome: row.get(3)?,
    })
}

impl Tx<'_> {
    /// The request that an actor made under a key, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn request(&self, actor: &str, key: &[u8]) -> Result<Option<RequestRow>, Fault> {
        let values = (actor, key);
        one(self.connection, sql::IDEMPOTENCY_GET, values, request)
    }

    /// Adds a request that begins.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_request(&mut self, actor: &str, key: &[u8], row: &RequestRow) -> Result<(), Fault> {
        let values = (actor, key, &row.request, row.began, row.ends);
        put(self.connection, sql::IDEMPOTENCY_ADD, values)
    }

    /// Notes what came of a request.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn end_request(&mut self, actor: &str, key: &[u8], outcome: &str) -> Result<(), Fault> {
        let values = (outcome, actor, key);
        put(self.connection, sql::IDEMPOTENCY_DONE, values)
    }

    /// Forgets a request, of which nothing came.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_request(&mut self, actor: &str, key: &[u8]) -> Result<(), Fault> {
        put(self.connection, sql::IDEMPOTENCY_DELETE, (actor, key))
    }

    /// Forgets the requests whose term is over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_requests_over(&mut self, now: i64) -> Result<(), Fault> {
        put(self.connection, sql::IDEMPOTENCY_OVER, [now])
    }
}
