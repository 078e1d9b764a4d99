//! 4a: nothing is written without a known origin, purpose and legal basis, by any door.

use serde_json::{Value, json};

use super::people::{Person, add, adding, contact, rehearsal};
use crate::installation::Installation;
use crate::policies;

const NAME: &str = "identity.surname=Vasseur";
const CARD: &str = "--kind contact --purpose contact-relations --origin business-card";

/// How many people and records are held.
fn held(installation: &Installation) -> (u64, u64) {
    let counted = installation.run(["count", "--json"]).ok().json();
    let cells = counted["categories"].as_array().unwrap().iter();
    let records = cells.map(|cell| cell["records"].as_u64().unwrap()).sum();
    (counted["people"].as_u64().unwrap(), records)
}

/// How many entries the journal has.
fn entries(installation: &Installation) -> u64 {
    let run = installation.run(["journal", "verify", "--json"]);
    run.ok().json()["entries"].as_u64().unwrap()
}

/// A refusal: what was tried, the exit code, the rule.
struct Refusal {
    words: String,
    field: &'static str,
    exit: i32,
    rule: &'static str,
}

fn refusal(words: &str, field: &'static str, exit: i32, rule: &'static str) -> Refusal {
    Refusal {
        words: words.to_owned(),
        field,
        exit,
        rule,
    }
}

/// What keyed entry refuses, of a new person or of one who is known.
fn keyed() -> Vec<Refusal> {
    vec![
        refusal("--kind contact --purpose contact-relations", NAME, 2, "4a"),
        refusal("--kind contact --origin business-card", NAME, 2, "4a"),
        refusal(
            "--purpose contact-relations --origin business-card",
            NAME,
            2,
            "4a",
        ),
        refusal(&CARD.replace("business-card", "the-street"), NAME, 2, "4b"),
        refusal(&CARD.replace("contact-relations", "gossip"), NAME, 2, "4b"),
        refusal(
            &CARD.replace("--kind contact", "--kind friend"),
            NAME,
            2,
            "4b",
        ),
        // No contract, no consent, not for such a person.
        refusal(
            "--kind client --purpose client-relations --origin order-form",
            NAME,
            3,
            "purposes.client-relations.basis",
        ),
        refusal(
            "--kind user --purpose nearby --origin electronic-form",
            "location.place=Nantes",
            3,
            "purposes.nearby.basis",
        ),
        refusal(
            "--kind visitor --purpose contact-relations --origin business-card",
            NAME,
            3,
            "purposes.contact-relations.concerns",
        ),
        // An origin that needs an approval has none here.
        refusal(
            &CARD.replace("business-card", "rented-database"),
            NAME,
            3,
            "origins.rented-database",
        ),
        // The same through a form, which brings purpose, origin and kind.
        refusal("--form the-back-of-an-envelope", NAME, 2, "4b"),
        refusal("--form event-registration", NAME, 2, "4a"),
        refusal(
            "--form business-card --kind visitor",
            NAME,
            3,
            "forms.business-card.kinds",
        ),
    ]
}

#[test]
fn promise_4a_keyed_entry_refuses_what_has_no_known_origin_purpose_and_basis() {
    let installation = rehearsal("2026-01-05T10:00");
    let known = contact(&installation);
    let before = (held(&installation), known.acts());
    for Refusal {
        words,
        field,
        exit,
        rule,
    } in keyed()
    {
        let journal = entries(&installation);
        for words in [words.clone(), format!("--to {} {words}", known.id)] {
            let run = adding(&installation, &words, &[field]).exits(exit);
            assert!(
                !run.err().contains("asseur"),
                "{words}: no value is repeated"
            );
            assert_eq!(run.error_json()["rule"], rule, "{words}");
        }
        // What a rule refused stands in the journal, each time (9d); what was not even stated,
        // nobody decided on.
        let refused = if exit == 3 { 2 } else { 0 };
        assert_eq!(entries(&installation), journal + refused, "{words}");
        assert_eq!(
            held(&installation),
            before.0,
            "{words}: something was stored"
        );
    }
    let account = [
        "identity.surname=Vasseur",
        "identity.first-name=Odile",
        "contact-details.email=o.vasseur@example.org",
    ];
    let run = adding(&installation, "--form account", &account).exits(3);
    assert_eq!(run.error_json()["rule"], "purposes.accounts.basis");
    // One record that may not be collected keeps the others out, too.
    adding(&installation, CARD, &[NAME, "footage.camera-name=Hall"]).exits(3);
    assert_eq!(held(&installation), before.0);
    let acts = known.acts();
    let beside = |act: &&String| !["trace-shown", "write-refused"].contains(&act.as_str());
    assert_eq!(
        acts.iter().filter(beside).count(),
        before.1.iter().filter(beside).count()
    );
    // With all three it comes in, and the trace says so.
    let person = add(&installation, CARD, &[NAME]);
    let written = &person.json("trace {}")["acts"][1];
    assert_eq!(written["act"], "record-written");
    assert_eq!(written["origin"], "business-card");
    assert_eq!(written["purpose"], "contact-relations");
}

#[test]
fn promise_4a_what_is_stated_with_an_act_is_refused_without_origin_purpose_and_basis() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    let proof = "--proof consent-proofs.consent-means=form";
    let reason = "--review 2026-06-01 --reason exchanges.exchange-text=Letter";
    let refusals = [
        (
            format!("consent give {{}} --purpose newsletters {proof}"),
            2,
            "4a",
        ),
        (
            format!("consent give {{}} --purpose newsletters {proof} --origin the-street"),
            2,
            "4b",
        ),
        (
            format!("consent give {{}} --purpose gossip {proof} --origin paper-form"),
            2,
            "4b",
        ),
        // It rests on consent for nobody.
        (
            format!("consent give {{}} --purpose events {proof} --origin paper-form"),
            3,
            "purposes.events.basis",
        ),
        (
            format!("hold place {{}} --purpose legal-claims {reason}"),
            2,
            "4a",
        ),
        (
            format!("hold place {{}} --purpose legal-claims {reason} --origin the-street"),
            2,
            "4b",
        ),
        (
            format!("hold place {{}} --purpose gossip {reason} --origin conversation"),
            2,
            "4b",
        ),
        (
            format!("hold place {{}} --purpose newsletters {reason} --origin conversation"),
            3,
            "hold",
        ),
    ];
    let before = (held(&installation), entries(&installation));
    for (words, exit, rule) in refusals {
        let run = person.run(&format!("{words} --json")).exits(exit);
        assert_eq!(run.error_json()["rule"], rule, "{words}");
    }
    // The count itself is an entry, and each refusal by a rule (9d).
    assert_eq!(held(&installation), before.0);
    assert_eq!(entries(&installation), before.1 + 1 + 2);
}

#[test]
fn promise_4a_an_acceptance_is_refused_without_origin_purpose_and_basis() {
    let installation = rehearsal("2026-01-05T10:00");
    let folder = policies::assess_manager();
    installation
        .run(["documents", "publish", folder.to_str().unwrap()])
        .ok();
    // Acceptances are kept of people who deal with us, and a visitor does not.
    let visitor = "--kind visitor --purpose questions --origin conversation";
    let person = add(&installation, visitor, &[NAME]);
    let before = (held(&installation), entries(&installation));
    let accept = "accept {} --document terms-of-business";
    for (words, exit, rule) in [
        (accept.to_owned(), 2, "4a"),
        (format!("{accept} --origin the-street"), 2, "4b"),
        (
            "accept {} --document small-print --origin paper-form".to_owned(),
            2,
            "4b",
        ),
        (
            format!("{accept} --origin electronic-form"),
            3,
            "purposes.acceptances.concerns",
        ),
    ] {
        let run = person.run(&format!("{words} --json")).exits(exit);
        assert_eq!(run.error_json()["rule"], rule, "{words}");
    }
    assert_eq!(held(&installation), before.0);
    assert_eq!(entries(&installation), before.1 + 1 + 1);
}

/// Imports the file with what the words state.
fn import(installation: &Installation, words: &str) -> crate::kept::Run {
    let line = [
        "import",
        "people.csv",
        "--json",
        "--external-id",
        "ref",
        "--source",
        "fair",
    ];
    installation.run(line.into_iter().chain(words.split_whitespace()))
}

/// The one reason for which lines were refused: it names its rule.
fn reason(report: &Value) -> &str {
    let refused = report["report"]["refused"]["reasons"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{report}");
    refused[0]["reason"].as_str().unwrap()
}

#[test]
fn promise_4a_an_import_refuses_what_has_no_known_origin_purpose_and_basis() {
    let installation = rehearsal("2026-01-05T10:00");
    installation
        .around()
        .file("people.csv", "ref,surname\n1,Vasseur\n2,Ledoux\n");
    let list = "--kind contact --purpose contact-relations --origin organiser-list";
    let unstated = [
        (list.replace("--origin organiser-list", ""), "4a"),
        (list.replace("--purpose contact-relations", ""), "4a"),
        (list.replace("--kind contact", ""), "4a"),
        (list.replace("organiser-list", "the-street"), "4b"),
        (list.replace("contact-relations", "gossip"), "4b"),
        (list.replace("--kind contact", "--kind friend"), "4b"),
        ("--form the-back-of-an-envelope".to_owned(), "4b"),
    ];
    let before = entries(&installation);
    for (words, rule) in unstated {
        let run = import(&installation, &words).exits(2);
        assert_eq!(run.error_json()["rule"], rule, "{words}");
    }
    assert_eq!(entries(&installation), before);
    let baseless = [
        (
            "--kind client --purpose client-relations --origin order-form",
            "purposes.client-relations.basis",
        ),
        (
            "--kind visitor --purpose contact-relations --origin organiser-list",
            "purposes.contact-relations.concerns",
        ),
        (
            "--kind contact --purpose contact-relations --origin rented-database",
            "origins.rented-database",
        ),
        // Compulsory answers are missing.
        ("--form account", "forms.account.required"),
    ];
    for (words, rule) in baseless {
        let run = import(&installation, words).exits(3);
        assert!(reason(&run.json()).contains(rule), "{words}");
        assert_eq!(held(&installation), (0, 0), "{words}: something was stored");
    }
    // A change of what is held is refused like a first entry.
    import(&installation, list).ok();
    assert_eq!(held(&installation), (2, 2));
    installation.around().file(
        "people.csv",
        "ref,surname\n1,Vasseur-Petit\n2,Ledoux-Petit\n",
    );
    let changed = "--update --kind client --purpose client-relations --origin order-form";
    let run = import(&installation, changed).exits(3);
    assert!(reason(&run.json()).contains("purposes.client-relations.basis"));
    assert_eq!(held(&installation), (2, 2));
    let found = installation.run(["people", "--json"]).ok().json();
    assert_eq!(found["people"].as_array().unwrap().len(), 2);
    let person = Person {
        installation: &installation,
        id: found["people"][0]["person"].as_str().unwrap().to_owned(),
    };
    let read = person.json("read {} --recipient client-relations --purpose contact-relations");
    assert_ne!(read, json!(null));
    assert!(
        !read.to_string().contains("Petit"),
        "the change came through"
    );
}
