//! `kept register`.

use crate::kept::Kept;
use crate::policies::{self, SHOP};

#[test]
fn the_register_of_a_shop_in_both_languages() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    insta::assert_snapshot!(
        "register_en",
        kept.run(["register", "policy.toml"]).ok().out()
    );
    let french = kept.run(["register", ".", "--language", "fr"]).ok();
    insta::assert_snapshot!("register_fr", french.out());
}

#[test]
fn programs_get_the_register_with_every_processing() {
    let folder = policies::assess_manager();
    let arguments = ["register".as_ref(), folder.as_os_str(), "--json".as_ref()];
    let register = Kept::new().run(arguments).ok().json();
    let processings = register["processings"].as_array().unwrap();
    assert!(processings.len() >= 13, "{}", processings.len());
}

#[test]
fn a_policy_that_does_not_run_has_no_register() {
    let kept = Kept::new();
    kept.file("policy.toml", policies::shop_with("basis =", "bassis ="));
    let run = kept.run(["register", "policy.toml"]).exits(2);
    assert_eq!(run.out(), "");
    insta::assert_snapshot!(run.err(), @r"
    error: the policy in policy.toml has 2 errors
      what to do: `kept check policy.toml` shows what to mend
    ");
}

#[test]
fn a_language_that_the_policy_has_not_is_answered_with_those_it_has() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    let run = kept.run(["register", ".", "--language", "de"]).exits(2);
    insta::assert_snapshot!(run.err(), @r"
    error: `--language <LANGUAGE>` cannot be that
      what to do: use one of en, fr
    ");
}
