//! People who do not exist: names, addresses and numbers put together by chance.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use policy::model::Language;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::chance::Chance;
use super::script::Words;

const WORDS: &str = include_str!("words.toml");

/// The words that people are put together from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    fr: List,
    en: List,
    share: Share,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    given: Vec<String>,
    surnames: Vec<String>,
    streets: Vec<String>,
    towns: Vec<(String, String)>,
    trades: Vec<String>,
    houses: Vec<String>,
    country: String,
    telephones: Vec<String>,
    mailboxes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    fr: u32,
}

/// Words by the name of their placeholder.
pub(super) type Filled = BTreeMap<String, String>;

/// An invented person: their language, and what fills the placeholders of a script.
#[derive(Clone)]
pub(super) struct Invented {
    pub(super) language: Language,
    pub(super) words: Filled,
}

/// An invented organisation: its name, and the domain of its addresses.
#[derive(Clone)]
pub(super) struct House {
    language: Language,
    name: String,
    domain: String,
}

impl Lists {
    /// The lists that Kept brings along.
    pub(super) fn ours() -> Result<Self, toml::de::Error> {
        toml::from_str(WORDS)
    }

    fn of(&self, language: Language) -> &List {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }

    /// An organisation.
    pub(super) fn house(&self, chance: &mut Chance) -> House {
        let language = match chance.percent(self.share.fr) {
            true => Language::Fr,
            false => Language::En,
        };
        let list = self.of(language);
        let (trade, house) = (one(chance, &list.trades), one(chance, &list.houses));
        let name = match language {
            Language::Fr => format!("{trade} {house}"),
            Language::En => format!("{house} {trade}"),
        };
        let domain = format!("{}.example", plain(&name, '-'));
        House {
            language,
            name,
            domain,
        }
    }

    /// A person who works at an organisation, or for themselves, and who was born before a day.
    pub(super) fn person(&self, house: &House, today: Date, chance: &mut Chance) -> Invented {
        let list = self.of(house.language);
        let (given, surname) = (one(chance, &list.given), one(chance, &list.surnames));
        let (code, town) = chance.pick(&list.towns).cloned().unwrap_or_default();
        let street = one(chance, &list.streets);
        let number = chance.between(1, 98);
        let street = match house.language {
            Language::Fr => format!("{number} {street}"),
            Language::En => format!("{number} {street}"),
        };
        let born = Date::new(today.year(), 1, 1)
            .and_then(|day| {
                day.checked_sub(jiff::Span::new().days(chance.between(24 * 365, 62 * 365)))
            })
            .unwrap_or_default();
        let handle = format!("{}.{}", plain(&given, '-'), plain(&surname, '-'));
        let mailbox = one(chance, &list.mailboxes);
        let telephone = digits(&one(chance, &list.telephones), chance);
        let language = match house.language {
            Language::Fr => "fr",
            Language::En => "en",
        };
        let words = [
            ("name", format!("{given} {surname}")),
            ("first-name", given),
            ("surname", surname),
            (
                "email",
                format!("{handle}{}@{mailbox}", chance.between(10, 9999)),
            ),
            ("work-email", format!("{handle}@{}", house.domain)),
            ("handle", handle),
            ("telephone", telephone),
            ("street", street),
            ("postal-code", code),
            ("town", town),
            ("country", list.country.clone()),
            ("employer", house.name.clone()),
            ("birth-date", born.to_string()),
            ("language", language.to_owned()),
            ("iban", iban(chance)),
            ("ip", format!("203.0.113.{}", chance.between(1, 254))),
        ];
        Invented {
            language: house.language,
            words: words.map(|(name, word)| (name.to_owned(), word)).into(),
        }
    }
}

/// One of the words, as they suit the person's language.
pub(super) fn chosen<'a>(words: &'a Words, language: Language, chance: &mut Chance) -> &'a str {
    let several = match (words, language) {
        (Words::One(word), _) => return word,
        (Words::Some(several), _) => several,
        (Words::ByLanguage { fr, .. }, Language::Fr) => fr,
        (Words::ByLanguage { en, .. }, Language::En) => en,
    };
    chance.pick(several).map_or("", String::as_str)
}

/// A text with its `{placeholders}` filled; the name of the first that nothing fills is the error.
pub(super) fn fill(
    text: &str,
    word: &mut dyn FnMut(&str) -> Option<String>,
) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return Err("}".to_owned());
        };
        filled.push_str(&word(name).ok_or_else(|| name.to_owned())?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn one(chance: &mut Chance, of: &[String]) -> String {
    chance.pick(of).cloned().unwrap_or_default()
}

/// A name in small letters without accents, its parts joined.
fn plain(name: &str, join: char) -> String {
    let letters: String = name
        .to_lowercase()
        .nfd()
        .filter(|letter| letter.is_ascii())
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                join
            }
        })
        .collect();
    let parts: Vec<&str> = letters
        .split(join)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(&join.to_string())
}

/// A pattern with a figure for each `#`.
fn digits(pattern: &str, chance: &mut Chance) -> String {
    pattern
        .chars()
        .map(|sign| match sign {
            '#' => char::from(b'0' + u8::try_from(chance.between(0, 9)).unwrap_or(0)),
            other => other,
        })
        .collect()
}

/// An account number whose check digits fit, of a bank code that no bank has.
fn iban(chance: &mut Chance) -> String {
    let mut account = String::from("99999");
    for _ in 0..18 {
        let _ = write!(account, "{}", chance.between(0, 9));
    }
    // ISO 13616: the account, then FR as 15 27 and two zeros; what is missing to 98 checks it.
    let rest = format!("{account}152700")
        .bytes()
        .fold(0_u32, |rest, digit| {
            (rest * 10 + u32::from(digit - b'0')) % 97
        });
    format!("FR{:02}{account}", 98 - rest)
}

#[cfg(test)]
mod tests {
    use domain::value::Value;
    use policy::model::FieldType;

    use super::*;

    #[test]
    fn invented_people_have_values_that_the_fields_take() {
        let lists = Lists::ours().unwrap();
        let mut chance = Chance::new(1);
        for _ in 0..300 {
            let house = lists.house(&mut chance);
            let person = lists.person(&house, Date::new(2020, 5, 1).unwrap(), &mut chance);
            for (name, kind) in [
                ("email", FieldType::Email),
                ("work-email", FieldType::Email),
                ("telephone", FieldType::Telephone),
                ("postal-code", FieldType::PostalCode),
                ("country", FieldType::Country),
                ("iban", FieldType::Iban),
                ("birth-date", FieldType::Date),
                ("ip", FieldType::IpAddress),
            ] {
                let value = Value::parse(&kind, &person.words[name]);
                assert!(value.is_ok(), "{name}: {}", person.words[name]);
            }
        }
    }

    #[test]
    fn placeholders_are_filled_and_unknown_ones_named() {
        let mut word = |name: &str| (name == "town").then(|| "Nantes".to_owned());
        assert_eq!(fill("in {town}.", &mut word).unwrap(), "in Nantes.");
        assert_eq!(fill("in {city}", &mut word).unwrap_err(), "city");
    }
}
