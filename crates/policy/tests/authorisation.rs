//! Authorisations: what is wrong with one is said at once, and what one allows is exact.

#![allow(clippy::unwrap_used, reason = "a test")]

use policy::authorisation::compare::{Under, compare};
use policy::authorisation::{Action, Authorisation, Condition, Outcome, compile, compile_after};
use policy::diagnostics::explain::{MINIMAL, MINIMAL_AUTHORISATION};
use policy::model::{Language, Policy};
use policy::{Code, render};

const ASSESS_MANAGER: [&str; 2] = [
    include_str!("../../../policies/assess-manager/policy.toml"),
    include_str!("../../../policies/assess-manager/authorisation.toml"),
];
const SPORTS_CLUB: [&str; 2] = [
    include_str!("../../../policies/sports-club/policy.toml"),
    include_str!("../../../policies/sports-club/authorisation.toml"),
];

fn shipped([policy, source]: [&str; 2]) -> (Policy, Authorisation) {
    let policy = policy::compile(policy).policy.unwrap();
    let outcome = compile(source, &policy);
    let open: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|it| it.acknowledged.is_none())
        .cloned()
        .collect();
    let text = render(&open, source, "authorisation.toml", false);
    assert!(open.is_empty(), "{text}");
    (policy, outcome.authorisation.unwrap())
}

fn minimal() -> Policy {
    policy::compile(MINIMAL).policy.unwrap()
}

fn rendered(source: &str) -> String {
    let outcome = compile(source, &minimal());
    render(&outcome.diagnostics, source, "authorisation.toml", false)
}

fn codes(outcome: &Outcome) -> Vec<Code> {
    outcome.diagnostics.iter().map(|it| it.code).collect()
}

fn changed(from: &str, to: &str) -> String {
    assert!(
        MINIMAL_AUTHORISATION.contains(from),
        "{from:?} is not there"
    );
    MINIMAL_AUTHORISATION.replacen(from, to, 1)
}

#[test]
fn the_shipped_ones_compile_and_need_no_advice() {
    shipped(ASSESS_MANAGER);
    shipped(SPORTS_CLUB);
    assert_eq!(rendered(MINIMAL_AUTHORISATION), "");
}

#[test]
fn a_grant_beyond_the_ceiling_is_underlined_and_the_policy_quoted() {
    insta::assert_snapshot!(rendered(&changed(
        "data = [\"identity.surname\"]",
        "data = [\"identity.surname\", \"identity.email\"]"
    )));
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let source = MINIMAL_AUTHORISATION
        .replace("\"1 year\"", "\"at once\"")
        .replace("fr = \"Comptoir\"", "fr = \"\"")
        .replace("\"find\"", "\"finds\"")
        .replace("recipient = \"counter\"", "recipient = \"conter\"")
        .replace("[\"accounts\", \"rights\"]", "[\"accounts\", \"rigths\"]");
    insta::assert_snapshot!(rendered(&source));
}

#[test]
fn an_empty_file_says_what_an_authorisation_needs() {
    insta::assert_snapshot!(rendered(""));
}

#[test]
fn a_file_that_is_broken_is_no_file_that_lacks() {
    let broken = changed("version = 1\n", "version = 1 1\n");
    assert_eq!(codes(&compile(&broken, &minimal())), [Code::Syntax]);
}

#[test]
fn one_that_follows_another_is_higher_and_says_its_renames() {
    let policy = minimal();
    let in_force = compile(MINIMAL_AUTHORISATION, &policy)
        .authorisation
        .unwrap();
    let after = |source: &str| codes(&compile_after(source, &policy, &in_force));
    assert_eq!(after(MINIMAL_AUTHORISATION), []);
    assert_eq!(
        after(&changed("\"1 year\"", "\"6 months\"")),
        [Code::VersionNotHigher]
    );
    let second = changed(
        "version = 1\n",
        "version = 2\nreason = { en = \"Clearer\", fr = \"Plus clair\" }\n",
    );
    assert_eq!(after(&second), []);
    let renamed = second
        .replace("roles.counter", "roles.counters")
        .replace("reviewed-by = \"counter\"", "reviewed-by = \"counters\"");
    assert_eq!(after(&renamed), [Code::RenameUnsaid]);
    let said = renamed.replacen(
        "[roles.counters]\n",
        "[roles.counters]\nwas = \"counter\"\n",
        1,
    );
    assert_eq!(after(&said), []);
}

#[test]
fn administering_opens_nothing() {
    for files in [ASSESS_MANAGER, SPORTS_CLUB] {
        let (policy, mut authorisation) = shipped(files);
        for role in authorisation.role_ids().collect::<Vec<_>>() {
            let with = authorisation.what(&policy, role);
            authorisation.roles[role.index()].administers = Default::default();
            assert_eq!(with, authorisation.what(&policy, role));
            if authorisation.role(role).grants.is_empty() {
                assert_eq!(with, []);
            }
        }
    }
}

#[test]
fn what_may_be_done_with_special_data_is_done_about_one_dispute_alone() {
    let (policy, authorisation) = shipped(ASSESS_MANAGER);
    let purpose = policy.purpose_named("dispute-evidence").unwrap();
    let category = policy.category_named("claim-evidence").unwrap();
    let who = authorisation.who(&policy, category, u64::MAX, purpose);
    let values: Vec<_> = who.iter().filter(|it| it.action.handles_values()).collect();
    assert!(!values.is_empty());
    for reach in values {
        assert_eq!(authorisation.role(reach.role).name, "legal-affairs");
        assert_eq!(reach.only, Some(Condition::Matter));
        assert!(reach.action != Action::Find);
    }
}

#[test]
fn the_difference_says_who_gains_and_who_loses() {
    let (policy, old) = shipped(SPORTS_CLUB);
    let source = SPORTS_CLUB[1]
        .replace("version = 1\n", "version = 2\nreason = { en = \"Spring\", fr = \"Printemps\" }\n")
        .replace("reviewed-every = \"1 year\"", "reviewed-every = \"3 months\"")
        .replace("administers = [\"accounts\", \"rights\", \"policy\"]", "administers = [\"rights\", \"clock\"]")
        .replace("[roles.coach]\ntitle = { en = \"Coach\"", "[roles.coach]\ntitle = { en = \"Trainer\"")
        .replace("actions = [\"read\", \"find\", \"count\", \"export\", \"collect\", \"import\", \"correct\"]\npurposes = [\"licensing\", \"rota\", \"logbook\", \"proof\"]", "actions = [\"read\", \"find\"]\npurposes = [\"licensing\", \"rota\", \"proof\"]\nonly = \"own-clients\"")
        .replace("data = [\"reach.mobile\"]\nkinds = [\"rower\"]\nonly = \"own-clients\"", "data = [\"reach.mobile\"]")
        + "\n[roles.race-office]\ntitle = { en = \"Race office\", fr = \"Secrétariat de course\" }\nrecipient = \"coaches\"\n[[roles.race-office.grants]]\nactions = [\"read\", \"find\"]\npurposes = [\"racing\"]\ndata = [\"performance\"]\n";
    let outcome = compile_after(&source, &policy, &old);
    let text = render(&outcome.diagnostics, &source, "authorisation.toml", false);
    let new = outcome.authorisation.unwrap_or_else(|| panic!("{text}"));
    let under = |authorisation| Under {
        policy: &policy,
        authorisation,
    };
    let mut said = String::new();
    for language in [Language::En, Language::Fr] {
        for change in compare(under(Some(&old)), under(Some(&new))) {
            let turn = match (change.gains, change.loses) {
                (true, _) => "+",
                (_, true) => "-",
                _ => " ",
            };
            said.push_str(&format!("{turn} {}\n", change.words.get(language)));
        }
        said.push('\n');
    }
    insta::assert_snapshot!(said);
    assert_eq!(compare(under(Some(&new)), under(Some(&new))), []);
    // From nothing, everything is gained; to nothing, every role is gone.
    assert!(
        compare(under(None), under(Some(&new)))
            .iter()
            .all(|it| !it.loses)
    );
    let gone = compare(under(Some(&new)), under(None));
    assert_eq!(gone.len(), new.roles.len());
}
