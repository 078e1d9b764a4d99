//! A database: its one writer and its readers, in a file or on a server.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Fault, FaultKind, SubjectId};
use rusqlite::Connection;

use crate::data::person::PersonRows;
use crate::distribution::Plan;
use crate::entry::recent::Recent;
use crate::entry::{Appender, StoredEntry, end_of_journal, recent_in};
use crate::keyring::PersonKeys;
use crate::link::Link;
use crate::postgres::{Client, Pool, Server, citus};
use crate::remembered::Remember;
use crate::schema::{self, Migration};
use crate::session::Session;
use crate::sql::Home;
use crate::sqlite;
use crate::writer::{Priority, Tx, Writer};

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a file.
    File {
        /// The file.
        path: PathBuf,
        /// A file whose room is given up so that a restrictive act still fits on a full disk
        /// (mechanism, 8).
        reserve: PathBuf,
    },
    /// On a server.
    Server(Server),
}

impl Place {
    /// Whether a file that should be there is not; of a server this is found out by asking it.
    #[must_use]
    pub fn missing(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } if !path.exists() => Some(path),
            Self::File { .. } | Self::Server(_) => None,
        }
    }

    /// Whether something was kept there before.
    ///
    /// # Errors
    /// When a server does not answer.
    pub fn is_used(&self) -> Result<bool, Fault> {
        match self {
            Self::File { path, .. } => Ok(path.exists()),
            Self::Server(server) => schema::is_made(&Client::connect(server)?),
        }
    }

    /// What is to be called to spread the database over several machines with Citus; nothing where
    /// it is spread already.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when it is a file, the server has no Citus or no machine to spread it
    /// over, or a table is kept in another way.
    pub fn distribution(&self, home: Home, shards: u32) -> Result<Plan, Fault> {
        citus::plan(home, self.server()?, shards)
    }

    /// Spreads the database over several machines, while nobody writes; gives what was called.
    ///
    /// # Errors
    /// As [`Place::distribution`]; [`FaultKind::Conflict`] when Citus refuses a call.
    pub fn distribute(&self, home: Home, shards: u32) -> Result<Plan, Fault> {
        citus::distribute(home, self.server()?, shards)
    }

    fn server(&self) -> Result<&Server, Fault> {
        match self {
            Self::Server(server) => Ok(server),
            Self::File { .. } => Err(Fault::new(
                FaultKind::Conflict,
                "this installation's databases are files, which no machine can share",
            )
            .remedy("only an installation on database servers can be distributed")),
        }
    }
}

/// One database, open for writing by one thread and for reading by many.
pub struct Database {
    readers: Readers,
    writer: Writer,
}

/// Where readers get their connections.
enum Readers {
    File {
        path: PathBuf,
        idle: Mutex<Vec<Connection>>,
    },
    Server(Pool),
}

impl Database {
    /// Opens a database, makes it where it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be opened or written, is damaged, or is of a newer schema.
    pub fn open(home: Home, place: &Place) -> Result<Arc<Self>, Fault> {
        Self::open_at(home, place, schema::of(home))
    }

    /// Opens a database as [`Database::open`] does, and brings its schema no further than some of
    /// its migrations: rows that were written down under them are put back under them.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_at(
        home: Home,
        place: &Place,
        migrations: &[Migration],
    ) -> Result<Arc<Self>, Fault> {
        let (readers, session, reserve) = match place {
            Place::File { path, reserve } => {
                let mut connection = sqlite::open(path)?;
                schema::migrate(&mut connection, migrations)?;
                let readers = Readers::File {
                    path: path.clone(),
                    idle: Mutex::default(),
                };
                (readers, Session::Sqlite(connection), Some(reserve.clone()))
            }
            Place::Server(server) => {
                let client = Client::connect(server)?;
                schema::migrate_server(&client, migrations)?;
                let session = Session::on_server(home, server.clone(), client);
                (Readers::Server(Pool::new(server.clone())), session, None)
            }
        };
        let recent = match (home, &readers) {
            (Home::Data, Readers::File { .. }) => Recent::holding(recent_in(session.link()?)?),
            (Home::Data, Readers::Server(_)) | (Home::Keyring, _) => Recent::default(),
        };
        let appender = match home {
            Home::Data => Appender::at(end_of_journal(session.link()?)?),
            Home::Keyring => Appender::default(),
        };
        let writer = Writer::start(session, appender, recent, reserve)?;
        Ok(Arc::new(Self { readers, writer }))
    }

    /// Reads a database, without changing a byte of it; a file must not be open elsewhere.
    ///
    /// # Errors
    /// When it cannot be opened or is damaged, and those of the reading.
    pub fn peek<R>(
        place: &Place,
        read: impl FnOnce(&Reader<'_>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        match place {
            Place::File { path, .. } => {
                let connection = sqlite::peek(path)?;
                read(&Reader {
                    connection: Link::Sqlite(&connection),
                })
            }
            Place::Server(server) => {
                let client = Client::connect(server)?;
                read(&Reader {
                    connection: Link::Postgres(&client),
                })
            }
        }
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

    /// How often people, keys or policies were changed so far. What is read after this was asked is
    /// at least as new as the answer: where [`Tx::changed_since`] says no, nothing that was read is
    /// out of date.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.writer.remembered().changes()
    }

    /// One person with their records, and how often people or policies had been changed when they
    /// were so: from memory where they were read lately, and nobody else writes the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn person(&self, id: SubjectId) -> Result<(Option<Arc<PersonRows>>, u64), Fault> {
        self.known(id, |reader| reader.person(id))
    }

    /// The wrapped keys of one person: from memory where they were asked for lately, and nobody else
    /// writes the database; as fresh as the file, so that one that was destroyed is not told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn keys_of(&self, id: SubjectId) -> Result<Arc<PersonKeys>, Fault> {
        let read = |reader: &Reader<'_>| {
            let keys = reader.keys_of(id)?;
            Ok((!keys.is_empty()).then_some(PersonKeys { subject: id, keys }))
        };
        let (keys, _) = self.known(id, read)?;
        Ok(keys.unwrap_or_else(|| Arc::new(PersonKeys::none(id))))
    }

    /// What is stored of a person: from memory, or read and remembered.
    fn known<T: Remember>(
        &self,
        id: SubjectId,
        read: impl FnOnce(&Reader<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<(Option<Arc<T>>, u64), Fault> {
        let remembered = self.writer.remembered();
        if let Some((known, seen)) = remembered.get(id) {
            return Ok((Some(known), seen));
        }
        let seen = self.changes();
        let found = self.read(read)?.map(Arc::new);
        if let Some(found) = found.as_ref().filter(|_| !self.is_shared()) {
            remembered.put(found, seen);
        }
        Ok((found, seen))
    }

    /// The entries that concern a person, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn entries_about(&self, subject: SubjectId) -> Result<Vec<StoredEntry>, Fault> {
        // Before the index: what goes into it meanwhile is found in both.
        let latest = (!self.is_shared()).then(|| self.writer.recent().of(subject));
        self.read(|reader| reader.entries_about(subject, latest))
    }

    /// Whether somebody is told from memory.
    #[cfg(test)]
    pub(crate) fn remembers(&self, id: SubjectId) -> bool {
        self.writer.remembered().get::<PersonRows>(id).is_some()
    }

    /// Whether somebody's keys are told from memory.
    #[cfg(test)]
    pub(crate) fn remembers_keys(&self, id: SubjectId) -> bool {
        self.writer.remembered().get::<PersonKeys>(id).is_some()
    }

    /// Remembers somebody who was loaded when the count of changes was this.
    #[cfg(test)]
    pub(crate) fn remember(&self, person: PersonRows, seen: u64) {
        self.writer.remembered().put(&Arc::new(person), seen);
    }

    /// How many writes were handed in and not answered yet.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.writer.unanswered()
    }

    /// Whether others than this process may write to it: then what is known here of what it holds
    /// may be out of date.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.readers, Readers::Server(_))
    }

    /// Reads, on a connection of its own.
    ///
    /// # Errors
    /// Those of the reading.
    pub fn read<R>(&self, read: impl FnOnce(&Reader<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        match &self.readers {
            Readers::File { path, idle } => {
                let lent = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let connection = lent.map_or_else(|| sqlite::reader(path), Ok)?;
                let result = read(&Reader {
                    connection: Link::Sqlite(&connection),
                });
                // One on which a transaction would not end is not lent again: it sees no more than
                // it saw then.
                if connection.is_autocommit() {
                    idle.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(connection);
                }
                result
            }
            Readers::Server(pool) => pool.lend(|client| {
                read(&Reader {
                    connection: Link::Postgres(client),
                })
            }),
        }
    }

    /// Empties the write-ahead log into the file, so that what was overwritten there is in no
    /// file any more. A server's log is its own: there nothing happens.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] while a reader still needs the log.
    pub fn truncate_log(&self) -> Result<(), Fault> {
        self.writer.truncate_log()
    }

    /// Makes every machine of a distributed database show what was committed before: a machine that
    /// was lost in the middle of a commit may owe its end. To be called before something is taken
    /// for missing that would then be destroyed.
    ///
    /// # Errors
    /// When a machine does not answer.
    pub fn finish_commits(&self) -> Result<(), Fault> {
        let Readers::Server(pool) = &self.readers else {
            return Ok(());
        };
        let server = pool.server().clone();
        // In its turn: whoever wrote before has told the machines to commit.
        self.write(Priority::Restrictive, move |tx| match tx.is_distributed() {
            true => citus::finish_commits(&server),
            false => Ok(()),
        })
    }

    /// Gives up the reserve: for a restrictive act that needs its room outside the database. It is
    /// taken again before the next ordinary act.
    ///
    /// # Errors
    /// When the writer has stopped.
    pub fn release_reserve(&self) -> Result<(), Fault> {
        self.writer.release_reserve()
    }
}

/// A connection that only reads.
pub struct Reader<'c> {
    pub(crate) connection: Link<'c>,
}

impl<'c> Reader<'c> {
    /// Asks several questions in a row. Of a file they share one lock and one state of it, which
    /// costs less than one for each; a server answers each as it comes.
    ///
    /// # Errors
    /// When the database cannot be read, and those of the reading.
    pub fn together<R>(&self, read: impl FnOnce(&Self) -> Result<R, Fault>) -> Result<R, Fault> {
        let _state = match self.connection {
            Link::Sqlite(connection) => Some(sqlite::OneState::hold(connection)?),
            Link::Postgres(_) => None,
        };
        read(self)
    }

    /// Holds an instant: until it ends, everything is read as it was then.
    pub(crate) fn instant(&self) -> Result<Instant<'c>, Fault> {
        match self.connection {
            Link::Sqlite(connection) => connection
                .unchecked_transaction()
                .map(Instant::Sqlite)
                .map_err(crate::error::fault),
            Link::Postgres(client) => {
                let instant = ServerInstant {
                    client: Some(client),
                };
                citus::begin_instant(client)?;
                Ok(Instant::Postgres(instant))
            }
        }
    }
}

/// An instant at which a database is read; it ends with the value.
pub(crate) enum Instant<'c> {
    Sqlite(rusqlite::Transaction<'c>),
    Postgres(ServerInstant<'c>),
}

impl Instant<'_> {
    pub(crate) fn end(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(transaction) => transaction.finish().map_err(crate::error::fault),
            Self::Postgres(mut instant) => instant.end(),
        }
    }
}

/// An instant on a server: a transaction that only reads.
pub(crate) struct ServerInstant<'c> {
    client: Option<&'c Client>,
}

impl ServerInstant<'_> {
    fn end(&mut self) -> Result<(), Fault> {
        self.client
            .take()
            .map_or(Ok(()), |client| client.batch("ROLLBACK"))
    }
}

impl Drop for ServerInstant<'_> {
    fn drop(&mut self) {
        // A connection on which it does not end is lost, and is not lent again.
        let _ = self.end();
    }
}
