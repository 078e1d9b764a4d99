//! Days where the controller is (semantics, 11).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The date of a moment where the controller is.
#[must_use]
pub fn date_of(moment: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(moment).date()
}

/// The first moment of a day where the controller is.
#[must_use]
pub fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(date.at(0, 0, 0, 0))
        .unwrap_or(Timestamp::MAX)
}

/// The first moment after a day where the controller is.
#[must_use]
pub fn end_of(date: Date, zone: &TimeZone) -> Timestamp {
    date.tomorrow()
        .map_or(Timestamp::MAX, |next| start_of(next, zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn semantics_11_a_day_ends_at_midnight_where_the_controller_is() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let end = end_of(date(2026, 6, 30), &zone);
        assert_eq!(end.to_string(), "2026-06-30T22:00:00Z");
        let end = end_of(date(2026, 12, 31), &zone);
        assert_eq!(end.to_string(), "2026-12-31T23:00:00Z");
    }
}
