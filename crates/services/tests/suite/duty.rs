//! On duty: what an account may do today, and what meets it between a decision and its writing (9b,
//! 21a).

use domain::decide::Request;
use domain::{Account, Actor, ActorKind, Fault, FaultKind, Rule, SubjectId};
use journal::Destination;
use policy::authorisation::{Action, Administration};
use policy::model::CategorySet;
use services::access::{LinkFor, NewAccount, NewKey, Scopes, Session};
use services::documents::DocumentFile;
use services::fact::Happened;
use services::plan::Candidate;
use services::{Acting, Kept, OnDuty, Who};

use crate::accounts::{Ready, limits, ready};
use crate::authorisation::{apply, default_authorisation, request, version};
use crate::common::{House, acting};

const ROLE: &str = "client-relations";

/// The undertaking as it is shipped, or as a later version of it.
fn publish(kept: &Kept, version: u32, asks_again: bool) {
    let file = undertaking(version, asks_again);
    kept.publish_documents(&[file], &acting()).unwrap();
}

fn undertaking(version: u32, asks_again: bool) -> DocumentFile {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/documents/confidentiality-undertaking.toml"
    );
    let source = std::fs::read_to_string(path).unwrap();
    let head = match version {
        1 => "version = 1\n".to_owned(),
        later => format!(
            "version = {later}\nreason = {{ en = \"Again\", fr = \"Encore\" }}\naccept-again = \
             {asks_again}\n"
        ),
    };
    DocumentFile {
        name: "undertaking.toml".to_owned(),
        source: source.replacen("version = 1\n", &head, 1),
    }
}

fn accept(kept: &Kept, actor: &Actor, version: u32) -> Result<(), Fault> {
    let accepted = kept.access().accept_undertaking(actor, version, false);
    accepted.map(|(_, receipt)| assert!(receipt.is_some()))
}

/// Somebody who is signed in, in a house with roles, who holds one and undertook confidentiality.
struct Desk {
    ready: Ready,
    person: SubjectId,
}

impl Desk {
    fn new() -> Self {
        let ready = ready();
        let kept = &ready.house.kept;
        let person = ready.house.add_contact("Tréguier");
        apply(kept, default_authorisation());
        kept.access()
            .grant(ready.made.subject, ROLE, &acting())
            .unwrap();
        publish(kept, 1, false);
        let desk = Self { ready, person };
        accept(desk.kept(), &desk.session().actor().unwrap(), 1).unwrap();
        desk
    }

    fn kept(&self) -> &Kept {
        &self.ready.house.kept
    }

    fn session(&self) -> Session {
        let session = self.kept().access().session(&self.ready.session, &limits());
        session.unwrap().unwrap()
    }

    fn duty(&self) -> Result<OnDuty, Fault> {
        let session = self.session();
        self.kept().access().duty(Who::Session(&session), ROLE)
    }

    fn read(&self, duty: &OnDuty) -> Result<usize, Fault> {
        let kept = self.kept();
        let got = kept.read_as(self.person, request(kept), duty, Destination::Screen)?;
        Ok(got.opened.len())
    }

    /// Whoever is on duty, at work for what is read here.
    fn acting(&self, duty: &OnDuty) -> Acting {
        let purpose = request(self.kept()).purpose;
        Acting::new(duty.at_work(purpose, &self.kept().law()), false)
    }

    fn act(&self, acting: &Acting) -> Result<(), Fault> {
        let kept = self.kept();
        let moment = kept.moment().unwrap();
        let happened = Happened {
            kind: kept
                .law()
                .policy()
                .fact_named("contact-from-person")
                .unwrap(),
            matter: None,
            at: moment.now,
            manner: Some("call".to_owned()),
            supersedes: None,
        };
        kept.record_fact(self.person, &happened, acting).map(|_| ())
    }

    fn acts(&self, of: SubjectId) -> Vec<(String, Option<String>, Option<String>)> {
        let trace = self.kept().trace(of, &acting().actor, Destination::Screen);
        let acts = trace.unwrap().acts.into_iter();
        acts.map(|act| (act.act.to_owned(), act.rule, act.role))
            .collect()
    }
}

fn refused(fault: Fault) -> String {
    assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    fault.rule.unwrap()
}

#[test]
fn a_role_is_proved_by_whoever_holds_it_and_by_nobody_else() {
    let desk = Desk::new();
    let duty = desk.duty().unwrap();
    assert_eq!(duty.account(), Some(desk.ready.made.subject));
    assert!(duty.strength().unwrap().opens_work() && duty.unread().is_none());
    assert!(desk.read(&duty).unwrap() > 0);
    let access = desk.kept().access();
    let session = desk.session();
    let fault = access.duty(Who::Session(&session), "legal-affairs").err();
    assert_eq!(refused(fault.unwrap()), "21a");
    // It stands in the trace of whoever tried.
    let acts = desk.acts(desk.ready.made.subject);
    assert!(acts.iter().any(|(act, rule, role)| {
        act == "duty-refused"
            && rule.as_deref() == Some("21a")
            && role.as_deref() == Some("legal-affairs")
    }));
    // A name is no proof but at the command line, where it stands for what the account holds.
    let named = Actor::new(ActorKind::Staff, Account::parse("c.roux").unwrap());
    assert!(access.duty(Who::CommandLine(&named), ROLE).is_err());
    let named = Actor::new(ActorKind::CommandLine, Account::parse("c.roux").unwrap());
    assert!(access.duty(Who::CommandLine(&named), ROLE).is_ok());
    assert!(access.duty(Who::CommandLine(&named), "logistics").is_err());
    let owner = acting().actor;
    assert!(access.duty(Who::CommandLine(&owner), "logistics").is_ok());
}

#[test]
fn what_ends_between_the_decision_and_its_writing_is_met() {
    type End = fn(&Desk);
    let ends: [(&str, End); 4] = [
        ("21a", |desk| {
            let subject = desk.ready.made.subject;
            let access = desk.kept().access();
            access.withdraw(subject, ROLE, &acting()).unwrap();
        }),
        ("21c", |desk| {
            desk.kept().access().sign_out(&desk.session()).unwrap();
        }),
        ("21c", |desk| {
            let access = desk.kept().access();
            access.disable(desk.ready.made.subject, &acting()).unwrap();
        }),
        ("authorisation.undertaking", |desk| {
            publish(desk.kept(), 2, true);
        }),
    ];
    for (rule, end) in ends {
        let desk = Desk::new();
        let duty = desk.duty().unwrap();
        end(&desk);
        assert_eq!(refused(desk.read(&duty).unwrap_err()), rule);
        let acts = desk.acts(desk.person);
        let told = |name: &str| acts.iter().find(|(act, ..)| act == name);
        assert!(told("read").is_none(), "nothing was opened");
        let (_, why, role) = told("read-refused").unwrap();
        assert_eq!(why.as_deref(), Some(rule));
        assert_eq!(role.as_deref(), Some(ROLE));
        if rule != "authorisation.undertaking" {
            let acting = desk.acting(&duty);
            assert_eq!(refused(desk.act(&acting).unwrap_err()), rule);
        }
    }
}

#[test]
fn an_access_that_a_directory_ends_is_met_too() {
    let desk = Desk::new();
    let duty = desk.duty().unwrap();
    let kept = desk.kept();
    let happened = Happened {
        kind: kept.access().accounts_of_policy().unwrap().ends,
        matter: None,
        at: kept.moment().unwrap().now,
        manner: None,
        supersedes: None,
    };
    kept.record_fact(desk.ready.made.subject, &happened, &acting())
        .unwrap();
    assert_eq!(refused(desk.read(&duty).unwrap_err()), "21a");
    assert_eq!(refused(desk.act(&desk.acting(&duty)).unwrap_err()), "21a");
}

#[test]
fn an_act_in_a_role_says_so_and_is_decided_under_the_authorisation_in_force() {
    let desk = Desk::new();
    let duty = desk.duty().unwrap();
    desk.act(&desk.acting(&duty)).unwrap();
    let acts = desk.acts(desk.person);
    let (_, _, role) = acts
        .iter()
        .find(|(act, ..)| act == "fact-recorded")
        .unwrap();
    assert_eq!(role.as_deref(), Some(ROLE));
    // Under another authorisation whoever holds the role is asked again, by that one.
    apply(desk.kept(), version(2));
    desk.act(&desk.acting(&duty)).unwrap();
    assert!(desk.read(&duty).unwrap() > 0);
}

#[test]
fn a_role_that_nobody_confirmed_opens_nothing_until_somebody_does() {
    let desk = Desk::new();
    let subject = desk.ready.made.subject;
    let access = desk.kept().access();
    let name = Who::CommandLine(&Actor::new(
        ActorKind::CommandLine,
        Account::parse("c.roux").unwrap(),
    ));
    let duty = access.duty(name, ROLE).unwrap();
    desk.ready.house.move_to("2026-09-02T21:59:59Z");
    assert!(desk.read(&duty).unwrap() > 0, "the last day");
    desk.ready.house.move_to("2026-09-02T22:00:00Z");
    let rule = "authorisation.reviewed-every";
    assert_eq!(refused(desk.read(&duty).unwrap_err()), rule);
    assert_eq!(refused(access.duty(name, ROLE).unwrap_err()), rule);
    let states = access.roles_of(subject).unwrap();
    let state = states.iter().find(|one| one.role == ROLE).unwrap();
    assert!(matches!(state.closed, Some(Rule::RoleReview { .. })));
    access.confirm(subject, ROLE, &acting()).unwrap();
    assert!(desk.read(&duty).unwrap() > 0);
}

#[test]
fn what_is_worked_in_is_a_role_that_is_open() {
    let desk = Desk::new();
    let access = desk.kept().access();
    desk.ready.house.move_to("2026-09-02T10:00:00Z");
    let session = desk.ready.sign_in_again();
    let session = || access.session(&session, &limits()).unwrap().unwrap();
    access.work_for(&session(), ROLE, None).unwrap();
    assert_eq!(session().role.as_deref(), Some(ROLE));
    for minute in [25, 50] {
        desk.ready
            .house
            .move_to(&format!("2026-09-02T10:{minute}:00Z"));
        session();
    }
    apply(
        desk.kept(),
        version(2).replace("\"6 months\"", "\"3 months\""),
    );
    assert_eq!(session().role, None);
    let fault = access.work_for(&session(), ROLE, None).unwrap_err();
    assert_eq!(refused(fault), "authorisation.reviewed-every");
}

#[test]
fn nothing_is_read_without_the_undertaking_and_everything_else_goes_on() {
    let ready = ready();
    let kept = &ready.house.kept;
    let person = ready.house.add_contact("Tréguier");
    apply(kept, default_authorisation());
    let access = kept.access();
    for role in [ROLE, "access-rights"] {
        access.grant(ready.made.subject, role, &acting()).unwrap();
    }
    let session = access.session(&ready.session, &limits()).unwrap().unwrap();
    let actor = session.actor().unwrap();
    let duty = || access.duty(Who::Session(&session), ROLE).unwrap();
    let read = || {
        let got = kept.read_as(person, request(kept), &duty(), Destination::Screen);
        got.map(|got| got.opened.len())
    };
    let rule = "authorisation.undertaking";
    // Nobody accepts what is not published.
    assert_eq!(refused(read().unwrap_err()), rule);
    assert_eq!(accept(kept, &actor, 1).unwrap_err().kind, FaultKind::Absent);
    publish(kept, 1, false);
    assert_eq!(refused(read().unwrap_err()), rule);
    // A page says why; acts that show nothing go on, and so does administering.
    let view = kept.view_as(person, request(kept), &duty()).unwrap();
    assert!(view.opened.is_empty());
    assert!(matches!(view.refused, Some(Rule::Undertaking { .. })));
    let may = |action| kept.may_in_role(person, &duty(), action, None);
    assert_eq!(refused(may(Action::Collect).unwrap_err()), rule);
    may(Action::RecordFacts).unwrap();
    let rights = access
        .duty(Who::Session(&session), "access-rights")
        .unwrap();
    rights
        .administers(&kept.law(), Administration::Accounts)
        .unwrap();
    let other = rights.administers(&kept.law(), Administration::Keys);
    assert_eq!(
        refused(other.unwrap_err()),
        "roles.access-rights.administers"
    );

    accept(kept, &actor, 1).unwrap();
    assert!(read().unwrap() > 0);
    let text = access.undertaking().unwrap();
    let trace = kept.trace(ready.made.subject, &acting().actor, Destination::Screen);
    let accepted = trace.unwrap().acts.into_iter();
    let accepted: Vec<_> = accepted
        .filter(|act| act.act == "undertaking-accepted")
        .collect();
    assert_eq!(accepted.len(), 1);
    let said = "documents.confidentiality-undertaking, version 1";
    assert_eq!(accepted[0].rule.as_deref(), Some(said));
    assert_eq!(text.version, 1);
    // A version that does not ask leaves what was accepted; one that does closes the door.
    publish(kept, 2, false);
    assert!(read().unwrap() > 0);
    publish(kept, 3, true);
    assert_eq!(refused(read().unwrap_err()), rule);
    assert_eq!(
        accept(kept, &actor, 2).unwrap_err().kind,
        FaultKind::Conflict,
        "an earlier one than the current"
    );
    accept(kept, &actor, 3).unwrap();
    assert!(read().unwrap() > 0);
}

#[test]
fn an_undertaking_is_renewed_at_its_interval() {
    let desk = Desk::new();
    let access = desk.kept().access();
    let subject = desk.ready.made.subject;
    let name = Actor::new(ActorKind::CommandLine, Account::parse("c.roux").unwrap());
    for day in ["2026-08-30", "2027-02-25"] {
        desk.ready.house.move_to(&format!("{day}T09:00:00Z"));
        access.confirm(subject, ROLE, &acting()).unwrap();
    }
    let duty = access.duty(Who::CommandLine(&name), ROLE).unwrap();
    desk.ready.house.move_to("2027-03-02T22:59:59Z");
    assert!(desk.read(&duty).unwrap() > 0, "the last day");
    desk.ready.house.move_to("2027-03-02T23:00:00Z");
    let rule = "authorisation.undertaking-renewed-every";
    assert_eq!(refused(desk.read(&duty).unwrap_err()), rule);
    accept(desk.kept(), &name, 1).unwrap();
    assert!(desk.read(&duty).unwrap() > 0);
}

#[test]
fn a_key_goes_as_far_as_its_scopes_and_is_reviewed() {
    let house = House::new("2026-03-02T09:00:00Z");
    let kept = &house.kept;
    let person = house.add_contact("Tréguier");
    apply(kept, default_authorisation());
    let access = kept.access();
    let purpose = kept.law().policy().purpose_named("contact-relations");
    let new = NewKey {
        program: Account::parse("website").unwrap(),
        scopes: Scopes {
            roles: vec![ROLE.to_owned()],
            actions: vec!["read".to_owned()],
            purposes: vec![purpose.unwrap()],
        },
        ends: "2027-03-01T00:00:00Z".parse().unwrap(),
    };
    let (info, token) = access.make_key(&new, &acting()).unwrap();
    let shown = token.unwrap().reveal_key().to_string();
    let key = || access.check_key(&shown).unwrap().unwrap();
    let duty = access.duty(Who::Key(&key()), ROLE).unwrap();
    let read = |request: Request| {
        let got = kept.read_as(person, request, &duty, Destination::Api);
        got.map(|got| got.opened.len())
    };
    assert!(read(request(kept)).unwrap() > 0);
    let elsewhere = Request {
        purpose: kept.law().policy().purpose_named("quotations").unwrap(),
        categories: CategorySet(u128::MAX),
        ..request(kept)
    };
    assert_eq!(refused(read(elsewhere).unwrap_err()), "keys.website");
    let may = |action| kept.may_in_role(person, &duty, action, None);
    assert_eq!(
        refused(may(Action::RecordFacts).unwrap_err()),
        "keys.website"
    );
    assert!(access.duty(Who::Key(&key()), "marketing").is_err());
    // Nobody confirmed in time that it is needed.
    house.move_to("2026-09-03T09:00:00Z");
    assert!(key().scopes.roles.is_empty());
    assert_eq!(key().closed.len(), 1);
    let rule = "authorisation.reviewed-every";
    assert_eq!(refused(read(request(kept)).unwrap_err()), rule);
    assert!(access.keys().unwrap()[0].overdue);
    access.confirm_key(info.id, &acting()).unwrap();
    assert_eq!(key().scopes.roles, [ROLE]);
    assert!(read(request(kept)).unwrap() > 0);
    access.revoke_key(info.id, &acting()).unwrap();
    assert_eq!(refused(read(request(kept)).unwrap_err()), "21c");
}

#[test]
fn what_is_administered_in_a_role_says_so_and_ends_with_it() {
    let ready = ready();
    let kept = &ready.house.kept;
    apply(kept, default_authorisation());
    let access = kept.access();
    let subject = ready.made.subject;
    access.grant(subject, "access-rights", &acting()).unwrap();
    let session = access.session(&ready.session, &limits()).unwrap().unwrap();
    let duty = access
        .duty(Who::Session(&session), "access-rights")
        .unwrap();
    let other = NewAccount {
        name: "Alix Petit".to_owned(),
        email: "a.petit@quai.example".to_owned(),
        handle: Some(Account::parse("a.petit").unwrap()),
        roles: Vec::new(),
    };
    let other = access
        .create(&other, &Acting::new(duty.administering(), false))
        .unwrap()
        .subject;
    access
        .grant(other, ROLE, &Acting::new(duty.administering(), false))
        .unwrap();
    let trace = kept.trace(other, &acting().actor, Destination::Screen);
    let acts = trace.unwrap().acts;
    let granted = acts.iter().find(|act| act.act == "role-granted").unwrap();
    assert_eq!(granted.role.as_deref(), Some("access-rights"));
    // A policy is applied in it, although their own data is looked at on the way.
    let source = crate::common::default_policy().replacen(
        "version = 1",
        "version = 2\nreason = { en = \"Again\", fr = \"Encore\" }",
        1,
    );
    let candidate = Candidate::new(source, &kept.law()).unwrap();
    let duty = access
        .duty(Who::Session(&session), "access-rights")
        .unwrap();
    kept.apply(
        &candidate,
        &Acting::new(duty.administering(), false),
        &mut |_| {},
    )
    .unwrap();
    let duty = access
        .duty(Who::Session(&session), "access-rights")
        .unwrap();
    access
        .withdraw(subject, "access-rights", &acting())
        .unwrap();
    let acting = Acting::new(duty.administering(), false);
    for refused in [
        access.withdraw(other, ROLE, &acting).err(),
        access.disable(other, &acting).err(),
        access.revoke(other, None, &acting).err(),
        access.issue_link(other, LinkFor::SetUp, &acting).err(),
        kept.publish_documents(&[undertaking(1, false)], &acting)
            .err(),
    ] {
        // No session of theirs is open: there is nothing to end, and nothing was.
        let Some(fault) = refused else { continue };
        let met = matches!(fault.kind, FaultKind::Conflict | FaultKind::Refused);
        assert!(met, "{fault}");
    }
    let info = access.show(other).unwrap();
    assert!(info.stands && info.roles.len() == 1);
    assert!(kept.documents().unwrap().is_empty());
}
