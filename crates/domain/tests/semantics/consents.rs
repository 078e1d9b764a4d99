//! Rules 13 to 16 and 8b: consents, objections, erasure.

use domain::act::consent::withdraw_consent;
use domain::act::correct::{Replacement, correct};
use domain::act::erase::erase;
use domain::act::relation::set_person;
use domain::collect::{Collection, decide_collection};
use domain::decide::may;
use domain::{Account, KeyId, RecordId, Rule};
use policy::model::{Basis, ErasureGround, Person, Then};
use testkit::people::{Life, moment};

use crate::{contact, life, matter};

fn newsletters(life: &Life, channel: &str, at: &str) -> Result<Basis, Rule> {
    let policy = life.in_force.policy();
    may(
        &life.in_force,
        &life.subject,
        policy.purpose_named("newsletters").unwrap(),
        Some(policy.channel_named(channel).unwrap()),
        life.in_force.moment(moment(at)),
    )
    .map_err(|refusal| refusal.rule)
}

/// A contact whose address may serve newsletters by post, and by e-mail if they agree.
fn reader() -> Life {
    let mut life = life();
    let kept = ["newsletters", "contact-relations"];
    life.collect("contact-details", "contact", &kept, "2026-01-10");
    life
}

#[test]
fn semantics_8b_a_private_person_is_written_to_by_e_mail_with_a_consent_alone() {
    let mut life = reader();
    assert_eq!(
        newsletters(&life, "post", "2026-01-11"),
        Ok(Basis::LegitimateInterests)
    );
    let refused = newsletters(&life, "email", "2026-01-11");
    assert!(matches!(refused, Err(Rule::ConsentNeeded { .. })));
    let consent = life.consent("contact", "newsletters", &["email"], "2026-01-12");
    assert_eq!(
        newsletters(&life, "email", "2026-01-12"),
        Ok(Basis::Consent)
    );
    let now = life.in_force.moment(moment("2026-02-01"));
    withdraw_consent(&life.in_force, &mut life.subject, consent, now).unwrap();
    assert!(newsletters(&life, "email", "2026-02-01").is_err());
    assert_eq!(
        newsletters(&life, "post", "2026-02-01"),
        Ok(Basis::LegitimateInterests)
    );
}

#[test]
fn semantics_8b_unknown_counts_as_private() {
    let mut life = reader();
    let now = life.in_force.moment(moment("2026-01-11"));
    set_person(&life.in_force, &mut life.subject, None, now);
    assert!(newsletters(&life, "email", "2026-01-11").is_err());
    set_person(
        &life.in_force,
        &mut life.subject,
        Some(Person::Professional),
        now,
    );
    assert_eq!(
        newsletters(&life, "email", "2026-01-11"),
        Ok(Basis::LegitimateInterests)
    );
}

#[test]
fn semantics_8b_a_dated_line_counts_from_its_day() {
    let mut life = life();
    life.collect("contact-details", "contact", &["canvassing"], "2026-01-10");
    let call = |at: &str| life.read_by("canvassing", "canvassing", Some("telephone"), at);
    assert_eq!(call("2026-08-10T21:59:59Z"), Ok(1));
    assert!(matches!(
        call("2026-08-10T22:00:00Z"),
        Err(Rule::ConsentNeeded { .. })
    ));
}

#[test]
fn semantics_13_an_erasure_on_request_adds_to_no_statistic() {
    let mut life = contact("2026-01-10");
    let at_term = life.due("2031-01-11");
    assert!(matches!(at_term[0].then, Then::Anonymise(_)));
    let now = life.in_force.moment(moment("2026-02-01"));
    let reason = ErasureGround::NoLongerNecessary;
    erase(&life.in_force, &mut life.subject, reason, None, now);
    let due = life.due("2026-02-01");
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].then, Then::Delete);
}

#[test]
fn semantics_13_what_an_erasure_reached_adds_to_no_statistic_when_another_ground_ends_later() {
    let mut life = life();
    let kept = ["newsletters", "contact-relations"];
    life.collect("identity", "contact", &kept, "2026-01-10");
    let now = life.in_force.moment(moment("2026-02-01"));
    let reason = ErasureGround::CanvassingObjection;
    erase(&life.in_force, &mut life.subject, reason, None, now);
    assert!(
        life.due("2026-02-01").is_empty(),
        "the contact itself was not reached"
    );
    assert_eq!(life.due("2031-01-11")[0].then, Then::Delete);
}

#[test]
fn semantics_14_an_erasure_waits_for_duties_which_never_allow_ordinary_use() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.collect("invoices", "client", &["client-relations"], "2026-02-01");
    let now = life.in_force.moment(moment("2026-03-01"));
    let reason = ErasureGround::NoLongerNecessary;
    erase(&life.in_force, &mut life.subject, reason, None, now);
    assert!(life.due("2026-03-01").is_empty());
    let refused = life.read("administration", "client-relations", "2026-03-01");
    assert!(matches!(refused, Err(Rule::Ended { .. })));
    let duty = "administrative-obligations";
    assert_eq!(life.read("administration", duty, "2026-03-01"), Ok(1));
}

#[test]
fn semantics_14_an_erasure_never_reaches_what_the_law_obliges_to_keep() {
    // 13a: the proof of a consent rests on an obligation.
    let mut life = reader();
    life.consent("contact", "newsletters", &["email"], "2026-01-12");
    let now = life.in_force.moment(moment("2026-02-01"));
    let reason = ErasureGround::NoLongerNecessary;
    erase(&life.in_force, &mut life.subject, reason, None, now);
    assert_eq!(life.due("2026-02-01").len(), 1);
    assert_eq!(life.subject.records.len(), 2);
}

#[test]
fn semantics_15_an_objection_to_canvassing_closes_every_channel_and_nothing_else() {
    let mut life = life();
    let kept = ["newsletters", "notices"];
    life.collect("contact-details", "contact", &kept, "2026-01-10");
    life.consent("contact", "newsletters", &[], "2026-01-11");
    life.object(None, "2026-02-01");
    for channel in ["email", "post", "telephone"] {
        let refused = newsletters(&life, channel, "2026-02-01");
        assert!(
            matches!(refused, Err(Rule::Ended { .. } | Rule::Objection { .. })),
            "{channel}"
        );
    }
    assert_eq!(
        life.read("data-protection-officer", "notices", "2026-02-01"),
        Ok(1)
    );
}

#[test]
fn semantics_15_an_objection_survives_a_later_role_until_a_later_consent() {
    let mut life = contact("2026-01-10");
    life.object(None, "2026-02-01");
    life.fact("contract-signed", matter(0), "2026-03-01");
    let policy = life.in_force.shared();
    let collection = |purpose: &str| Collection {
        category: policy.category_named("contact-details").unwrap(),
        fields: 1,
        origin: policy.origin_named("order-form").unwrap(),
        brought_by: Account::parse("m.lefevre").unwrap(),
        purposes: [policy.purpose_named(purpose).unwrap()]
            .into_iter()
            .collect(),
        kind: policy.kind_named("client").unwrap(),
        matter: None,
        processor: None,
        collected: moment("2026-03-02"),
        approved: false,
    };
    let now = life.in_force.moment(moment("2026-03-02"));
    let refused = decide_collection(
        &life.in_force,
        &life.subject,
        &collection("newsletters"),
        &[],
        now,
    );
    assert!(matches!(
        refused.unwrap_err().rule,
        Rule::Objection {
            canvassing: true,
            ..
        }
    ));
    // What they agree to later is open again, and nothing else of canvassing.
    life.consent("contact", "newsletters", &["email"], "2026-04-01");
    assert_eq!(
        newsletters(&life, "email", "2026-04-01"),
        Ok(Basis::Consent)
    );
    assert!(newsletters(&life, "post", "2026-04-01").is_err());
    assert!(life.read("canvassing", "canvassing", "2026-04-01").is_err());
}

#[test]
fn semantics_16_a_consent_lapses_with_its_term_and_with_its_proof() {
    let mut life = reader();
    life.consent("contact", "newsletters", &["email"], "2026-01-12");
    assert!(newsletters(&life, "email", "2029-01-12").is_ok());
    assert!(newsletters(&life, "email", "2029-01-13").is_err());
    let proof = life.subject.consents[0].proof.unwrap();
    for held in life
        .subject
        .records
        .iter_mut()
        .filter(|held| held.id == proof)
    {
        held.tombstone = true;
    }
    assert!(newsletters(&life, "email", "2026-02-01").is_err());
}

#[test]
fn semantics_16_what_rests_on_consent_alone_goes_with_it() {
    let mut life = life();
    life.consent("visitor", "audience-measurement", &[], "2026-01-10");
    life.collect(
        "cookies",
        "visitor",
        &["audience-measurement"],
        "2026-01-10",
    );
    let consent = life.subject.consents[0].id;
    assert!(life.due("2026-02-01").is_empty());
    let now = life.in_force.moment(moment("2026-02-01"));
    withdraw_consent(&life.in_force, &mut life.subject, consent, now).unwrap();
    assert_eq!(life.due("2026-02-01").len(), 1);
}

#[test]
fn a_consent_to_one_channel_is_a_basis_for_collecting() {
    let mut life = life();
    life.consent("user", "nearby", &["text-message"], "2026-01-10");
    life.collect("location", "user", &["nearby"], "2026-01-10");
    assert_eq!(life.subject.records.len(), 2);
}

#[test]
fn semantics_16_a_proof_that_is_put_right_proves_still() {
    let mut life = reader();
    life.consent("contact", "newsletters", &["email"], "2026-01-12");
    let wrong = life.subject.consents[0].proof.unwrap();
    let held = life.subject.records.iter().find(|held| held.id == wrong);
    let fields = held.unwrap().fields;
    let replacement = Replacement {
        wrong,
        right: RecordId(life.id()),
        key: KeyId(life.id()),
        fields,
    };
    let now = life.in_force.moment(moment("2026-02-01"));
    correct(&life.in_force, &mut life.subject, replacement, now).unwrap();
    life.subject.records.retain(|held| held.id != wrong);
    assert_eq!(
        newsletters(&life, "email", "2026-02-02"),
        Ok(Basis::Consent)
    );
}
