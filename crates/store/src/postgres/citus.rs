//! A database that Citus spreads over several machines: what is there, and the calls that spread it.

use std::collections::HashMap;
use std::time::Duration;

use domain::{Fault, FaultKind};

use super::client::Client;
use super::server::Server;
use crate::distribution::{self, Call, Found, Plan};
use crate::link::Link;
use crate::rows::{all, one, run};
use crate::session::DISTRIBUTED;
use crate::sql::{self, Home};

/// How long one call may take: it copies all rows of a table.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

const EXTENSION: &str = "SELECT 1 FROM pg_extension WHERE extname = 'citus'";
const NODES: &str = "SELECT (SELECT COUNT(*) FROM pg_dist_node WHERE groupid = 0),
    (SELECT COUNT(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards)";
const FOUND: &str = "SELECT relname::text, partmethod::text, repmodel::text,
    column_to_column_name(logicalrelid, partkey), colocationid
    FROM pg_dist_partition JOIN pg_class ON pg_class.oid = logicalrelid
    WHERE relnamespace = current_schema()::regnamespace";
const LEFT: &str = "SELECT relname::text
    FROM pg_dist_partition JOIN pg_class ON pg_class.oid = logicalrelid
    WHERE relnamespace = current_schema()::regnamespace
    AND (partmethod = 'h' OR repmodel = 't') AND pg_relation_size(logicalrelid) > 0";
const FINISH: &str = "SELECT recover_prepared_transactions()";

/// Makes every machine show what was committed before: where one was lost in the middle of a commit,
/// what it had promised is kept. To be asked by whoever has the turn to write; on a connection of its
/// own, as it ends transactions elsewhere and belongs to none.
pub(crate) fn finish_commits(server: &Server) -> Result<(), Fault> {
    finish_commits_on(Link::Postgres(&Client::connect(server)?))
}

fn finish_commits_on(link: Link<'_>) -> Result<(), Fault> {
    one(link, FINISH, (), |_| Ok(())).map(|_| ())
}

/// Begins a transaction that reads one state of the whole database: of one that is spread, while
/// nobody writes, as each machine shows a moment of its own.
pub(crate) fn begin_instant(client: &Client) -> Result<(), Fault> {
    let link = Link::Postgres(client);
    if one(link, sql::META_GET, [DISTRIBUTED], |_| Ok(()))?.is_none() {
        return client.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    finish_commits_on(link)?;
    client.batch("BEGIN READ ONLY")?;
    one(link, sql::WRITER_TURN, (), |_| Ok(())).map(|_| ())
}

/// What is to be called to spread a database.
///
/// # Errors
/// [`FaultKind::Conflict`] when the server has no Citus, or a table is kept in another way;
/// [`FaultKind::Unavailable`] when there is no machine to spread it over.
pub(crate) fn plan(home: Home, server: &Server, shards: u32) -> Result<Plan, Fault> {
    missing(home, &Client::connect(server)?, server, shards)
}

/// Spreads a database: all of it or nothing, while nobody writes. Gives what was called.
///
/// # Errors
/// As [`plan`]; [`FaultKind::Conflict`] when Citus refuses a call.
pub(crate) fn distribute(home: Home, server: &Server, shards: u32) -> Result<Plan, Fault> {
    let patient = Server {
        statement: PATIENCE,
        ..server.clone()
    };
    let client = Client::connect(&patient)?;
    client.batch("BEGIN")?;
    let done = hold(home, &client)
        .and_then(|()| missing(home, &client, server, shards))
        .and_then(|plan| spread(&client, plan, shards));
    let plan = match done {
        Ok(plan) => plan,
        Err(failed) => {
            client.forget();
            // What fails here as well leaves nothing either: the connection ends.
            let _ = client.batch("ROLLBACK");
            return Err(failed);
        }
    };
    client.batch("COMMIT")?;
    plan.clear.iter().try_for_each(|call| make(&client, call))?;
    Ok(plan)
}

/// Waits until nobody writes, and holds everybody up who wants to.
fn hold(home: Home, client: &Client) -> Result<(), Fault> {
    let link = Link::Postgres(client);
    let (turn, waits) = match home {
        Home::Data => (sql::WRITER_TURN, sql::WRITER_WAITS),
        Home::Keyring => (sql::KEY_WRITER_TURN, sql::KEY_WRITER_WAITS),
    };
    one(link, turn, (), |_| Ok(()))?;
    one(link, waits, (), |_| Ok(())).map(|_| ())
}

fn missing(home: Home, client: &Client, server: &Server, shards: u32) -> Result<Plan, Fault> {
    let link = Link::Postgres(client);
    if one(link, EXTENSION, (), |_| Ok(()))?.is_none() {
        return Err(Fault::new(
            FaultKind::Conflict,
            format!("{} has no Citus", server.name()),
        )
        .remedy(
            "install Citus there, run `CREATE EXTENSION citus` in that database, then try again",
        ));
    }
    let nodes: Option<(u64, u64)> = one(link, NODES, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
    match nodes {
        Some((0, _)) | None => {
            return Err(machines("Citus does not know its own coordinator").remedy(
                "run `SELECT citus_set_coordinator_host('HOST')` in that database, then try again",
            ));
        }
        Some((_, 0)) => {
            return Err(machines("there is no machine to spread the data over").remedy(
                "add one with `SELECT citus_add_node('HOST', 5432)` in that database, then try again",
            ));
        }
        Some(_) => {}
    }
    let found: HashMap<String, Found> = all(link, FOUND, (), |row| {
        let (method, model): (String, String) = (row.get(1)?, row.get(2)?);
        let column: Option<String> = row.get(3)?;
        let group: i64 = row.get(4)?;
        let found = match (method.as_str(), model.as_str(), column) {
            ("h", _, Some(column)) => Found::Distributed { column, group },
            ("n", "t", None) => Found::Reference,
            ("n", _, None) if group == 0 => Found::Coordinator,
            _ => Found::Otherwise,
        };
        Ok((row.get(0)?, found))
    })?
    .into_iter()
    .collect();
    let left: Vec<String> = all(link, LEFT, (), |row| row.get(0))?;
    distribution::plan(home, &found, &left, shards)
}

fn spread(client: &Client, plan: Plan, shards: u32) -> Result<Plan, Fault> {
    if plan.spread.is_empty() {
        return Ok(plan);
    }
    client.batch(
        "SET LOCAL statement_timeout = 0;
         SET LOCAL citus.enable_local_reference_table_foreign_keys = off",
    )?;
    let mark = (DISTRIBUTED, shards.to_be_bytes());
    run(Link::Postgres(client), sql::META_PUT, mark)?;
    plan.spread.iter().try_for_each(|call| make(client, call))?;
    Ok(plan)
}

fn make(client: &Client, call: &Call) -> Result<(), Fault> {
    client.batch(&call.text).map_err(|refused| {
        if refused.kind == FaultKind::Unavailable {
            return refused;
        }
        Fault::new(
            FaultKind::Conflict,
            format!("Citus refuses to take over the table `{}`", call.table),
        )
        .remedy("see the server's log for its reason; what had been done so far is undone")
        .because(refused)
    })
}

fn machines(message: &str) -> Fault {
    Fault::new(FaultKind::Conflict, message)
}
