//! Who is likely in a file twice: found by line number, reported, never merged in silence.
//!
//! Lines are compared by the types of their fields, so that it works for any policy. Only lines
//! that share a key are compared (the sounds of a name with a birth date or a postal code, an
//! e-mail address...); how well the fields of two lines agree, weighed by how much each tells two
//! people apart, is their score.

use std::collections::HashMap;

use domain::value::{Payload, Value};
use policy::model::{CategoryId, FieldId, FieldType, Policy};
use unicode_normalization::UnicodeNormalization;

/// Two lines with at least this score are likely one person. Set on the published test set; see
/// the test for what it finds and what it finds wrongly.
pub const SCORE_LIKELY: f64 = 0.35;
/// Less evidence than this compares nothing: a town in common is no person in common.
const EVIDENCE_MIN: f64 = 8.0;
/// A key that this many lines share tells nobody apart: lines no longer meet by it.
const BLOCK_MAX: usize = 30;

/// What a field tells of who somebody is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Name,
    Date,
    PostalCode,
    Address,
    Place,
    Reach,
}

impl Sort {
    fn of(kind: &FieldType) -> Option<Self> {
        match kind {
            FieldType::PersonName => Some(Self::Name),
            FieldType::Date => Some(Self::Date),
            FieldType::PostalCode => Some(Self::PostalCode),
            FieldType::AddressLine => Some(Self::Address),
            FieldType::Text => Some(Self::Place),
            FieldType::Email | FieldType::Telephone | FieldType::Iban => Some(Self::Reach),
            FieldType::Note
            | FieldType::Country
            | FieldType::Integer
            | FieldType::Boolean
            | FieldType::Choice(_)
            | FieldType::IpAddress
            | FieldType::Token
            | FieldType::Url
            | FieldType::Moment => None,
        }
    }

    /// How much it tells two people apart.
    fn weight(self) -> f64 {
        match self {
            Self::Reach => 6.0,
            Self::Date => 5.0,
            Self::Name => 4.0,
            Self::Address => 3.0,
            Self::PostalCode => 2.5,
            Self::Place => 1.5,
        }
    }

    /// Whether two values of it are compared at once.
    fn is_cheap(self) -> bool {
        matches!(self, Self::Date | Self::PostalCode | Self::Reach)
    }

    /// From which likeness on it speaks for one person rather than against.
    fn turning(self) -> f64 {
        match self {
            Self::Name => 0.78,
            Self::Address | Self::Place => 0.72,
            Self::Date | Self::PostalCode => 0.6,
            Self::Reach => 0.9,
        }
    }
}

/// One field of a line as it is compared.
#[derive(Clone, PartialEq, Eq)]
struct Feature {
    field: FieldId,
    sort: Sort,
    text: Box<str>,
}

/// A line as it is compared: of what was read, what tells people apart, in one spelling.
pub struct Features(Vec<Feature>);

impl Features {
    /// Takes what tells people apart from a line's records.
    #[must_use]
    pub fn new(policy: &Policy, payloads: &[(CategoryId, Payload)]) -> Self {
        let mut features = Vec::new();
        for (category, payload) in payloads {
            for (field, value) in &payload.0 {
                let field = FieldId {
                    category: *category,
                    field: *field,
                };
                if let Some(sort) = Sort::of(&policy.field(field).kind) {
                    let text = spelling(value, sort);
                    if !text.is_empty() {
                        features.push(Feature {
                            field,
                            sort,
                            text: text.into_boxed_str(),
                        });
                    }
                }
            }
        }
        Self(features)
    }

    fn of(&self, sort: Sort) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |feature| feature.sort == sort)
            .map(|feature| &*feature.text)
    }

    /// The keys by which lines meet to be compared.
    fn keys(&self) -> Vec<u64> {
        let mut keys = Vec::new();
        let mut key = |sort: u8, parts: &[&str]| keys.push(hash(sort, parts));
        let sounds: Vec<String> = self.of(Sort::Name).flat_map(words).map(sound).collect();
        let codes: Vec<&str> = self.of(Sort::PostalCode).collect();
        for date in self.of(Sort::Date) {
            key(0, &[date]);
            for sound in &sounds {
                key(1, &[&date[..4.min(date.len())], sound]);
                key(2, &[date.get(5..).unwrap_or_default(), sound]);
            }
        }
        for code in &codes {
            for sound in &sounds {
                key(3, &[code, sound]);
            }
            for address in self.of(Sort::Address) {
                let mut longest: Vec<&str> = words(address).collect();
                longest.sort_by_key(|word| std::cmp::Reverse(word.len()));
                for word in longest.iter().take(2) {
                    key(4, &[code, &sound(word)]);
                }
            }
        }
        for reach in self.of(Sort::Reach) {
            key(5, &[reach]);
        }
        for (at, one) in sounds.iter().enumerate() {
            for other in &sounds[at + 1..] {
                let (first, second) = if one < other {
                    (one, other)
                } else {
                    (other, one)
                };
                key(6, &[first, second]);
            }
            for address in self
                .of(Sort::Address)
                .flat_map(words)
                .filter(|it| it.len() > 4)
            {
                key(7, &[one, address]);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// One spelling: small letters without accents, single blanks.
fn spelling(value: &Value, sort: Sort) -> String {
    let form = value.look_up_form();
    if sort == Sort::Reach {
        return form;
    }
    form.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

/// The sound of a word, roughly and for both languages: its first letter and the consonants after
/// it, those that sound alike as one, doubled ones once. At most four letters.
fn sound(word: &str) -> String {
    let mut out = String::with_capacity(4);
    let mut last = ' ';
    for (at, letter) in word.chars().enumerate() {
        let class = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => ' ',
            'b' | 'p' | 'f' | 'v' => 'b',
            'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => 'k',
            'd' | 't' => 'd',
            'm' | 'n' => 'm',
            other => other,
        };
        if at == 0 {
            out.push(if class == ' ' { 'a' } else { class });
        } else if class != ' ' && class != last {
            out.push(class);
        }
        last = class;
        if out.len() == 4 {
            break;
        }
    }
    out
}

fn hash(sort: u8, parts: &[&str]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (sort, parts).hash(&mut hasher);
    hasher.finish()
}

/// How likely two lines are one person, up to 1 (in all they have in common); none where they have
/// too little in common to tell, or are not likely one person.
fn score(one: &Features, other: &Features) -> Option<f64> {
    // Put together anew each time: most pairs of lines end after the first few, and are very many.
    let pairs = || {
        one.0.iter().filter_map(|feature| {
            let theirs = other.0.iter().find(|it| it.field == feature.field)?;
            Some((feature, &*theirs.text))
        })
    };
    let all: f64 = pairs().map(|(feature, _)| feature.sort.weight()).sum();
    if all < EVIDENCE_MIN {
        return None;
    }
    // What is cheap to compare goes first, and as soon as the rest cannot make up for it no more
    // is compared: most pairs end here.
    let (mut sum, mut left) = (0.0, all);
    let is_name = |feature: &Feature| feature.sort == Sort::Name;
    for cheap in [true, false] {
        let those = pairs().filter(|(it, _)| !is_name(it) && it.sort.is_cheap() == cheap);
        for (feature, theirs) in those {
            let sort = feature.sort;
            let likeness = match sort {
                Sort::Address => best(&feature.text, other.of(Sort::Address)),
                Sort::Name | Sort::Date | Sort::PostalCode | Sort::Place | Sort::Reach => {
                    likeness(sort, &feature.text, theirs)
                }
            };
            sum += sort.weight() * turned(sort, likeness);
            left -= sort.weight();
            if sum + left < SCORE_LIKELY * all {
                return None;
            }
        }
        if cheap {
            let names: Vec<(&str, &str)> = pairs()
                .filter(|(it, _)| is_name(it))
                .map(|(it, theirs)| (&*it.text, theirs))
                .collect();
            sum += Sort::Name.weight() * names_agree(&names);
            left -= Sort::Name.weight() * names.len() as f64;
            if sum + left < SCORE_LIKELY * all {
                return None;
            }
        }
    }
    Some(sum / all)
}

/// How well the names agree, each from -1 to 1: as they stand or, of two, in each other's place.
fn names_agree(names: &[(&str, &str)]) -> f64 {
    let agree = |a: &str, b: &str| turned(Sort::Name, likeness(Sort::Name, a, b));
    let straight: f64 = names.iter().map(|(a, b)| agree(a, b)).sum();
    match names {
        [(a, b), (c, d)] if straight < 0.0 => straight.max(agree(a, d) + agree(c, b)),
        _ => straight,
    }
}

/// Address lines change places: the best of them counts.
fn best<'a>(line: &str, theirs: impl Iterator<Item = &'a str>) -> f64 {
    theirs
        .map(|other| likeness(Sort::Address, line, other))
        .fold(0.0, f64::max)
}

/// A likeness from 0 to 1 as speaking for (up to 1) or against (down to -1).
fn turned(sort: Sort, likeness: f64) -> f64 {
    let turning = sort.turning();
    if likeness >= turning {
        (likeness - turning) / (1.0 - turning)
    } else {
        (likeness - turning) / turning
    }
}

/// How alike two values of one sort are, from 0 to 1.
fn likeness(sort: Sort, one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    match sort {
        Sort::Name => strsim::jaro_winkler(one, other),
        Sort::Address | Sort::Place => {
            let alike = strsim::jaro_winkler(one, other);
            // A blank in the wrong place shifts what follows.
            if one.split(' ').count() == other.split(' ').count() {
                return alike;
            }
            let run_together = |text: &str| text.replace(' ', "");
            alike.max(strsim::jaro_winkler(
                &run_together(one),
                &run_together(other),
            ))
        }
        // One figure wrong, or two in each other's place; day and month likewise.
        Sort::Date => {
            let swapped = one.len() == 10
                && other.len() == 10
                && one[..4] == other[..4]
                && one[5..7] == other[8..]
                && one[8..] == other[5..7];
            match slips(one, other) {
                _ if swapped => 0.9,
                1 => 0.9,
                2 => 0.7,
                _ => 0.0,
            }
        }
        Sort::PostalCode => match slips(one, other) {
            1 => 0.9,
            2 => 0.6,
            _ => 0.0,
        },
        Sort::Reach if one.len().abs_diff(other.len()) <= 1 => {
            match strsim::osa_distance(one, other) {
                1 => 0.95,
                _ => 0.0,
            }
        }
        Sort::Reach => 0.0,
    }
}

/// Slips of the hand between two codes of one length: a wrong figure, or two neighbours in each
/// other's place; of codes of different lengths, more than counts.
fn slips(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return usize::MAX;
    }
    let (mut at, mut slips) = (0, 0);
    while at < one.len() {
        if one[at] != other[at] {
            slips += 1;
            let turned = at + 1 < one.len() && one[at] == other[at + 1] && one[at + 1] == other[at];
            at += usize::from(turned);
        }
        at += 1;
    }
    slips
}

/// Two lines that are likely one person.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Likely {
    /// The earlier line.
    pub first: u64,
    /// The later one.
    pub second: u64,
    /// How well they agree, from 0 to 1.
    pub score: f64,
}

/// Finds likely duplicates, line by line.
pub struct Finder {
    lines: Vec<(u64, Features)>,
    blocks: HashMap<u64, Vec<u32>>,
    lines_max: usize,
    not_compared: u64,
}

impl Finder {
    /// A finder that remembers so many lines at most; later ones are compared with those, and
    /// counted in [`Finder::not_remembered`].
    #[must_use]
    pub fn new(lines_max: usize) -> Self {
        Self {
            lines: Vec::new(),
            blocks: HashMap::new(),
            lines_max,
            not_compared: 0,
        }
    }

    /// Compares a line with those before, remembers it, and gives the lines that are likely the
    /// same person, the likeliest first.
    pub fn add(&mut self, number: u64, features: Features) -> Vec<Likely> {
        let keys = features.keys();
        let mut met = Vec::new();
        for key in &keys {
            if let Some(block) = self.blocks.get(key).filter(|it| it.len() < BLOCK_MAX) {
                met.extend_from_slice(block);
            }
        }
        met.sort_unstable();
        met.dedup();
        let mut likely: Vec<Likely> = met
            .into_iter()
            .filter_map(|at| {
                let (first, theirs) = &self.lines[at as usize];
                let score = score(&features, theirs).filter(|score| *score >= SCORE_LIKELY)?;
                Some(Likely {
                    first: *first,
                    second: number,
                    score,
                })
            })
            .collect();
        likely.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.first.cmp(&b.first)));
        match u32::try_from(self.lines.len()) {
            Ok(at) if self.lines.len() < self.lines_max => {
                for key in keys {
                    let block = self.blocks.entry(key).or_default();
                    if block.len() < BLOCK_MAX {
                        block.push(at);
                    }
                }
                self.lines.push((number, features));
            }
            _ => self.not_compared += 1,
        }
        likely
    }

    /// How many lines were compared with those remembered, but not remembered themselves.
    #[must_use]
    pub fn not_remembered(&self) -> u64 {
        self.not_compared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::lines::{How, Reading};
    use crate::import::mapping::Columns;
    use crate::import::propose::{Sample, propose};
    use crate::import::sniff::{Rows, Stated, sniff};
    use csv::StringRecord;
    use policy::model::PurposeSet;
    use std::collections::BTreeSet;

    const POLICY: &str = include_str!("../../../../policies/assess-manager/policy.toml");
    const TWICE: &str = include_str!("../../../kept/tests/fixtures/people-febrl-1.csv");
    const ONCE: &str = include_str!("../../../kept/tests/fixtures/people-febrl-4a.csv");

    /// The pairs that are found in a file, with the identifiers of its lines. These are dropped
    /// before anything is compared.
    fn found(text: &str) -> (Vec<Likely>, HashMap<u64, String>) {
        let policy = policy::compile(POLICY).policy.unwrap();
        let layout = sniff(&mut text.as_bytes(), &Stated::default())
            .unwrap()
            .layout;
        let mut rows = Rows::new(text.as_bytes(), &layout);
        let mut row = StringRecord::new();
        rows.next(&mut row).unwrap();
        let headers: Vec<String> = row.iter().map(|cell| cell.trim().to_owned()).collect();
        let sample = Sample {
            headers: &headers,
            rows: &[],
        };
        let purposes = PurposeSet::from_iter(policy.purpose_named("client-relations"));
        let mut mapping = propose(&policy, purposes, &sample, &Default::default()).0;
        mapping.import.external_id = None;
        for dropped in ["rec_id", "soc_sec_id"] {
            mapping
                .columns
                .insert(dropped.to_owned(), "drop".to_owned());
        }
        let columns = Columns::resolve(&policy, &headers, &mapping).unwrap();
        let reading = Reading::new(&policy, &columns, How::default());
        let mut finder = Finder::new(10_000);
        let (mut likely, mut names) = (Vec::new(), HashMap::new());
        while let Some(number) = rows.next(&mut row).unwrap() {
            names.insert(number, row[0].trim().to_owned());
            let line = reading.line(number, &row).unwrap().unwrap();
            likely.extend(finder.add(number, Features::new(&policy, &line.payloads)));
        }
        (likely, names)
    }

    fn person(name: &str) -> &str {
        name.split('-').nth(1).unwrap()
    }

    #[test]
    fn slips_of_the_hand_are_counted() {
        assert_eq!(slips("19800517", "19800517"), 0);
        assert_eq!(slips("19800517", "19800571"), 1);
        assert_eq!(slips("44000", "44100"), 1);
        assert_eq!(slips("44000", "41400"), 2);
        assert!(slips("4400", "44000") > 2);
        assert_eq!(likeness(Sort::Date, "1980 05 07", "1980 07 05"), 0.9);
    }

    #[test]
    fn a_family_at_one_address_is_not_one_person() {
        let features = |first: &str, born: &str| {
            let feature = |field, sort, text: &str| Feature {
                field: FieldId {
                    category: CategoryId(0),
                    field,
                },
                sort,
                text: text.into(),
            };
            Features(vec![
                feature(0, Sort::Name, "moreau"),
                feature(1, Sort::Name, first),
                feature(2, Sort::Date, born),
                feature(3, Sort::Address, "12 rue du port"),
                feature(4, Sort::PostalCode, "44000"),
                feature(5, Sort::Place, "nantes"),
            ])
        };
        let zoe = features("zoe", "1984 02 29");
        assert!(score(&zoe, &features("zoe", "1984 02 28")).is_some());
        assert!(score(&zoe, &features("zoee", "1984 02 29")).is_some());
        assert!(score(&zoe, &features("bernard", "1981 11 03")).is_none());
    }

    /// The published set has 500 people, each on two lines.
    #[test]
    fn duplicates_of_the_published_set_are_found() {
        let (likely, names) = found(TWICE);
        let pairs: BTreeSet<(u64, u64)> = likely.iter().map(|it| (it.first, it.second)).collect();
        let right = pairs
            .iter()
            .filter(|(a, b)| person(&names[a]) == person(&names[b]))
            .count();
        let recall = right as f64 / 500.0;
        let precision = right as f64 / pairs.len() as f64;
        println!(
            "{} pairs, recall {recall:.3}, precision {precision:.3}",
            pairs.len()
        );
        assert!(recall >= 0.97, "recall {recall}");
        assert!(precision >= 0.98, "precision {precision}");
    }

    #[test]
    fn among_people_who_are_there_once_few_are_taken_for_another() {
        let (likely, _) = found(ONCE);
        println!("{} pairs among 5,000 people", likely.len());
        assert!(likely.len() <= 10, "{} pairs", likely.len());
    }
}
