//! The programming interface answers as it describes itself, whatever it is sent: Schemathesis makes
//! requests of the description, good ones and bad ones. `./test` installs it.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::installation::Installation;
use crate::policies;
use crate::program::{Program, serve};

/// What is held against each answer. Refusals of what the description allows are no fault here: the
/// policy refuses more than a description can say.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";

fn schemathesis() -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/described");
    let program = PathBuf::from(root).join("bin/schemathesis");
    assert!(
        program.exists(),
        "Schemathesis is not installed: run ./test, which does"
    );
    program
}

/// How many addresses and methods there are.
fn addresses() -> usize {
    let description: Value = serde_json::from_str(&web::api::description()).unwrap();
    let paths = description["paths"].as_object().unwrap().values();
    paths.map(|at| at.as_object().unwrap().len()).sum()
}

#[test]
fn the_interface_answers_as_it_describes_itself_whatever_it_is_sent() {
    let read = |name: &str| std::fs::read_to_string(policies::assess_manager().join(name)).unwrap();
    let installation = Installation::authorised(
        &read("policy.toml"),
        &read("authorisation.toml"),
        "2026-01-05T10:00",
    );
    let served = serve(&installation);
    let words = "--role client-relations --role data-protection-officer --until 2026-12-31T00:00";
    let program = Program::with_key(&installation, &served, "site", words);
    for (role, purpose) in [
        ("client-relations", "contact-relations"),
        ("data-protection-officer", "rights-requests"),
    ] {
        let relations = program.at("client-relations", "contact-relations");
        let subject = relations.post(
            "/subjects",
            &json!({
                "met": "professional", "kind": "contact", "origin": "business-card",
                "purposes": ["contact-relations"],
                "records": [{ "category": "identity", "values": { "surname": "Vasseur" } }],
            }),
        );
        let organisation = relations.post("/organisations", &json!({}));
        let known = [
            ("path.subject", subject.is(201).text("subject")),
            (
                "path.organisation",
                organisation.is(201).text("organisation"),
            ),
            ("header.Kept-Role", role.to_owned()),
            ("header.Kept-Purpose", purpose.to_owned()),
        ];
        let known: String = known
            .iter()
            .map(|(name, value)| format!("\"{name}\" = \"{value}\"\n"))
            .collect();
        let around = installation.around();
        let config = around.file("schemathesis.toml", format!("[parameters]\n{known}"));
        let output = Command::new(schemathesis())
            .arg("--config-file")
            .arg(config)
            .args(["run", &served.address("/api/openapi.json")])
            .args(["--header", "Host: localhost"])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", program.key()),
            ])
            .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
            .args(["--max-examples", "4", "--seed", "7", "--no-color"])
            .current_dir(around.folder())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "as {role}:\n{said}");
        let all = format!("Tested: {}", addresses());
        assert!(said.contains(&all), "as {role}:\n{said}");
    }
    assert!(!served.log().contains("Vasseur"));
}
