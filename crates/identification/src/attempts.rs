//! How guessing is slowed: the more failures, the longer the wait; never a locked account.
//!
//! Failures are counted in three places. Each stops another attack, and none of them keeps the
//! owner out who comes from where they have signed in before.

use jiff::{SignedDuration, Timestamp};

/// What failures are counted of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Place {
    /// One account from one address: somebody who tries passwords.
    Pair,
    /// One address, whatever the account: somebody who tries one password on all of them.
    Address,
    /// One account from all addresses that it never signed in from: many machines together. It
    /// does not count against an address that it did.
    Strangers,
}

/// Failures so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Failures {
    /// How many, since the last success or since they were forgotten.
    pub count: u32,
    /// When the last was, microseconds UTC.
    pub last: i64,
}

/// The longest wait.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);
/// Failures are forgotten after a day without any.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How long an address that an account signed in from counts as its own.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

impl Place {
    /// Failures that cost nothing: people mistype.
    #[must_use]
    pub fn free(self) -> u32 {
        match self {
            Self::Pair => 3,
            Self::Address | Self::Strangers => 20,
        }
    }

    /// How long after so many failures the next try may come: a second, then twice as long each
    /// time, a quarter of an hour at most.
    #[must_use]
    pub fn wait_after(self, failures: u32) -> SignedDuration {
        match failures.checked_sub(self.free()) {
            None | Some(0) => SignedDuration::ZERO,
            Some(over) => {
                let seconds = 1_i64.checked_shl(over.min(20) - 1).unwrap_or(i64::MAX);
                SignedDuration::from_secs(seconds).min(WAIT_MAX)
            }
        }
    }

    /// When the next try may come, if that is not now.
    #[must_use]
    pub fn closed_until(self, failures: Failures, now: Timestamp) -> Option<Timestamp> {
        let last = Timestamp::from_microsecond(failures.last).ok()?;
        let open = last.checked_add(self.wait_after(failures.count)).ok()?;
        (open > now).then_some(open)
    }
}

impl Failures {
    /// One more failure.
    #[must_use]
    pub fn more(self, now: Timestamp) -> Self {
        let fresh = Timestamp::from_microsecond(self.last)
            .is_ok_and(|last| now.duration_since(last) < FORGOTTEN_AFTER);
        Self {
            count: if fresh {
                self.count.saturating_add(1)
            } else {
                1
            },
            last: now.as_microsecond(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    #[test]
    fn waits_double_and_end_at_a_quarter_of_an_hour() {
        let wait = |failures| Place::Pair.wait_after(failures).as_secs();
        assert_eq!(
            [wait(0), wait(3), wait(4), wait(5), wait(8)],
            [0, 0, 1, 2, 16]
        );
        assert_eq!([wait(13), wait(14), wait(u32::MAX)], [512, 900, 900]);
        assert_eq!(Place::Address.wait_after(20).as_secs(), 0);
        assert_eq!(Place::Strangers.wait_after(21).as_secs(), 1);
    }

    #[test]
    fn the_door_opens_again_and_failures_are_forgotten() {
        let mut failures = Failures::default();
        for second in 0..6 {
            failures = failures.more(at(second));
        }
        assert_eq!(failures.count, 6);
        assert_eq!(Place::Pair.closed_until(failures, at(6)), Some(at(9)));
        assert_eq!(Place::Pair.closed_until(failures, at(9)), None);
        assert_eq!(failures.more(at(5 + 24 * 3600)).count, 1);
    }
}
