//! Headers of columns: what they mean, however they are written.

use std::sync::LazyLock;

use policy::model::Field;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// Words that carry no meaning in a header.
const IDLE: [&str; 11] = [
    "of", "the", "your", "de", "du", "des", "d", "la", "le", "les", "l",
];
/// How alike two words must be to be taken for one (Jaro-Winkler): `adress` is `address`.
const WORD_ALIKE: f64 = 0.93;

/// A header, or the name or title of a field, in the form that is compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Phrase {
    /// Its words, sorted: `birth date` and `date of birth` are one.
    words: Vec<String>,
    /// Its words run together as written: `post code` and `postcode` are one.
    joined: String,
}

impl Phrase {
    /// Reads a phrase: `FirstName`, `first_name`, `Prénom :`, `adresse2`.
    pub(crate) fn new(text: &str) -> Self {
        let mut spaced = String::with_capacity(text.len() + 8);
        let mut last = ' ';
        let text = text.replace(['°', 'º'], "o ");
        for c in text.nfd().filter(|c| !is_mark(*c)) {
            let turns = (last.is_lowercase() && c.is_uppercase())
                || (last.is_alphabetic() && c.is_ascii_digit())
                || (last.is_ascii_digit() && c.is_alphabetic());
            if turns {
                spaced.push(' ');
            }
            spaced.push(if c.is_alphanumeric() { c } else { ' ' });
            last = c;
        }
        let lower = spaced.to_lowercase();
        let joined = lower.split_whitespace().collect();
        let mut words: Vec<String> = lower
            .split_whitespace()
            .filter(|word| !IDLE.contains(word))
            .map(str::to_owned)
            .collect();
        words.sort();
        words.dedup();
        Self { words, joined }
    }

    fn is(&self, other: &Self) -> bool {
        !self.joined.is_empty() && (self.words == other.words || self.joined == other.joined)
    }

    /// How alike two phrases are, from 0 to 1.
    fn alike(&self, other: &Self) -> f64 {
        if self.is(other) {
            return 1.0;
        }
        let numbers = |phrase: &Self| -> Vec<String> {
            let figures = |word: &&String| word.bytes().all(|b| b.is_ascii_digit());
            phrase.words.iter().filter(figures).cloned().collect()
        };
        if numbers(self) != numbers(other) {
            return 0.0;
        }
        let met = self
            .words
            .iter()
            .filter(|word| {
                other
                    .words
                    .iter()
                    .any(|their| strsim::jaro_winkler(word, their) >= WORD_ALIKE)
            })
            .count();
        let all = self.words.len() + other.words.len();
        if all == 0 {
            return 0.0;
        }
        0.9 * (2 * met) as f64 / all as f64
    }
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    identifier: Vec<String>,
    house_number: Vec<String>,
    collected: Vec<String>,
    same: Vec<Vec<String>>,
}

/// The words of headers, read.
struct Words {
    identifier: Vec<Phrase>,
    house_number: Vec<Phrase>,
    collected: Vec<Phrase>,
    same: Vec<Vec<Phrase>>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let phrases = |texts: Vec<String>| texts.iter().map(|text| Phrase::new(text)).collect();
    // A file of ours that a test reads; if it were broken, headers would be met by name alone.
    let written = toml::from_str(include_str!("headers.toml")).unwrap_or(Written {
        identifier: Vec::new(),
        house_number: Vec::new(),
        collected: Vec::new(),
        same: Vec::new(),
    });
    Words {
        identifier: phrases(written.identifier),
        house_number: phrases(written.house_number),
        collected: phrases(written.collected),
        same: written.same.into_iter().map(phrases).collect(),
    }
});

/// What a header means beside the fields of a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    /// The file's own identifier of the line.
    Identifier,
    /// A house number, which goes before the street.
    HouseNumber,
    /// The day of collection.
    Collected,
}

/// What a header means beside the fields of a policy, if it is a word for that.
pub(crate) fn meaning(header: &str) -> Option<Meaning> {
    let phrase = Phrase::new(header);
    let among = |list: &[Phrase]| list.iter().any(|it| it.is(&phrase));
    if among(&WORDS.identifier) {
        Some(Meaning::Identifier)
    } else if among(&WORDS.house_number) {
        Some(Meaning::HouseNumber)
    } else if among(&WORDS.collected) {
        Some(Meaning::Collected)
    } else {
        None
    }
}

/// How a header met a field.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Met {
    /// It is the field's name or one of its titles.
    Name,
    /// It is another word for one of them.
    Synonym,
    /// It is like one of them: from 0 to 1.
    Alike(f64),
}

impl Met {
    /// How well, from 0 to 1.
    pub(crate) fn score(self) -> f64 {
        match self {
            Self::Name => 1.0,
            Self::Synonym => 0.95,
            Self::Alike(score) => score,
        }
    }
}

/// How a header meets a field of a policy.
pub(crate) fn meets(header: &str, field: &Field) -> Met {
    let header = Phrase::new(header);
    let theirs = [&field.name, &field.title.en, &field.title.fr].map(|text| Phrase::new(text));
    if theirs.iter().any(|phrase| phrase.is(&header)) {
        return Met::Name;
    }
    let in_group = |group: &[Phrase], phrase: &Phrase| group.iter().any(|it| it.is(phrase));
    let synonym = WORDS.same.iter().any(|group| {
        in_group(group, &header) && theirs.iter().any(|phrase| in_group(group, phrase))
    });
    if synonym {
        return Met::Synonym;
    }
    let alike = theirs.iter().map(|phrase| phrase.alike(&header));
    Met::Alike(alike.fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::model::{FieldType, Wording};

    fn field(name: &str, en: &str, fr: &str) -> Field {
        Field {
            name: name.to_owned(),
            was: None,
            title: Wording {
                en: en.to_owned(),
                fr: fr.to_owned(),
            },
            kind: FieldType::Text,
            look_up: false,
            correctable: false,
            not_special: None,
        }
    }

    #[test]
    fn the_words_are_read_and_no_phrase_stands_in_two_groups() {
        let words = &*WORDS;
        assert!(words.same.len() > 20 && !words.identifier.is_empty());
        for (at, group) in words.same.iter().enumerate() {
            for other in &words.same[at + 1..] {
                let twice = group
                    .iter()
                    .find(|phrase| other.iter().any(|it| it.is(phrase)));
                assert_eq!(twice, None);
            }
        }
    }

    #[test]
    fn one_thing_written_in_many_ways_is_one() {
        let birth = field("date-of-birth", "Date of birth", "Date de naissance");
        for header in [
            "DateOfBirth",
            "birth_date",
            "date de naissance",
            "Date-of-Birth",
        ] {
            assert_eq!(meets(header, &birth), Met::Name, "{header}");
        }
        for header in ["D.O.B.", "Né(e) le", "birthday"] {
            assert_eq!(meets(header, &birth), Met::Synonym, "{header}");
        }
        let first = field("first-name", "First name", "Prénom");
        for header in ["given_name", "Forename", "PRÉNOMS"] {
            assert_eq!(meets(header, &first), Met::Synonym, "{header}");
        }
        assert!(meets("first nmae", &first).score() > 0.4);
        assert!(meets("soc_sec_id", &first).score() < 0.1);
    }

    #[test]
    fn numbered_lines_are_not_mixed_up() {
        let second = field(
            "address-line-2",
            "Address, second line",
            "Adresse, deuxième ligne",
        );
        assert_eq!(meets("address_2", &second), Met::Synonym);
        assert_eq!(meets("address_1", &second), Met::Alike(0.0));
        assert_eq!(meets("Address Line2", &second), Met::Name);
    }

    #[test]
    fn identifiers_and_house_numbers_are_known() {
        assert_eq!(meaning("rec_id"), Some(Meaning::Identifier));
        assert_eq!(meaning("street_number"), Some(Meaning::HouseNumber));
        assert_eq!(meaning("Date de collecte"), Some(Meaning::Collected));
        assert_eq!(meaning("soc_sec_id"), None);
    }
}
