//! The peer: PostgreSQL made compliant by hand, as well as it can honestly be done. One statement
//! and one round trip an operation; policy, objection and expiry in the `WHERE`; values encrypted
//! under a key of the subject's that is wrapped; the row of the log in the same transaction;
//! tombstones. It proves nothing to outsiders, and the journal of a bulk read is one row.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{Fault, FaultKind};
use kept::bench::attributes::{
    ACCESS, CATEGORIES, PURPOSES, SHARING, SOURCES, Sizes, data_of, decision_of, objected_purpose,
    purpose_of, role_at_first,
};
use kept::bench::operation::{Answer, Operation};
use tokio::runtime::{self, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};

/// What wraps the subjects' keys; the client has it, the database does not.
const MASTER: &[u8] = b"0123456789abcdef0123456789abcdef";

const SCHEMA: &str = "
CREATE EXTENSION pgcrypto;
CREATE TABLE subject_key (usr int PRIMARY KEY, wrapped bytea NOT NULL, iv bytea NOT NULL);
CREATE TABLE record (
  key bigint PRIMARY KEY, pur text NOT NULL, ttl timestamptz NOT NULL, usr int NOT NULL, obj text,
  dec text NOT NULL, acl text NOT NULL, shr text NOT NULL, src text NOT NULL, cat text NOT NULL,
  data bytea NOT NULL, iv bytea NOT NULL
);
CREATE TABLE tombstone (key bigint PRIMARY KEY, usr int NOT NULL, at timestamptz NOT NULL);
CREATE TABLE log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL, act text NOT NULL, pur text, usr int, keys bigint[] NOT NULL
);
CREATE INDEX log_usr ON log (usr);
";

/// The nine attributes are indexed, as the benchmark does.
const INDEXES: &str = "
CREATE INDEX ON record (pur); CREATE INDEX ON record (ttl); CREATE INDEX ON record (usr);
CREATE INDEX ON record (obj); CREATE INDEX ON record (dec); CREATE INDEX ON record (acl);
CREATE INDEX ON record (shr); CREATE INDEX ON record (src); CREATE INDEX ON record (cat);
ANALYZE;
";

/// An opened value of a record `r` with the key `k` of its subject.
const OPENED: &str =
    "decrypt_iv(r.data, decrypt_iv(k.wrapped, $1, k.iv, 'aes'), r.iv, 'aes') AS data";

/// The peer, filled.
pub(crate) struct Peer {
    folder: String,
    database: String,
    sizes: Sizes,
    created: AtomicUsize,
    roles: Mutex<Vec<usize>>,
}

/// A client's connection.
pub(crate) struct Connection<'p> {
    peer: &'p Peer,
    runtime: Runtime,
    client: Client,
    prepared: RefCell<HashMap<&'static str, Statement>>,
}

fn failed(error: tokio_postgres::Error) -> Fault {
    Fault::new(FaultKind::Unavailable, format!("the peer: {error}"))
}

fn connect(folder: &str, database: &str) -> Result<(Runtime, Client), Fault> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut config = Config::new();
    config.host_path(folder).user("kept").dbname(database);
    let (client, connection) = runtime
        .block_on(async { config.connect(NoTls).await })
        .map_err(failed)?;
    runtime.spawn(connection);
    Ok((runtime, client))
}

impl Peer {
    /// Fills a database of its own.
    pub(crate) fn fill(socket: &Path, database: &str, sizes: Sizes) -> Result<Self, Fault> {
        let folder = socket.display().to_string();
        let (runtime, client) = connect(&folder, "kept")?;
        let statement = format!("CREATE DATABASE {database}");
        runtime
            .block_on(client.batch_execute(&statement))
            .map_err(failed)?;
        let peer = Self {
            folder,
            database: database.to_owned(),
            sizes,
            created: AtomicUsize::new(sizes.records),
            roles: Mutex::new((0..PURPOSES).map(role_at_first).collect()),
        };
        let connection = peer.connect()?;
        connection.batch(SCHEMA)?;
        connection.run(
            "INSERT INTO subject_key SELECT usr, encrypt_iv(gen_random_bytes(32), $1, iv, 'aes'), iv
             FROM (SELECT usr, gen_random_bytes(16) AS iv FROM generate_series(0, $2::int - 1) AS usr
             OFFSET 0) AS fresh",
            &[&MASTER, &(sizes.people as i32)],
        )?;
        for (first, end) in (0..sizes.records)
            .step_by(10_000)
            .map(|first| (first, sizes.records.min(first + 10_000)))
        {
            let keys: Vec<i64> = (first..end).map(|key| key as i64).collect();
            let data: Vec<String> = (first..end).map(|key| data_of(key, 0)).collect();
            let dec: Vec<&str> = (first..end).map(decision_of).collect();
            connection.run(
                "INSERT INTO record SELECT n.key, 'purpose-' || n.key % 100,
                 now() + CASE WHEN n.key % 10 = 0 THEN interval '-1 day' ELSE interval '1 year' END,
                 n.key % $5::bigint, 'purpose-' || (n.key + 1) % 100, n.dec, 'access-' || n.key % 10,
                 'partner-' || n.key % 10, 'source-' || n.key % 10, 'category-' || n.key % 10,
                 encrypt_iv(convert_to(n.data, 'UTF8'), decrypt_iv(k.wrapped, $1, k.iv, 'aes'), n.iv, 'aes'),
                 n.iv FROM (SELECT key, data, dec, gen_random_bytes(16) AS iv
                 FROM unnest($2::bigint[], $3::text[], $4::text[]) AS n (key, data, dec) OFFSET 0) AS n
                 JOIN subject_key AS k ON k.usr = n.key % $5::bigint",
                &[&MASTER, &keys, &data, &dec, &(sizes.people as i64)],
            )?;
        }
        connection.batch(INDEXES)?;
        connection.batch("CHECKPOINT")?;
        Ok(peer)
    }

    /// A connection, for one client.
    pub(crate) fn connect(&self) -> Result<Connection<'_>, Fault> {
        let (runtime, client) = connect(&self.folder, &self.database)?;
        Ok(Connection {
            peer: self,
            runtime,
            client,
            prepared: RefCell::default(),
        })
    }
}

type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Connection<'_> {
    fn batch(&self, statements: &str) -> Result<(), Fault> {
        self.runtime
            .block_on(self.client.batch_execute(statements))
            .map_err(failed)
    }

    /// Runs a statement, prepared once a connection; gives how many rows it found.
    fn run(&self, text: &'static str, parameters: Parameters<'_>) -> Result<usize, Fault> {
        self.runtime.block_on(async {
            let known = self.prepared.borrow().get(text).cloned();
            let statement = match known {
                Some(statement) => statement,
                None => {
                    let statement = self.client.prepare(text).await.map_err(failed)?;
                    self.prepared.borrow_mut().insert(text, statement.clone());
                    statement
                }
            };
            let rows = self.client.query(&statement, parameters).await;
            rows.map(|rows| rows.len()).map_err(failed)
        })
    }

    /// Carries an operation out.
    pub(crate) fn carry_out(&self, operation: Operation) -> Result<Answer, Fault> {
        let found = match operation {
            Operation::Create => self.create()?,
            Operation::Delete(key) => self.run(DELETE.text(), &[&(key as i64)])?,
            Operation::UpdateByPurpose(purpose) => self.update_by_purpose(purpose)?,
            Operation::UpdateBySubject(usr) => {
                self.run(UPDATE_BY_SUBJECT.text(), &[&(usr as i32)])?
            }
            Operation::Update(key) => {
                let data = data_of(key, self.peer.created.load(Ordering::Relaxed) as u64 + 1);
                self.run(UPDATE.text(), &[&MASTER, &data.as_bytes(), &(key as i64)])?
            }
            Operation::UpdateMetadata(key) => {
                let objection = name("purpose", objected_purpose(purpose_of(key)));
                self.run(UPDATE_METADATA.text(), &[&objection, &(key as i64)])?
            }
            Operation::Erase(usr) => self.run(ERASE.text(), &[&(usr as i32)])?,
            reading => return self.read(reading),
        };
        let _ = found;
        Ok(Answer::Done)
    }

    fn read(&self, operation: Operation) -> Result<Answer, Fault> {
        let of_purpose = |purpose: usize| {
            (
                name("purpose", purpose),
                name("access", role_at_first(purpose)),
            )
        };
        let found = match operation {
            Operation::Read(key) => {
                let (purpose, role) = of_purpose(purpose_of(key));
                self.run(READ.text(), &[&MASTER, &(key as i64), &purpose, &role])?
            }
            Operation::ReadBySubject(usr) => {
                self.run(READ_BY_SUBJECT.text(), &[&MASTER, &(usr as i32)])?
            }
            Operation::ReadByPurpose(purpose) => {
                let (purpose, role) = of_purpose(purpose);
                self.run(READ_BY_PURPOSE.text(), &[&MASTER, &purpose, &role])?
            }
            Operation::ReadByObjection(objection) => {
                let (purpose, role) = of_purpose(objection);
                let to = name("purpose", objected_purpose(objection));
                self.run(READ_BY_OBJECTION.text(), &[&MASTER, &purpose, &role, &to])?
            }
            Operation::ReadMetadata(key) => self.run(READ_METADATA.text(), &[&(key as i64)])?,
            Operation::ReadMetadataBySubject(usr) => {
                self.run(READ_METADATA_BY_SUBJECT.text(), &[&(usr as i32)])?
            }
            Operation::ReadLog(entries) => {
                let found = self.run(READ_LOG.text(), &[&(entries as i64)])?;
                return Ok(Answer::Entries(found));
            }
            Operation::VerifyDeletion(key) => self.run(VERIFY_DELETION.text(), &[&(key as i64)])?,
            _ => 0,
        };
        Ok(Answer::Records(found))
    }

    fn create(&self) -> Result<usize, Fault> {
        let key = self.peer.created.fetch_add(1, Ordering::Relaxed);
        let purpose = purpose_of(key);
        let usr = self.peer.sizes.person_of(key) as i32;
        self.run(
            CREATE.text(),
            &[
                &MASTER,
                &(key as i64),
                &name("purpose", purpose),
                &usr,
                &name("purpose", objected_purpose(purpose)),
                &decision_of(key),
                &name("access", role_at_first(purpose)),
                &name("partner", key % SHARING),
                &name("source", key % SOURCES),
                &name("category", key % CATEGORIES),
                &data_of(key, 0).as_bytes(),
            ],
        )
    }

    fn update_by_purpose(&self, purpose: usize) -> Result<usize, Fault> {
        let role = {
            let mut roles = self.peer.roles.lock().unwrap();
            let first = role_at_first(purpose);
            roles[purpose] = match roles[purpose] == first {
                true => (first + 1) % ACCESS,
                false => first,
            };
            roles[purpose]
        };
        self.run(
            UPDATE_BY_PURPOSE.text(),
            &[&name("purpose", purpose), &name("access", role)],
        )
    }

    /// Deletes what is due, and vacuums; says how many records went.
    pub(crate) fn sweep(&self) -> Result<usize, Fault> {
        let found = self.run(SWEEP.text(), &[])?;
        self.batch("VACUUM record")?;
        Ok(found)
    }

    /// Those whose data is open for a purpose: counted, or their identifiers.
    pub(crate) fn audience(&self, purpose: usize, listed: bool) -> Result<usize, Fault> {
        let (purpose, role) = (
            name("purpose", purpose),
            name("access", role_at_first(purpose)),
        );
        match listed {
            false => self.run(COUNT.text(), &[&purpose, &role]),
            true => self.run(LIST.text(), &[&purpose, &role]),
        }
    }

    /// The bytes of its tables and indexes.
    pub(crate) fn bytes(&self) -> Result<i64, Fault> {
        let query = "SELECT pg_database_size(current_database())";
        let row = self.runtime.block_on(self.client.query_one(query, &[]));
        row.map(|row| row.get(0)).map_err(failed)
    }
}

fn name(sort: &str, number: usize) -> String {
    format!("{sort}-{number}")
}

/// A statement of several lines, made once.
struct Sql(std::sync::OnceLock<String>, fn() -> String);

impl Sql {
    fn text(&'static self) -> &'static str {
        self.0.get_or_init(self.1)
    }
}

macro_rules! statements {
    ($($name:ident = $text:expr;)+) => {
        $(static $name: Sql = Sql(std::sync::OnceLock::new(), || $text);)+
    };
}

/// A row of the log about what was found as `found`, and what the client is given.
fn logged(actor: &str, act: &str, purpose: &str, usr: &str, found: &str) -> String {
    format!(
        "WITH found AS ({found}), logged AS (INSERT INTO log (actor, act, pur, usr, keys)
         SELECT {actor}, '{act}', {purpose}, {usr}, coalesce(array_agg(key), '{{}}') FROM found)
         SELECT * FROM found"
    )
}

statements! {
    READ = logged("$4", "read", "$3", "min(usr)", &format!(
        "SELECT r.key, r.usr, {OPENED} FROM record AS r JOIN subject_key AS k USING (usr)
         WHERE r.key = $2 AND r.pur = $3 AND r.acl = $4 AND r.obj IS DISTINCT FROM $3
         AND r.ttl > now()"));
    READ_BY_SUBJECT = logged("'customer'", "copy", "NULL", "min(usr)", &format!(
        "SELECT r.key, r.usr, r.pur, r.ttl, r.obj, r.dec, r.acl, r.shr, r.src, r.cat, {OPENED}
         FROM record AS r JOIN subject_key AS k USING (usr) WHERE r.usr = $2 AND r.ttl > now()"));
    READ_BY_PURPOSE = logged("$3", "read", "$2", "NULL", &format!(
        "SELECT r.key, r.usr, {OPENED} FROM record AS r JOIN subject_key AS k USING (usr)
         WHERE r.pur = $2 AND r.acl = $3 AND r.obj IS DISTINCT FROM $2 AND r.ttl > now()"));
    READ_BY_OBJECTION = logged("$3", "read", "$2", "NULL", &format!(
        "SELECT r.key, r.usr, {OPENED} FROM record AS r JOIN subject_key AS k USING (usr)
         WHERE r.obj = $4 AND r.pur = $2 AND r.acl = $3 AND r.ttl > now()"));
    READ_METADATA = logged("'customer'", "read-metadata", "NULL", "min(usr)",
        "SELECT key, usr, pur, ttl, obj, dec, acl, shr, src, cat FROM record
         WHERE key = $1 AND ttl > now()");
    READ_METADATA_BY_SUBJECT = logged("'regulator'", "read-metadata", "NULL", "min(usr)",
        "SELECT key, usr, pur, ttl, obj, dec, acl, shr, src, cat FROM record
         WHERE usr = $1 AND ttl > now()");
    READ_LOG = "WITH logged AS (INSERT INTO log (actor, act, keys) VALUES ('regulator', 'read-log', '{}'))
        SELECT * FROM log ORDER BY id DESC LIMIT $1".to_owned();
    VERIFY_DELETION = logged("'regulator'", "verify-deletion", "NULL", "min(usr)",
        "SELECT key, usr, false AS gone FROM record WHERE key = $1 AND ttl > now()");
    CREATE = "WITH fresh AS (SELECT gen_random_bytes(16) AS iv, gen_random_bytes(16) AS key_iv OFFSET 0),
        made AS (INSERT INTO subject_key SELECT $4, encrypt_iv(gen_random_bytes(32), $1, key_iv, 'aes'),
        key_iv FROM fresh WHERE NOT EXISTS (SELECT 1 FROM subject_key WHERE usr = $4)
        ON CONFLICT DO NOTHING RETURNING wrapped, iv),
        known AS (SELECT wrapped, iv FROM made UNION ALL
        SELECT wrapped, iv FROM subject_key WHERE usr = $4),
        found AS (INSERT INTO record SELECT $2, $3, now() + interval '1 year', $4, $5, $6, $7, $8, $9,
        $10, encrypt_iv($11, decrypt_iv(known.wrapped, $1, known.iv, 'aes'), fresh.iv, 'aes'), fresh.iv
        FROM known, fresh LIMIT 1 RETURNING key),
        logged AS (INSERT INTO log (actor, act, pur, usr, keys)
        SELECT 'controller', 'create', $3, $4, array_agg(key) FROM found)
        SELECT * FROM found".to_owned();
    DELETE = "WITH found AS (DELETE FROM record WHERE key = $1 RETURNING key, usr),
        buried AS (INSERT INTO tombstone SELECT key, usr, now() FROM found ON CONFLICT DO NOTHING),
        logged AS (INSERT INTO log (actor, act, usr, keys)
        SELECT 'controller', 'delete', min(usr), coalesce(array_agg(key), '{}') FROM found)
        SELECT * FROM found".to_owned();
    ERASE = "WITH found AS (DELETE FROM record WHERE usr = $1 RETURNING key, usr),
        destroyed AS (DELETE FROM subject_key WHERE usr = $1),
        buried AS (INSERT INTO tombstone SELECT key, usr, now() FROM found ON CONFLICT DO NOTHING),
        logged AS (INSERT INTO log (actor, act, usr, keys)
        SELECT 'controller', 'erase', $1, coalesce(array_agg(key), '{}') FROM found)
        SELECT * FROM found".to_owned();
    UPDATE_BY_PURPOSE = "WITH found AS (UPDATE record SET acl = $2 WHERE pur = $1 RETURNING key),
        logged AS (INSERT INTO log (actor, act, pur, keys)
        SELECT 'controller', 'update-metadata', $1, coalesce(array_agg(key), '{}') FROM found)
        SELECT count(*) FROM found".to_owned();
    UPDATE_BY_SUBJECT = "WITH found AS (UPDATE record SET ttl = now() + interval '1 year'
        WHERE usr = $1 AND ttl > now() RETURNING key),
        logged AS (INSERT INTO log (actor, act, usr, keys)
        SELECT 'controller', 'update-metadata', $1, coalesce(array_agg(key), '{}') FROM found)
        SELECT count(*) FROM found".to_owned();
    UPDATE = "WITH fresh AS (SELECT gen_random_bytes(16) AS iv OFFSET 0),
        found AS (UPDATE record AS r SET iv = fresh.iv, data = encrypt_iv($2,
        decrypt_iv(k.wrapped, $1, k.iv, 'aes'), fresh.iv, 'aes') FROM subject_key AS k, fresh
        WHERE r.key = $3 AND k.usr = r.usr AND r.ttl > now() RETURNING r.key, r.usr),
        logged AS (INSERT INTO log (actor, act, usr, keys)
        SELECT 'customer', 'update', min(usr), coalesce(array_agg(key), '{}') FROM found)
        SELECT * FROM found".to_owned();
    UPDATE_METADATA = "WITH found AS (UPDATE record SET obj = CASE WHEN obj IS NULL THEN $1 END
        WHERE key = $2 AND ttl > now() RETURNING key, usr),
        logged AS (INSERT INTO log (actor, act, usr, keys)
        SELECT 'customer', 'update-metadata', min(usr), coalesce(array_agg(key), '{}') FROM found)
        SELECT * FROM found".to_owned();
    SWEEP = "WITH found AS (DELETE FROM record WHERE ttl <= now() RETURNING key, usr),
        buried AS (INSERT INTO tombstone SELECT key, usr, now() FROM found ON CONFLICT DO NOTHING),
        logged AS (INSERT INTO log (actor, act, usr, keys)
        SELECT 'job', 'sweep', usr, array_agg(key) FROM found GROUP BY usr)
        SELECT key FROM found".to_owned();
    COUNT = "WITH found AS (SELECT count(*) AS records FROM record WHERE pur = $1 AND acl = $2
        AND obj IS DISTINCT FROM $1 AND ttl > now()),
        logged AS (INSERT INTO log (actor, act, pur, keys) VALUES ($2, 'count', $1, '{}'))
        SELECT * FROM found".to_owned();
    LIST = logged("$2", "list", "$1", "NULL",
        "SELECT key, usr FROM record WHERE pur = $1 AND acl = $2
         AND obj IS DISTINCT FROM $1 AND ttl > now()");
}
