//! Rules that every source file keeps.

use std::collections::BTreeSet;
use std::fs;

use regex::Regex;

use crate::repository::{none, product_sources, root, text_files};

/// Long files are seldom one subject.
const LINES_MAX: usize = 600;

/// The files that may look at a personal value: they seal, normalise or render it.
const LOOKS_AT_VALUES: &[&str] = &[
    "crates/domain/src/personal.rs",
    // Renders what a recorded grant has opened.
    "crates/kept/src/cli/read.rs",
    // Seals what is written.
    "crates/door/src/change.rs",
    // Takes the look-up hashes of what comes in.
    "crates/services/src/collect.rs",
    // Finds the address that a message goes to, and puts it on the message.
    "crates/services/src/announce/address.rs",
    "crates/mail/src/envelope.rs",
    // Renders the copy that a person has a right to.
    "crates/services/src/copy/sheet.rs",
    // Puts what is right in the place of what is wrong.
    "crates/services/src/correct.rs",
    // Compares a hit with the value that was asked for.
    "crates/services/src/find.rs",
    // Keeps names in memory for finding people by them, and compares each hit.
    "crates/services/src/search.rs",
    // Puts the name of a person together, for a page.
    "crates/services/src/view.rs",
    // Puts on a page what a recorded grant has opened.
    "crates/web/src/api/data.rs",
    "crates/web/src/fill/beside.rs",
    "crates/web/src/fill/person.rs",
    // Says which fields a proof or a reason has.
    "crates/services/src/statement.rs",
    // Counts a value into its statistic before it goes.
    "crates/services/src/statistics.rs",
];

#[test]
fn files_stay_short() {
    let mut findings = Vec::new();
    for file in product_sources() {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            findings.push(format!(
                "{} has {lines} lines, at most {LINES_MAX}",
                file.path
            ));
        }
    }
    none("files that are too long", &findings);
}

#[test]
fn only_the_listed_files_look_at_personal_values() {
    let mut found = BTreeSet::new();
    for file in product_sources() {
        if file.product_code().contains(".disclose()") || file.text.contains("fn disclose(") {
            found.insert(file.path);
        }
    }
    let listed: BTreeSet<String> = LOOKS_AT_VALUES.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(
        found, listed,
        "left: files that look at values; right: those that may"
    );
}

#[test]
fn only_the_command_line_acts_for_the_owner_of_the_machine() {
    let mut findings = Vec::new();
    for file in product_sources() {
        let may = [
            "crates/kept/src/cli/",
            "crates/kept/src/bench/",
            "crates/services/src/access/",
        ];
        let named = file.product_code().contains("Who::CommandLine");
        if named && !may.iter().any(|folder| file.path.starts_with(folder)) {
            findings.push(file.path);
        }
    }
    none("files that act without a session or a key", &findings);
}

#[test]
fn the_store_cannot_name_a_personal_value() {
    let mut findings = Vec::new();
    for file in product_sources()
        .iter()
        .filter(|file| file.crate_name() == Some("store"))
    {
        for word in ["Personal", "Payload", "disclose"] {
            let named = Regex::new(&format!(r"\b{word}\b")).expect("a pattern");
            let code: String = file
                .product_code()
                .lines()
                .map(|line| format!("{}\n", line.split("//").next().unwrap_or_default()))
                .collect();
            if named.is_match(&code) {
                findings.push(format!("{} names {word}", file.path));
            }
        }
    }
    none("`store` sees sealed bytes only", &findings);
}

#[test]
fn logs_and_failures_carry_no_values() {
    let macros = Regex::new(
        r"(?s)\b(?:trace|debug|info|warn|error|eprintln|eprint|panic|unreachable)!\s*\((.*?)\);",
    )
    .expect("a pattern");
    let value = Regex::new(r"disclose\(|[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[a-z]").expect("a pattern");
    let mut findings = Vec::new();
    for file in product_sources() {
        for call in macros.captures_iter(file.product_code()) {
            if value.is_match(&call[1]) {
                findings.push(format!("{}: {}", file.path, call[0].trim()));
            }
        }
    }
    none("messages that carry a value", &findings);
}

#[test]
fn there_are_no_stubs_and_no_tests_that_do_not_run() {
    // Put together here, so that this file does not find itself.
    let words = [
        concat!("#[ign", "ore"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("assert!(", "true)"),
        concat!("d", "bg!("),
    ];
    let mut findings = Vec::new();
    for file in text_files()
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
    {
        for (index, line) in file.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                findings.push(format!("{}:{}: {word}", file.path, index + 1));
            }
        }
    }
    none("stubs and tests that do not run", &findings);
}

#[test]
fn no_controller_of_a_policy_stands_in_code() {
    let mut names = Vec::new();
    for file in text_files()
        .iter()
        .filter(|f| f.path.starts_with("policies/"))
    {
        if let Ok(policy) = toml::from_str::<toml::Table>(&file.text)
            && let Some(name) = policy.get("controller").and_then(|table| table.get("name"))
        {
            names.extend(name.as_str().map(str::to_owned));
        }
    }
    assert_eq!(
        names.is_empty(),
        !root().join("policies").exists(),
        "each policy has a controller"
    );
    let mut findings = Vec::new();
    for file in product_sources() {
        for name in names
            .iter()
            .filter(|name| file.product_code().contains(name.as_str()))
        {
            findings.push(format!("{} names {name}", file.path));
        }
    }
    none("what belongs to one policy stands in code", &findings);
}

#[test]
fn snapshots_are_reviewed_and_in_use() {
    let mut findings = Vec::new();
    for file in text_files() {
        if file.path.ends_with(".snap.new") || file.path.ends_with(".pending-snap") {
            findings.push(format!("{} waits for review", file.path));
        }
        if file.path.ends_with(".snap")
            && let Some(source) = file
                .text
                .lines()
                .find_map(|line| line.strip_prefix("source: "))
            && fs::metadata(root().join(source)).is_err()
        {
            findings.push(format!("{} belongs to {source}, which is gone", file.path));
        }
    }
    none("snapshots", &findings);
}
