//! 3a, 4b, 5a, 5b, 5c, 6a: what may be taken in, and what comes with it.

use super::people::{add, adding, contact, policy, rehearsal};
use crate::installation::Installation;
use crate::kept::Kept;

const NAME: [&str; 1] = ["identity.surname=Vasseur"];
const EMAIL: &str = "contact-details.email=o.vasseur@example.org";

/// Nobody is held: the refusal left nothing behind.
#[track_caller]
fn nobody(installation: &Installation) {
    let counted = installation.run(["count", "--json"]).ok().json();
    assert_eq!(counted["people"], 0);
    let found = installation.run([
        "find",
        "--field",
        "email",
        "o.vasseur@example.org",
        "--json",
    ]);
    assert_eq!(found.ok().json()["people"], serde_json::json!([]));
}

#[test]
fn promise_4b_what_the_policy_does_not_declare_cannot_be_used() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    let refused = [
        "read {} --recipient sales --purpose contact-relations",
        "read {} --recipient client-relations --purpose sales",
        "read {} --recipient client-relations --purpose contact-relations --category hobbies",
        "may {} --purpose sales",
        "fact tea-taken --person {}",
        "consent give {} --purpose sales --proof consent-proofs.consent-means=form --origin paper-form",
    ];
    for words in refused {
        person.run(words).exits(2);
    }
    person
        .try_more(
            "--kind contact --purpose contact-relations --origin business-card",
            &["hobbies.hobby=chess"],
        )
        .exits(2);
}

/// The default policy as its second version, with a purpose more.
fn second(compatibility: &str) -> String {
    let second = policy().replacen(
        "\nversion = 1\n",
        "\nversion = 2\nreason = { en = \"Surveys\", fr = \"Enquêtes\" }\n",
        1,
    );
    let purpose = format!(
        "
[purposes.surveys]
title = {{ en = \"Surveys\", fr = \"Enquêtes\" }}
about.en = \"We ask what you think of our services.\"
about.fr = \"Nous vous demandons ce que vous pensez de nos services.\"
nature = \"use\"
uses = [\"identity.surname\", \"identity.first-name\"]
{compatibility}
[[purposes.surveys.basis]]
kinds = [\"contact\"]
basis = \"legitimate-interests\"
because.en = \"Knowing how well we serve.\"
because.fr = \"Savoir si nous servons bien.\"

[recipients.marketing]
"
    );
    let second = second.replacen("\n[recipients.marketing]\n", &purpose, 1);
    second.replacen(
        "\n[recipients.marketing.reads]\n",
        "\n[recipients.marketing.reads]\nsurveys = \"all\"\n",
        1,
    )
}

const CHECKED: &str = "compatibility = { checked = 2026-05-01, reason = { en = \"Close to what they came for.\", fr = \"Proche de ce pour quoi ils sont venus.\" } }";

#[test]
fn promise_4b_a_new_purpose_reaches_data_held_only_after_telling_and_a_compatibility_check() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    installation
        .around()
        .file("second/policy.toml", second(CHECKED));
    person
        .run("read {} --recipient marketing --purpose surveys")
        .exits(2);
    installation.at("2026-06-01T10:00");
    installation.run(["plan", "second"]).ok().says("Surveys");
    installation.run(["apply", "second", "--yes"]).ok();
    assert_eq!(person.refused("marketing", "surveys"), "purposes.surveys");
    // What is collected from now on serves it at once.
    let new = add(
        &installation,
        "--kind contact --origin business-card --purpose contact-relations --purpose surveys",
        &NAME,
    );
    assert!(new.readable("marketing", "surveys"));
    person.run("told {} --version 3").exits(3);
    person.run("told {} --version 2 --from 2026-06-15").ok();
    assert!(
        !person.readable("marketing", "surveys"),
        "not before that day"
    );
    installation.at("2026-06-15T00:00");
    assert!(person.readable("marketing", "surveys"));
    assert!(person.acts().contains(&"told".to_owned()));
}

#[test]
fn promise_4b_without_a_compatibility_check_telling_is_not_enough() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    installation.around().file("second/policy.toml", second(""));
    installation.at("2026-06-01T10:00");
    installation.run(["apply", "second", "--yes"]).ok();
    person.run("told {}").ok();
    installation.later("2 days");
    assert_eq!(person.refused("marketing", "surveys"), "purposes.surveys");
}

/// The second version, in which surveys rest on consent.
fn second_by_consent() -> String {
    second("consent-lasts = \"2 years\"").replacen(
        "basis = \"legitimate-interests\"\nbecause.en = \"Knowing how well we serve.\"\n\
         because.fr = \"Savoir si nous servons bien.\"\n",
        "basis = \"consent\"\n",
        1,
    )
}

#[test]
fn promise_4b_a_new_purpose_reaches_data_held_by_a_new_consent() {
    let consent = "--purpose surveys --origin electronic-form \
                   --proof consent-proofs.consent-means=form --json";
    let installation = rehearsal("2026-01-05T10:00");
    let (person, other) = (contact(&installation), contact(&installation));
    let around = installation.around();
    around.file("second/policy.toml", second_by_consent());
    // Nobody consents to a purpose before it is declared.
    person.run(&format!("consent give {{}} {consent}")).exits(2);
    installation.at("2026-06-01T10:00");
    installation.run(["apply", "second", "--yes"]).ok();
    // Neither the new version nor being told of it is enough: it rests on consent, and has no
    // compatibility check.
    person.run("told {} --version 2").ok();
    installation.later("2 days");
    for one in [&person, &other] {
        assert_eq!(one.refused("marketing", "surveys"), "purposes.surveys");
        assert!(one.may("--purpose surveys").is_err());
    }
    // The person's consent, and that person's alone, opens what was collected before it.
    person.run(&format!("consent give {{}} {consent}")).ok();
    assert!(person.readable("marketing", "surveys"));
    assert_eq!(person.may("--purpose surveys").unwrap(), "consent");
    assert_eq!(other.refused("marketing", "surveys"), "purposes.surveys");
    let read = person.json("read {} --recipient marketing --purpose surveys");
    let values = read.to_string();
    assert!(values.contains("Vasseur"), "{values}");
    assert!(person.acts().contains(&"consent-given".to_owned()));
    // It closes as easily as it opened, and the records stay for what they were collected for.
    person.run("consent withdraw {} --purpose surveys").ok();
    assert!(!person.readable("marketing", "surveys"));
    assert!(person.readable("client-relations", "contact-relations"));
}

#[test]
fn promise_26a_a_longer_term_reaches_a_person_when_told_and_a_shorter_one_at_once() {
    let longer = |version: u32, years: &str| {
        let text = policy().replacen(
            "\nversion = 1\n",
            &format!("\nversion = {version}\nreason = {{ en = \"Terms\", fr = \"Durées\" }}\n"),
            1,
        );
        let at = text.find("name = \"10d\"").unwrap();
        let (before, after) = text.split_at(at);
        format!("{before}{}", after.replacen("keep = \"5 years\"", years, 1))
    };
    let installation = rehearsal("2024-01-31T10:00");
    let person = contact(&installation);
    let around = installation.around();
    around.file("longer/policy.toml", longer(2, "keep = \"6 years\""));
    around.file("shorter/policy.toml", longer(3, "keep = \"3 years\""));
    installation.run(["apply", "longer", "--yes"]).ok();
    let term = || person.until("identity", "contact-relations");
    assert_eq!(term(), "through 2029-01-31");
    person.run("told {} --version 2").ok();
    assert_eq!(term(), "through 2030-01-31");
    installation.run(["apply", "shorter", "--yes"]).ok();
    assert_eq!(term(), "through 2027-01-31");
    let shown = person.json("show {}");
    assert_eq!(shown["told"]["version"], 2);
    assert_eq!(shown["records"][0]["policy-version"], 1);
}

#[test]
fn promise_5a_every_field_is_of_one_declared_category_and_what_is_held_can_be_counted() {
    let installation = rehearsal("2026-01-05T10:00");
    adding(
        &installation,
        "--kind contact --purpose contact-relations --origin business-card",
        &["identity.shoe-size=42"],
    )
    .exits(2);
    let person = contact(&installation);
    contact(&installation);
    person.more(
        "--kind contact --purpose contact-relations --origin business-card",
        &[EMAIL],
    );
    let counted = installation.run(["count", "--json"]).ok().json();
    assert_eq!(counted["people"], 2);
    let cells = counted["categories"].as_array().unwrap();
    let cell = |name: &str| cells.iter().find(|cell| cell["category"] == name).unwrap();
    assert_eq!(cell("identity")["people"], 2);
    assert_eq!(cell("contact-details")["records"], 1);
    assert_eq!(cell("identity")["kind"], "contact");

    // A field in two categories is an error of the policy, found before anything runs.
    let twice = policy().replacen(
        "[categories.personal.fields]\n",
        "[categories.personal.fields]\nsurname = { title = { en = \"Surname\", fr = \"Nom\" }, type = \"person-name\" }\n",
        1,
    );
    let kept = Kept::new();
    kept.file("policy.toml", twice);
    kept.run(["check", "policy.toml"]).exits(2).says("surname");
}

#[test]
fn promise_5b_only_fields_that_a_stated_purpose_needs_are_collected() {
    let installation = rehearsal("2026-01-05T10:00");
    // Greetings need the occasion; keeping in touch does not.
    let fields = [
        "personal.occasion=Promotion",
        "personal.occasion-date=2026-02-01",
    ];
    let run = adding(
        &installation,
        "--kind contact --met professional --purpose contact-relations --origin conversation",
        &fields,
    );
    let error = run.exits(3).error_json();
    assert_eq!(error["rule"], "categories.personal.fields.occasion");
    assert!(error["message"].as_str().unwrap().contains("Occasion"));
    nobody(&installation);
    add(
        &installation,
        "--kind contact --met professional --purpose greetings --origin conversation",
        &fields,
    );
    // The policy check says which category nothing needs, and why that matters.
    let idle = policy().replacen(
        "[categories.location]\n",
        "[categories.hobbies]\ntitle = { en = \"Hobbies\", fr = \"Loisirs\" }\nabout = { en = \"What you like\", fr = \"Ce que vous aimez\" }\nnature = \"ordinary\"\n[categories.hobbies.fields]\nhobby = { title = { en = \"Hobby\", fr = \"Loisir\" }, type = \"text\" }\n\n[categories.location]\n",
        1,
    );
    let kept = Kept::new();
    kept.file("policy.toml", idle);
    kept.run(["check", "policy.toml"])
        .says("hobbies")
        .says("KP216");
}

#[test]
fn promise_5c_special_data_needs_a_named_dispute_and_its_people_alone_read_it() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    let fields = ["claim-evidence.claim-statement=Medical-certificate"];
    let words = "--kind contact --origin conversation --purpose dispute-evidence";
    let refused = person.try_more(words, &fields).exits(3).error_json();
    assert_eq!(refused["rule"], "categories.claim-evidence.only-during");
    let dispute = person.fact("dispute-opened --new-matter");
    person.try_more(words, &fields).exits(3);
    person.more(&format!("{words} --matter {dispute}"), &fields);
    assert!(person.readable("legal-affairs", "dispute-evidence"));
    for recipient in [
        "client-relations",
        "marketing",
        "administration",
        "managers",
    ] {
        assert!(
            !person.readable(recipient, "dispute-evidence"),
            "{recipient}"
        );
    }
    person.fact(&format!("dispute-closed --matter {dispute}"));
    person
        .try_more(&format!("{words} --matter {dispute}"), &fields)
        .exits(3);
}

#[test]
fn promise_6a_every_record_says_where_it_came_from_who_brought_it_and_when() {
    let installation = rehearsal("2026-01-05T10:00");
    let words = "--kind contact --met professional --purpose contact-relations --collected 2025-12-18 \
                 --as a.morel --origin";
    let origins = [
        "paper-form",
        "business-card",
        "electronic-form",
        "event-registration",
        "organiser-list",
        "social-network",
        "partner",
        "supplier",
    ];
    for origin in origins {
        let person = add(&installation, &format!("{words} {origin}"), &NAME);
        let copy = person.json("copy {}");
        let record = &copy["records"][0];
        assert_eq!(record["origin"]["name"], origin);
        assert_eq!(record["brought-by"], "a.morel");
        assert!(
            record["collected"]
                .as_str()
                .unwrap()
                .starts_with("2025-12-18T")
        );
        assert!(
            record["recorded"]
                .as_str()
                .unwrap()
                .starts_with("2026-01-05T")
        );
    }
    adding(
        &installation,
        "--kind contact --purpose contact-relations --origin the-street",
        &NAME,
    )
    .exits(2);
}

#[test]
fn promise_3a_every_record_names_its_processing_and_who_carries_it_out() {
    let installation = rehearsal("2026-01-05T10:00");
    let words = "--kind contact --origin business-card --purpose contact-relations";
    let person = add(&installation, words, &NAME);
    person.more(&format!("{words} --processor it-services"), &[EMAIL]);
    let copy = person.json("copy {}");
    assert!(copy["controller"]["name"].is_string());
    let records = copy["records"].as_array().unwrap();
    let carried: Vec<_> = records
        .iter()
        .map(|one| &one["carried-out-by"]["name"])
        .collect();
    assert!(
        carried.contains(&&serde_json::Value::Null),
        "the controller itself"
    );
    assert!(carried.contains(&&"it-services".into()));
    for record in records {
        assert_eq!(
            record["purposes"][0]["purpose"]["name"],
            "contact-relations"
        );
    }
    // Nobody who is not in the register of processors, and nobody for another's processing.
    person
        .try_more(&format!("{words} --processor a-friend"), &[EMAIL])
        .exits(2);
    let refused = person.try_more(&format!("{words} --processor printing"), &[EMAIL]);
    assert_eq!(refused.exits(3).error_json()["rule"], "processors.printing");
    // None exists outside a processing.
    adding(
        &installation,
        "--kind contact --origin business-card",
        &NAME,
    )
    .exits(2);
}
