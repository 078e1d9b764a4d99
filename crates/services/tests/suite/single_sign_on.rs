//! Signing in by a service of the organisation (21c).

use std::sync::Arc;

use aws_lc_rs::signature::Ed25519KeyPair;
use domain::FaultKind;
use identification::provider::{Answer, Provider, Settings, Unproven};
use services::access::{Attempt, CameBack, CredentialSort, LinkFor, Session, Strength};

use crate::accounts::{EMAIL, START, acts, here, limits, make, passed};
use crate::common::{House, acting};
use crate::sign_in_service::{ISSUER, Service};

struct Home {
    house: House,
    service: Arc<Service>,
    provider: Provider,
    subject: domain::SubjectId,
}

fn home(link_by_address: bool) -> Home {
    let house = House::new(START);
    let subject = make(&house.kept).subject;
    let service = Arc::new(Service::new(house.kept.moment().unwrap().now.as_second()));
    let settings = settings(ISSUER, link_by_address);
    let provider = Provider::new(settings, service.clone()).unwrap();
    Home {
        house,
        service,
        provider,
        subject,
    }
}

pub(crate) fn settings(issuer: &str, link_by_address: bool) -> Settings {
    Settings {
        name: "people".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "kept".to_owned(),
        client_secret: None,
        back: "https://kept.quai.example/sign-in/back/people".to_owned(),
        link_by_address,
    }
}

impl Home {
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

    /// Goes to the service and comes back.
    fn visit(&self, session: Option<&Session>) -> CameBack {
        let access = self.house.kept.access();
        let sent = access.start_provider(&self.provider, session, here());
        let sent = passed(sent.unwrap());
        let (state, code) = self.service.visited(&sent.address);
        let answer = Answer {
            state: &state,
            code: Some(&code),
            issuer: Some(ISSUER),
        };
        let token = sent.token.reveal();
        let back =
            access.finish_provider(&self.provider, session, token, &answer, here(), &limits());
        passed(back.unwrap())
    }

    fn unproven(&self) -> Option<Unproven> {
        match self.visit(None) {
            CameBack::Unproven(why) => Some(why),
            _ => None,
        }
    }

    fn acts(&self, act: &str) -> Vec<Option<String>> {
        let acts = acts(&self.house.kept, self.subject).into_iter();
        acts.filter(|(one, _)| one == act)
            .map(|(_, rule)| rule)
            .collect()
    }
}

#[test]
fn an_identity_is_linked_by_its_holder_and_signs_in_from_then_on() {
    let home = home(false);
    assert!(
        matches!(home.visit(None), CameBack::Unknown),
        "never silently"
    );
    let session = home.setting_up();
    let CameBack::Linked(Some(token)) = home.visit(Some(&session)) else {
        panic!("it is linked, and setting up is done");
    };
    assert_eq!(
        home.session(token.reveal()).strength,
        Strength::SingleSignOn
    );
    let CameBack::SignedIn(token) = home.visit(None) else {
        panic!("it signs in");
    };
    let session = home.session(token.reveal());
    assert_eq!(
        (session.strength, session.subject),
        (Strength::SingleSignOn, home.subject)
    );
    assert_eq!(
        home.acts("credential-added"),
        [Some("single-sign-on".to_owned())]
    );
    assert!(
        home.acts("signed-in")
            .contains(&Some("single-sign-on".to_owned()))
    );
    let credentials = home.house.kept.access().credentials(home.subject).unwrap();
    assert_eq!(credentials[0].sort, CredentialSort::Identity);
    assert_eq!(credentials[0].name.as_deref(), Some("people"));
    assert!(credentials[0].used.is_some());
    assert!(
        matches!(home.visit(Some(&session)), CameBack::Linked(None)),
        "it is linked already"
    );
    assert_eq!(
        home.house
            .kept
            .access()
            .credentials(home.subject)
            .unwrap()
            .len(),
        1
    );
    home.service.told().subject = "5678".to_owned();
    assert!(
        matches!(home.visit(None), CameBack::Unknown),
        "another person there"
    );
}

#[test]
fn a_verified_address_links_where_the_configuration_says_so_and_once() {
    let without = home(false);
    without.service.told().email = Some((EMAIL.to_owned(), true));
    assert!(matches!(without.visit(None), CameBack::Unknown));

    let home = home(true);
    home.service.told().email = Some((EMAIL.to_owned(), false));
    assert!(
        matches!(home.visit(None), CameBack::Unknown),
        "not verified"
    );
    home.service.told().email = Some(("other@quai.example".to_owned(), true));
    assert!(matches!(home.visit(None), CameBack::Unknown), "nobody's");
    home.service.told().email = Some((EMAIL.to_uppercase(), true));
    assert!(matches!(home.visit(None), CameBack::SignedIn(_)));
    assert_eq!(
        home.acts("credential-added"),
        [Some("single-sign-on".to_owned())]
    );
    // The address was given to somebody else there: it opens nothing.
    home.service.told().subject = "5678".to_owned();
    assert!(matches!(home.visit(None), CameBack::Unknown));
}

#[test]
fn a_token_that_is_not_the_services_for_us_and_now_proves_nothing() {
    let home = home(false);
    home.visit(Some(&home.setting_up()));
    let now = home.house.kept.moment().unwrap().now.as_second();
    home.service.told().audience = "another".to_owned();
    assert_eq!(home.unproven(), Some(Unproven::Claims));
    home.service.told().audience = "kept".to_owned();
    home.service.told().issuer = "https://elsewhere.example".to_owned();
    assert_eq!(home.unproven(), Some(Unproven::Claims));
    home.service.told().issuer = ISSUER.to_owned();
    home.service.told().expires = now - 61;
    assert_eq!(home.unproven(), Some(Unproven::Over));
    home.service.told().expires = now + 300;
    home.service.told().signs_with = Some(Ed25519KeyPair::generate().unwrap());
    assert_eq!(home.unproven(), Some(Unproven::Signature));
    home.service.told().signs_with = None;
    assert!(matches!(home.visit(None), CameBack::SignedIn(_)));
}

#[test]
fn an_answer_is_good_for_its_own_question_and_once() {
    let home = home(false);
    home.visit(Some(&home.setting_up()));
    let access = home.house.kept.access();
    let start = || passed(access.start_provider(&home.provider, None, here()).unwrap());
    let finish = |token: &str, answer: &Answer<'_>| {
        access
            .finish_provider(&home.provider, None, token, answer, here(), &limits())
            .unwrap()
    };
    let mixed = |came: Attempt<CameBack>| {
        matches!(came, Attempt::Passed(CameBack::Unproven(Unproven::Mixed)))
    };
    let answer = |state: &'static str| Answer {
        state,
        code: Some("the-code"),
        issuer: None,
    };
    assert!(mixed(finish(start().token.reveal(), &answer("another"))));
    let sent = start();
    let (state, code) = home.service.visited(&sent.address);
    let elsewhere = Answer {
        state: &state,
        code: Some(&code),
        issuer: Some("https://elsewhere.example"),
    };
    assert!(mixed(finish(sent.token.reveal(), &elsewhere)));
    let right = Answer {
        issuer: None,
        ..elsewhere
    };
    assert!(
        matches!(finish(sent.token.reveal(), &right), Attempt::Wrong),
        "used up"
    );
    let sent = start();
    let (state, _) = home.service.visited(&sent.address);
    // A token for an earlier question, shown for this one.
    home.service.told().nonce = "an earlier one".to_owned();
    let replayed = Answer {
        state: &state,
        code: Some("the-code"),
        issuer: None,
    };
    let came = finish(sent.token.reveal(), &replayed);
    assert!(matches!(
        came,
        Attempt::Passed(CameBack::Unproven(Unproven::Claims))
    ));
    let refused = start();
    let (state, _) = home.service.visited(&refused.address);
    let answer = Answer {
        state: &state,
        code: None,
        issuer: None,
    };
    let came = finish(refused.token.reveal(), &answer);
    assert!(matches!(
        came,
        Attempt::Passed(CameBack::Unproven(Unproven::Refused))
    ));
}

#[test]
fn keys_that_the_service_turned_are_asked_for_once_a_minute() {
    let home = home(false);
    home.visit(Some(&home.setting_up()));
    home.service.turn_keys();
    assert_eq!(
        home.unproven(),
        Some(Unproven::Signature),
        "asked a moment ago"
    );
    assert_eq!(home.service.told().described, 1);
    home.house.move_to("2026-03-02T09:02:00Z");
    assert!(matches!(home.visit(None), CameBack::SignedIn(_)));
    assert_eq!(home.service.told().described, 2);
}

#[test]
fn a_service_that_does_not_answer_is_left_alone_for_a_moment() {
    let home = home(false);
    home.service.told().answers = false;
    let start = || {
        let access = home.house.kept.access();
        access
            .start_provider(&home.provider, None, here())
            .map(passed)
    };
    assert_eq!(start().err().unwrap().kind, FaultKind::Unavailable);
    home.service.told().answers = true;
    assert_eq!(start().err().unwrap().kind, FaultKind::Unavailable);
    home.house.move_to("2026-03-02T09:00:11Z");
    assert!(start().is_ok());
}

#[test]
fn a_link_is_made_in_the_session_that_it_was_begun_in() {
    let home = home(false);
    let session = home.setting_up();
    let access = home.house.kept.access();
    let sent = access.start_provider(&home.provider, Some(&session), here());
    let sent = passed(sent.unwrap());
    let (state, code) = home.service.visited(&sent.address);
    let answer = Answer {
        state: &state,
        code: Some(&code),
        issuer: None,
    };
    let token = sent.token.reveal();
    let back = access.finish_provider(&home.provider, None, token, &answer, here(), &limits());
    assert_eq!(back.err().unwrap().kind, FaultKind::Refused);
    assert!(access.credentials(home.subject).unwrap().is_empty());
}

#[test]
fn plain_text_is_for_this_machine() {
    let service = Arc::new(Service::new(0));
    for issuer in [
        "http://people.quai.example",
        "ftp://x",
        "people",
        "http://192.0.2.1",
    ] {
        let made = Provider::new(settings(issuer, false), service.clone());
        assert_eq!(made.err().unwrap().kind, FaultKind::Invalid, "{issuer}");
    }
    for issuer in [
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:1",
    ] {
        assert!(Provider::new(settings(issuer, false), service.clone()).is_ok());
    }
}
