//! Time and chance, as arguments.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Tells the time. The real one is in the binary; a rehearsal installation has one that can be
/// moved.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The present moment with its date in the controller's time zone, worked out once a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The moment, UTC.
    pub now: Timestamp,
    /// Its date where the controller is: days end at midnight there.
    pub today: Date,
}

impl Moment {
    /// The moment in a controller's time zone.
    #[must_use]
    pub fn new(now: Timestamp, zone: &TimeZone) -> Self {
        Self {
            now,
            today: zone.to_datetime(now).date(),
        }
    }
}
