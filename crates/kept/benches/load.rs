//! What a request costs: authorised, traced, opened reads and sealed, traced writes over HTTP, at 1, 16
//! and 64 connections, beside the same without HTTP, in one process, at as many threads.
//!
//! `cargo bench -p kept --bench load`; figures and method in `docs/performance.md`. `KEPT_LOAD_SECONDS`
//! says how long each is measured.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark that cannot start has nothing to measure"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::{Account, Actor, ActorKind, SubjectId};
use policy::model::CategorySet;
use serde_json::{Value, json};
use services::{Destination, Kept, Who};

/// People that are there before a measurement.
const PEOPLE: usize = 2_000;
const CONNECTIONS: [usize; 3] = [1, 16, 64];
const ROLE: &str = "client-relations";
const PURPOSE: &str = "contact-relations";

/// A new person with about 100 bytes of values in two records.
fn person(number: usize) -> Value {
    json!({
        "met": "professional", "kind": "contact", "origin": "business-card", "purposes": [PURPOSE],
        "records": [
            { "category": "identity",
              "values": { "surname": format!("Kerdoncuff{number}"), "first-name": "Maëlle" } },
            { "category": "contact-details",
              "values": { "email": format!("m.kerdoncuff.{number}@example.org"),
                          "telephone": "+33240000001", "postal-code": "44200",
                          "town": "Nantes", "address-line-1": "12 quai des Antilles" } },
        ],
    })
}

fn kept(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kept"));
    // Whatever begins so is a setting to it.
    command.current_dir(folder).env_remove("KEPT_LOAD_SECONDS");
    command
}

fn said(folder: &Path, words: &str) -> Value {
    let output = kept(folder)
        .args(words.split_whitespace())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}: {error}");
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

/// An installation of the default policy, and a key for a program.
fn installation(folder: &Path) -> String {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/assess-manager");
    let policy = policy.canonicalize().unwrap();
    said(
        folder,
        &format!("init --policy {} --data D --json", policy.display()),
    );
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(180 * 24);
    let until = until.to_string()[..10].to_owned();
    let made = said(
        folder,
        &format!("key add load --role {ROLE} --until {until}T00:00 --data D --json"),
    );
    made["secret"].as_str().unwrap().to_owned()
}

struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let config = "address = \"http://localhost\"\nlisten = \"127.0.0.1:0\"\n\
                      [limits]\nrequests = 1000000\n[log]\nlevel = \"error\"\n";
        std::fs::write(folder.join("kept.toml"), config).unwrap();
        let mut command = kept(folder);
        command.args(["serve", "--data", "D", "--config", "kept.toml", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let said: Value = serde_json::from_str(&text).unwrap();
        let listens = said["listens"][0].as_str().unwrap();
        let port = listens.rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept open, as a program's is.
struct Connection {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    fn open(port: u16, key: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            head: format!(
                "Host: localhost\r\nAuthorization: Bearer {key}\r\nKept-Purpose: {PURPOSE}\r\n"
            ),
        }
    }

    /// Sends a request; the answer must be the one that is awaited.
    fn ask(&mut self, method: &str, path: &str, body: &str, awaited: u16) -> String {
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.head,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).unwrap();
        let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(given) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = given.trim().parse().unwrap();
            }
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        let body = String::from_utf8(bytes).unwrap();
        assert_eq!(status, awaited, "{body}");
        body
    }
}

/// How often something is done in a second by so many at once.
fn rate<C>(at_once: usize, open: impl Fn() -> C + Sync, act: impl Fn(&mut C, usize) + Sync) -> f64 {
    let (ended, number, done) = (
        AtomicBool::new(false),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let mut began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                let mut connection = open();
                while !ended.load(Ordering::Relaxed) {
                    act(&mut connection, number.fetch_add(1, Ordering::Relaxed));
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(Duration::from_millis(500));
        done.store(0, Ordering::Relaxed);
        began = Instant::now();
        std::thread::sleep(seconds());
        let measured = done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        measured
    })
}

fn seconds() -> Duration {
    let given = std::env::var("KEPT_LOAD_SECONDS").ok();
    Duration::from_secs(given.and_then(|it| it.parse().ok()).unwrap_or(5))
}

/// Who works without HTTP: the same role, proved as the key's is.
fn owner() -> Actor {
    Actor::new(ActorKind::CommandLine, Account::parse("load").unwrap())
}

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let folder: PathBuf = folder.path().to_owned();
    let key = installation(&folder);
    let number = AtomicUsize::new(1_000_000);
    let mut rows = vec![[
        "".to_owned(),
        "reads a second".to_owned(),
        "writes a second".to_owned(),
    ]];
    let people: Vec<String> = {
        let served = Served::start(&folder);
        let open = || Connection::open(served.port, &key);
        let people = {
            let mut connection = open();
            let add = |number| {
                let body = person(number).to_string();
                let made = connection.ask("POST", "/api/v1/subjects", &body, 201);
                let made: Value = serde_json::from_str(&made).unwrap();
                made["subject"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{made}"))
                    .to_owned()
            };
            (0..PEOPLE).map(add).collect::<Vec<_>>()
        };
        for at_once in CONNECTIONS {
            let reads = rate(at_once, open, |connection, turn| {
                let path = format!("/api/v1/subjects/{}", people[turn % PEOPLE]);
                connection.ask("GET", &path, "", 200);
            });
            let writes = rate(at_once, open, |connection, _| {
                let body = person(number.fetch_add(1, Ordering::Relaxed)).to_string();
                connection.ask("POST", "/api/v1/subjects", &body, 201);
            });
            rows.push(row(
                &format!("over HTTP, {at_once} connections"),
                reads,
                writes,
            ));
        }
        people
    };
    let house = Arc::new(Kept::open(&folder.join("D"), None).unwrap());
    let ids: Vec<SubjectId> = people.iter().map(|id| id.parse().unwrap()).collect();
    let purpose = house.law().policy().purpose_named(PURPOSE).unwrap();
    let duty = house
        .access()
        .duty(Who::CommandLine(&owner()), ROLE)
        .unwrap();
    for at_once in CONNECTIONS {
        let desk = || house.desk(&duty, purpose, Destination::Api);
        let reads = rate(at_once, desk, |desk, turn| {
            let read = desk.read(ids[turn % PEOPLE], CategorySet(u128::MAX), None);
            assert_eq!(read.unwrap().opened.len(), 2);
        });
        let writes = rate(at_once, desk, |desk, _| {
            let number = number.fetch_add(1, Ordering::Relaxed);
            desk.add_person(bench::new_person(&house, number)).unwrap();
        });
        rows.push(row(
            &format!("without HTTP, {at_once} threads"),
            reads,
            writes,
        ));
    }
    for [what, reads, writes] in rows {
        println!("{what:<32}{reads:>16}{writes:>18}");
    }
}

fn row(what: &str, reads: f64, writes: f64) -> [String; 3] {
    [
        what.to_owned(),
        format!("{reads:.0}"),
        format!("{writes:.0}"),
    ]
}

/// A person for the service itself.
mod bench {
    use std::collections::BTreeMap;

    use domain::collect::Collection;
    use domain::value::{Payload, Value};
    use domain::{Account, Personal};
    use policy::model::{Person, PurposeSet};
    use services::Kept;
    use services::collect::{NewData, NewPerson};

    pub(super) fn new_person(kept: &Kept, number: usize) -> NewPerson {
        let law = kept.law();
        let policy = law.policy();
        let purposes: PurposeSet = policy.purpose_named(super::PURPOSE).into_iter().collect();
        let stated = super::person(number);
        let records = stated["records"].as_array().unwrap().iter();
        let record = |it: &serde_json::Value| {
            let name = it["category"].as_str().unwrap();
            let (mut values, mut category) = (BTreeMap::new(), None);
            for (field, value) in it["values"].as_object().unwrap() {
                let id = policy.field_named(&format!("{name}.{field}")).unwrap();
                category = Some(id.category);
                let value = Value::parse(&policy.field(id).kind, value.as_str().unwrap());
                values.insert(id.field, value.unwrap());
            }
            let payload = Payload(values);
            NewData {
                derived_from: Vec::new(),
                collection: Collection {
                    category: category.unwrap(),
                    fields: payload.fields(),
                    origin: policy.origin_named("business-card").unwrap(),
                    brought_by: Account::parse("load").unwrap(),
                    purposes,
                    kind: policy.kind_named("contact").unwrap(),
                    matter: None,
                    processor: None,
                    collected: kept.moment().unwrap().now,
                    approved: false,
                },
                values: Personal::new(payload),
                unique: None,
            }
        };
        NewPerson {
            person: Some(Person::Professional),
            records: records.map(record).collect(),
        }
    }
}
