//! Programs are told of what happens: signed, with identifiers alone, until it arrives.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::installation::Installation;
use crate::policies;
use crate::program::serve;

/// What a program was told.
struct Told {
    id: String,
    at: String,
    signature: String,
    body: String,
}

/// A program that is told of what happens: it answers with some statuses in turn, then with 204.
struct Listener {
    url: String,
    told: Receiver<Told>,
}

impl Listener {
    fn new(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!(
            "http://127.0.0.1:{}/kept",
            listener.local_addr().unwrap().port()
        );
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let mut statuses = statuses.iter().copied();
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let status = statuses.next().unwrap_or(204);
                if tell.send(answer(stream, status)).is_err() {
                    return;
                }
            }
        });
        Self { url, told }
    }

    #[track_caller]
    fn next(&self) -> Told {
        let most = Duration::from_secs(60);
        self.told.recv_timeout(most).expect("nothing was told")
    }

    fn nothing_more(&self) {
        let brief = Duration::from_millis(1500);
        assert!(self.told.recv_timeout(brief).is_err(), "more was told");
    }
}

fn answer(mut stream: TcpStream, status: u16) -> Told {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut length, mut told) = (
        0,
        Told {
            id: String::new(),
            at: String::new(),
            signature: String::new(),
            body: String::new(),
        },
    );
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 2 {
        let (name, value) = line.trim_end().split_once(": ").unwrap_or((&line, ""));
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "webhook-id" => told.id = value.to_owned(),
            "webhook-timestamp" => told.at = value.to_owned(),
            "webhook-signature" => told.signature = value.to_owned(),
            _ => {}
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    told.body = String::from_utf8(body).unwrap();
    let head = format!("HTTP/1.1 {status} Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    told
}

impl Told {
    /// Its signature is that of the secret, by the specification.
    #[track_caller]
    fn is_signed_with(&self, secret: &str) {
        let secret = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signed = format!("{}.{}.{}", self.id, self.at, self.body);
        let tag = STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
        assert_eq!(self.signature, format!("v1,{tag}"));
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

fn house() -> Installation {
    let policy = std::fs::read_to_string(policies::assess_manager().join("policy.toml"));
    Installation::rehearsal(&policy.unwrap(), "2026-01-05T10:00")
}

fn add(installation: &Installation, url: &str, words: &str) -> (String, String) {
    let mut line = vec!["webhook", "add", url, "--private", "--json"];
    line.extend(words.split_whitespace());
    let made = installation.run(line).ok().json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("webhook"), text("secret"))
}

fn contact(installation: &Installation) -> String {
    let words = "add --kind contact --met professional --origin business-card --json \
                 --purpose contact-relations --field identity.surname=Vasseur";
    let added = installation.run(words.split_whitespace()).ok().json();
    added["person"].as_str().unwrap().to_owned()
}

fn deliveries(installation: &Installation, id: &str) -> Vec<Value> {
    let found = installation.run(["webhook", "deliveries", id, "--json"]);
    found.ok().json()["messages"].as_array().unwrap().clone()
}

#[test]
fn programs_are_told_in_the_order_of_their_choice_with_identifiers_alone() {
    let installation = house();
    let listener = Listener::new(&[]);
    let chosen = "--event subject.created --event objection.made --event policy.applied";
    let (id, secret) = add(&installation, &listener.url, chosen);
    let served = serve(&installation);
    let person = contact(&installation);
    let told = listener.next();
    told.is_signed_with(&secret);
    assert_eq!(told.json()["type"], "subject.created");
    assert_eq!(told.json()["data"]["subject"], person.as_str());
    assert!(!told.body.contains("Vasseur"), "a value was told");
    installation
        .run(["object", &person, "--to", "newsletters"])
        .ok();
    let told = listener.next();
    told.is_signed_with(&secret);
    let json = told.json();
    assert_eq!(json["type"], "objection.made");
    assert_eq!(json["data"]["purpose"], "newsletters");
    // What it did not ask for it is not told.
    installation.run(["met", &person, "private"]).ok();
    listener.nothing_more();
    // A try that changes nothing tells nothing.
    installation
        .run(["object", &person, "--to", "greetings", "--dry-run"])
        .ok();
    listener.nothing_more();
    // The person finds in their trace that a program was told.
    let trace = installation.run(["trace", &person, "--json"]).ok().json();
    let acts = trace["acts"].as_array().unwrap().iter();
    let told: Vec<&str> = acts
        .filter(|act| act["act"] == "webhook-told")
        .map(|act| act["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        [
            format!("webhooks.{id} subject.created"),
            format!("webhooks.{id} objection.made"),
        ]
    );
    // All of it again, when it is asked for.
    let again = installation.run(["webhook", "replay", &id, "--since", "2026-01-01T00:00"]);
    assert!(again.ok().out().contains("2 messages"));
    let again: Vec<Value> = (0..2)
        .map(|_| listener.next().json()["type"].clone())
        .collect();
    assert!(again.contains(&"subject.created".into()) && again.contains(&"objection.made".into()));
    // Removed, it is told nothing, and nothing is kept of it.
    installation.run(["webhook", "remove", &id]).ok();
    contact(&installation);
    listener.nothing_more();
    installation.run(["webhook", "deliveries", &id]).exits(5);
    served.end();
}

#[test]
fn what_does_not_arrive_is_tried_again_after_a_while() {
    let installation = house();
    let listener = Listener::new(&[500, 302]);
    let (id, secret) = add(&installation, &listener.url, "--event subject.created");
    // What happens while no server runs is sent by the next.
    contact(&installation);
    let served = serve(&installation);
    let first = listener.next();
    listener.nothing_more();
    let waiting = || {
        let found = deliveries(&installation, &id);
        assert_eq!(found.len(), 1);
        found[0].clone()
    };
    assert_eq!(waiting()["answer"], 500);
    assert!(waiting()["next"].is_string());
    installation.later("1 minute");
    // A redirection is not followed: it is no arrival.
    let second = listener.next();
    assert_eq!(
        (&first.id, &first.body),
        (&second.id, &second.body),
        "the same message"
    );
    second.is_signed_with(&secret);
    listener.nothing_more();
    assert_eq!(waiting()["tries"], 2);
    let listed = installation.run(["webhook", "list", "--json"]).ok().json();
    assert!(listed["webhooks"][0]["failing"].is_string());
    installation.later("10 minutes");
    let third = listener.next();
    assert_eq!(first.id, third.id);
    listener.nothing_more();
    assert!(waiting()["delivered"].is_string());
    let listed = installation.run(["webhook", "list", "--json"]).ok().json();
    assert_eq!(listed["webhooks"][0]["failing"], Value::Null);
    served.end();
}

#[test]
fn an_address_that_is_gone_is_told_nothing_any_more() {
    let installation = house();
    let listener = Listener::new(&[410]);
    let (id, _) = add(&installation, &listener.url, "--event subject.created");
    let served = serve(&installation);
    contact(&installation);
    listener.next();
    listener.nothing_more();
    let listed = installation.run(["webhook", "list", "--json"]).ok().json();
    assert!(listed["webhooks"][0]["disabled"].is_string());
    contact(&installation);
    listener.nothing_more();
    assert!(served.log().contains("it is told nothing any more"));
    // Told again on purpose, it is in use again.
    installation
        .run(["webhook", "replay", &id, "--since", "2026-01-01T00:00"])
        .ok();
    listener.next();
    contact(&installation);
    listener.next();
    served.end();
}

#[test]
fn addresses_that_may_not_be_told_are_refused_or_never_reached() {
    let installation = house();
    for url in [
        "http://shop.example/",
        "shop.example",
        "https://me:word@shop.example/",
    ] {
        installation.run(["webhook", "add", url]).exits(2);
    }
    let unknown = [
        "webhook",
        "add",
        "https://shop.example/",
        "--event",
        "subject.read",
    ];
    installation.run(unknown).exits(2);
    // An address within the network that nobody declared is not connected to.
    let listener = Listener::new(&[]);
    let line = ["webhook", "add", &listener.url, "--json"];
    let made = installation.run(line).ok().json();
    let served = serve(&installation);
    contact(&installation);
    listener.nothing_more();
    let found = deliveries(&installation, made["webhook"].as_str().unwrap());
    assert!(
        found.iter().all(|one| one["delivered"] == Value::Null),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|one| one["tries"] == 1 && one["answer"] == Value::Null)
    );
    served.end();
}
