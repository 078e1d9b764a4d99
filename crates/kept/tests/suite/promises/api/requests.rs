//! What holds for every request of a program: twice is once, versions, parts of lists, errors.

use serde_json::{Value, json};

use super::{ROLES, contact, house};
use crate::installation::Installation;
use crate::program::{Program, serve};
use crate::served::{Served, exchange, request_of};

fn people(installation: &Installation) -> u64 {
    let counted = installation.run(["count", "--json"]).ok().json();
    counted["people"].as_u64().unwrap()
}

fn program<'s>(installation: &Installation, served: &'s Served<'s>) -> Program<'s> {
    Program::with_key(installation, served, "site", ROLES)
        .at("client-relations", "contact-relations")
}

#[test]
fn what_is_asked_twice_under_one_key_is_done_once() {
    let installation = house();
    let served = serve(&installation);
    let program = program(&installation, &served);
    let keyed = program.saying("Idempotency-Key", "4f1c-1");
    let first = keyed.post("/subjects", &contact("Vasseur")).is(201);
    let again = keyed.post("/subjects", &contact("Vasseur")).is(201);
    assert_eq!(first.json, again.json);
    for field in ["location", "etag"] {
        assert_eq!(first.answer.field(field), again.answer.field(field));
        assert!(first.answer.field(field).is_some(), "{field}");
    }
    assert_eq!(people(&installation), 1);
    // Something else under the same key, or in another role, is not the same.
    let other = keyed.post("/subjects", &contact("Ledoux"));
    assert_eq!(other.rule(422), "idempotency-key");
    let other = keyed.at("canvassing", "contact-relations");
    assert_eq!(
        other.post("/subjects", &contact("Vasseur")).rule(422),
        "idempotency-key"
    );
    // What was refused may be tried again; another program has keys of its own.
    let retried = program.saying("Idempotency-Key", "4f1c-2");
    let mut refused = contact("Morel");
    refused["origin"] = json!("rented-database");
    retried.post("/subjects", &refused).is(403);
    retried.post("/subjects", &contact("Morel")).is(201);
    let second = Program::with_key(&installation, &served, "shop", ROLES)
        .at("client-relations", "contact-relations");
    let second = second.saying("Idempotency-Key", "4f1c-1");
    second.post("/subjects", &contact("Duval")).is(201);
    assert_eq!(people(&installation), 3);
    // A key is a word; nothing of it or of what was sent stands in a file.
    let bad = program.saying("Idempotency-Key", "two words");
    assert_eq!(
        bad.post("/subjects", &contact("Roux")).rule(422),
        "idempotency-key"
    );
    served.end();
    for file in std::fs::read_dir(installation.data().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for text in ["4f1c-1", "Vasseur"] {
            let found = bytes.windows(text.len()).any(|it| it == text.as_bytes());
            assert!(!found, "{text} is stored");
        }
    }
    // After a day the key is free again.
    installation.later("25 hours");
    let served = serve(&installation);
    let again = Program::with_key(&installation, &served, "late", ROLES)
        .at("client-relations", "contact-relations")
        .saying("Idempotency-Key", "4f1c-1");
    again.post("/subjects", &contact("Blanc")).is(201);
}

#[test]
fn what_was_not_read_in_its_present_version_is_left_alone() {
    let installation = house();
    let served = serve(&installation);
    let program = program(&installation, &served);
    let made = program.post("/subjects", &contact("Vasseur")).is(201);
    let path = format!("/subjects/{}", made.text("subject"));
    let read = program.get(&path).is(200);
    let version = read.answer.field("etag").unwrap().to_owned();
    assert_eq!(made.answer.field("etag"), Some(version.as_str()));
    assert_eq!(version, format!("\"{}\"", read.json["version"]));
    let told = program.saying("If-Match", &version);
    let after = told.post(&format!("{path}/tellings"), &json!({})).is(200);
    assert_ne!(after.answer.field("etag"), Some(version.as_str()));
    for (method, act, body) in [
        ("POST", format!("{path}/tellings"), json!({})),
        (
            "POST",
            format!("{path}/objections"),
            json!({ "to": "canvassing" }),
        ),
        ("PATCH", path.clone(), json!({ "met": "private" })),
    ] {
        let body = body.to_string();
        let stale = told.sends(method, &act, "application/json", &body).is(412);
        assert_eq!(stale.json["type"], "/api#problem-changed");
    }
    // What cannot be undone asks for the version.
    let officer = program.at("data-protection-officer", "rights-requests");
    let erasures = format!("{path}/erasures");
    let erasure = json!({ "reason": "no-longer-necessary" });
    officer.post(&erasures, &erasure).is(428);
    officer
        .saying("If-Match", &version)
        .post(&erasures, &erasure)
        .is(412);
    let now = after.answer.field("etag").unwrap();
    let erased = officer
        .saying("If-Match", now)
        .post(&erasures, &erasure)
        .is(200);
    assert_eq!(erased.json["destroyed"].as_array().unwrap().len(), 2);
    program.get(&path).is(404);
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let installation = house();
    let served = serve(&installation);
    let program = program(&installation, &served);
    let would = program
        .post("/subjects?dry-run=true", &contact("Vasseur"))
        .is(201);
    assert_eq!(would.json["dry-run"], true);
    assert_eq!(would.json["entry"], Value::Null);
    assert_eq!(would.answer.field("location"), None);
    assert_eq!(people(&installation), 0);
    program
        .post("/subjects?dry-run=perhaps", &contact("Vasseur"))
        .is(422);
}

#[test]
fn a_list_is_given_in_parts_to_its_end() {
    let installation = house();
    let served = serve(&installation);
    let program = program(&installation, &served);
    let mut made: Vec<String> = (0..7)
        .map(|number| {
            let new = contact(&format!("Vasseur-{number}"));
            program.post("/subjects", &new).is(201).text("subject")
        })
        .collect();
    made.sort();
    let mut found = Vec::new();
    let mut next = Some("/subjects?most=3".to_owned());
    while let Some(path) = next {
        let part = program.get(&path).is(200);
        let people = part.json["people"].as_array().unwrap();
        assert!(people.len() <= 3);
        for one in people {
            assert!(one["name"].as_str().unwrap().starts_with("Vasseur-"));
            found.push(one["subject"].as_str().unwrap().to_owned());
        }
        next = part.answer.field("link").map(|link| {
            let (address, rest) = link.split_once('>').unwrap();
            assert_eq!(rest, "; rel=\"next\"");
            address.strip_prefix("</api/v1").unwrap().to_owned()
        });
    }
    assert_eq!(found, made);
    for wrong in ["most=0", "most=101", "most=x", "after=..", "after=QQ"] {
        program.get(&format!("/subjects?{wrong}")).is(422);
    }
}

#[test]
fn every_error_is_a_problem_that_repeats_nothing() {
    let installation = house();
    let served = serve(&installation);
    let program = program(&installation, &served);
    let body = contact("Vasseur").to_string();
    let wrong_text = body.replace("\"identity\"", "17");
    let much = format!("{body}{}", " ".repeat(1 << 21));
    for (method, path, kind, body, status) in [
        ("GET", "/nowhere/Vasseur", "", "", 404),
        ("GET", "/subjects/Vasseur", "", "", 404),
        ("PUT", "/subjects", "", "", 405),
        ("POST", "/subjects", "text/plain", body.as_str(), 415),
        ("POST", "/subjects", "application/json", &body[..60], 400),
        ("POST", "/subjects", "application/json", &wrong_text, 422),
        ("POST", "/subjects", "application/json", &much, 413),
    ] {
        let got = program.sends(method, path, kind, body).is(status);
        let what = format!("{method} {path}");
        let problem = &got.json;
        for name in ["type", "title", "detail", "request"] {
            assert!(problem[name].is_string(), "{what}: {problem}");
        }
        let id = got.answer.field("x-request-id");
        assert_eq!(problem["request"].as_str(), id, "{what}");
        assert!(!got.answer.body.contains("asseur"), "{what}: {problem}");
        assert_eq!(got.answer.field("cache-control"), Some("no-store"));
    }
    // Who nobody knows is told nothing of what there is.
    let stranger = program.with_no_key();
    let made = program
        .post("/subjects", &contact("Vasseur"))
        .is(201)
        .text("subject");
    for path in [format!("/subjects/{made}"), "/subjects/nobody".to_owned()] {
        let got = stranger.get(&path).is(401);
        assert_eq!(got.json["type"], "/api#problem-unauthenticated");
    }
    assert!(!served.log().contains("asseur"));
    // Strangers are one entry of the journal a minute, with their number; moving the clock is one too.
    let entries = || {
        let run = installation.run(["journal", "verify", "--json"]);
        run.ok().json()["entries"].as_u64().unwrap()
    };
    let before = entries();
    installation.later("2 minutes");
    stranger.get("/policy").is(401);
    stranger.get("/policy").is(401);
    assert_eq!(entries(), before + 2);
}

#[test]
fn another_sites_script_is_kept_out_unless_it_was_declared() {
    let installation = house();
    let config = "address = \"http://localhost\"\nlisten = \"127.0.0.1:0\"\n\
                  [cors]\nsites = [\"https://app.example\"]\n";
    let served = Served::start(installation.around(), config);
    let asks = |origin: &str| {
        let fields = format!(
            "Origin: {origin}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n\
             Access-Control-Request-Method: POST\r\n\
             Access-Control-Request-Headers: authorization,kept-purpose\r\n"
        );
        let request = request_of("OPTIONS", "/api/v1/subjects", &fields, "text/plain", "");
        exchange(&mut served.connect(), &request)
    };
    let declared = asks("https://app.example");
    assert_eq!(declared.status, 204);
    let allowed = declared.field("access-control-allow-headers").unwrap();
    assert!(allowed.contains("kept-purpose") && allowed.contains("kept-role"));
    let stranger = asks("https://other.example");
    assert_eq!(stranger.status, 403);
    assert_eq!(stranger.field("access-control-allow-origin"), None);
}

#[test]
fn one_request_too_many_is_told_when_the_next_is_answered() {
    let installation = house();
    let config = "address = \"http://localhost\"\nlisten = \"127.0.0.1:0\"\n\
                  [limits]\nrequests = 10\n";
    let served = Served::start(installation.around(), config);
    let program = program(&installation, &served);
    let mut last = program.get("/catalogue");
    for _ in 0..12 {
        last = program.get("/catalogue");
    }
    let refused = last.is(429);
    assert_eq!(refused.json["type"], "/api#problem-many");
    assert!(refused.answer.field("retry-after").is_some());
}

#[test]
fn addresses_to_be_told_at_are_administered_by_those_who_do() {
    let installation = house();
    let served = serve(&installation);
    let program = Program::with_key(&installation, &served, "site", ROLES);
    let new = json!({ "url": "https://shop.example/kept", "events": ["objection.made"] });
    let refused = program.at("client-relations", "").post("/webhooks", &new);
    assert_eq!(refused.rule(403), "roles.client-relations.administers");
    let it = program.at("it", "");
    let made = it.post("/webhooks", &new).is(201);
    assert!(made.text("secret").starts_with("whsec_"));
    let listed = it.get("/webhooks").is(200);
    assert_eq!(listed.json["webhooks"][0]["webhook"], made.json["webhook"]);
    assert!(!listed.answer.body.contains("whsec_"), "it is told once");
    let path = format!("/webhooks/{}", made.text("webhook"));
    let none = it.get(&format!("{path}/deliveries")).is(200);
    assert_eq!(none.json["messages"], json!([]));
    let again = it.post(
        &format!("{path}/replays"),
        &json!({ "since": "2026-01-01T00:00:00Z" }),
    );
    assert_eq!(again.is(200).json["messages"], 0);
    for wrong in ["http://shop.example/", "https://me@shop.example/", "shop"] {
        it.post("/webhooks", &json!({ "url": wrong })).is(422);
    }
    it.delete(&path).is(200);
    it.delete(&path).is(404);
}

#[test]
fn what_the_installation_goes_by_is_told_to_whoever_has_a_key() {
    let installation = house();
    let served = serve(&installation);
    let program = program(&installation, &served).at("", "");
    let policy = program.get("/policy").is(200);
    assert_eq!(policy.json["version"], 1);
    let versions = program.get("/policy/versions").is(200);
    assert_eq!(
        versions.json["versions"][0]["digest"],
        policy.json["digest"]
    );
    program.get("/policy/versions/1/differences").is(404);
    let second = super::policy().replacen(
        "version = 1\n",
        "version = 2\nreason = { en = \"Again\", fr = \"Encore\" }\n",
        1,
    );
    let second = second.replacen("months = 13", "months = 12", 1);
    installation.around().file("second/policy.toml", second);
    installation.run(["apply", "second", "--yes"]).ok();
    let differences = program.get("/policy/versions/2/differences").is(200);
    assert_eq!(differences.json["from"], 1);
    let catalogue = program.get("/catalogue").is(200);
    assert_eq!(catalogue.json["policy-version"], 2);
    let names = |list: &str| catalogue.json[list].as_array().unwrap().len();
    assert!(names("categories") > 10 && names("purposes") > 20 && names("facts") > 10);
    // The same as the command line says.
    let what = program.get("/access/roles/canvassing").is(200);
    let said = installation
        .run(["access", "what", "canvassing", "--json"])
        .ok()
        .json();
    let purposes = |list: &Value| -> std::collections::BTreeSet<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|line| line["purpose"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(purposes(&what.json["may"]), purposes(&said["may"]));
    let who = program
        .get("/access/data/contact-details.email?purpose=newsletters")
        .is(200);
    assert!(!who.json["may"].as_array().unwrap().is_empty());
    program
        .get("/access/data/gossip?purpose=newsletters")
        .is(422);
    program.get("/access/roles/janitor").is(404);
    let journal = program.get("/journal").is(200);
    assert!(journal.text("verifier").contains('+'));
}
