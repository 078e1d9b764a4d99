//! Small helpers over prepared statements, for readers and writers alike.

use domain::Fault;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::error::fault;

/// All rows of a query.
pub(crate) fn all<T>(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
    take: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(query).map_err(fault)?;
    let rows = statement.query_map(parameters, take).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// The one row of a query, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
    take: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Fault> {
    let mut statement = connection.prepare_cached(query).map_err(fault)?;
    statement
        .query_row(parameters, take)
        .optional()
        .map_err(fault)
}

/// Runs a statement; returns how many rows it changed.
pub(crate) fn run(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
) -> Result<usize, Fault> {
    connection
        .prepare_cached(statement)
        .map_err(fault)?
        .execute(parameters)
        .map_err(fault)
}
