//! One line of a file: its values by category, what was repaired, what was left out, or why it is
//! refused. Reasons name line and column, never the value.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use csv::StringRecord;
use domain::value::{Payload, Value, ValueFault, date};
use jiff::civil::Date;
use policy::model::{CategoryId, FieldId, FieldType, Policy};
use zeroize::{Zeroize, Zeroizing};

use super::mapping::{Columns, DateLayout, Joined, Target};
use super::propose::month_first;

/// How lines are read: where columns go, and how strictly.
pub struct Reading<'a> {
    policy: &'a Policy,
    columns: &'a Columns,
    how: How,
    /// Columns in the order of their places, with what each is for.
    identity: Option<usize>,
    collected: Option<usize>,
}

/// How strictly lines are read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct How {
    /// How dates are written.
    pub date_layout: DateLayout,
    /// The country of telephone numbers that are written as dialled there; none: see
    /// [`Value::parse`].
    pub country: Option<String>,
    /// Whether a cell that is no value of its field refuses the whole line. If not, the line is
    /// taken in without the cell, and the report says so.
    pub strict: bool,
}

/// A line that was read.
#[derive(Debug)]
pub struct Line {
    /// The line of the file that it begins on.
    pub number: u64,
    /// What identifies it: its external identifier, or where the file has none, its values.
    pub identity: Zeroizing<String>,
    /// The day that it was collected on, where a column says so.
    pub collected: Option<Date>,
    /// Its values: one record a category.
    pub payloads: Vec<(CategoryId, Payload)>,
    /// What was repaired and what was left out.
    pub notes: Vec<Note>,
}

impl Zeroize for Line {
    fn zeroize(&mut self) {
        self.identity.zeroize();
        self.payloads
            .iter_mut()
            .for_each(|(_, payload)| payload.zeroize());
    }
}

/// What happened to one cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Note {
    /// The place of the column.
    pub column: usize,
    /// What happened.
    pub what: What,
}

/// What happened to a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// Blanks around it were taken away.
    Trimmed,
    /// It was brought into its field's normal form: a date's layout, a number's spelling.
    Rewritten,
    /// It was left out: it is no value of its field.
    LeftOut(CellFault),
}

/// Why a cell is no value of its field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CellFault {
    /// It holds bytes that are no text in the file's encoding.
    Undecodable,
    /// It has another layout than the dates of this file.
    DateLayout,
    /// It is no value of its type; see [`Fault::words`].
    Value(Fault),
}

/// A [`ValueFault`] that can be counted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault(pub ValueFault);

impl Fault {
    /// What is expected instead.
    #[must_use]
    pub fn words(self) -> String {
        self.0.to_string()
    }
}

impl Ord for Fault {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.words().cmp(&other.words())
    }
}

impl PartialOrd for Fault {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for CellFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable => f.write_str("it holds bytes that are no text in this encoding"),
            Self::DateLayout => f.write_str("it has another layout than the dates of this import"),
            Self::Value(fault) => fault.0.fmt(f),
        }
    }
}

/// Why a line is refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// The row has more or fewer cells than the header.
    Cells {
        /// How many it has.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// A cell is no value of its field, and the import is strict.
    Cell {
        /// The place of the column.
        column: usize,
        /// Why.
        fault: CellFault,
    },
    /// The cell that identifies the line is empty.
    NoIdentity,
    /// The cell that says when the line was collected is empty or no date.
    NoCollected,
    /// No cell gave a value.
    Nothing,
    /// A line before has the same identity.
    SameIdentity,
    /// A rule of the policy refuses it (4a, 5a, 5b, 5c).
    Rule {
        /// The rule's name.
        rule: String,
        /// What it says.
        sentence: String,
    },
}

impl Reason {
    /// The reason in words, with the column named.
    #[must_use]
    pub fn words(&self, columns: &[String]) -> String {
        let name = |at: usize| columns.get(at).map_or("?", String::as_str);
        match self {
            Self::Cells { found, expected } => {
                format!("the row has {found} cells where the file has {expected} columns")
            }
            Self::Cell { column, fault } => format!("`{}`: {fault}", name(*column)),
            Self::NoIdentity => "the column that identifies the line is empty".to_owned(),
            Self::NoCollected => {
                "the column that says when it was collected holds no date".to_owned()
            }
            Self::Nothing => "no cell gave a value".to_owned(),
            Self::SameIdentity => "an earlier line has the same identity".to_owned(),
            Self::Rule { rule, sentence } => format!("{rule}: {sentence}"),
        }
    }
}

impl<'a> Reading<'a> {
    /// Prepares to read the lines of a file.
    #[must_use]
    pub fn new(policy: &'a Policy, columns: &'a Columns, how: How) -> Self {
        let place = |wanted: Target| columns.targets.iter().position(|target| *target == wanted);
        Self {
            policy,
            columns,
            how,
            identity: place(Target::Identity),
            collected: place(Target::Collected),
        }
    }

    /// Whether the file has a column that identifies its lines.
    #[must_use]
    pub fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// Reads one row; `None` for one that is blank altogether.
    ///
    /// # Errors
    /// The [`Reason`] for which the line is refused.
    pub fn line(&self, number: u64, row: &StringRecord) -> Result<Option<Line>, Reason> {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let expected = self.columns.names.len();
        if row.len() != expected {
            return Err(Reason::Cells {
                found: row.len(),
                expected,
            });
        }
        let collected = match self.collected {
            Some(at) => Some(self.date(row[at].trim()).map_err(|_| Reason::NoCollected)?),
            None => None,
        };
        let mut values = Values::default();
        for (at, target) in self.columns.targets.iter().enumerate() {
            if let Target::Field(field) = target {
                self.take(&mut values, *field, at, Cow::Borrowed(&row[at]))?;
            }
        }
        for join in &self.columns.joins {
            if let (Some(first), text) = (join.columns.first(), joined(row, join)) {
                self.take(&mut values, join.into, *first, Cow::Owned(text))?;
            }
        }
        if values.payloads.is_empty() {
            return Err(Reason::Nothing);
        }
        let identity = match self.identity {
            Some(at) if row[at].trim().is_empty() => return Err(Reason::NoIdentity),
            Some(at) => row[at].trim().to_owned(),
            None => self.identity_of_values(row),
        };
        Ok(Some(Line {
            number,
            identity: Zeroizing::new(identity),
            collected,
            payloads: values.payloads.into_iter().collect(),
            notes: values.notes,
        }))
    }

    /// A line without an identifier is known by the cells that are taken in, in one spelling. It
    /// depends on nothing of the policy, whose names and places may change.
    fn identity_of_values(&self, row: &StringRecord) -> String {
        let mut text = String::new();
        for (cell, target) in row.iter().zip(&self.columns.targets) {
            match target {
                Target::Field(_) | Target::Part(_) => {
                    let words = cell.split_whitespace().map(str::to_lowercase);
                    text.extend(words.flat_map(|word| [word, " ".to_owned()]));
                    text.push('\u{1f}');
                }
                Target::Identity | Target::Collected | Target::Drop => {}
            }
        }
        text
    }

    /// Takes one cell in; an empty one gives nothing.
    fn take(
        &self,
        values: &mut Values,
        field: FieldId,
        column: usize,
        cell: Cow<'_, str>,
    ) -> Result<(), Reason> {
        let trimmed = cell.trim();
        if trimmed.is_empty() {
            return Ok(());
        }
        let note = |what| Note { column, what };
        match self.value(&self.policy.field(field).kind, trimmed) {
            Ok(value) => {
                if trimmed.len() != cell.len() {
                    values.notes.push(note(What::Trimmed));
                }
                if !is_as_written(&value, trimmed) {
                    values.notes.push(note(What::Rewritten));
                }
                let payload = values.payloads.entry(field.category).or_default();
                payload.0.insert(field.field, value);
                Ok(())
            }
            Err(fault) if self.how.strict => Err(Reason::Cell { column, fault }),
            Err(fault) => {
                values.notes.push(note(What::LeftOut(fault)));
                Ok(())
            }
        }
    }

    fn value(&self, kind: &FieldType, text: &str) -> Result<Value, CellFault> {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(CellFault::Undecodable);
        }
        if *kind == FieldType::Date {
            return self.date(text).map(Value::Date);
        }
        match &self.how.country {
            Some(country) => Value::parse_in(kind, text, country),
            None => Value::parse(kind, text),
        }
        .map_err(|fault| CellFault::Value(Fault(fault)))
    }

    fn date(&self, text: &str) -> Result<Date, CellFault> {
        let year_first = text.bytes().take(4).filter(u8::is_ascii_digit).count() == 4;
        let parsed = match self.how.date_layout {
            DateLayout::YearFirst if !year_first => return Err(CellFault::DateLayout),
            DateLayout::DayFirst | DateLayout::MonthFirst if year_first => {
                return Err(CellFault::DateLayout);
            }
            DateLayout::MonthFirst => match month_first(text) {
                Some(turned) => date::parse(&turned),
                // Either it is no date at all, or there is no such day: day first it may be one.
                None => match date::parse(text) {
                    Ok(_) => Err(ValueFault::NoSuchDay),
                    Err(fault) => Err(fault),
                },
            },
            DateLayout::Plain | DateLayout::YearFirst | DateLayout::DayFirst => date::parse(text),
        };
        parsed.map_err(|fault| CellFault::Value(Fault(fault)))
    }
}

/// The values of a line so far.
#[derive(Default)]
struct Values {
    payloads: BTreeMap<CategoryId, Payload>,
    notes: Vec<Note>,
}

/// The cells of a joined field, in order, without the empty ones.
fn joined(row: &StringRecord, join: &Joined) -> String {
    let cells = join.columns.iter().map(|at| row[*at].trim());
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
    cells.join(&join.with)
}

fn is_as_written(value: &Value, text: &str) -> bool {
    match value {
        Value::Text(kept) => kept == text,
        // Whichever of the words for yes and no was used, the value says the same.
        Value::Boolean(_) => true,
        Value::Date(_) | Value::Integer(_) | Value::Moment(_) => value.display() == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::mapping::Mapping;

    const POLICY: &str = include_str!("../../../../policies/assess-manager/policy.toml");

    const MAPPING: &str = r#"
        [import]
        external-id = "ref"
        [columns]
        first = "identity.first-name"
        born = "identity.date-of-birth"
        mail = "contact-details.email"
        tel = "contact-details.telephone"
        number = "drop"
        [[join]]
        columns = ["no", "street"]
        into = "contact-details.address-line-1"
    "#;
    const HEADER: &str = "ref,first,born,mail,tel,number,no,street";

    fn read(how: How, cells: &str) -> Result<Option<Line>, Reason> {
        let policy = policy::compile(POLICY).policy.unwrap();
        let headers: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
        let mapping = Mapping::parse(MAPPING).unwrap();
        let columns = Columns::resolve(&policy, &headers, &mapping).unwrap();
        let row: StringRecord = cells.split(',').collect();
        Reading::new(&policy, &columns, how).line(7, &row)
    }

    fn shown(line: &Line) -> Vec<String> {
        let values = line
            .payloads
            .iter()
            .flat_map(|(_, payload)| payload.0.values());
        values.map(Value::display).collect()
    }

    fn whats(line: &Line) -> Vec<(usize, What)> {
        line.notes
            .iter()
            .map(|note| (note.column, note.what))
            .collect()
    }

    #[test]
    fn a_line_gives_a_record_a_category_and_says_what_was_repaired() {
        let cells = "r-1, Zoé,19840229,Zoe.Lambert@Exemple.FR,02 40 12 34 56,999,12, rue du Port";
        let line = read(How::default(), cells).unwrap().unwrap();
        assert_eq!(line.payloads.len(), 2);
        assert_eq!(
            shown(&line),
            [
                "Zoé",
                "1984-02-29",
                "zoe.lambert@exemple.fr",
                "+33240123456",
                "12 rue du Port"
            ]
        );
        assert_eq!(line.identity.as_str(), "r-1");
        assert_eq!(
            whats(&line),
            [
                (1, What::Trimmed),
                (2, What::Rewritten),
                (3, What::Rewritten),
                (4, What::Rewritten)
            ]
        );
    }

    #[test]
    fn an_impossible_date_is_left_out_or_refuses_the_line_when_strict() {
        let cells = "r-1,Zoé,19810231,,,,,";
        let line = read(How::default(), cells).unwrap().unwrap();
        let fault = CellFault::Value(Fault(ValueFault::NoSuchDay));
        assert_eq!(whats(&line), [(2, What::LeftOut(fault))]);
        assert_eq!(shown(&line), ["Zoé"]);
        let strict = How {
            strict: true,
            ..How::default()
        };
        let reason = read(strict, cells).unwrap_err();
        assert_eq!(reason, Reason::Cell { column: 2, fault });
        let names: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
        assert_eq!(
            reason.words(&names),
            "`born`: there is no such day in the calendar"
        );
    }

    #[test]
    fn the_layout_of_dates_is_kept_to() {
        let how = |date_layout| How {
            date_layout,
            ..How::default()
        };
        let born = |how, text: &str| read(how, &format!("r,Zoé,{text},,,,,")).unwrap().unwrap();
        let month = born(how(DateLayout::MonthFirst), "05/17/1980");
        assert_eq!(shown(&month), ["Zoé", "1980-05-17"]);
        let ambiguous = born(how(DateLayout::MonthFirst), "05/06/1980");
        assert_eq!(shown(&ambiguous), ["Zoé", "1980-05-06"]);
        for (layout, text) in [
            (DateLayout::MonthFirst, "17/05/1980"),
            (DateLayout::MonthFirst, "1980-05-17"),
            (DateLayout::YearFirst, "17/05/1980"),
            (DateLayout::DayFirst, "19800517"),
        ] {
            assert_eq!(shown(&born(how(layout), text)), ["Zoé"], "{text}");
        }
    }

    #[test]
    fn a_line_is_refused_with_its_reason() {
        let refused = |cells| read(How::default(), cells).unwrap_err();
        assert_eq!(
            refused("r-1,Zoé"),
            Reason::Cells {
                found: 2,
                expected: 8
            }
        );
        assert_eq!(refused(" ,Zoé,,,,,,"), Reason::NoIdentity);
        assert_eq!(refused("r-1,,,,,77,,"), Reason::Nothing);
        assert!(read(How::default(), " , ,,,,,,").unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_decoded_is_left_out() {
        let line = read(How::default(), "r-1,Zo\u{fffd},19840229,,,,,")
            .unwrap()
            .unwrap();
        assert_eq!(whats(&line)[0], (1, What::LeftOut(CellFault::Undecodable)));
        assert_eq!(shown(&line), ["1984-02-29"]);
    }
}
