//! 4a: nothing is written without a known origin, purpose and legal basis, by this door either.

use serde_json::{Value, json};

use super::{ROLES, contact, house};
use crate::installation::Installation;
use crate::program::{Program, serve};

fn held(installation: &Installation) -> (u64, u64) {
    let counted = installation.run(["count", "--json"]).ok().json();
    let cells = counted["categories"].as_array().unwrap().iter();
    let records = cells.map(|cell| cell["records"].as_u64().unwrap()).sum();
    (counted["people"].as_u64().unwrap(), records)
}

/// The contact with one thing stated otherwise.
fn but(name: &str, value: Value) -> Value {
    let mut body = contact("Vasseur");
    body[name] = value;
    body
}

#[test]
fn promise_4a_the_interface_refuses_what_has_no_known_origin_purpose_and_basis() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let program = program.at("client-relations", "contact-relations");
    let known = program
        .post("/subjects", &contact("Ledoux"))
        .is(201)
        .text("subject");
    let before = held(&installation);
    let entries = || {
        let run = installation.run(["journal", "verify", "--json"]);
        run.ok().json()["entries"].as_u64().unwrap()
    };
    for (body, status, rule) in [
        (but("origin", Value::Null), 422, "4a"),
        (but("kind", Value::Null), 422, "4a"),
        (but("purposes", json!([])), 422, "4a"),
        (but("origin", json!("the-street")), 422, "4b"),
        (but("kind", json!("friend")), 422, "4b"),
        (but("purposes", json!(["gossip"])), 422, "4b"),
        (but("form", json!("the-back-of-an-envelope")), 422, "4b"),
        // An origin that needs an approval has none here.
        (
            but("origin", json!("rented-database")),
            403,
            "origins.rented-database",
        ),
        // No contract, so no basis.
        (
            json!({
                "kind": "client", "origin": "order-form", "purposes": ["client-relations"],
                "records": [{ "category": "identity", "values": { "surname": "Vasseur" } }],
            }),
            403,
            "purposes.client-relations.basis",
        ),
        // The role may not take it in for that purpose, or that category.
        (
            but("purposes", json!(["newsletters"])),
            403,
            "roles.client-relations.grants",
        ),
        (
            json!({
                "kind": "visitor", "origin": "camera", "purposes": ["video-surveillance"],
                "records": [{ "category": "footage", "values": { "camera-name": "Hall" } }],
            }),
            403,
            "roles.client-relations.grants",
        ),
    ] {
        let journal = entries();
        for path in ["/subjects".to_owned(), format!("/subjects/{known}/records")] {
            let mut body = body.clone();
            if path != "/subjects" {
                body.as_object_mut().unwrap().remove("met");
            }
            let got = program.post(&path, &body);
            assert!(!got.answer.body.contains("asseur"), "no value is repeated");
            assert_eq!(got.rule(status), rule, "{path}: {body}");
        }
        // What a rule refused stands in the journal, each time (9d).
        let refused = if status == 403 { 2 } else { 0 };
        assert_eq!(entries(), journal + refused, "{body}");
    }
    // A form refuses what it does not ask for.
    let envelope = json!({
        "form": "business-card", "kind": "visitor",
        "records": [{ "category": "identity", "values": { "surname": "Vasseur" } }],
    });
    let got = program.post("/subjects", &envelope);
    assert_eq!(got.rule(403), "forms.business-card.kinds");
    // What is stated with an act needs its origin too.
    let proof = |origin: &str| {
        json!({
            "purpose": "newsletters",
            "proof": {
                "category": "consent-proofs", "origin": origin,
                "values": { "consent-means": "form" },
            },
        })
    };
    let marketing = program.at("marketing", "newsletters");
    let consents = format!("/subjects/{known}/consents");
    assert_eq!(
        marketing.post(&consents, &proof("the-street")).rule(422),
        "4b"
    );
    let unproved = json!({ "purpose": "newsletters" });
    assert_eq!(marketing.post(&consents, &unproved).rule(422), "8b");
    let hold = json!({
        "purpose": "newsletters", "review": "2026-06-01", "categories": ["identity"],
        "reason": {
            "category": "exchanges", "origin": "conversation",
            "values": { "exchange-text": "Letter" },
        },
    });
    let legal = program.at("legal-affairs", "legal-claims");
    let refused = legal.post(&format!("/subjects/{known}/holds"), &hold);
    assert_eq!(refused.rule(403), "roles.legal-affairs.grants");
    let acceptance = json!({ "document": "terms-of-business", "origin": "the-street" });
    let path = format!("/subjects/{known}/acceptances");
    assert_eq!(program.post(&path, &acceptance).rule(422), "4b");
    assert_eq!(held(&installation), before, "something was stored");
    // With all three, in a role that may, it comes in.
    program.post("/subjects", &contact("Vasseur")).is(201);
    assert_eq!(held(&installation), (before.0 + 1, before.1 + 2));
}
