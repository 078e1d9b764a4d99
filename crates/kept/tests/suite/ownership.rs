//! One process owns an installation; commands go through it, or own it while they run.

use std::fs::{self, File};

use crate::installation::Installation;
use crate::policies::SHOP;

const NOON: &str = "2026-03-02T12:00";
const NOBODY: &str = "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e";

#[test]
fn commands_answer_alike_with_and_without_a_process_that_serves() {
    let installation = Installation::rehearsal(SHOP, NOON);
    let alone = installation.run(["sweep"]).ok();
    let serving = installation.serve();
    let through = installation.run(["sweep"]).ok();
    assert_eq!(alone.out(), through.out());
    assert_eq!(alone.out(), "nothing is due\n");
    let forget = ["forget", NOBODY, "--yes", "--reason", "unlawful"];
    let refused = installation.run(forget).exits(5);
    serving.end();
    assert_eq!(refused.err(), installation.run(forget).exits(5).err());
}

#[test]
fn a_process_that_was_killed_stands_in_nobodys_way() {
    let installation = Installation::rehearsal(SHOP, NOON);
    installation.serve().kill();
    assert!(installation.data().join("socket").exists());
    installation.run(["sweep"]).ok();
    let serving = installation.serve();
    installation.run(["sweep"]).ok();
    serving.end();
    assert!(!installation.data().join("socket").exists());
}

#[test]
fn an_installation_in_use_by_a_process_that_does_not_answer_is_said_as_such() {
    let installation = Installation::rehearsal(SHOP, NOON);
    let lock = File::options()
        .append(true)
        .open(installation.data().join("lock"))
        .unwrap();
    lock.lock().unwrap();
    fs::write(
        installation.data().join("lock"),
        format!("{} import\n", std::process::id()),
    )
    .unwrap();
    let run = installation.run(["sweep", "--json"]).exits(4);
    let fault = run.error_json();
    assert_eq!(fault["kind"], "conflict");
    let said = fault["message"].as_str().unwrap();
    assert!(
        said.ends_with(&format!("(process {}, `kept import`)", std::process::id())),
        "{said}"
    );
    installation.around().run(["serve", "--data", "D"]).exits(4);
}

#[test]
fn two_processes_do_not_serve_one_installation() {
    let installation = Installation::rehearsal(SHOP, NOON);
    let serving = installation.serve();
    installation
        .around()
        .run(["serve", "--data", "D"])
        .exits(4)
        .complains("`kept serve`");
    serving.end();
}

#[test]
fn a_folder_without_an_installation_is_absent() {
    let installation = Installation::rehearsal(SHOP, NOON);
    installation
        .around()
        .run(["sweep", "--data", "elsewhere"])
        .exits(5)
        .complains("kept init");
}

#[test]
fn a_missing_key_is_said_before_anything_is_touched() {
    let installation = Installation::rehearsal(SHOP, NOON);
    fs::rename(
        installation.keys(),
        installation.around().folder().join("hidden"),
    )
    .unwrap();
    installation.run(["sweep"]).exits(6).complains("key");
    installation.run(["sweep", "--keys", "hidden"]).ok();
}

#[test]
fn wrong_names_are_answered_with_those_of_the_policy() {
    let installation = Installation::rehearsal(SHOP, NOON);
    let wrong = [
        "forget",
        NOBODY,
        "--reason",
        "unlawful",
        "--category",
        "Odile Vasseur",
    ];
    insta::assert_snapshot!(installation.run(wrong).exits(2).err(), @r"
    error: the policy in force has no such category
      rule: 4b
      what to do: use one of identity
    ");
    let wrong = ["forget", "Odile Vasseur", "--yes", "--reason", "unlawful"];
    insta::assert_snapshot!(installation.run(wrong).exits(2).err(), @r"
    error: `<PERSON>`: this is not the identifier of a person
      what to do: an identifier looks like 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e
    ");
    let wrong = ["sweep", "--as", "Odile Vasseur"];
    insta::assert_snapshot!(installation.run(wrong).exits(2).err(), @r"
    error: `--as <ACCOUNT>`: this is not the identifier of an account
      what to do: use 1 to 64 characters: small letters without accents, figures, . _ and -
    ");
}
