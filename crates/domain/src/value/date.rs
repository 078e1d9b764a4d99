//! Dates in the layouts that people and their tools write.

use jiff::civil::Date;

use super::ValueFault;

/// Reads `1980-05-17`, `19800517`, `17/05/1980`, `17.05.1980` and `17-05-1980`: with the day
/// first, as in Europe.
///
/// # Errors
/// [`ValueFault::DateLayout`] for any other layout, [`ValueFault::NoSuchDay`] for a day that the
/// calendar does not have.
pub fn parse(text: &str) -> Result<Date, ValueFault> {
    let (year, month, day) = parts(text).ok_or(ValueFault::DateLayout)?;
    let year = i16::try_from(year).map_err(|_| ValueFault::NoSuchDay)?;
    let month = i8::try_from(month).map_err(|_| ValueFault::NoSuchDay)?;
    let day = i8::try_from(day).map_err(|_| ValueFault::NoSuchDay)?;
    Date::new(year, month, day)
        .ok()
        .filter(|date| date.year() >= 1)
        .ok_or(ValueFault::NoSuchDay)
}

/// Year, month and day, if the text has one of the layouts.
fn parts(text: &str) -> Option<(u16, u16, u16)> {
    let number = |figures: &str| -> Option<u16> {
        let all = !figures.is_empty() && figures.bytes().all(|b| b.is_ascii_digit());
        all.then(|| figures.parse().ok()).flatten()
    };
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some((
            number(&text[..4])?,
            number(&text[4..6])?,
            number(&text[6..])?,
        ));
    }
    let separator = ['-', '/', '.'].into_iter().find(|c| text.contains(*c))?;
    let pieces: Vec<&str> = text.split(separator).collect();
    let [a, b, c] = pieces.as_slice() else {
        return None;
    };
    match (a.len(), b.len(), c.len()) {
        (4, 1..=2, 1..=2) => Some((number(a)?, number(b)?, number(c)?)),
        (1..=2, 1..=2, 4) => Some((number(c)?, number(b)?, number(a)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn layouts_give_one_date() {
        for text in [
            "1908-12-09",
            "19081209",
            "09/12/1908",
            "9.12.1908",
            "09-12-1908",
        ] {
            assert_eq!(parse(text), Ok(date(1908, 12, 9)));
        }
    }

    #[test]
    fn impossible_dates_are_refused_with_the_reason() {
        for text in [
            "2026-02-30",
            "19811301",
            "31/04/1999",
            "00/01/2000",
            "0000-01-01",
        ] {
            assert_eq!(parse(text), Err(ValueFault::NoSuchDay));
        }
        for text in [
            "1908",
            "12/09/08",
            "1908-12",
            "the ninth",
            "1908-1x-09",
            "1908-12-09-1",
        ] {
            assert_eq!(parse(text), Err(ValueFault::DateLayout));
        }
    }
}
