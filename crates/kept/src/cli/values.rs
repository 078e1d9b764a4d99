//! Values as they are given on the command line or in a file: `category.field=value`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use domain::value::{Payload, Value};
use domain::{Fault, FaultKind, Personal};
use policy::model::{CategoryId, Policy};

use super::{invalid, names};
use crate::io::Io;

/// The most bytes of a file with values.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Values of fields.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Data")]
pub(super) struct Values {
    /// A value: `category.field=value`; may be repeated. Others on this machine can see a running
    /// command's words: prefer --fields
    #[arg(long = "field", value_name = "FIELD=VALUE")]
    given: Vec<String>,

    /// A file with one `category.field=value` a line
    #[arg(long = "fields", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Values {
    /// Whether none is given.
    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty() && self.file.is_none()
    }

    /// The values by category, each in the normal form of its type.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when a field is not declared or a value is none of its type; the
    /// value is not repeated.
    pub(super) fn by_category(
        &self,
        policy: &Policy,
        io: &Io,
    ) -> Result<BTreeMap<CategoryId, Given>, Fault> {
        let mut lines = self.given.clone();
        if let Some(file) = &self.file {
            let path = io.path(file);
            let text = read(&path)?;
            let filled = text.lines().filter(|line| !line.trim().is_empty());
            lines.extend(filled.map(str::to_owned));
        }
        if lines.is_empty() {
            return Err(invalid("no value was given")
                .remedy("add `--field category.field=value`, or `--fields FILE`"));
        }
        let pairs = lines.iter().map(|line| pair(line));
        parsed(policy, pairs.collect::<Result<Vec<_>, _>>()?)
    }
}

/// The values of one category.
pub(super) struct Given {
    /// Which fields there are values for, as bits of the category's list.
    pub(super) fields: u64,
    /// The values.
    pub(super) values: Personal<Payload>,
}

/// The values of the one category that a statement's fields are of.
pub(super) fn of_one_category(
    policy: &Policy,
    given: &[String],
    what: &str,
) -> Result<(CategoryId, Personal<Payload>), Fault> {
    let pairs = given.iter().map(|line| pair(line));
    let mut by_category = parsed(policy, pairs.collect::<Result<Vec<_>, _>>()?)?;
    match (by_category.pop_first(), by_category.is_empty()) {
        (Some((category, given)), true) => Ok((category, given.values)),
        (None, _) => Err(invalid(format!("the {what} is missing"))),
        (Some(_), false) => Err(invalid(format!(
            "the fields of the {what} are of several categories"
        ))
        .remedy("a record is of one category: name fields of one")),
    }
}

fn pair(line: &str) -> Result<(&str, &str), Fault> {
    line.split_once('=')
        .map(|(name, value)| (name.trim(), value))
        .ok_or_else(|| {
            invalid("a value is given as FIELD=VALUE")
                .remedy("write `category.field=value`, without spaces around `=`")
        })
}

fn parsed(policy: &Policy, pairs: Vec<(&str, &str)>) -> Result<BTreeMap<CategoryId, Given>, Fault> {
    let mut values: BTreeMap<CategoryId, Payload> = BTreeMap::new();
    for (name, text) in pairs {
        let id = names::field(policy, name)?;
        let field = policy.field(id);
        let value = Value::parse(&field.kind, text).map_err(|fault| {
            invalid(format!(
                "the value of `{}` is not usable: {fault}",
                field.name
            ))
        })?;
        let payload = values.entry(id.category).or_default();
        if payload.0.insert(id.field, value).is_some() {
            return Err(invalid(format!("`{}` was given twice", field.name))
                .remedy("a record has one value a field: add another record for another"));
        }
    }
    let given = values.into_iter().map(|(category, payload)| {
        let fields = payload.fields();
        let values = Personal::new(payload);
        (category, Given { fields, values })
    });
    Ok(given.collect())
}

fn read(path: &std::path::Path) -> Result<String, Fault> {
    let unreadable = |error: std::io::Error| {
        Fault::new(
            FaultKind::Invalid,
            "the file with the values cannot be read",
        )
        .because(error)
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > FILE_BYTES_MAX {
        return Err(
            invalid("the file with the values is longer than a mebibyte")
                .remedy("`kept import` takes many people in"),
        );
    }
    std::fs::read_to_string(path).map_err(unreadable)
}
