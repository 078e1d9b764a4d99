//! Statistics under attack (10h): singling out, linkage and inference do no better than the stated
//! bound, over many random populations; and the same attacks catch statistics that leak.

#![allow(clippy::unwrap_used, reason = "a test")]

use domain::statistic::{Spread, release};
use testkit::attack::{self, Knowledge, Outcome, Round, drawn, population};
use testkit::chance::{Chance, Repeated};

/// What the policy may state, from the strictest that is tried to the laxest, in per cent.
const STATED: [u32; 3] = [10, 30, 100];

/// A way to make figures: what a round of people adds to so many cells.
type Makes<'a> = &'a dyn Fn(usize, &[usize]) -> Vec<i64>;

/// The three attacks on statistics of many random populations, by one who knows the others of each
/// sweep or not; so many people go in each sweep at the least.
fn attacks(
    makes: Makes<'_>,
    off_by: &dyn Fn(i64) -> f64,
    per_cent: u32,
    others: bool,
    least: u64,
) -> [Outcome; 3] {
    let mut chance = Chance::new(2_031);
    let mut all = [Outcome::default(); 3];
    for _ in 0..40 {
        let cells = 2 + chance.below(11) as usize;
        let weights = population(cells, &mut chance);
        // A handful, as most nights, or a few dozen.
        let most = *chance.pick(&[1, 4, 12, 40]);
        let rounds: Vec<Round> = (0..150)
            .map(|_| {
                let many = least + chance.below(most);
                let people: Vec<usize> = (0..many).map(|_| drawn(&weights, &mut chance)).collect();
                let added = makes(cells, &people);
                Round { people, added }
            })
            .collect();
        let known = Knowledge {
            weights: &weights,
            off_by,
            others,
        };
        let outcomes = [
            attack::singling_out(&rounds, &known, per_cent),
            attack::linkage(&rounds, &known, per_cent, &mut chance),
            attack::inference(&rounds, &known, per_cent),
        ];
        for (sum, outcome) in all.iter_mut().zip(outcomes) {
            *sum = sum.and(outcome);
        }
    }
    all
}

/// Counts as they are.
fn exact(cells: usize, people: &[usize]) -> Vec<i64> {
    let mut figures = vec![0; cells];
    people.iter().for_each(|cell| figures[*cell] += 1);
    figures
}

fn never_off(by: i64) -> f64 {
    f64::from(u8::from(by == 0))
}

#[test]
fn no_attack_does_better_than_the_stated_bound() {
    for per_cent in STATED {
        for others in [false, true] {
            let entropy = Repeated::new(u64::from(per_cent));
            let spread = Spread::raising_odds_by(per_cent);
            let makes = |cells: usize, people: &[usize]| release(cells, people, spread, &entropy);
            let off_by = |by: i64| spread.probability(by);
            for outcome in attacks(&makes, &off_by, per_cent, others, 1) {
                assert!(outcome.tries > 1_000, "too few tries: {outcome:?}");
                assert!(
                    !outcome.beats_the_bound(),
                    "{per_cent} %, others known: {others}: {outcome:?}"
                );
            }
        }
    }
}

#[test]
fn the_attacks_catch_exact_counts() {
    for outcome in attacks(&exact, &never_off, 100, true, 1) {
        assert!(outcome.beats_the_bound(), "{outcome:?}");
    }
    for outcome in attacks(&exact, &never_off, 100, false, 1) {
        assert!(outcome.beats_the_bound(), "{outcome:?}");
    }
}

#[test]
fn the_attacks_catch_exact_counts_of_rounds_of_enough_people() {
    // A smallest group, and no chance: who compares before and after learns too much all the same.
    let smallest = |cells: usize, people: &[usize]| match people.len() >= 10 {
        true => exact(cells, people),
        false => vec![0; cells],
    };
    for outcome in attacks(&smallest, &never_off, 10, true, 10) {
        assert!(outcome.beats_the_bound(), "{outcome:?}");
    }
}

#[test]
fn the_attacks_catch_chance_that_spreads_too_little() {
    // Chance for 300 per cent, where 10 were stated.
    let (entropy, spread) = (Repeated::new(5), Spread::raising_odds_by(300));
    let makes = |cells: usize, people: &[usize]| release(cells, people, spread, &entropy);
    let off_by = |by: i64| spread.probability(by);
    let [_, linkage, inference] = attacks(&makes, &off_by, 10, true, 1);
    assert!(linkage.beats_the_bound(), "{linkage:?}");
    assert!(inference.beats_the_bound(), "{inference:?}");
}

#[test]
fn the_attacks_catch_chance_for_the_cells_of_people_alone() {
    // An empty cell without chance says that nobody is in it.
    let (entropy, spread) = (Repeated::new(6), Spread::raising_odds_by(10));
    let makes = |cells: usize, people: &[usize]| {
        let figures = release(cells, people, spread, &entropy);
        let counted = exact(cells, people);
        let figures = figures.into_iter().zip(counted);
        figures
            .map(|(figure, there)| if there == 0 { 0 } else { figure })
            .collect()
    };
    // Whoever attacks it takes a figure of nought for nobody, and any other for somebody.
    let off_by = |by: i64| {
        if by == 0 {
            1.0
        } else {
            1e-9 + spread.probability(by) / 1e3
        }
    };
    let singled = attacks(&makes, &off_by, 10, false, 1)[2];
    assert!(singled.beats_the_bound(), "{singled:?}");
}
