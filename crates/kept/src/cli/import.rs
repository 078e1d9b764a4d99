//! `kept import`: people from a table (6a, 6c).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use domain::{Fault, FaultKind};
use jiff::civil::Date;
use serde_json::json;
use services::Kept;
use services::import::mapping::{Collected, DateLayout};
use services::import::sniff::{Encoding, Stated};
use services::import::{Mapping, Options, Plan, Report, Settings, look};

use super::options::{Changing, Place};
use super::{Context, Exit, OnInstallation, invalid, names};
use crate::io::Io;

const EXAMPLE: &str = "\
Examples:
  kept import people.csv --data D --dry-run --write-mapping people.toml
  kept import people.csv --data D --mapping people.toml
  kept import people.csv --data D --source fair --origin organiser-list --kind contact \\
    --purpose contact-relations --column name=identity.surname --drop soc_sec_id

What the file is (encoding, delimiter, header) and where each column goes is proposed, shown and can
be changed. A column that is no declared field is refused unless it is dropped. A cell that is no
value of its field is left out and reported, or with --strict refuses its line. The same import can
be run again after an interruption: nobody comes in twice.";

/// Imports people from a CSV file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Import {
    /// The CSV file
    file: PathBuf,

    /// Refuse a line of which a cell is no value of its field, instead of leaving the cell out
    #[arg(long)]
    strict: bool,

    /// Let lines that are there already, with other values, replace what is held
    #[arg(long)]
    update: bool,

    /// Write the report, with every line number and no values, to this JSON file; it must not exist
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    layout: FileLayout,

    #[command(flatten)]
    columns: Columns,

    #[command(flatten)]
    states: States,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What the file is")]
struct FileLayout {
    /// The encoding, if it is not found out rightly: `utf-8`, `utf-16`, `windows-1252`
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,

    /// The delimiter, if it is not found out rightly; `tab` for a tab
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,

    /// The first row names the columns
    #[arg(long)]
    header: bool,

    /// The first row is data; columns are called `column 1` and so on
    #[arg(long, conflicts_with = "header")]
    no_header: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Where its columns go")]
struct Columns {
    /// A mapping file; with one, nothing is guessed
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,

    /// Write the mapping that is used to this file; it must not exist
    #[arg(long, value_name = "FILE")]
    write_mapping: Option<PathBuf>,

    /// Where a column goes: `header=category.field`; may be repeated
    #[arg(long = "column", value_name = "HEADER=FIELD")]
    columns: Vec<String>,

    /// Leave a column out; may be repeated
    #[arg(long = "drop", value_name = "HEADER")]
    drop: Vec<String>,

    /// The column of the file's own identifiers; only a keyed fingerprint of them is kept
    #[arg(long, value_name = "HEADER")]
    external_id: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What the data is")]
struct States {
    /// A lasting name for where the file comes from, such as `crm`: with the file's identifiers it
    /// says who a line is about
    #[arg(long, value_name = "NAME")]
    source: Option<String>,

    /// The form that the lines were filled in on: a form of the policy, which says their origin,
    /// purposes and kind
    #[arg(long, value_name = "NAME", conflicts_with_all = ["origin", "purposes"])]
    form: Option<String>,

    /// Where the data comes from: an origin of the policy
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,

    /// What it is collected for: a purpose of the policy; may be repeated
    #[arg(long = "purpose", value_name = "NAME")]
    purposes: Vec<String>,

    /// As what the people are met: a kind of person of the policy
    #[arg(long, value_name = "NAME")]
    kind: Option<String>,

    /// Whether the people are met privately or at work; unknown, if left out
    #[arg(long, value_name = "HOW")]
    met: Option<Met>,

    /// Who carries the processing out, if not the controller: a processor of the policy
    #[arg(long, value_name = "NAME")]
    processor: Option<String>,

    /// The day of collection; a column, if the mapping says so, or today
    #[arg(long, value_name = "DATE")]
    collected: Option<Date>,

    /// How dates are written
    #[arg(long, value_name = "LAYOUT")]
    dates: Option<Dates>,

    /// The country of telephone numbers that are written as dialled there: two letters
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Met {
    Private,
    Professional,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Dates {
    #[value(name = "year-first")]
    Year,
    #[value(name = "day-first")]
    Day,
    #[value(name = "month-first")]
    Month,
}

impl OnInstallation for Import {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let options = self.options(context.io)?;
        let law = kept.law();
        let policy = law.policy();
        let looked = look(policy, &context.io.path(&self.file), &options)?;
        if let Some(path) = &self.columns.write_mapping {
            write(&context.io.path(path), looked.mapping.to_toml().as_bytes())?;
        }
        let shown = looked.text(policy);
        let acting = context.acting(&self.place, self.changing);
        let plan = match Plan::new(policy, &looked, &options) {
            Ok(plan) => plan,
            Err(fault) => {
                // What was found is shown all the same: it is what has to be changed.
                if !context.for_programs {
                    context.io.print(&shown);
                }
                let form = options.settings.form.as_deref();
                return Err(match form.map(|name| names::form(policy, name)) {
                    Some(Ok(form)) => kept.refused_on_form(fault, None, form, &acting),
                    _ => fault,
                });
            }
        };
        let bar = context.io.progress("lines", Some(plan.rows));
        let report = kept.import(&plan, &acting, &mut |progress| {
            bar.set(progress.lines);
            ControlFlow::Continue(())
        })?;
        drop(bar);
        if let Some(path) = &self.report {
            let data = format!("{:#}\n", report.to_json());
            write(&context.io.path(path), data.as_bytes())?;
        }
        context.answer(
            |_| format!("{shown}\n{}", report.text()),
            || json!({ "file": looked.to_json(policy), "report": report.to_json() }),
        );
        Ok(exit(&report))
    }
}

/// An import of which every line was refused is a refusal.
fn exit(report: &Report) -> Exit {
    let nothing = report.refused_count() == report.lines;
    if report.lines > 0 && nothing {
        Exit::Found(FaultKind::Refused)
    } else {
        Exit::Done
    }
}

impl Import {
    fn options(&self, io: &Io) -> Result<Options, Fault> {
        let mapping = self.columns.mapping.as_ref();
        let columns = self.columns.columns.iter().map(|told| {
            let (header, field) = told.rsplit_once('=').ok_or_else(|| {
                invalid("a column is told as `header=category.field`")
                    .remedy("write the column's header, an equals sign, and the field")
            })?;
            Ok((header.to_owned(), field.to_owned()))
        });
        Ok(Options {
            stated: self.layout.stated()?,
            mapping: mapping
                .map(|path| read_mapping(&io.path(path)))
                .transpose()?,
            settings: self.states.settings(self.columns.external_id.clone()),
            columns: columns.collect::<Result<_, Fault>>()?,
            drop: self.columns.drop.clone(),
            strict: self.strict,
            update: self.update,
        })
    }
}

impl FileLayout {
    fn stated(&self) -> Result<Stated, Fault> {
        let encoding = self.encoding.as_ref().map(|name| {
            Encoding::named(name).ok_or_else(|| {
                invalid("this encoding is not known")
                    .remedy("one of: utf-8, utf-16, utf-16be, windows-1252")
            })
        });
        let delimiter = self.delimiter.as_ref().map(|text| match text.as_bytes() {
            [byte] if *byte != b'"' && byte.is_ascii() => Ok(*byte),
            _ if text == "tab" => Ok(b'\t'),
            _ => Err(invalid("a delimiter is one character, or `tab`")),
        });
        Ok(Stated {
            encoding: encoding.transpose()?,
            delimiter: delimiter.transpose()?,
            header: match (self.header, self.no_header) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                (false, false) => None,
            },
        })
    }
}

impl States {
    fn settings(&self, external_id: Option<String>) -> Settings {
        Settings {
            source: self.source.clone(),
            external_id,
            form: self.form.clone(),
            origin: self.origin.clone(),
            purposes: self.purposes.clone(),
            kind: self.kind.clone(),
            person: self.met.map(|met| match met {
                Met::Private => "private".to_owned(),
                Met::Professional => "professional".to_owned(),
            }),
            processor: self.processor.clone(),
            collected: self.collected.map(Collected::Day),
            date_layout: self.dates.map(|dates| match dates {
                Dates::Year => DateLayout::YearFirst,
                Dates::Day => DateLayout::DayFirst,
                Dates::Month => DateLayout::MonthFirst,
            }),
            country: self.country.clone(),
        }
    }
}

fn read_mapping(path: &Path) -> Result<Mapping, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let (kind, message) = match error.kind() {
            std::io::ErrorKind::NotFound => (FaultKind::Absent, "there is no such mapping file"),
            _ => (FaultKind::Unavailable, "the mapping file cannot be read"),
        };
        Fault::new(kind, message)
            .remedy("check its name and rights; `--write-mapping` writes one to start from")
            .because(error)
    })?;
    Mapping::parse(&text)
}

/// Makes a file; never over another.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    made.and_then(|mut file| file.write_all(bytes))
        .map_err(|error| {
            let shown = path.display();
            match error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    Fault::new(FaultKind::Conflict, format!("{shown} exists already"))
                        .remedy("name another file, or move that one away")
                }
                _ => Fault::new(FaultKind::Unavailable, format!("{shown} cannot be written"))
                    .remedy("check the folder's rights and the room on its disk"),
            }
            .because(error)
        })
}
