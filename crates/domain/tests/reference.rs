//! The compiled decision and the reference model never disagree.

use testkit::compare::compare;
use testkit::endure::Endurance;

/// How many cases a round compares.
const CASES: u64 = 100_000;

#[test]
fn endures_comparison_with_the_reference_model() {
    let mut run = Endurance::begin("reference", 1);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let mut compared = 0;
    while let Some(mut chance) = run.next_round() {
        let first = chance.next_number() / 2;
        let parts = (0..workers).map(|worker| {
            // Far apart, so that no two workers ever come to the same policy.
            let seed = first + worker * 1_000_000_000;
            std::thread::spawn(move || compare(seed, CASES.div_ceil(workers)))
        });
        let parts: Vec<_> = parts.collect();
        for part in parts {
            let tally = part.join().expect("the comparison found no disagreement");
            println!("{tally:?}");
            compared += tally.cases;
            assert!(tally.allowed * 50 > tally.cases, "too little is ever read");
            assert!(tally.taken > tally.refused, "too little ever happens");
            assert!(tally.due > 0, "nothing ever goes");
            assert!(
                tally.policies > tally.unsound * 4,
                "too few policies are sound"
            );
        }
    }
    run.tell(&[("cases", compared)]);
    assert!(compared >= CASES);
}
