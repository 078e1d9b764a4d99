//! `kept move`: from files to databases on a server, by way of the command line.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use testkit::postgres::{Durable, Postgres, databases_on, psql};

use crate::installation::Installation;
use crate::kept::{Kept, Run};
use crate::policies;

const CARD: &str = "--kind contact --met professional --origin business-card --purpose \
                    contact-relations";

/// A rehearsal in files, wherever the other tests run.
fn in_files() -> Installation {
    let kept = Kept::new();
    for file in ["policy.toml", "authorisation.toml"] {
        let text = fs::read_to_string(policies::assess_manager().join(file)).unwrap();
        kept.file(file, &text);
    }
    let line = "init --policy policy.toml --data D --rehearsal --at 2026-03-02T12:00";
    let made = kept
        .command(line.split_whitespace())
        .env_remove("KEPT_DATABASE")
        .env_remove("KEPT_KEYRING_DATABASE")
        .stdout(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    Installation::around_it(kept)
}

fn add(it: &Installation, surname: &str, address: &str) -> String {
    let line = format!(
        "add --json {CARD} --field identity.surname={surname} --field \
         contact-details.email={address}"
    );
    let added = it.run(line.split_whitespace()).ok().json();
    added["person"].as_str().unwrap().to_owned()
}

fn run(it: &Installation, line: &str) -> Run {
    it.run(line.split_whitespace())
}

fn moves(it: &Installation, [data, keyring]: &[String; 2], more: &str) -> Run {
    run(
        it,
        &format!("move --json --database {data} --keyring-database {keyring} {more}"),
    )
}

fn read(it: &Installation, person: &str) -> Run {
    let aim = "--recipient client-relations --purpose contact-relations";
    run(it, &format!("read {person} {aim}"))
}

fn found(it: &Installation, address: &str) -> Vec<Value> {
    let line = format!("find --json --field contact-details.email {address}");
    run(it, &line).ok().json()["people"]
        .as_array()
        .unwrap()
        .clone()
}

/// Whether the files of the data and of the keyring are there.
fn files(it: &Installation) -> Vec<bool> {
    let files = ["data/kept.db", "keyring/keyring.db"];
    files.map(|file| it.data().join(file).exists()).to_vec()
}

fn copy(folder: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").args([folder, to]).status();
    assert!(copied.unwrap().success());
}

/// The schema of an address, in which a test has its tables.
fn schema(address: &str) -> String {
    address.rsplit_once("%3D").unwrap().1.to_owned()
}

fn tables(server: &Postgres, schema: &str) -> String {
    let query = format!("SELECT COUNT(*) FROM pg_tables WHERE schemaname = '{schema}'");
    psql(server.socket(), &query).trim().to_owned()
}

#[test]
fn an_installation_moves_with_everything_and_goes_on_there() {
    let server = Postgres::start(Durable::No);
    let there = databases_on(server.socket());
    let it = in_files();
    it.ship_to(&["C1", "C2"]);
    fs::create_dir(it.around().folder().join("B")).unwrap();
    let odile = add(&it, "Vasseur", "odile@example.org");
    let paul = add(&it, "Kerbrat", "paul@example.org");
    let gone = add(&it, "Abgrall", "gone@example.org");
    run(
        &it,
        "account add --name Zoé_Garnier --email z@quai.example --role marketing",
    )
    .ok();
    run(
        &it,
        &format!(
            "consent give {odile} --purpose newsletters --origin electronic-form --proof \
             consent-proofs.consent-wording=Oui --proof consent-proofs.consent-means=form"
        ),
    )
    .ok();
    run(
        &it,
        &format!("forget {gone} --yes --reason no-longer-necessary"),
    )
    .ok();
    run(&it, "backup --to B").ok();
    let said = |line: &str| {
        let mut said = run(&it, line).ok().json();
        said.as_object_mut().unwrap().remove("receipt");
        said
    };
    let shown = [
        format!("show {odile} --json"),
        "count --json".to_owned(),
        "account list --json".to_owned(),
    ];
    let were = shown.each_ref().map(|line| said(line));
    let trace = run(&it, &format!("trace {odile} --json")).ok().json();

    // Nobody else may use it meanwhile; and to look changes nothing.
    let serving = it.serve();
    moves(&it, &there, "").exits(4).complains("in use");
    serving.end();
    let would = moves(&it, &there, "--dry-run").ok().json();
    let rows = would["rows"].as_u64().unwrap();
    assert!(rows > 30, "{would}");
    assert_eq!(tables(&server, &schema(&there[0])), "0");
    run(&it, "move")
        .exits(2)
        .complains("no databases were named");

    let moved = moves(&it, &there, "").ok().json();
    assert_eq!(moved["written"], moved["verified"]["rows"], "{moved}");
    assert_eq!(moved["files"], "destroyed");
    assert!(
        moved["verified"]["records-opened"].as_u64() > Some(2),
        "{moved}"
    );
    assert!(moved["written"].as_u64() >= Some(rows));
    assert_eq!(files(&it), [false, false]);
    assert_eq!(it.databases().as_ref(), Some(&there));
    let marks = format!(
        "SELECT (SELECT COUNT(*) FROM {}.meta WHERE key = 'moving') + (SELECT COUNT(*) FROM {}.meta \
         WHERE key = 'moving')",
        schema(&there[0]),
        schema(&there[1])
    );
    assert_eq!(psql(server.socket(), &marks).trim(), "0");

    // All is as it was.
    let are = shown.each_ref().map(|line| said(line));
    assert_eq!(are, were);
    let acts = |trace: &Value| trace["acts"].as_array().unwrap().len();
    let now = run(&it, &format!("trace {odile} --json")).ok().json();
    assert!(acts(&now) >= acts(&trace), "{now}");
    assert_eq!(found(&it, "odile@example.org"), [odile.as_str()]);
    assert!(found(&it, "gone@example.org").is_empty());
    read(&it, &odile).ok().says("Vasseur");
    read(&it, &gone).exits(5);
    run(
        &it,
        &format!("forget {paul} --yes --reason no-longer-necessary"),
    )
    .ok();
    assert!(found(&it, "paul@example.org").is_empty());
    run(&it, "keys rotate").ok();
    read(&it, &odile).ok().says("Vasseur");
    run(&it, "journal verify").ok();
    let entry = format!(
        "SELECT act FROM {}.entry WHERE seq = {}",
        schema(&there[0]),
        moved["entry"]
    );
    assert_eq!(psql(server.socket(), &entry).trim(), "163");
    run(&it, "backup --to B").ok();

    // There is nothing left to be done, and nowhere else to go.
    let again = moves(&it, &there, "").ok().json();
    assert_eq!(
        (&again["files"], &again["entry"]),
        (&"none".into(), &Value::Null)
    );
    let others = databases_on(server.socket());
    moves(&it, &others, "")
        .exits(3)
        .complains("on others than these");
}

#[test]
fn files_that_were_left_are_destroyed_by_the_next_move() {
    let server = Postgres::start(Durable::No);
    let there = databases_on(server.socket());
    let it = in_files();
    let odile = add(&it, "Vasseur", "odile@example.org");
    let moved = moves(&it, &there, "--keep-files").ok().json();
    assert_eq!(moved["files"], "left");
    assert_eq!(files(&it), [true, true]);
    read(&it, &odile).ok();
    run(&it, "move").ok().says("destroyed");
    assert_eq!(files(&it), [false, false]);
    read(&it, &odile).ok();
}

#[test]
fn what_was_kept_of_the_files_opens_nothing_once_the_keys_have_turned() {
    let server = Postgres::start(Durable::No);
    let there = databases_on(server.socket());
    let it = in_files();
    let odile = add(&it, "Vasseur", "odile@example.org");
    // What a disk may still have: the folder as it was, beside the keys as they are.
    copy(&it.data(), &it.around().folder().join("old"));
    let aim = "--recipient client-relations --purpose contact-relations --keys D.keys";
    let line = format!("read {odile} {aim} --data old");
    let old = || it.around().run(line.split_whitespace());
    moves(&it, &there, "").ok();
    run(
        &it,
        &format!("forget {odile} --yes --reason no-longer-necessary"),
    )
    .ok();
    old().ok().says("Vasseur");
    run(&it, "keys rotate").ok();
    let refused = old().exits(6);
    assert!(!refused.err().contains("Vasseur"));
}

#[test]
fn databases_that_hold_an_installation_are_refused_whosever_it_is() {
    let server = Postgres::start(Durable::No);
    let there = databases_on(server.socket());
    let it = in_files();
    let odile = add(&it, "Vasseur", "odile@example.org");
    copy(&it.data(), &it.around().folder().join("copy"));
    moves(&it, &there, "").ok();
    // An old copy of the folder must not be carried over what has gone on since.
    let [data, keyring] = &there;
    let line = format!("move --data copy --database {data} --keyring-database {keyring}");
    let words: Vec<&str> = line.split_whitespace().collect();
    let refused = it.around().run(&words);
    refused.exits(4).complains("holds an installation already");
    let other = in_files();
    let paul = add(&other, "Kerbrat", "paul@example.org");
    moves(&other, &there, "").exits(4).complains("already");
    assert_eq!(files(&other), [true, true]);
    read(&other, &paul).ok();
    read(&it, &odile).ok();
}

#[test]
fn a_move_that_was_killed_leaves_the_files_in_use_and_goes_on() {
    let server = Postgres::start(Durable::No);
    let socket = server.socket();
    let there = databases_on(socket);
    let it = in_files();
    let odile = add(&it, "Vasseur", "odile@example.org");
    let paul = add(&it, "Kerbrat", "paul@example.org");
    // The server takes its time over the journal: what comes before it is there by then.
    let data = schema(&there[0]);
    psql(
        socket,
        &format!(
            "CREATE FUNCTION {data}.wait() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN PERFORM pg_sleep(25); RETURN NEW; END $$;
             CREATE FUNCTION {data}.slow() RETURNS event_trigger LANGUAGE plpgsql AS
               $$ BEGIN
                 IF to_regclass('{data}.entry') IS NOT NULL AND NOT EXISTS
                   (SELECT FROM pg_trigger WHERE tgname = 'slow') THEN
                   CREATE TRIGGER slow BEFORE INSERT ON {data}.entry
                   EXECUTE FUNCTION {data}.wait();
                 END IF;
               END $$;
             CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
               EXECUTE FUNCTION {data}.slow();"
        ),
    );
    let [one, other] = &there;
    let line = format!("move --data D --database {one} --keyring-database {other}");
    let mut child = it
        .around()
        .command(line.split_whitespace())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while psql(socket, waits).trim() == "0" {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    psql(
        socket,
        "DROP EVENT TRIGGER slow; SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE wait_event = 'PgSleep'",
    );
    psql(socket, &format!("DROP TRIGGER slow ON {data}.entry"));
    let there_are = |table: &str| {
        let query = format!("SELECT COUNT(*) FROM {data}.{table}");
        psql(socket, &query).trim().to_owned()
    };
    assert_eq!(
        (there_are("subject"), there_are("entry")),
        ("2".into(), "0".into())
    );

    // It is in its files as before, and they go on: what is erased now must not be there then.
    assert!(it.databases().is_none());
    run(
        &it,
        &format!("forget {paul} --yes --reason no-longer-necessary"),
    )
    .ok();
    run(&it, "keys rotate").ok();
    let zoe = add(&it, "Garnier", "zoe@example.org");
    let moved = moves(&it, &there, "").ok().json();
    assert!(moved["there-already"].as_u64() > Some(0), "{moved}");
    assert!(moved["removed"].as_u64() > Some(0), "{moved}");
    assert_eq!(files(&it), [false, false]);
    read(&it, &odile).ok().says("Vasseur");
    read(&it, &zoe).ok().says("Garnier");
    read(&it, &paul).exits(5);
    assert!(found(&it, "paul@example.org").is_empty());
    run(&it, "journal verify").ok();
}
