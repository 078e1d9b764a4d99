//! Promises that the policy itself keeps: what is checked of it, and what is generated from it.

use std::path::PathBuf;

use serde_json::Value;

use crate::installation::Installation;
use crate::kept::Kept;
use crate::policies;

/// The policies that are shipped.
fn shipped() -> [PathBuf; 2] {
    let default = policies::assess_manager();
    let club = default.with_file_name("sports-club");
    [default, club]
}

/// The default policy's text.
fn default_policy() -> String {
    std::fs::read_to_string(policies::assess_manager().join("policy.toml")).unwrap()
}

/// The default policy with a piece taken out.
fn without(text: &str, from: &str, to: &str) -> String {
    let start = text.find(from).unwrap();
    let end = start + text[start..].find(to).unwrap();
    format!("{}{}", &text[..start], &text[end..])
}

/// What `kept check` finds in a text, with its exit code.
fn check(text: &str, code: i32) -> Value {
    let kept = Kept::new();
    kept.file("policy.toml", text);
    kept.run(["check", "policy.toml", "--json"])
        .exits(code)
        .json()
}

#[track_caller]
fn found<'a>(checked: &'a Value, code: &str) -> &'a Value {
    let all = checked["diagnostics"].as_array().unwrap();
    let found = all.iter().find(|one| one["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} among {checked:#}"))
}

#[test]
fn promise_9f_the_check_advises_that_compensation_cannot_be_declined() {
    let text = default_policy();
    let acknowledged = check(&text, 0);
    let advice = found(&acknowledged, "KP201");
    assert_eq!(advice["level"], "advice");
    assert!(advice["source"].as_str().unwrap().contains("GDPR 82"));
    assert!(
        advice["acknowledged"]
            .as_str()
            .unwrap()
            .contains("article 82")
    );
    // Without an answer it stands, and an answer without a reason is none.
    let acknowledgement = "[[acknowledged]]\ncode = \"KP201\"";
    let open = check(
        &without(&text, acknowledgement, "[[acknowledged]]\ncode = \"KP207\""),
        0,
    );
    assert_eq!(found(&open, "KP201")["acknowledged"], Value::Null);
    assert_eq!(open["advice"], 1);
    let start = text.find(acknowledgement).unwrap();
    let silent = without(&text[start..], "reason =", "\n\n");
    let silent = check(&format!("{}{silent}", &text[..start]), 2);
    assert!(silent.to_string().contains("reason"), "{silent:#}");
    // A policy that does not decline it is not advised.
    let quiet = check(
        &text.replace("declines-liability = true", "declines-liability = false"),
        0,
    );
    let advised = quiet["diagnostics"].as_array().unwrap();
    assert!(advised.iter().all(|one| one["code"] != "KP201"));
}

#[test]
fn promise_10l_a_category_without_a_term_is_an_error_that_names_kind_and_purpose() {
    let text = default_policy();
    let footage = text.find("[[retention]]\nname = \"footage\"").unwrap();
    let gone = without(
        &text[footage..],
        "[[retention]]",
        "[[retention]]\nname = \"applications\"",
    );
    let checked = check(&format!("{}{gone}", &text[..footage]), 2);
    assert_eq!(checked["runs"], false);
    let error = found(&checked, "KP012");
    assert_eq!(error["level"], "error");
    let said = error.to_string();
    for named in ["footage", "visitor", "video-surveillance"] {
        assert!(said.contains(named), "{named}: {said}");
    }
    // Nothing runs on it.
    let kept = Kept::new();
    kept.file("policy.toml", format!("{}{gone}", &text[..footage]));
    let init = [
        "init",
        "--policy",
        "policy.toml",
        "--data",
        "D",
        "--rehearsal",
        "--at",
        "2026-01-01",
    ];
    kept.run(init).exits(2);
}

#[test]
fn promise_10l_what_the_published_table_leaves_out_has_a_term_marked_as_ours() {
    for folder in shipped() {
        let register = register(&folder);
        for processing in list(&register, "processings") {
            let covered = list(processing, "terms");
            let covered: Vec<&Value> = covered.iter().flat_map(|it| list(it, "covers")).collect();
            for category in list(processing, "categories") {
                assert!(
                    covered.iter().any(|it| it["category"] == category["title"]),
                    "{} has no term in {}",
                    category["title"],
                    processing["name"]
                );
            }
        }
    }
    let register = register(&policies::assess_manager());
    let terms: Vec<&Value> = list(&register, "processings")
        .iter()
        .flat_map(|it| list(it, "terms"))
        .collect();
    let ours = [
        "footage",
        "applications",
        "cases",
        "consent-proofs",
        "objections",
        "trace",
        "staff-accounts",
    ];
    for rule in ours {
        let term = terms.iter().find(|term| term["rule"] == rule);
        let term = term.unwrap_or_else(|| panic!("no rule {rule}"));
        assert_eq!(term["ours"], true, "{rule}");
    }
    let published = terms.iter().find(|term| term["rule"] == "10d").unwrap();
    assert_eq!(published["ours"], false);
    let page = Kept::new().run(["register".as_ref(), policies::assess_manager().as_os_str()]);
    page.ok().says("[footage, our own choice]");
}

#[track_caller]
fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}

fn register(folder: &std::path::Path) -> Value {
    let arguments = ["register".as_ref(), folder.as_os_str(), "--json".as_ref()];
    Kept::new().run(arguments).ok().json()
}

#[test]
fn promise_24a_the_register_is_generated_and_complete() {
    for folder in shipped() {
        let register = register(&folder);
        // GDPR 30(1)(a) to (g), each in both languages.
        assert!(register["controller"]["name"].is_string());
        assert!(register["controller"]["email"].is_string());
        assert!(register["authority"]["name"].is_string());
        let both = |wording: &Value| {
            for language in ["en", "fr"] {
                let words = wording[language].as_str().unwrap_or_default();
                assert!(!words.is_empty(), "{wording}");
            }
        };
        assert!(!list(&register, "security").is_empty());
        list(&register, "security").iter().for_each(both);
        let source = std::fs::read_to_string(folder.join("policy.toml")).unwrap();
        let purposes = source
            .lines()
            .filter(|line| line.starts_with("[purposes.") && line.matches('.').count() == 1);
        let processings = list(&register, "processings");
        assert_eq!(purposes.count(), processings.len());
        for processing in processings {
            both(&processing["title"]);
            both(&processing["about"]);
            for column in ["kinds_of_subject", "categories", "terms", "legal_bases"] {
                assert!(
                    !list(processing, column).is_empty(),
                    "{column} of {}",
                    processing["name"]
                );
            }
            list(processing, "kinds_of_subject").iter().for_each(both);
            for transfer in list(processing, "transfers") {
                both(&transfer["safeguard"]);
                assert!(transfer["country"].is_string());
            }
            for term in list(processing, "terms") {
                both(&term["term"]);
                both(&term["source"]);
            }
            let readers = format!(
                "{}{}",
                processing["internal_recipients"], processing["external_recipients"]
            );
            let name = processing["name"].as_str().unwrap();
            let read = source
                .lines()
                .any(|line| line.starts_with(&format!("{name} = ")));
            assert_eq!(readers != "[][]", read, "recipients of {name}");
        }
        for (language, title) in [("en", "# Record of processing"), ("fr", "# Registre des")] {
            let folder = folder.to_str().unwrap();
            let page = Kept::new()
                .run(["register", folder, "--language", language])
                .ok();
            assert!(page.out().starts_with(title));
            for processing in processings {
                let heading = format!("\n## {}\n", processing["title"][language].as_str().unwrap());
                assert!(page.out().contains(&heading), "{heading}");
            }
        }
    }
    let officer = &register(&policies::assess_manager())["officer"];
    assert!(officer["email"].is_string());
}

#[test]
fn promise_26a_every_version_stays_readable_with_its_reason() {
    let text = default_policy();
    let installation = Installation::rehearsal(&text, "2026-01-05T10:00");
    let second = text.replacen(
        "\nversion = 1\n",
        "\nversion = 2\nreason = { en = \"A shorter memory for contacts\", fr = \"Une mémoire plus courte des contacts\" }\n",
        1,
    );
    let at = second.find("name = \"10d\"").unwrap();
    let second = format!(
        "{}{}",
        &second[..at],
        second[at..].replacen("keep = \"5 years\"", "keep = \"3 years\"", 1)
    );
    installation.around().file("second/policy.toml", second);
    let plan = installation.run(["plan", "second"]).ok();
    assert!(plan.out().contains("before: ") && plan.out().contains("[shortens]"));
    let french = installation
        .run(["plan", "second", "--language", "fr"])
        .ok();
    assert!(french.out().contains("3 ans"), "{}", french.out());
    installation
        .run(["apply", "second", "--yes"])
        .ok()
        .says("version 2 is in force");
    let page = |version: &str| {
        let run = installation.run(["notice", "--version", version]);
        run.ok().out().to_owned()
    };
    assert!(page("2").contains("A shorter memory for contacts"));
    assert!(!page("1").contains("A shorter memory for contacts"));
    let current = installation.run(["notice", "--language", "fr"]).ok();
    assert!(
        current
            .out()
            .contains("Une mémoire plus courte des contacts")
    );
    installation.run(["notice", "--version", "3"]).exits(5);
}
