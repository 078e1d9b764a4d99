//! What a policy defines: the names of every sort, gathered before anything refers to them.

use std::collections::HashMap;

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{CategoryId, FieldId, Policy};
use crate::tree::{Entry, Node, Places, Value, join};

/// The longest list of names: sets of them are 128 bits wide, and some are kept back.
pub(crate) const NAMES_MAX: usize = 120;
/// The most fields of a category: a set of them is 64 bits wide.
pub(crate) const FIELDS_MAX: usize = 64;

/// What a name can stand for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Sort {
    Kind,
    Channel,
    Origin,
    Form,
    Category,
    Fact,
    Span,
    Purpose,
    Recipient,
    Processor,
    Document,
    Projection,
    Rule,
    Right,
    /// Of the authorisation that goes with a policy; no policy defines one.
    Role,
}

impl Sort {
    /// All that a policy defines.
    pub(crate) const ALL: [Self; 14] = [
        Self::Kind,
        Self::Channel,
        Self::Origin,
        Self::Form,
        Self::Category,
        Self::Fact,
        Self::Span,
        Self::Purpose,
        Self::Recipient,
        Self::Processor,
        Self::Document,
        Self::Projection,
        Self::Rule,
        Self::Right,
    ];

    /// The section of the file that defines them.
    pub(crate) const fn section(self) -> &'static str {
        match self {
            Self::Kind => "kinds",
            Self::Channel => "channels",
            Self::Origin => "origins",
            Self::Form => "forms",
            Self::Category => "categories",
            Self::Fact => "facts",
            Self::Span => "spans",
            Self::Purpose => "purposes",
            Self::Recipient => "recipients",
            Self::Processor => "processors",
            Self::Document => "documents",
            Self::Projection => "projections",
            Self::Rule => "retention",
            Self::Right => "rights",
            Self::Role => "roles",
        }
    }

    /// The word for one.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Kind => "kind of subject",
            Self::Channel => "channel",
            Self::Origin => "origin",
            Self::Form => "form",
            Self::Category => "category",
            Self::Fact => "fact",
            Self::Span => "span",
            Self::Purpose => "purpose",
            Self::Recipient => "recipient",
            Self::Processor => "processor",
            Self::Document => "document",
            Self::Projection => "projection",
            Self::Rule => "retention rule",
            Self::Right => "right",
            Self::Role => "role",
        }
    }
}

/// The names that a policy defines. The place of a name in its list is its interned id.
#[derive(Debug, Default)]
pub(crate) struct Names {
    lists: HashMap<Sort, Vec<String>>,
    /// The fields of each category, in the order of the file.
    fields: Vec<Vec<String>>,
}

impl Names {
    /// Gathers the names of a file, with what is wrong about them.
    pub(crate) fn collect(entries: &[Entry], places: &Places) -> (Self, Vec<Diagnostic>) {
        let mut names = Self::default();
        let mut found = Vec::new();
        for sort in Sort::ALL {
            let section = entries.iter().find(|entry| entry.key == sort.section());
            let mut list = section.map_or_else(Vec::new, |entry| defined(sort, &entry.node));
            check_list(sort, &list, places, &mut found);
            list.truncate(NAMES_MAX);
            if sort == Sort::Category {
                names.fields = section.map_or_else(Vec::new, |entry| fields(&entry.node, &list));
            }
            names
                .lists
                .insert(sort, list.into_iter().map(str::to_owned).collect());
        }
        check_fields(&names, places, &mut found);
        for fields in &mut names.fields {
            fields.truncate(FIELDS_MAX);
        }
        (names, found)
    }

    /// The names that an authorisation refers to: those of its policy, and its own roles.
    pub(crate) fn of_authorisation(
        policy: &Policy,
        entries: &[Entry],
        places: &Places,
    ) -> (Self, Vec<Diagnostic>) {
        let mut names = Self::default();
        let mut found = Vec::new();
        macro_rules! of_the_policy {
            ($($sort:ident => $list:ident),+ $(,)?) => {$(
                let list = policy.$list.iter().map(|it| it.name.clone());
                names.lists.insert(Sort::$sort, list.collect());
            )+};
        }
        of_the_policy! {
            Kind => kinds,
            Category => categories,
            Purpose => purposes,
            Recipient => recipients,
            Document => documents,
        }
        names.fields = policy
            .categories
            .iter()
            .map(|category| category.fields.iter().map(|it| it.name.clone()).collect())
            .collect();
        let roles = entries
            .iter()
            .find(|entry| entry.key == Sort::Role.section());
        let mut list = roles.map_or_else(Vec::new, |entry| defined(Sort::Role, &entry.node));
        check_list(Sort::Role, &list, places, &mut found);
        list.truncate(NAMES_MAX);
        let list = list.into_iter().map(str::to_owned).collect();
        names.lists.insert(Sort::Role, list);
        (names, found)
    }

    /// The names of a sort, in the order of their ids.
    pub(crate) fn list(&self, sort: Sort) -> &[String] {
        self.lists.get(&sort).map_or(&[], Vec::as_slice)
    }

    /// The id of a name.
    pub(crate) fn find(&self, sort: Sort, name: &str) -> Option<u8> {
        let place = self.list(sort).iter().position(|known| known == name)?;
        u8::try_from(place).ok()
    }

    /// The fields of a category.
    pub(crate) fn fields(&self, category: CategoryId) -> &[String] {
        self.fields.get(category.index()).map_or(&[], Vec::as_slice)
    }

    /// The id of `category.field`, given both names.
    pub(crate) fn field(&self, category: CategoryId, name: &str) -> Option<FieldId> {
        let place = self
            .fields(category)
            .iter()
            .position(|known| known == name)?;
        Some(FieldId {
            category,
            field: u8::try_from(place).ok()?,
        })
    }
}

/// The names that a section defines: keys of a table, or the `name` of each table of a list.
fn defined(sort: Sort, node: &Node) -> Vec<&str> {
    // Only what its parser reads too gives names: a list of tables where a table belongs is an
    // error of its own, and an id of it would stand for nothing.
    match &node.value {
        Value::Table(entries) if sort != Sort::Rule => {
            entries.iter().map(|entry| entry.key.as_str()).collect()
        }
        Value::List(items) if sort == Sort::Rule => items
            .iter()
            .map(|item| match &item.value {
                Value::Table(entries) => entries
                    .iter()
                    .find(|entry| entry.key == "name")
                    .and_then(|entry| match &entry.node.value {
                        Value::Text(name) => Some(name.as_str()),
                        _ => None,
                    })
                    .unwrap_or_default(),
                _ => "",
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn fields(categories: &Node, kept: &[&str]) -> Vec<Vec<String>> {
    let Value::Table(entries) = &categories.value else {
        return Vec::new();
    };
    entries
        .iter()
        .take(kept.len())
        .map(|category| {
            let Value::Table(entries) = &category.node.value else {
                return Vec::new();
            };
            let Some(fields) = entries.iter().find(|entry| entry.key == "fields") else {
                return Vec::new();
            };
            defined(Sort::Category, &fields.node)
                .into_iter()
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

fn check_list(sort: Sort, list: &[&str], places: &Places, found: &mut Vec<Diagnostic>) {
    let section = sort.section();
    if list.len() > NAMES_MAX {
        found.push(
            Diagnostic::new(
                Code::TooMany,
                section,
                format!(
                    "there are {} under `{section}`, at most {NAMES_MAX} can be",
                    list.len()
                ),
            )
            .label(
                places.key(&join(section, list[NAMES_MAX])),
                "the first too many",
            )
            .help("join what can be joined; a policy that people can read needs far fewer"),
        );
    }
    for (place, name) in list.iter().enumerate() {
        if name.is_empty() && sort == Sort::Rule {
            continue; // its missing key is reported where it is read
        }
        check_name(&join(section, name), name, sort.noun(), places, found);
        if sort == Sort::Rule && list[..place].contains(name) {
            found.push(
                Diagnostic::new(
                    Code::DuplicateName,
                    join(section, name),
                    format!("two retention rules are called `{name}`"),
                )
                .label(places.key(&join(section, name)), "")
                .help("give one of them another name"),
            );
        }
    }
}

fn check_fields(names: &Names, places: &Places, found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<&str, String> = HashMap::new();
    for (category, fields) in names.list(Sort::Category).iter().zip(&names.fields) {
        let section = format!("categories.{category}.fields");
        if fields.len() > FIELDS_MAX {
            found.push(
                Diagnostic::new(
                    Code::TooMany,
                    section.clone(),
                    format!(
                        "`{category}` has {} fields, at most {FIELDS_MAX} can be",
                        fields.len()
                    ),
                )
                .label(
                    places.key(&join(&section, &fields[FIELDS_MAX])),
                    "the first too many",
                )
                .help("split the category"),
            );
        }
        for field in fields {
            let path = join(&section, field);
            check_name(&path, field, "field", places, found);
            if let Some(before) = first.get(field.as_str()) {
                found.push(
                    Diagnostic::new(
                        Code::DuplicateName,
                        path.clone(),
                        format!("the field `{field}` belongs to two categories"),
                    )
                    .label(places.key(&path), "again here")
                    .label(places.key(before), "first here")
                    .help("give one of them another name, or take it away"),
                );
            } else {
                first.insert(field, path);
            }
        }
    }
}

fn check_name(path: &str, name: &str, noun: &str, places: &Places, found: &mut Vec<Diagnostic>) {
    if is_name(name) {
        return;
    }
    let mut diagnostic = Diagnostic::new(
        Code::BadName,
        path,
        format!("`{name}` cannot be the name of a {noun}"),
    )
    .label(places.key(path), "");
    let better = suggest_name(name);
    diagnostic = if is_name(&better) {
        diagnostic.help(format!(
            "names are lower-case words joined by hyphens: `{better}`"
        ))
    } else {
        diagnostic.help("names are lower-case words (letters a to z, digits) joined by hyphens")
    };
    found.push(diagnostic);
}

/// Whether it is lower-case words, digits included, joined by hyphens; 64 characters at most.
fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

fn suggest_name(name: &str) -> String {
    let words: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    words
        .split('-')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
