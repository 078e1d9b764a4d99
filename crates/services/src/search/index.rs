//! The index of names in memory: words of names, folded, each with the person that it leads to. It
//! finds candidates and proves nothing.

use std::collections::{BTreeSet, HashMap};

use domain::SubjectId;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A word of a name. It is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Zeroize, ZeroizeOnDrop)]
pub(super) struct Word(String);

/// The names of the people whom one recipient may find for one purpose.
#[derive(Default)]
pub(super) struct Index {
    people: HashMap<SubjectId, Entry>,
    words: BTreeSet<(Word, SubjectId)>,
    /// The day on which entries past their term were last dropped.
    dropped: Option<Date>,
}

struct Entry {
    words: Vec<Word>,
    /// The last day of the term, where a day is known.
    until: Option<Date>,
}

/// The words of a name, or of what somebody looks for: without accents and capitals, `æ` as `ae`.
pub(super) fn words(text: &str) -> Vec<Word> {
    let folded: Zeroizing<String> = text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .flat_map(apart)
        .collect::<String>()
        .into();
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(|word| Word(word.to_owned())).collect()
}

/// Letters that no decomposition takes apart.
fn apart(letter: char) -> impl Iterator<Item = char> {
    let letters = match letter {
        'æ' => ['a', 'e'],
        'œ' => ['o', 'e'],
        'ß' => ['s', 's'],
        'ø' => ['o', ' '],
        'ł' => ['l', ' '],
        'đ' | 'ð' => ['d', ' '],
        'þ' => ['t', 'h'],
        'ı' => ['i', ' '],
        other => [other, ' '],
    };
    let single = !matches!(letter, 'æ' | 'œ' | 'ß' | 'þ');
    letters.into_iter().take(if single { 1 } else { 2 })
}

/// Whether each word that is looked for begins a word of a name.
pub(super) fn match_words(sought: &[Word], name: &[Word]) -> bool {
    sought.iter().all(|word| {
        let mut names = name.iter();
        names.any(|one| one.0.starts_with(word.0.as_str()))
    })
}

impl Index {
    /// Puts a person in, in place of what was there of them.
    pub(super) fn put(&mut self, id: SubjectId, name: &str, until: Option<Date>) {
        self.remove(id);
        let words = words(name);
        for word in &words {
            self.words.insert((word.clone(), id));
        }
        self.people.insert(id, Entry { words, until });
    }

    /// Takes a person out.
    pub(super) fn remove(&mut self, id: SubjectId) {
        let Some(entry) = self.people.remove(&id) else {
            return;
        };
        for word in entry.words {
            self.words.remove(&(word, id));
        }
    }

    /// Drops the entries whose term is over.
    pub(super) fn drop_past(&mut self, today: Date) {
        if self.dropped == Some(today) {
            return;
        }
        let past = |entry: &Entry| entry.until.is_some_and(|until| until < today);
        let gone = self.people.iter().filter(|(_, entry)| past(entry));
        let gone: Vec<SubjectId> = gone.map(|(id, _)| *id).collect();
        for id in gone {
            self.remove(id);
        }
        self.dropped = Some(today);
    }

    /// Those whose names have a word that begins with each of some words, in the order of their
    /// names; up to `most`, and whether there are more.
    pub(super) fn candidates(&self, sought: &[Word], most: usize) -> (Vec<SubjectId>, bool) {
        let Some(rarest) = sought.iter().max_by_key(|word| word.0.len()) else {
            return (Vec::new(), false);
        };
        let first = (rarest.clone(), SubjectId([0; 16]));
        let begun = self.words.range(first..);
        let begun = begun.take_while(|(word, _)| word.0.starts_with(rarest.0.as_str()));
        let mut found: Vec<(&[Word], SubjectId)> = begun
            .filter_map(|(_, id)| {
                let words = self.people.get(id)?.words.as_slice();
                match_words(sought, words).then_some((words, *id))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        let more = found.len() > most;
        let found = found.into_iter().take(most);
        (found.map(|(_, id)| id).collect(), more)
    }

    /// How many people are in it.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> SubjectId {
        SubjectId([number; 16])
    }

    fn found(index: &Index, text: &str) -> Vec<SubjectId> {
        index.candidates(&words(text), 10).0
    }

    #[test]
    fn any_word_is_found_by_its_beginning_whatever_accents_and_case() {
        let mut index = Index::default();
        index.put(id(1), "Kerdoncuff, Maëlle", None);
        index.put(id(2), "Le Goff-Kerdanet, Œdipe", None);
        index.put(id(3), "D’Århus, Søren", None);
        for (text, people) in [
            ("KERDO", vec![id(1)]),
            ("kerd", vec![id(1), id(2)]),
            ("maelle kerd", vec![id(1)]),
            ("oed", vec![id(2)]),
            ("goff kerdan", vec![id(2)]),
            ("arhus", vec![id(3)]),
            ("soren d", vec![id(3)]),
            ("onc", vec![]),
            ("kerd xavier", vec![]),
            ("", vec![]),
            (" -’ ", vec![]),
        ] {
            assert_eq!(found(&index, text), people, "{text}");
        }
    }

    #[test]
    fn a_name_that_changed_or_went_is_not_found_any_more() {
        let mut index = Index::default();
        let day: Date = "2026-05-01".parse().unwrap();
        index.put(id(1), "Morel, Anne", Some(day));
        index.put(id(1), "Duval, Anne", Some(day));
        assert!(found(&index, "morel").is_empty());
        assert_eq!(found(&index, "duval"), [id(1)]);
        index.drop_past(day);
        assert_eq!(index.len(), 1, "through its last day");
        index.drop_past(day.tomorrow().unwrap());
        assert_eq!(index.len(), 0);
        assert!(index.words.is_empty());
    }

    #[test]
    fn no_more_than_asked_for_and_it_says_that_there_are() {
        let mut index = Index::default();
        for number in 0..20 {
            index.put(id(number), "Martin, Martine", None);
        }
        let (people, more) = index.candidates(&words("mart"), 7);
        assert_eq!((people.len(), more), (7, true));
        assert_eq!(index.candidates(&words("mart"), 20).0.len(), 20);
    }
}
