//! How long a test that can be run for hours runs, and from which seed.
//!
//! Such tests have a name that begins with `endures_`. Each is a loop of rounds: an ordinary run does
//! a few of them from a seed that never changes, and `./test --endure 30m --seed 7` says otherwise by
//! two variables, `KEPT_FOR` and `KEPT_SEED`. A run says its seed when it begins, so that one that
//! failed can be made again.

use std::time::{Duration, Instant};

use crate::chance::Chance;

/// For how long each test goes on: `90s`, `30m`, `2h`.
pub const FOR: &str = "KEPT_FOR";
/// The seed that chance is made from.
pub const SEED: &str = "KEPT_SEED";

/// One run of such a test.
pub struct Endurance {
    name: &'static str,
    /// The seed of the whole run.
    pub seed: u64,
    ordinary: u64,
    begun: Instant,
    lasts: Option<Duration>,
    rounds: u64,
}

impl Endurance {
    /// Begins a run of so many rounds, or for as long as the environment says.
    ///
    /// # Panics
    /// If the environment says something that is no duration, or no number.
    #[must_use]
    pub fn begin(name: &'static str, rounds: u64) -> Self {
        let told = |variable: &str| std::env::var(variable).ok();
        let lasts = told(FOR).map(|text| duration(&text).expect("KEPT_FOR is 90s, 30m or 2h"));
        let seed = told(SEED).map(|text| text.parse().expect("KEPT_SEED is a number"));
        let run = Self {
            name,
            seed: seed.unwrap_or(1),
            ordinary: rounds,
            begun: Instant::now(),
            lasts,
            rounds: 0,
        };
        println!("{name}: {SEED}={}", run.seed);
        run
    }

    /// The chance of the next round, while there is one.
    pub fn next_round(&mut self) -> Option<Chance> {
        let over = match self.lasts {
            Some(_) => self.is_over(),
            None => self.rounds >= self.ordinary,
        };
        if over {
            return None;
        }
        self.rounds += 1;
        Some(Chance::new(self.seed_of(self.rounds)))
    }

    /// Whether this is an ordinary run, which must be over soon.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.lasts.is_none()
    }

    /// Whether a long run has gone on long enough: a long round ends then.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.lasts
            .is_some_and(|lasts| self.begun.elapsed() >= lasts)
    }

    /// How many rounds were begun.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Says what the run came to: names with figures.
    pub fn tell(&self, figures: &[(&str, u64)]) {
        let figures: Vec<String> = figures
            .iter()
            .map(|(what, figure)| format!("{figure} {what}"))
            .collect();
        println!(
            "{}: {} rounds in {} s from {SEED}={}: {}",
            self.name,
            self.rounds,
            self.begun.elapsed().as_secs(),
            self.seed,
            figures.join(", ")
        );
    }

    /// Rounds are far apart in the numbers that they draw.
    fn seed_of(&self, round: u64) -> u64 {
        let mut chance = Chance::new(self.seed);
        chance.next_number() ^ Chance::new(round).next_number()
    }
}

/// A duration in seconds, minutes or hours.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return None,
    };
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("2h", 7_200)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)));
        }
        for text in ["", "m", "30", "30d", "-1s", "1.5h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
