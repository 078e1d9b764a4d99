//! Signing in with passkeys (21c).

use domain::FaultKind;
use identification::passkey::RelyingParty;
use identification::password::Rules;
use services::access::{
    Attempt, CredentialSort, LinkFor, NewAccount, PasswordChange, Session, Strength,
};

use crate::accounts::{PASSWORD, START, acts, elsewhere, here, limits, make, passed};
use crate::authenticator::Authenticator;
use crate::common::{House, acting};

const ADDRESS: &str = "https://kept.quai.example";

struct Home {
    house: House,
    party: RelyingParty,
    subject: domain::SubjectId,
}

fn home() -> Home {
    let house = House::new(START);
    let subject = make(&house.kept).subject;
    let party = RelyingParty::new(ADDRESS, "Quai").unwrap();
    Home {
        house,
        party,
        subject,
    }
}

impl Home {
    /// A session to set up in.
    fn setting_up(&self) -> Session {
        let access = self.house.kept.access();
        let link = access.issue_link(self.subject, LinkFor::SetUp, &acting());
        let token = access.use_link(link.unwrap().token.reveal(), here());
        self.session(passed(token.unwrap()).reveal())
    }

    fn session(&self, token: &str) -> Session {
        let session = self.house.kept.access().session(token, &limits());
        session.unwrap().unwrap()
    }

    /// Makes a key in a session; gives the token that the session has afterwards, if another.
    fn add(&self, session: &Session, device: &mut Authenticator, name: &str) -> Option<String> {
        let access = self.house.kept.access();
        let begun = access.start_passkey(session, &self.party, here()).unwrap();
        let answer = device.make(&begun.asked);
        let token = begun.token.reveal();
        let done = access.finish_passkey(
            session,
            &self.party,
            token,
            &answer,
            name,
            here(),
            &limits(),
        );
        done.unwrap().map(|token| token.reveal().to_owned())
    }

    fn sign_in(&self, device: &mut Authenticator) -> Attempt<String> {
        let access = self.house.kept.access();
        let begun = passed(access.start_passkey_sign_in(&self.party, here()).unwrap());
        let answer = device.show(&begun.asked);
        let token = begun.token.reveal();
        let done = access.finish_passkey_sign_in(&self.party, token, &answer, here(), &limits());
        match done.unwrap() {
            Attempt::Passed(token) => Attempt::Passed(token.reveal().to_owned()),
            Attempt::Wrong => Attempt::Wrong,
            Attempt::Later(until) => Attempt::Later(until),
        }
    }

    fn acts(&self, act: &str) -> Vec<Option<String>> {
        let acts = acts(&self.house.kept, self.subject).into_iter();
        acts.filter(|(one, _)| one == act)
            .map(|(_, rule)| rule)
            .collect()
    }
}

fn device(id: u8) -> Authenticator {
    Authenticator::new(ADDRESS, id)
}

#[test]
fn a_passkey_completes_setting_up_and_signs_in_alone() {
    let home = home();
    let mut telephone = device(1);
    let session = home.setting_up();
    let token = home.add(&session, &mut telephone, " Telephone\n").unwrap();
    assert_eq!(home.session(&token).strength, Strength::Passkey);
    let signed_in = passed(home.sign_in(&mut telephone));
    let session = home.session(&signed_in);
    assert_eq!(
        (session.strength, session.subject),
        (Strength::Passkey, home.subject)
    );
    assert_eq!(home.acts("credential-added"), [Some("passkey".to_owned())]);
    assert!(home.acts("signed-in").contains(&Some("passkey".to_owned())));

    let access = home.house.kept.access();
    let own = access.own_credentials(&session).unwrap();
    assert_eq!(own[0].sort, CredentialSort::Passkey);
    assert_eq!(own[0].name.as_deref(), Some("Telephone"));
    assert!(own[0].used.is_some());
    let listed = access.show(home.subject).unwrap().credentials;
    assert_eq!(listed[0].name, None, "the name is its holder's");
}

#[test]
fn an_answer_is_good_for_its_own_question_once_and_for_a_while() {
    let home = home();
    let mut telephone = device(1);
    home.add(&home.setting_up(), &mut telephone, "");
    let access = home.house.kept.access();
    let ask = || {
        passed(
            access
                .start_passkey_sign_in(&home.party, elsewhere())
                .unwrap(),
        )
    };
    let finish = |token: &str, answer: &str| {
        let done = access.finish_passkey_sign_in(&home.party, token, answer, here(), &limits());
        matches!(done.unwrap(), Attempt::Passed(_))
    };
    let (one, two) = (ask(), ask());
    let answer = telephone.show(&one.asked);
    assert!(
        !finish(two.token.reveal(), &answer),
        "an answer to another question"
    );
    assert!(finish(one.token.reveal(), &answer));
    assert!(!finish(one.token.reveal(), &answer), "it was used up");
    let late = ask();
    let answer = telephone.show(&late.asked);
    home.house.move_to("2026-03-02T09:10:00Z");
    assert!(!finish(late.token.reveal(), &answer), "too late");
}

#[test]
fn whoever_begins_without_end_takes_nothing_from_others() {
    let home = home();
    let mut telephone = device(1);
    home.add(&home.setting_up(), &mut telephone, "");
    let access = home.house.kept.access();
    let ask = |from| passed(access.start_passkey_sign_in(&home.party, from).unwrap());
    let finish = |token: &str, answer: &str| {
        let done = access.finish_passkey_sign_in(&home.party, token, answer, here(), &limits());
        matches!(done.unwrap(), Attempt::Passed(_))
    };
    let other = ask(elsewhere());
    home.house.move_to("2026-03-02T09:01:00Z");
    let first = ask(here());
    home.house.move_to("2026-03-02T09:02:00Z");
    // As many as one address may have begun.
    for _ in 0..256 {
        ask(here());
    }
    let answer = telephone.show(&first.asked);
    assert!(!finish(first.token.reveal(), &answer), "its own oldest");
    let answer = telephone.show(&other.asked);
    assert!(finish(other.token.reveal(), &answer));
}

#[test]
fn what_was_begun_is_ended_after_a_restart() {
    let home = home();
    let mut telephone = device(1);
    home.add(&home.setting_up(), &mut telephone, "");
    let access = home.house.kept.access();
    let asked = passed(access.start_passkey_sign_in(&home.party, here()).unwrap());
    let answer = telephone.show(&asked.asked);
    let House { kept, folder } = home.house;
    drop(kept);
    let kept = services::Kept::open(&folder.path().join("kept"), None).unwrap();
    let token = asked.token.reveal();
    let done = kept
        .access()
        .finish_passkey_sign_in(&home.party, token, &answer, here(), &limits());
    passed(done.unwrap());
}

#[test]
fn a_key_of_somebody_else_or_without_its_holder_or_for_elsewhere_opens_nothing() {
    let home = home();
    let mut telephone = device(1);
    home.add(&home.setting_up(), &mut telephone, "");
    let mut strange = device(2);
    strange.holder = telephone.holder.clone();
    assert!(matches!(home.sign_in(&mut strange), Attempt::Wrong));
    let mut false_copy = device(1);
    false_copy.holder = telephone.holder.clone();
    assert!(
        matches!(home.sign_in(&mut false_copy), Attempt::Wrong),
        "another key"
    );
    telephone.verifies = false;
    assert!(
        matches!(home.sign_in(&mut telephone), Attempt::Wrong),
        "lying on a table"
    );
    telephone.verifies = true;
    let whose = std::mem::replace(&mut telephone.holder, "AAAAAAAAAAAAAAAAAAAAAA".into());
    assert!(
        matches!(home.sign_in(&mut telephone), Attempt::Wrong),
        "another's"
    );
    telephone.holder = whose;
    home.house.move_to("2026-03-02T10:00:00Z");
    assert!(matches!(home.sign_in(&mut telephone), Attempt::Passed(_)));

    let mut phished = Authenticator::new("https://kept.quai.example.evil.example", 3);
    let session = home.setting_up();
    let access = home.house.kept.access();
    let begun = access.start_passkey(&session, &home.party, here()).unwrap();
    let answer = phished.make(&begun.asked);
    let token = begun.token.reveal();
    let fault = access
        .finish_passkey(&session, &home.party, token, &answer, "", here(), &limits())
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Invalid);
}

#[test]
fn a_copied_key_lets_nobody_in_and_the_trace_says_so() {
    let home = home();
    let mut key = device(1);
    key.counter = 1;
    home.add(&home.setting_up(), &mut key, "");
    assert!(matches!(home.sign_in(&mut key), Attempt::Passed(_)));
    assert!(matches!(home.sign_in(&mut key), Attempt::Passed(_)));
    let reached = key.counter;
    for behind in [0, reached - 1, reached - 2] {
        key.counter = behind;
        assert!(matches!(home.sign_in(&mut key), Attempt::Wrong), "{behind}");
    }
    assert_eq!(
        home.acts("credential-suspected"),
        vec![Some("passkey".to_owned()); 3]
    );
    home.house.move_to("2026-03-02T10:00:00Z");
    key.counter = reached;
    assert!(matches!(home.sign_in(&mut key), Attempt::Passed(_)));
}

#[test]
fn several_keys_are_held_and_the_last_way_in_stays() {
    let home = home();
    let (mut telephone, mut stick) = (device(1), device(2));
    let token = home.add(&home.setting_up(), &mut telephone, "one").unwrap();
    let session = home.session(&token);
    assert!(
        home.add(&session, &mut stick, "two").is_none(),
        "it goes on"
    );
    let access = home.house.kept.access();
    let own = access.own_credentials(&session).unwrap();
    assert_eq!(own.len(), 2);
    let named = |name| {
        own.iter()
            .find(|one| one.name.as_deref() == Some(name))
            .unwrap()
            .id
    };
    let (one, two) = (named("one"), named("two"));
    access.remove_own_credential(&session, one).unwrap();
    assert!(matches!(home.sign_in(&mut telephone), Attempt::Wrong));
    let fault = access.remove_own_credential(&session, two).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    // A password alone lets nobody in: the key is still the last way.
    let set = access.set_password(&session, PASSWORD, None, &Rules::default(), here());
    assert_eq!(set.unwrap(), PasswordChange::Done);
    assert!(access.remove_own_credential(&session, two).is_err());
    home.house.move_to("2026-03-02T09:20:00Z");
    assert!(matches!(home.sign_in(&mut stick), Attempt::Passed(_)));
    // Whoever administers may: a key was stolen, and its holder is given a link.
    access
        .remove_credential(home.subject, two, &acting())
        .unwrap();
    assert!(matches!(home.sign_in(&mut stick), Attempt::Wrong));
}

#[test]
fn no_device_makes_two_keys_for_an_account_and_no_key_opens_two() {
    let home = home();
    let mut telephone = device(1);
    let token = home.add(&home.setting_up(), &mut telephone, "").unwrap();
    let access = home.house.kept.access();
    let refused = |session: &Session, telephone: &mut Authenticator| {
        let begun = access.start_passkey(session, &home.party, here()).unwrap();
        let answer = telephone.make(&begun.asked);
        let token = begun.token.reveal();
        access
            .finish_passkey(session, &home.party, token, &answer, "", here(), &limits())
            .unwrap_err()
            .kind
    };
    let again = refused(&home.session(&token), &mut telephone);
    assert_eq!(again, FaultKind::Invalid, "it was asked not to");
    let other = NewAccount {
        name: "Dominique Blanc".to_owned(),
        email: "d.blanc@quai.example".to_owned(),
        handle: None,
        roles: Vec::new(),
    };
    let subject = access.create(&other, &acting()).unwrap().subject;
    let link = access.issue_link(subject, LinkFor::SetUp, &acting());
    let token = access.use_link(link.unwrap().token.reveal(), here());
    let session = home.session(passed(token.unwrap()).reveal());
    let taken = refused(&session, &mut telephone);
    assert_eq!(taken, FaultKind::Conflict);
}

#[test]
fn a_session_that_is_not_fresh_changes_nothing() {
    let home = home();
    let mut telephone = device(1);
    let token = home.add(&home.setting_up(), &mut telephone, "").unwrap();
    home.house.move_to("2026-03-02T09:29:59Z");
    let access = home.house.kept.access();
    let session = home.session(&token);
    assert!(access.start_passkey(&session, &home.party, here()).is_ok());
    home.house.move_to("2026-03-02T09:30:00Z");
    let session = home.session(&token);
    let begun = access.start_passkey(&session, &home.party, here());
    assert_eq!(begun.err().unwrap().kind, FaultKind::Refused);
    let key = access.own_credentials(&session).unwrap()[0].id;
    let removed = access.remove_own_credential(&session, key);
    assert_eq!(removed.unwrap_err().kind, FaultKind::Refused);
    assert_eq!(
        access.end_others(&session).unwrap(),
        0,
        "ending is always free"
    );
    let again = passed(home.sign_in(&mut telephone));
    let session = home.session(&again);
    assert!(access.start_passkey(&session, &home.party, here()).is_ok());
}

#[test]
fn a_disabled_account_is_shut_for_its_keys_too() {
    let home = home();
    let mut telephone = device(1);
    let token = home.add(&home.setting_up(), &mut telephone, "").unwrap();
    let access = home.house.kept.access();
    access.disable(home.subject, &acting()).unwrap();
    assert!(access.session(&token, &limits()).unwrap().is_none());
    assert!(matches!(home.sign_in(&mut telephone), Attempt::Wrong));
}
