//! What a decision costs: an ordinary person of five records and five facts.
//!
//! `cargo bench -p domain`; the goal is 200 ns a decision.

#![expect(
    clippy::expect_used,
    reason = "a benchmark stops where its case is not what it says"
)]

use divan::{Bencher, black_box};
use domain::decide::{Request, decide, explain, may};
use domain::subject::Subject;
use domain::sweep::{due, next_due};
use domain::{InForce, MatterId, Moment};
use policy::model::CategorySet;
use testkit::people::{Life, default_policy, moment};

fn main() {
    divan::main();
}

/// A client of two years: who they are, where, what they ordered and said.
fn client() -> Life {
    let mut life = Life::new(default_policy());
    let contract = Some(MatterId([200; 16]));
    let kept = ["contact-relations"];
    life.collect("identity", "contact", &kept, "2023-03-01");
    life.collect("contact-details", "contact", &kept, "2023-03-01");
    life.fact("contact-from-person", None, "2023-05-02");
    life.fact("quote-requested", None, "2023-06-01");
    life.fact("contract-signed", contract, "2023-07-01");
    life.collect("orders", "client", &["client-relations"], "2023-07-02");
    life.collect("exchanges", "client", &["client-relations"], "2023-09-10");
    life.collect("exchanges", "client", &["client-relations"], "2024-01-10");
    life.fact("contact-from-person", None, "2024-02-02");
    life.fact("contact-from-person", None, "2024-05-02");
    assert_eq!(life.subject.records.len(), 5);
    assert_eq!(life.subject.facts.len(), 5);
    life
}

fn request(life: &Life, recipient: &str, purpose: &str) -> Request {
    let policy = life.in_force.policy();
    Request {
        recipient: policy.recipient_named(recipient).expect("a recipient"),
        purpose: policy.purpose_named(purpose).expect("a purpose"),
        channel: None,
        categories: CategorySet(u128::MAX),
    }
}

/// Whether a decision about a life at a moment is as a benchmark takes it to be.
fn case(recipient: &str, purpose: &str) -> (InForce, Subject, Request, Moment) {
    let life = client();
    let request = request(&life, recipient, purpose);
    let moment = life.in_force.moment(moment("2024-06-01"));
    (life.in_force, life.subject, request, moment)
}

/// A decision that is made and let go: what is measured is not the room that a thousand of them take.
fn decided(in_force: &InForce, subject: &Subject, request: Request, moment: Moment) {
    drop(black_box(decide(in_force, subject, request, moment)));
}

#[divan::bench(sample_size = 1000)]
fn decide_five_records_allowed(bencher: Bencher<'_, '_>) {
    let (in_force, subject, request, moment) = case("client-relations", "client-relations");
    let allowed = decide(&in_force, &subject, request, moment).into_result();
    assert_eq!(allowed.expect("a client is served").permitted().len(), 5);
    bencher.bench(|| decided(&in_force, black_box(&subject), black_box(request), moment));
}

#[divan::bench(sample_size = 1000)]
fn decide_two_of_five_records(bencher: Bencher<'_, '_>) {
    let (in_force, subject, request, moment) = case("client-relations", "contact-relations");
    let allowed = decide(&in_force, &subject, request, moment).into_result();
    assert_eq!(allowed.expect("a contact is known").permitted().len(), 2);
    bencher.bench(|| decided(&in_force, black_box(&subject), black_box(request), moment));
}

#[divan::bench(sample_size = 1000)]
fn decide_refused(bencher: Bencher<'_, '_>) {
    let (in_force, subject, request, moment) = case("marketing", "newsletters");
    assert!(
        decide(&in_force, &subject, request, moment)
            .into_result()
            .is_err()
    );
    bencher.bench(|| decided(&in_force, black_box(&subject), black_box(request), moment));
}

#[divan::bench(sample_size = 1000)]
fn may_contact(bencher: Bencher<'_, '_>) {
    let (in_force, subject, request, moment) = case("client-relations", "client-relations");
    bencher.bench(|| {
        may(
            &in_force,
            black_box(&subject),
            request.purpose,
            None,
            moment,
        )
    });
}

#[divan::bench(sample_size = 1000)]
fn explain_five_records(bencher: Bencher<'_, '_>) {
    let (in_force, subject, request, moment) = case("marketing", "newsletters");
    bencher.bench(|| explain(&in_force, black_box(&subject), request, moment));
}

#[divan::bench(sample_size = 1000)]
fn due_of_five_records(bencher: Bencher<'_, '_>) {
    let (in_force, subject, _, moment) = case("marketing", "newsletters");
    bencher.bench(|| due(&in_force, black_box(&subject), moment));
}

#[divan::bench(sample_size = 1000)]
fn index_one_record(bencher: Bencher<'_, '_>) {
    let (in_force, subject, _, moment) = case("marketing", "newsletters");
    bencher.bench(|| next_due(&in_force, &subject, black_box(&subject.records[0]), moment));
}
