//! How dates, numbers and lists are written in each language.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};
use policy::model::{Language, Wording};

/// Chooses between two languages: for the words of one page, which stand in its own file.
#[derive(Clone, Copy)]
pub(crate) struct Either(pub(crate) Language);

impl Either {
    /// The words in the reader's language.
    pub(crate) fn of<T>(self, en: T, fr: T) -> T {
        match self.0 {
            Language::En => en,
            Language::Fr => fr,
        }
    }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A day in words: `5 January 2026`, `5 janvier 2026`, `1er janvier 2026`.
pub(crate) fn day(date: Date, language: Language) -> String {
    let (day, year) = (date.day(), date.year());
    let month = month_name(date, language);
    match (language, day) {
        (Language::Fr, 1) => format!("1er {month} {year}"),
        _ => format!("{day} {month} {year}"),
    }
}

/// A month in words: `January 2026`, `janvier 2026`.
pub(crate) fn month(date: Date, language: Language) -> String {
    format!("{} {}", month_name(date, language), date.year())
}

fn month_name(date: Date, language: Language) -> &'static str {
    // A civil month is 1 to 12.
    let index = usize::try_from(date.month() - 1).unwrap_or(0);
    match language {
        Language::En => MONTHS_EN[index],
        Language::Fr => MONTHS_FR[index],
    }
}

/// A moment to the minute: `5 January 2026, 09:05`, `5 janvier 2026 à 9 h 05`.
pub(crate) fn moment(at: DateTime, language: Language) -> String {
    let date = day(at.date(), language);
    match language {
        Language::En => format!("{date}, {:02}:{:02}", at.hour(), at.minute()),
        Language::Fr => format!("{date} à {}\u{a0}h\u{a0}{:02}", at.hour(), at.minute()),
    }
}

/// A whole number with its thousands apart: `12,345`, `12 345`.
pub(crate) fn number(value: u64, language: Language) -> String {
    let digits = value.to_string();
    let apart = match language {
        Language::En => ',',
        Language::Fr => '\u{202f}',
    };
    let mut said = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            said.push(apart);
        }
        said.push(digit);
    }
    said
}

/// A list in words: `a, b and c`, `a, b et c`.
pub(crate) fn list<T: AsRef<str>>(items: &[T], language: Language) -> String {
    let and = match language {
        Language::En => " and ",
        Language::Fr => " et ",
    };
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [all @ .., last] => {
            let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
            format!("{}{and}{}", all.join(", "), last.as_ref())
        }
    }
}

/// A title as it stands inside a sentence: without its capital, unless it begins with an acronym.
pub(crate) fn inner(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => title.to_owned(),
    }
}

/// The last characters of an identifier, which differ most.
pub(crate) fn short(id: &str) -> String {
    let skip = id.chars().count().saturating_sub(6);
    id.chars().skip(skip).collect()
}

/// A text that begins with a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A wording of the policy, with the spaces of its language: French keeps a colon, a semicolon, a
/// question mark and quotation marks on the line of their word, and its apostrophes are curved.
pub(crate) fn wording(wording: &Wording, language: Language) -> Cow<'_, str> {
    spaced_for(wording.get(language), language)
}

/// A text with the spaces of its language.
pub(crate) fn spaced_for(text: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::En => Cow::Borrowed(text),
        Language::Fr => spaced(text),
    }
}

fn spaced(text: &str) -> Cow<'_, str> {
    const SPACES: [(&str, &str); 6] = [
        (" :", "\u{a0}:"),
        (" ;", "\u{202f};"),
        (" ?", "\u{202f}?"),
        (" !", "\u{202f}!"),
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
    ];
    let mut said = match text.contains('\'') {
        true => Cow::Owned(text.replace('\'', "’")),
        false => Cow::Borrowed(text),
    };
    for (plain, fixed) in SPACES {
        if said.contains(plain) {
            said = Cow::Owned(said.replace(plain, fixed));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_written_as_people_do() {
        assert_eq!(day(date(2026, 3, 1), Language::En), "1 March 2026");
        assert_eq!(day(date(2026, 3, 1), Language::Fr), "1er mars 2026");
        assert_eq!(day(date(2026, 8, 12), Language::Fr), "12 août 2026");
        assert_eq!(month(date(2026, 12, 1), Language::En), "December 2026");
        let at = date(2026, 1, 5).at(9, 5, 59, 0);
        assert_eq!(moment(at, Language::En), "5 January 2026, 09:05");
        assert_eq!(
            moment(at, Language::Fr),
            "5 janvier 2026 à 9\u{a0}h\u{a0}05"
        );
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(number(0, Language::En), "0");
        assert_eq!(number(999, Language::En), "999");
        assert_eq!(number(1_234_567, Language::En), "1,234,567");
        assert_eq!(number(12_345, Language::Fr), "12\u{202f}345");
    }

    #[test]
    fn lists_and_titles_fit_into_sentences() {
        assert_eq!(list(&["a", "b", "c"], Language::Fr), "a, b et c");
        assert_eq!(list(&["a"], Language::En), "a");
        assert_eq!(list::<&str>(&[], Language::En), "");
        assert_eq!(inner("Élan du cœur"), "élan du cœur");
        assert_eq!(inner("SMS"), "SMS");
        assert_eq!(inner("A click"), "a click");
    }

    #[test]
    fn french_marks_stay_with_their_word() {
        let said = Wording {
            en: "Why : here".to_owned(),
            fr: "« Oui » ; pourquoi : l'été !".to_owned(),
        };
        assert_eq!(wording(&said, Language::En), "Why : here");
        assert_eq!(
            wording(&said, Language::Fr),
            "«\u{a0}Oui\u{a0}»\u{202f}; pourquoi\u{a0}: l’été\u{202f}!"
        );
    }
}
