//! One SQLite file: its one writer and its readers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Fault;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::fault;
use crate::schema::{Migration, migrate};
use crate::writer::{Priority, Tx, Writer};

/// Statements that a connection keeps prepared.
const STATEMENTS_KEPT: usize = 64;
/// How long a connection waits for another before it says that the installation is busy.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// One database file, open for writing by one thread and for reading by many.
pub struct Database {
    path: PathBuf,
    writer: Writer,
    idle: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens a file, makes it where it is missing, and brings its schema up to date.
    ///
    /// `reserve` is a file whose room is given up so that a restrictive act still fits on a full
    /// disk (mechanism, 8).
    ///
    /// # Errors
    /// When the file cannot be opened or written, is damaged, or is of a newer schema.
    pub fn open(
        path: &Path,
        migrations: &[Migration],
        reserve: Option<&Path>,
    ) -> Result<Arc<Self>, Fault> {
        let mut connection = Connection::open(path).map_err(fault)?;
        settings(&connection, false)?;
        migrate(&mut connection, migrations)?;
        let writer = Writer::start(connection, reserve.map(Path::to_owned))?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            writer,
            idle: Mutex::default(),
        }))
    }

    /// Reads a file that nobody has open, without changing a byte of it or of the log beside it.
    ///
    /// # Errors
    /// When it cannot be opened or is damaged, and those of the reading.
    pub fn peek<R>(
        path: &Path,
        read: impl FnOnce(&Reader<'_>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let has_log = std::fs::metadata(&log).is_ok_and(|log| log.len() > 0);
        let connection = if has_log {
            let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
            // Or closing would write the log into the file.
            connection
                .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
                .map_err(fault)?;
            connection
        } else {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(immutable(path), flags).map_err(fault)?
        };
        read(&Reader {
            connection: &connection,
        })
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does something in a transaction, durable when this returns. Concurrent calls share one
    /// commit; each has its own savepoint, so that a failed one undoes only itself. The work may
    /// be run again.
    ///
    /// # Errors
    /// Those of the work; [`domain::FaultKind::Unavailable`] when the commit fails.
    pub fn write<R, F>(&self, priority: Priority, work: F) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send + 'static,
    {
        self.writer.write(priority, work)
    }

    /// Writes one journal entry or nothing at all, durable when this returns; as
    /// [`Database::write`], and cheaper: if it fails, its whole batch does.
    ///
    /// # Errors
    /// Those of the work; [`domain::FaultKind::Unavailable`] when the commit fails.
    pub fn append<R, F>(&self, priority: Priority, work: F) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send + 'static,
    {
        self.writer.append(priority, work)
    }

    /// How often people or policies were changed so far. What is read after this was asked is at
    /// least as new as the answer: where [`Tx::changed_since`] says no, nothing that was read is
    /// out of date.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.writer.changes()
    }

    /// How many writes were handed in and not answered yet.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.writer.unanswered()
    }

    /// Reads, on a connection of its own.
    ///
    /// # Errors
    /// Those of the reading.
    pub fn read<R>(&self, read: impl FnOnce(&Reader<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let result = read(&Reader {
            connection: &connection,
        });
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        result
    }

    /// Empties the write-ahead log into the file, so that what was overwritten there is in no
    /// file any more.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] while a reader still needs the log.
    pub fn truncate_log(&self) -> Result<(), Fault> {
        self.writer.truncate_log()
    }

    /// Gives up the reserve: for a restrictive act that needs its room outside the database. It is
    /// taken again before the next ordinary act.
    ///
    /// # Errors
    /// When the writer has stopped.
    pub fn release_reserve(&self) -> Result<(), Fault> {
        self.writer.release_reserve()
    }

    fn connect(&self) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        settings(&connection, true)?;
        Ok(connection)
    }
}

/// A connection that only reads.
pub struct Reader<'c> {
    pub(crate) connection: &'c Connection,
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
