//! Seeded chance: the same script and the same seed tell the same lives.

/// A small generator of numbers (SplitMix64), for invented people and for nothing that is secret.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// A generator that a seed determines.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for each of many.
    pub(super) fn branch(&self, number: u64) -> Self {
        let mut branch = Self(self.0 ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        branch.next();
        branch
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from the first to the last, both among them.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last.saturating_sub(first)).unwrap_or(0) + 1;
        first + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// Whether something of so many chances in a hundred happens.
    pub(super) fn percent(&mut self, chances: u32) -> bool {
        self.between(0, 99) < i64::from(chances)
    }

    /// One of several, each as likely as the next.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(of.len()).ok()? - 1;
        usize::try_from(self.between(0, last))
            .ok()
            .and_then(|at| of.get(at))
    }

    /// A share of one, evenly spread.
    pub(super) fn share(&mut self) -> f64 {
        // 53 bits: as many as the number has.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_within_their_bounds() {
        let draw = || {
            let mut chance = Chance::new(7).branch(3);
            (0..50).map(|_| chance.between(-2, 9)).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!(draw().iter().all(|number| (-2..=9).contains(number)));
        let other: Vec<i64> = {
            let mut chance = Chance::new(7).branch(4);
            (0..50).map(|_| chance.between(-2, 9)).collect()
        };
        assert_ne!(draw(), other);
    }
}
