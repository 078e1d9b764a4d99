//! What time it is: the machine's clock with a floor, or a rehearsal's, which only people move.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::{Clock, Fault, FaultKind};
use jiff::{SignedDuration, Timestamp};

/// A clock that goes back this far, or less, is corrected in silence; more stops everything.
const BACK_MAX: SignedDuration = SignedDuration::from_mins(5);
/// A clock that is this far ahead of the last act stops everything until it is confirmed:
/// destroying data a year early cannot be undone.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24 * 92);

/// The machine's clock.
#[derive(Clone, Copy, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A rehearsal installation's clock: it stands still until somebody moves it.
pub struct RehearsalClock(AtomicI64);

impl RehearsalClock {
    /// A clock that shows a moment.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves the clock; it never goes back.
    pub fn move_to(&self, at: Timestamp) {
        self.0.fetch_max(at.as_microsecond(), Ordering::AcqRel);
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Acquire)).unwrap_or(Timestamp::MAX)
    }
}

/// The latest moment that the installation has seen: time never goes back behind it.
pub struct Floor(AtomicI64);

impl Floor {
    /// A floor at the moment of the last act, microseconds UTC.
    #[must_use]
    pub fn at(last: i64) -> Self {
        Self(AtomicI64::new(last))
    }

    /// A moment of the clock, checked against the floor, which rises with it.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the clock jumped: nothing is read or destroyed until
    /// somebody confirms it (mechanism, 16).
    pub fn check(&self, now: Timestamp, confirmed: bool) -> Result<Timestamp, Fault> {
        let last = self.0.load(Ordering::Acquire);
        let Ok(floor) = Timestamp::from_microsecond(last) else {
            return Ok(now);
        };
        let ahead = now.duration_since(floor);
        if last != 0 && !confirmed && ahead > AHEAD_MAX {
            return Err(jumped("forward", ahead));
        }
        if -ahead > BACK_MAX {
            return Err(jumped("back", -ahead));
        }
        self.0.fetch_max(now.as_microsecond(), Ordering::AcqRel);
        Ok(now.max(floor))
    }
}

fn jumped(direction: &str, by: SignedDuration) -> Fault {
    let days = by.as_hours() / 24;
    let message = match days {
        0 => format!(
            "the machine's clock went {direction} by {} minutes",
            by.as_mins()
        ),
        _ => format!("the machine's clock went {direction} by {days} days since the last act"),
    };
    Fault::new(
        FaultKind::Unavailable,
        format!("{message}: nothing is read or destroyed"),
    )
    .remedy(
        "set the clock right; if it is right and went forward, say so with `kept clock confirm`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_jumps_stops_everything_until_it_is_confirmed() {
        let floor = Floor::at(at("2026-03-01T12:00:00Z").as_microsecond());
        assert!(floor.check(at("2026-03-01T12:00:01Z"), false).is_ok());
        assert_eq!(
            floor.check(at("2026-03-01T11:58:00Z"), false).unwrap(),
            at("2026-03-01T12:00:01Z"),
            "a small step back never takes time back"
        );
        assert!(floor.check(at("2026-02-28T12:00:00Z"), true).is_err());
        assert!(floor.check(at("2027-03-01T12:00:00Z"), false).is_err());
        assert!(floor.check(at("2027-03-01T12:00:00Z"), true).is_ok());
        assert!(floor.check(at("2027-03-01T12:00:01Z"), false).is_ok());
    }
}
