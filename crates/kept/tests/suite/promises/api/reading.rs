//! 9a, 9c: each role reads for each purpose what both files say, by this door as by any; and the
//! decision that is asked for alone says the same.

use std::collections::BTreeMap;

use policy::authorisation::{Action, compile};
use policy::model::{KindId, PurposeId};
use serde_json::{Value, json};
use testkit::reference::authorisation::{Question, may};

use super::super::people::{authorisation, policy};
use super::super::recipients::{Fields, known_everywhere};
use super::{ROLES, house};
use crate::program::{Got, Program, serve};

/// The fields that records of an answer have: those that were opened, or those that might be.
fn fields(got: &Got, list: &str) -> Fields {
    let records = got.json[list].as_array().unwrap().iter();
    records
        .flat_map(|record| {
            let category = record["category"].as_str().unwrap();
            let opened = record["values"].as_object();
            let opened = opened.map(|it| it.keys().map(|name| format!("{category}.{name}")));
            let might = record["fields"].as_array().into_iter().flatten();
            let might = might.map(|name| name.as_str().unwrap().to_owned());
            opened
                .into_iter()
                .flatten()
                .chain(might)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn promise_9c_each_role_reads_of_each_category_for_each_purpose_what_both_files_say() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let (person, _) = known_everywhere(&installation);
    let policy = policy::compile(&policy()).policy.unwrap();
    let authorisation = compile(&authorisation(), &policy).authorisation.unwrap();
    // What is held for which purpose, about the person as which kind.
    let mut held: BTreeMap<PurposeId, Vec<(KindId, String)>> = BTreeMap::new();
    for record in person.json("show {}")["records"].as_array().unwrap() {
        let category = record["category"].as_str().unwrap();
        for ground in record["grounds"].as_array().unwrap() {
            let purpose = ground["purpose"].as_str().unwrap();
            let kind = policy.kind_named(ground["as"].as_str().unwrap()).unwrap();
            let held = held
                .entry(policy.purpose_named(purpose).unwrap())
                .or_default();
            held.push((kind, category.to_owned()));
        }
    }
    let (mut opened, mut refused) = (0, 0);
    for role in authorisation.role_ids() {
        let name = &authorisation.role(role).name;
        for (purpose, it) in (0u8..).map(PurposeId).zip(&policy.purposes) {
            // Nobody's data was brought in by this program; no matter is named.
            let mut granted = Fields::new();
            for (kind, category) in held.get(&purpose).into_iter().flatten() {
                let id = policy.category_named(category).unwrap();
                let all = (0u8..).zip(&policy.category(id).fields);
                granted.extend(all.filter_map(|(field, of)| {
                    let question = Question {
                        role,
                        action: Action::Read,
                        purpose,
                        kind: *kind,
                        category: id,
                        field,
                    };
                    may(&authorisation, &policy, question, None)
                        .then(|| format!("{category}.{}", of.name))
                }));
            }
            let program = program.at(name, &it.name);
            let read = program.get(&format!("/subjects/{}", person.id));
            let decision = program.post("/decisions", &json!({ "subject": person.id }));
            let what = format!("{name} for {}", it.name);
            if read.answer.status == 200 {
                let given = fields(&read, "records");
                assert!(
                    given.is_subset(&granted),
                    "{what}: {given:?}, not {granted:?}"
                );
                let decided = fields(&decision.is(200), "records");
                // What may be read is told by the categories' fields; what is held is fewer.
                assert_eq!(given, decided, "{what}");
                opened += 1;
            } else {
                let rule = read.rule(403);
                assert!(!rule.is_empty(), "{what}");
                // A role that administers is asked nothing about people.
                if decision.answer.status == 200 {
                    assert_eq!(decision.json["allowed"], false, "{what}");
                    assert_eq!(decision.json["rule"], rule, "{what}");
                    assert_eq!(decision.json["records"], json!([]), "{what}");
                }
                if it.nature == policy::model::PurposeNature::Use {
                    let known = held.contains_key(&purpose);
                    assert!(
                        granted.is_empty() || !known,
                        "{what}: {rule}, not {granted:?}"
                    );
                }
                refused += 1;
            }
        }
    }
    assert!(
        opened > 20 && refused > 300,
        "{opened} opened, {refused} refused"
    );
}

#[test]
fn promise_9a_a_decision_says_why_and_opens_nothing() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let (person, _) = known_everywhere(&installation);
    let asked = |role: &str, purpose: &str, more: Value| {
        let mut question = json!({ "subject": person.id });
        for (name, value) in more.as_object().unwrap() {
            question[name] = value.clone();
        }
        program
            .at(role, purpose)
            .post("/decisions", &question)
            .is(200)
    };
    let yes = asked("client-relations", "contact-relations", json!({}));
    assert_eq!(yes.json["allowed"], true);
    assert_eq!(yes.json["records"][0]["basis"], "legitimate-interests");
    assert!(
        yes.json["records"][0]["granted"]
            .as_str()
            .unwrap()
            .contains("read")
    );
    for value in ["Vasseur", "Odile", "o.vasseur", "33240000001"] {
        assert!(!yes.answer.body.contains(value), "a value was opened");
    }
    // The categories that were asked about, and no others.
    let some = asked(
        "client-relations",
        "contact-relations",
        json!({ "categories": ["identity"] }),
    );
    assert_eq!(some.json["categories"], json!(["identity"]));
    // Nobody reads bank details for newsletters, and the answer says by which rule.
    let no = asked("it", "contact-relations", json!({}));
    assert_eq!(no.json["rule"], "recipients.it");
    assert_eq!(no.json["withheld"], json!([]), "what is held is not told");
    let erase = json!({ "action": "erase" });
    let no = asked("marketing", "newsletters", erase.clone());
    assert_eq!(no.json["rule"], "roles.marketing.grants");
    assert!(
        no.text("why").contains("has no right to this"),
        "{}",
        no.json
    );
    let yes = asked("data-protection-officer", "rights-requests", erase);
    assert_eq!(yes.json["allowed"], true);
    // It stands in the journal.
    let acts = person.json("trace {}");
    let acts = acts["acts"].as_array().unwrap().iter();
    let asked = acts.filter(|act| act["act"] == "looked-up" && act["account"] == "site");
    assert_eq!(asked.count(), 5);
}

#[test]
fn promise_9c_a_key_does_what_it_is_for_and_nothing_else() {
    let installation = house();
    let served = serve(&installation);
    let words = "--role client-relations --role marketing --action read --action find \
                 --purpose contact-relations --until 2026-12-31T00:00";
    let narrow = Program::with_key(&installation, &served, "narrow", words);
    let (person, _) = known_everywhere(&installation);
    let path = format!("/subjects/{}", person.id);
    narrow
        .at("client-relations", "contact-relations")
        .get(&path)
        .is(200);
    for (role, purpose) in [
        ("administration", "contact-relations"),
        ("client-relations", "events"),
    ] {
        let refused = narrow.at(role, purpose).get(&path);
        assert_eq!(refused.rule(403), "keys.narrow", "{role} {purpose}");
    }
    let at = narrow.at("client-relations", "contact-relations");
    let objection = json!({ "to": "canvassing" });
    let refused = at.post(&format!("{path}/objections"), &objection);
    assert_eq!(refused.rule(403), "keys.narrow");
    // Of several roles one is to be stated, and what for.
    narrow.at("", "contact-relations").get(&path).is(422);
    assert_eq!(narrow.at("client-relations", "").get(&path).rule(422), "4a");
    assert_eq!(
        narrow.at("client-relations", "gossip").get(&path).rule(422),
        "4b"
    );
    // No key, one that is none, and one that was revoked are the same.
    at.with_no_key().get(&path).is(401);
    let keys = installation.run(["key", "list", "--json"]).ok().json();
    let id = keys["keys"][0]["key"].as_str().unwrap();
    installation.run(["key", "revoke", id]).ok();
    let got = at.get(&path).is(401);
    assert!(got.answer.field("www-authenticate").is_some());
}

#[test]
fn promise_19a_a_use_for_another_purpose_is_refused_to_whoever_may_read_the_same_data() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let new = super::contact("Vasseur");
    let collects = program.at("client-relations", "contact-relations");
    let id = collects.post("/subjects", &new).is(201).text("subject");
    let path = format!("/subjects/{id}");
    assert!(collects.get(&path).is(200).answer.body.contains("Vasseur"));
    // The role reads the same categories for these purposes, of people whose data is held for them.
    for purpose in ["events", "greetings", "quotations", "client-relations"] {
        let other = program.at("client-relations", purpose);
        let rule = other.get(&path).rule(403);
        assert!(rule.starts_with("purposes."), "{purpose}: {rule}");
        let decision = other.post("/decisions", &json!({ "subject": id })).is(200);
        assert_eq!(decision.json["allowed"], false, "{purpose}");
        let sought = json!({ "field": "contact-details.email", "value": "o.vasseur@example.org" });
        let found = other.post("/subjects/search", &sought).is(200);
        assert_eq!(found.json["people"], json!([]), "{purpose}");
        let found = other
            .post("/subjects/search", &json!({ "name": "vass" }))
            .is(200);
        assert_eq!(found.json["people"], json!([]), "{purpose}");
        assert_eq!(other.get("/subjects").is(200).json["people"], json!([]));
    }
}

#[test]
fn promise_9c_the_copy_and_the_trace_are_given_in_the_roles_that_give_them() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let (person, _) = known_everywhere(&installation);
    let officer = program.at("data-protection-officer", "rights-requests");
    let path = format!("/subjects/{}", person.id);
    let copy = officer.get(&format!("{path}/copy?language=fr")).is(200);
    assert!(copy.answer.body.contains("o.vasseur@example.org"));
    // Nobody else makes one.
    let refused = program
        .at("client-relations", "contact-relations")
        .get(&format!("{path}/copy"));
    assert_eq!(refused.rule(403), "roles.client-relations.grants");
    let trace = officer.get(&format!("{path}/trace")).is(200);
    let acts = trace.json["acts"].as_array().unwrap();
    assert!(acts.iter().any(|act| act["act"] == "copy-made"));
}
