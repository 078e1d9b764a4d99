//! Every table, key, index and statement keeps the rules of a database that Citus spreads over several
//! machines; and each rule is seen to be broken where it is.

#![allow(
    clippy::expect_used,
    reason = "an expectation that fails is a test that fails"
)]

mod broken;
mod look;
mod rules;

use std::collections::BTreeSet;

use store::distribution::{self, Keeping};
use store::schema::{DATA, Dialect, KEYRING, Migration};
use store::sql::{ALL, Home};

use rules::{Rule, Schema};

/// The table of what was applied, which an installation's opening makes.
const MIGRATION: &str =
    "CREATE TABLE migration (number BIGINT NOT NULL PRIMARY KEY, checksum BYTEA NOT NULL)";

/// Statements that ask all machines, and why they may.
const OVER_SHARDS: &[(&str, &str)] = &[
    (
        "SUBJECTS_DUE",
        "the sweep looks for the next people; each is decided on alone",
    ),
    ("EARLIEST_DUE", "a figure for whoever runs the server"),
    (
        "SUBJECTS_AFTER",
        "everybody, page by page; each is decided on alone",
    ),
    (
        "SUBJECT_VERSIONS",
        "everybody, for a figure that is counted anew when it is out of date",
    ),
    ("SUBJECT_COUNT", "a count"),
    (
        "ORGANISATION_PEOPLE",
        "the people of an organisation, each decided on alone",
    ),
    (
        "RECORDS_TOMBSTONED",
        "what a crash left to be finished, whoever it belongs to",
    ),
    ("RECORD_COUNTS", "a count"),
    (
        "MESSAGE_NEXT",
        "the next message, whoever it is for; its person is decided on alone",
    ),
    ("MESSAGE_COUNTS", "a count"),
    ("MESSAGES_SINCE", "a count"),
    ("MESSAGES_OPEN", "a list for staff"),
    ("MESSAGES_DUE", "a count"),
    ("MESSAGES_AT_WORK", "a count"),
    (
        "MESSAGES_MOVE",
        "messages of a crash or of an order to try again, all of them",
    ),
    (
        "KEYS_AFTER",
        "the turn of the keys goes through all of them",
    ),
    (
        "EPOCH_KEYS",
        "a count, made once all commits are seen to have ended",
    ),
    (
        "EPOCH_LOOK_UPS",
        "a count, made once all commits are seen to have ended",
    ),
    (
        "EPOCH_SUPPRESSIONS",
        "a count, made once all commits are seen to have ended",
    ),
    (
        "LOOK_UPS_OPEN",
        "what a crash left to be settled, whoever it belongs to",
    ),
    (
        "LOOK_UP_CONFIRM",
        "by the record: the value, and so its token, is not at hand",
    ),
    (
        "LOOK_UP_FORGET",
        "by the record: the value, and so its token, is not at hand",
    ),
    (
        "LOOK_UPS_OF_EPOCH",
        "the turn of the keys goes through all of them",
    ),
    (
        "LOOK_UPS_OF",
        "by the record: the value, and so its token, is not at hand",
    ),
    (
        "SUPPRESSIONS_OF_EPOCH",
        "the turn of the keys goes through all of them",
    ),
];

/// Statements that hold on one machine, and why they may.
const ONE_MACHINE: &[(&str, &str)] = &[
    (
        "WRITER_TURN",
        "whoever writes does so through the coordinator",
    ),
    (
        "KEY_WRITER_TURN",
        "whoever writes does so through the coordinator",
    ),
];

fn migrations(home: Home) -> &'static [Migration] {
    match home {
        Home::Data => DATA,
        Home::Keyring => KEYRING,
    }
}

fn kept(home: Home) -> impl Fn(&str) -> Option<Keeping> {
    move |name| {
        let found = distribution::of(home).find(|table| table.name == name);
        found.map(|table| table.keeping)
    }
}

#[test]
fn every_table_key_and_index_keeps_the_rules() {
    for home in [Home::Data, Home::Keyring] {
        let keeping = kept(home);
        let mut schema = Schema::new(&keeping);
        assert!(schema.change(MIGRATION).is_empty());
        for migration in migrations(home) {
            let text = migration.statements(Dialect::Postgres).unwrap_or_default();
            for statement in text.split(';').filter(|text| !text.trim().is_empty()) {
                // A table that a later migration drops needs no place.
                let breaches = schema.change(statement);
                let dropped = breaches == BTreeSet::from([Rule::UnknownTable])
                    && statement.contains("CREATE TABLE aggregate");
                assert!(breaches.is_empty() || dropped, "{statement}: {breaches:?}");
            }
        }
        let named: BTreeSet<String> = distribution::of(home)
            .map(|table| table.name.to_owned())
            .collect();
        assert_eq!(schema.tables(), named, "{home:?}");
        assert_eq!(
            named.len(),
            distribution::of(home).count(),
            "one row a table"
        );
    }
    assert!(
        distribution::TABLES
            .iter()
            .all(|table| !table.why.is_empty())
    );
}

#[test]
fn every_statement_keeps_the_rules() {
    let mut over_shards = BTreeSet::new();
    for home in [Home::Data, Home::Keyring] {
        let keeping = kept(home);
        let mut schema = Schema::new(&keeping);
        schema.change(MIGRATION);
        for migration in migrations(home) {
            schema.change(&migration.statements(Dialect::Postgres).unwrap_or_default());
        }
        for (_, name, text) in ALL.iter().filter(|(of, ..)| *of == home) {
            let mut breaches = schema.check(text);
            if breaches.remove(&Rule::OverShards) {
                over_shards.insert(*name);
            }
            if ONE_MACHINE.iter().any(|(listed, _)| listed == name) {
                assert!(
                    breaches.remove(&Rule::OneMachine),
                    "{name} need not be listed"
                );
            }
            assert!(breaches.is_empty(), "{name}: {breaches:?}");
        }
        // Whole tables, page by page, read while nobody writes: of backups and moves.
        let log = (home == Home::Keyring).then(store::tables::log);
        for table in store::tables::of(home).into_iter().chain(log) {
            for text in table.statements() {
                let mut breaches = schema.check(&text);
                breaches.remove(&Rule::OverShards);
                assert!(breaches.is_empty(), "{text}: {breaches:?}");
            }
        }
    }
    let listed: BTreeSet<&str> = OVER_SHARDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        over_shards, listed,
        "what asks all machines, on the left, is what is listed with a reason, on the right"
    );
}
