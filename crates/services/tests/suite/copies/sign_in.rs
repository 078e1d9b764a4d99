//! Signing in, begun at one copy of Kept and ended at another.

use std::sync::Arc;

use domain::SubjectId;
use identification::passkey::RelyingParty;
use identification::provider::{Answer, Provider};
use services::access::{Attempt, Begun, CameBack, LinkFor, SentTo, Session, Strength};
use store::Value;
use store::tables::Row;

use super::{Copies, rows};
use crate::accounts::{START, here, limits, make, passed};
use crate::authenticator::Authenticator;
use crate::common::{House, acting};
use crate::sign_in_service::{ISSUER, Service};
use crate::single_sign_on::settings;

const ADDRESS: &str = "https://kept.quai.example";

fn party() -> RelyingParty {
    RelyingParty::new(ADDRESS, "Quai").unwrap()
}

/// A session to set up in, begun at a copy.
fn setting_up(copy: &House, subject: SubjectId) -> String {
    let access = copy.kept.access();
    let link = access.issue_link(subject, LinkFor::SetUp, &acting());
    let token = access.use_link(link.unwrap().token.reveal(), here());
    passed(token.unwrap()).reveal().to_owned()
}

fn session(copy: &House, token: &str) -> Session {
    let session = copy.kept.access().session(token, &limits());
    session.unwrap().unwrap()
}

fn ask(copy: &House) -> Begun {
    let asked = copy.kept.access().start_passkey_sign_in(&party(), here());
    passed(asked.unwrap())
}

fn show(copy: &House, token: &str, answer: &str) -> Option<String> {
    let access = copy.kept.access();
    let done = access.finish_passkey_sign_in(&party(), token, answer, here(), &limits());
    match done.unwrap() {
        Attempt::Passed(token) => Some(token.reveal().to_owned()),
        Attempt::Wrong => None,
        Attempt::Later(until) => panic!("not before {until}"),
    }
}

fn send(copy: &House, provider: &Provider, session: Option<&Session>) -> SentTo {
    let sent = copy.kept.access().start_provider(provider, session, here());
    passed(sent.unwrap())
}

/// Somebody comes back from the service to a copy.
fn back(
    copy: &House,
    provider: &Provider,
    session: Option<&Session>,
    token: &str,
    (state, code): &(String, String),
) -> Attempt<CameBack> {
    let answer = Answer {
        state,
        code: Some(code),
        issuer: Some(ISSUER),
    };
    let access = copy.kept.access();
    let back = access.finish_provider(provider, session, token, &answer, here(), &limits());
    back.unwrap()
}

/// The bytes of a row, those of all columns.
fn bytes(row: &Row) -> Vec<Vec<u8>> {
    let cells = row.iter().filter_map(|cell| match cell {
        Value::Bytes(bytes) => Some(bytes.clone()),
        _ => None,
    });
    cells.collect()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What a thief of the table has: nothing of what is asked, and no token.
fn tells_nothing(row: &Row, token: &str, secrets: &[&str]) {
    for held in bytes(row) {
        for secret in secrets.iter().chain([&token]) {
            assert!(secret.len() > 20, "a secret");
            let there = held.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!there, "{secret} is there");
        }
    }
}

#[test]
fn a_passkey_is_made_and_shown_at_whichever_copy() {
    let copies = Copies::new(START);
    let subject = make(&copies.one.kept).subject;
    let mut telephone = Authenticator::new(ADDRESS, 1);

    let entered = setting_up(&copies.one, subject);
    let begun = session(&copies.one, &entered);
    let access = copies.one.kept.access();
    let asked = access.start_passkey(&begun, &party(), here()).unwrap();
    let answer = telephone.make(&asked.asked);
    let ended = session(&copies.other, &entered);
    let (other, token) = (copies.other.kept.access(), asked.token.reveal());
    let done = other.finish_passkey(&ended, &party(), token, &answer, "", here(), &limits());
    let work = done.unwrap().unwrap();
    assert_eq!(
        session(&copies.one, work.reveal()).strength,
        Strength::Passkey
    );

    // Shown, back and forth; each answer is good once, at either.
    for (here, there) in [(&copies.one, &copies.other), (&copies.other, &copies.one)] {
        let asked = ask(here);
        let answer = telephone.show(&asked.asked);
        let token = asked.token.reveal();
        let signed_in = show(there, token, &answer).unwrap();
        assert_eq!(session(here, &signed_in).subject, subject);
        assert_eq!(show(here, token, &answer), None, "it was used up");
        assert_eq!(show(there, token, &answer), None, "it was used up");
    }
    copies.journal_is_whole();
}

#[test]
fn both_copies_at_once_let_one_in() {
    let copies = Copies::new(START);
    let subject = make(&copies.one.kept).subject;
    // A device that does not count: by its counter nothing would be noticed.
    let mut telephone = Authenticator::new(ADDRESS, 1);
    let entered = setting_up(&copies.one, subject);
    let access = copies.one.kept.access();
    let setting_up = session(&copies.one, &entered);
    let asked = access.start_passkey(&setting_up, &party(), here()).unwrap();
    let (answer, token) = (telephone.make(&asked.asked), asked.token.reveal());
    let done = access.finish_passkey(&setting_up, &party(), token, &answer, "", here(), &limits());
    assert!(done.unwrap().is_some());
    for _ in 0..10 {
        let asked = ask(&copies.one);
        let (answer, token) = (telephone.show(&asked.asked), asked.token.reveal());
        let let_in = std::thread::scope(|scope| {
            let shown = [&copies.one, &copies.other]
                .map(|copy| scope.spawn(|| show(copy, token, &answer).is_some()));
            shown.map(|it| it.join().unwrap())
        });
        assert!(let_in[0] != let_in[1], "{let_in:?}");
    }
}

#[test]
fn whoever_was_sent_to_a_service_comes_back_to_whichever_copy() {
    let copies = Copies::new(START);
    let subject = make(&copies.one.kept).subject;
    let now = copies.one.kept.moment().unwrap().now.as_second();
    let service = Arc::new(Service::new(now));
    let provider = || Provider::new(settings(ISSUER, false), service.clone()).unwrap();
    let (at_one, at_other) = (provider(), provider());

    let entered = setting_up(&copies.one, subject);
    let sent = send(&copies.one, &at_one, Some(&session(&copies.one, &entered)));
    let (visited, token) = (service.visited(&sent.address), sent.token.reveal());
    let there = session(&copies.other, &entered);
    let linked = back(&copies.other, &at_other, Some(&there), token, &visited);
    assert!(matches!(linked, Attempt::Passed(CameBack::Linked(Some(_)))));

    let sent = send(&copies.other, &at_other, None);
    let (visited, token) = (service.visited(&sent.address), sent.token.reveal());
    let came = back(&copies.one, &at_one, None, token, &visited);
    let Attempt::Passed(CameBack::SignedIn(work)) = came else {
        panic!("it signs in");
    };
    assert_eq!(session(&copies.other, work.reveal()).subject, subject);
    for (copy, provider) in [(&copies.one, &at_one), (&copies.other, &at_other)] {
        let again = back(copy, provider, None, token, &visited);
        assert!(matches!(again, Attempt::Wrong), "it was used up");
    }
    copies.journal_is_whole();
}

#[test]
fn whoever_takes_the_table_has_nothing() {
    let copies = Copies::new(START);
    make(&copies.one.kept);
    let now = copies.one.kept.moment().unwrap().now.as_second();
    let service = Arc::new(Service::new(now));
    let provider = Provider::new(settings(ISSUER, false), service.clone()).unwrap();

    let asked = ask(&copies.one);
    let question: serde_json::Value = serde_json::from_str(&asked.asked).unwrap();
    let challenge = question["challenge"].as_str().unwrap();
    let held = rows(&copies.other, "sign_in_begun");
    assert_eq!(held.len(), 1);
    tells_nothing(&held[0], asked.token.reveal(), &[challenge]);

    let sent = send(&copies.one, &provider, None);
    let visited = service.visited(&sent.address);
    let nonce = service.told().nonce.clone();
    let held = rows(&copies.other, "sign_in_begun");
    assert_eq!(held.len(), 2);
    for row in &held {
        tells_nothing(row, sent.token.reveal(), &[&visited.0, &nonce]);
    }

    // All that is there, shown as if it were the token, by somebody who has the keys as well: nothing
    // is opened, and nothing is used up.
    for held in held.iter().flat_map(bytes) {
        let shown = base64(&held);
        let came = back(&copies.other, &provider, None, &shown, &visited);
        assert!(matches!(came, Attempt::Wrong));
        for row in &rows(&copies.other, "sign_in_begun") {
            for sealed in bytes(row) {
                let vault = copies.other.kept.vault();
                assert!(vault.open_begun(&shown, &sealed).is_none());
            }
        }
    }
    let token = sent.token.reveal();
    let came = back(&copies.other, &provider, None, token, &visited);
    assert!(matches!(came, Attempt::Passed(CameBack::Unknown)));

    // What nobody ends is gone once it is over, whoever tidies.
    for copy in [&copies.one, &copies.other] {
        copy.move_to("2026-03-02T09:10:00Z");
    }
    copies.other.kept.access().tidy().unwrap();
    assert!(rows(&copies.one, "sign_in_begun").is_empty());
}
