//! The policy's source as a tree of values, each with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::{Code, Diagnostic};

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    /// Bytes of the source.
    pub(crate) span: Range<usize>,
    /// The value.
    pub(crate) value: Value,
}

/// A value of TOML, as far as the language has a use for it.
#[derive(Debug)]
pub(crate) enum Value {
    /// A string.
    Text(String),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A calendar date without a time.
    Date(Date),
    /// Something that the language never asks for, by its name.
    Other(&'static str),
    /// A list.
    List(Vec<Node>),
    /// A table; entries in the order of the source.
    Table(Vec<Entry>),
}

impl Value {
    /// What it is, for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Boolean(_) => "true or false",
            Self::Date(_) => "a date",
            Self::Other(kind) => kind,
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) key_span: Range<usize>,
    /// The value.
    pub(crate) node: Node,
}

/// Reads TOML, going on after each error: what could be read, and what is wrong.
pub(crate) fn parse(source: &str) -> (Vec<Entry>, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(source);
    let diagnostics = errors
        .into_iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            let repeated = error.message().starts_with("duplicate key");
            let code = if repeated {
                Code::DuplicateName
            } else {
                Code::Syntax
            };
            let message = if repeated {
                "a key is given twice".to_owned()
            } else {
                format!("the file is not TOML here: {}", first_line(error.message()))
            };
            Diagnostic::new(code, "", message)
                .label(on_a_boundary(source, span), "")
                .help("see https://toml.io/en/v1.1.0 for the syntax")
        })
        .collect();
    (entries(table.get_ref()), diagnostics)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A span whose ends lie between characters, within the source.
fn on_a_boundary(source: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: node(value.span(), value.get_ref()),
        })
        .collect();
    // The parser sorts by name; interned ids follow the order of the file.
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn node(span: Range<usize>, value: &DeValue<'_>) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number beyond 64 bits"), Value::Integer),
        DeValue::Float(_) => Value::Other("a decimal number"),
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(moment) => date(moment),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node(item.span(), item.get_ref()))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(table)),
    };
    Node { span, value }
}

fn date(moment: &toml::value::Datetime) -> Value {
    let (Some(date), None, None) = (moment.date, moment.time, moment.offset) else {
        return Value::Other("a date with a time");
    };
    let day = (
        i16::try_from(date.year),
        i8::try_from(date.month),
        i8::try_from(date.day),
    );
    let (Ok(year), Ok(month), Ok(day)) = day else {
        return Value::Other("an impossible date");
    };
    Date::new(year, month, day).map_or(Value::Other("an impossible date"), Value::Date)
}

/// Where each path of the policy stands: `retention.10d.keep` and the like. Elements of a list of
/// tables go by their `name`, if they have one, else by their number from 0.
#[derive(Debug, Default)]
pub(crate) struct Places {
    keys: BTreeMap<String, Range<usize>>,
    values: BTreeMap<String, Range<usize>>,
}

impl Places {
    /// The places of all that stands in a file.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut places = Self::default();
        places.add_table("", entries);
        places
    }

    fn add_table(&mut self, path: &str, entries: &[Entry]) {
        for entry in entries {
            let path = join(path, &entry.key);
            self.keys.insert(path.clone(), entry.key_span.clone());
            self.add_value(&path, &entry.node);
        }
    }

    fn add_value(&mut self, path: &str, node: &Node) {
        self.values
            .entry(path.to_owned())
            .or_insert_with(|| node.span.clone());
        match &node.value {
            Value::Table(entries) => self.add_table(path, entries),
            Value::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    let path = element(path, number, item);
                    self.keys
                        .entry(path.clone())
                        .or_insert_with(|| headline(item));
                    self.add_value(&path, item);
                }
            }
            _ => {}
        }
    }

    /// Where the key stands that a path ends with, or the nearest thing around it that has a place.
    pub(crate) fn key(&self, path: &str) -> Range<usize> {
        Self::nearest(&self.keys, path)
    }

    /// Where the value of a path stands, or the nearest thing around it that has a place.
    pub(crate) fn value(&self, path: &str) -> Range<usize> {
        match self.values.get(path) {
            Some(span) => span.clone(),
            None => self.key(path),
        }
    }

    /// Whether the file says anything under this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.keys.contains_key(path)
    }

    fn nearest(places: &BTreeMap<String, Range<usize>>, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(span) = places.get(path) {
                return span.clone();
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 0..0,
            }
        }
    }
}

/// What stands for an element of a list: the value of its `name`, or itself.
fn headline(item: &Node) -> Range<usize> {
    match &item.value {
        Value::Table(entries) => entries
            .iter()
            .find(|entry| entry.key == "name")
            .map_or_else(|| item.span.clone(), |entry| entry.node.span.clone()),
        _ => item.span.clone(),
    }
}

/// The path of a key under a path.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// The path of an element of a list.
pub(crate) fn element(path: &str, number: usize, item: &Node) -> String {
    if let Value::Table(entries) = &item.value
        && let Some(Entry {
            node: Node {
                value: Value::Text(name),
                ..
            },
            ..
        }) = entries.iter().find(|entry| entry.key == "name")
        && !name.is_empty()
    {
        return join(path, name);
    }
    format!("{path}[{number}]")
}
