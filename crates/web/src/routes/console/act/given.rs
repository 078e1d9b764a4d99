//! What a form was sent with. It may hold what people wrote: it is not printed, and goes back into
//! the form that it came from, and nowhere else.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::Wrong;
use crate::say::Either;
use crate::site::Visit;

/// The answers, by the names of their fields; a field may have several.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub(in crate::routes::console) struct Given(Vec<(String, String)>);

impl Given {
    /// The answer of a field; nothing, where there is none.
    pub(in crate::routes::console) fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The answer of a field that was answered.
    pub(in crate::routes::console) fn some(&self, name: &str) -> Option<&str> {
        Some(self.one(name).trim()).filter(|it| !it.is_empty())
    }

    /// Every answer of a field.
    pub(in crate::routes::console) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let of = self.0.iter().filter(move |(field, _)| field == name);
        of.map(|(_, value)| value.as_str())
    }

    /// Every answer of a field, to be given back.
    pub(super) fn ticked(&self, name: &str) -> Vec<String> {
        self.all(name).map(str::to_owned).collect()
    }

    /// A day, if one was given.
    pub(super) fn day(&self, name: &str, visit: &Visit) -> Result<Option<Date>, Wrong> {
        let parsed = self.some(name).map(str::parse::<Date>).transpose();
        parsed.map_err(|_| no_day(name, visit))
    }

    /// A moment where the controller is, if one was given.
    pub(in crate::routes::console) fn moment(
        &self,
        name: &str,
        visit: &Visit,
    ) -> Result<Option<Timestamp>, Wrong> {
        let Some(text) = self.some(name) else {
            return Ok(None);
        };
        let zone = visit.law.in_force.zone();
        let at = text.parse::<DateTime>().ok();
        let at = at.and_then(|at| zone.to_timestamp(at).ok());
        at.map(Some).ok_or_else(|| no_day(name, visit))
    }
}

/// An answer that is missing.
pub(super) fn missing(name: &str, visit: &Visit) -> Wrong {
    let say = Either(visit.frame.language);
    let words = say.of(
        "An answer is needed here.",
        "Une réponse est nécessaire ici.",
    );
    Wrong::Answers(vec![(name.to_owned(), words.to_owned())])
}

fn no_day(name: &str, visit: &Visit) -> Wrong {
    let say = Either(visit.frame.language);
    let words = say.of("This is no day.", "Ce n’est pas une date.");
    Wrong::Answers(vec![(name.to_owned(), words.to_owned())])
}
