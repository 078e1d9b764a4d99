//! From what a service answered to what a page shows: ids become titles in the page's language,
//! moments become days where the controller is.

pub(crate) mod beside;
pub(crate) mod person;
pub(crate) mod reading;
mod timeline;

use domain::Rule;
use domain::calendar::date_of;
use domain::value::Value;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use policy::model::{CategoryId, CategorySet, FieldId, Language, Policy, Wording};
use services::Law;

use crate::pages::reading::Why;
use crate::phrases::Phrases;
use crate::say;

/// The law and the language that a page is filled by.
#[derive(Clone, Copy)]
pub(crate) struct Fill<'a> {
    pub(crate) law: &'a Law,
    pub(crate) language: Language,
}

impl<'a> Fill<'a> {
    pub(crate) fn policy(self) -> &'a Policy {
        self.law.policy()
    }

    pub(crate) fn phrases(self) -> &'static Phrases {
        Phrases::of(self.language)
    }

    /// A wording in the page's language.
    pub(crate) fn say(self, wording: &Wording) -> String {
        say::wording(wording, self.language).into_owned()
    }

    pub(crate) fn category(self, id: CategoryId) -> String {
        self.say(&self.policy().category(id).title)
    }

    pub(crate) fn categories(self, ids: CategorySet) -> String {
        let titles: Vec<String> = ids.iter().map(|id| self.category(id)).collect();
        titles.join(", ")
    }

    /// The titles of some fields of a category, given as bits.
    pub(crate) fn fields(self, category: CategoryId, bits: u64) -> Vec<String> {
        let meant = (0..64u8).filter(|at| bits & (1 << at) != 0);
        meant
            .map(|field| self.policy().field(FieldId { category, field }))
            .map(|field| self.say(&field.title))
            .collect()
    }

    /// A rule as a sentence with its name.
    pub(crate) fn why(self, rule: Rule) -> Why {
        let terms = self.law.terms();
        let sentence = rule.sentence(terms, self.language);
        Why {
            rule: rule.name(terms),
            sentence: format!("{}.", say::spaced_for(&sentence, self.language)),
        }
    }

    /// The day of a moment, where the controller is.
    pub(crate) fn day(self, at: Timestamp) -> Date {
        date_of(at, self.law.in_force.zone())
    }

    /// The last day on which something is readable that goes at a moment.
    pub(crate) fn last_day(self, at: Timestamp) -> Date {
        self.day(at - SignedDuration::from_micros(1))
    }

    /// A value as the reader of the page writes it.
    pub(crate) fn value(self, value: &Value) -> String {
        let say = &self.phrases().person;
        match value {
            Value::Text(text) => text.clone(),
            Value::Date(date) => say::day(*date, self.language),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(true) => say.yes.to_owned(),
            Value::Boolean(false) => say.no.to_owned(),
            Value::Moment(at) => {
                say::moment(self.law.in_force.zone().to_datetime(*at), self.language)
            }
        }
    }
}
