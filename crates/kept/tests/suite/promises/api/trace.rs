//! 9d: nothing that the interface does with personal data is without a trace, whatever comes of it. The
//! table is held against the interface's own description: an address that is added needs a row.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{ROLES, contact, house};
use crate::installation::Installation;
use crate::program::{Got, Program, serve};

/// What an address does with personal data.
enum Row {
    /// Nothing, and why.
    Nothing(&'static str),
    /// The person finds this act in their trace.
    Of(&'static str, fn(&Case<'_>) -> Got),
    /// It counts people and singles nobody out: this act in the journal.
    Everybody(&'static str, fn(&Case<'_>) -> Got),
}

use Row::{Everybody, Nothing, Of};

/// A person to do something with.
struct Case<'a> {
    program: &'a Program<'a>,
    installation: &'a Installation,
    path: String,
    id: String,
}

impl Case<'_> {
    fn at(&self, role: &str, purpose: &str) -> Program<'_> {
        self.program.at(role, purpose)
    }

    fn relations(&self) -> Program<'_> {
        self.at("client-relations", "contact-relations")
    }

    fn officer(&self) -> Program<'_> {
        self.at("data-protection-officer", "rights-requests")
    }

    fn version(&self) -> String {
        let read = self.relations().get(&self.path).is(200);
        read.answer.field("etag").unwrap().to_owned()
    }

    fn organisation(&self) -> String {
        let made = self.relations().post("/organisations", &json!({}));
        made.is(201).text("organisation")
    }

    fn linked(&self) -> String {
        let id = self.organisation();
        let body = json!({ "organisation": id });
        self.relations()
            .post(&format!("{}/organisations", self.path), &body)
            .is(201);
        id
    }
}

fn objection() -> Value {
    json!({ "to": "canvassing" })
}

fn consent() -> Value {
    json!({
        "purpose": "newsletters",
        "proof": {
            "category": "consent-proofs", "origin": "electronic-form",
            "values": { "consent-wording": "I agree", "consent-means": "form" },
        },
    })
}

const TABLE: [(&str, Row); 36] = [
    ("get /catalogue", Nothing("names of the policy")),
    ("get /policy", Nothing("the policy")),
    ("get /policy/versions", Nothing("the policy")),
    (
        "get /policy/versions/{version}/differences",
        Nothing("the policy"),
    ),
    ("get /access/roles/{role}", Nothing("what a role may do")),
    ("get /access/data/{data}", Nothing("what roles may do")),
    ("get /journal", Nothing("hashes of the journal")),
    (
        "post /organisations",
        Nothing("an organisation has no personal data"),
    ),
    (
        "get /organisations",
        Everybody("counted", |it| {
            it.at("client-relations", "client-relations")
                .get("/organisations")
        }),
    ),
    (
        "get /counts",
        Everybody("counted", |it| it.relations().get("/counts")),
    ),
    (
        "post /subjects",
        Of("subject-added", |it| it.relations().get(&it.path)),
    ),
    (
        "get /subjects",
        Of("read", |it| it.relations().get("/subjects")),
    ),
    (
        "post /subjects/search",
        Of("looked-up", |it| {
            let found = it
                .relations()
                .post("/subjects/search", &json!({ "name": "vass" }));
            let sought =
                json!({ "field": "contact-details.email", "value": "o.vasseur@example.org" });
            it.relations().post("/subjects/search", &sought).is(200);
            found
        }),
    ),
    (
        "get /subjects/{subject}",
        Of("read", |it| it.relations().get(&it.path)),
    ),
    (
        "patch /subjects/{subject}",
        Of("subject-changed", |it| {
            let body = json!({ "met": "private" }).to_string();
            it.relations()
                .sends("PATCH", &it.path, "application/json", &body)
        }),
    ),
    (
        "post /subjects/{subject}/records",
        Of("record-written", |it| {
            let mut body = contact("Vasseur-Petit");
            body.as_object_mut().unwrap().remove("met");
            it.relations().post(&format!("{}/records", it.path), &body)
        }),
    ),
    (
        "patch /subjects/{subject}/records/{record}",
        Of("record-updated", |it| {
            let read = it.relations().get(&it.path).is(200);
            let records = read.json["records"].as_array().unwrap();
            let found = records.iter().find(|one| one["category"] == "identity");
            let record = found.unwrap()["record"].as_str().unwrap();
            let path = format!("{}/records/{record}", it.path);
            let body = json!({ "values": { "surname": "Vasseur-Petit" }, "clear": ["first-name"] });
            let got = it
                .relations()
                .sends("PATCH", &path, "application/json", &body.to_string());
            let again = it.relations().get(&it.path).is(200);
            assert!(again.answer.body.contains("Vasseur-Petit"));
            assert!(!again.answer.body.contains("Odile"));
            got
        }),
    ),
    (
        "get /subjects/{subject}/dossier",
        Of("looked-up", |it| {
            it.relations().get(&format!("{}/dossier", it.path))
        }),
    ),
    (
        "get /subjects/{subject}/trace",
        Of("trace-shown", |it| {
            it.officer().get(&format!("{}/trace", it.path))
        }),
    ),
    (
        "get /subjects/{subject}/copy",
        Of("copy-made", |it| {
            it.officer().get(&format!("{}/copy", it.path))
        }),
    ),
    (
        "post /subjects/{subject}/facts",
        Of("fact-recorded", |it| {
            let body = json!({ "kind": "contact-from-person", "manner": "call" });
            it.relations().post(&format!("{}/facts", it.path), &body)
        }),
    ),
    (
        "post /subjects/{subject}/consents",
        Of("consent-given", |it| {
            it.officer()
                .post(&format!("{}/consents", it.path), &consent())
        }),
    ),
    (
        "post /subjects/{subject}/consents/withdrawals",
        Of("consent-withdrawn", |it| {
            it.officer()
                .post(&format!("{}/consents", it.path), &consent())
                .is(201);
            let body = json!({ "purpose": "newsletters" });
            it.officer()
                .post(&format!("{}/consents/withdrawals", it.path), &body)
        }),
    ),
    (
        "post /subjects/{subject}/objections",
        Of("objection-made", |it| {
            it.relations()
                .post(&format!("{}/objections", it.path), &objection())
        }),
    ),
    (
        "post /subjects/{subject}/objections/withdrawals",
        Of("objection-lifted", |it| {
            it.relations()
                .post(&format!("{}/objections", it.path), &objection())
                .is(201);
            it.relations()
                .post(&format!("{}/objections/withdrawals", it.path), &objection())
        }),
    ),
    (
        "post /subjects/{subject}/restrictions",
        Of("restriction-set", |it| {
            it.officer()
                .post(&format!("{}/restrictions", it.path), &json!({}))
        }),
    ),
    (
        "delete /subjects/{subject}/restrictions/{restriction}",
        Of("restriction-lifted", |it| {
            let made = it
                .officer()
                .post(&format!("{}/restrictions", it.path), &json!({}));
            let id = made.is(201).text("id");
            it.officer()
                .delete(&format!("{}/restrictions/{id}", it.path))
        }),
    ),
    (
        "post /subjects/{subject}/holds",
        Of("hold-placed", |it| {
            it.at("legal-affairs", "legal-claims")
                .post(&format!("{}/holds", it.path), &hold())
        }),
    ),
    (
        "delete /subjects/{subject}/holds/{hold}",
        Of("hold-lifted", |it| {
            let legal = it.at("legal-affairs", "legal-claims");
            let id = legal
                .post(&format!("{}/holds", it.path), &hold())
                .is(201)
                .text("id");
            legal.delete(&format!("{}/holds/{id}", it.path))
        }),
    ),
    (
        "post /subjects/{subject}/erasures",
        Of("erased", |it| {
            let body = json!({ "reason": "no-longer-necessary" });
            let officer = it.officer().saying("If-Match", &it.version());
            officer.post(&format!("{}/erasures", it.path), &body)
        }),
    ),
    (
        "post /subjects/{subject}/tellings",
        Of("told", |it| {
            it.officer()
                .post(&format!("{}/tellings", it.path), &json!({}))
        }),
    ),
    (
        "post /subjects/{subject}/acceptances",
        Of("document-accepted", |it| {
            let body = json!({ "document": "terms-of-business", "origin": "electronic-form" });
            it.relations()
                .post(&format!("{}/acceptances", it.path), &body)
        }),
    ),
    (
        "post /subjects/{subject}/organisations",
        Of("linked", |it| {
            let organisation = it.organisation();
            let body = json!({ "organisation": organisation });
            it.relations()
                .post(&format!("{}/organisations", it.path), &body)
        }),
    ),
    (
        "post /subjects/{subject}/organisations/{organisation}/ends",
        Of("unlinked", |it| {
            let organisation = it.linked();
            let path = format!("{}/organisations/{organisation}/ends", it.path);
            it.relations().post(&path, &json!({}))
        }),
    ),
    (
        "get /organisations/{organisation}",
        Of("looked-up", |it| {
            let organisation = it.linked();
            it.relations()
                .get(&format!("/organisations/{organisation}"))
        }),
    ),
    (
        "post /organisations/{organisation}/facts",
        Of("fact-recorded", |it| {
            let organisation = it.linked();
            let body = json!({ "kind": "contract-signed", "new-matter": true });
            it.relations()
                .post(&format!("/organisations/{organisation}/facts"), &body)
        }),
    ),
];

fn hold() -> Value {
    json!({
        "purpose": "legal-claims", "review": "2030-01-01", "categories": ["identity"],
        "reason": {
            "category": "exchanges", "origin": "written-by-us",
            "values": { "exchange-text": "Announced" },
        },
    })
}

/// The addresses of the interface, as it describes itself.
fn described() -> BTreeSet<String> {
    let description: Value = serde_json::from_str(&web::api::description()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, it)| {
        let path = path.strip_prefix("/api/v1").unwrap().to_owned();
        let methods = it.as_object().unwrap().keys();
        methods.map(move |method| format!("{method} {path}"))
    });
    all.collect()
}

#[test]
fn promise_9d_every_address_of_the_interface_leaves_its_trace() {
    let mut table: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    // It asks about a person and opens nothing: its own test has its trace.
    table.insert("post /decisions".to_owned());
    assert_eq!(
        described(),
        table,
        "an address without a row, or a row without one"
    );
    let installation = house();
    let folder = crate::policies::assess_manager();
    installation
        .run(["documents", "publish", folder.to_str().unwrap()])
        .ok();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let counted = || {
        let entries = installation
            .run(["journal", "verify", "--json"])
            .ok()
            .json();
        entries["entries"].as_u64().unwrap()
    };
    for (name, row) in TABLE {
        let relations = program.at("client-relations", "contact-relations");
        let id = relations
            .post("/subjects", &contact("Vasseur"))
            .is(201)
            .text("subject");
        let case = Case {
            program: &program,
            installation: &installation,
            path: format!("/subjects/{id}"),
            id,
        };
        match row {
            Nothing(why) => assert!(!why.is_empty()),
            Everybody(act, does) => {
                let before = counted();
                let got = does(&case);
                assert!(got.answer.status < 300, "{name}: {}", got.answer.body);
                assert_eq!(counted(), before + 1, "{name}: one entry, {act}");
            }
            Of(act, does) => {
                let got = does(&case);
                assert!(got.answer.status < 300, "{name}: {}", got.answer.body);
                let trace = case.installation.run(["trace", &case.id, "--json"]);
                assert_eq!(trace.code(), Some(0), "{name}: {}", trace.err());
                let trace = trace.json();
                let acts = trace["acts"].as_array().unwrap();
                let found = acts
                    .iter()
                    .find(|it| it["act"] == act && it["account"] == "site");
                let found = found.unwrap_or_else(|| panic!("{name}: no {act} in {trace}"));
                // Who, which categories, what for, on which basis, in which role, by which version.
                for said in ["purpose", "role", "at"] {
                    assert!(found[said].is_string(), "{name}: no {said} in {found}");
                }
                assert!(found["policy-version"].is_u64(), "{name}: {found}");
                if act != "erased" {
                    assert!(
                        !found["categories"].as_array().unwrap().is_empty(),
                        "{name}: {found}"
                    );
                    assert!(found["basis"].is_string(), "{name}: {found}");
                }
            }
        }
    }
}

#[test]
fn promise_9d_what_the_interface_refuses_stands_in_the_journal_with_the_role() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let relations = program.at("client-relations", "contact-relations");
    let id = relations
        .post("/subjects", &contact("Vasseur"))
        .is(201)
        .text("subject");
    let path = format!("/subjects/{id}");
    let marketing = program.at("marketing", "newsletters");
    marketing.get(&path).is(403);
    marketing.get(&format!("{path}/dossier")).is(403);
    marketing.get(&format!("{path}/trace")).is(403);
    marketing.get(&format!("{path}/copy")).is(403);
    marketing
        .post(&format!("{path}/restrictions"), &json!({}))
        .is(403);
    marketing
        .post(&format!("{path}/tellings"), &json!({}))
        .is(403);
    let trace = installation.run(["trace", &id, "--json"]).ok().json();
    let mut refusals: BTreeMap<String, u32> = BTreeMap::new();
    for act in trace["acts"].as_array().unwrap() {
        if act["role"] == "marketing" {
            assert_eq!(act["purpose"], "newsletters", "{act}");
            assert!(act["rule"].is_string(), "{act}");
            *refusals
                .entry(act["act"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
    }
    let expected = [("read-refused", 2), ("write-refused", 4)];
    let expected = expected.map(|(act, count)| (act.to_owned(), count));
    assert_eq!(refusals, BTreeMap::from(expected));
}
