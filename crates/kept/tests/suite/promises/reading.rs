//! 9a, 9d, 19a: who reads what, and its trace.

use super::people::{add, contact, rehearsal};

#[test]
fn promise_9a_nothing_is_readable_by_default_and_a_refused_read_is_traced() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    assert!(person.readable("client-relations", "contact-relations"));
    for recipient in [
        "marketing",
        "administration",
        "it",
        "logistics",
        "printers",
        "justice",
    ] {
        assert_eq!(
            person.refused(recipient, "contact-relations"),
            format!("recipients.{recipient}")
        );
    }
    let trace = person.json("trace {}");
    let refused: Vec<_> = trace["acts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|act| act["act"] == "read-refused")
        .collect();
    assert_eq!(refused.len(), 6);
    assert_eq!(refused[0]["recipient"], "marketing");
    assert_eq!(refused[0]["rule"], "recipients.marketing");
}

#[test]
fn promise_19a_a_use_for_another_purpose_is_refused_even_to_who_may_read_the_same_data() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    // Client relations may read identities for all of these, and this one only for its purpose.
    assert!(person.readable("client-relations", "contact-relations"));
    for other in [
        "greetings",
        "events",
        "questions",
        "community",
        "client-relations",
    ] {
        assert_eq!(
            person.refused("client-relations", other),
            format!("purposes.{other}"),
            "it was not collected for that"
        );
    }
    // Canvassing by those who read it for keeping in touch is refused, too.
    assert!(person.readable("canvassing", "contact-relations"));
    assert_eq!(
        person.refused("canvassing", "canvassing"),
        "purposes.canvassing"
    );
    person.more(
        "--kind contact --origin conversation --purpose canvassing",
        &["identity.surname=Vasseur"],
    );
    assert!(person.readable("canvassing", "canvassing"));
    assert!(person.acts().contains(&"read-refused".to_owned()));
}

#[test]
fn promise_19a_only_the_fields_that_the_purpose_needs_are_given() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = add(
        &installation,
        "--kind contact --met professional --origin event-registration --purpose contact-relations \
         --purpose newsletters",
        &[
            "contact-details.email=o.vasseur@example.org",
            "contact-details.telephone=+33 2 40 12 34 56",
            "contact-details.town=Nantes",
        ],
    );
    let read = person.json("read {} --recipient marketing --purpose newsletters");
    let values = &read["records"][0]["values"];
    assert_eq!(values["email"], "o.vasseur@example.org");
    assert_eq!(values["town"], "Nantes");
    assert_eq!(values["telephone"], serde_json::Value::Null);
    assert_eq!(
        read["withheld"][0]["fields"][0],
        "contact-details.telephone"
    );
    assert_eq!(read["withheld"][0]["rule"], "recipients.marketing");
    // For sending post, logistics gets the address and no e-mail address.
    let read = person.json("read {} --recipient logistics --purpose newsletters");
    let values = &read["records"][0]["values"];
    assert_eq!(values["email"], serde_json::Value::Null);
    assert_eq!(values["town"], "Nantes");
}

#[test]
fn promise_9d_every_act_leaves_its_trace_with_all_that_matters() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    person
        .run("read {} --recipient client-relations --purpose contact-relations --as l.caron")
        .ok();
    person.run("copy {} --output copy.json --as l.caron").ok();
    person
        .run("may {} --purpose newsletters --channel email")
        .exits(3);
    person.run("show {}").ok();
    person.fact("contact-from-person --manner call");
    person.run("met {} private").ok();
    person.run("object {}").ok();
    person.run("object {} --lift").ok();
    person.run("restrict {} --category identity").ok();
    let restriction = person.json("show {}")["restrictions"][0]["restriction"].clone();
    let restriction = restriction.as_str().unwrap();
    person
        .run(&format!("restrict {{}} --lift {restriction}"))
        .ok();
    person
        .run("forget {} --yes --reason no-longer-necessary")
        .ok();
    let acts = person.acts();
    let acts: Vec<&str> = acts.iter().map(String::as_str).collect();
    assert_eq!(
        acts,
        [
            "subject-added",
            "record-written",
            "read",
            "copy-made",
            "looked-up",
            "looked-up",
            "fact-recorded",
            "subject-changed",
            "objection-made",
            "objection-lifted",
            "restriction-set",
            "looked-up",
            "restriction-lifted",
            "erased",
            "grounds-ended",
            "swept",
            "trace-shown"
        ]
    );
    // The showing of a trace is an act itself.
    let trace = person.json("trace {}");
    let acts = trace["acts"].as_array().unwrap();
    assert_eq!(
        acts.iter()
            .filter(|act| act["act"] == "trace-shown")
            .count(),
        2
    );
    let read = acts.iter().find(|act| act["act"] == "read").unwrap();
    assert_eq!(read["account"], "l.caron");
    assert_eq!(read["recipient"], "client-relations");
    assert_eq!(read["purpose"], "contact-relations");
    assert_eq!(read["basis"], "legitimate-interests");
    assert_eq!(read["categories"][0], "identity");
    assert_eq!(read["policy-version"], 1);
    assert_eq!(read["at"], "2026-01-05T10:00:00+01:00");
    let copy = acts.iter().find(|act| act["act"] == "copy-made").unwrap();
    assert_eq!(copy["destination"], "file");
}

#[test]
fn promise_11c_the_copy_is_complete_in_both_languages_and_a_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    person
        .run(
            "consent give {} --purpose newsletters --channel email --origin paper-form \
              --proof consent-proofs.consent-wording=Yes-please",
        )
        .ok();
    person.run("object {}").ok();
    let copy = person.json("copy {}");
    assert_eq!(copy["form"], "kept/copy");
    let mut records = copy["records"].as_array().unwrap().iter();
    let record = records
        .find(|one| one["category"]["name"] == "identity")
        .unwrap();
    let purpose = &record["purposes"][0];
    assert_eq!(purpose["basis"], "legitimate interests");
    assert_eq!(purpose["retention"]["through"], "2031-01-05");
    assert_eq!(purpose["retention"]["rule"]["name"], "10d");
    let recipients = record["recipients"].as_array().unwrap();
    assert!(
        recipients
            .iter()
            .any(|one| one["name"] == "client-relations")
    );
    assert!(!recipients.iter().any(|one| one["name"] == "marketing"));
    assert_eq!(copy["objections"][0]["canvassing"], true);
    assert_eq!(copy["consents"][0]["purpose"]["name"], "newsletters");
    assert!(copy["rights"].as_array().unwrap().len() >= 7);
    assert!(copy["data-protection-officer"]["email"].is_string());
    assert_eq!(copy["accesses"][0]["act"], "subject-added");

    person
        .run("copy {} --page --language fr --output copie.html")
        .ok()
        .says("personal data");
    let file = installation.around().folder().join("copie.html");
    let page = std::fs::read_to_string(&file).unwrap();
    for part in [
        "lang=\"fr\"",
        "Copie de vos données",
        "Vasseur",
        "intérêt légitime",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("http://"));
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    person.run("copy {} --output copie.html").exits(4);
}
