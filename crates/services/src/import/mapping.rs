//! Which column goes where, and what the import as a whole states: as a file that can be kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::{Fault, FaultKind};
use policy::model::{FieldId, Policy};
use serde::Deserialize;
use serde::de::Error as _;

/// The word that drops a column.
const DROP: &str = "drop";

/// A mapping as written: what an import states, and where its columns go.
///
/// Nothing in it is resolved yet; a mapping file is about one kind of file, and outlives versions
/// of the policy.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mapping {
    /// What the import states.
    #[serde(default)]
    pub import: Settings,
    /// Where columns go: a field (`category.field`) or `drop`, by the column's header.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Fields that are made of several columns.
    #[serde(default)]
    pub join: Vec<Join>,
}

/// What an import states, all of it optional here: the command line may say the rest.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// A lasting name for where the file comes from: with the external identifier it is who a line
    /// is about.
    pub source: Option<String>,
    /// The column of the file's own identifiers.
    pub external_id: Option<String>,
    /// The form that the lines were filled in on, by its name in the policy: it says their origin,
    /// their purposes and their kind of person.
    pub form: Option<String>,
    /// The origin, by its name in the policy (6a).
    pub origin: Option<String>,
    /// The purposes, by their names in the policy.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// The kind of data subject, by its name in the policy.
    pub kind: Option<String>,
    /// Whether the people are met as private persons or at work: `private` or `professional`.
    pub person: Option<String>,
    /// Who carries the processing out, where it is not the controller (3a).
    pub processor: Option<String>,
    /// When the data was collected: a day for all, or a column.
    pub collected: Option<Collected>,
    /// How dates are written: `year-first`, `day-first` or `month-first`.
    pub date_layout: Option<DateLayout>,
    /// The country of telephone numbers that are written as dialled there (ISO 3166 alpha-2).
    pub country: Option<String>,
}

/// When the data was collected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Collected {
    /// On this day.
    Day(jiff::civil::Date),
    /// On the day in this column.
    Column(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CollectedWritten {
    Day(String),
    Column { column: String },
}

impl<'de> Deserialize<'de> for Collected {
    fn deserialize<D: serde::Deserializer<'de>>(written: D) -> Result<Self, D::Error> {
        match CollectedWritten::deserialize(written)? {
            CollectedWritten::Column { column } => Ok(Self::Column(column)),
            CollectedWritten::Day(day) => day.parse().map(Self::Day).map_err(|_| {
                D::Error::custom("a day, as \"2026-01-05\", or { column = \"...\" } is expected")
            }),
        }
    }
}

/// How dates are written in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateLayout {
    /// The year first, or the day first, as each date shows.
    #[default]
    Plain,
    /// The year first: `1980-05-17`, `19800517`, `1980/5/17`.
    YearFirst,
    /// The day first: `17/05/1980`.
    DayFirst,
    /// The month first: `05/17/1980`.
    MonthFirst,
}

impl DateLayout {
    /// Its name in a mapping file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::YearFirst => "year-first",
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
        }
    }
}

/// A field that is made of several columns: house number and street, say.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Join {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// What stands between two of them.
    #[serde(default = "one_blank")]
    pub with: String,
    /// The field: `category.field`.
    pub into: String,
}

fn one_blank() -> String {
    " ".to_owned()
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] that says where and what.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().map_or(String::new(), |span| {
                let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
                format!("line {line}: ")
            });
            Fault::new(
                FaultKind::Invalid,
                format!(
                    "the mapping file cannot be read: {place}{}",
                    error.message()
                ),
            )
            .remedy("`kept import FILE --write-mapping MAPPING` writes one to start from")
        })
    }

    /// Writes the mapping as a file that [`Mapping::parse`] reads.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::from(
            "# Where the columns of a file go: a field of the policy, or \"drop\".\n\n[import]\n",
        );
        self.import.write(&mut out);
        out.push_str("\n[columns]\n");
        for (column, target) in &self.columns {
            let _ = writeln!(out, "{} = {}", quoted(column), quoted(target));
        }
        for join in &self.join {
            let columns: Vec<String> = join.columns.iter().map(|it| quoted(it)).collect();
            let _ = write!(
                out,
                "\n[[join]]\ncolumns = [{}]\nwith = {}\ninto = {}\n",
                columns.join(", "),
                quoted(&join.with),
                quoted(&join.into)
            );
        }
        out
    }
}

impl Settings {
    /// These settings, and where they say nothing, the others.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            source: self.source.or(other.source),
            external_id: self.external_id.or(other.external_id),
            form: self.form.or(other.form),
            origin: self.origin.or(other.origin),
            purposes: if self.purposes.is_empty() {
                other.purposes
            } else {
                self.purposes
            },
            kind: self.kind.or(other.kind),
            person: self.person.or(other.person),
            processor: self.processor.or(other.processor),
            collected: self.collected.or(other.collected),
            date_layout: self.date_layout.or(other.date_layout),
            country: self.country.or(other.country),
        }
    }

    fn write(&self, out: &mut String) {
        let mut line = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = writeln!(out, "{name} = {value}");
            }
        };
        let text = |value: &Option<String>| value.as_deref().map(quoted);
        line("source", text(&self.source));
        line("external-id", text(&self.external_id));
        line("form", text(&self.form));
        line("origin", text(&self.origin));
        let purposes: Vec<String> = self.purposes.iter().map(|it| quoted(it)).collect();
        let purposes = (!purposes.is_empty()).then(|| format!("[{}]", purposes.join(", ")));
        line("purposes", purposes);
        line("kind", text(&self.kind));
        line("person", text(&self.person));
        line("processor", text(&self.processor));
        line(
            "collected",
            self.collected.as_ref().map(|collected| match collected {
                Collected::Day(day) => quoted(&day.to_string()),
                Collected::Column(column) => format!("{{ column = {} }}", quoted(column)),
            }),
        );
        line(
            "date-layout",
            self.date_layout.map(|layout| quoted(layout.name())),
        );
        line("country", text(&self.country));
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Where one column goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// Into a field.
    Field(FieldId),
    /// Into a field that several columns make, by its place in [`Columns::joins`].
    Part(usize),
    /// It identifies the line; only a keyed fingerprint of it is kept.
    Identity,
    /// It says when the line was collected.
    Collected,
    /// Nowhere: it is not taken in.
    Drop,
}

/// A field that several columns make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Joined {
    /// The field.
    pub into: FieldId,
    /// The places of its columns, in order.
    pub columns: Vec<usize>,
    /// What stands between two of them.
    pub with: String,
}

/// The columns of one file, each with where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Columns {
    /// Their headers.
    pub names: Vec<String>,
    /// Where each goes.
    pub targets: Vec<Target>,
    /// Fields made of several columns.
    pub joins: Vec<Joined>,
}

impl Columns {
    /// Resolves a mapping against a file's headers and a policy: every column must be told where
    /// to go (5a: an undeclared field is refused).
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] or [`FaultKind::Refused`] with everything that is wrong, at once.
    pub fn resolve(policy: &Policy, headers: &[String], mapping: &Mapping) -> Result<Self, Fault> {
        let mut wrong = Vec::new();
        let mut columns = Self {
            names: headers.to_vec(),
            targets: Vec::new(),
            joins: Vec::new(),
        };
        let mut told: Vec<Option<Target>> = vec![None; headers.len()];
        let mut tell = |header: &str, target: Target, wrong: &mut Vec<String>| match headers
            .iter()
            .position(|it| it == header)
        {
            None => wrong.push(format!("the file has no column `{header}`")),
            Some(at) if told[at].is_some() => {
                wrong.push(format!("the column `{header}` is told to go to two places"));
            }
            Some(at) => told[at] = Some(target),
        };
        if let Some(header) = &mapping.import.external_id {
            tell(header, Target::Identity, &mut wrong);
        }
        if let Some(Collected::Column(header)) = &mapping.import.collected {
            tell(header, Target::Collected, &mut wrong);
        }
        for (header, target) in &mapping.columns {
            if target == DROP {
                tell(header, Target::Drop, &mut wrong);
                continue;
            }
            match policy.field_named(target) {
                Some(field) => tell(header, Target::Field(field), &mut wrong),
                None => wrong.push(format!("the policy has no field `{target}`")),
            }
        }
        for join in &mapping.join {
            let Some(into) = policy.field_named(&join.into) else {
                wrong.push(format!("the policy has no field `{}`", join.into));
                continue;
            };
            for header in &join.columns {
                tell(header, Target::Part(columns.joins.len()), &mut wrong);
            }
            let place = |header: &String| headers.iter().position(|it| it == header);
            columns.joins.push(Joined {
                into,
                columns: join.columns.iter().filter_map(place).collect(),
                with: join.with.clone(),
            });
        }
        let undeclared: Vec<&str> = headers
            .iter()
            .zip(&told)
            .filter(|(_, told)| told.is_none())
            .map(|(header, _)| header.as_str())
            .collect();
        columns.targets = told.into_iter().flatten().collect();
        wrong.extend(columns.twice(policy));
        columns.or_wrong(&wrong, &undeclared)
    }

    /// Fields that two columns would fill.
    fn twice(&self, policy: &Policy) -> Vec<String> {
        let mut fields: Vec<FieldId> = self.fields().collect();
        fields.sort();
        let mut twice: Vec<String> = fields
            .windows(2)
            .filter(|two| two[0] == two[1])
            .map(|two| {
                let name = field_path(policy, two[0]);
                format!("two columns go to `{name}`; join them or drop one")
            })
            .collect();
        twice.dedup();
        twice
    }

    fn or_wrong(self, wrong: &[String], undeclared: &[&str]) -> Result<Self, Fault> {
        if !wrong.is_empty() {
            return Err(Fault::new(FaultKind::Invalid, wrong.join("; "))
                .remedy("correct the mapping; nothing was taken in"));
        }
        if let [first, ..] = undeclared {
            let listed = undeclared
                .iter()
                .map(|it| format!("`{it}`"))
                .collect::<Vec<_>>()
                .join(", ");
            let message = if undeclared.len() == 1 {
                format!("the column {listed} goes to no field: it is refused")
            } else {
                format!("the columns {listed} go to no field: they are refused")
            };
            return Err(Fault::new(FaultKind::Refused, message).rule("5a").remedy(format!(
                "map each to a field that a stated purpose uses, or drop it: `--drop '{first}'`, or \
                 \"drop\" in the mapping file; nothing was taken in"
            )));
        }
        Ok(self)
    }

    /// The fields that are filled.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        let single = self.targets.iter().filter_map(|target| match target {
            Target::Field(field) => Some(*field),
            Target::Part(_) | Target::Identity | Target::Collected | Target::Drop => None,
        });
        single.chain(self.joins.iter().map(|join| join.into))
    }
}

/// A field as `category.field`.
pub(crate) fn field_path(policy: &Policy, id: FieldId) -> String {
    let category = policy.category(id.category);
    format!("{}.{}", category.name, policy.field(id).name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = include_str!("../../../../policies/assess-manager/policy.toml");

    const MAPPING: &str = r#"
        [import]
        source = "spring-fair"
        external-id = "ref"
        origin = "organiser-list"
        purposes = ["contact-relations", "newsletters"]
        kind = "contact"
        person = "professional"
        collected = { column = "seen on" }
        date-layout = "month-first"
        country = "BE"

        [columns]
        "Nom \"usuel\"" = "identity.surname"
        number = "drop"

        [[join]]
        columns = ["no", "street"]
        with = ", "
        into = "contact-details.address-line-1"
    "#;

    fn headers() -> Vec<String> {
        ["ref", "seen on", "Nom \"usuel\"", "number", "no", "street"]
            .map(str::to_owned)
            .to_vec()
    }

    fn resolve(mapping: &str) -> Result<Columns, Fault> {
        let policy = policy::compile(POLICY).policy.unwrap();
        Columns::resolve(&policy, &headers(), &Mapping::parse(mapping).unwrap())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mapping = Mapping::parse(MAPPING).unwrap();
        assert_eq!(Mapping::parse(&mapping.to_toml()).unwrap(), mapping);
        let other = Mapping::parse("[import]\ncollected = \"2026-01-05\"\n").unwrap();
        assert_eq!(Mapping::parse(&other.to_toml()).unwrap(), other);
    }

    #[test]
    fn every_column_goes_where_it_is_told() {
        let columns = resolve(MAPPING).unwrap();
        assert_eq!(columns.targets[..2], [Target::Identity, Target::Collected]);
        assert_eq!(
            columns.targets[3..],
            [Target::Drop, Target::Part(0), Target::Part(0)]
        );
        assert_eq!(columns.joins[0].columns, [4, 5]);
        assert_eq!(columns.fields().count(), 2);
    }

    #[test]
    fn a_column_that_nobody_declared_is_refused_by_name() {
        let fault = resolve(&MAPPING.replace("number = \"drop\"", "")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        assert_eq!(
            fault.message,
            "the column `number` goes to no field: it is refused"
        );
        assert!(fault.remedy.unwrap().contains("--drop 'number'"));
    }

    #[test]
    fn all_that_is_wrong_with_a_mapping_is_said_at_once() {
        let wrong = MAPPING
            .replace("number =", "numero =")
            .replace("identity.surname", "identity.nickname")
            .replace("\"no\", ", "\"ref\", ");
        let fault = resolve(&wrong).unwrap_err();
        assert_eq!(
            fault.message,
            "the policy has no field `identity.nickname`; the file has no column `numero`; \
             the column `ref` is told to go to two places"
        );
    }

    #[test]
    fn two_columns_do_not_fill_one_field() {
        let twice = MAPPING.replace("number = \"drop\"", "number = \"surname\"");
        let fault = resolve(&twice).unwrap_err();
        assert!(
            fault
                .message
                .contains("two columns go to `identity.surname`")
        );
    }

    #[test]
    fn a_mapping_that_cannot_be_read_names_the_line() {
        for (text, message) in [
            (
                "[import]\norigins = \"x\"\n",
                "line 2: unknown field `origins`",
            ),
            (
                "[import]\ncollected = \"soon\"\n",
                "line 2: a day, as \"2026-01-05\"",
            ),
            ("[columns\n", "line 1:"),
        ] {
            let fault = Mapping::parse(text).unwrap_err();
            assert!(fault.message.contains(message), "{}", fault.message);
        }
    }

    #[test]
    fn what_the_command_says_goes_before_the_file() {
        let said = Settings {
            kind: Some("client".to_owned()),
            ..Settings::default()
        };
        let settings = said.or(Mapping::parse(MAPPING).unwrap().import);
        assert_eq!(settings.kind.as_deref(), Some("client"));
        assert_eq!(settings.origin.as_deref(), Some("organiser-list"));
        assert_eq!(settings.purposes.len(), 2);
    }
}
