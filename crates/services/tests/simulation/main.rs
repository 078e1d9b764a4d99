//! A model and the real thing, side by side, through simulated decades.
//!
//! Chance makes a policy in some versions and a history of a few people: what is taken in, what
//! happens, what they want, who reads. An installation on real files and the reference model of
//! `testkit` live through it, and are compared after every step ([`world`]). A history that fails is
//! made shorter as long as it fails ([`shrink`]), and said with the seed that makes it again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "an expectation that fails is a test that fails"
)]

mod act;
mod carry_out;
mod house;
mod look;
mod organisation;
mod shrink;
mod step;
mod translate;
mod world;

use testkit::endure::Endurance;

use step::Story;
use world::{Seen, World};

/// How many histories an ordinary run lives through.
const ROUNDS: u64 = 3;
/// How many steps a history has.
const STEPS: u64 = 300;

#[test]
fn endures_decades_beside_the_reference_model() {
    let mut run = Endurance::begin("simulation", ROUNDS);
    let mut seen = Seen::default();
    while let Some(mut chance) = run.next_round() {
        let Some(story) = Story::random(&mut chance, STEPS) else {
            continue;
        };
        match World::lived_through(&story) {
            Ok(more) => seen.add(more),
            Err(failed) => {
                let round = run.rounds();
                let (story, failed) = shrink::shortest(story, failed);
                panic!(
                    "history {round} of KEPT_SEED={}: {failed}\n{story}",
                    run.seed
                );
            }
        }
    }
    run.tell(&seen.told());
    assert!(seen.read > 0, "nothing was ever read");
    assert!(seen.destroyed > 0, "nothing ever went");
}
