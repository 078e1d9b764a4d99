//! Statements and their rows, for readers and writers alike.

use domain::Fault;

use crate::link::Link;
use crate::value::{Parameters, Row};

/// All rows of a query.
pub(crate) fn all<T>(
    link: Link<'_>,
    query: &'static str,
    parameters: impl Parameters,
    take: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    parameters.lend(|cells| match link {
        Link::Sqlite(connection) => crate::sqlite::all(connection, query, cells, take),
        Link::Postgres(client) => client.all(query, cells, take),
    })
}

/// The first row of a query, if there is one.
pub(crate) fn one<T>(
    link: Link<'_>,
    query: &'static str,
    parameters: impl Parameters,
    take: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    parameters.lend(|cells| match link {
        Link::Sqlite(connection) => crate::sqlite::one(connection, query, cells, take),
        Link::Postgres(client) => client.one(query, cells, take),
    })
}

/// Asks one query once for each of some parameters, and takes its rows with the place of the
/// parameters that they answer, in order. A server is asked in one journey.
pub(crate) fn each<P: Parameters>(
    link: Link<'_>,
    query: &'static str,
    of: &[P],
    take: impl FnMut(usize, &Row<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    match link {
        Link::Sqlite(connection) => crate::sqlite::each(connection, query, of, take),
        Link::Postgres(client) => client.each(query, of, take),
    }
}

/// Runs a statement; returns how many rows it changed.
pub(crate) fn run(
    link: Link<'_>,
    statement: &'static str,
    parameters: impl Parameters,
) -> Result<usize, Fault> {
    parameters.lend(|cells| match link {
        Link::Sqlite(connection) => crate::sqlite::run(connection, statement, cells),
        Link::Postgres(client) => client.run(statement, cells),
    })
}

/// Runs a statement once for each of some parameters; returns how many rows each changed. A server
/// is told in one journey.
pub(crate) fn run_each<P: Parameters>(
    link: Link<'_>,
    statement: &'static str,
    of: &[P],
) -> Result<Vec<usize>, Fault> {
    match link {
        Link::Sqlite(connection) => crate::sqlite::run_each(connection, statement, of),
        Link::Postgres(client) => client.run_each(statement, of),
    }
}

/// Runs a statement of which nobody asks how many rows it changed. A server may hear of it later,
/// with others, but before whatever is asked next: then it costs no journey of its own. What goes
/// wrong with it shows there.
pub(crate) fn put(
    link: Link<'_>,
    statement: &'static str,
    parameters: impl Parameters,
) -> Result<(), Fault> {
    parameters.lend(|cells| match link {
        Link::Sqlite(connection) => crate::sqlite::run(connection, statement, cells).map(|_| ()),
        Link::Postgres(client) => client.queue(statement, cells),
    })
}
