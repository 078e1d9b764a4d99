//! 5b, the half of forms: a form asks for what its purposes need, and takes nothing else.

use super::people::{add, adding, policy, rehearsal};
use crate::kept::{Kept, Run};

/// Checks the default policy with one text put in the place of another.
fn checked(from: &str, to: &str) -> Run {
    let text = policy();
    assert!(text.contains(from), "the policy does not say {from:?}");
    let kept = Kept::new();
    kept.file("policy.toml", text.replacen(from, to, 1));
    kept.run(["check", "policy.toml", "--json"])
}

/// The codes that a check finds, with what each is about and what it says.
fn found(run: &Run) -> Vec<(String, String, String)> {
    let data = run.json();
    let found = data["diagnostics"].as_array().unwrap().iter();
    let errors = found.filter(|one| one["level"] == "error");
    let word =
        |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    errors
        .map(|one| (word(one, "code"), word(one, "at"), one.to_string()))
        .collect()
}

#[test]
fn promise_5b_the_check_names_the_field_that_no_purpose_of_a_form_needs_and_why() {
    let run = checked(
        "optional = [\"identity.surname\", \"identity.first-name\", \"contact-details.telephone\", \"exchanges.exchange-subject\"]",
        "optional = [\"identity.surname\", \"identity.date-of-birth\"]",
    );
    let found = found(&run.exits(2));
    let [(code, at, text)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        (code.as_str(), at.as_str()),
        ("KP047", "forms.contact.optional[1]")
    );
    for word in [
        "identity.date-of-birth",
        "`questions`, which uses",
        "contact-details.telephone",
        "GDPR 5(1)(c)",
    ] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
    assert!(!text.contains("identity.surname`, which none"), "{text}");
}

#[test]
fn promise_5b_the_check_refuses_forms_that_ask_the_wrong_people_or_outside_a_matter() {
    let cases = [
        // Nothing of `greetings` is for a visitor.
        (
            "purposes = [\"questions\"]\norigin",
            "purposes = [\"questions\", \"greetings\"]\norigin",
            "KP048",
        ),
        ("during = \"transaction\"\nrequired", "required", "KP049"),
        (
            "during = \"transaction\"\nrequired",
            "during = \"dispute\"\nrequired",
            "KP049",
        ),
        (
            "purposes = [\"events\"]\norigin",
            "purposes = [\"events\", \"service-improvement\"]\norigin",
            "KP050",
        ),
        (
            "optional = [\"identity.date-of-birth\"]",
            "optional = [\"identity.date-of-birth\", \"identity.surname\"]",
            "KP051",
        ),
        (
            "origin = \"event-registration\"\nrequired",
            "origin = \"organiser-list\"\nrequired",
            "KP052",
        ),
        (
            "if-left-out.en = \"Without a name we do not keep the card.\"\n",
            "",
            "KP010",
        ),
        (
            "origin = \"event-registration\"\nrequired",
            "origin = \"event-registratoin\"\nrequired",
            "KP006",
        ),
        (
            "required = [\"contact-details.email\"]",
            "required = [\"contact-details.shoe-size\"]",
            "KP006",
        ),
        (
            "required = [\"contact-details.email\"]",
            "required = [\"claim-evidence.claim-statement\"]",
            "KP049",
        ),
    ];
    for (from, to, code) in cases {
        let run = checked(from, to).exits(2);
        let found = found(&run);
        assert!(
            found.iter().any(|(one, ..)| one == code),
            "{code}: {found:?}"
        );
    }
}

#[test]
fn promise_5b_the_check_names_a_single_field_that_nothing_needs() {
    let whole = "uses = [\"location\"]";
    checked(whole, whole).ok();
    let text = policy();
    let kept = Kept::new();
    kept.file(
        "policy.toml",
        text.replacen(whole, "uses = [\"location.place\"]", 1),
    );
    let said = kept.run(["check", "policy.toml"]);
    let said = format!("{}{}", said.out(), said.err());
    assert!(said.contains("no purpose uses the field"), "{said}");
    assert!(
        said.contains("KP216") && said.contains("add `location."),
        "{said}"
    );
    assert!(!said.contains("add `location.place`"), "{said}");
}

#[test]
fn promise_5b_a_form_takes_what_it_asks_for_and_nothing_else() {
    let installation = rehearsal("2026-01-05T10:00");
    let name = "identity.surname=Vasseur";
    let email = "contact-details.email=o.vasseur@example.org";
    let event = "registrations.event-name=Breakfast";
    let words = "--form event-registration --kind contact --met professional";
    // `events` uses whether somebody came; the form does not ask it.
    let refused = adding(
        &installation,
        words,
        &[
            name,
            email,
            event,
            "registrations.registration-state=attended",
        ],
    );
    let error = refused.exits(3).error_json();
    assert_eq!(error["rule"], "forms.event-registration");
    assert!(error["remedy"].as_str().unwrap().contains("surname*"));
    let missing = adding(&installation, words, &[name, event])
        .exits(3)
        .error_json();
    assert_eq!(missing["rule"], "forms.event-registration.required");
    assert!(missing["remedy"].as_str().unwrap().contains("keep a place"));
    // What the form says is not said again.
    adding(
        &installation,
        &format!("{words} --purpose newsletters"),
        &[name, email, event],
    )
    .exits(2);
    let counted = installation.run(["count", "--json"]).ok().json();
    assert_eq!(counted["people"], 0);

    let person = add(&installation, words, &[name, email, event]);
    let copy = person.json("copy {}");
    for record in copy["records"].as_array().unwrap() {
        assert_eq!(record["origin"]["name"], "event-registration");
        assert_eq!(record["purposes"][0]["purpose"]["name"], "events");
    }
    assert!(person.acts().contains(&"record-written".to_owned()));

    // Bank details through a form: within an open sale alone.
    let bank = [
        "banking.iban=FR7630006000011234567890189",
        "banking.account-holder=Vasseur",
    ];
    let refused = person
        .try_more("--form direct-debit", &bank)
        .exits(3)
        .error_json();
    assert_eq!(refused["rule"], "categories.banking.only-during");
    let sale = person.fact("transaction-opened --new-matter --manner sale");
    person.more(&format!("--form direct-debit --matter {sale}"), &bank);
    assert!(person.readable("administration", "payment"));
}

#[test]
fn promise_5b_an_import_of_a_form_takes_its_columns_and_its_complete_lines() {
    let installation = rehearsal("2026-01-05T10:00");
    let file = |text: &str| {
        installation.around().file("entries.csv", text);
    };
    let import = |more: &[&str]| {
        let line = [
            "import",
            "entries.csv",
            "--json",
            "--external-id",
            "ref",
            "--source",
            "draw",
            "--form",
            "event-registration",
            "--kind",
            "contact",
        ];
        installation.run(line.into_iter().chain(more.iter().copied()))
    };
    file(
        "ref,surname,email,event-name,registration-state\n1,Vasseur,o.vasseur@example.org,Breakfast,attended\n",
    );
    let refused = import(&[]).exits(3).error_json();
    assert_eq!(refused["rule"], "forms.event-registration");
    file(
        "ref,surname,email,event-name\n1,Vasseur,o.vasseur@example.org,Breakfast\n2,Ledoux,,Breakfast\n",
    );
    let report = import(&[]).ok().json();
    assert_eq!(report["report"]["taken-in"], 1);
    let reason = report["report"]["refused"]["reasons"][0]["reason"].to_string();
    assert!(
        reason.contains("forms.event-registration.required"),
        "{reason}"
    );
}
