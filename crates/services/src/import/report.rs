//! The report of an import: what was taken in, repaired, left out and refused, by line numbers and
//! reasons (6c). It holds no personal data.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::duplicates::Likely;
use super::lines::{Note, Reason, What};
use super::plan::Plan;

/// How many line numbers are kept for one reason, and how many pairs of likely duplicates.
const LISTED_MAX: usize = 10_000;
/// How many of them the text shows.
const SHOWN_MAX: usize = 8;

/// Lines that something happened to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines {
    /// How many.
    pub count: u64,
    /// Their numbers; the first ten thousand.
    pub numbers: Vec<u64>,
}

impl Lines {
    /// Adds a line.
    pub fn add(&mut self, number: u64) {
        self.count += 1;
        if self.numbers.len() < LISTED_MAX {
            self.numbers.push(number);
        }
    }

    fn text(&self) -> String {
        let shown: Vec<String> = self
            .numbers
            .iter()
            .take(SHOWN_MAX)
            .map(ToString::to_string)
            .collect();
        let more = if self.count > shown.len() as u64 {
            ", ..."
        } else {
            ""
        };
        let word = if self.count == 1 { "line" } else { "lines" };
        format!("{word} {}{more}", shown.join(", "))
    }
}

/// How people are informed of data that somebody else gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Informing {
    /// By a message from the outbox.
    ByMail,
    /// Otherwise: the import states no purpose that a message could be sent for, or takes no
    /// address in.
    Otherwise,
}

impl Informing {
    /// What is to be known of it.
    fn sentence(self) -> &'static str {
        match self {
            Self::ByMail => {
                "They are to be informed within a month (GDPR 14): a message to each is in the \
                 outbox.\n"
            }
            Self::Otherwise => {
                "They are to be informed within a month (GDPR 14), and no message can reach them: the\n\
                 purpose of [announcements] is not stated, or no address comes in. Tell them otherwise,\n\
                 and record it with `kept told`; `kept duties` lists them.\n"
            }
        }
    }
}

/// What an import did, or in a dry run would do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    /// The columns' headers, by which reasons name them.
    pub columns: Vec<String>,
    /// Whether nothing was changed: a dry run.
    pub dry_run: bool,
    /// Whether the file was read to its end.
    pub finished: bool,
    /// Lines that were read, blank ones apart.
    pub lines: u64,
    /// Lines that were taken in.
    pub taken_in: u64,
    /// Lines that were taken in and had a cell repaired.
    pub repaired_lines: u64,
    /// Records that were written for them.
    pub records: u64,
    /// Lines that were there already, as they are.
    pub there_already: u64,
    /// Lines that were there already with other values, and were left as they were.
    pub changed: Lines,
    /// Lines that were there already with other values, which took their place.
    pub updated: Lines,
    /// Lines of people who object to canvassing: not taken in (13d).
    pub suppressed: Lines,
    /// Lines that were refused, by reason.
    pub refused: BTreeMap<Reason, Lines>,
    /// Cells that were repaired or left out, by column.
    pub cells: BTreeMap<Note, Lines>,
    /// Pairs of lines that are likely one person; the first ten thousand.
    pub duplicates: Vec<Likely>,
    /// How many such pairs there are.
    pub duplicates_count: u64,
    /// Lines in which a value is that of a person who was held before, by field.
    pub held_already: BTreeMap<String, Lines>,
    /// How the people of the lines that are taken in are to be informed that somebody else gave
    /// their data (GDPR 14); none where they gave it themselves.
    pub informing: Option<Informing>,
    /// Lines that were compared with earlier ones, but too late to be compared with later ones.
    pub not_remembered: u64,
}

impl Report {
    /// An empty report on a plan.
    #[must_use]
    pub fn new(plan: &Plan, dry_run: bool) -> Self {
        Self {
            columns: plan.columns.names.clone(),
            dry_run,
            ..Self::default()
        }
    }

    /// Notes that a line is refused.
    pub fn refuse(&mut self, line: u64, reason: Reason) {
        self.refused.entry(reason).or_default().add(line);
    }

    /// Notes what happened to the cells of a line that is taken in.
    pub fn note(&mut self, line: u64, notes: &[Note]) {
        let repaired = |note: &Note| matches!(note.what, What::Trimmed | What::Rewritten);
        self.repaired_lines += u64::from(notes.iter().any(repaired));
        for note in notes {
            self.cells.entry(*note).or_default().add(line);
        }
    }

    /// Notes pairs of lines that are likely one person.
    pub fn likely(&mut self, pairs: Vec<Likely>) {
        self.duplicates_count += pairs.len() as u64;
        let room = LISTED_MAX.saturating_sub(self.duplicates.len());
        self.duplicates.extend(pairs.into_iter().take(room));
    }

    /// How many lines were refused.
    #[must_use]
    pub fn refused_count(&self) -> u64 {
        self.refused.values().map(|lines| lines.count).sum()
    }

    fn happened(&self, note: &Note) -> String {
        let name = self.columns.get(note.column).map_or("?", String::as_str);
        match note.what {
            What::Trimmed => format!("`{name}`: blanks around it were taken away"),
            What::Rewritten => format!("`{name}`: it was brought into the field's normal form"),
            What::LeftOut(fault) => format!("`{name}`: {fault}"),
        }
    }

    fn cells_of(&self, left_out: bool) -> impl Iterator<Item = (String, &Lines)> {
        self.cells
            .iter()
            .filter(move |(note, _)| matches!(note.what, What::LeftOut(_)) == left_out)
            .map(|(note, lines)| (self.happened(note), lines))
    }

    fn reasons(&self) -> impl Iterator<Item = (String, &Lines)> {
        let words = |(reason, lines)| {
            let reason: &Reason = reason;
            (reason.words(&self.columns), lines)
        };
        self.refused.iter().map(words)
    }

    /// The report as people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = self.summary();
        section(&mut out, "Refused", "line", self.reasons());
        section(
            &mut out,
            "Left out (the line was taken in without the cell)",
            "cell",
            self.cells_of(true),
        );
        section(&mut out, "Repaired", "cell", self.cells_of(false));
        let others = [
            (
                &self.changed,
                "other values than those held, which stayed (see `--update`)",
            ),
            (
                &self.updated,
                "other values, which took the place of those held",
            ),
            (
                &self.suppressed,
                "people who object to canvassing, and were not taken in (13d)",
            ),
        ];
        let others = others.into_iter().filter(|(lines, _)| lines.count > 0);
        let others = others.map(|(lines, words)| (words.to_owned(), lines));
        section(&mut out, "There already, or not wanted", "line", others);
        let held = self.held_already.iter().map(|(field, lines)| {
            (
                format!("somebody held before has the same `{field}`"),
                lines,
            )
        });
        section(
            &mut out,
            "Likely held already (nothing was merged)",
            "line",
            held,
        );
        self.pairs(&mut out);
        out
    }

    fn summary(&self) -> String {
        let mut out = String::new();
        let taken = if self.dry_run {
            "would be taken in"
        } else {
            "taken in"
        };
        let _ = writeln!(
            out,
            "{} read: {} {taken} ({}), {} there already, {} refused.",
            counted(self.lines, "line"),
            grouped(self.taken_in),
            counted(self.records, "record"),
            grouped(self.there_already),
            grouped(self.refused_count()),
        );
        if !self.finished {
            out.push_str(
                "The import was interrupted. Run it again: what is in already is not doubled.\n",
            );
        }
        if let Some(informing) = self.informing.filter(|_| self.taken_in > 0) {
            out.push_str(informing.sentence());
        }
        if self.dry_run {
            out.push_str("This was a dry run: nothing was changed.\n");
        }
        out
    }

    fn pairs(&self, out: &mut String) {
        if self.duplicates.is_empty() {
            return;
        }
        let _ = writeln!(
            out,
            "\nLikely the same person twice in the file: {} (nothing was merged)",
            counted(self.duplicates_count, "pair")
        );
        for pair in self.duplicates.iter().take(SHOWN_MAX) {
            let _ = writeln!(
                out,
                "  lines {} and {}, {:.0} % alike",
                pair.first,
                pair.second,
                pair.score * 100.0
            );
        }
        let more = self.duplicates_count.saturating_sub(SHOWN_MAX as u64);
        if more > 0 {
            let _ = writeln!(out, "  and {} more: see the report as JSON", grouped(more));
        }
        if self.not_remembered > 0 {
            let _ = writeln!(
                out,
                "  The last {} were compared with those before only.",
                counted(self.not_remembered, "line")
            );
        }
    }

    /// The report as data.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let list = |of: Vec<(String, &Lines)>| -> Vec<Value> {
            of.into_iter()
                .map(|(words, lines)| {
                    json!({ "reason": words, "count": lines.count, "lines": lines.numbers })
                })
                .collect()
        };
        let lines = |lines: &Lines| json!({ "count": lines.count, "lines": lines.numbers });
        let held: serde_json::Map<String, Value> = self
            .held_already
            .iter()
            .map(|(field, found)| (field.clone(), lines(found)))
            .collect();
        let pairs: Vec<Value> = self
            .duplicates
            .iter()
            .map(|pair| {
                let score = (pair.score * 1000.0).round() / 1000.0;
                json!({ "lines": [pair.first, pair.second], "score": score })
            })
            .collect();
        json!({
            "finished": self.finished,
            "dry-run": self.dry_run,
            "lines": self.lines,
            "taken-in": self.taken_in,
            "records": self.records,
            "repaired-lines": self.repaired_lines,
            "there-already": self.there_already,
            "changed": lines(&self.changed),
            "updated": lines(&self.updated),
            "suppressed": lines(&self.suppressed),
            "refused": { "count": self.refused_count(), "reasons": list(self.reasons().collect()) },
            "left-out": list(self.cells_of(true).collect()),
            "repaired": list(self.cells_of(false).collect()),
            "likely-held-already": held,
            "likely-duplicates": { "count": self.duplicates_count, "pairs": pairs },
            "informed": self.informing.map(|it| match it {
                Informing::ByMail => "by-mail",
                Informing::Otherwise => "otherwise",
            }),
            "compared-with-earlier-lines-only": self.not_remembered,
        })
    }
}

fn section<'a>(
    out: &mut String,
    title: &str,
    unit: &str,
    rows: impl Iterator<Item = (String, &'a Lines)>,
) {
    let rows: Vec<[String; 4]> = rows
        .map(|(words, lines)| {
            let plural = if lines.count == 1 { "" } else { "s" };
            let count = grouped(lines.count);
            [count, format!("{unit}{plural}"), words, lines.text()]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.max().unwrap_or(0)
    };
    let (first, second, third) = (width(0), width(1), width(2));
    let _ = writeln!(out, "\n{title}");
    for [count, unit, words, numbers] in &rows {
        let _ = writeln!(
            out,
            "  {count:>first$} {unit:<second$}  {words:<third$}  {numbers}"
        );
    }
}

fn counted(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", grouped(count))
}

/// A number with a comma every three figures.
fn grouped(number: u64) -> String {
    let figures = number.to_string();
    let mut out = String::new();
    for (at, figure) in figures.chars().enumerate() {
        if at > 0 && (figures.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(figure);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::lines::{CellFault, Fault};
    use domain::value::ValueFault;

    fn report() -> Report {
        let mut report = Report {
            columns: ["ref", "born", "town"].map(str::to_owned).to_vec(),
            finished: true,
            lines: 5_012,
            taken_in: 5_000,
            records: 9_990,
            there_already: 1,
            ..Report::default()
        };
        for line in [12, 13, 15] {
            report.refuse(
                line,
                Reason::Cells {
                    found: 2,
                    expected: 3,
                },
            );
        }
        report.refuse(40, Reason::NoIdentity);
        let impossible = What::LeftOut(CellFault::Value(Fault(ValueFault::NoSuchDay)));
        for line in 100..112 {
            let trimmed = Note {
                column: 2,
                what: What::Trimmed,
            };
            report.note(
                line,
                &[
                    Note {
                        column: 1,
                        what: impossible,
                    },
                    trimmed,
                ],
            );
        }
        report.suppressed.add(77);
        report
            .held_already
            .entry("contact-details.email".to_owned())
            .or_default()
            .add(9);
        report.likely(vec![Likely {
            first: 3,
            second: 2_001,
            score: 0.874,
        }]);
        report
    }

    #[test]
    fn the_text_reads_well() {
        insta::assert_snapshot!(report().text(), @r"
        5,012 lines read: 5,000 taken in (9,990 records), 1 there already, 4 refused.

        Refused
          3 lines  the row has 2 cells where the file has 3 columns  lines 12, 13, 15
          1 line   the column that identifies the line is empty      line 40

        Left out (the line was taken in without the cell)
          12 cells  `born`: there is no such day in the calendar  lines 100, 101, 102, 103, 104, 105, 106, 107, ...

        Repaired
          12 cells  `town`: blanks around it were taken away  lines 100, 101, 102, 103, 104, 105, 106, 107, ...

        There already, or not wanted
          1 line  people who object to canvassing, and were not taken in (13d)  line 77

        Likely held already (nothing was merged)
          1 line  somebody held before has the same `contact-details.email`  line 9

        Likely the same person twice in the file: 1 pair (nothing was merged)
          lines 3 and 2001, 87 % alike
        ");
    }

    #[test]
    fn an_interruption_and_a_dry_run_are_said() {
        let report = Report {
            dry_run: true,
            ..Report::default()
        };
        let text = report.text();
        assert!(text.contains("0 lines read: 0 would be taken in"));
        assert!(text.contains("interrupted") && text.contains("dry run"));
    }

    #[test]
    fn the_data_has_every_line_number() {
        let data = report().to_json();
        assert_eq!(data["refused"]["reasons"][0]["lines"], json!([12, 13, 15]));
        assert_eq!(data["left-out"][0]["count"], 12);
        assert_eq!(
            data["likely-duplicates"]["pairs"][0]["lines"],
            json!([3, 2001])
        );
        assert_eq!(data["repaired-lines"], 12);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
    }
}
