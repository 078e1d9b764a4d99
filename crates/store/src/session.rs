//! The writer's own connection: how a transaction begins, is undone in part, and ends, on either
//! database.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use domain::{Fault, FaultKind};
use journal::merkle::Frontier;
use rusqlite::Connection;

use crate::entry::frontier_of;
use crate::error::fault;
use crate::link::Link;
use crate::postgres::{Client, Server};
use crate::rows::{one, put};
use crate::sql::{self, Home};

/// How long to wait before a server that went away is asked for again.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// The connection that writes.
pub(crate) enum Session {
    /// The embedded database: nobody else writes it.
    Sqlite(Connection),
    /// The server: other copies of Kept may write to it as well.
    Postgres(Box<Shared>),
}

/// The writer's place on a server. Whoever writes holds the writers' row from the beginning of a
/// transaction to its end: the copies of Kept on one database write one after the other, so that the
/// journal has one order and an act finds what it was decided on.
pub(crate) struct Shared {
    home: Home,
    server: Server,
    client: Option<Client>,
    /// The server's number of the present transaction: by it a commit whose answer was lost is
    /// told from one that never was.
    transaction: i64,
    /// Whether the database is known to be spread over several machines.
    distributed: bool,
    /// What the present transaction leaves in the writers' row. A server that crashed may give the
    /// number of a transaction that it lost to another one; the mark it cannot.
    mark: [u8; MARK_BYTES],
}

/// The bytes of a transaction's mark.
const MARK_BYTES: usize = 16;

/// What a transaction finds on a server, where others may have written since the last one.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The end of the journal.
    pub(crate) frontier: Frontier,
    /// How often people or policies were changed, by anybody.
    pub(crate) changes: u64,
    /// What holds there.
    pub(crate) standing: Standing,
}

/// What holds for everybody who writes to a database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// The version of the policy in force.
    pub policy: Option<u32>,
    /// The version of the authorisation in force.
    pub authorisation: Option<u32>,
    /// The epoch that keys are wrapped with.
    pub epoch: Option<u32>,
    /// Whether the database is spread over several machines. Then each shows what was committed at a
    /// moment of its own (decision 25).
    pub distributed: bool,
}

/// Under which name the writers' row is kept.
pub(crate) const WRITERS: &str = "writers";
/// Under which name a distributed database says that it is one.
pub(crate) const DISTRIBUTED: &str = "distributed";

/// What an empty server is given, so that there is a row to hold.
pub(crate) const WRITERS_ROW: &str = "INSERT INTO meta (key, value)
    VALUES ('writers', '\\x0000000000000000') ON CONFLICT (key) DO NOTHING";

impl Session {
    /// The writer of a database on a server.
    pub(crate) fn on_server(home: Home, server: Server, client: Client) -> Self {
        Self::Postgres(Box::new(Shared {
            home,
            server,
            client: Some(client),
            transaction: 0,
            distributed: false,
            mark: [0; MARK_BYTES],
        }))
    }

    /// The way to the database.
    ///
    /// # Errors
    /// When the server's connection is gone.
    pub(crate) fn link(&self) -> Result<Link<'_>, Fault> {
        match self {
            Self::Sqlite(connection) => Ok(Link::Sqlite(connection)),
            Self::Postgres(shared) => shared.client().map(Link::Postgres),
        }
    }

    /// Begins a transaction, alone; tells what others left, where others may have written.
    pub(crate) fn begin(&mut self) -> Result<Option<Found>, Fault> {
        match self {
            Self::Sqlite(connection) => execute(connection, "BEGIN IMMEDIATE").map(|()| None),
            Self::Postgres(shared) => shared.begin().map(Some),
        }
    }

    /// Marks a point that can be gone back to.
    pub(crate) fn savepoint(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => execute(connection, "SAVEPOINT job"),
            Self::Postgres(shared) => shared.put("SAVEPOINT job"),
        }
    }

    /// Gives up the point: what came after it stays. Whatever a server was told meanwhile is
    /// known to have been done.
    pub(crate) fn release(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => execute(connection, "RELEASE job"),
            Self::Postgres(shared) => {
                shared.put("RELEASE SAVEPOINT job")?;
                shared.client()?.send().map(|_| ())
            }
        }
    }

    /// Undoes what came after the point, and gives it up.
    pub(crate) fn back_to_savepoint(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => {
                execute(connection, "ROLLBACK TO job")?;
                execute(connection, "RELEASE job")
            }
            Self::Postgres(shared) => {
                let client = shared.client()?;
                client.forget();
                shared.put("ROLLBACK TO SAVEPOINT job")?;
                shared.put("RELEASE SAVEPOINT job")?;
                client.send().map(|_| ())
            }
        }
    }

    /// Whether the transaction has been undone already: a full disk does that.
    pub(crate) fn is_undone(&self) -> bool {
        match self {
            Self::Sqlite(connection) => connection.is_autocommit(),
            Self::Postgres(shared) => shared.client.is_none(),
        }
    }

    /// Ends the transaction: durable when this returns. `changes` is how often people or policies
    /// have been changed by now.
    pub(crate) fn commit(&mut self, changes: u64) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => execute(connection, "COMMIT"),
            Self::Postgres(shared) => shared.commit(changes),
        }
    }

    /// Undoes the transaction, where there is one.
    pub(crate) fn rollback(&mut self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) if connection.is_autocommit() => Ok(()),
            Self::Sqlite(connection) => execute(connection, "ROLLBACK"),
            Self::Postgres(shared) => {
                shared.rollback();
                Ok(())
            }
        }
    }

    /// Empties the log of the embedded database into its file, so that what was overwritten is in
    /// no file any more. A server keeps its log for as long as it is set to: there the end of the
    /// epoch is what makes old copies worthless (mechanism, 1).
    pub(crate) fn truncate_log(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => crate::sqlite::truncate_log(connection),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// How often, and for how long, a transaction is tried again that another one or the loss of
    /// the connection undid.
    pub(crate) fn patience(&self) -> Duration {
        match self {
            Self::Sqlite(_) => Duration::ZERO,
            Self::Postgres(shared) => shared.server.connect,
        }
    }
}

impl Shared {
    fn client(&self) -> Result<&Client, Fault> {
        self.client.as_ref().ok_or_else(gone)
    }

    fn put(&self, statement: &'static str) -> Result<(), Fault> {
        self.client()?.queue(statement, &[])
    }

    /// Begins; once more, with a turn, where the database turns out to be distributed.
    fn begin(&mut self) -> Result<Found, Fault> {
        let found = self.begin_once()?;
        if found.standing.distributed == self.distributed {
            return Ok(found);
        }
        self.distributed = found.standing.distributed;
        self.rollback();
        self.begin_once()
    }

    fn begin_once(&mut self) -> Result<Found, Fault> {
        let client = match self.client.take().filter(Client::is_usable) {
            Some(client) => client,
            None => Client::connect(&self.server)?,
        };
        let client = self.client.insert(client);
        let (turn, waits, finds) = match self.home {
            Home::Data => (sql::WRITER_TURN, sql::WRITER_WAITS, sql::WRITER_FINDS),
            Home::Keyring => (
                sql::KEY_WRITER_TURN,
                sql::KEY_WRITER_WAITS,
                sql::KEY_WRITER_FINDS,
            ),
        };
        client.queue("BEGIN", &[])?;
        if self.distributed {
            client.queue(turn, &[])?;
        }
        client.queue(waits, &[])?;
        let home = self.home;
        let found = one(Link::Postgres(client), finds, (), |row| {
            let changes: Vec<u8> = row.get::<Option<Vec<u8>>>(1)?.unwrap_or_default();
            let changes = changes.first_chunk().copied().map_or(0, u64::from_be_bytes);
            let (frontier, standing) = match home {
                Home::Data => (
                    frontier_of(row.get(2)?)?,
                    Standing {
                        policy: row.get(3)?,
                        authorisation: row.get(4)?,
                        epoch: None,
                        distributed: row.get::<Option<Vec<u8>>>(5)?.is_some(),
                    },
                ),
                Home::Keyring => (
                    Frontier::new(),
                    Standing {
                        epoch: row.get(2)?,
                        distributed: row.get::<Option<Vec<u8>>>(3)?.is_some(),
                        ..Standing::default()
                    },
                ),
            };
            Ok((
                row.get(0)?,
                Found {
                    frontier,
                    changes,
                    standing,
                },
            ))
        })?;
        let (transaction, found) = found.ok_or_else(gone)?;
        self.transaction = transaction;
        self.mark = new_mark();
        Ok(found)
    }

    fn commit(&mut self, changes: u64) -> Result<(), Fault> {
        let ended = self.try_commit(changes);
        match ended {
            Err(lost) if crate::postgres::is_lost(&lost) => self.ask_whether_committed(lost),
            ended => ended,
        }
    }

    fn try_commit(&self, changes: u64) -> Result<(), Fault> {
        let client = self.client()?;
        let link = Link::Postgres(client);
        let row = [changes.to_be_bytes().as_slice(), &self.mark].concat();
        put(link, sql::META_PUT, (WRITERS, row.as_slice()))?;
        // In one journey: if something before it goes wrong, that is what is told, and the server
        // takes the commit for a rollback.
        client.queue("COMMIT", &[])?;
        client.send().map(|_| ())
    }

    /// The connection was lost while a commit was under way: the server knows what became of it.
    fn ask_whether_committed(&mut self, lost: Fault) -> Result<(), Fault> {
        self.client = None;
        let until = Instant::now() + self.server.connect;
        loop {
            match self.status() {
                Ok(Some(status)) if status == "committed" => {
                    return match self.is_marked() {
                        Ok(true) => Ok(()),
                        // Another writer has written since; or the number is another's.
                        Ok(false) | Err(_) => Err(in_doubt()),
                    };
                }
                Ok(Some(status)) if status == "aborted" => return Err(lost),
                Ok(None) => return Err(lost),
                _ if Instant::now() >= until => return Err(in_doubt()),
                Ok(Some(_)) | Err(_) => std::thread::sleep(AGAIN_AFTER),
            }
        }
    }

    /// Whether the last transaction of all that were committed is this one.
    fn is_marked(&self) -> Result<bool, Fault> {
        let link = Link::Postgres(self.client()?);
        let row: Option<Vec<u8>> = one(link, sql::META_GET, [WRITERS], |row| row.get(0))?;
        Ok(row.is_some_and(|row| row.ends_with(&self.mark)))
    }

    fn status(&mut self) -> Result<Option<String>, Fault> {
        let client = Client::connect(&self.server)?;
        let link = Link::Postgres(&client);
        let status = one(link, sql::WRITER_ENDED, [self.transaction], |row| {
            row.get(0)
        })?;
        self.client = Some(client);
        Ok(status.flatten())
    }

    fn rollback(&mut self) {
        if let Some(client) = self.client.take() {
            client.forget();
            // A connection that cannot even do this is given up, and the server undoes its work.
            if client.batch("ROLLBACK").is_ok() {
                self.client = Some(client);
            }
        }
    }
}

fn execute(connection: &Connection, statement: &str) -> Result<(), Fault> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute([]))
        .map(|_| ())
        .map_err(fault)
}

/// A mark that no other transaction has.
fn new_mark() -> [u8; MARK_BYTES] {
    // Each of these has keys of its own, which the system drew.
    let half = || RandomState::new().hash_one(Instant::now()).to_be_bytes();
    let mut mark = [0; MARK_BYTES];
    mark[..8].copy_from_slice(&half());
    mark[8..].copy_from_slice(&half());
    mark
}

fn gone() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the connection to the database is gone: nothing was changed",
    )
    .remedy("try again in a moment")
}

fn in_doubt() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the database server went away while this was being written: it may have been done or not",
    )
    .remedy("look whether it was done once the server answers again, then try again if not")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use testkit::postgres::{Durable, Postgres, databases_on, psql};

    use super::*;

    #[test]
    fn a_commit_is_told_by_its_mark_and_not_by_a_number_that_another_one_got() {
        let postgres = Postgres::start(Durable::No);
        let [address, _] = databases_on(postgres.socket());
        let schema = address.rsplit("%3D").next().unwrap();
        let table = format!("CREATE TABLE {schema}.meta (key text PRIMARY KEY, value bytea)");
        psql(postgres.socket(), &table);
        let server = Server::at(address.as_str());
        let mut shared = Shared {
            home: Home::Data,
            client: Some(Client::connect(&server).unwrap()),
            server,
            transaction: 0,
            distributed: false,
            mark: new_mark(),
        };
        // Somebody commits under a number; whether that was this writer, the mark says.
        shared.client().unwrap().batch("BEGIN").unwrap();
        let link = Link::Postgres(shared.client().unwrap());
        let number = one(link, "SELECT txid_current()", (), |row| row.get(0));
        shared.transaction = number.unwrap().unwrap();
        shared.try_commit(7).unwrap();
        shared.ask_whether_committed(gone()).unwrap();
        shared.mark = new_mark();
        let doubt = shared.ask_whether_committed(gone()).unwrap_err();
        assert_eq!(doubt.to_string(), in_doubt().to_string());
    }
}
