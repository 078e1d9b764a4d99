//! Rules 3 and 4: what a changed policy does to data that is held.

use std::sync::Arc;

use domain::act::policy::{Named, apply_policy};
use domain::act::relation::told;
use domain::{InForce, Names, Rule};
use jiff::civil::date;
use policy::model::Policy;
use testkit::people::{Life, default_policy, moment};

use crate::contact;

const DESK: &str = "client-relations";
const CONTACTS: &str = "contact-relations";

/// The default policy with another term for contacts, as its second version.
fn second(years: u32) -> Arc<Policy> {
    let text = include_str!("../../../../policies/assess-manager/policy.toml");
    let rule = text.find("name = \"10d\"").unwrap();
    let keep = rule + text[rule..].find("keep = \"5 years\"").unwrap();
    let changed = format!(
        "{}keep = \"{years} years\"{}",
        &text[..keep],
        &text[keep + "keep = \"5 years\"".len()..]
    );
    let changed = changed.replacen(
        "\nversion = 1\n",
        "\nversion = 2\nreason = { en = \"Terms\", fr = \"Durées\" }\n",
        1,
    );
    Arc::new(policy::compile(&changed).policy.unwrap())
}

/// Puts the second version in force for a life.
fn apply(life: &mut Life, next: Arc<Policy>, at: &str) {
    let first = default_policy();
    let (names, rows) = Names::assign(&first, &[]).unwrap();
    let (new_names, _) = Names::assign(&next, &rows).unwrap();
    let in_force = InForce::new(next, &[first]).unwrap();
    let old = Named {
        in_force: &life.in_force,
        names: &names,
    };
    let new = Named {
        in_force: &in_force,
        names: &new_names,
    };
    let moment = in_force.moment(moment(at));
    let applied = apply_policy(old, new, &life.subject, moment).unwrap();
    assert!(applied.gone.is_empty());
    life.subject = applied.subject;
    life.in_force = in_force;
}

#[test]
fn semantics_4_a_policy_that_shortens_applies_at_once() {
    let mut life = contact("2026-01-10");
    apply(&mut life, second(3), "2029-06-01");
    assert_eq!(life.due("2029-06-01").len(), 1);
}

#[test]
fn semantics_4_a_policy_that_lengthens_applies_once_the_person_was_told() {
    let mut life = contact("2026-01-10");
    apply(&mut life, second(8), "2030-01-01");
    let refused = life.read(DESK, CONTACTS, "2031-01-11");
    assert!(matches!(refused, Err(Rule::Term { version: 1, .. })));
    let now = life.in_force.moment(moment("2030-06-01"));
    told(&life.in_force, &mut life.subject, 2, date(2030, 6, 1), now).unwrap();
    assert_eq!(life.read(DESK, CONTACTS, "2034-01-10"), Ok(1));
    assert!(life.read(DESK, CONTACTS, "2034-01-11").is_err());
}

#[test]
fn semantics_3_a_longer_term_revives_nothing() {
    let mut life = contact("2026-01-10");
    apply(&mut life, second(8), "2031-02-01");
    let now = life.in_force.moment(moment("2031-02-02"));
    told(&life.in_force, &mut life.subject, 2, date(2031, 2, 2), now).unwrap();
    assert!(life.read(DESK, CONTACTS, "2031-02-03").is_err());
    assert_eq!(life.due("2031-02-03").len(), 1);
}

#[test]
fn semantics_4_what_was_collected_under_the_new_version_has_its_term() {
    let mut life = contact("2026-01-10");
    apply(&mut life, second(8), "2027-01-01");
    life.collect("identity", "contact", &[CONTACTS], "2027-01-02");
    assert_eq!(life.read(DESK, CONTACTS, "2035-01-02"), Ok(1));
}
