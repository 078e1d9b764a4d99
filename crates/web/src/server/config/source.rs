//! The file and the environment as one: each setting with its value and its place.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Findings};
use super::settings::{OTHER_VARIABLES, PROVIDER, SETTINGS};

/// Where a value stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In the file: bytes of it.
    File(Range<usize>),
    /// In a variable of the environment.
    Variable(String),
    /// Nowhere: it is missing.
    Nowhere,
}

/// A value as it was given.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Raw {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Given>),
    /// Something that no setting is, by its name.
    Other(&'static str),
}

/// A value and its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Given {
    pub(super) raw: Raw,
    pub(super) place: Place,
}

/// All that was given.
#[derive(Default)]
pub(super) struct Source {
    settings: BTreeMap<String, Given>,
    pub(super) providers: Vec<BTreeMap<String, Given>>,
}

impl Source {
    /// Reads file and environment; what belongs to no setting is reported.
    pub(super) fn gather(
        text: &str,
        environment: &[(String, String)],
        findings: &mut Findings,
    ) -> Self {
        let mut source = Self::default();
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let place = Place::File(error.span().unwrap_or(0..0));
            findings.push(Finding::new(
                place,
                format!("this is not TOML: {}", error.message()),
            ));
        }
        source.table("", table.get_ref(), findings);
        source.environment(environment, findings);
        source
    }

    /// The value of a setting.
    pub(super) fn get(&self, path: &str) -> Option<&Given> {
        self.settings.get(path)
    }

    fn table(&mut self, prefix: &str, table: &DeTable<'_>, findings: &mut Findings) {
        for (key, value) in table {
            let path = format!("{prefix}{}", key.get_ref());
            let known = SETTINGS.iter().any(|it| it.path == path);
            let section = format!("{path}.");
            match value.get_ref() {
                DeValue::Array(list) if path == "providers" => {
                    for one in list {
                        self.provider(one.get_ref(), one.span(), findings);
                    }
                }
                _ if known => {
                    self.settings
                        .insert(path, given(value.get_ref(), value.span()));
                }
                DeValue::Table(inner)
                    if SETTINGS.iter().any(|it| it.path.starts_with(&section)) =>
                {
                    self.table(&section, inner, findings);
                }
                _ => {
                    let names = SETTINGS.iter().map(|it| it.path);
                    findings.push(unknown(&path, Place::File(key.span()), names));
                }
            }
        }
    }

    fn provider(&mut self, value: &DeValue<'_>, span: Range<usize>, findings: &mut Findings) {
        let DeValue::Table(table) = value else {
            let finding = Finding::new(Place::File(span), "a provider is a table");
            findings.push(finding.help("write `[[providers]]`, and its keys below"));
            return;
        };
        let mut provider = BTreeMap::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if PROVIDER.iter().any(|it| it.path == name) {
                provider.insert(name.to_owned(), given(value.get_ref(), value.span()));
            } else {
                let names = PROVIDER.iter().map(|it| it.path);
                findings.push(unknown(name, Place::File(key.span()), names));
            }
        }
        self.providers.push(provider);
    }

    /// A variable is written over what the file says.
    fn environment(&mut self, environment: &[(String, String)], findings: &mut Findings) {
        for (name, value) in environment {
            if !name.starts_with("KEPT_") || OTHER_VARIABLES.contains(&name.as_str()) {
                continue;
            }
            let place = Place::Variable(name.clone());
            let setting = SETTINGS.iter().find(|it| it.variable() == *name);
            match setting {
                Some(setting) => {
                    let raw = Raw::Text(value.clone());
                    self.settings
                        .insert(setting.path.to_owned(), Given { raw, place });
                }
                None => {
                    let names: Vec<String> = SETTINGS.iter().map(|it| it.variable()).collect();
                    let names = names.iter().map(String::as_str);
                    findings.push(unknown(name, place, names));
                }
            }
        }
    }
}

fn given(value: &DeValue<'_>, span: Range<usize>) -> Given {
    let raw = match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(it) => Raw::Boolean(*it),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            match i64::from_str_radix(&digits, number.radix()) {
                Ok(number) => Raw::Integer(number),
                Err(_) => Raw::Other("a number beyond all bounds"),
            }
        }
        DeValue::Float(_) => Raw::Other("a fraction"),
        // A time of day is written bare by those who know TOML, quoted by those who do not.
        DeValue::Datetime(at) => Raw::Text(at.to_string()),
        DeValue::Array(list) => Raw::List(
            list.iter()
                .map(|one| given(one.get_ref(), one.span()))
                .collect(),
        ),
        DeValue::Table(_) => Raw::Other("a table"),
    };
    Given {
        raw,
        place: Place::File(span),
    }
}

/// A name that is none, with the one that was perhaps meant.
fn unknown<'a>(name: &str, place: Place, known: impl Iterator<Item = &'a str>) -> Finding {
    let finding = Finding::new(place, "there is no such setting");
    let near = known
        .map(|other| (strsim::osa_distance(name, other), other))
        .min()
        .filter(|(distance, other)| *distance <= other.len() / 3);
    match near {
        Some((_, other)) => finding.help(format!("perhaps `{other}` is meant")),
        None => finding.help("docs/server.md lists all settings"),
    }
}
