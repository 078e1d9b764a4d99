//! What an import is about to do: the file as it was found, its columns, and what it states. Made
//! before anything is taken in, shown, and only then carried out.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use domain::{Fault, FaultKind};
use jiff::civil::Date;
use policy::model::{FormId, KindId, OriginId, Person, Policy, ProcessorId, PurposeSet};

use super::lines::How;
use super::mapping::{Collected, Columns, Mapping, Settings, field_path};
use super::propose::{Proposal, Sample, Why, propose, table};
use super::sniff::{Layout, Rows, Sniffed, Stated, sniff};
use super::stated::{asked, form, person, processor, purposes, stated};

/// How many rows proposals are made from.
const SAMPLE_ROWS: usize = 200;

/// What somebody says of an import beside its file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// What is said of the file's layout.
    pub stated: Stated,
    /// A mapping file's content. With one, nothing is guessed: it says where every column goes.
    pub mapping: Option<Mapping>,
    /// What the command says; it goes before the mapping file.
    pub settings: Settings,
    /// Columns with the field that each goes to: `category.field`.
    pub columns: Vec<(String, String)>,
    /// Columns to be dropped.
    pub drop: Vec<String>,
    /// Whether a cell that is no value of its field refuses its line.
    pub strict: bool,
    /// Whether lines that are there already, with other values, change what is held.
    pub update: bool,
}

/// A file that was looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The file.
    pub file: PathBuf,
    /// What it is.
    pub sniffed: Sniffed,
    /// Its headers; `column 1` and so on where it has none.
    pub headers: Vec<String>,
    /// The mapping that would be used, as it can be written to a file.
    pub mapping: Mapping,
    /// Where each column goes, and why.
    pub proposals: Vec<Proposal>,
}

impl Looked {
    /// The file and its columns as people read them.
    #[must_use]
    pub fn text(&self, policy: &Policy) -> String {
        let name = self.file.file_name().unwrap_or_default().display();
        let mut out = String::new();
        let _ = writeln!(out, "{name}: {}", self.sniffed.layout);
        let _ = write!(out, "\n{}", table(policy, &self.proposals));
        if self.mapping.import.external_id.is_none() {
            out.push_str(
                "\nNo column identifies the lines: a line is known by its values, and counts as \
                 new when one changes.\n",
            );
        }
        out
    }
}

impl Looked {
    /// The file and its columns as data.
    #[must_use]
    pub fn to_json(&self, policy: &Policy) -> serde_json::Value {
        let layout = self.sniffed.layout;
        serde_json::json!({
            "encoding": layout.encoding.name(),
            "delimiter": char::from(layout.delimiter).to_string(),
            "header": layout.header,
            "columns": super::propose::to_json(policy, &self.proposals),
        })
    }
}

/// Looks at a file: what it is, and where its columns would go.
///
/// # Errors
/// [`FaultKind::Absent`] when there is no such file, [`FaultKind::Invalid`] when it is no CSV file
/// or a name is none of the policy's.
pub fn look(policy: &Policy, file: &Path, options: &Options) -> Result<Looked, Fault> {
    let sniffed = sniff(&mut open(file)?, &options.stated)?;
    let mut rows = Rows::new(open(file)?, &sniffed.layout);
    let mut row = StringRecord::new();
    let mut sample: Vec<Vec<String>> = Vec::new();
    while sample.len() <= SAMPLE_ROWS && rows.next(&mut row)?.is_some() {
        sample.push(row.iter().map(str::to_owned).collect());
    }
    let headers: Vec<String> = if sniffed.layout.header && !sample.is_empty() {
        let first = sample.remove(0);
        first.iter().map(|cell| cell.trim().to_owned()).collect()
    } else {
        let columns = sample.first().map_or(0, Vec::len);
        (1..=columns).map(|at| format!("column {at}")).collect()
    };
    let mut told = options.mapping.clone().unwrap_or_default();
    told.import = options.settings.clone().or(told.import);
    for (column, field) in &options.columns {
        told.columns.insert(column.clone(), field.clone());
    }
    for column in &options.drop {
        told.columns.insert(column.clone(), "drop".to_owned());
    }
    let purposes = match form(policy, &told.import)? {
        Some(form) => policy.form(form).purposes,
        None => purposes(policy, &told.import.purposes)?,
    };
    let seen = Sample {
        headers: &headers,
        rows: &sample,
    };
    let (guessed, proposals) = propose(policy, purposes, &seen, &told);
    let (mapping, proposals) = if options.mapping.is_some() {
        let proposals = proposals.into_iter().map(only_as_told).collect();
        (told, proposals)
    } else {
        (guessed, proposals)
    };
    let looked = Looked {
        file: file.to_owned(),
        sniffed,
        headers,
        mapping,
        proposals,
    };
    looked.has_a_header(options)?;
    Ok(looked)
}

/// With a mapping file nothing is guessed.
fn only_as_told(proposal: Proposal) -> Proposal {
    if proposal.why == Why::Told {
        return proposal;
    }
    Proposal {
        column: proposal.column,
        to: super::propose::Destination::Nowhere,
        why: Why::Unknown,
    }
}

impl Looked {
    /// A first row of which nothing is recognised may be somebody's data, which no message repeats.
    fn has_a_header(&self, options: &Options) -> Result<(), Fault> {
        let recognised = self
            .proposals
            .iter()
            .any(|proposal| !matches!(proposal.why, Why::Unknown | Why::Values));
        if recognised || !self.sniffed.layout.header || options.stated.header.is_some() {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::Invalid,
            "the first row names no column that the policy or the mapping knows",
        )
        .remedy(
            "say whether it is a header row at all (`--header` or `--no-header`), and map its \
             columns in a mapping file",
        ))
    }
}

fn open(file: &Path) -> Result<File, Fault> {
    File::open(file).map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => FaultKind::Absent,
            _ => FaultKind::Unavailable,
        };
        Fault::new(kind, format!("{} cannot be opened", file.display()))
            .remedy("check its name and that you may read it")
            .because(error)
    })
}

/// An import, ready to be carried out.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The file.
    pub file: PathBuf,
    /// How it is laid out.
    pub layout: Layout,
    /// About how many rows it has.
    pub rows: u64,
    /// Where its columns go.
    pub columns: Columns,
    /// How its lines are read.
    pub how: How,
    /// Whether a column identifies its lines.
    pub identified: bool,
    /// Where it comes from: with the external identifier, who a line is about.
    pub source: String,
    /// The form that its lines were filled in on.
    pub form: Option<FormId>,
    /// The origin of the data (6a).
    pub origin: OriginId,
    /// What it is for.
    pub purposes: PurposeSet,
    /// As what kind of data subject the people are met.
    pub kind: KindId,
    /// Whether as private persons or at work.
    pub person: Option<Person>,
    /// Who carries the processing out, where it is not the controller.
    pub processor: Option<ProcessorId>,
    /// The day of collection, where no column says it; none: the day of the import.
    pub collected: Option<Date>,
    /// Whether lines with other values change what is held.
    pub update: bool,
    /// The version of the policy that it was planned by.
    pub policy_version: u32,
}

impl Plan {
    /// Plans the import of a file that was looked at.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it does not state its source, origin, purposes and kind of
    /// person, with the choices of the policy; [`FaultKind::Refused`] when a column is no declared
    /// field (5a) or none that a stated purpose needs (5b).
    pub fn new(policy: &Policy, looked: &Looked, options: &Options) -> Result<Self, Fault> {
        let settings = &looked.mapping.import;
        let stated = stated(policy, settings)?;
        let columns = Columns::resolve(policy, &looked.headers, &looked.mapping)?;
        needed(policy, &columns, stated.purposes)?;
        if let Some(form) = stated.form {
            asked(policy, &columns, form)?;
        }
        Ok(Self {
            file: looked.file.clone(),
            layout: looked.sniffed.layout,
            rows: looked.sniffed.line_breaks,
            columns,
            how: How {
                date_layout: settings.date_layout.unwrap_or_default(),
                country: settings.country.as_deref().map(str::to_uppercase),
                strict: options.strict,
            },
            identified: settings.external_id.is_some(),
            source: stated.source,
            form: stated.form,
            origin: stated.origin,
            purposes: stated.purposes,
            kind: stated.kind,
            person: person(settings.person.as_deref())?,
            processor: processor(policy, settings.processor.as_deref())?,
            collected: match &settings.collected {
                Some(Collected::Day(day)) => Some(*day),
                Some(Collected::Column(_)) | None => None,
            },
            update: options.update,
            policy_version: policy.version,
        })
    }
}

/// 5b: every field is needed by a stated purpose; said once, before a line is read.
fn needed(policy: &Policy, columns: &Columns, purposes: PurposeSet) -> Result<(), Fault> {
    let tables = &policy.tables;
    let idle: Vec<String> = columns
        .fields()
        .filter(|field| {
            !purposes.iter().any(|purpose| {
                let used = tables.use_fields[purpose.index()][field.category.index()];
                used & 1 << field.field != 0
            })
        })
        .map(|field| format!("`{}`", field_path(policy, field)))
        .collect();
    if idle.is_empty() {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Refused,
        format!("no stated purpose needs {}", idle.join(", ")),
    )
    .rule("5b")
    .remedy("drop those columns, or state the purpose that needs them; nothing was taken in"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const POLICY: &str = include_str!("../../../../policies/assess-manager/policy.toml");
    const FEBRL: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../kept/tests/fixtures/people-febrl-4a.csv"
    );

    fn settings(text: &str) -> Settings {
        Mapping::parse(&format!("[import]\n{text}")).unwrap().import
    }

    fn planned(file: &Path, options: &Options) -> Result<Plan, Fault> {
        let policy = policy::compile(POLICY).policy.unwrap();
        Plan::new(&policy, &look(&policy, file, options)?, options)
    }

    const STATED: &str = "source = \"febrl\"\norigin = \"client-organisation\"\n\
        purposes = [\"client-relations\"]\nkind = \"client-staff\"\n";

    #[test]
    fn what_is_not_stated_is_asked_for_with_the_choices() {
        let fault = planned(Path::new(FEBRL), &Options::default()).unwrap_err();
        assert_eq!(
            fault.message,
            "the import does not state its source, origin, purpose and kind of person"
        );
        assert!(fault.remedy.unwrap().contains("organiser-list"));
        let options = Options {
            settings: settings("source = \"x\"\norigin = \"partner\"\nkind = \"contact\"\n"),
            ..Options::default()
        };
        let fault = planned(Path::new(FEBRL), &options).unwrap_err();
        assert_eq!(fault.message, "the import does not state its purpose");
        let remedy = fault.remedy.unwrap();
        assert!(remedy.contains("newsletters") && !remedy.contains("accounts"));
    }

    #[test]
    fn an_undeclared_column_is_refused_unless_it_is_dropped() {
        let mut options = Options {
            settings: settings(STATED),
            ..Options::default()
        };
        let fault = planned(Path::new(FEBRL), &options).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        assert!(fault.message.contains("`soc_sec_id`"));
        options.drop = vec!["soc_sec_id".to_owned()];
        let plan = planned(Path::new(FEBRL), &options).unwrap();
        assert!(plan.identified);
        assert_eq!(plan.rows, 5_000);
    }

    #[test]
    fn a_mapping_that_was_written_does_the_same_again() {
        let policy = policy::compile(POLICY).policy.unwrap();
        let options = Options {
            settings: settings(STATED),
            drop: vec!["soc_sec_id".to_owned()],
            ..Options::default()
        };
        let first = look(&policy, Path::new(FEBRL), &options).unwrap();
        let again = Options {
            mapping: Some(Mapping::parse(&first.mapping.to_toml()).unwrap()),
            ..Options::default()
        };
        let one = planned(Path::new(FEBRL), &options).unwrap();
        let other = planned(Path::new(FEBRL), &again).unwrap();
        assert_eq!(one.columns, other.columns);
        assert_eq!((one.source, one.kind), (other.source, other.kind));
    }

    #[test]
    fn a_field_that_no_stated_purpose_needs_is_refused_before_a_line_is_read() {
        let options = Options {
            settings: settings(&STATED.replace("client-relations", "questions")),
            mapping: Some(
                Mapping::parse("[columns]\nsuburb = \"contact-details.town\"\n").unwrap(),
            ),
            drop: [
                "rec_id",
                "given_name",
                "surname",
                "street_number",
                "address_1",
                "address_2",
            ]
            .into_iter()
            .chain(["postcode", "state", "date_of_birth", "soc_sec_id"])
            .map(str::to_owned)
            .collect(),
            ..Options::default()
        };
        let fault = planned(Path::new(FEBRL), &options).unwrap_err();
        assert_eq!(fault.rule.as_deref(), Some("5b"));
        assert!(fault.message.contains("`contact-details.town`"));
    }

    #[test]
    fn a_first_row_that_may_be_data_is_not_repeated() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"Camille;Moreau\nHugo;Petit\n").unwrap();
        let fault = planned(file.path(), &Options::default()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Invalid);
        assert!(!fault.message.contains("Camille"));
        assert!(!fault.remedy.unwrap().contains("Moreau"));
    }
}
