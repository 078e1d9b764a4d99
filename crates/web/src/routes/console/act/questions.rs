//! Questions that several acts ask: purposes, categories, origins, matters, the fields of a category.

use std::collections::BTreeMap;

use domain::subject::Subject;
use domain::value::{Payload, Value};
use domain::{MatterId, Personal};
use policy::model::{
    CategoryId, CategorySet, ChannelId, ChannelSet, Field, FieldId, FieldType, KindId, OriginId,
    Policy, PurposeId,
};

use super::given::missing;
use super::{At, Wrong};
use crate::pages::console::form::{Answer, Asked};
use crate::say;

/// One choice: as the form names it, as people read it.
pub(super) type Pair = (String, String);

impl At<'_> {
    /// A list to choose one of.
    pub(super) fn one(&self, name: &str, label: (&str, &str), choices: Vec<Pair>) -> Asked {
        let chosen = self.given.some(name).map(str::to_owned);
        // What can only be one thing is chosen already.
        let chosen = chosen.or_else(|| match choices.as_slice() {
            [(only, _)] => Some(only.clone()),
            _ => None,
        });
        Asked::new(
            name,
            self.say().of(label.0, label.1),
            Answer::One(choices, chosen),
        )
    }

    /// A list to choose any of.
    pub(super) fn any(&self, name: &str, label: (&str, &str), choices: Vec<Pair>) -> Asked {
        let ticked = self.given.ticked(name);
        let label = self.say().of(label.0, label.1);
        Asked::new(name, label, Answer::Any(choices, ticked)).optional()
    }

    /// A line.
    pub(super) fn line(&self, name: &str, label: (&str, &str), kind: &'static str) -> Asked {
        let value = self.given.one(name).to_owned();
        let label = self.say().of(label.0, label.1);
        Asked::new(name, label, Answer::Line(kind, value))
    }

    /// A moment, which is now unless another is given.
    pub(super) fn moment(&self, name: &str, label: (&str, &str)) -> Asked {
        let now = self.visit.frame.now.strftime("%Y-%m-%dT%H:%M").to_string();
        let value = self.given.some(name).map_or(now, str::to_owned);
        let label = self.say().of(label.0, label.1);
        Asked::new(name, label, Answer::Line("datetime-local", value))
    }

    /// A day, which is today unless another is given.
    pub(super) fn today(&self, name: &str, label: (&str, &str)) -> Asked {
        let today = self.visit.frame.now.date().to_string();
        let value = self.given.some(name).map_or(today, str::to_owned);
        let label = self.say().of(label.0, label.1);
        Asked::new(name, label, Answer::Line("date", value))
    }

    pub(super) fn purposes(&self, which: impl Fn(PurposeId) -> bool) -> Vec<Pair> {
        let fill = self.visit.fill();
        let purposes = (0u8..).map(PurposeId).zip(&self.policy().purposes);
        purposes
            .filter(|(id, _)| which(*id))
            .map(|(_, it)| (it.name.clone(), fill.say(&it.title)))
            .collect()
    }

    pub(super) fn categories(&self, which: CategorySet) -> Vec<Pair> {
        let fill = self.visit.fill();
        let categories = (0u8..).map(CategoryId).zip(&self.policy().categories);
        categories
            .filter(|(id, _)| which.contains(*id))
            .map(|(_, it)| (it.name.clone(), fill.say(&it.title)))
            .collect()
    }

    /// The categories that the person's records are of.
    pub(super) fn held(&self) -> CategorySet {
        let held = self.subject.records.iter().filter(|held| !held.tombstone);
        held.map(|held| held.category).collect()
    }

    pub(super) fn origins(&self) -> Vec<Pair> {
        let fill = self.visit.fill();
        let origins = self.policy().origins.iter();
        origins
            .map(|it| (it.name.clone(), fill.say(&it.title)))
            .collect()
    }

    pub(super) fn channels(&self) -> Vec<Pair> {
        let fill = self.visit.fill();
        let channels = self.policy().channels.iter();
        channels
            .map(|it| (it.name.clone(), fill.say(&it.title)))
            .collect()
    }

    /// The matters that the person belongs to, each told by the first thing that happened about it.
    pub(super) fn matters(&self) -> Vec<(MatterId, String)> {
        let fill = self.visit.fill();
        matters(self.subject)
            .into_iter()
            .map(|(matter, fact)| {
                let title = fill.say(&self.policy().fact(fact.kind).title);
                let day = say::day(fill.day(fact.happened), fill.language);
                let short = say::short(&matter.to_string());
                (matter, format!("{title}, {day} (…{short})"))
            })
            .collect()
    }

    /// The purpose that an answer names.
    pub(super) fn purpose(&self, name: &str) -> Result<PurposeId, Wrong> {
        let given = self.given.one(name);
        let found = self.policy().purpose_named(given);
        found.ok_or_else(|| missing(name, self.visit))
    }

    pub(super) fn origin(&self, name: &str) -> Result<OriginId, Wrong> {
        let found = self.policy().origin_named(self.given.one(name));
        found.ok_or_else(|| missing(name, self.visit))
    }

    pub(super) fn kind(&self, name: &str) -> Result<KindId, Wrong> {
        let found = self.policy().kind_named(self.given.one(name));
        found.ok_or_else(|| missing(name, self.visit))
    }

    /// The categories that were ticked.
    pub(super) fn ticked_categories(&self, name: &str) -> CategorySet {
        let all = (0u8..).map(CategoryId).zip(&self.policy().categories);
        all.filter(|(_, it)| self.given.all(name).any(|ticked| ticked == it.name))
            .map(|(id, _)| id)
            .collect()
    }

    pub(super) fn ticked_channels(&self, name: &str) -> ChannelSet {
        let all = (0u8..).map(ChannelId).zip(&self.policy().channels);
        all.filter(|(_, it)| self.given.all(name).any(|ticked| ticked == it.name))
            .map(|(id, _)| id)
            .collect()
    }

    /// The matter that an answer names: one of the person's, or a new one.
    pub(super) fn matter(&self, name: &str) -> Result<Option<MatterId>, Wrong> {
        match self.given.some(name) {
            None => Ok(None),
            Some("new") => Ok(Some(self.site.kept.new_matter()?)),
            Some(id) => Ok(Some(id.parse().map_err(|_| missing(name, self.visit))?)),
        }
    }

    /// The fields of a category, as questions.
    pub(super) fn fields(&self, category: CategoryId, which: u64) -> Vec<Asked> {
        let fill = self.visit.fill();
        let it = self.policy().category(category);
        let fields = (0u8..).zip(&it.fields);
        fields
            .filter(|(at, _)| which & 1 << at != 0)
            .map(|(_, field)| {
                let name = field_name(field);
                let value = self.given.one(&name).to_owned();
                let say = self.say();
                let answer = match &field.kind {
                    FieldType::Note => Answer::Lines(value),
                    FieldType::Date => Answer::Line("date", value),
                    FieldType::Email => Answer::Line("email", value),
                    FieldType::Telephone => Answer::Line("tel", value),
                    FieldType::Boolean => {
                        let yes = ("yes".to_owned(), say.of("Yes", "Oui").to_owned());
                        let no = ("no".to_owned(), say.of("No", "Non").to_owned());
                        Answer::One(vec![yes, no], Some(value).filter(|it| !it.is_empty()))
                    }
                    FieldType::Choice(values) => {
                        let values = values.iter().map(|it| (it.clone(), it.clone()));
                        Answer::One(values.collect(), Some(value).filter(|it| !it.is_empty()))
                    }
                    _ => Answer::Line("text", value),
                };
                let label = format!("{} – {}", fill.say(&it.title), fill.say(&field.title));
                Asked::new(&name, label, answer).optional()
            })
            .collect()
    }

    /// The values of a category's fields that were given; nothing where none was.
    pub(super) fn values(
        &self,
        category: CategoryId,
        which: u64,
    ) -> Result<Option<Personal<Payload>>, Wrong> {
        let it = self.policy().category(category);
        let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
        for (at, field) in (0u8..)
            .zip(&it.fields)
            .filter(|(at, _)| which & 1 << at != 0)
        {
            let name = field_name(field);
            let Some(text) = self.given.some(&name) else {
                continue;
            };
            match Value::parse(&field.kind, text) {
                Ok(value) => drop(values.insert(at, value)),
                Err(fault) => wrong.push((name, self.no_value(&fault.to_string()))),
            }
        }
        match (wrong.is_empty(), values.is_empty()) {
            (false, _) => Err(Wrong::Answers(wrong)),
            (true, true) => Ok(None),
            (true, false) => Ok(Some(Personal::new(Payload(values)))),
        }
    }

    /// Which fields of a category were given a value, as bits.
    pub(super) fn given_fields(&self, category: CategoryId, which: u64) -> u64 {
        let fields = (0u8..).zip(&self.policy().category(category).fields);
        fields
            .filter(|(at, field)| {
                which & 1 << at != 0 && self.given.some(&field_name(field)).is_some()
            })
            .fold(0, |mask, (at, _)| mask | 1 << at)
    }

    /// A text as the value of a field.
    pub(super) fn note_of(
        &self,
        field: FieldId,
        name: &str,
    ) -> Result<Option<Personal<Payload>>, Wrong> {
        let Some(text) = self.given.some(name) else {
            return Ok(None);
        };
        let kind = &self.policy().field(field).kind;
        let value = Value::parse(kind, text).map_err(|fault| {
            Wrong::Answers(vec![(name.to_owned(), self.no_value(&fault.to_string()))])
        })?;
        let values = BTreeMap::from([(field.field, value)]);
        Ok(Some(Personal::new(Payload(values))))
    }

    /// What is expected of a value, in the reader's language as far as it is known.
    fn no_value(&self, expected: &str) -> String {
        let say = self.say();
        let expected = say::capital(expected);
        say.of(
            format!("{expected}."),
            "Cette valeur n’a pas la forme attendue.".to_owned(),
        )
    }
}

/// A field as forms name it.
pub(super) fn field_name(field: &Field) -> String {
    format!("f-{}", field.name)
}

/// The matters of a person, each with the first fact about it.
pub(in crate::routes::console) fn matters(
    subject: &Subject,
) -> Vec<(MatterId, domain::subject::Fact)> {
    let facts = subject.facts.iter().chain(&subject.organisation_facts);
    let mut found: Vec<(MatterId, domain::subject::Fact)> = Vec::new();
    for fact in facts.filter(|fact| fact.superseded_by.is_none()) {
        let Some(matter) = fact.matter else { continue };
        match found.iter_mut().find(|(known, _)| *known == matter) {
            Some((_, first)) if first.happened > fact.happened => *first = *fact,
            Some(_) => {}
            None => found.push((matter, *fact)),
        }
    }
    found
}

/// Whether a purpose rests on something for anybody.
pub(super) fn rests_on(
    policy: &Policy,
    purpose: PurposeId,
    basis: impl Fn(policy::model::Basis) -> bool,
) -> bool {
    let lines = &policy.purpose(purpose).bases;
    lines.iter().any(|line| basis(line.basis))
}
