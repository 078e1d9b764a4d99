//! An authorisation in an installation: decided under one version, nothing is opened under another.

use domain::FaultKind;
use domain::decide::{Decision, Request, decide};
use domain::narrowing::decide_as;
use door::NotGranted;
use journal::Destination;
use policy::authorisation::Action;
use policy::model::CategorySet;
use services::authorisation::NewAuthorisation;
use services::{InRole, Kept, OnDuty, Who};

use crate::common::{House, acting};

pub(crate) fn default_authorisation() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/authorisation.toml"
    );
    std::fs::read_to_string(path).unwrap()
}

/// The default authorisation as a later version.
pub(crate) fn version(number: u32) -> String {
    let head = format!("version = {number}\nreason = {{ en = \"Again\", fr = \"Encore\" }}\n");
    default_authorisation().replacen("version = 1\n", &head, 1)
}

pub(crate) fn apply(kept: &Kept, source: String) {
    let law = kept.law();
    let new = NewAuthorisation::new(source, law.policy(), &law).unwrap();
    let applied = kept.apply_authorisation(&new, &acting()).unwrap();
    assert!(applied.entry.is_some());
}

pub(crate) fn request(kept: &Kept) -> Request {
    let law = kept.law();
    let policy = law.policy();
    Request {
        recipient: policy.recipient_named("client-relations").unwrap(),
        purpose: policy.purpose_named("contact-relations").unwrap(),
        channel: None,
        categories: CategorySet(u128::MAX),
    }
}

/// The owner of the machine, in a role.
fn duty(kept: &Kept, role: &str) -> OnDuty {
    let owner = acting().actor;
    kept.access().duty(Who::CommandLine(&owner), role).unwrap()
}

#[test]
fn what_was_decided_in_a_role_is_decided_again_under_another_authorisation() {
    let house = House::new("2026-03-01T09:00:00Z");
    let id = house.add_contact("Tréguier");
    let kept = &house.kept;
    assert_eq!(
        InRole::named(&kept.law(), "client-relations")
            .err()
            .unwrap()
            .kind,
        FaultKind::Invalid
    );
    apply(kept, default_authorisation());
    let (law, moment) = (kept.law(), kept.moment().unwrap());
    let role = InRole::named(&law, "client-relations").unwrap();
    let actor = acting().actor;
    let narrowing = role
        .narrowing(&law, Action::Read, Some(&actor.account))
        .unwrap();
    let in_role = || {
        let loaded = kept.person(id, &law).unwrap();
        let decision = decide_as(
            &law.in_force,
            &loaded.subject,
            request(kept),
            &narrowing,
            moment,
        );
        match decision {
            Decision::Allowed(allowed) => (allowed, loaded),
            Decision::Refused(refusal) => panic!("{refusal:?}"),
        }
    };
    let record = |(allowed, loaded)| {
        let (to, names) = (Destination::Screen, &law.names);
        kept.vault()
            .record_grant(allowed, loaded, &actor, to, names, None)
    };
    assert!(record(in_role()).is_ok(), "nothing changed");
    let decided = in_role();
    let without_a_role = {
        let loaded = kept.person(id, &law).unwrap();
        match decide(&law.in_force, &loaded.subject, request(kept), moment) {
            Decision::Allowed(allowed) => (allowed, loaded),
            Decision::Refused(refusal) => panic!("{refusal:?}"),
        }
    };
    apply(kept, version(2));
    assert!(matches!(record(decided), Err(NotGranted::Stale)));
    // What no authorisation narrowed, none closes.
    assert!(record(without_a_role).is_ok());
    let duty = duty(kept, "client-relations");
    let got = kept
        .read_as(id, request(kept), &duty, Destination::Screen)
        .unwrap();
    assert_eq!(got.opened.len(), got.granted.len());
}

#[test]
fn an_act_that_shows_nothing_is_asked_for_and_a_refusal_stands_in_the_journal() {
    let house = House::new("2026-03-01T09:00:00Z");
    let id = house.add_contact("Tréguier");
    let kept = &house.kept;
    apply(kept, default_authorisation());
    let (law, actor) = (kept.law(), acting().actor);
    let may = |role: &str, action: Action| kept.may_in_role(id, &duty(kept, role), action, None);
    let identity = law.policy().category_named("identity").unwrap();
    let erased = may("data-protection-officer", Action::Erase).unwrap();
    assert!(erased.contains(identity));
    let refused = may("marketing", Action::Erase).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Refused);
    assert_eq!(refused.rule.as_deref(), Some("roles.marketing.grants"));
    let trace = kept.trace(id, &actor, Destination::Screen).unwrap();
    let told = trace
        .acts
        .iter()
        .find(|act| act.role.as_deref() == Some("marketing"));
    assert_eq!(told.unwrap().act, "write-refused");
}

#[test]
fn an_installation_opens_again_with_its_authorisation() {
    let house = House::new("2026-03-01T09:00:00Z");
    apply(&house.kept, default_authorisation());
    let number = InRole::named(&house.kept.law(), "marketing").unwrap();
    let House { kept, folder } = house;
    drop(kept);
    let kept = Kept::open(&folder.path().join("kept"), None).unwrap();
    let law = kept.law();
    assert_eq!(law.authorisation().unwrap().version, 1);
    assert_eq!(InRole::named(&law, "marketing").unwrap(), number);
}
