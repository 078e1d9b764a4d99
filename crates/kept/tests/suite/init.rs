//! `kept init`.

use std::fs;

use crate::installation::Installation;
use crate::kept::Kept;
use crate::policies::{self, SHOP};

const NOON: &str = "2026-03-02T12:00";

#[test]
fn an_installation_is_made_with_its_keys_apart() {
    let kept = Kept::new();
    kept.file("shop/policy.toml", SHOP);
    let made = kept
        .run(["init", "--policy", "shop", "--data", "D", "--json"])
        .ok()
        .json();
    assert_eq!(made["rehearsal"], false);
    assert_eq!(made["policy-version"], 1);
    let folder = kept.folder();
    let keys = fs::read_dir(folder.join("D.keys")).unwrap().count();
    assert!(keys > 0);
    for entry in ["installation.toml", "data", "keyring", "journal"] {
        assert!(folder.join("D").join(entry).exists(), "{entry}");
    }
}

#[test]
fn people_read_what_was_made_and_what_to_take_care_of() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    let arguments = [
        "init",
        "--policy",
        ".",
        "--data",
        "D",
        "--rehearsal",
        "--at",
        NOON,
    ];
    let run = kept.run(arguments).ok();
    let hidden = kept.without_what_varies(run.out());
    insta::assert_snapshot!(hidden, @r"
    done: a rehearsal of Bookshop of the Quay, policy version 1, was made in D
      id    [id]
      keys  [folder]/D.keys: never in a backup of D; keep a copy of it elsewhere
    ");
}

#[test]
fn a_policy_with_errors_makes_no_installation() {
    let kept = Kept::new();
    kept.file("policy.toml", policies::shop_with("basis =", "bassis ="));
    kept.run(["init", "--policy", ".", "--data", "D"])
        .exits(2)
        .complains("`kept check ./policy.toml`");
    assert!(!kept.folder().join("D").exists());
    assert!(!kept.folder().join("D.keys").exists());
}

#[test]
fn there_is_one_installation_in_a_folder() {
    let installation = Installation::rehearsal(SHOP, NOON);
    let again = ["init", "--policy", "policy.toml", "--data", "D"];
    installation.around().run(again).exits(4);
}

#[test]
fn only_a_rehearsal_has_a_moment_of_its_own() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    kept.run(["init", "--policy", ".", "--data", "D", "--at", NOON])
        .exits(2)
        .complains("--rehearsal");
}

#[test]
fn without_a_folder_it_is_said_how_to_name_one() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    kept.run(["init", "--policy", "."])
        .exits(2)
        .complains("KEPT_DATA");
}
