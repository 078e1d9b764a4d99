//! The compiled decision and the reference model never disagree.

use testkit::compare::compare;

/// How many cases an ordinary run compares; `KEPT_CASES` says another number.
const CASES: u64 = 100_000;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test, unlike the crate, may be told how long to run"
)]
fn the_decision_agrees_with_the_reference_model() {
    let cases = std::env::var("KEPT_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(CASES);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let parts = (0..workers).map(|worker| {
        // Far apart, so that no two workers ever come to the same policy.
        let seed = 1 + worker * 1_000_000_000;
        std::thread::spawn(move || compare(seed, cases.div_ceil(workers)))
    });
    let parts: Vec<_> = parts.collect();
    let mut cases_compared = 0;
    for part in parts {
        let tally = part.join().expect("the comparison found no disagreement");
        println!("{tally:?}");
        cases_compared += tally.cases;
        assert!(tally.allowed * 50 > tally.cases, "too little is ever read");
        assert!(tally.taken > tally.refused, "too little ever happens");
        assert!(tally.due > 0, "nothing ever goes");
        assert!(
            tally.policies > tally.unsound * 4,
            "too few policies are sound"
        );
    }
    assert!(cases_compared >= cases);
}
