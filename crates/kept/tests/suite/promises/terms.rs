//! 10b to 10e: terms at their exact day.

use super::people::{add, contact, rehearsal, sweep};

#[test]
fn promise_10d_a_contact_goes_five_years_after_collection() {
    // 29 February 2024 + 5 years is 28 February 2029, through midnight in Paris.
    let installation = rehearsal("2024-02-29T15:00");
    let person = contact(&installation);
    assert_eq!(
        person.until("identity", "contact-relations"),
        "through 2029-02-28"
    );
    installation.at("2029-02-28T23:59");
    assert!(person.readable("client-relations", "contact-relations"));
    assert_eq!(sweep(&installation), [""; 0]);
    installation.at("2029-03-01T00:00");
    assert_eq!(
        person.refused("client-relations", "contact-relations"),
        "retention 10d"
    );
    assert_eq!(
        sweep(&installation),
        ["1 identity anonymised by retention 10d"]
    );
    person.run("show {}").exits(5);
    assert_eq!(
        person.acts().iter().filter(|act| *act == "swept").count(),
        1
    );
}

#[test]
fn promise_10d_only_a_contact_from_the_person_moves_the_term() {
    let installation = rehearsal("2024-08-31T10:00");
    let person = contact(&installation);
    installation.at("2026-01-15T10:00");
    for never in [
        "opening",
        "bounce",
        "our-message",
        "rights-request",
        "import",
    ] {
        let run = person.run(&format!(
            "fact contact-from-person --person {{}} --manner {never} --json"
        ));
        let rule = run.exits(3).error_json()["rule"].clone();
        assert_eq!(rule, "facts.contact-from-person.manners");
    }
    person.run("fact contact-from-person --person {}").exits(3);
    assert_eq!(
        person.until("identity", "contact-relations"),
        "through 2029-08-31"
    );
    person.fact("contact-from-person --manner call");
    assert_eq!(
        person.until("identity", "contact-relations"),
        "through 2031-01-15"
    );
    installation.at("2031-01-15T23:59");
    assert!(person.readable("client-relations", "contact-relations"));
    installation.at("2031-01-16T00:00");
    assert!(!person.readable("client-relations", "contact-relations"));
}

#[test]
fn promise_10d_a_late_contact_revives_nothing() {
    let installation = rehearsal("2024-03-31T10:00");
    let person = contact(&installation);
    installation.at("2029-04-01T00:00");
    // It came in time, as evidence says, and is recorded a day too late.
    let late = person.json("fact contact-from-person --person {} --manner call --on 2029-03-30");
    assert_eq!(late["ended"], 1);
    assert!(!person.readable("client-relations", "contact-relations"));
    assert_eq!(
        sweep(&installation),
        ["1 identity anonymised by retention 10d"]
    );
}

#[test]
fn promise_10d_a_colleagues_contact_moves_nobody_elses_term() {
    let installation = rehearsal("2024-05-31T10:00");
    let (person, colleague) = (contact(&installation), contact(&installation));
    let organisation = installation
        .run(["organisation", "add", "--json"])
        .ok()
        .json();
    let organisation = organisation["organisation"].as_str().unwrap();
    for one in [&person, &colleague] {
        one.run(&format!(
            "organisation link {{}} --organisation {organisation}"
        ))
        .ok();
    }
    installation.at("2026-05-31T10:00");
    colleague.fact("contact-from-person --manner message");
    assert_eq!(
        person.until("identity", "contact-relations"),
        "through 2029-05-31"
    );
    let run = installation.run([
        "fact",
        "contact-from-person",
        "--organisation",
        organisation,
        "--manner",
        "message",
        "--json",
    ]);
    assert_eq!(
        run.exits(3).error_json()["rule"],
        "facts.contact-from-person.of-organisation"
    );
}

#[test]
fn promise_10b_a_members_data_waits_for_the_service_then_five_years_from_the_last_intervention() {
    let installation = rehearsal("2023-01-10T10:00");
    let person = contact(&installation);
    let service = person.fact("membership-started --new-matter");
    person.more(
        "--kind user --purpose newsletters --origin online-sign-up",
        &["identity.surname=Vasseur", "identity.first-name=Odile"],
    );
    assert_eq!(
        person.until("identity", "newsletters"),
        "waits for the end of membership"
    );
    installation.at("2024-02-29T10:00");
    person.fact("service-rendered --manner assessment");
    let run = person.run("fact service-rendered --person {} --manner automatic-renewal --json");
    assert_eq!(
        run.exits(3).error_json()["rule"],
        "facts.service-rendered.manners"
    );
    // A sign-in is what a program saw, not what somebody types in.
    person
        .run("fact authenticated-use --person {} --manner sign-in")
        .exits(3);
    installation.at("2030-01-10T10:00");
    assert!(
        person.readable("marketing", "newsletters"),
        "the membership goes on, seven years after the last intervention"
    );
    person.fact(&format!(
        "membership-ended --matter {service} --on 2024-12-31"
    ));
    assert!(
        !person.readable("marketing", "newsletters"),
        "5 years after the last intervention were over"
    );
    assert_eq!(
        sweep(&installation),
        ["2 identity anonymised by retention 10b"]
    );
}

#[test]
fn promise_10b_the_term_ends_at_its_day() {
    let installation = rehearsal("2023-01-10T10:00");
    let person = contact(&installation);
    let service = person.fact("membership-started --new-matter");
    person.more(
        "--kind user --purpose newsletters --origin online-sign-up",
        &["identity.surname=Vasseur"],
    );
    installation.at("2024-02-29T10:00");
    person.fact("service-rendered --manner support");
    installation.at("2024-06-30T10:00");
    person.fact(&format!("membership-ended --matter {service}"));
    assert_eq!(
        person.until("identity", "newsletters"),
        "through 2029-02-28"
    );
    installation.at("2029-02-28T23:59");
    assert!(person.readable("marketing", "newsletters"));
    installation.at("2029-03-01T00:00");
    assert_eq!(person.refused("marketing", "newsletters"), "retention 10b");
    assert_eq!(
        sweep(&installation),
        ["2 identity anonymised by retention 10b"]
    );
}

#[test]
fn promise_10c_a_cookie_choice_and_its_cookie_end_thirteen_months_after_the_choice() {
    let installation = rehearsal("2026-01-31T22:30");
    let person = add(
        &installation,
        "--kind visitor --origin electronic-form --purpose cookie-choices",
        &[
            "cookies.cookie-purpose=audience",
            "cookies.cookie-choice=accepted",
            "cookies.cookie-chosen-at=2026-01-31T22:30:00+01:00",
        ],
    );
    // The cookie itself needs the consent that the choice is.
    let cookie = ["cookies.cookie-identifier=7f3a"];
    let words = "--kind visitor --origin generated-by-service --purpose audience-measurement";
    let refused = person.try_more(words, &cookie).exits(3).error_json();
    assert_eq!(refused["rule"], "purposes.audience-measurement.basis");
    person
        .run(
            "consent give {} --purpose audience-measurement --origin electronic-form \
             --proof consent-proofs.consent-wording=Audience? \
             --proof consent-proofs.consent-means=banner",
        )
        .ok();
    person.more(words, &cookie);
    assert!(person.readable("marketing", "audience-measurement"));
    installation.at("2026-12-24T10:00");
    person.fact("contact-from-person --manner visit");
    for purpose in ["cookie-choices", "audience-measurement"] {
        let until = person.until("cookies", purpose);
        assert!(
            until.split("; ").all(|one| one == "through 2027-02-28"),
            "{until}"
        );
    }
    installation.at("2027-02-28T23:59");
    assert!(person.readable("marketing", "audience-measurement"));
    assert!(person.readable("data-protection-officer", "cookie-choices"));
    installation.at("2027-03-01T00:00");
    assert!(!person.readable("marketing", "audience-measurement"));
    assert_eq!(
        person.refused("data-protection-officer", "cookie-choices"),
        "retention 10c"
    );
    assert_eq!(sweep(&installation), ["2 cookies deleted by retention 10c"]);
}

#[test]
fn promise_10e_technical_data_goes_five_years_after_collection_whatever_happens() {
    let installation = rehearsal("2024-02-29T23:30");
    let person = add(
        &installation,
        "--kind visitor --origin generated-by-service --purpose security",
        &[
            "technical-identification.ip-address=192.0.2.17",
            "connection.log-entry=GET-/",
        ],
    );
    installation.at("2028-11-30T10:00");
    person.fact("contact-from-person --manner visit");
    person.fact("service-rendered --manner support");
    assert_eq!(person.until("connection", "security"), "through 2029-02-28");
    installation.at("2029-02-28T23:59");
    assert!(person.readable("it", "security"));
    installation.at("2029-03-01T00:00");
    assert_eq!(person.refused("it", "security"), "retention 10e");
    assert_eq!(
        sweep(&installation),
        [
            "1 connection deleted by retention 10e",
            "1 technical-identification deleted by retention 10e"
        ]
    );
}
