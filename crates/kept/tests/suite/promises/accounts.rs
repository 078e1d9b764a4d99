//! 21a, 21c: accounts, rights and keys, as far as the command line shows them.

use serde_json::Value;

use super::people::{authorisation, policy, rehearsal};
use crate::installation::Installation;
use crate::kept::{Kept, Run};

/// Runs a line, in which `_` stands for a space within a word.
fn run(installation: &Installation, line: &str) -> Run {
    installation.run(words(line))
}

fn words(line: &str) -> Vec<String> {
    let words = line.split_whitespace();
    words.map(|word| word.replace('_', " ")).collect()
}

/// An account with a role, and its person.
fn account(installation: &Installation) -> (String, String) {
    let made = run(
        installation,
        "account add --name Camille_Roux --email c.roux@quai.example --handle c.roux \
             --role marketing --json",
    )
    .ok()
    .json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    assert!(text("link").starts_with("/sign-in/set-up#"), "{made}");
    (text("account"), text("person"))
}

fn acts(installation: &Installation, person: &str) -> Vec<Value> {
    let trace = run(installation, &format!("trace {person} --json"))
        .ok()
        .json();
    trace["acts"].as_array().unwrap().clone()
}

#[test]
fn promise_21a_roles_are_granted_reviewed_and_withdrawn_with_a_trace() {
    let installation = rehearsal("2026-01-05T10:00");
    let (account, person) = account(&installation);
    run(
        &installation,
        &format!("account grant {account} logistics --as s.martin"),
    )
    .ok()
    .says("holds the role logistics");
    run(&installation, &format!("account grant {account} logistics"))
        .exits(4)
        .complains("holds this role already");
    let overdue = || {
        let review = run(&installation, "account review --every 6_months --json");
        let review = review.ok().json();
        let roles = review["roles"].as_array().unwrap().clone();
        let overdue = roles.iter().filter(|line| line["overdue"] == true);
        overdue
            .map(|line| line["role"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(overdue().is_empty());
    run(&installation, "clock move 2026-07-06T00:00").ok();
    assert_eq!(overdue(), ["marketing", "logistics"]);
    run(
        &installation,
        &format!("account review {account} marketing --as s.martin"),
    )
    .ok()
    .says("still needs the role marketing");
    run(
        &installation,
        &format!("account withdraw {account} logistics"),
    )
    .ok()
    .says("does not hold the role logistics");
    run(
        &installation,
        &format!("account withdraw {account} logistics"),
    )
    .exits(5)
    .complains("does not hold this role");
    assert!(overdue().is_empty());
    let acts = acts(&installation, &person);
    let done = |act: &str, rule: &str| {
        let found = acts
            .iter()
            .find(|one| one["act"] == act && one["rule"] == rule);
        found.unwrap_or_else(|| panic!("{act} {rule}: {acts:?}"))["account"].clone()
    };
    assert_eq!(done("role-granted", "roles.logistics"), "s.martin");
    assert_eq!(done("review-done", "roles.marketing"), "s.martin");
    done("role-withdrawn", "roles.logistics");
}

#[test]
fn promise_21a_leaving_ends_access_at_once_and_begins_the_term() {
    let installation = rehearsal("2026-01-05T10:00");
    let (account, person) = account(&installation);
    let shown = |name: &str| {
        let shown = run(&installation, &format!("account show {account} --json"));
        shown.ok().json()[name].clone()
    };
    assert_eq!(shown("access"), true);
    run(
        &installation,
        &format!("account disable {account} --dry-run"),
    )
    .ok()
    .says("would be done");
    assert_eq!(shown("access"), true);
    run(&installation, &format!("account disable {account}")).ok();
    assert_eq!(shown("access"), false);
    assert_eq!(shown("roles"), serde_json::json!([]));
    run(&installation, &format!("account link {account}"))
        .exits(5)
        .complains("no account of this person that has access");
    run(&installation, &format!("account grant {account} logistics"))
        .exits(4)
        .complains("disabled");
    // As long as a trace of access may name the account, it can be told whose it was.
    run(&installation, "clock move 2029-01-04T00:00").ok();
    run(&installation, "sweep").ok();
    run(&installation, &format!("account show {account}")).ok();
    run(&installation, "clock move 2029-01-07T00:00").ok();
    run(&installation, "sweep").ok();
    run(&installation, &format!("account show {account}")).exits(5);
    run(&installation, &format!("show {person}")).exits(5);
}

#[test]
fn promise_21a_access_that_a_directory_ends_is_over_too() {
    let installation = rehearsal("2026-01-05T10:00");
    let (account, person) = account(&installation);
    run(
        &installation,
        &format!("fact access-withdrawn --person {person}"),
    )
    .ok();
    run(&installation, &format!("account show {account}"))
        .ok()
        .says("without access: a fact has ended it");
    run(&installation, &format!("account link {account}")).exits(5);
}

#[test]
fn promise_21a_an_account_is_personal_data_of_its_holder() {
    let installation = rehearsal("2026-01-05T10:00");
    let (_, person) = account(&installation);
    run(
        &installation,
        &format!("read {person} --purpose staff-accounts --recipient it"),
    )
    .ok()
    .says("c.roux@quai.example");
    run(
        &installation,
        &format!("read {person} --purpose staff-accounts --recipient marketing"),
    )
    .exits(3);
    let listed = run(&installation, "account list").ok();
    assert!(!listed.out().contains("c.roux@quai.example"));
    assert!(!listed.out().contains("Camille"));
    let (again, refused) = (
        "account add --name Another --email C.Roux@quai.example",
        "an account has this address already",
    );
    run(&installation, again).exits(4).complains(refused);
}

#[test]
fn promise_21c_the_first_administrator_comes_in_by_a_link_that_init_shows() {
    let kept = Kept::new();
    kept.file("policy.toml", policy());
    let made = kept
        .run(words(
            "init --policy . --data D --rehearsal --at 2026-01-05T10:00 --json \
             --administrator a.petit@quai.example --administrator-name Alix_Petit \
             --administrator-role it",
        ))
        .ok()
        .json();
    kept.run(words(
        "init --policy . --data E --administrator nowhere --administrator-name Alix_Petit \
         --administrator-role it",
    ))
    .exits(2)
    .complains("an e-mail address is expected");
    assert!(!kept.folder().join("E").exists(), "nothing was made");
    let administrator = &made["administrator"];
    let link = administrator["link"].as_str().unwrap();
    let token = link.strip_prefix("/sign-in/set-up#").unwrap();
    assert_eq!(token.len(), 43, "256 bits");
    let name = administrator["account"].as_str().unwrap();
    kept.run(words(&format!("account show {name} --data D")))
        .ok()
        .says("role it, granted");
    // Only a hash of it is kept.
    for file in ["data/kept.db", "data/kept.db-wal"] {
        let bytes = std::fs::read(kept.folder().join("D").join(file)).unwrap_or_default();
        let letters: String = bytes.into_iter().map(char::from).collect();
        assert!(!letters.contains(token), "{file}");
    }
}

#[test]
fn promise_21a_the_first_administrator_can_let_others_in() {
    let kept = Kept::new();
    kept.file("policy.toml", policy());
    kept.file("authorisation.toml", authorisation());
    let init = |role: &str| {
        kept.run(words(&format!(
            "init --policy . --data D --administrator a.petit@quai.example \
             --administrator-name Alix_Petit --administrator-role {role}"
        )))
    };
    init("it")
        .exits(2)
        .complains("could let nobody in: no role given administers `accounts` and `rights`")
        .complains("--administrator-role access-rights");
    init("nobody").exits(2).complains("has no such role");
    assert!(!kept.folder().join("D").exists(), "nothing was made");
    init("access-rights").ok();
}

#[test]
fn promise_21c_people_are_given_a_link_that_is_good_once_and_not_for_long() {
    let installation = rehearsal("2026-01-05T10:00");
    let (_, person) = account(&installation);
    let link = run(&installation, &format!("link issue {person} --json"))
        .ok()
        .json();
    assert!(link["link"].as_str().unwrap().starts_with("/me/enter#"));
    assert_eq!(link["link-ends"], "2026-01-05T09:30:00Z");
    let nobody = "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e";
    run(&installation, &format!("link issue {nobody}"))
        .exits(5)
        .complains("nothing is held about such a person");
    let acts = acts(&installation, &person);
    assert!(
        acts.iter()
            .any(|act| act["act"] == "link-issued" && act["rule"] == "own-data")
    );
}

#[test]
fn promise_21c_keys_of_programs_are_scoped_shown_once_and_end() {
    let installation = rehearsal("2026-01-05T10:00");
    let add = "key add website --role marketing --purpose newsletters --action read";
    let made = run(&installation, &format!("{add} --until 2026-12-31 --json"))
        .ok()
        .json();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("kept_") && secret.len() == 48);
    let list = run(&installation, "key list").ok();
    assert!(!list.out().contains(&secret[5..]), "it was shown once");
    list.says("good until 2026-12-30")
        .says("as marketing; only may read; only for newsletters");
    for (line, code, why) in [
        (
            "key add website --role marketing --until 2028-01-01",
            2,
            "a year at the most",
        ),
        (
            "key add website --role marketing --until 2025-01-01",
            2,
            "have ended already",
        ),
        (
            "key add website --role marketing --purpose nothing --until 2026-12-31",
            2,
            "purpose",
        ),
        ("key add website --until 2026-12-31", 2, "--role"),
    ] {
        run(&installation, line).exits(code).complains(why);
    }
    let id = made["key"].as_str().unwrap();
    run(&installation, &format!("key revoke {id}"))
        .ok()
        .says("is revoked");
    run(&installation, "key list")
        .ok()
        .says("revoked 2026-01-05");
    run(&installation, &format!("key revoke {id}")).exits(5);
}
