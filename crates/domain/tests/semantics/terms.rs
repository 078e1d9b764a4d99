//! Rules 1 to 3, 5 to 7, 9 to 12: grounds, terms and the facts that move them.

use domain::act::correct::{Replacement, correct};
use domain::act::fact::{NewFact, check_fact, record_fact};
use domain::act::relation::{link, unlink};
use domain::sweep::next_due;
use domain::{ActorKind, FactRef, KeyId, OrganisationId, RecordId, Rule};
use jiff::civil::date;
use policy::model::Then;
use testkit::people::{Life, moment};

use crate::{contact, life, matter, term};

const DESK: &str = "client-relations";
const CONTACTS: &str = "contact-relations";

#[test]
fn semantics_1_one_purposes_longer_term_permits_no_other_use() {
    // An event's list goes a year after the event; what serves the contact stays five years.
    let mut life = life();
    life.collect("identity", "contact", &["events", CONTACTS], "2026-01-10");
    assert_eq!(life.read(DESK, "events", "2027-01-10"), Ok(1));
    let refused = life.read(DESK, "events", "2027-01-11");
    assert_eq!(term(&life, refused), "retention events");
    assert_eq!(life.read(DESK, CONTACTS, "2027-01-11"), Ok(1));
    assert!(life.due("2027-01-11").is_empty());
}

#[test]
fn semantics_1_a_purpose_without_a_ground_reads_nothing() {
    let life = contact("2026-01-10");
    let refused = life.read(DESK, "community", "2026-01-11");
    assert!(matches!(refused, Err(Rule::NoGround { .. })));
}

#[test]
fn semantics_1_a_record_goes_with_its_last_ground() {
    let life = contact("2026-01-10");
    assert!(life.due("2031-01-10").is_empty());
    let due = life.due("2031-01-11");
    assert_eq!(due.len(), 1);
    assert!(matches!(due[0].then, Then::Anonymise(_)));
}

#[test]
fn semantics_2_the_term_is_worked_out_at_the_moment_of_the_read() {
    let mut life = contact("2026-01-10");
    let held = life.subject.records[0].clone();
    let index = |life: &Life| {
        let moment = life.in_force.moment(moment("2026-02-01"));
        next_due(&life.in_force, &life.subject, &held, moment)
    };
    assert_eq!(index(&life), Some(moment("2031-01-10T23:00:00Z")));
    life.fact("contact-from-person", None, "2026-01-20");
    assert_eq!(index(&life), Some(moment("2031-01-20T23:00:00Z")));
    assert_eq!(life.read(DESK, CONTACTS, "2031-01-20"), Ok(1));
}

#[test]
fn semantics_3_a_late_fact_revives_nothing() {
    let mut life = contact("2026-01-10");
    // Recorded after the term was over, it says that the person wrote before that.
    life.late_fact("contact-from-person", None, "2030-06-01", "2031-02-01");
    assert!(life.read(DESK, CONTACTS, "2031-02-01").is_err());
    assert_eq!(life.due("2031-02-01").len(), 1);
    // In time, the same fact moves the term.
    let mut life = contact("2026-01-10");
    life.late_fact("contact-from-person", None, "2030-06-01", "2031-01-10");
    assert_eq!(life.read(DESK, CONTACTS, "2031-02-01"), Ok(1));
}

#[test]
fn semantics_5_a_signature_begins_the_client_and_suspends_the_contacts_term() {
    let mut life = contact("2026-01-10");
    life.fact("contract-signed", matter(0), "2026-03-01");
    let client = life.in_force.policy().kind_named("client").unwrap();
    assert!(life.subject.roles.iter().any(|role| role.kind == client));
    // What the contract needs rests on it from that day.
    assert_eq!(life.read(DESK, "client-relations", "2026-03-01"), Ok(1));
    // The contact's five years are over, and wait for the end of the contract.
    assert_eq!(life.read(DESK, CONTACTS, "2033-01-01"), Ok(1));
    life.fact("contract-ended", matter(0), "2034-05-31");
    assert!(life.read(DESK, CONTACTS, "2034-06-01").is_err());
    assert!(life.read(DESK, "client-relations", "2034-06-01").is_err());
}

#[test]
fn semantics_5_only_a_new_contract_stops_what_the_end_of_the_last_one_began() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-03-01");
    life.collect("contact-details", "client", &["canvassing"], "2026-03-02");
    life.fact("contract-ended", matter(0), "2027-03-31");
    life.fact("contact-from-person", None, "2030-01-01");
    let by_post =
        |life: &Life, at: &str| life.read_by("canvassing", "canvassing", Some("post"), at);
    assert_eq!(by_post(&life, "2032-03-31"), Ok(1));
    assert_eq!(term(&life, by_post(&life, "2032-04-01")), "retention 10a");
    life.fact("contract-signed", matter(1), "2032-03-31");
    assert_eq!(by_post(&life, "2036-04-01"), Ok(1));
}

#[test]
fn semantics_6_what_the_person_did_not_mean_is_no_contact() {
    let life = contact("2026-01-10");
    let policy = life.in_force.policy();
    for manner in [
        "opening",
        "bounce",
        "robot",
        "unsubscription",
        "import",
        "merge",
        "guess",
    ] {
        let fact = NewFact {
            id: FactRef([9; 16]),
            kind: policy.fact_named("contact-from-person").unwrap(),
            matter: None,
            happened: moment("2026-02-01"),
            manner: Some(manner),
            by: ActorKind::Program,
            organisation: None,
            supersedes: None,
        };
        let refused = check_fact(&life.in_force, &fact, life.in_force.moment(fact.happened));
        assert!(
            matches!(refused.unwrap_err().rule, Rule::Manner { .. }),
            "{manner}"
        );
    }
}

/// A client who pays a sale by debit.
fn payer() -> Life {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.fact("transaction-opened", matter(1), "2026-02-01");
    life.collect_for("banking", "client", &["payment"], matter(1), "2026-02-01");
    life.fact("debit", matter(1), "2026-02-10");
    life
}

#[test]
fn semantics_7_completion_deletes_bank_details_at_that_moment() {
    let mut life = payer();
    assert!(life.due("2026-03-01T09:59:59Z").is_empty());
    life.fact("transaction-completed", matter(1), "2026-03-01T10:00:00Z");
    assert_eq!(life.due("2026-03-01T10:00:00Z").len(), 1);
    assert!(
        life.read("administration", "payment", "2026-03-01T10:00:00Z")
            .is_err()
    );
}

#[test]
fn semantics_7_the_completion_of_another_sale_deletes_nothing() {
    let mut life = payer();
    life.fact("transaction-opened", matter(2), "2026-02-02");
    life.fact("transaction-completed", matter(2), "2026-03-01");
    assert!(life.due("2026-03-02").is_empty());
}

#[test]
fn semantics_7_a_dispute_closes_bank_details_until_13_months_after_the_debit() {
    let mut life = payer();
    life.fact("dispute-opened", matter(1), "2026-02-20");
    let refused = life.read("administration", "payment", "2026-02-20");
    assert!(matches!(refused, Err(Rule::Evidence { .. })));
    life.fact("transaction-completed", matter(1), "2026-03-01");
    life.fact("dispute-closed", matter(1), "2026-04-01");
    assert!(life.due("2027-03-10").is_empty());
    assert_eq!(life.due("2027-03-11").len(), 1);
}

#[test]
fn semantics_7_a_dispute_after_completion_finds_nothing_to_keep() {
    let mut life = payer();
    life.fact("transaction-completed", matter(1), "2026-03-01");
    life.fact("dispute-opened", matter(1), "2026-03-02");
    assert_eq!(life.due("2026-03-02").len(), 1);
}

#[test]
fn semantics_7_withdrawing_the_agreement_ends_reuse_and_not_the_evidence() {
    use domain::act::consent::withdraw_consent;
    let mut life = payer();
    let agreed = life.consent("client", "stored-bank-details", &[], "2026-02-15");
    life.fact("transaction-completed", matter(1), "2026-03-01");
    let banking = |life: &Life, at: &str| {
        let policy = life.in_force.policy();
        let banking = policy.category_named("banking").unwrap();
        let of = |id| {
            life.subject
                .records
                .iter()
                .any(|it| it.id == id && it.category == banking)
        };
        life.due(at).iter().any(|due| of(due.record))
    };
    assert!(!banking(&life, "2026-03-02"));
    life.fact("dispute-opened", matter(1), "2026-03-05");
    let withdrawn = life.in_force.moment(moment("2026-03-06"));
    withdraw_consent(&life.in_force, &mut life.subject, agreed, withdrawn).unwrap();
    assert!(!banking(&life, "2027-03-10"));
    assert!(banking(&life, "2027-03-11"));
}

#[test]
fn semantics_9_a_duty_keeps_for_itself_alone() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.collect("invoices", "client", &["client-relations"], "2026-02-01");
    life.fact("contract-ended", matter(0), "2026-12-31");
    assert!(
        life.read("administration", "client-relations", "2027-01-01")
            .is_err()
    );
    let duty = "administrative-obligations";
    assert_eq!(life.read("administration", duty, "2036-02-01"), Ok(1));
    assert!(life.due("2036-02-01").is_empty());
    assert_eq!(life.due("2036-02-02").len(), 1);
}

#[test]
fn semantics_9_a_legal_minimum_waits_for_the_end_that_it_counts_from() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2020-01-06");
    life.collect(
        "money-laundering",
        "client",
        &["anti-money-laundering"],
        "2020-01-06",
    );
    assert!(life.due("2026-01-06").is_empty());
    life.fact("contract-ended", matter(0), "2026-06-30");
    assert!(life.due("2031-06-30").is_empty());
    assert_eq!(life.due("2031-07-01").len(), 1);
}

/// Somebody at work for a client that has a contract.
fn employee() -> Life {
    let mut life = life();
    let moment = life.in_force.moment(moment("2026-01-05"));
    let house = OrganisationId([7; 16]);
    link(
        &life.in_force,
        &mut life.subject,
        house,
        date(2026, 1, 5),
        moment,
    )
    .unwrap();
    organisation_fact(&mut life, "contract-signed", "2026-01-06");
    let kept = ["newsletters", "client-relations"];
    life.collect("contact-details", "client-staff", &kept, "2026-01-07");
    life
}

fn organisation_fact(life: &mut Life, kind: &str, at: &str) {
    let fact = NewFact {
        id: FactRef(life.id()),
        kind: life.in_force.policy().fact_named(kind).unwrap(),
        matter: matter(3),
        happened: moment(at),
        manner: None,
        by: ActorKind::Staff,
        organisation: Some(OrganisationId([7; 16])),
        supersedes: None,
    };
    let moment = life.in_force.moment(fact.happened);
    record_fact(&life.in_force, &mut life.subject, fact, moment).unwrap();
}

#[test]
fn semantics_10_the_term_follows_the_organisations_contract_while_the_person_is_linked() {
    let mut life = employee();
    assert_eq!(life.read("marketing", "newsletters", "2034-01-01"), Ok(1));
    organisation_fact(&mut life, "contract-ended", "2034-06-30");
    assert_eq!(life.read("marketing", "newsletters", "2039-06-30"), Ok(1));
    let refused = life.read("marketing", "newsletters", "2039-07-01");
    assert_eq!(term(&life, refused), "retention 10a");
}

#[test]
fn semantics_10_unlinking_starts_the_persons_term() {
    let mut life = employee();
    let left = life.in_force.moment(moment("2027-03-01"));
    let house = OrganisationId([7; 16]);
    unlink(
        &life.in_force,
        &mut life.subject,
        house,
        date(2027, 2, 28),
        left,
    )
    .unwrap();
    // The organisation's contract goes on; this person's five years run from their last day.
    assert_eq!(life.read("marketing", "newsletters", "2032-02-28"), Ok(1));
    assert!(life.read("marketing", "newsletters", "2032-02-29").is_err());
    assert!(life.read(DESK, "client-relations", "2027-03-01").is_err());
}

#[test]
fn semantics_10_an_organisations_people_are_not_party_to_its_contract() {
    let mut life = employee();
    let client = life.in_force.policy().kind_named("client").unwrap();
    assert!(life.subject.roles.iter().all(|role| role.kind != client));
    life.fact("transaction-opened", matter(1), "2026-02-01");
    let policy = life.in_force.policy();
    let purpose = policy.purpose_named("client-relations").unwrap();
    let span = policy.span_named("contract").unwrap();
    // Taken as a client without a contract of their own, they are refused what one carries.
    let refused = domain::collect::decide_collection(
        &life.in_force,
        &life.subject,
        &domain::collect::Collection {
            category: policy.category_named("orders").unwrap(),
            fields: 1,
            origin: policy.origin_named("order-form").unwrap(),
            brought_by: domain::Account::parse("m.lefevre").unwrap(),
            purposes: [purpose].into_iter().collect(),
            kind: client,
            matter: None,
            processor: None,
            collected: moment("2026-02-01"),
            approved: false,
        },
        &[],
        life.in_force.moment(moment("2026-02-01")),
    );
    assert_eq!(
        refused.unwrap_err().rule,
        Rule::ContractNotOpen { purpose, span }
    );
}

#[test]
fn semantics_11_a_term_is_readable_through_its_last_day_where_the_controller_is() {
    let life = contact("2024-02-29");
    // Midnight in Paris is 23:00 UTC in winter.
    assert_eq!(life.read(DESK, CONTACTS, "2029-02-28T22:59:59Z"), Ok(1));
    assert!(life.read(DESK, CONTACTS, "2029-02-28T23:00:00Z").is_err());
}

#[test]
fn semantics_11_the_day_of_a_fact_is_that_of_the_controllers_time_zone() {
    // Ten past midnight in Paris is another day than in UTC.
    let life = contact("2026-06-30T22:10:00Z");
    assert_eq!(life.read(DESK, CONTACTS, "2031-07-01T12:00:00Z"), Ok(1));
    assert!(life.read(DESK, CONTACTS, "2031-07-01T22:00:00Z").is_err());
}

#[test]
fn semantics_12_a_fact_in_the_future_needs_a_kind_that_allows_it() {
    let mut life = life();
    let policy = life.in_force.shared();
    let mut planned = |kind: &str, matter| {
        let fact = NewFact {
            id: FactRef(life.id()),
            kind: policy.fact_named(kind).unwrap(),
            matter,
            happened: moment("2027-01-01"),
            manner: policy
                .fact(policy.fact_named(kind).unwrap())
                .manners
                .first()
                .map(String::as_str),
            by: ActorKind::Staff,
            organisation: None,
            supersedes: None,
        };
        let now = life.in_force.moment(moment("2026-01-01"));
        record_fact(&life.in_force, &mut life.subject, fact, now)
    };
    assert!(planned("contract-ended", matter(0)).is_ok());
    let refused = planned("contact-from-person", None).unwrap_err().rule;
    assert!(matches!(refused, Rule::FactInTheFuture { .. }));
}

#[test]
fn semantics_12_a_planned_end_moves_nothing_before_its_day() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.collect("orders", "client", &["client-relations"], "2026-01-06");
    life.late_fact(
        "contract-ended",
        matter(0),
        "2027-12-31T11:00:00Z",
        "2026-02-01",
    );
    assert_eq!(
        life.read(DESK, "client-relations", "2027-12-31T10:59:59Z"),
        Ok(1)
    );
    assert!(
        life.read(DESK, "client-relations", "2027-12-31T11:00:00Z")
            .is_err()
    );
    let held = &life.subject.records[0];
    let now = life.in_force.moment(moment("2026-03-01"));
    let index = next_due(&life.in_force, &life.subject, held, now);
    assert_eq!(index, Some(moment("2027-12-31T11:00:00Z")));
}

#[test]
fn semantics_12_a_superseded_fact_counts_for_nothing() {
    let mut life = contact("2026-01-10");
    let wrong = life.fact("contact-from-person", None, "2026-06-01");
    let fact = NewFact {
        id: FactRef(life.id()),
        kind: life
            .in_force
            .policy()
            .fact_named("contact-from-person")
            .unwrap(),
        matter: None,
        happened: moment("2026-02-01"),
        manner: Some("call"),
        by: ActorKind::Staff,
        organisation: None,
        supersedes: Some(wrong),
    };
    let now = life.in_force.moment(moment("2026-06-02"));
    record_fact(&life.in_force, &mut life.subject, fact, now).unwrap();
    assert_eq!(life.subject.facts.len(), 2, "it is not edited");
    assert_eq!(life.read(DESK, CONTACTS, "2031-02-01"), Ok(1));
    assert!(life.read(DESK, CONTACTS, "2031-02-02").is_err());
}

#[test]
fn a_record_that_waits_is_indexed_for_the_end_of_what_it_was_derived_from() {
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    let source = life.collect("contact-details", "contact", &["events"], "2026-01-06");
    let derive =
        |life: &mut Life, at| life.derive(source, "orders", "client", &["client-relations"], at);
    let derived = derive(&mut life, "2026-01-06").unwrap();
    let held = life.subject.records.iter();
    let held = held.clone().find(|held| held.id == derived).unwrap();
    let now = life.in_force.moment(moment("2026-02-01"));
    let index = next_due(&life.in_force, &life.subject, held, now);
    assert_eq!(index, Some(moment("2027-01-06T23:00:00Z")));
    // Nothing is derived any more from what nothing keeps, whether the sweep has been there or not.
    assert!(derive(&mut life, "2027-01-06").is_ok());
    assert_eq!(derive(&mut life, "2027-01-07"), Err(Rule::Source));
}

#[test]
fn a_records_matter_narrows_only_the_spans_that_know_it() {
    // An order of a sale, under a contract that is another matter: it waits for that contract.
    let mut life = life();
    life.fact("contract-signed", matter(0), "2026-01-05");
    life.fact("transaction-opened", matter(1), "2026-01-06");
    life.collect_for(
        "orders",
        "client",
        &["client-relations"],
        matter(1),
        "2026-01-06",
    );
    assert_eq!(life.read(DESK, "client-relations", "2026-02-01"), Ok(1));
    life.fact("contract-ended", matter(0), "2026-06-30");
    let refused = life.read(DESK, "client-relations", "2026-06-30");
    assert_eq!(term(&life, refused), "retention 10a-contract");
    // Of two contracts, the one that the record belongs to counts for it.
    life.fact("contract-signed", matter(2), "2026-07-01");
    life.fact("contract-signed", matter(3), "2026-07-01");
    life.collect_for(
        "orders",
        "client",
        &["client-relations"],
        matter(2),
        "2026-07-02",
    );
    life.fact("contract-ended", matter(2), "2026-08-01");
    assert!(life.read(DESK, "client-relations", "2026-08-02").is_err());
}

#[test]
fn semantics_3_what_had_expired_has_ended_for_what_takes_its_place() {
    let mut life = contact("2026-01-10");
    let wrong = life.subject.records[0].clone();
    let replacement = Replacement {
        wrong: wrong.id,
        right: RecordId(life.id()),
        key: KeyId(life.id()),
        fields: wrong.fields,
    };
    let late = life.in_force.moment(moment("2031-02-01"));
    correct(&life.in_force, &mut life.subject, replacement, late).unwrap();
    let right = life.subject.records.last().unwrap();
    assert_eq!(right.id, replacement.right);
    assert!(right.grounds.iter().all(|ground| ground.ended.is_some()));
}
