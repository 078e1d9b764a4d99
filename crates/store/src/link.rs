//! The way to a database, whichever it is.

use rusqlite::Connection;

use crate::postgres::Client;

/// A connection on loan.
#[derive(Clone, Copy)]
pub(crate) enum Link<'c> {
    /// The embedded database.
    Sqlite(&'c Connection),
    /// The server.
    Postgres(&'c Client),
}
