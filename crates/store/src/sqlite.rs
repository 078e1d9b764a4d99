//! The embedded database: opening a file, running statements on it.

use std::path::Path;
use std::time::Duration;

use domain::{Fault, FaultKind};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use crate::error::fault;
use crate::value::{Cell, Parameters, Row};

/// Statements that a connection keeps prepared.
const STATEMENTS_KEPT: usize = 64;
/// KiB of pages that the writer's connection keeps. What many changes touch in one transaction, such
/// as the indexes by person, is to stay there until the commit: else a page is written to the log each
/// time that it makes room.
const WRITER_PAGES_KIB: u32 = 64 << 10;
/// How long a connection waits for another before it says that the installation is busy.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// The value of a column; none of a kind that Kept never writes.
pub(crate) fn cell(value: ValueRef<'_>) -> Option<Cell<'_>> {
    match value {
        ValueRef::Null => Some(Cell::Null),
        ValueRef::Integer(number) => Some(Cell::Int(number)),
        ValueRef::Text(text) => std::str::from_utf8(text).ok().map(Cell::Text),
        ValueRef::Blob(bytes) => Some(Cell::Bytes(bytes)),
        ValueRef::Real(_) => None,
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// All rows of a query.
pub(crate) fn all<T>(
    connection: &Connection,
    query: &str,
    cells: &[Cell<'_>],
    mut take: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(query).map_err(fault)?;
    let mut rows = statement.query(params_from_iter(cells)).map_err(fault)?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        taken.push(take(&Row::Sqlite(row))?);
    }
    Ok(taken)
}

/// The first row of a query, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    query: &str,
    cells: &[Cell<'_>],
    take: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = connection.prepare_cached(query).map_err(fault)?;
    let mut rows = statement.query(params_from_iter(cells)).map_err(fault)?;
    match rows.next().map_err(fault)? {
        Some(row) => take(&Row::Sqlite(row)).map(Some),
        None => Ok(None),
    }
}

/// All rows of a query for each of some parameters.
pub(crate) fn each<P: Parameters>(
    connection: &Connection,
    query: &str,
    of: &[P],
    mut take: impl FnMut(usize, &Row<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(query).map_err(fault)?;
    for (place, parameters) in of.iter().enumerate() {
        parameters.lend(|cells| {
            let mut rows = statement.query(params_from_iter(cells)).map_err(fault)?;
            while let Some(row) = rows.next().map_err(fault)? {
                take(place, &Row::Sqlite(row))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Runs a statement; returns how many rows it changed.
pub(crate) fn run(
    connection: &Connection,
    statement: &str,
    cells: &[Cell<'_>],
) -> Result<usize, Fault> {
    connection
        .prepare_cached(statement)
        .map_err(fault)?
        .execute(params_from_iter(cells))
        .map_err(fault)
}

/// Runs a statement once for each of some parameters; returns how many rows each changed.
pub(crate) fn run_each<P: Parameters>(
    connection: &Connection,
    statement: &str,
    of: &[P],
) -> Result<Vec<usize>, Fault> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(statement).map_err(fault)?;
    let changed = of.iter().map(|one| {
        one.lend(|cells| statement.execute(params_from_iter(cells)))
            .map_err(fault)
    });
    changed.collect()
}

/// One state of a file, which several questions are answered from, until it is dropped.
pub(crate) struct OneState<'c>(&'c Connection);

impl<'c> OneState<'c> {
    pub(crate) fn hold(connection: &'c Connection) -> Result<Self, Fault> {
        run(connection, "BEGIN", &[]).map(|_| Self(connection))
    }
}

impl Drop for OneState<'_> {
    fn drop(&mut self) {
        // Nothing was written. A connection on which it does not end is not lent again.
        let _ = run(self.0, "COMMIT", &[]);
    }
}

/// Opens a file for writing; makes it where it is missing.
pub(crate) fn open(path: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open(path).map_err(fault)?;
    settings(&connection, false)?;
    connection
        .execute_batch(&format!("PRAGMA cache_size = -{WRITER_PAGES_KIB}"))
        .map_err(fault)?;
    Ok(connection)
}

/// Opens a file that somebody writes, for reading.
pub(crate) fn reader(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    settings(&connection, true)?;
    Ok(connection)
}

/// Opens a file that nobody has open, so that reading changes not a byte of it or of the log
/// beside it.
pub(crate) fn peek(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let has_log = std::fs::metadata(&log).is_ok_and(|log| log.len() > 0);
    if !has_log {
        let flags = flags | OpenFlags::SQLITE_OPEN_URI;
        return Connection::open_with_flags(immutable(path), flags).map_err(fault);
    }
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    // Or closing would write the log into the file.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(fault)?;
    Ok(connection)
}

/// Empties the write-ahead log into the file.
pub(crate) fn truncate_log(connection: &Connection) -> Result<(), Fault> {
    let busy: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(fault)?;
    if busy == 0 {
        Ok(())
    } else {
        Err(Fault::new(
            FaultKind::Unavailable,
            "a reader still uses the write-ahead log",
        )
        .remedy("try again in a moment"))
    }
}

/// The address of a file that does not change while it is read.
fn immutable(path: &Path) -> String {
    let escaped = path
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}

fn settings(connection: &Connection, query_only: bool) -> Result<(), Fault> {
    connection.busy_timeout(BUSY_MAX).map_err(fault)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // Plans depend on no bound value: else what touches a table with a partial index is parsed and
    // planned anew each time that other values are bound.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(fault)?;
    // Overwritten bytes are cleared, in the file and through the log (mechanism, 5).
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;",
        )
        .map_err(fault)?;
    if query_only {
        connection
            .execute_batch("PRAGMA query_only = ON")
            .map_err(fault)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::schema::{DATA, Dialect, KEYRING};
    use crate::sql::{ALL, Home};

    #[test]
    fn no_statement_is_planned_again_when_other_values_are_bound() {
        let folder = tempfile::tempdir().unwrap();
        let opened = |name: &str, migrations: &[crate::schema::Migration]| {
            let connection = open(&folder.path().join(name)).unwrap();
            for migration in migrations {
                let text = migration.statements(Dialect::Sqlite);
                connection.execute_batch(&text.unwrap()).unwrap();
            }
            connection
        };
        let (data, keyring) = (opened("data", DATA), opened("keyring", KEYRING));
        let (mut seen, mut again) = (0, Vec::new());
        for (home, name, text) in ALL.iter().filter(|(_, _, text)| text.starts_with("SELECT")) {
            let connection = match home {
                Home::Data => &data,
                Home::Keyring => &keyring,
            };
            // Some are for servers alone.
            let Ok(mut statement) = connection.prepare(text) else {
                continue;
            };
            seen += 1;
            for value in 1..4_i64 {
                let values = vec![value; statement.parameter_count()];
                let mut rows = statement.query(params_from_iter(values)).unwrap();
                while rows.next().unwrap().is_some() {}
            }
            if statement.get_status(StatementStatus::RePrepare) > 0 {
                again.push(*name);
            }
        }
        assert_eq!(again, Vec::<&str>::new());
        assert!(seen > 50, "{seen}");
    }
}
