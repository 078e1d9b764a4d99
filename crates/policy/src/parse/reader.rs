//! Reads the keys of one table, notes what is wrong with them, and what the language does not know.

use std::cell::RefCell;

use jiff::civil::Date;

use super::{Context, Sort};
use crate::diagnostics::Code;
use crate::model::{Duration, Wording};
use crate::tree::{Entry, Node, Value, element, join};

/// A table that is being read. [`Reader::finish`] reports the keys that nothing asked for.
pub(crate) struct Reader<'a> {
    /// What is gathered.
    pub(crate) context: &'a Context,
    /// The path of the table.
    pub(crate) path: String,
    entries: &'a [Entry],
    asked: RefCell<Vec<&'static str>>,
    /// The table itself is missing or none, which was reported: what it lacks is not.
    quiet: bool,
}

/// Names that a list refers to, as ids.
pub(crate) struct References {
    /// The ids of those that are defined.
    pub(crate) ids: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// The whole file.
    pub(crate) fn root(context: &'a Context, entries: &'a [Entry]) -> Self {
        Self {
            context,
            path: String::new(),
            entries,
            asked: RefCell::default(),
            quiet: false,
        }
    }

    fn new(context: &'a Context, path: String, node: &'a Node) -> Self {
        let (entries, quiet): (&[Entry], bool) = match &node.value {
            Value::Table(entries) => (entries, false),
            other => {
                context.report(context.at_span(
                    Code::WrongType,
                    &path,
                    node.span.clone(),
                    format!("`{path}` is a table, and {} stands here", other.kind()),
                ));
                context.mark_broken(&path);
                (&[], true)
            }
        };
        Self {
            context,
            path,
            entries,
            asked: RefCell::default(),
            quiet,
        }
    }

    /// The path of a key.
    pub(crate) fn at(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The value of a key, if it is there.
    pub(crate) fn get(&self, key: &'static str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Reports the keys that nothing asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for entry in self
            .entries
            .iter()
            .filter(|entry| !asked.contains(&entry.key.as_str()))
        {
            let path = self.at(&entry.key);
            let place = if self.path.is_empty() {
                self.context.what.to_owned()
            } else {
                format!("`{}`", self.path)
            };
            let message = format!("{place} has no key `{}`", entry.key);
            let diagnostic =
                self.context
                    .at_span(Code::UnknownKey, &path, entry.key_span.clone(), message);
            self.context.report(diagnostic.help(suggestion(
                &entry.key,
                asked.iter().copied(),
                "the keys are",
            )));
        }
    }

    /// Reports that a key is missing, with what would do.
    pub(crate) fn missing(&self, key: &str, example: &str) {
        if self.quiet {
            return;
        }
        let message = if self.path.is_empty() {
            format!("{} has no `{key}`", self.context.what)
        } else {
            format!("`{}` has no `{key}`", self.path)
        };
        self.context.report(
            self.context
                .at_key(Code::MissingKey, &self.path, message)
                .help(format!("add `{example}`")),
        );
    }

    /// Reports a value of another type than the language asks for.
    pub(crate) fn wrong_type(&self, path: &str, node: &Node, expected: &str) {
        self.context.mark_broken(path);
        self.context.report(self.context.at_span(
            Code::WrongType,
            path,
            node.span.clone(),
            format!(
                "{expected} is expected, and {} stands here",
                node.value.kind()
            ),
        ));
    }

    pub(crate) fn text_at(&self, path: &str, node: &'a Node) -> Option<&'a str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => {
                self.wrong_type(path, node, "a text");
                None
            }
        }
    }

    /// A text; none if the key is not there.
    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        let node = self.get(key)?;
        let text = self.text_at(&self.at(key), node)?;
        if text.trim().is_empty() {
            let message = format!("`{}` is empty", self.at(key));
            self.context.report(
                self.context
                    .at_value(Code::MissingKey, &self.at(key), message)
                    .help("say it, or take the key away if it may be left out"),
            );
        }
        Some(text.trim().to_owned())
    }

    /// A text that is reported by the caller if it is empty.
    pub(crate) fn text_or_empty(&self, key: &'static str) -> String {
        self.get(key)
            .and_then(|node| self.text_at(&self.at(key), node))
            .map_or_else(String::new, |text| text.trim().to_owned())
    }

    /// A text that has to be there.
    pub(crate) fn required_text(&self, key: &'static str) -> String {
        if !self.has(key) {
            self.missing(key, &format!("{key} = \"...\""));
        }
        self.text(key).unwrap_or_default()
    }

    /// Yes or no; no if the key is not there.
    pub(crate) fn boolean(&self, key: &'static str) -> bool {
        match self.get(key) {
            None => false,
            Some(Node {
                value: Value::Boolean(value),
                ..
            }) => *value,
            Some(node) => {
                self.wrong_type(&self.at(key), node, "true or false");
                false
            }
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self, key: &'static str) -> Option<i64> {
        match self.get(key)? {
            Node {
                value: Value::Integer(value),
                ..
            } => Some(*value),
            node => {
                self.wrong_type(&self.at(key), node, "a whole number");
                None
            }
        }
    }

    /// A date.
    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        match self.get(key)? {
            Node {
                value: Value::Date(value),
                ..
            } => Some(*value),
            node => {
                let path = self.at(key);
                if matches!(node.value, Value::Other(_)) {
                    let message = format!(
                        "a day is expected (2026-01-05), and {} stands here",
                        node.value.kind()
                    );
                    self.context
                        .report(self.context.at_value(Code::BadDates, &path, message));
                } else {
                    self.wrong_type(&path, node, "a date, unquoted (2026-01-05),");
                }
                None
            }
        }
    }

    /// A duration.
    pub(crate) fn duration(&self, key: &'static str) -> Option<Duration> {
        let node = self.get(key)?;
        let text = self.text_at(&self.at(key), node)?;
        match Duration::parse(text) {
            Ok(duration) => Some(duration),
            Err(fault) => {
                let message = format!("`{text}` is no duration: {fault}");
                self.context.report(
                    self.context.at_value(Code::BadDuration, &self.at(key), message).help(
                        "write `13 months`, `5 years`, `1 year 6 months`, `30 days` or `at once`",
                    ),
                );
                None
            }
        }
    }

    /// One of the words allowed for a key; none if the key is not there or the word not allowed.
    pub(crate) fn word<T: Clone>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let node = self.get(key)?;
        let text = self.text_at(&self.at(key), node)?;
        self.one_of(&self.at(key), node, text, words)
    }

    /// A list of words, each one of those allowed.
    pub(crate) fn words<T: Clone>(&self, key: &'static str, words: &[(&str, T)]) -> Vec<T> {
        self.texts(key)
            .iter()
            .filter_map(|(path, node, text)| self.one_of(path, node, text, words))
            .collect()
    }

    fn one_of<T: Clone>(
        &self,
        path: &str,
        node: &Node,
        text: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let allowed = words.iter().map(|(word, _)| *word);
            self.context.mark_broken(path);
            self.context.report(
                self.context
                    .at_span(
                        Code::UnknownWord,
                        path,
                        node.span.clone(),
                        format!("`{text}` is not among the words allowed here"),
                    )
                    .help(suggestion(text, allowed, "the words are")),
            );
        }
        found.map(|(_, value)| value.clone())
    }

    /// One of the words allowed, where something else than a plain word may stand as well.
    pub(crate) fn listed_word<T: Clone>(
        &self,
        path: &str,
        node: &Node,
        text: &str,
        words: &[(&str, T)],
        help: &str,
    ) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            self.context.mark_broken(path);
            let message = format!("`{text}` is not among the words allowed here");
            self.context.report(
                self.context
                    .at_span(Code::UnknownWord, path, node.span.clone(), message)
                    .help(help),
            );
        }
        found.map(|(_, value)| value.clone())
    }

    /// The texts of a list, each with its path and its node.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<(String, &'a Node, &'a str)> {
        self.items(key)
            .into_iter()
            .filter_map(|(path, node)| self.text_at(&path, node).map(|text| (path, node, text)))
            .collect()
    }

    /// The items of a list; nothing if the key is not there.
    pub(crate) fn items(&self, key: &'static str) -> Vec<(String, &'a Node)> {
        let path = self.at(key);
        match self.get(key) {
            None => Vec::new(),
            Some(Node {
                value: Value::List(items),
                ..
            }) => items
                .iter()
                .enumerate()
                .map(|(number, item)| (element(&path, number, item), item))
                .collect(),
            Some(node) => {
                self.wrong_type(&path, node, "a list");
                Vec::new()
            }
        }
    }

    /// The tables of a list of tables.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Reader<'a>> {
        self.items(key)
            .into_iter()
            .map(|(path, node)| Reader::new(self.context, path, node))
            .collect()
    }

    /// A table under a key; none if the key is not there.
    pub(crate) fn table(&self, key: &'static str) -> Option<Reader<'a>> {
        let node = self.get(key)?;
        Some(Reader::new(self.context, self.at(key), node))
    }

    /// A table under a key; an empty one, with a report, if it is not there.
    pub(crate) fn required_table(&self, key: &'static str) -> Reader<'a> {
        self.table(key).unwrap_or_else(|| {
            self.missing(key, &format!("[{}]", self.at(key)));
            Reader {
                context: self.context,
                path: self.at(key),
                entries: &[],
                asked: RefCell::default(),
                quiet: true,
            }
        })
    }

    /// The named tables of a section, in the order of their ids: as many as the sort allows.
    pub(crate) fn section(&self, sort: Sort) -> Vec<(String, Reader<'a>)> {
        let Some(section) = self.table(sort.section()) else {
            return Vec::new();
        };
        section.named(self.context.names.list(sort).len())
    }

    /// The first tables under this one, each with its key as its name.
    pub(crate) fn named(&self, most: usize) -> Vec<(String, Reader<'a>)> {
        self.entries
            .iter()
            .take(most)
            .map(|entry| {
                let path = self.at(&entry.key);
                (
                    entry.key.clone(),
                    Reader::new(self.context, path, &entry.node),
                )
            })
            .collect()
    }

    /// The keys of this table with their values, where the keys are names.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a Node)> {
        self.entries
            .iter()
            .map(|entry| (entry.key.as_str(), &entry.node))
    }

    /// A wording that has to be there, in both languages.
    pub(crate) fn wording(&self, key: &'static str) -> Wording {
        if !self.has(key) && !self.quiet {
            let message = format!("`{}` has no `{key}`", self.path);
            self.context.report(
                self.context
                    .at_key(Code::MissingWording, &self.path, message)
                    .help(format!("add `{key} = {{ en = \"...\", fr = \"...\" }}`")),
            );
        }
        self.optional_wording(key).unwrap_or_default()
    }

    /// A wording, in both languages if it is there at all.
    pub(crate) fn optional_wording(&self, key: &'static str) -> Option<Wording> {
        let node = self.get(key)?;
        Some(self.wording_at(self.at(key), node))
    }

    /// The wording that a node holds.
    pub(crate) fn wording_at(&self, path: String, node: &'a Node) -> Wording {
        if matches!(node.value, Value::Text(_)) {
            self.context.report(
                self.context
                    .at_value(
                        Code::MissingWording,
                        &path,
                        format!("`{path}` is said in one language alone"),
                    )
                    .help("write it as `{ en = \"...\", fr = \"...\" }`"),
            );
            return Wording::default();
        }
        let reader = Reader::new(self.context, path, node);
        let wording = Wording {
            en: reader.said("en", "English"),
            fr: reader.said("fr", "French"),
        };
        reader.finish();
        wording
    }

    fn said(&self, key: &'static str, language: &str) -> String {
        let said = match self.get(key) {
            None => "",
            Some(node) => match self.text_at(&self.at(key), node) {
                None => return String::new(),
                Some(text) => text.trim(),
            },
        };
        if said.is_empty() && !self.quiet {
            let message = format!("`{}` says nothing in {language}", self.path);
            let path = if self.has(key) {
                self.at(key)
            } else {
                self.path.clone()
            };
            self.context.report(
                self.context
                    .at_value(Code::MissingWording, &path, message)
                    .help(format!("add the {language} wording as `{key} = \"...\"`")),
            );
        }
        said.to_owned()
    }

    /// The name before a rename; `none` says that there was none, where one might be thought of.
    pub(crate) fn was(&self) -> Option<String> {
        self.text("was")
            .filter(|was| !was.is_empty() && was != "none")
    }

    /// The id of the name that a key refers to.
    pub(crate) fn reference(&self, key: &'static str, sort: Sort) -> Option<u8> {
        let node = self.get(key)?;
        let text = self.text_at(&self.at(key), node)?;
        self.resolve(&self.at(key), node, text, sort)
    }

    /// The ids of the names that a list refers to; none if the key is not there.
    pub(crate) fn references(&self, key: &'static str, sort: Sort) -> Option<References> {
        self.get(key)?;
        let ids = self
            .texts(key)
            .into_iter()
            .filter_map(|(path, node, text)| self.resolve(&path, node, text, sort))
            .collect();
        Some(References { ids })
    }

    /// The id of a name of a sort, with a report and a suggestion if there is none.
    pub(crate) fn resolve(&self, path: &str, node: &Node, name: &str, sort: Sort) -> Option<u8> {
        let id = self.context.names.find(sort, name);
        if id.is_none() {
            self.unknown_name(path, node, name, sort.noun(), self.context.names.list(sort));
        }
        id
    }

    /// Reports that a name is not defined.
    pub(crate) fn unknown_name(
        &self,
        path: &str,
        node: &Node,
        name: &str,
        noun: &str,
        known: &[String],
    ) {
        self.context.mark_broken(path);
        self.context.report(
            self.context
                .at_span(
                    Code::UnknownName,
                    path,
                    node.span.clone(),
                    format!("there is no {noun} `{name}`"),
                )
                .help(suggestion(
                    name,
                    known.iter().map(String::as_str),
                    "defined are",
                )),
        );
    }
}

/// How a suggestion begins.
pub(crate) const DID_YOU_MEAN: &str = "did you mean";

/// What may have been meant: the nearest of the known words, or all of them if there are few.
pub(crate) fn suggestion<'w>(
    word: &str,
    known: impl Iterator<Item = &'w str> + Clone,
    otherwise: &str,
) -> String {
    let most = word.chars().count().max(3) / 3 + 1;
    let nearest = known
        .clone()
        .map(|other| (strsim::osa_distance(word, other), other))
        .filter(|(distance, other)| *distance <= most || other.starts_with(word) && word.len() >= 3)
        .min();
    if let Some((_, nearest)) = nearest {
        return format!("{DID_YOU_MEAN} `{nearest}`?");
    }
    let mut all: Vec<&str> = known.collect();
    all.sort_unstable();
    all.dedup();
    match all.len() {
        0 => "nothing of the kind is defined".to_owned(),
        1..=24 => format!("{otherwise} `{}`", all.join("`, `")),
        _ => "see docs/policy-language.md".to_owned(),
    }
}
