//! 1a: the roles of the policy.

use super::people::{add, contact, rehearsal};
use crate::kept::Kept;
use crate::policies;

#[test]
fn promise_1a_controller_processors_recipients_and_people_are_told_apart() {
    let folder = policies::assess_manager();
    let register = ["register".as_ref(), folder.as_os_str(), "--json".as_ref()];
    let register = Kept::new().run(register).ok().json().to_string();
    for role in [
        "Assess Manager",
        "Hosting and IT maintenance",
        "Marketing department",
        "Printers",
    ] {
        assert!(register.contains(role), "{role}");
    }
    let installation = rehearsal("2026-01-05T10:00");
    contact(&installation);
    let visitor = add(
        &installation,
        "--kind visitor --origin generated-by-service --purpose security",
        &["technical-identification.ip-address=192.0.2.20"],
    );
    visitor.fact("application-made --new-matter");
    visitor.fact("membership-started --new-matter");
    let counted = installation.run(["count", "--json"]).ok().json();
    let kinds: Vec<String> = counted["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["people"]))
        .collect();
    assert_eq!(kinds, ["contact 1", "user 1", "candidate 1", "visitor 1"]);
}

#[test]
fn promise_1a_a_legal_entity_is_a_client_whose_people_are_data_subjects() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    let added = installation
        .run(["organisation", "add", "--json"])
        .ok()
        .json();
    let organisation = added["organisation"].as_str().unwrap();
    person
        .run(&format!(
            "organisation link {{}} --organisation {organisation} --on 2025-11-01"
        ))
        .ok();
    person
        .run(&format!(
            "organisation link {{}} --organisation {organisation}"
        ))
        .exits(3);
    let signed = [
        "fact",
        "contract-signed",
        "--organisation",
        organisation,
        "--new-matter",
        "--json",
    ];
    assert_eq!(installation.run(signed).ok().json()["people"], 1);
    let shown = installation
        .run(["organisation", "show", organisation, "--json"])
        .ok()
        .json();
    assert_eq!(shown["people"][0], person.id.as_str());
    assert_eq!(shown["facts"][0]["kind"], "contract-signed");
    // Its contract makes nobody a party: the person is no client.
    let shown = person.json("show {}");
    let kinds: Vec<_> = shown["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["contact"]);
    assert_eq!(shown["facts"][0]["organisation"], organisation);
    let trace = person.json("trace {}");
    let fact = trace["acts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|act| act["act"] == "fact-recorded");
    assert_eq!(fact.unwrap()["rule"], "facts.contract-signed");
}

#[test]
fn promise_1a_a_contact_that_signs_becomes_a_client_and_what_they_refused_stands() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = add(
        &installation,
        "--kind contact --met professional --origin business-card --purpose contact-relations \
         --purpose newsletters",
        &["identity.surname=Vasseur"],
    );
    person.run("object {}").ok();
    installation.at("2026-02-10T10:00");
    assert_eq!(
        person.refused("client-relations", "client-relations"),
        "purposes.client-relations"
    );
    person.fact("contract-signed --new-matter");
    let shown = person.json("show {}");
    assert_eq!(shown["roles"][1]["kind"], "client");
    assert_eq!(shown["roles"][1]["since"], "2026-02-10");
    // What the contract needs rests on it from that day on.
    assert!(person.readable("client-relations", "client-relations"));
    assert_eq!(
        person.may("--purpose client-relations").unwrap(),
        "performance of the contract “Contract”"
    );
    // The objection stands.
    assert_eq!(
        person
            .may("--purpose newsletters --channel email")
            .unwrap_err(),
        "rights.objection"
    );
    person
        .try_more(
            "--kind client --origin order-form --purpose newsletters",
            &["identity.surname=Vasseur"],
        )
        .exits(3);
}
