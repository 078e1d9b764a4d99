//! What diagnostics look like, and that all that is wrong is reported at once.

#![allow(clippy::unwrap_used, reason = "a test")]

use policy::diagnostics::explain::MINIMAL;
use policy::{Code, Outcome, compile, compile_after, render, to_json};

/// The minimal policy with one text put in the place of another.
fn changed(from: &str, to: &str) -> String {
    assert!(
        MINIMAL.contains(from),
        "the minimal policy does not say {from:?}"
    );
    MINIMAL.replacen(from, to, 1)
}

fn codes(outcome: &Outcome) -> Vec<Code> {
    outcome
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

fn rendered(source: &str) -> String {
    render(&compile(source).diagnostics, source, "policy.toml", false)
}

#[test]
fn a_misspelt_name_is_underlined_with_a_suggestion() {
    let source = changed(r#"uses = ["identity"]"#, r#"uses = ["identiy"]"#);
    insta::assert_snapshot!(rendered(&source));
}

#[test]
fn a_category_without_a_term_points_at_who_collects_it() {
    let source = changed(
        "purposes = [\"orders\"]\nduring",
        "purposes = [\"orders\"]\nkinds = []\nduring",
    );
    insta::assert_snapshot!(rendered(&source));
}

#[test]
fn two_rules_for_one_ground_point_at_each_other() {
    let source = changed(
        "purposes = [\"disputes\"]\nduring",
        "purposes = [\"orders\"]\nduring",
    );
    insta::assert_snapshot!(rendered(&source));
}

#[test]
fn advice_names_its_source_and_the_answer_to_it() {
    let mut source = changed(
        "identity-document = \"on-doubt\"",
        "identity-document = \"always\"",
    );
    source.push_str("\n[statements]\nregister-not-required = true\n");
    source.push_str("\n[[acknowledged]]\ncode = \"KP207\"\nat = \"statements\"\n");
    source.push_str("reason = \"The published words stay; a register is kept all the same.\"\n");
    insta::assert_snapshot!(rendered(&source));
}

#[test]
fn a_broken_line_hides_nothing_that_stands_elsewhere() {
    let source = changed("version = 1\n", "version = 1 1\n")
        .replacen("nature = \"use\"", "nature = \"used\"", 1)
        .replacen("type = \"country\"", "type = \"cuntry\"", 1)
        .replacen(
            "arises-with = \"dispute-opened\"",
            "arises-with = \"dispute-openned\"",
            1,
        );
    insta::assert_snapshot!(rendered(&source));
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let source = MINIMAL
        .replace(
            "time-zone = \"Europe/Paris\"",
            "time-zone = \"Europe/Nantes\"",
        )
        .replace("nature = \"ordinary\"", "natur = \"ordinary\"")
        .replace("keep = \"2 years\"", "keep = \"two years\"")
        .replace("from = [\"end-of:dispute\"]", "from = [\"end-of:quarrel\"]")
        .replace("fr = \"Nom\"", "fr = \" \"")
        .replace("internal = true", "internal = \"yes\"")
        .replace(
            "then = \"anonymise:customers-by-country\"",
            "then = \"anonymize\"",
        );
    let outcome = compile(&source);
    let found = codes(&outcome);
    for code in [
        Code::BadTimeZone,
        Code::UnknownKey,
        Code::MissingKey,
        Code::BadDuration,
        Code::UnknownName,
        Code::MissingWording,
        Code::WrongType,
        Code::UnknownWord,
    ] {
        assert!(found.contains(&code), "{code} is not among {found:?}");
    }
    assert_eq!(
        found.len(),
        8,
        "nothing else follows from these: {}",
        rendered(&source)
    );
    assert!(outcome.policy.is_none());
}

#[test]
fn an_empty_file_says_what_a_policy_needs() {
    insta::assert_snapshot!(rendered(""));
}

#[test]
fn programs_read_the_same_in_json() {
    let source = changed("keep = \"1 year\"", "keep = \"1 yeer\"");
    let json = to_json(&compile(&source).diagnostics, &source);
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn with_colour_the_text_is_the_same_but_for_the_colours() {
    let source = changed(r#"uses = ["identity"]"#, r#"uses = ["identiy"]"#);
    let diagnostics = compile(&source).diagnostics;
    let coloured = render(&diagnostics, &source, "policy.toml", true);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, render(&diagnostics, &source, "policy.toml", false));
}

#[test]
fn an_acknowledgement_covers_what_is_under_its_path_and_nothing_beside_it() {
    let answered = |at: &str| {
        let mut source = MINIMAL.replace("\"on-doubt\"", "\"always\"");
        let answer =
            format!("\n[[acknowledged]]\ncode = \"KP203\"\nat = \"{at}\"\nreason = \"Care.\"\n");
        source.push_str(&answer);
        let outcome = compile(&source);
        assert!(outcome.policy.is_some());
        let open: Vec<String> = outcome.open_advice().map(|d| d.at.clone()).collect();
        open
    };
    assert!(answered("rights").is_empty());
    assert!(!answered("rights.access").contains(&"rights.access".to_owned()));
    assert_eq!(answered("rights.access").len(), 5);
    // A path is matched by its parts: `rights.acc` is no part of `rights.access`.
    assert!(answered("rights.acc").contains(&"acknowledged[0]".to_owned()));
}

#[test]
fn special_data_within_a_dispute_is_allowed_for_evidence_alone() {
    let category = "
[categories.expert-reports]
title = { en = \"Expert reports\", fr = \"Rapports d'expertise\" }
about = { en = \"What an expert found\", fr = \"Ce qu'un expert a constaté\" }
nature = \"special\"
only-during = \"dispute\"
[categories.expert-reports.fields.medical-finding]
title = { en = \"Medical finding\", fr = \"Constat médical\" }
type = \"note\"
";
    let evidence = changed(
        "arises-with = \"dispute-opened\"\nuses = [\"identity\"]",
        "arises-with = \"dispute-opened\"\nuses = [\"identity\", \"expert-reports\"]",
    );
    assert_eq!(rendered(&format!("{evidence}{category}")), "");
    let elsewhere = format!("{evidence}{category}")
        .replace("only-during = \"dispute\"", "only-during = \"order\"");
    assert_eq!(codes(&compile(&elsewhere)), [Code::SpecialCategory]);
    let ordinary = format!("{evidence}{category}").replace("\"special\"", "\"ordinary\"");
    assert_eq!(codes(&compile(&ordinary)), [Code::SuspiciousField]);
}

#[test]
fn lists_have_a_limit_that_is_reported_and_not_overrun() {
    let mut source = MINIMAL.to_owned();
    for number in 0..200 {
        source.push_str(&format!(
            "[channels.c{number}]\ntitle = {{ en = \"Channel\", fr = \"Canal\" }}\n"
        ));
    }
    assert_eq!(codes(&compile(&source)), [Code::TooMany]);
    let line = "[[purposes.orders.basis]]\nbasis = \"consent\"\n";
    let lines = MINIMAL.replacen(
        "nature = \"use\"\n",
        "nature = \"use\"\nconsent-lasts = \"1 year\"\n",
        1,
    ) + &line.repeat(300);
    assert_eq!(codes(&compile(&lines)), [Code::TooMany]);
    let retention = MINIMAL.rfind("[[retention]]").unwrap();
    let rules: String = (0..300)
        .map(|n| {
            MINIMAL[retention..]
                .split("[rights")
                .next()
                .unwrap()
                .replace("\"disputes\"\ntitle", &format!("\"r{n}\"\ntitle"))
        })
        .collect();
    let found = codes(&compile(&format!("{MINIMAL}\n{rules}")));
    assert!(found.contains(&Code::TooMany), "{found:?}");
}

#[test]
fn a_renamed_thing_keeps_its_old_name_and_a_chain_must_hold() {
    let renamed = changed("[channels.email]\n", "[channels.email]\nwas = \"mail\"\n");
    let policy = compile(&renamed).policy.unwrap();
    assert_eq!(policy.channels[0].was.as_deref(), Some("mail"));
    let twice = format!(
        "{renamed}\n[channels.post]\nwas = \"mail\"\ntitle = {{ en = \"Post\", fr = \"Courrier\" }}\n"
    );
    assert_eq!(codes(&compile(&twice)), [Code::BadRename]);
    let still = changed("[channels.email]\n", "[channels.email]\nwas = \"email\"\n");
    assert_eq!(codes(&compile(&still)), [Code::BadRename]);
}

#[test]
fn a_policy_that_follows_another_has_a_higher_version_and_says_its_renames() {
    let in_force = compile(MINIMAL).policy.unwrap();
    let after = |source: &str| codes(&compile_after(source, &in_force));
    assert_eq!(after(MINIMAL), [], "a policy follows itself");
    let second = changed(
        "version = 1\npublished",
        "version = 2\nreason = { en = \"Clearer\", fr = \"Plus clair\" }\npublished",
    );
    assert_eq!(after(&second), []);
    assert_eq!(
        after(&changed("Bookshop of the Quay", "Bookshop")),
        [Code::VersionNotHigher]
    );
    let renamed = second.replace("[channels.email]", "[channels.mail]");
    assert_eq!(after(&renamed), [Code::RenameUnsaid]);
    let said = |was: &str| {
        renamed.replace(
            "[channels.mail]",
            &format!("[channels.mail]\nwas = \"{was}\""),
        )
    };
    assert_eq!(after(&said("email")), []);
    assert_eq!(after(&said("none")), []);
    assert_eq!(after(&said("post")), [Code::BadRename]);
    // A name that stays is no rename, whatever it was called before that.
    let long_ago = second.replace("[channels.email]", "[channels.email]\nwas = \"mail\"");
    assert_eq!(after(&long_ago), []);
    let field = second
        .replace(
            "[categories.identity.fields.surname]",
            "[categories.identity.fields.last-name]",
        )
        .replace("identity.surname", "identity.last-name");
    assert_eq!(after(&field), [Code::RenameUnsaid]);
}

#[test]
fn what_a_statistic_may_tell_is_between_1_and_100_per_cent() {
    for wrong in ["0", "101", "-5"] {
        let line = format!("language = 1\nstatistic-raises-odds = {wrong}");
        let outcome = compile(&changed("language = 1", &line));
        assert_eq!(codes(&outcome), [Code::OutOfRange], "{wrong}");
    }
    let outcome = compile(&changed(
        "language = 1",
        "language = 1\nstatistic-raises-odds = 100",
    ));
    assert_eq!(outcome.policy.unwrap().statistic_raises_odds, 100);
    assert_eq!(compile(MINIMAL).policy.unwrap().statistic_raises_odds, 10);
}
