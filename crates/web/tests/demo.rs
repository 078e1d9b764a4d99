//! The demo as a browser meets it: a rehearsal installation behind a real port.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests may fail"
)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

use domain::collect::Collection;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Personal, SubjectId};
use policy::model::Person;
use services::collect::{NewData, NewPerson};
use services::open::NewInstallation;
use services::{Acting, Kept};
use tokio::sync::oneshot;
use web::Demo;

const POLICY: &str = include_str!("../../../policies/assess-manager/policy.toml");

/// A served demo with one person, until it is dropped.
struct Served {
    kept: Arc<Kept>,
    port: u16,
    end: Option<oneshot::Sender<()>>,
    server: Option<thread::JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

/// An answer: status, head and body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn acting() -> Acting {
    Acting::new(
        Actor::new(ActorKind::CommandLine, Account::parse("a.martin").unwrap()),
        false,
    )
}

impl Served {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewInstallation {
            root: folder.path().join("D"),
            keys: None,
            policy: POLICY.to_owned(),
            authorisation: None,
            rehearsal: Some("2026-03-14T09:30:00Z".parse().unwrap()),
            database: None,
        };
        let kept = Arc::new(Kept::init(new, &acting().actor).unwrap());
        let demo = Demo::bind(0).unwrap();
        let port = demo
            .address()
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let (end, ended) = oneshot::channel();
        let serving = Arc::clone(&kept);
        let server = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap();
            let end = async { ended.await.unwrap_or_default() };
            runtime.block_on(demo.serve(serving, end)).unwrap();
        });
        Self {
            kept,
            port,
            end: Some(end),
            server: Some(server),
            _folder: folder,
        }
    }

    /// A contact with a surname and an e-mail address, met at work.
    fn add_contact(&self, surname: &str, email: &str) -> SubjectId {
        let record = |named: &str, text: &str| {
            let law = self.kept.law();
            let policy = law.policy();
            let field = policy.field_named(named).unwrap();
            let value = Value::parse(&policy.field(field).kind, text).unwrap();
            let values = Payload(BTreeMap::from([(field.field, value)]));
            NewData {
                derived_from: Vec::new(),
                collection: Collection {
                    category: field.category,
                    fields: values.fields(),
                    origin: policy.origin_named("business-card").unwrap(),
                    brought_by: Account::parse("a.martin").unwrap(),
                    purposes: ["contact-relations", "canvassing"]
                        .iter()
                        .filter_map(|it| policy.purpose_named(it))
                        .collect(),
                    kind: policy.kind_named("contact").unwrap(),
                    matter: None,
                    processor: None,
                    collected: self.kept.moment().unwrap().now,
                    approved: false,
                },
                values: Personal::new(values),
                unique: None,
            }
        };
        let new = NewPerson {
            person: Some(Person::Professional),
            records: vec![
                record("identity.surname", surname),
                record("contact-details.email", email),
            ],
        };
        self.kept.add_person(new, &acting()).unwrap().0
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
            self.port
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head[9..12].parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", "")
    }

    fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, "Sec-Fetch-Site: same-origin\r\n", body)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.end.take().map(|end| end.send(()));
        let _ = self.server.take().map(thread::JoinHandle::join);
    }
}

#[test]
fn every_address_answers_with_a_closed_policy() {
    let demo = Served::new();
    let id = demo.add_contact("Kerdoncuff", "m.kerdoncuff@example.com");
    let person = format!("/people/{id}");
    let beside = format!("{person}/beside");
    for path in [
        "/",
        "/people",
        &person,
        &beside,
        "/calendar",
        "/calendar?by=year",
        "/journal",
        "/privacy",
        "/style.css",
        "/icon.svg",
    ] {
        let answer = demo.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(
            answer
                .head
                .contains("content-security-policy: default-src 'none'; style-src 'self'"),
            "{path}"
        );
        assert!(
            answer.head.contains("x-content-type-options: nosniff"),
            "{path}"
        );
        if answer.head.contains("text/html") {
            assert!(answer.head.contains("cache-control: no-store"), "{path}");
            assert!(answer.body.len() < 60_000, "{path}: {}", answer.body.len());
        }
    }
    for path in [
        "/nowhere",
        "/people/nobody",
        "/people/0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e",
        "/privacy?version=7",
    ] {
        let answer = demo.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("There is no such page"), "{path}");
    }
    assert_eq!(demo.get("/people?as=nobody.nothing").status, 422);
}

#[test]
fn a_person_is_read_as_somebody_for_something_and_the_page_says_why() {
    let demo = Served::new();
    let id = demo.add_contact("Kerdoncuff", "m.kerdoncuff@example.com");
    let path = format!("/people/{id}");
    let unread = demo.get(&path).body;
    assert!(!unread.contains("Kerdoncuff"), "nobody reads nothing");
    let read = demo.get(&format!("{path}?as=canvassing.canvassing")).body;
    assert!(read.contains("<h1>Kerdoncuff</h1>"));
    assert!(read.contains("m.kerdoncuff@example.com"));
    assert!(
        read.contains("13 March 2031") || read.contains("14 March 2031"),
        "the day it goes"
    );
    assert!(read.contains("A business card that you gave us"));
    assert!(read.contains("a.martin"));
    let refused = demo.get(&format!("{path}?as=it.security")).body;
    assert!(!refused.contains("Kerdoncuff"));
    assert!(refused.contains("class=\"refused\""), "the rule is named");
    assert!(refused.contains("Read refused"), "and the trace has it");
    let list = demo.get("/people?as=canvassing.canvassing").body;
    assert!(list.contains(">Kerdoncuff</a>"));
    let unread = demo.get("/people").body;
    assert!(!unread.contains("Kerdoncuff") && !unread.contains("class=\"why\""));
    let beside = demo
        .get(&format!(
            "{path}/beside?as=canvassing.canvassing&beside=it.security"
        ))
        .body;
    assert_eq!(beside.matches("m.kerdoncuff@example.com").count(), 1);
    assert_eq!(beside.matches("<strong>Closed.</strong>").count(), 2);
    let french = demo
        .get(&format!("{path}?as=canvassing.canvassing&language=fr"))
        .body;
    assert!(french.contains("<html lang=\"fr\">") && french.contains("Adresse électronique"));
}

#[test]
fn a_look_up_finds_by_the_exact_value_and_never_shows_it_in_an_address() {
    let demo = Served::new();
    let id = demo.add_contact("Kerdoncuff", "m.kerdoncuff@example.com");
    let found = demo.post("/people", "field=email&value=M.Kerdoncuff%40Example.com");
    assert_eq!(found.status, 303, "{}", found.body);
    assert!(found.head.contains(&format!("location: /people/{id}")));
    let nobody = demo.post("/people", "field=email&value=nobody%40example.com");
    assert!(
        nobody
            .body
            .contains("Nobody has exactly this e-mail address.")
    );
    assert!(
        !nobody.body.contains("nobody@example.com"),
        "the value is not repeated"
    );
    assert!(
        demo.post("/people", "field=email&value=nonsense")
            .body
            .contains("not how such a value is written")
    );
    assert!(
        demo.post("/people", "field=surname&value=Kerdoncuff")
            .body
            .contains("Nobody is found by that")
    );
}

#[test]
fn time_goes_forward_only_and_takes_what_passes_its_term() {
    let demo = Served::new();
    let id = demo.add_contact("Kerdoncuff", "m.kerdoncuff@example.com");
    for body in [
        "to=2026-03-14",
        "to=2020-01-01",
        "to=nonsense",
        "by=0+days",
        "by=-1+year",
        "",
    ] {
        let refused = demo.post("/time", body);
        assert_eq!(refused.status, 200, "{body}");
        assert!(refused.body.contains("The clock was not moved"), "{body}");
    }
    assert_eq!(demo.post("/time", "by=1+year").status, 303);
    assert!(demo.get("/").body.contains("14 March 2027"));
    assert_eq!(demo.get(&format!("/people/{id}")).status, 200, "still held");
    let calendar = demo.get("/calendar?by=year").body;
    assert!(calendar.contains("<svg class=\"bars\""));
    // Identity, contact details, and both: five years from collection, counted on the last day.
    let last = "<th scope=\"row\">2031</th><td class=\"figure\">1</td><td class=\"figure\">1</td>\
                <td class=\"figure\"><strong>2</strong></td>";
    assert!(calendar.contains(last), "{calendar}");
    assert_eq!(demo.post("/time", "to=2031-03-16").status, 303);
    let home = demo.get("/").body;
    assert!(
        home.contains("The clock moved from 14 March 2027 to 16 March 2031."),
        "{home}"
    );
    assert!(home.contains("retention 10d"));
    assert_eq!(demo.get(&format!("/people/{id}")).status, 404, "gone");
}

#[test]
fn another_site_changes_nothing() {
    let demo = Served::new();
    let before = demo.kept.moment().unwrap().now;
    let forged = demo.send(
        "POST",
        "/time",
        "Sec-Fetch-Site: cross-site\r\n",
        "by=1+year",
    );
    assert_eq!(forged.status, 403);
    assert_eq!(demo.kept.moment().unwrap().now, before);
    let large = format!("field=email&value={}", "x".repeat(20_000));
    assert_eq!(demo.post("/people", &large).status, 413);
}

#[test]
fn the_journal_is_verified_on_demand() {
    let demo = Served::new();
    demo.add_contact("Kerdoncuff", "m.kerdoncuff@example.com");
    assert!(demo.get("/journal").body.contains("None published yet"));
    let verified = demo.post("/journal", "").body;
    assert!(verified.contains("Everything holds"), "{verified}");
    assert!(verified.contains("Checkpoint published"));
    assert!(!verified.contains("Kerdoncuff"));
}

#[test]
fn the_notice_answers_in_the_readers_language() {
    let demo = Served::new();
    let notice = |headers| demo.send("GET", "/privacy", headers, "");
    assert!(notice("").body.contains("<h1>Privacy notice</h1>"));
    let french = notice("Accept-Language: fr-FR,fr;q=0.9,en;q=0.5\r\n");
    assert!(
        french
            .body
            .contains("<h1>Politique de confidentialité</h1>")
    );
    assert!(french.head.contains("content-language: fr"));
    assert!(french.head.contains("vary: accept-language"));
    let chosen = demo.send("GET", "/privacy?language=en", "Accept-Language: fr\r\n", "");
    assert!(chosen.body.contains("<h1>Privacy notice</h1>"));
}
