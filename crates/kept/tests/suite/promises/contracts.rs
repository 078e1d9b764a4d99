//! 10a and 8a: contracts, and what follows them.

use super::people::{Person, contact, rehearsal, sweep};
use crate::installation::Installation;

/// A contact who signs, and whose data is then taken in as a client's.
fn client<'a>(installation: &'a Installation) -> (Person<'a>, String) {
    let person = contact(installation);
    let contract = person.fact("contract-signed --new-matter");
    person.more(
        "--kind client --origin order-form --purpose client-relations --purpose canvassing",
        &["identity.surname=Vasseur", "identity.first-name=Odile"],
    );
    (person, contract)
}

#[test]
fn promise_10a_after_the_contract_data_serves_canvassing_alone_for_five_years() {
    let installation = rehearsal("2023-06-15T10:00");
    let (person, contract) = client(&installation);
    assert!(person.readable("client-relations", "client-relations"));
    installation.at("2024-02-29T12:00");
    person.fact(&format!("contract-ended --matter {contract}"));
    assert_eq!(
        person.refused("client-relations", "client-relations"),
        "retention 10a-contract"
    );
    assert!(person.readable("canvassing", "canvassing"));
    // What a limitation period keeps is closed to everything else.
    assert!(person.readable("legal-affairs", "contract-evidence"));
    assert!(!person.readable("client-relations", "contract-evidence"));
    // A later contact is the contact's affair, never the contract's.
    installation.at("2027-05-05T10:00");
    person.fact("contact-from-person --manner call");
    assert!(
        person
            .until("identity", "canvassing")
            .contains("through 2029-02-28")
    );
    installation.at("2029-02-28T23:59");
    assert!(person.readable("canvassing", "canvassing"));
    installation.at("2029-03-01T00:00");
    assert_eq!(person.refused("canvassing", "canvassing"), "retention 10a");
    assert!(!person.readable("legal-affairs", "contract-evidence"));
    let swept = sweep(&installation);
    assert_eq!(swept.len(), 1, "{swept:?}");
    assert!(swept[0].starts_with("1 identity"), "{swept:?}");
    assert!(
        person.readable("client-relations", "contact-relations"),
        "the contact's own record has a term of its own"
    );
}

#[test]
fn promise_10a_only_a_new_contract_stops_the_term() {
    let installation = rehearsal("2023-06-15T10:00");
    let (person, contract) = client(&installation);
    installation.at("2024-08-31T12:00");
    person.fact(&format!("contract-ended --matter {contract}"));
    installation.at("2026-01-10T12:00");
    let second = person.fact("contract-signed --new-matter");
    installation.at("2030-01-10T12:00");
    assert!(
        person.readable("canvassing", "canvassing"),
        "a contract runs"
    );
    person.fact(&format!("contract-ended --matter {second} --on 2030-01-09"));
    installation.at("2035-01-09T23:59");
    assert!(person.readable("canvassing", "canvassing"));
    installation.at("2035-01-10T00:00");
    assert!(!person.readable("canvassing", "canvassing"));
}

#[test]
fn promise_10a_an_organisations_last_contract_sets_its_peoples_term_and_leaving_starts_it() {
    let installation = rehearsal("2023-06-15T10:00");
    let add = installation
        .run(["organisation", "add", "--json"])
        .ok()
        .json();
    let organisation = add["organisation"].as_str().unwrap().to_owned();
    let fact = |words: &[&str]| {
        let mut line = vec!["fact"];
        line.extend(words);
        line.extend(["--organisation", &organisation, "--json"]);
        installation.run(line).ok().json()
    };
    let (stays, leaves) = (contact(&installation), contact(&installation));
    for one in [&stays, &leaves] {
        one.run(&format!(
            "organisation link {{}} --organisation {organisation}"
        ))
        .ok();
    }
    let signed = fact(&["contract-signed", "--new-matter"]);
    assert_eq!(signed["people"], 2);
    let contract = signed["matter"].as_str().unwrap().to_owned();
    for one in [&stays, &leaves] {
        one.more(
            "--kind client-staff --origin client-organisation --purpose canvassing \
             --purpose client-relations",
            &["professional.employer=Atelier-Nord"],
        );
    }
    installation.at("2025-03-31T10:00");
    leaves
        .run(&format!(
            "organisation unlink {{}} --organisation {organisation}"
        ))
        .ok();
    installation.at("2026-10-31T10:00");
    assert!(stays.readable("client-relations", "client-relations"));
    assert!(!leaves.readable("client-relations", "client-relations"));
    fact(&["contract-ended", "--matter", &contract]);
    assert!(!stays.readable("client-relations", "client-relations"));
    assert_eq!(
        leaves.until("professional", "canvassing"),
        "through 2030-03-31"
    );
    assert_eq!(
        stays.until("professional", "canvassing"),
        "through 2031-10-31"
    );
    installation.at("2030-04-01T00:00");
    assert!(!leaves.readable("canvassing", "canvassing"));
    assert!(stays.readable("canvassing", "canvassing"));
    installation.at("2031-11-01T00:00");
    assert!(!stays.readable("canvassing", "canvassing"));
}

#[test]
fn promise_8a_a_use_that_the_contract_needs_names_the_contract_for_its_party_alone() {
    let installation = rehearsal("2026-01-05T10:00");
    let (person, contract) = client(&installation);
    let basis = |purpose: &str| person.may(&format!("--purpose {purpose}"));
    assert_eq!(
        basis("client-relations").unwrap(),
        "performance of the contract “Contract”"
    );
    // Everything else rests on something else, for the same person.
    assert_eq!(basis("canvassing").unwrap(), "legitimate interests");
    person.more(
        "--kind client --origin order-form --purpose greetings --purpose statistics",
        &["identity.surname=Vasseur", "contact-details.country=FR"],
    );
    person.more(
        "--kind client --origin written-by-us --purpose administrative-obligations",
        &["invoices.invoice-number=F-12"],
    );
    assert_eq!(basis("greetings").unwrap(), "legitimate interests");
    assert_eq!(
        basis("administrative-obligations").unwrap(),
        "legal obligation"
    );
    // The copy names the matter that carries it.
    let shown = person.json("show {}");
    assert_eq!(shown["facts"][0]["kind"], "contract-signed");
    assert_eq!(shown["facts"][0]["matter"], contract.as_str());

    // Nobody else is party to it.
    let other = contact(&installation);
    let refused = other
        .try_more(
            "--kind client --origin order-form --purpose client-relations",
            &["identity.surname=Morel"],
        )
        .exits(3)
        .error_json();
    assert_eq!(refused["rule"], "purposes.client-relations.basis");
    let staff = contact(&installation);
    staff.more(
        "--kind client-staff --origin client-organisation --purpose client-relations",
        &["identity.surname=Arnaud"],
    );
    assert_eq!(
        staff.may("--purpose client-relations").unwrap(),
        "legitimate interests",
        "an organisation's people are not party to its contract"
    );
    // With its end the basis is gone.
    person.fact(&format!("contract-ended --matter {contract}"));
    assert!(basis("client-relations").is_err());
}

#[test]
fn promise_8a_steps_before_a_contract_need_the_persons_request() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    let words = "--kind contact --origin conversation --purpose quotations";
    let fields = ["orders.order-item=Assessment"];
    let refused = person.try_more(words, &fields).exits(3).error_json();
    assert_eq!(refused["rule"], "purposes.quotations.arises-with");
    person.fact("quote-requested");
    person.more(words, &fields);
    assert_eq!(
        person.may("--purpose quotations").unwrap(),
        "steps before a contract"
    );
}
