//! Rules 8, 17 and 19: holds, restrictions, and the ceiling of who may read.

use domain::act::fact::{NewFact, record_fact};
use domain::act::hold::{lift_hold, lift_restriction, restrict};
use domain::subject::HoldScope;
use domain::{ActorKind, FactRef, RestrictionId, Rule};
use policy::model::CategorySet;
use testkit::people::{Life, moment};

use crate::{contact, life, matter};

const DESK: &str = "client-relations";
const CONTACTS: &str = "contact-relations";

fn lift(life: &mut Life, at: &str) {
    let hold = life.subject.holds[0].id;
    let now = life.in_force.moment(moment(at));
    lift_hold(&life.in_force, &mut life.subject, hold, now).unwrap();
}

#[test]
fn semantics_8_a_hold_keeps_and_closes_until_it_is_lifted() {
    let mut life = contact("2026-01-10");
    life.hold(HoldScope::Everything, "legal-claims", "2030-01-01");
    let refused = life.read(DESK, CONTACTS, "2030-01-02");
    assert!(matches!(refused, Err(Rule::Hold { .. })));
    assert_eq!(
        life.read("legal-affairs", "legal-claims", "2035-01-01"),
        Ok(1)
    );
    assert!(life.due("2035-01-01").is_empty());
    lift(&mut life, "2035-01-02");
    assert_eq!(life.due("2035-01-02").len(), 1, "the term passed meanwhile");
}

#[test]
fn semantics_8_a_hold_saves_nothing_that_had_expired() {
    let mut life = contact("2026-01-10");
    life.hold(HoldScope::Everything, "legal-claims", "2031-02-01");
    assert_eq!(life.due("2031-02-01").len(), 1);
    assert!(
        life.read("legal-affairs", "legal-claims", "2031-02-01")
            .is_err()
    );
}

#[test]
fn semantics_8_a_hold_covers_its_scope_alone() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.collect_for(
        "orders",
        "client",
        &["client-relations"],
        matter(0),
        "2026-01-06",
    );
    life.collect_for(
        "orders",
        "client",
        &["client-relations"],
        matter(1),
        "2026-01-06",
    );
    let scope = HoldScope::Matter(matter(0).unwrap());
    life.hold(scope, "legal-claims", "2026-02-01");
    assert_eq!(
        life.read("legal-affairs", "legal-claims", "2026-02-02"),
        Ok(1)
    );
}

#[test]
fn semantics_8_a_late_fact_takes_nothing_away_from_under_a_hold() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.collect("exchanges", "client", &["client-relations"], "2026-01-06");
    life.hold(HoldScope::Everything, "legal-claims", "2040-01-01");
    // It comes out that the contract had ended long before the hold.
    life.late_fact("contract-ended", matter(0), "2027-01-01", "2040-01-02");
    life.fact("contact-from-person", None, "2040-01-03");
    assert!(life.due("2040-01-04").is_empty());
}

#[test]
fn a_hold_keeps_what_lived_even_where_the_clock_stands_still() {
    let mut life = life();
    let still = "2040-01-01";
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.collect("exchanges", "client", &["client-relations"], "2026-01-06");
    life.hold(HoldScope::Everything, "legal-claims", still);
    life.late_fact("contract-ended", matter(0), "2027-01-01", still);
    life.fact("contact-from-person", None, still);
    assert!(life.due(still).is_empty());
    // And a second hold, placed as the ground has ended, saves nothing once the first is lifted.
    life.hold(HoldScope::Everything, "legal-claims", still);
    lift(&mut life, still);
    assert_eq!(life.due(still).len(), 1);
}

#[test]
fn semantics_8_everyday_use_is_no_reason_for_a_hold() {
    use domain::act::hold::{NewHold, place_hold};
    let mut life = contact("2026-01-10");
    let now = life.in_force.moment(moment("2026-02-01"));
    let purpose = life.in_force.policy().purpose_named("newsletters").unwrap();
    let hold = NewHold {
        id: domain::HoldId([9; 16]),
        scope: HoldScope::Everything,
        purpose,
        review: now.today.tomorrow().unwrap(),
        reason: None,
    };
    let refused = place_hold(&life.in_force, &mut life.subject, hold, now);
    assert_eq!(refused.unwrap_err().rule, Rule::HoldPurpose { purpose });
    let purpose = life
        .in_force
        .policy()
        .purpose_named("legal-claims")
        .unwrap();
    let hold = NewHold {
        purpose,
        review: now.today,
        ..hold
    };
    let refused = place_hold(&life.in_force, &mut life.subject, hold, now);
    assert_eq!(refused.unwrap_err().rule, Rule::Review);
}

#[test]
fn semantics_17_a_restriction_closes_and_keeps_until_it_is_lifted() {
    let mut life = contact("2026-01-10");
    let now = life.in_force.moment(moment("2030-01-01"));
    let id = RestrictionId([9; 16]);
    let all = CategorySet(u128::MAX);
    restrict(&life.in_force, &mut life.subject, id, all, now).unwrap();
    assert_eq!(
        life.read(DESK, CONTACTS, "2030-01-02"),
        Err(Rule::Restriction)
    );
    assert!(life.due("2032-01-01").is_empty());
    let now = life.in_force.moment(moment("2032-01-02"));
    lift_restriction(&life.in_force, &mut life.subject, id, now).unwrap();
    assert_eq!(life.due("2032-01-02").len(), 1);
}

#[test]
fn semantics_19_the_policy_is_the_ceiling_of_who_may_read_what() {
    let life = contact("2026-01-10");
    let refused = life.read("logistics", CONTACTS, "2026-01-11");
    assert!(matches!(refused, Err(Rule::Recipient { .. })));
}

#[test]
fn semantics_12_only_those_record_a_fact_whom_its_kind_names() {
    let mut life = contact("2026-01-10");
    let fact = NewFact {
        id: FactRef([9; 16]),
        kind: life
            .in_force
            .policy()
            .fact_named("contract-signed")
            .unwrap(),
        matter: matter(0),
        happened: moment("2026-02-01"),
        manner: None,
        by: ActorKind::Person,
        organisation: None,
        supersedes: None,
    };
    let now = life.in_force.moment(fact.happened);
    let before = life.subject.clone();
    let refused = record_fact(&life.in_force, &mut life.subject, fact, now);
    assert!(matches!(refused.unwrap_err().rule, Rule::Recorder { .. }));
    assert_eq!(life.subject, before, "a refused act changes nothing");
}
