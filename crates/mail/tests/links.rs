//! Sign-in links by mail: to the address on file, opened under a recorded grant, and to nobody else.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use domain::collect::Collection;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Personal, SubjectId};
use mail::{Security, Settings, Smtp};
use policy::model::{FieldType, PurposeSet};
use services::access::link::{Delivery, Letter, LinkFor};
use services::announce::LinksByMail;
use services::collect::{NewData, NewPerson};
use services::open::NewInstallation;
use services::{Acting, Destination, Kept};

fn acting() -> Acting {
    let account = Account::parse("a.martin").unwrap();
    Acting {
        actor: Actor::new(ActorKind::CommandLine, account),
        dry_run: false,
    }
}

/// A rehearsal of the default policy.
fn installation(folder: &Path) -> Kept {
    let policy = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/policy.toml"
    );
    let new = NewInstallation {
        root: folder.join("kept"),
        keys: None,
        policy: std::fs::read_to_string(policy).unwrap(),
        authorisation: None,
        rehearsal: Some("2026-03-01T09:00:00Z".parse().unwrap()),
        database: None,
    };
    Kept::init(new, &acting().actor).unwrap()
}

/// A contact with an address, collected for some purposes.
fn contact(kept: &Kept, address: &str, purposes: &[&str]) -> SubjectId {
    let law = kept.law();
    let policy = law.policy();
    let field = policy.field_named("contact-details.email").unwrap();
    let value = Value::parse(&FieldType::Email, address).unwrap();
    let payload = Payload(BTreeMap::from([(field.field, value)]));
    let stated = purposes
        .iter()
        .map(|name| policy.purpose_named(name).unwrap());
    let record = NewData {
        derived_from: Vec::new(),
        collection: Collection {
            category: field.category,
            fields: payload.fields(),
            origin: policy.origin_named("business-card").unwrap(),
            brought_by: Account::parse("a.martin").unwrap(),
            purposes: stated.collect::<PurposeSet>(),
            kind: policy.kind_named("contact").unwrap(),
            matter: None,
            processor: None,
            collected: kept.moment().unwrap().now,
            approved: false,
        },
        values: Personal::new(payload),
        unique: None,
    };
    let new = NewPerson {
        person: None,
        records: vec![record],
    };
    kept.add_person(new, &acting()).unwrap().0
}

/// A mail server that keeps what it gets in a folder.
struct MailServer(Child, u16);

impl MailServer {
    fn start(folder: &Path) -> Self {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../kept/tests/suite/mail_server.py"
        );
        let mut child = Command::new("/usr/bin/python3")
            .args([script.as_ref(), folder.as_os_str(), "machine".as_ref()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        Self(child, line.trim().parse().unwrap())
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_link_goes_to_the_address_on_file_under_a_recorded_grant() {
    let folder = tempfile::tempdir().unwrap();
    let server = MailServer::start(folder.path());
    let settings = Settings {
        host: "localhost".to_owned(),
        port: server.1,
        security: Security::Machine,
        account: None,
        certificates: None,
        from: "People <privacy@people.example>".to_owned(),
        reply_to: Some("officer@people.example".to_owned()),
    };
    let kept = Arc::new(installation(folder.path()));
    let person = contact(
        &kept,
        "o.vasseur@example.org",
        &["contact-relations", "notices"],
    );
    let unasked = contact(&kept, "unasked@example.org", &["contact-relations"]);
    let links = LinksByMail {
        kept: Arc::clone(&kept),
        mailer: Arc::new(Smtp::new(&settings).unwrap()),
        site: "https://people.example".to_owned(),
    };
    let deliver = |subject| {
        let link = kept
            .access()
            .issue_link(subject, LinkFor::OwnData, &acting());
        let link = link.unwrap();
        let letter = Letter {
            subject,
            link: &link,
        };
        links.deliver(&letter).map(|()| link.path())
    };
    let path = deliver(person).unwrap();
    let text = std::fs::read_to_string(folder.path().join("1.json")).unwrap();
    assert!(
        text.contains(&format!("https://people.example{path}")),
        "{text}"
    );
    assert!(
        text.contains("\"to\": [\"o.vasseur@example.org\"]"),
        "{text}"
    );
    assert!(text.contains("officer@people.example"));
    let acts = |subject| {
        kept.trace(subject, &acting().actor, Destination::Screen)
            .unwrap()
            .acts
    };
    let read = acts(person)
        .into_iter()
        .find(|act| act.act == "read")
        .unwrap();
    assert_eq!(
        (read.destination, read.account.as_str()),
        ("mail", "sign-in")
    );
    // An address that may not be read for this is not read.
    let refused = deliver(unasked).unwrap_err();
    assert_eq!(refused.rule.as_deref(), Some("purposes.notices"));
    assert!(!folder.path().join("2.json").exists());
    assert!(acts(unasked).iter().any(|act| act.act == "read-refused"));
}
