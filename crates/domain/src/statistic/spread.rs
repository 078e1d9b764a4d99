//! The chance that is added to figures, so that none can be tied to a person (10h).
//!
//! Each figure gets a whole number from the two-sided geometric distribution (Ghosh, Roughgarden,
//! Sundararajan: *Universally utility-maximizing privacy mechanisms*, 2009), drawn with whole
//! numbers alone: what floating point would leave in the lowest bits points at people (Mironov,
//! 2012).

use crate::time::Entropy;

/// A tail that is cut off: its probability is below e⁻⁶⁴.
const TAIL: u32 = 64;

/// How far chance spreads figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spread {
    /// Each further step is this many times out of one more as probable: `steps / (steps + 1)`.
    steps: u32,
}

impl Spread {
    /// The least spread at which figures raise nobody's odds about one person by more than so many
    /// per cent, at least 1.
    ///
    /// Had the person been in another cell, two figures would differ by one each. Each of the two
    /// is at most `(steps + 1) / steps` times as probable then, hence the square.
    #[must_use]
    pub fn raising_odds_by(per_cent: u32) -> Self {
        let per_cent = u64::from(per_cent.max(1));
        let enough =
            |steps: u64| 100 * (steps + 1) * (steps + 1) <= (100 + per_cent) * steps * steps;
        let steps = (1..=u64::from(u8::MAX)).find(|steps| enough(*steps));
        Self {
            steps: steps.map_or(u32::from(u8::MAX), |steps| steps as u32),
        }
    }

    /// The variance of what is added to one figure.
    #[must_use]
    pub fn variance(self) -> u64 {
        let steps = u64::from(self.steps);
        2 * steps * (steps + 1)
    }

    /// How probable it is that chance adds this much.
    #[must_use]
    pub fn probability(self, added: i64) -> f64 {
        let steps = f64::from(self.steps);
        let step = steps / (steps + 1.0);
        let distance = added.unsigned_abs() as f64;
        step.powf(distance) / (2.0 * steps + 1.0)
    }

    fn draw(self, draws: &mut Draws<'_>) -> i64 {
        i64::from(self.failures(draws)) - i64::from(self.failures(draws))
    }

    /// Failures before the first success, where one try in `steps + 1` succeeds.
    fn failures(self, draws: &mut Draws<'_>) -> u32 {
        let most = TAIL * (self.steps + 1);
        (0..most)
            .find(|_| draws.below(self.steps + 1) == 0)
            .unwrap_or(most)
    }
}

/// What one round of people adds to the figures of a statistic: each is counted in their cell, and
/// chance is added to every cell there is, those of nobody included.
#[must_use]
pub fn release(cells: usize, people: &[usize], spread: Spread, entropy: &dyn Entropy) -> Vec<i64> {
    let mut draws = Draws::new(entropy);
    let mut figures: Vec<i64> = (0..cells).map(|_| spread.draw(&mut draws)).collect();
    for cell in people {
        if let Some(figure) = figures.get_mut(*cell) {
            *figure += 1;
        }
    }
    figures
}

/// Small random numbers.
pub(crate) struct Draws<'e> {
    entropy: &'e dyn Entropy,
    bytes: [u8; 512],
    used: usize,
}

impl<'e> Draws<'e> {
    pub(crate) fn new(entropy: &'e dyn Entropy) -> Self {
        Self {
            entropy,
            bytes: [0; 512],
            used: 512,
        }
    }

    /// A number below a bound, each as probable as the others.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let bound = bound.max(1);
        let fair = u32::MAX - u32::MAX % bound;
        // What is left over would favour small numbers; it is drawn anew. A source that gives
        // nothing else is none.
        for _ in 0..TAIL {
            let number = self.number();
            if number < fair {
                return number % bound;
            }
        }
        0
    }

    fn number(&mut self) -> u32 {
        if self.used + 4 > self.bytes.len() {
            self.entropy.fill(&mut self.bytes);
            self.used = 0;
        }
        let mut number = [0; 4];
        number.copy_from_slice(&self.bytes[self.used..self.used + 4]);
        self.used += 4;
        u32::from_le_bytes(number)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A small generator (SplitMix64): the same each time.
    struct Repeated(Mutex<u64>);

    impl Entropy for Repeated {
        fn fill(&self, buffer: &mut [u8]) {
            let mut state = self.0.lock().unwrap();
            for byte in buffer {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                *byte = (z >> 56) as u8;
            }
        }
    }

    #[test]
    fn the_spread_is_the_least_that_keeps_the_bound() {
        for per_cent in 1..=100 {
            let spread = Spread::raising_odds_by(per_cent);
            let raised = |steps: u32| (f64::from(steps + 1) / f64::from(steps)).powi(2);
            let bound = 1.0 + f64::from(per_cent) / 100.0;
            assert!(raised(spread.steps) <= bound + 1e-12, "{per_cent} %");
            assert!(raised(spread.steps - 1) > bound, "{per_cent} %");
        }
        assert_eq!(Spread::raising_odds_by(10).steps, 21);
        assert_eq!(Spread::raising_odds_by(100).steps, 3);
    }

    #[test]
    fn chance_has_the_stated_distribution() {
        let entropy = Repeated(Mutex::new(7));
        for per_cent in [10, 50, 100] {
            let spread = Spread::raising_odds_by(per_cent);
            let drawn = release(40_000, &[], spread, &entropy);
            let share = |added: i64| {
                drawn.iter().filter(|one| **one == added).count() as f64 / drawn.len() as f64
            };
            for added in -5..=5 {
                let (seen, stated) = (share(added), spread.probability(added));
                let deviation = (stated / drawn.len() as f64).sqrt();
                assert!(
                    (seen - stated).abs() < 5.0 * deviation,
                    "{added}: {seen}, {stated}"
                );
            }
            let squares: i64 = drawn.iter().map(|one| one * one).sum();
            let variance = squares as f64 / drawn.len() as f64;
            let stated = spread.variance() as f64;
            assert!(
                (variance / stated - 1.0).abs() < 0.06,
                "{variance}, {stated}"
            );
        }
    }

    #[test]
    fn people_are_counted_in_their_cell() {
        let entropy = Repeated(Mutex::new(11));
        let spread = Spread::raising_odds_by(10);
        let people = [vec![1; 5_000], vec![3; 20]].concat();
        let figures = release(4, &people, spread, &entropy);
        let within = 10 * i64::from(spread.steps);
        for (figure, counted) in figures.iter().zip([0, 5_000, 0, 20]) {
            assert!((figure - counted).abs() < within, "{figure}, {counted}");
        }
    }
}
