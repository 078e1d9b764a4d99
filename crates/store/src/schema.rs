//! The schema of both databases, as migrations: forward only, checksummed, never opening a value.
//!
//! One text serves SQLite and PostgreSQL: `{bytes}`, `{int}` and `{table}` stand for what differs. A step
//! that changes one of them only is counted in both.
//! What hangs on a person has the person's id first in its primary key, so that the tables can be
//! distributed on it.

use domain::{Fault, FaultKind};
use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};

use crate::error::fault;
use crate::link::Link;
use crate::postgres::Client;
use crate::rows::{all, one, put};
use crate::session::WRITERS_ROW;
use crate::sql::Home;

/// One step of a schema.
pub struct Migration {
    /// Its number, from 1, without gaps.
    pub number: u32,
    /// The statements, with placeholders for the types that differ.
    pub text: &'static str,
    /// The one database that it changes; nothing where it changes both.
    pub only: Option<Dialect>,
}

/// A step of either database.
const fn both(number: u32, text: &'static str) -> Migration {
    Migration {
        number,
        text,
        only: None,
    }
}

/// The data: subjects, records, journal; accounts.
pub const DATA: &[Migration] = &[
    both(1, include_str!("schema/data-1.sql")),
    // Figures to which chance is added (10h, decision 11); exact ones are not carried over.
    both(2, include_str!("schema/data-2.sql")),
    // Documents that stand apart from the policy, every version of each (3b).
    both(3, include_str!("schema/data-3.sql")),
    // Who may do what: the authorisations that were applied (9c).
    both(4, include_str!("schema/data-4.sql")),
    // Accounts of those who work with the data (21a, 21c, decision 14).
    both(5, include_str!("schema/data-5.sql")),
    // Undertakings of confidentiality, and the review of programs' keys (9b, 21a, decision 18).
    both(6, include_str!("schema/data-6.sql")),
    // What programs asked for, so that nothing is done twice (decision 19).
    both(7, include_str!("schema/data-7.sql")),
    // Messages that people are owed: the outbox (26a, 6c, decision 17).
    both(8, include_str!("schema/data-8.sql")),
    // Where programs are told of what happens, and what is on its way to them (decision 19).
    both(9, include_str!("schema/data-9.sql")),
    // Sign-ins that are under way, and how much clients ask of each copy of Kept (21c, decision 21).
    both(10, include_str!("schema/data-10.sql")),
    // The latest entries by person, before they are put among the others (decision 26).
    both(11, include_str!("schema/data-11.sql")),
    // A file's journal in the order of its places, each page filled before the next (decision 26).
    Migration {
        number: 12,
        text: include_str!("schema/data-12.sql"),
        only: Some(Dialect::Sqlite),
    },
];

/// The keyring: record keys, look-ups, suppressions, period keys, epochs.
pub const KEYRING: &[Migration] = &[
    both(1, include_str!("schema/keyring-1.sql")),
    // The log of restrictive acts, where the keyring is on a server (mechanism, 6).
    both(2, include_str!("schema/keyring-2.sql")),
];

/// Which database a text is written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// The embedded database.
    Sqlite,
    /// The server.
    Postgres,
}

impl Migration {
    /// The statements for one database; none where nothing changes there.
    #[must_use]
    pub fn statements(&self, dialect: Dialect) -> Option<String> {
        let changes = self.only.is_none_or(|only| only == dialect);
        changes.then(|| for_dialect(self.text, dialect))
    }
}

fn for_dialect(text: &str, dialect: Dialect) -> String {
    let (bytes, int, text_type, table) = match dialect {
        Dialect::Sqlite => ("BLOB", "INTEGER", " TEXT", " STRICT, WITHOUT ROWID"),
        // Text is compared byte by byte, as the embedded database does.
        Dialect::Postgres => ("BYTEA", "BIGINT", " TEXT COLLATE \"C\"", ""),
    };
    text.replace("{bytes}", bytes)
        .replace("{int}", int)
        .replace(" TEXT", text_type)
        .replace(" {table}", table)
}

/// What tells a migration from another: the digest of its text.
#[must_use]
pub fn checksums(migrations: &[Migration]) -> Vec<[u8; 32]> {
    let of = |migration: &Migration| Sha256::digest(migration.text).into();
    migrations.iter().map(of).collect()
}

/// The migrations of a database.
#[must_use]
pub fn of(home: Home) -> &'static [Migration] {
    match home {
        Home::Data => DATA,
        Home::Keyring => KEYRING,
    }
}

/// The table of what was applied.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    number {int} NOT NULL PRIMARY KEY, checksum {bytes} NOT NULL) {table}";
const APPLIED: &str = "SELECT number, checksum FROM migration ORDER BY number";
const APPLY: &str = "INSERT INTO migration (number, checksum) VALUES ($1, $2)";
/// Copies of Kept that start at once take their turns.
const TURNS: &str = "SELECT pg_advisory_xact_lock(7595715893476)";
const IS_MADE: &str = "SELECT 1 WHERE to_regclass('migration') IS NOT NULL";

/// Brings a file to the newest schema that this program knows.
///
/// # Errors
/// [`FaultKind::Conflict`] when the database is newer than the program, [`FaultKind::Integrity`]
/// when a migration that was applied differs from the one that this program carries.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<(), Fault> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault)?;
    let run = |text: &str| tx.execute_batch(text).map_err(fault);
    apply(Link::Sqlite(&tx), (migrations, Dialect::Sqlite), run)?;
    tx.commit().map_err(fault)
}

/// Brings a database on a server to the newest schema that this program knows.
///
/// # Errors
/// As [`migrate`].
pub(crate) fn migrate_server(client: &Client, migrations: &[Migration]) -> Result<(), Fault> {
    client.batch("BEGIN")?;
    let migrated = one(Link::Postgres(client), TURNS, (), |_| Ok(())).and_then(|_| {
        let run = |text: &str| client.batch(text);
        apply(Link::Postgres(client), (migrations, Dialect::Postgres), run)?;
        client.batch(WRITERS_ROW)
    });
    match migrated {
        Ok(()) => client.batch("COMMIT"),
        Err(failed) => {
            client.forget();
            // What fails here as well leaves nothing either: the connection ends.
            let _ = client.batch("ROLLBACK");
            Err(failed)
        }
    }
}

/// Whether a server's database has Kept's tables already.
pub(crate) fn is_made(client: &Client) -> Result<bool, Fault> {
    Ok(one(Link::Postgres(client), IS_MADE, (), |_| Ok(()))?.is_some())
}

fn apply(
    link: Link<'_>,
    (migrations, dialect): (&[Migration], Dialect),
    run: impl Fn(&str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    run(&for_dialect(TABLE, dialect))?;
    let applied: Vec<(u32, Vec<u8>)> =
        all(link, APPLIED, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
    if applied.len() > migrations.len() {
        return Err(Fault::new(
            FaultKind::Conflict,
            "this installation was written by a newer version of Kept",
        )
        .remedy("use the version of Kept that wrote it, or a newer one"));
    }
    for (migration, (_, checksum)) in migrations.iter().zip(&applied) {
        if Sha256::digest(migration.text).as_slice() != checksum.as_slice() {
            return Err(Fault::new(
                FaultKind::Integrity,
                "this installation's schema is not one that this program made",
            )
            .remedy("use the version of Kept that wrote it"));
        }
    }
    for migration in &migrations[applied.len()..] {
        if let Some(text) = migration.statements(dialect) {
            run(&text)?;
        }
        let checksum = Sha256::digest(migration.text);
        put(link, APPLY, (migration.number, checksum.as_slice()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    #[test]
    fn an_installation_from_before_documents_goes_on_with_what_it_holds() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &DATA[..2]).unwrap();
        connection
            .execute_batch("INSERT INTO meta (key, value) VALUES ('kept', x'01')")
            .unwrap();
        migrate(&mut connection, DATA).unwrap();
        let count = |table: &str| -> u32 {
            let text = format!("SELECT COUNT(*) FROM {table}");
            connection.query_row(&text, [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count("meta"), count("document")), (1, 0));
        assert_eq!(count("migration") as usize, DATA.len());
        // A program from before does not touch it.
        let newer = migrate(&mut connection, &DATA[..2]).unwrap_err();
        assert_eq!(newer.kind, FaultKind::Conflict);
    }

    #[test]
    fn a_journal_from_before_it_was_kept_in_the_order_of_its_places_is_whole() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &DATA[..11]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO entry VALUES (1, x'0102', NULL, NULL, NULL, NULL);
                 INSERT INTO entry VALUES (0, x'0304', 5, 6, 7, x'08')",
            )
            .unwrap();
        let entries = |connection: &Connection| {
            let mut statement = connection
                .prepare("SELECT seq, commitment, at, act, period, detail FROM entry ORDER BY seq")
                .unwrap();
            let of = |row: &rusqlite::Row<'_>| {
                let cell = |place| row.get::<_, rusqlite::types::Value>(place).unwrap();
                Ok((0..6).map(cell).collect::<Vec<_>>())
            };
            let rows = statement.query_map([], of).unwrap();
            rows.collect::<Result<Vec<_>, _>>().unwrap()
        };
        let before = entries(&connection);
        migrate(&mut connection, DATA).unwrap();
        assert_eq!(entries(&connection), before);
        assert_eq!(before.len(), 2);
        let by_place: i64 = connection
            .query_row("SELECT rowid FROM entry WHERE seq = 1", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(by_place, 1);
    }
}
