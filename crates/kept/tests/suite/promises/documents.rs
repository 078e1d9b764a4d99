//! 3b: documents stand apart from the policy, each published and versioned by itself; accepting one
//! accepts no other.

use serde_json::Value;

use super::people::{Rehearsal, contact, policy, rehearsal};
use crate::browser::Demo;
use crate::kept::Kept;
use crate::policies;

/// The file of a document of the default policy.
fn shipped(name: &str) -> String {
    let folder = policies::assess_manager().join("documents");
    std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap()
}

/// The next version of the terms of business, which says something else in one place.
fn second_terms() -> String {
    let first = shipped("terms-of-business");
    let head = "version = 1\npublished = 2026-01-05\n";
    assert!(first.contains(head));
    first
        .replacen(
            head,
            "version = 2\npublished = 2026-06-01\naccept-again = true\n\
             reason = { en = \"Sessions can be postponed twice.\", fr = \"Deux reports possibles.\" }\n",
            1,
        )
        .replacen("can be postponed once", "can be postponed twice", 1)
        .replacen("peut être reportée une fois", "peut être reportée deux fois", 1)
}

/// A rehearsal of the default policy with its documents published.
fn published() -> Rehearsal {
    let installation = rehearsal("2026-01-05T10:00");
    let folder = policies::assess_manager();
    let publish = ["documents", "publish", folder.to_str().unwrap()];
    installation
        .run(publish)
        .ok()
        .says("terms-of-business, version 1");
    installation
}

fn listed(installation: &Rehearsal) -> Value {
    installation.run(["documents", "--json"]).ok().json()
}

/// The versions of one document, with their digests.
fn versions(list: &Value, name: &str) -> Vec<(u64, String)> {
    let documents = list["documents"].as_array().unwrap().iter();
    let mut of_this = documents.filter(|document| document["name"] == name);
    let document = of_this.next().unwrap();
    let versions = document["versions"].as_array().unwrap().iter();
    versions
        .map(|one| {
            let digest = one["digest"].as_str().unwrap().to_owned();
            (one["version"].as_u64().unwrap(), digest)
        })
        .collect()
}

fn sha256(text: &str) -> String {
    policy::edition_digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn promise_3b_a_new_version_of_a_document_changes_no_other_and_not_the_policy() {
    let installation = published();
    let before = listed(&installation);
    let names = [
        "terms-of-business",
        "cookies-policy",
        "terms-of-use",
        "confidentiality-undertaking",
    ];
    for name in names {
        assert_eq!(versions(&before, name), [(1, sha256(&shipped(name)))]);
    }
    installation.around().file("terms.toml", second_terms());
    let publish = ["documents", "publish", "terms.toml"];
    let dry = [publish.as_slice(), &["--dry-run"]].concat();
    installation
        .run(dry)
        .ok()
        .says("would be done: terms-of-business, version 2");
    assert_eq!(listed(&installation), before, "a dry run changes nothing");
    installation
        .run(publish)
        .ok()
        .says("terms-of-business, version 2");
    let after = listed(&installation);
    assert_eq!(after["policy"], before["policy"]);
    for name in &names[1..] {
        assert_eq!(versions(&after, name), versions(&before, name));
    }
    let terms = versions(&after, names[0]);
    assert_eq!(terms[0], versions(&before, names[0])[0]);
    assert_eq!(terms[1], (2, sha256(&second_terms())));
    // Published twice, it is published once.
    installation.run(publish).ok().says("nothing is new");
    assert_eq!(listed(&installation), after);
    // Every version stays readable, in both languages, and is what was published.
    let show = |words: &str| {
        let line = format!("documents show terms-of-business {words}");
        installation.run(line.split_whitespace()).ok()
    };
    show("--version 1").says("can be postponed once");
    show("--version 1 --language fr").says("peut être reportée une fois");
    show("").says("can be postponed twice");
    assert_eq!(show("--version 1 --source").out(), shipped(names[0]));
    let none = ["documents", "show", names[0], "--version", "3"];
    installation.run(none).exits(5).complains("1, 2");
    // A new policy leaves the documents as they are.
    let second = policy().replacen(
        "\nversion = 1\n",
        "\nversion = 2\nreason = { en = \"Clearer\", fr = \"Plus clair\" }\n",
        1,
    );
    installation.around().file("second/policy.toml", second);
    installation.run(["apply", "second", "--yes"]).ok();
    assert_eq!(listed(&installation)["documents"], after["documents"]);
    installation.run(["journal", "verify"]).ok();
}

#[test]
fn promise_3b_what_was_published_is_never_said_otherwise() {
    let installation = published();
    let before = listed(&installation);
    let around = installation.around();
    let refused = |name: &str, text: String, complaint: &str| {
        around.file(name, text);
        let run = installation.run(["documents", "publish", name]);
        run.exits(2).complains(complaint);
        assert_eq!(listed(&installation), before, "{name}");
    };
    let first = shipped("terms-of-business");
    refused(
        "changed.toml",
        first.replacen("postponed once", "postponed twice", 1),
        "version 1 of `terms-of-business` is published, and says something else",
    );
    refused(
        "earlier.toml",
        second_terms().replacen("2026-06-01", "2025-12-31", 1),
        "published before version 1",
    );
    refused(
        "one-language.toml",
        second_terms().replacen("\n## 12. Droit applicable, médiation et tribunaux", "", 1),
        "the French one has 11",
    );
    refused(
        "unknown.toml",
        first.replacen(
            "name = \"terms-of-business\"",
            "name = \"terms-of-rent\"",
            1,
        ),
        "the policy declares no document `terms-of-rent`",
    );
    around.file("terms.toml", second_terms());
    installation
        .run(["documents", "publish", "terms.toml"])
        .ok();
    // Nor is a number that was passed over taken later.
    let skipping = second_terms().replacen("version = 2", "version = 4", 1);
    around.file("skipping.toml", skipping.replacen("twice", "thrice", 1));
    installation
        .run(["documents", "publish", "skipping.toml"])
        .ok();
    let between = second_terms().replacen("version = 2", "version = 3", 1);
    around.file("between.toml", between);
    let run = installation.run(["documents", "publish", "between.toml"]);
    run.exits(2)
        .complains("version 3 does not follow version 4");
}

#[test]
fn promise_3b_a_plan_says_which_document_has_a_new_version_and_applying_publishes_it() {
    let installation = published();
    let around = installation.around();
    around.file("next/policy.toml", policy());
    around.file("next/documents/terms-of-business.toml", second_terms());
    let plan = |words: &str| {
        let line = format!("plan next {words}");
        installation.run(line.split_whitespace()).ok()
    };
    plan("").says("version 1 stays in force").says(
        "Document “General terms of business”: version 2, published on 2026-06-01, takes the place \
         of version 1. Sessions can be postponed twice.",
    );
    plan("--language fr").says("remplace la version 1. Deux reports possibles.");
    assert_eq!(plan("--json").json()["to-tell"], serde_json::json!({}));
    // The policy has not changed: its version does not either.
    installation
        .run(["apply", "next", "--yes"])
        .exits(2)
        .complains("kept documents publish");
    let second = policy().replacen(
        "\nversion = 1\n",
        "\nversion = 2\nreason = { en = \"Clearer\", fr = \"Plus clair\" }\n",
        1,
    );
    around.file("next/policy.toml", second);
    let applied = installation.run(["apply", "next", "--yes"]).ok();
    applied.says("terms-of-business, version 2, is published");
    assert_eq!(
        versions(&listed(&installation), "terms-of-business").len(),
        2
    );
    assert_eq!(versions(&listed(&installation), "cookies-policy").len(), 1);
}

#[test]
fn promise_3b_accepting_one_document_accepts_no_other_and_no_other_version() {
    let installation = published();
    let (person, other) = (contact(&installation), contact(&installation));
    let accept = |words: &str| {
        person.run(&format!(
            "accept {{}} {words} --origin electronic-form --json"
        ))
    };
    let accepted = || {
        let shown = person.json("show {}");
        let accepted = shown["accepted"].as_array().unwrap().iter();
        accepted
            .map(|one| {
                let document = one["document"].as_str().unwrap();
                format!(
                    "{document} {} asked {}",
                    one["version"], one["asked-for-version"]
                )
            })
            .collect::<Vec<_>>()
    };
    // What is not published, or was not then, cannot be accepted; nothing is left of the try.
    accept("--document terms-of-business --version 2").exits(5);
    accept("--document terms-of-rent").exits(2);
    accept("--document terms-of-business --on 2025-12-31T10:00").exits(3);
    accept("--document terms-of-business --on 2027-01-01T10:00").exits(3);
    accept("--document terms-of-business --dry-run").ok();
    assert!(accepted().is_empty());
    assert!(!person.acts().contains(&"document-accepted".to_owned()));

    accept("--document terms-of-business --version 1").ok();
    assert_eq!(accepted(), ["terms-of-business 1 asked null"]);
    accept("--document terms-of-business --version 1").exits(4);
    assert_eq!(accepted().len(), 1);
    // Neither the policy nor any other document is accepted by it, nor by anybody else; and it is
    // no consent.
    let shown = person.json("show {}");
    assert_eq!(shown["told"], Value::Null);
    assert_eq!(shown["consents"], serde_json::json!([]));
    assert_eq!(other.json("show {}")["accepted"], serde_json::json!([]));

    // A new version that asks for it is to be accepted anew; the first stays accepted.
    installation.around().file("terms.toml", second_terms());
    installation.at("2026-06-02T10:00");
    installation
        .run(["documents", "publish", "terms.toml"])
        .ok();
    assert_eq!(accepted(), ["terms-of-business 1 asked 2"]);
    accept("--document cookies-policy").ok();
    assert_eq!(
        accepted(),
        ["terms-of-business 1 asked 2", "cookies-policy 1 asked null"]
    );
    accept("--document terms-of-business").ok();
    assert_eq!(
        accepted(),
        [
            "terms-of-business 1 asked null",
            "cookies-policy 1 asked null",
            "terms-of-business 2 asked null"
        ]
    );

    // The evidence: sealed, in the category that the policy keeps acceptances in, with the digest
    // of what was accepted; in the copy and in the trace.
    let copy = person.json("copy {}");
    let proofs: Vec<String> = copy["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["category"]["name"] == "acceptance")
        .map(|record| record["values"].to_string())
        .collect();
    assert_eq!(proofs.len(), 3);
    for (name, version, source) in [
        ("terms-of-business", "1", shipped("terms-of-business")),
        ("cookies-policy", "1", shipped("cookies-policy")),
        ("terms-of-business", "2", second_terms()),
    ] {
        let of_this = proofs.iter().filter(|proof| {
            let version = format!("\"value\":\"{version}\"");
            proof.contains(name) && proof.contains(&version) && proof.contains(&sha256(&source))
        });
        assert_eq!(of_this.count(), 1, "{name}, version {version}: {proofs:?}");
    }
    assert_eq!(copy["acceptances"].as_array().unwrap().len(), 3);
    assert_eq!(
        copy["acceptances"][0]["document"]["name"],
        "terms-of-business"
    );
    assert_eq!(copy["acceptances"][0]["version"], 1);
    let trace = person.json("trace {}");
    let rules: Vec<&str> = trace["acts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|act| act["act"] == "document-accepted")
        .map(|act| act["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        [
            "documents.terms-of-business, version 1",
            "documents.cookies-policy, version 1",
            "documents.terms-of-business, version 2"
        ]
    );
}

#[test]
fn promise_3b_an_acceptance_goes_with_its_proof_at_the_term_of_the_policy() {
    let installation = published();
    let person = contact(&installation);
    person
        .run("accept {} --document terms-of-business --origin electronic-form")
        .ok();
    assert_eq!(
        person.until("acceptance", "acceptances"),
        "through 2031-01-05"
    );
    // Something of theirs stays longer, so that the person does.
    installation.at("2030-06-01T10:00");
    person
        .run("fact contact-from-person --person {} --manner call")
        .ok();
    installation.at("2031-01-05T23:59");
    assert_eq!(
        person.json("show {}")["accepted"].as_array().unwrap().len(),
        1
    );
    installation.at("2031-01-06T10:00");
    installation.run(["sweep"]).ok();
    let shown = person.json("show {}");
    assert_eq!(shown["accepted"], serde_json::json!([]));
    assert!(!shown["records"].as_array().unwrap().is_empty());
    // The document itself stays: it is nobody's data.
    assert_eq!(
        versions(&listed(&installation), "terms-of-business").len(),
        1
    );
}

#[test]
fn promise_3b_the_public_reads_each_document_by_itself_in_each_version() {
    let demo = Demo::of("20");
    let notice = demo.page("/privacy");
    for name in ["terms-of-business", "cookies-policy", "terms-of-use"] {
        let address = format!("/documents/{name}");
        assert!(notice.contains(&format!("href=\"{address}\"")), "{name}");
        let page = demo.page(&address);
        assert!(page.contains(&sha256(&shipped(name))), "{name}");
        assert!(page.contains("accepting it accepts no other document"));
        let french = demo.open_in(&address, "fr").body;
        assert!(french.contains("Ce document est distinct"), "{name}");
    }
    // What is for staff is not for everybody.
    assert!(!notice.contains("/documents/confidentiality-undertaking"));
    for path in [
        "/documents/confidentiality-undertaking",
        "/documents/terms-of-rent",
        "/documents/terms-of-business?version=2",
    ] {
        assert_eq!(demo.open_in(path, "en").status, 404, "{path}");
    }
    let before = demo.page("/documents/cookies-policy");
    demo.around().file("terms.toml", second_terms());
    let publish = ["documents", "publish", "terms.toml", "--data", demo.data()];
    demo.around().run(publish).ok();
    let list = demo.page("/documents");
    assert!(list.contains("Privacy notice") && list.contains("Version 2, "));
    let now = demo.page("/documents/terms-of-business");
    assert!(now.contains("can be postponed twice"));
    assert!(now.contains("href=\"/documents/terms-of-business?version=1\""));
    let first = demo.page("/documents/terms-of-business?version=1");
    assert!(first.contains("can be postponed once") && first.contains("A later version"));
    assert_eq!(demo.page("/documents/cookies-policy"), before);
}

#[test]
fn promise_3b_documents_with_errors_keep_a_policy_s_folder_from_passing() {
    let kept = Kept::new();
    kept.file("p/policy.toml", policy());
    kept.file("p/documents/terms-of-business.toml", second_terms());
    kept.run(["check", "p"])
        .ok()
        .says("the document can be published");
    let broken = second_terms().replacen("fr = \"\"\"", "de = \"\"\"", 1);
    kept.file("p/documents/terms-of-business.toml", broken);
    kept.run(["check", "p"])
        .exits(2)
        .says("`document.text` says nothing in French");
    kept.run(["init", "--policy", "p", "--data", "D"]).exits(2);
    assert!(!kept.folder().join("D").exists());
}
