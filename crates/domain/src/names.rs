//! Names and their numbers: what is persisted never carries an interned id.
//!
//! Each name of a policy gets a number of its sort from an append-only registry, for ever; a rename
//! (`was = "..."`) keeps the number (`docs/decisions/0004-ids-and-names.md`).

use std::collections::BTreeMap;

use policy::authorisation::Authorisation;
use policy::model::{
    CategoryId, ChannelId, DocumentId, FactId, FieldId, KindId, OriginId, Policy, ProcessorId,
    ProjectionId, PurposeId, RecipientId, RoleId, RuleId, SpanId,
};

use crate::{Fault, FaultKind};

/// The sorts of names, each with numbers of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[repr(u8)]
pub enum Sort {
    /// Kinds of data subject.
    Kind = 1,
    /// Categories of data.
    Category = 2,
    /// Fields, as `category.field`.
    Field = 3,
    /// Purposes.
    Purpose = 4,
    /// Kinds of fact.
    Fact = 5,
    /// Spans.
    Span = 6,
    /// Recipients.
    Recipient = 7,
    /// Origins.
    Origin = 8,
    /// Channels.
    Channel = 9,
    /// Processors.
    Processor = 10,
    /// Documents.
    Document = 11,
    /// Projections.
    Projection = 12,
    /// Retention rules.
    Rule = 13,
    /// Roles of the authorisation. (14 is kept for the forms of a policy.)
    Role = 15,
}

impl Sort {
    /// Every sort.
    pub const ALL: [Self; 14] = [
        Self::Kind,
        Self::Category,
        Self::Field,
        Self::Purpose,
        Self::Fact,
        Self::Span,
        Self::Recipient,
        Self::Origin,
        Self::Channel,
        Self::Processor,
        Self::Document,
        Self::Projection,
        Self::Rule,
        Self::Role,
    ];

    /// The number by which the sort itself is stored.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The sort of a stored number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.code() == code)
    }
}

/// A row of the registry: a name that a number has, or had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameRow {
    /// The sort of name.
    pub sort: Sort,
    /// The number, from 1, never reused within the sort.
    pub number: u32,
    /// The name in the policy file. Of several rows with one number the last has its present name.
    pub name: String,
}

/// Numbers of one sort, in both directions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbers<Id> {
    numbers: BTreeMap<Id, u32>,
    ids: BTreeMap<u32, Id>,
}

impl<Id: Copy + Ord> Numbers<Id> {
    fn new(pairs: impl IntoIterator<Item = (Id, u32)>) -> Self {
        let numbers: BTreeMap<Id, u32> = pairs.into_iter().collect();
        let ids = numbers.iter().map(|(id, number)| (*number, *id)).collect();
        Self { numbers, ids }
    }

    /// The number of an id of the policy in force; zero, which no name has, for an id of another
    /// policy.
    #[must_use]
    pub fn number(&self, id: Id) -> u32 {
        self.numbers.get(&id).copied().unwrap_or(0)
    }

    /// The id in the policy in force, if it still has the name.
    #[must_use]
    pub fn id(&self, number: u32) -> Option<Id> {
        self.ids.get(&number).copied()
    }
}

/// The names of the policy in force with their numbers, and all names there ever were.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Names {
    /// Kinds of data subject.
    pub kind: Numbers<KindId>,
    /// Categories.
    pub category: Numbers<CategoryId>,
    /// Fields.
    pub field: Numbers<FieldId>,
    /// Purposes.
    pub purpose: Numbers<PurposeId>,
    /// Kinds of fact.
    pub fact: Numbers<FactId>,
    /// Spans.
    pub span: Numbers<SpanId>,
    /// Recipients.
    pub recipient: Numbers<RecipientId>,
    /// Origins.
    pub origin: Numbers<OriginId>,
    /// Channels.
    pub channel: Numbers<ChannelId>,
    /// Processors.
    pub processor: Numbers<ProcessorId>,
    /// Documents.
    pub document: Numbers<DocumentId>,
    /// Projections.
    pub projection: Numbers<ProjectionId>,
    /// Retention rules.
    pub rule: Numbers<RuleId>,
    /// Roles of the authorisation in force; none where there is no authorisation.
    pub role: Numbers<RoleId>,
    present: BTreeMap<(Sort, u32), String>,
}

impl Names {
    /// As [`Names::assign_with`], for a policy without an authorisation.
    ///
    /// # Errors
    /// As there.
    pub fn assign(policy: &Policy, known: &[NameRow]) -> Result<(Self, Vec<NameRow>), Fault> {
        Self::assign_with(policy, None, known)
    }

    /// Gives every name of a policy, and every role of the authorisation beside it, its number: the
    /// one that it has, the one of what it was renamed from, or a new one. The new rows are to be
    /// appended to the registry.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when two names of the policy claim one number: a name that still
    /// exists cannot also have been renamed.
    pub fn assign_with(
        policy: &Policy,
        authorisation: Option<&Authorisation>,
        known: &[NameRow],
    ) -> Result<(Self, Vec<NameRow>), Fault> {
        let mut registry = Registry::new(known);
        macro_rules! list {
            ($sort:expr, $list:ident, $id:ident) => {{
                let items = policy.$list.iter();
                let items = items.map(|it| (it.name.clone(), it.was.iter().cloned().collect()));
                let numbers = registry.assign($sort, items.collect())?;
                Numbers::new((0..).map($id).zip(numbers))
            }};
        }
        let kind = list!(Sort::Kind, kinds, KindId);
        let category = list!(Sort::Category, categories, CategoryId);
        let purpose = list!(Sort::Purpose, purposes, PurposeId);
        let fact = list!(Sort::Fact, facts, FactId);
        let span = list!(Sort::Span, spans, SpanId);
        let recipient = list!(Sort::Recipient, recipients, RecipientId);
        let origin = list!(Sort::Origin, origins, OriginId);
        let channel = list!(Sort::Channel, channels, ChannelId);
        let processor = list!(Sort::Processor, processors, ProcessorId);
        let document = list!(Sort::Document, documents, DocumentId);
        let projection = list!(Sort::Projection, projections, ProjectionId);
        let rule = list!(Sort::Rule, rules, RuleId);
        let (ids, items) = fields(policy);
        let field = Numbers::new(ids.into_iter().zip(registry.assign(Sort::Field, items)?));
        let roles = authorisation.map_or(&[][..], |it| &it.roles).iter();
        let roles = roles.map(|it| (it.name.clone(), it.was.iter().cloned().collect()));
        let numbers = registry.assign(Sort::Role, roles.collect())?;
        let role = Numbers::new((0..).map(RoleId).zip(numbers));
        let names = Self {
            kind,
            category,
            field,
            purpose,
            fact,
            span,
            recipient,
            origin,
            channel,
            processor,
            document,
            projection,
            rule,
            role,
            present: registry.present,
        };
        Ok((names, registry.new))
    }

    /// The present name of a number, of this policy or of one before.
    #[must_use]
    pub fn name_of(&self, sort: Sort, number: u32) -> Option<&str> {
        self.present.get(&(sort, number)).map(String::as_str)
    }

    /// Every number of a sort with its present name, of this policy or of one before, in the order
    /// of numbers.
    pub fn all_of(&self, sort: Sort) -> impl Iterator<Item = (u32, &str)> {
        let all = self.present.range((sort, 0)..=(sort, u32::MAX));
        all.map(|((_, number), name)| (*number, name.as_str()))
    }
}

/// Fields as `category.field`, with every name that they may have had before: by a rename of
/// their own, of their category, or of both.
fn fields(policy: &Policy) -> (Vec<FieldId>, Vec<(String, Vec<String>)>) {
    let mut ids = Vec::new();
    let mut items = Vec::new();
    for (category_id, category) in (0..).map(CategoryId).zip(&policy.categories) {
        for (place, field) in (0..).zip(&category.fields) {
            ids.push(FieldId {
                category: category_id,
                field: place,
            });
            let mut before = Vec::new();
            for of in category.was.iter().chain([&category.name]) {
                for name in field.was.iter().chain([&field.name]) {
                    before.push(match name.contains('.') {
                        true => name.clone(),
                        false => format!("{of}.{name}"),
                    });
                }
            }
            items.push((format!("{}.{}", category.name, field.name), before));
        }
    }
    (ids, items)
}

struct Registry {
    /// The present name of each number.
    present: BTreeMap<(Sort, u32), String>,
    new: Vec<NameRow>,
}

impl Registry {
    fn new(known: &[NameRow]) -> Self {
        let mut present = BTreeMap::new();
        for row in known {
            present.insert((row.sort, row.number), row.name.clone());
        }
        Self {
            present,
            new: Vec::new(),
        }
    }

    fn number_of(&self, sort: Sort, name: &str) -> Option<u32> {
        self.present
            .iter()
            .find(|((of, _), present)| *of == sort && *present == name)
            .map(|((_, number), _)| *number)
    }

    fn assign(&mut self, sort: Sort, items: Vec<(String, Vec<String>)>) -> Result<Vec<u32>, Fault> {
        let found: Vec<Option<u32>> = items
            .iter()
            .map(|(name, before)| {
                self.number_of(sort, name).or_else(|| {
                    let before = before.iter().filter(|before| *before != name);
                    before.filter_map(|name| self.number_of(sort, name)).next()
                })
            })
            .collect();
        for (at, number) in found.iter().enumerate() {
            if number.is_some() && found[..at].contains(number) {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    format!(
                        "`{}` says that it was renamed from a name that another one has",
                        items[at].0
                    ),
                )
                .remedy("take its `was` out, or the other name"));
            }
        }
        let mut next = self.next(sort);
        Ok(items
            .into_iter()
            .zip(found)
            .map(|((name, _), number)| {
                let number = number.unwrap_or_else(|| {
                    next += 1;
                    next - 1
                });
                if self.present.get(&(sort, number)) != Some(&name) {
                    self.present.insert((sort, number), name.clone());
                    self.new.push(NameRow { sort, number, name });
                }
                number
            })
            .collect())
    }

    fn next(&self, sort: Sort) -> u32 {
        self.present
            .range((sort, 0)..=(sort, u32::MAX))
            .next_back()
            .map_or(1, |((_, number), _)| number + 1)
    }
}
