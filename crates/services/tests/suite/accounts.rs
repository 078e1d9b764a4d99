//! Accounts, rights and sign-in (21a, 21c).

use std::sync::Mutex;

use domain::{Account, Actor, ActorKind, Fault, FaultKind, SubjectId};
use identification::password::Rules;
use identification::totp::Seed;
use jiff::SignedDuration;
use services::access::{
    Address, Attempt, Delivery, Letter, LinkFor, Made, NewAccount, NewKey, PasswordChange, Scopes,
    SessionLimits, Strength, Weakness, Whose,
};
use services::{Acting, Kept};

use crate::common::{House, acting};

pub(crate) const EMAIL: &str = "camille.roux@quai.example";
pub(crate) const PASSWORD: &str = "hangar violet mosaique pluie sept";
pub(crate) const START: &str = "2026-03-02T09:00:00Z";

pub(crate) fn here() -> Address {
    Address("192.0.2.7".parse().unwrap())
}

pub(crate) fn elsewhere() -> Address {
    Address("198.51.100.9".parse().unwrap())
}

pub(crate) fn limits() -> SessionLimits {
    SessionLimits::default()
}

pub(crate) fn make(kept: &Kept) -> Made {
    let new = NewAccount {
        name: "Camille Roux".to_owned(),
        email: EMAIL.to_owned(),
        handle: Some(Account::parse("c.roux").unwrap()),
        roles: vec!["marketing".to_owned()],
    };
    kept.access().create(&new, &acting()).unwrap()
}

/// Base 32 (RFC 4648), as an application reads it.
pub(crate) fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

/// Somebody with a password and an application that shows codes.
pub(crate) struct Ready {
    pub(crate) house: House,
    pub(crate) made: Made,
    seed: Seed,
    recovery: Vec<String>,
    pub(crate) session: String,
}

pub(crate) fn ready() -> Ready {
    let house = House::new(START);
    let made = make(&house.kept);
    let access = house.kept.access();
    let link = access
        .issue_link(made.subject, LinkFor::SetUp, &acting())
        .unwrap();
    let token = passed(access.use_link(link.token.reveal(), here()).unwrap());
    let session = access.session(token.reveal(), &limits()).unwrap().unwrap();
    assert_eq!(session.strength, Strength::SetUp);
    let set = access.set_password(&session, PASSWORD, None, &Rules::default(), here());
    assert_eq!(set.unwrap(), PasswordChange::Done);
    let shown = access.start_codes(&session).unwrap().shown;
    let seed = Seed::from_bytes(&base32(&shown.typed)).unwrap();
    let code = seed.code_at(house.kept.moment().unwrap().now).unwrap();
    let done = access
        .finish_codes(&session, &code, here(), &limits())
        .unwrap();
    let done = passed(done);
    let session = done.session.unwrap().reveal().to_owned();
    assert!(
        access.session(token.reveal(), &limits()).unwrap().is_none(),
        "the token is another one from here on"
    );
    let recovery = done.codes.iter().map(|code| code.to_string()).collect();
    Ready {
        house,
        made,
        seed,
        recovery,
        session,
    }
}

impl Ready {
    /// Signs in from where its holder is.
    pub(crate) fn sign_in_again(&self) -> String {
        self.sign_in(here())
    }

    fn sign_in(&self, from: Address) -> String {
        let access = self.house.kept.access();
        let pending = passed(access.sign_in_password(EMAIL, PASSWORD, from).unwrap());
        let now = self.house.kept.moment().unwrap().now;
        let code = self.seed.code_at(now).unwrap();
        let done = access.sign_in_code(pending.token.reveal(), &code, from, &limits());
        passed(done.unwrap()).reveal().to_owned()
    }

    fn open(&self, session: &str) -> bool {
        let access = self.house.kept.access();
        access.session(session, &limits()).unwrap().is_some()
    }
}

pub(crate) fn passed<T>(attempt: Attempt<T>) -> T {
    match attempt {
        Attempt::Passed(it) => it,
        Attempt::Wrong => panic!("it was wrong"),
        Attempt::Later(until) => panic!("not before {until}"),
    }
}

pub(crate) fn acts(kept: &Kept, subject: SubjectId) -> Vec<(String, Option<String>)> {
    let trace = kept.trace(subject, &acting().actor, services::Destination::Screen);
    let acts = trace.unwrap().acts.into_iter();
    acts.map(|act| (act.act.to_owned(), act.rule)).collect()
}

#[test]
fn an_account_is_a_person_of_the_policy() {
    let house = House::new(START);
    let made = make(&house.kept);
    let info = house.kept.access().show(made.subject).unwrap();
    assert!(info.stands && info.credentials.is_empty() && info.sessions.is_empty());
    assert_eq!(info.roles[0].role, "marketing");
    let acts = acts(&house.kept, made.subject);
    for act in [
        "subject-added",
        "fact-recorded",
        "record-written",
        "account-made",
        "role-granted",
    ] {
        assert!(acts.iter().any(|(one, _)| one == act), "{act}: {acts:?}");
    }
    let again = NewAccount {
        name: "Somebody Else".to_owned(),
        email: " Camille.ROUX@quai.example".to_owned(),
        handle: None,
        roles: Vec::new(),
    };
    let fault = house.kept.access().create(&again, &acting()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Conflict, "{fault:?}");
    let other = NewAccount {
        email: "other@quai.example".to_owned(),
        handle: Some(made.handle),
        ..again
    };
    let fault = house.kept.access().create(&other, &acting()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Conflict);
    let refused = NewAccount {
        email: "not an address".to_owned(),
        ..other
    };
    let fault = house.kept.access().create(&refused, &acting()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Invalid);
    assert!(!fault.message.contains("not an address"));
    assert_eq!(house.kept.access().list().unwrap().len(), 1);
}

#[test]
fn a_dry_run_makes_nothing() {
    let house = House::new(START);
    let new = NewAccount {
        name: "Camille Roux".to_owned(),
        email: EMAIL.to_owned(),
        handle: None,
        roles: vec!["never-heard-of".to_owned()],
    };
    let dry = Acting {
        dry_run: true,
        ..acting()
    };
    let made = house.kept.access().create(&new, &dry).unwrap();
    assert!(made.receipt.is_none());
    assert!(house.kept.access().list().unwrap().is_empty());
}

#[test]
fn sign_in_asks_for_both_factors_and_begins_another_session() {
    let ready = ready();
    ready.house.move_to("2026-03-02T09:05:00Z");
    let access = ready.house.kept.access();
    let pending = passed(access.sign_in_password(EMAIL, PASSWORD, here()).unwrap());
    assert!(
        access
            .session(pending.token.reveal(), &limits())
            .unwrap()
            .is_none_or(|session| !session.strength.opens_work()),
        "half is nothing"
    );
    let wrong = access.sign_in_code(pending.token.reveal(), "000000", here(), &limits());
    assert!(matches!(wrong.unwrap(), Attempt::Wrong));
    let now = ready.house.kept.moment().unwrap().now;
    let code = ready.seed.code_at(now).unwrap();
    let token = access.sign_in_code(pending.token.reveal(), &code, here(), &limits());
    let token = passed(token.unwrap());
    let session = access.session(token.reveal(), &limits()).unwrap().unwrap();
    assert_eq!(session.strength, Strength::PasswordAndCode);
    assert_eq!(
        session.whose,
        Whose::Staff(Account::parse("c.roux").unwrap())
    );
    let again = access.sign_in_code(pending.token.reveal(), &code, here(), &limits());
    assert!(matches!(again.unwrap(), Attempt::Wrong), "it was used up");
    let pending = passed(access.sign_in_password(EMAIL, PASSWORD, here()).unwrap());
    let again = access.sign_in_code(pending.token.reveal(), &code, here(), &limits());
    assert!(matches!(again.unwrap(), Attempt::Wrong), "so was the code");
    let acts = acts(&ready.house.kept, ready.made.subject);
    let signed_in = ("signed-in".to_owned(), Some("codes".to_owned()));
    assert!(acts.contains(&signed_in), "{acts:?}");
}

#[test]
fn a_recovery_code_is_good_once() {
    let ready = ready();
    let access = ready.house.kept.access();
    let with = |code: &str| {
        let pending = passed(access.sign_in_password("c.roux", PASSWORD, here()).unwrap());
        access
            .sign_in_code(pending.token.reveal(), code, here(), &limits())
            .unwrap()
    };
    assert!(matches!(with(&ready.recovery[2]), Attempt::Passed(_)));
    assert!(matches!(with(&ready.recovery[2]), Attempt::Wrong));
    assert!(matches!(with(&ready.recovery[3]), Attempt::Passed(_)));
}

#[test]
fn whoever_is_known_and_whoever_is_not_get_one_answer() {
    let ready = ready();
    let access = ready.house.kept.access();
    for who in [EMAIL, "nobody@quai.example", "c.roux", "nobody", ""] {
        let said = access.sign_in_password(who, "no such password at all", here());
        assert!(matches!(said.unwrap(), Attempt::Wrong), "{who}");
    }
    for _ in 0..6 {
        let _ = access.sign_in_password("nobody@quai.example", "wrong", elsewhere());
        let _ = access.sign_in_password(EMAIL, "wrong", elsewhere());
    }
    for who in ["nobody@quai.example", EMAIL] {
        let said = access.sign_in_password(who, "wrong", elsewhere()).unwrap();
        assert!(matches!(said, Attempt::Later(_)), "{who}");
    }
}

#[test]
fn guessing_is_slowed_and_the_owner_gets_in_all_the_same() {
    let ready = ready();
    let access = ready.house.kept.access();
    ready.house.move_to("2026-03-02T10:00:00Z");
    let mut looked_at = 0;
    for _ in 0..12 {
        match access
            .sign_in_password(EMAIL, "guess", elsewhere())
            .unwrap()
        {
            Attempt::Wrong => looked_at += 1,
            Attempt::Later(_) => {}
            Attempt::Passed(_) => panic!("a guess"),
        }
    }
    assert_eq!(looked_at, 4, "three for nothing, then one, then a wait");
    // The right password does not help whoever guesses, from there, before the wait is over.
    let said = access
        .sign_in_password(EMAIL, PASSWORD, elsewhere())
        .unwrap();
    assert!(matches!(said, Attempt::Later(_)));
    assert!(ready.open(&ready.sign_in(here())), "the owner");
    ready.house.move_to("2026-03-02T10:00:02Z");
    let said = access
        .sign_in_password(EMAIL, PASSWORD, elsewhere())
        .unwrap();
    assert!(matches!(said, Attempt::Passed(_)), "the wait is over");
}

#[test]
fn many_machines_together_are_slowed_but_not_the_owner() {
    let ready = ready();
    let access = ready.house.kept.access();
    ready.house.move_to("2026-03-02T10:00:00Z");
    let mut refused = 0;
    for n in 0..24 {
        let from = Address(format!("203.0.113.{n}").parse().unwrap());
        let said = access.sign_in_password(EMAIL, "guess", from).unwrap();
        refused += usize::from(matches!(said, Attempt::Later(_)));
    }
    assert!(refused > 0, "strangers are slowed together");
    assert!(ready.open(&ready.sign_in(here())), "the owner");
}

#[test]
fn failures_stand_in_the_journal_as_one_entry_a_minute() {
    let ready = ready();
    let access = ready.house.kept.access();
    for _ in 0..3 {
        let _ = access.sign_in_password("nobody", "wrong", elsewhere());
    }
    let before = ready.house.kept.journal_state(1, 1).unwrap().size;
    ready.house.move_to("2026-03-02T09:01:30Z");
    access.tidy().unwrap();
    access.tidy().unwrap();
    // One for the move of the clock, one for the three failures.
    assert_eq!(
        ready.house.kept.journal_state(1, 1).unwrap().size - before,
        2
    );
}

#[test]
fn sessions_end_unused_after_a_day_and_when_they_are_revoked() {
    let ready = ready();
    let access = ready.house.kept.access();
    assert!(ready.open(&ready.session));
    ready.house.move_to("2026-03-02T09:29:00Z");
    assert!(ready.open(&ready.session), "used in time");
    ready.house.move_to("2026-03-02T09:58:00Z");
    assert!(ready.open(&ready.session), "the use was noted");
    ready.house.move_to("2026-03-02T10:28:00Z");
    assert!(!ready.open(&ready.session), "half an hour unused");

    let session = ready.sign_in(here());
    let patient = SessionLimits {
        idle: SignedDuration::from_hours(48),
        ..limits()
    };
    ready.house.move_to("2026-03-02T20:27:00Z");
    assert!(access.session(&session, &patient).unwrap().is_some());
    ready.house.move_to("2026-03-02T20:28:00Z");
    assert!(access.session(&session, &patient).unwrap().is_none());

    let (one, other) = (ready.sign_in(here()), {
        ready.house.move_to("2026-03-02T20:30:00Z");
        ready.sign_in(here())
    });
    let id = access.session(&one, &limits()).unwrap().unwrap().id;
    let subject = ready.made.subject;
    assert_eq!(access.revoke(subject, Some(id), &acting()).unwrap(), 1);
    assert!(!ready.open(&one) && ready.open(&other));
    assert!(access.revoke(subject, Some(id), &acting()).is_err());
    let left = access.sessions(subject).unwrap().len() as u64;
    assert_eq!(access.revoke(subject, None, &acting()).unwrap(), left);
    assert!(!ready.open(&other));
}

#[test]
fn leaving_ends_everything_at_once() {
    let ready = ready();
    let access = ready.house.kept.access();
    let subject = ready.made.subject;
    let link = access
        .issue_link(subject, LinkFor::SetUp, &acting())
        .unwrap();
    access.disable(subject, &acting()).unwrap();
    assert!(!ready.open(&ready.session));
    assert!(matches!(
        access.use_link(link.token.reveal(), here()).unwrap(),
        Attempt::Wrong
    ));
    assert!(matches!(
        access.sign_in_password(EMAIL, PASSWORD, here()).unwrap(),
        Attempt::Wrong
    ));
    let info = access.show(subject).unwrap();
    assert!(!info.stands && info.roles.is_empty() && info.credentials.is_empty());
    assert!(access.grant(subject, "marketing", &acting()).is_err());
    assert!(access.disable(subject, &acting()).is_err());
    assert!(
        access
            .issue_link(subject, LinkFor::SetUp, &acting())
            .is_err()
    );

    // Three years later nothing of it is held, and the account is gone with its person.
    ready.house.move_to("2029-03-03T00:00:00Z");
    ready.house.kept.sweep(&acting(), &mut |_| {}).unwrap();
    assert!(access.show(subject).is_err());
    assert!(access.list().unwrap().is_empty());
}

#[test]
fn access_that_a_fact_ends_is_over_whoever_records_it() {
    let ready = ready();
    let kept = &ready.house.kept;
    let happened = services::fact::Happened {
        kind: kept.access().accounts_of_policy().unwrap().ends,
        matter: None,
        at: kept.moment().unwrap().now,
        manner: None,
        supersedes: None,
    };
    let program = Acting::new(
        Actor::new(ActorKind::Program, Account::parse("directory").unwrap()),
        false,
    );
    kept.record_fact(ready.made.subject, &happened, &program)
        .unwrap();
    assert!(!ready.open(&ready.session));
    assert!(!kept.access().show(ready.made.subject).unwrap().stands);
}

#[test]
fn an_account_that_is_opened_again_begins_with_nothing() {
    let ready = ready();
    let access = ready.house.kept.access();
    let subject = ready.made.subject;
    assert!(access.enable(subject, &acting()).is_err(), "it has access");
    access.disable(subject, &acting()).unwrap();
    ready.house.move_to("2026-03-02T09:10:00Z");
    access.enable(subject, &acting()).unwrap();
    let info = access.show(subject).unwrap();
    assert!(info.stands && info.roles.is_empty() && info.credentials.is_empty());
    assert!(matches!(
        access.sign_in_password(EMAIL, PASSWORD, here()).unwrap(),
        Attempt::Wrong
    ));
}

#[test]
fn rights_are_granted_reviewed_and_withdrawn() {
    let ready = ready();
    let access = ready.house.kept.access();
    let subject = ready.made.subject;
    access.grant(subject, "logistics", &acting()).unwrap();
    assert!(access.grant(subject, "logistics", &acting()).is_err());
    assert!(access.grant(subject, "Not A Role", &acting()).is_err());
    let every = policy::model::Duration { months: 6, days: 0 };
    let overdue = || {
        let lines = access.review(Some(every)).unwrap();
        lines.iter().filter(|line| line.overdue).count()
    };
    assert_eq!(overdue(), 0);
    ready.house.move_to("2026-09-02T21:59:59Z");
    assert_eq!(overdue(), 0, "the day is not over in Paris");
    ready.house.move_to("2026-09-02T22:00:00Z");
    assert_eq!(overdue(), 2);
    access.confirm(subject, "marketing", &acting()).unwrap();
    access.withdraw(subject, "logistics", &acting()).unwrap();
    assert_eq!(overdue(), 0);
    assert!(access.withdraw(subject, "logistics", &acting()).is_err());
    assert!(access.confirm(subject, "logistics", &acting()).is_err());
    let acts = acts(&ready.house.kept, subject);
    let done = ("review-done".to_owned(), Some("roles.marketing".to_owned()));
    assert!(acts.contains(&done), "{acts:?}");
}

#[test]
fn a_session_works_in_a_role_that_its_account_holds() {
    let ready = ready();
    let kept = &ready.house.kept;
    let access = kept.access();
    let session = || access.session(&ready.session, &limits()).unwrap().unwrap();
    assert!(access.work_for(&session(), "logistics", None).is_err());
    let purpose = kept.law().policy().purpose_named("newsletters");
    access.work_for(&session(), "marketing", purpose).unwrap();
    assert_eq!(session().role.as_deref(), Some("marketing"));
    assert_eq!(session().purpose, purpose);
    access
        .withdraw(ready.made.subject, "marketing", &acting())
        .unwrap();
    assert_eq!((session().role, session().purpose), (None, None));
}

/// Keeps what is to be delivered.
#[derive(Default)]
struct Post(Mutex<Vec<(SubjectId, String)>>);

impl Delivery for Post {
    fn deliver(&self, letter: &Letter<'_>) -> Result<(), Fault> {
        let token = letter.link.token.reveal().to_owned();
        self.0.lock().unwrap().push((letter.subject, token));
        Ok(())
    }
}

#[test]
fn people_come_in_by_a_link_to_the_address_on_file() {
    let ready = ready();
    let access = ready.house.kept.access();
    let post = Post::default();
    let ask = |who: &str, from| {
        let said = access
            .ask_link(who, from, LinkFor::OwnData.lasts(), &post)
            .unwrap();
        assert!(matches!(said, Attempt::Passed(())), "{who}");
    };
    ask("nobody@quai.example", here());
    assert!(post.0.lock().unwrap().is_empty());
    ask(EMAIL, here());
    let (subject, token) = post.0.lock().unwrap()[0].clone();
    assert_eq!(subject, ready.made.subject);
    let begun = passed(access.use_link(&token, here()).unwrap());
    let session = access.session(begun.reveal(), &limits()).unwrap().unwrap();
    assert_eq!(session.whose, Whose::Person);
    assert_eq!(session.actor().unwrap().kind, ActorKind::Person);
    assert!(access.start_codes(&session).is_err(), "it opens no account");
    assert!(matches!(
        access.use_link(&token, here()).unwrap(),
        Attempt::Wrong
    ));
    // More than three that nobody used send nothing more, from wherever they are asked for.
    for n in 0..5 {
        ask(EMAIL, Address(format!("203.0.113.{n}").parse().unwrap()));
    }
    assert_eq!(post.0.lock().unwrap().len(), 1 + 3);
    let (_, late) = post.0.lock().unwrap()[1].clone();
    ready.house.move_to("2026-03-02T09:30:00Z");
    assert!(matches!(
        access.use_link(&late, here()).unwrap(),
        Attempt::Wrong
    ));
}

#[test]
fn a_password_is_changed_by_whoever_knows_it() {
    let ready = ready();
    let access = ready.house.kept.access();
    ready.house.move_to("2026-03-02T09:05:00Z");
    let other = ready.sign_in(here());
    let session = access.session(&ready.session, &limits()).unwrap().unwrap();
    let new = "tortue abricot lundi Wagram dix-neuf";
    let set = |new: &str, present| {
        let set = access.set_password(&session, new, present, &Rules::default(), here());
        set.unwrap()
    };
    for wrong in [None, Some("another")] {
        assert_eq!(set(new, wrong), PasswordChange::PresentWrong);
    }
    let weak = set("short", Some(PASSWORD));
    assert_eq!(weak, PasswordChange::Weak(Weakness::Short));
    assert_eq!(set(new, Some(PASSWORD)), PasswordChange::Done);
    assert!(ready.open(&ready.session) && !ready.open(&other));
    let said = access.sign_in_password(EMAIL, PASSWORD, here()).unwrap();
    assert!(matches!(said, Attempt::Wrong));
    let said = access.sign_in_password(EMAIL, new, here()).unwrap();
    assert!(matches!(said, Attempt::Passed(_)));
}

#[test]
fn keys_of_programs_end_and_open_what_they_are_for() {
    let house = House::new(START);
    let kept = &house.kept;
    let access = kept.access();
    let purpose = kept.law().policy().purpose_named("newsletters").unwrap();
    let new = NewKey {
        program: Account::parse("website").unwrap(),
        scopes: Scopes {
            roles: vec!["marketing".to_owned()],
            actions: vec!["read".to_owned()],
            purposes: vec![purpose],
        },
        ends: "2026-04-01T00:00:00Z".parse().unwrap(),
    };
    let (info, token) = access.make_key(&new, &acting()).unwrap();
    let shown = token.unwrap().reveal_key().to_string();
    assert!(shown.starts_with("kept_"));
    let found = access.check_key(&shown).unwrap().unwrap();
    assert_eq!(found.actor.kind, ActorKind::Program);
    assert_eq!(found.scopes, new.scopes);
    assert!(access.check_key(&shown[5..]).unwrap().is_none());
    assert!(access.keys().unwrap()[0].used.is_some());
    house.move_to("2026-04-01T00:00:00Z");
    assert!(access.check_key(&shown).unwrap().is_none(), "it has ended");

    let long = NewKey {
        ends: "2028-01-01T00:00:00Z".parse().unwrap(),
        ..new.clone()
    };
    assert!(access.make_key(&long, &acting()).is_err());
    let idle = NewKey {
        scopes: Scopes::default(),
        ends: "2026-05-01T00:00:00Z".parse().unwrap(),
        ..new.clone()
    };
    assert!(access.make_key(&idle, &acting()).is_err());
    let next = NewKey {
        ends: "2026-05-01T00:00:00Z".parse().unwrap(),
        ..new
    };
    let (next, token) = access.make_key(&next, &acting()).unwrap();
    let shown = token.unwrap().reveal_key().to_string();
    assert!(access.check_key(&shown).unwrap().is_some());
    access.revoke_key(next.id, &acting()).unwrap();
    assert!(access.check_key(&shown).unwrap().is_none());
    assert!(access.revoke_key(next.id, &acting()).is_err());
    assert_ne!(info.id, next.id);
}

#[test]
fn secrets_survive_a_turn_of_the_keys() {
    let ready = ready();
    let kept = &ready.house.kept;
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    ready.house.move_to("2026-03-02T09:05:00Z");
    assert!(ready.open(&ready.sign_in(here())));
}

#[test]
fn files_of_an_installation_hold_no_secret_and_no_address() {
    let ready = ready();
    let root = ready.house.folder.path().join("kept");
    let mut bytes = Vec::new();
    for folder in ["data", "keyring"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                bytes.extend(std::fs::read(path).unwrap());
            }
        }
    }
    let letters = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect::<String>();
    let all = letters(&bytes);
    let held = |needle: &[u8]| all.contains(&letters(needle));
    assert!(held(b"c.roux"), "the identifier is in clear");
    for secret in [
        EMAIL.as_bytes(),
        b"Camille",
        PASSWORD.as_bytes(),
        b"argon2id",
        ready.seed.as_bytes(),
        ready.session.as_bytes(),
        ready.recovery[0].as_bytes(),
        b"192.0.2.7",
    ] {
        assert!(!held(secret), "{}", String::from_utf8_lossy(secret));
    }
}

#[test]
fn somebody_in_anothers_session_does_not_find_their_password_out() {
    let ready = ready();
    let access = ready.house.kept.access();
    let session = access.session(&ready.session, &limits()).unwrap().unwrap();
    let new = "tortue abricot lundi Wagram dix-neuf";
    let set = |present| {
        let set = access.set_password(&session, new, Some(present), &Rules::default(), here());
        set.unwrap()
    };
    for _ in 0..4 {
        assert_eq!(set("a guess"), PasswordChange::PresentWrong);
    }
    assert!(matches!(set(PASSWORD), PasswordChange::Later(_)));
}

#[test]
fn a_password_alone_is_enough_where_the_configuration_says_so_and_no_application_is_set_up() {
    let house = House::new(START);
    let made = make(&house.kept);
    let access = house.kept.access();
    let link = access.issue_link(made.subject, LinkFor::SetUp, &acting());
    let token = passed(
        access
            .use_link(link.unwrap().token.reveal(), here())
            .unwrap(),
    );
    let session = access.session(token.reveal(), &limits()).unwrap().unwrap();
    let early = access.finish_without_codes(&session, here(), &limits());
    assert!(early.unwrap().is_none(), "there is no password yet");
    let set = access.set_password(&session, PASSWORD, None, &Rules::default(), here());
    assert_eq!(set.unwrap(), PasswordChange::Done);
    let token = access.finish_without_codes(&session, here(), &limits());
    let token = token.unwrap().unwrap();
    let session = access.session(token.reveal(), &limits()).unwrap().unwrap();
    assert_eq!(session.strength, Strength::PasswordAlone);
    let pending = passed(access.sign_in_password(EMAIL, PASSWORD, here()).unwrap());
    let token = access.sign_in_without_code(&pending, here(), &limits());
    assert!(token.unwrap().is_some());
    let again = access.sign_in_without_code(&pending, here(), &limits());
    assert!(again.unwrap().is_none(), "it was used up");

    let ready = ready();
    let access = ready.house.kept.access();
    let pending = passed(access.sign_in_password(EMAIL, PASSWORD, here()).unwrap());
    let token = access.sign_in_without_code(&pending, here(), &limits());
    assert!(
        token.unwrap().is_none(),
        "whoever has a second factor shows it"
    );
}

#[test]
fn recovery_codes_are_drawn_anew_and_other_sessions_are_ended() {
    let ready = ready();
    let access = ready.house.kept.access();
    let session = access.session(&ready.session, &limits()).unwrap().unwrap();
    let new = access.new_recovery_codes(&session).unwrap();
    let with = |code: &str| {
        let pending = passed(access.sign_in_password("c.roux", PASSWORD, here()).unwrap());
        let done = access.sign_in_code(pending.token.reveal(), code, here(), &limits());
        done.unwrap()
    };
    assert!(matches!(with(&ready.recovery[0]), Attempt::Wrong));
    let other = passed(with(&new[0])).reveal().to_owned();
    assert!(ready.open(&other));
    assert_eq!(access.end_others(&session).unwrap(), 2, "one is half");
    assert!(!ready.open(&other) && ready.open(&ready.session));
}
