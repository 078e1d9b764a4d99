//! Calendar durations: how they are read, written and counted.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;

use crate::model::{Duration, Language};

/// No term is longer than this many months: a hundred years.
const MONTHS_MAX: u32 = 1200;
/// No term is longer than this many days: a hundred years.
const DAYS_MAX: u32 = 36_525;

/// Why a text is no duration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DurationFault {
    /// There is nothing in it.
    Empty,
    /// A word stands where a whole number of at least zero is expected.
    NotANumber(String),
    /// A number without a unit after it.
    NoUnit(String),
    /// The unit is none of years, months, weeks, days.
    UnknownUnit(String),
    /// A unit occurs twice, or a longer one follows a shorter one.
    Order(String),
    /// It is zero; a ground that ends with its fact says `at once`.
    Zero,
    /// It is longer than a hundred years.
    TooLong,
}

impl fmt::Display for DurationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "it is empty"),
            Self::NotANumber(word) => write!(f, "`{word}` is not a whole number"),
            Self::NoUnit(word) => write!(f, "`{word}` has no unit after it"),
            Self::UnknownUnit(word) => {
                write!(f, "`{word}` is none of years, months, weeks and days")
            }
            Self::Order(word) => {
                write!(f, "`{word}` comes twice or after a shorter unit")
            }
            Self::Zero => write!(f, "it is zero; what ends with its fact is kept `at once`"),
            Self::TooLong => write!(f, "it is longer than 100 years"),
        }
    }
}

impl std::error::Error for DurationFault {}

/// The units, longest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Years,
    Months,
    Weeks,
    Days,
}

impl Unit {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "year" | "years" | "an" | "ans" | "année" | "années" => Some(Self::Years),
            "month" | "months" | "mois" => Some(Self::Months),
            "week" | "weeks" | "semaine" | "semaines" => Some(Self::Weeks),
            "day" | "days" | "jour" | "jours" => Some(Self::Days),
            _ => None,
        }
    }
}

impl Duration {
    /// At once: the ground ends at the very moment of the fact (10f).
    pub const AT_ONCE: Self = Self { months: 0, days: 0 };

    /// So many months.
    #[must_use]
    pub const fn of_months(months: u16) -> Self {
        Self { months, days: 0 }
    }

    /// So many days.
    #[must_use]
    pub const fn of_days(days: u16) -> Self {
        Self { months: 0, days }
    }

    /// Whether it is *at once*.
    #[must_use]
    #[inline]
    pub const fn is_at_once(self) -> bool {
        self.months == 0 && self.days == 0
    }

    /// Reads a duration in English or French: `5 years`, `13 months`, `1 year and 6 months`,
    /// `30 jours`, `at once`.
    ///
    /// # Errors
    /// Says which word is wrong and how.
    pub fn parse(text: &str) -> Result<Self, DurationFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DurationFault::Empty);
        }
        if matches!(text, "at once" | "aussitôt") {
            return Ok(Self::AT_ONCE);
        }
        let mut words = text
            .split_whitespace()
            .filter(|word| !matches!(*word, "and" | "et"));
        let (mut months, mut days, mut last) = (0u32, 0u32, None);
        while let Some(number) = words.next() {
            let count: u32 = number
                .parse()
                .map_err(|_| DurationFault::NotANumber(number.to_owned()))?;
            let word = words
                .next()
                .ok_or_else(|| DurationFault::NoUnit(number.to_owned()))?;
            let unit =
                Unit::parse(word).ok_or_else(|| DurationFault::UnknownUnit(word.to_owned()))?;
            if last.is_some_and(|last| last >= unit) {
                return Err(DurationFault::Order(word.to_owned()));
            }
            last = Some(unit);
            match unit {
                Unit::Years => months = months.saturating_add(count.saturating_mul(12)),
                Unit::Months => months = months.saturating_add(count),
                Unit::Weeks => days = days.saturating_add(count.saturating_mul(7)),
                Unit::Days => days = days.saturating_add(count),
            }
        }
        if months > MONTHS_MAX || days > DAYS_MAX {
            return Err(DurationFault::TooLong);
        }
        if last.is_none() {
            return Err(DurationFault::Empty);
        }
        if months == 0 && days == 0 {
            return Err(DurationFault::Zero);
        }
        // Both are under their maxima, which fit.
        Ok(Self {
            months: months as u16,
            days: days as u16,
        })
    }

    /// The last day of a term of this length counted from a day: months added once to the original
    /// date and clamped to the month's end, then days. Beyond the calendar (the year 9999) it is
    /// the calendar's last day.
    #[must_use]
    pub fn after(self, day: Date) -> Date {
        let from_year_zero = i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
        let months = from_year_zero + i32::from(self.months);
        // The month is from 1 to 12; a year beyond the calendar does not fit, and is no date.
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let Some(first) = i16::try_from(year)
            .ok()
            .and_then(|year| Date::new(year, month as i8, 1).ok())
        else {
            return Date::MAX;
        };
        let clamped = day.day().min(first.days_in_month());
        let moved = Date::new(first.year(), first.month(), clamped).unwrap_or(first);
        match self.days {
            0 => moved,
            days => moved.saturating_add(Span::new().days(i64::from(days))),
        }
    }

    /// Whether this is certainly longer than another, whatever day both are counted from.
    ///
    /// A month counts as 28 to 31 days, so that `30 days` is not longer than `1 month`.
    #[must_use]
    pub fn exceeds(self, other: Self) -> bool {
        let least = i64::from(self.months) * 28 + i64::from(self.days);
        let most = i64::from(other.months) * 31 + i64::from(other.days);
        if self.months == other.months {
            return self.days > other.days;
        }
        if self.months > other.months && self.days >= other.days {
            return true;
        }
        least > most
    }

    /// The duration in words: `5 years`, `13 mois`, `aussitôt`.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        if self.is_at_once() {
            return match language {
                Language::En => "at once".to_owned(),
                Language::Fr => "aussitôt".to_owned(),
            };
        }
        // 13 and 18 months are said so; 30 months are two years and six months.
        let (years, months) = match self.months {
            months if months % 12 == 0 || months >= 24 => (months / 12, months % 12),
            months => (0, months),
        };
        let (year, month, day, and) = match language {
            Language::En => (
                ["year", "years"],
                ["month", "months"],
                ["day", "days"],
                "and",
            ),
            Language::Fr => (["an", "ans"], ["mois", "mois"], ["jour", "jours"], "et"),
        };
        let parts: Vec<String> = [(years, year), (months, month), (self.days, day)]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{count} {}", unit[usize::from(count > 1)]))
            .collect();
        match parts.as_slice() {
            [all @ .., last] if !all.is_empty() => format!("{} {and} {last}", all.join(", ")),
            _ => parts.concat(),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(Language::En))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_both_languages() {
        assert_eq!(Duration::parse("5 years"), Ok(Duration::of_months(60)));
        assert_eq!(Duration::parse("13 mois"), Ok(Duration::of_months(13)));
        assert_eq!(
            Duration::parse("1 year 6 months"),
            Ok(Duration::of_months(18))
        );
        assert_eq!(
            Duration::parse("1 an, 2 jours".replace(',', " et").as_str()),
            Ok(Duration {
                months: 12,
                days: 2
            })
        );
        assert_eq!(Duration::parse("2 weeks"), Ok(Duration::of_days(14)));
        assert_eq!(Duration::parse("at once"), Ok(Duration::AT_ONCE));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Duration::parse("  "), Err(DurationFault::Empty));
        assert_eq!(Duration::parse("and"), Err(DurationFault::Empty));
        assert_eq!(
            Duration::parse("-5 years"),
            Err(DurationFault::NotANumber("-5".into()))
        );
        assert_eq!(Duration::parse("5"), Err(DurationFault::NoUnit("5".into())));
        assert_eq!(
            Duration::parse("5 moons"),
            Err(DurationFault::UnknownUnit("moons".into()))
        );
        assert_eq!(
            Duration::parse("6 months 1 year"),
            Err(DurationFault::Order("year".into()))
        );
        assert_eq!(
            Duration::parse("1 day 1 day"),
            Err(DurationFault::Order("day".into()))
        );
        assert_eq!(Duration::parse("0 days"), Err(DurationFault::Zero));
        assert_eq!(Duration::parse("101 years"), Err(DurationFault::TooLong));
        assert_eq!(
            Duration::parse("4294967295 years"),
            Err(DurationFault::TooLong)
        );
    }

    #[test]
    fn months_are_clamped_to_the_months_end() {
        let months = Duration::of_months;
        assert_eq!(months(60).after(date(2024, 2, 29)), date(2029, 2, 28));
        assert_eq!(months(48).after(date(2024, 2, 29)), date(2028, 2, 29));
        assert_eq!(months(1).after(date(2026, 1, 31)), date(2026, 2, 28));
        assert_eq!(months(13).after(date(2026, 1, 31)), date(2027, 2, 28));
        assert_eq!(months(13).after(date(2027, 1, 31)), date(2028, 2, 29));
        // Once to the original date: not twice one month, which would stay on the 28th.
        assert_eq!(months(2).after(date(2026, 1, 31)), date(2026, 3, 31));
        assert_eq!(months(1).after(date(2026, 3, 31)), date(2026, 4, 30));
        assert_eq!(months(12).after(date(2025, 2, 28)), date(2026, 2, 28));
    }

    #[test]
    fn days_come_after_months() {
        let term = Duration { months: 1, days: 1 };
        assert_eq!(term.after(date(2026, 1, 31)), date(2026, 3, 1));
        assert_eq!(
            Duration::of_days(30).after(date(2026, 1, 31)),
            date(2026, 3, 2)
        );
        assert_eq!(Duration::of_months(12).after(Date::MAX), Date::MAX);
    }

    #[test]
    fn says_itself_in_both_languages() {
        let says = |months, days| {
            let it = Duration { months, days };
            (it.words(Language::En), it.words(Language::Fr))
        };
        assert_eq!(says(60, 0), ("5 years".into(), "5 ans".into()));
        assert_eq!(says(12, 0), ("1 year".into(), "1 an".into()));
        assert_eq!(says(13, 0), ("13 months".into(), "13 mois".into()));
        assert_eq!(
            says(30, 1),
            (
                "2 years, 6 months and 1 day".into(),
                "2 ans, 6 mois et 1 jour".into()
            )
        );
        assert_eq!(says(0, 0), ("at once".into(), "aussitôt".into()));
    }

    #[test]
    fn is_longer_only_when_it_certainly_is() {
        assert!(Duration::of_months(60).exceeds(Duration::of_months(36)));
        assert!(!Duration::of_days(30).exceeds(Duration::of_months(1)));
        assert!(!Duration::of_days(31).exceeds(Duration::of_months(1)));
        assert!(Duration::of_days(32).exceeds(Duration::of_months(1)));
        assert!(Duration { months: 1, days: 1 }.exceeds(Duration::of_months(1)));
        assert!(!Duration::of_months(1).exceeds(Duration::of_months(1)));
    }

    proptest! {
        #[test]
        fn what_it_says_it_reads(months in 0u16..=1200, days in 0u16..=36525, french: bool) {
            let it = Duration { months, days };
            let language = if french { Language::Fr } else { Language::En };
            let said = it.words(language).replace(',', " ");
            prop_assert_eq!(Duration::parse(&said), Ok(it));
        }

        #[test]
        fn it_counts_as_the_calendar_does(months in 0u16..=1200, days in 0u16..=400, from in -40_000i32..80_000) {
            let start = date(1970, 1, 1).saturating_add(Span::new().days(from));
            let step = Span::new().months(i64::from(months));
            let expected = start.saturating_add(step).saturating_add(Span::new().days(i64::from(days)));
            prop_assert_eq!(Duration { months, days }.after(start), expected);
        }

        #[test]
        fn later_days_end_no_earlier(months in 0u16..=1200, days in 0u16..=400, from in 0i32..40_000, on in 0i32..400) {
            let start = date(1970, 1, 1).saturating_add(Span::new().days(from));
            let later = start.saturating_add(Span::new().days(on));
            let it = Duration { months, days };
            prop_assert!(it.after(start) <= it.after(later));
            prop_assert!(it.after(start) >= start);
        }
    }
}
