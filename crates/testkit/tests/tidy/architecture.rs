//! The map in ARCHITECTURE.md is the territory.

use std::collections::BTreeSet;
use std::fs;

use regex::Regex;

use crate::repository::{TextFile, dependencies, none, product_sources, root};

/// A line of the map: a crate and the crates that it may reach.
struct Mapped {
    name: String,
    reaches: BTreeSet<String>,
}

/// The map's lines, from the top down.
fn map() -> Vec<Mapped> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let (_, after) = page
        .split_once("\ncrates/\n")
        .expect("the map begins with `crates/`");
    let (block, _) = after.split_once("```").expect("the map ends");
    block
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (name, about) = line
                .trim()
                .split_once('/')
                .expect("a line begins with `name/`");
            let reaches = about.split_once("->").map_or("", |(_, reaches)| reaches);
            let reaches = reaches
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|n| !n.is_empty());
            Mapped {
                name: name.to_owned(),
                reaches: reaches.collect(),
            }
        })
        .collect()
}

#[test]
fn the_map_shows_every_crate_and_every_arrow() {
    let crates = dependencies();
    let map = map();
    let mapped: BTreeSet<&str> = map.iter().map(|line| line.name.as_str()).collect();
    let existing: BTreeSet<&str> = crates.keys().map(String::as_str).collect();
    assert_eq!(
        mapped, existing,
        "the crates in ARCHITECTURE.md and those in crates/"
    );
    let mut findings = Vec::new();
    for line in &map {
        let actual = crates[&line.name]
            .iter()
            .filter(|name| crates.contains_key(*name));
        for reached in actual.filter(|name| !line.reaches.contains(*name)) {
            findings.push(format!("{} -> {reached}", line.name));
        }
    }
    none(
        "arrows that ARCHITECTURE.md does not show (a new one is rare: say why in docs/decisions)",
        &findings,
    );
}

#[test]
fn arrows_point_down() {
    let map = map();
    let depth = |name: &str| map.iter().position(|line| line.name == name);
    let mut findings = Vec::new();
    // The last line is for tests only: it stands beside the others, and nothing reaches it.
    for line in map.iter().filter(|line| line.name != "testkit") {
        for reached in &line.reaches {
            if reached == "testkit" || depth(reached) <= depth(&line.name) {
                findings.push(format!("{} -> {reached}", line.name));
            }
        }
    }
    none("arrows that point up", &findings);
}

#[test]
fn each_technology_stays_in_its_crate() {
    // (dependency, the only crates that may name it)
    let homes: &[(&str, &[&str])] = &[
        ("rusqlite", &["store"]),
        ("axum", &["web"]),
        ("maud", &["web"]),
        ("lettre", &["mail"]),
        ("hyper", &["web"]),
        ("rustls", &["places", "store", "web"]),
        ("tracing", &["web"]),
        ("clap", &["kept"]),
        ("indicatif", &["kept"]),
        // The store drives its connections to a server itself, each on the thread that asks.
        ("tokio", &["kept", "store", "web"]),
        ("tokio-postgres", &["store"]),
        ("csv", &["services"]),
        ("argon2", &["identification"]),
        ("totp-rs", &["identification"]),
        ("zxcvbn", &["identification"]),
        ("webauthn-rs", &["identification"]),
        ("openidconnect", &["identification"]),
        ("ureq", &["places", "web"]),
        // Sealing in `door`, hashing and signing in `journal`; `services` has the system's entropy.
        ("aws-lc-rs", &["door", "journal", "services"]),
        ("cryptoki", &["door"]),
        // The demo lives in a temporary folder; everything else temporary belongs to tests.
        ("tempfile", &["kept", "testkit"]),
    ];
    let mut findings = Vec::new();
    for (name, dependencies) in dependencies() {
        for (technology, allowed) in homes {
            if dependencies.contains(*technology) && !allowed.contains(&name.as_str()) {
                findings.push(format!("{name} depends on {technology}"));
            }
        }
        if name != "testkit" && dependencies.contains("testkit") {
            findings.push(format!("{name} depends on testkit outside its tests"));
        }
    }
    none("dependencies away from their crate", &findings);
}

#[test]
fn no_dependency_is_carried_unused() {
    let sources = product_sources();
    let mut findings = Vec::new();
    for (name, dependencies) in dependencies() {
        for dependency in dependencies {
            let word =
                Regex::new(&format!(r"\b{}\b", dependency.replace('-', "_"))).expect("a word");
            let own = |file: &&TextFile| file.crate_name() == Some(&name);
            if !sources
                .iter()
                .filter(own)
                .any(|file| word.is_match(file.product_code()))
            {
                findings.push(format!("{name} does not use {dependency}"));
            }
        }
    }
    none(
        "dependencies that nothing needs (those of tests are dev-dependencies)",
        &findings,
    );
}

#[test]
fn pure_crates_do_no_input_or_output() {
    let forbidden = [
        "std::fs",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "std::env",
        "std::process",
        "std::thread",
        "std::os",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "SystemRandom",
        "getrandom",
        "rusqlite",
        "tokio",
    ];
    let mut findings = Vec::new();
    for file in product_sources() {
        if !matches!(file.crate_name(), Some("policy" | "domain" | "journal")) {
            continue;
        }
        for (index, line) in file.product_code().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in forbidden.iter().filter(|word| code.contains(**word)) {
                findings.push(format!("{}:{}: {word}", file.path, index + 1));
            }
        }
    }
    none("the pure crates reach outside", &findings);
}
