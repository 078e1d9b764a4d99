//! Attacks on statistics (10h), and how well they do: singling out, linkage and inference, as the
//! Article 29 Working Party's opinion 05/2014 tells them apart.
//!
//! The attacker has what the promise gives them: every file before and after each sweep, so what
//! each figure grew by; every key and the journal, so who went in which sweep; how the figures are
//! made; and the distribution of the whole population. Who *knows the others* knows besides the
//! cell of everybody in the sweep but the one they are after. What they lack is that one's record,
//! which is destroyed.
//!
//! Each attack is the best there is for what the attacker knows: it weighs every answer by its
//! probability. An outcome is compared with a stated bound, never with another attack.

use crate::chance::Chance;

/// Too small to matter, and not zero.
const TINY: f64 = 1e-300;
/// People of a register among whom an attacker looks for the one who went.
const CANDIDATES: usize = 8;
/// How many people of a round fit a predicate that counts as rare, on average.
const RARE: f64 = 0.2;
/// Standard deviations by which an attack must beat a bound to be believed: where chance is not
/// seeded, a sound statistic is accused in one run of 100,000.
const BELIEVED: f64 = 5.5;

/// One sweep: who went, and what the statistic grew by.
pub struct Round {
    /// The cell of each person: the truth, which the attacker wants.
    pub people: Vec<usize>,
    /// What each cell's figure grew by.
    pub added: Vec<i64>,
}

/// What an attacker knows beforehand.
pub struct Knowledge<'a> {
    /// How the whole population is distributed over the cells.
    pub weights: &'a [f64],
    /// How probable it is that a figure is off by so much.
    pub off_by: &'a dyn Fn(i64) -> f64,
    /// Whether the cells of all others of the sweep are known.
    pub others: bool,
}

/// How an attack did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// How often it was tried.
    pub tries: u64,
    /// How often it was right.
    pub right: u64,
    /// How often the stated bound lets it be right, on average.
    pub bound: f64,
    /// The variance of that.
    spread: f64,
}

impl Outcome {
    fn note(&mut self, right: bool, bound: f64) {
        let bound = bound.clamp(0.0, 1.0);
        self.tries += 1;
        self.right += u64::from(right);
        self.bound += bound;
        self.spread += bound * (1.0 - bound);
    }

    /// Whether it did better than the bound, by more than chance explains.
    #[must_use]
    pub fn beats_the_bound(&self) -> bool {
        self.right as f64 > self.bound + BELIEVED * self.spread.sqrt()
    }

    /// The outcomes of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            tries: self.tries + other.tries,
            right: self.right + other.right,
            bound: self.bound + other.bound,
            spread: self.spread + other.spread,
        }
    }
}

/// The stated bound: the odds of a guess without the statistic, raised by so many per cent.
#[must_use]
pub fn raised(baseline: f64, per_cent: u32) -> f64 {
    let factor = 1.0 + f64::from(per_cent) / 100.0;
    factor * baseline / (1.0 + (factor - 1.0) * baseline)
}

/// Inference: in which cell was the person? Baseline: the most frequent one.
pub fn inference(rounds: &[Round], known: &Knowledge<'_>, per_cent: u32) -> Outcome {
    let best = known.weights.iter().copied().fold(0.0, f64::max);
    let mut outcome = Outcome::default();
    for round in rounds {
        let Some(target) = round.people.first() else {
            continue;
        };
        let score = |cell: usize| known.weights[cell] * ratio(round, known, cell);
        let guess = (0..known.weights.len()).max_by(|a, b| score(*a).total_cmp(&score(*b)));
        outcome.note(guess == Some(*target), raised(best, per_cent));
    }
    outcome
}

/// Linkage: a register has the person who went among others; which one is it? Baseline: any.
pub fn linkage(
    rounds: &[Round],
    known: &Knowledge<'_>,
    per_cent: u32,
    chance: &mut Chance,
) -> Outcome {
    let mut outcome = Outcome::default();
    for round in rounds {
        let Some(target) = round.people.first() else {
            continue;
        };
        let place = chance.below(CANDIDATES as u64) as usize;
        let register: Vec<usize> = (0..CANDIDATES)
            .map(|at| match at == place {
                true => *target,
                false => drawn(known.weights, chance),
            })
            .collect();
        let scores: Vec<f64> = register
            .iter()
            .map(|cell| ratio(round, known, *cell))
            .collect();
        let best = scores.iter().copied().fold(0.0, f64::max);
        let fitting: Vec<usize> = (0..CANDIDATES).filter(|at| scores[*at] >= best).collect();
        let guess = *chance.pick(&fitting);
        outcome.note(guess == place, raised(1.0 / CANDIDATES as f64, per_cent));
    }
    outcome
}

/// Singling out: a rare predicate that exactly one person of the sweep fits. The attacker speaks
/// only where the figures make it more probable than it was. Baseline: how probable it was that one
/// fits, rather than nobody.
pub fn singling_out(rounds: &[Round], known: &Knowledge<'_>, per_cent: u32) -> Outcome {
    let mut outcome = Outcome::default();
    for round in rounds {
        let many = round.people.len();
        let guesses = (0..known.weights.len())
            .filter(|cell| known.weights[*cell] * many as f64 <= RARE)
            .map(|cell| {
                let before = counts(many, known.weights[cell]);
                let after = alone(&before, round.added[cell], known);
                (cell, before, after)
            });
        let best = guesses.max_by(|(_, _, one), (_, _, other)| one.total_cmp(other));
        if let Some((cell, before, after)) = best
            && after > before[1]
        {
            let fitting = round.people.iter().filter(|one| **one == cell).count();
            let baseline = before[1] / (before[0] + before[1]);
            outcome.note(fitting == 1, raised(baseline, per_cent));
        }
    }
    outcome
}

/// How probable it is that one person is in a cell, after its figure grew.
fn alone(before: &[f64], added: i64, known: &Knowledge<'_>) -> f64 {
    let weighed: Vec<f64> = before
        .iter()
        .zip(0..)
        .map(|(chance, people): (&f64, i64)| chance * (known.off_by)(added - people))
        .collect();
    weighed[1] / weighed.iter().sum::<f64>().max(TINY)
}

/// How much more probable what was added is if the first person is in a cell than if not.
fn ratio(round: &Round, known: &Knowledge<'_>, cell: usize) -> f64 {
    if round.added.iter().all(|added| *added == 0) {
        return 1.0;
    }
    let others = &round.people[1..];
    let added = round.added[cell];
    let seen = |with: i64| -> f64 {
        if known.others {
            let there = others.iter().filter(|other| **other == cell).count() as i64;
            return (known.off_by)(added - there - with);
        }
        counts(others.len(), known.weights[cell])
            .iter()
            .zip(0..)
            .map(|(chance, there): (&f64, i64)| chance * (known.off_by)(added - there - with))
            .sum()
    };
    (seen(1) + TINY) / (seen(0) + TINY)
}

/// How probable each number of people in a cell is, of so many people.
fn counts(people: usize, weight: f64) -> Vec<f64> {
    let mut chances = vec![1.0];
    for _ in 0..people {
        let before = chances;
        chances = vec![0.0; before.len() + 1];
        for (there, chance) in before.iter().enumerate() {
            chances[there] += chance * (1.0 - weight);
            chances[there + 1] += chance * weight;
        }
    }
    chances
}

/// A cell by the population's distribution.
pub fn drawn(weights: &[f64], chance: &mut Chance) -> usize {
    let mut left = (chance.next_number() >> 11) as f64 / (1_u64 << 53) as f64;
    for (cell, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return cell;
        }
    }
    weights.len() - 1
}

/// A random distribution over so many cells.
pub fn population(cells: usize, chance: &mut Chance) -> Vec<f64> {
    let parts: Vec<f64> = (0..cells).map(|_| 1.0 + chance.below(100) as f64).collect();
    let all: f64 = parts.iter().sum();
    parts.into_iter().map(|part| part / all).collect()
}
