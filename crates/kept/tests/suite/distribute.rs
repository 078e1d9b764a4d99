//! `kept distribute`. Citus itself is not at hand: functions of its names and signatures stand in for
//! it, on a real server.

use serde_json::Value;
use testkit::postgres::{Durable, Postgres, databases_on, psql};

use crate::installation::Installation;
use crate::kept::Kept;
use crate::policies;

const CITUS: &str = include_str!("distribute/citus.sql");
const NOON: &str = "2026-03-02T12:00";

fn policy() -> String {
    std::fs::read_to_string(policies::assess_manager().join("policy.toml")).unwrap()
}

fn calls(answer: &Value, database: &str) -> Vec<String> {
    let calls = answer[database].as_array().unwrap().iter();
    calls
        .map(|call| call.as_str().unwrap().to_owned())
        .collect()
}

fn add(it: &Installation, address: &str) -> String {
    let line = "add --json --kind contact --met professional --origin business-card --purpose \
                contact-relations --field identity.surname=Vasseur --field";
    let field = format!("contact-details.email={address}");
    let words = line.split_whitespace().chain([field.as_str()]);
    let added = it.run(words).ok().json();
    added["person"].as_str().unwrap().to_owned()
}

fn found(it: &Installation, address: &str) -> Vec<String> {
    let line = [
        "find",
        "--json",
        "--field",
        "contact-details.email",
        address,
    ];
    let found = it.run(line).ok().json();
    let people = found["people"].as_array().unwrap().iter();
    people.map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_cannot_be_distributed() {
    let kept = Kept::new();
    kept.file("policy.toml", policies::SHOP);
    let init = ["init", "--policy", ".", "--data", "D"];
    let made = kept
        .command(init)
        .env_remove("KEPT_DATABASE")
        .env_remove("KEPT_KEYRING_DATABASE")
        .status();
    assert!(made.unwrap().success());
    Installation::around_it(kept)
        .run(["distribute", "--dry-run"])
        .exits(4)
        .complains("databases are files");
}

#[test]
fn databases_on_servers_are_distributed_once_and_go_on_as_before() {
    let server = Postgres::start(Durable::No);
    let socket = server.socket();
    let databases = databases_on(socket);
    let it = Installation::on_databases(&policy(), NOON, &databases);
    let refused = |arguments: &[&str], why: &str| {
        let line = ["distribute", "--shards", "3"];
        let run = it.run(line.iter().chain(arguments));
        run.exits(4).complains(why);
    };
    refused(&[], "has no Citus");
    psql(socket, CITUS);
    refused(&[], "does not know its own coordinator");
    let node = |name: &str, group: u8, shards: bool| {
        psql(
            socket,
            &format!("INSERT INTO pg_dist_node VALUES ('{name}', {group}, true, {shards})"),
        );
    };
    node("coordinator", 0, false);
    refused(&["--dry-run"], "no machine to spread");
    node("worker", 1, true);

    let odile = add(&it, "odile@example.org");
    let asked = |query: &str| psql(socket, query).trim().to_owned();
    let line = ["distribute", "--shards", "3", "--json"];
    let would = it.run(line.iter().chain(&["--dry-run"])).ok().json();
    assert_eq!(would["dry-run"], true);
    assert_eq!(asked("SELECT COUNT(*) FROM citus.calls"), "0");
    let on_data = calls(&would, "data");
    assert_eq!(
        on_data[..2],
        [
            "SELECT create_distributed_table('subject', 'id', colocate_with => 'none', \
             shard_count => 3)",
            "SELECT create_distributed_table('record', 'subject_id', colocate_with => 'subject')",
        ]
    );

    // A key that somebody added and that does not hold the column: nothing of that database moves.
    let of = |at: usize| {
        let (_, schema) = databases[at].rsplit_once("%3D").unwrap();
        schema.to_owned()
    };
    let (data, keyring) = (of(0), of(1));
    psql(
        socket,
        &format!("CREATE UNIQUE INDEX odd ON {data}.record (id)"),
    );
    refused(&[], "refuses to take over the table `record`");
    let kept_in = |schema: &str| {
        asked(&format!(
            "SELECT COUNT(*) FROM pg_dist_partition JOIN pg_class ON pg_class.oid = logicalrelid
             WHERE relnamespace = '{schema}'::regnamespace"
        ))
    };
    assert_eq!(kept_in(&data), "0");
    psql(socket, &format!("DROP INDEX {data}.odd"));

    let done = it.run(line).ok().json();
    assert_eq!(calls(&done, "data"), on_data);
    assert!(done["entry"].is_u64(), "it stands in the journal: {done}");
    // The keyring's had been done before the data was refused.
    assert!(calls(&done, "keyring").is_empty());
    let of_keyring = calls(&would, "keyring")
        .iter()
        .filter(|call| !call.contains("truncate"))
        .count();
    assert_eq!(kept_in(&keyring), of_keyring.to_string());
    let again = it.run(line).ok().json();
    assert!(calls(&again, "data").is_empty() && again["entry"].is_null());
    it.run(["distribute"]).ok().says("distributed already");

    // People from before and after are found, read, put right, erased; the keys turn.
    assert_eq!(
        found(&it, "odile@example.org"),
        std::slice::from_ref(&odile)
    );
    let paul = add(&it, "paul@example.org");
    assert_eq!(found(&it, "paul@example.org"), std::slice::from_ref(&paul));
    let read = [
        "--recipient",
        "client-relations",
        "--purpose",
        "contact-relations",
    ];
    let reads = |who: &str| it.run(["read", who].iter().chain(&read)).code();
    assert_eq!((reads(&odile), reads(&paul)), (Some(0), Some(0)));
    it.run(["forget", &odile, "--yes", "--reason", "no-longer-necessary"])
        .ok();
    assert_ne!(reads(&odile), Some(0));
    assert!(found(&it, "odile@example.org").is_empty());
    it.run(["keys", "rotate"]).ok();
    assert_eq!(reads(&paul), Some(0));
    it.run(["journal", "verify"]).ok();
    let finished = asked("SELECT COUNT(*) FROM citus.calls WHERE call LIKE 'recover%'");
    assert_ne!(finished, "0", "what one machine owes was not asked for");
    let rows =
        format!("SELECT COUNT(*) FROM {data}.subject WHERE tableoid <> '{data}.subject'::regclass");
    assert_ne!(asked(&rows), "0", "people are in no shard");

    // A backup of it is restored where nothing is distributed.
    it.ship_to(&["C1", "C2"]);
    std::fs::create_dir(it.around().folder().join("B")).unwrap();
    it.run(["backup", "--to", "B"]).ok();
    let restore = "restore --from B --keyring C2 --data N --keys D.keys";
    it.around().run(restore.split_whitespace()).ok();
    let there = ["read", &paul, "--data", "N"];
    it.around().run(there.iter().chain(&read)).ok();

    // What an upgrade adds is missing, and nothing else.
    psql(
        socket,
        &format!("DELETE FROM pg_dist_partition WHERE logicalrelid = '{data}.webhook'::regclass"),
    );
    let missing = it.run(line).ok().json();
    assert_eq!(
        calls(&missing, "data"),
        ["SELECT citus_add_local_table_to_metadata('webhook')"]
    );
    psql(
        socket,
        &format!(
            "UPDATE pg_dist_partition SET repmodel = 't'
             WHERE logicalrelid = '{data}.meta'::regclass"
        ),
    );
    refused(&[], "`meta` in another way");
}
