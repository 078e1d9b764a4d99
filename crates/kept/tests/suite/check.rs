//! `kept check`.

use std::process::Stdio;

use crate::kept::Kept;
use crate::policies::{self, SHOP};

#[test]
fn a_policy_that_runs_is_said_to() {
    let kept = Kept::new();
    kept.file("shop/policy.toml", SHOP);
    insta::assert_snapshot!(kept.run(["check", "shop"]).ok().out(), @r"
    shop/policy.toml: the policy runs
    ");
}

#[test]
fn the_default_policy_runs() {
    let kept = Kept::new();
    kept.run(["check".as_ref(), policies::assess_manager().as_os_str()])
        .ok()
        .says("the policy runs");
}

#[test]
fn an_error_is_shown_with_its_line_its_reason_and_its_remedy() {
    let kept = Kept::new();
    kept.file("policy.toml", policies::shop_with("basis =", "bassis ="));
    insta::assert_snapshot!(kept.run(["check", "policy.toml"]).exits(2).out());
}

#[test]
fn programs_get_each_diagnostic_with_its_place() {
    let kept = Kept::new();
    kept.file("policy.toml", policies::shop_with("basis =", "bassis ="));
    let found = kept.run(["check", "policy.toml", "--json"]).exits(2).json();
    assert_eq!(found["runs"], false);
    let diagnostics = found["diagnostics"].as_array().unwrap();
    let errors = diagnostics.iter().filter(|d| d["level"] == "error").count();
    assert_eq!(found["errors"], errors);
    let unknown = diagnostics.iter().find(|d| d["code"] == "KP002").unwrap();
    let line = SHOP
        .lines()
        .position(|line| line.contains("basis ="))
        .unwrap()
        + 1;
    assert_eq!(unknown["places"][0]["line"], line);
}

#[test]
fn a_file_that_is_not_there_is_absent() {
    insta::assert_snapshot!(Kept::new().run(["check", "nowhere"]).exits(5).err(), @r"
    error: there is no policy in nowhere
      what to do: name a policy file, or a folder with a policy.toml in it
    ");
}

#[test]
fn a_folder_without_a_policy_is_absent() {
    let kept = Kept::new();
    kept.file("empty/readme.txt", "no policy here");
    kept.run(["check", "empty"])
        .exits(5)
        .complains("empty/policy.toml");
}

#[test]
fn a_file_in_another_encoding_is_answered_with_its_line() {
    let kept = Kept::new();
    kept.file("policy.toml", b"# l'\n# \xe9t\xe9\n");
    insta::assert_snapshot!(kept.run(["check", "policy.toml"]).exits(2).err(), @r"
    error: policy.toml is not UTF-8, from line 2 on
      what to do: save the file in the encoding UTF-8
    ");
}

#[test]
fn a_file_that_is_no_policy_is_not_read_whole() {
    let kept = Kept::new();
    let file = std::fs::File::create(kept.file("policy.toml", "")).unwrap();
    file.set_len(1 << 40).unwrap();
    kept.run(["check", "policy.toml"])
        .exits(2)
        .complains("too long");
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let kept = Kept::new();
    kept.file("policy.toml", policies::shop_with("basis =", "bassis ="));
    let mut command = kept.command(["check", "policy.toml"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(2));
}
