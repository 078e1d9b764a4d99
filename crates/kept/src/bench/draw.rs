//! Seeded numbers, uniform and of Zipf's law: the same seed draws the same operations.

/// A small generator of numbers (SplitMix64), for nothing that is secret.
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The generator of one of many clients.
    #[must_use]
    pub fn new(seed: u64, client: u64) -> Self {
        let mut draw = Self(seed ^ client.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        draw.next();
        draw
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number below another, each as likely as the next.
    pub fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }

    /// A share of one, evenly spread, below one.
    fn share(&mut self) -> f64 {
        // 53 bits: as many as the number has.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// Numbers of which few are drawn often: Zipf's law with the exponent 0.99, scattered over the whole
/// range, as the benchmark draws them (Gray and others, "Quickly generating billion-record
/// synthetic databases", SIGMOD 1994).
#[derive(Clone, Debug)]
pub struct Zipf {
    items: usize,
    zeta: f64,
    eta: f64,
    alpha: f64,
}

/// The exponent.
const THETA: f64 = 0.99;

impl Zipf {
    /// The law over the numbers below `items`.
    #[must_use]
    pub fn over(items: usize) -> Self {
        let sum = |count: usize| -> f64 {
            let terms = (1..=count).map(|rank| (rank as f64).powf(-THETA));
            terms.sum()
        };
        let zeta = sum(items);
        let n = items as f64;
        Self {
            items,
            zeta,
            eta: (1.0 - (2.0 / n).powf(1.0 - THETA)) / (1.0 - sum(2) / zeta),
            alpha: 1.0 / (1.0 - THETA),
        }
    }

    /// One of them.
    pub fn draw(&self, draw: &mut Draw) -> usize {
        let share = draw.share();
        let scaled = share * self.zeta;
        let rank = if scaled < 1.0 {
            0
        } else if scaled < 1.0 + 0.5_f64.powf(THETA) {
            1
        } else {
            let base = self.eta * share - self.eta + 1.0;
            ((self.items as f64) * base.powf(self.alpha)) as usize
        };
        (mixed(rank as u64 + 1) % self.items as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_client_something_else() {
        let numbers = |client| {
            let mut draw = Draw::new(7, client);
            (0..50).map(|_| draw.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
        assert!(numbers(1).iter().all(|one| *one < 1_000));
    }

    #[test]
    fn few_keys_of_zipf_are_drawn_often_and_all_are_in_range() {
        let (zipf, mut draw) = (Zipf::over(1_000), Draw::new(7, 0));
        let mut times = vec![0_u32; 1_000];
        for _ in 0..100_000 {
            times[zipf.draw(&mut draw)] += 1;
        }
        times.sort_unstable_by(|a, b| b.cmp(a));
        // The first of a thousand has a share of 1 / (1 + 1/2^0.99 + ...) = 13 %.
        assert!((11_000..16_000).contains(&times[0]), "{}", times[0]);
        let half: u32 = times[..50].iter().sum();
        assert!(half > 50_000, "{half}");
    }
}
