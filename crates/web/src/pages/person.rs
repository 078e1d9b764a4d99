//! `/people/{id}`: one person, read as somebody for something: each value with its purpose, legal
//! basis, origin and the day it goes; each value that stays closed with the rule that says so.

pub(super) mod history;
pub(super) mod records;
mod sample;

use jiff::civil::{Date, DateTime};
use maud::{Markup, html};

use super::reading::{Name, Reading, Why};
use crate::frame::Frame;
use crate::page::{self, Place};
use crate::phrases::Phrases;
use crate::say;

/// One person, as one recipient sees them for one purpose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The person's identifier.
    pub id: String,
    /// The name, if it may be read.
    pub name: Name,
    /// What the person is, each since a day.
    pub roles: Vec<Role>,
    /// Whether they are met at work (`true`) or as a private person.
    pub professional: bool,
    /// As whom and for what the page is read.
    pub reading: Reading,
    /// Why nothing at all may be read, where that is so.
    pub refused: Option<Why>,
    /// What may be read.
    pub records: Vec<Record>,
    /// What is held and stays closed to this purpose.
    pub withheld: Vec<Withheld>,
    /// What happened, the latest first.
    pub facts: Vec<Event>,
    /// Consents, the latest first.
    pub consents: Vec<Consent>,
    /// Documents accepted, the latest first.
    pub accepted: Vec<Accepted>,
    /// Objections and restrictions, in a sentence each.
    pub limits: Vec<Limit>,
    /// Holds.
    pub holds: Vec<Hold>,
    /// Who read or changed what, the latest first.
    pub trace: Vec<Trace>,
}

/// A version of a document that the person accepted (3b).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// The document's title.
    pub document: String,
    /// The number of its version.
    pub version: u32,
    /// The day on which it was accepted.
    pub day: Date,
    /// A later version that asks to be accepted anew and was not.
    pub asked_for: Option<u32>,
}

/// A person is of a kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    /// The kind's title.
    pub kind: String,
    /// The first day.
    pub since: Date,
    /// The last day, once it is over.
    pub until: Option<Date>,
}

/// A record that may be read, with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The record's identifier.
    pub id: String,
    /// The category's title.
    pub category: String,
    /// The title and the value of each field that may be read.
    pub values: Vec<(String, String)>,
    /// What it is read for.
    pub purpose: String,
    /// The legal basis, in words.
    pub basis: String,
    /// Where it came from.
    pub origin: String,
    /// The account that brought it in.
    pub brought_by: String,
    /// The day of collection.
    pub collected: Date,
    /// Until when this purpose may read it.
    pub readable: Until,
    /// When the last ground ends, and the record goes.
    pub goes: Until,
}

/// When something ends, and by which rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Until {
    /// The last day, or what it waits for.
    pub when: When,
    /// The rule's name in the policy, `retention.10d`.
    pub rule: String,
}

/// A day, or what has to happen first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum When {
    /// Through this day.
    Day(Date),
    /// Until something happens that has not yet, in a sentence.
    Waits(String),
}

/// A record that stays closed to the reader's purpose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withheld {
    /// The category's title.
    pub category: String,
    /// The titles of its fields.
    pub fields: Vec<String>,
    /// The rule that says so.
    pub why: Why,
}

/// A dated event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// The day on which it happened.
    pub day: Date,
    /// What happened.
    pub what: String,
    /// The matter that it is about, by its identifier.
    pub matter: Option<String>,
    /// Whether it happened to an organisation of theirs.
    pub of_organisation: bool,
}

/// A consent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consent {
    /// What for.
    pub purpose: String,
    /// By which channels; empty: by all.
    pub channels: Vec<String>,
    /// When it was given.
    pub given: Date,
    /// When it was withdrawn.
    pub withdrawn: Option<Date>,
    /// When it lapses.
    pub lapses: Option<Date>,
}

/// An objection or a restriction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// What it is, in words.
    pub what: String,
    /// Since when.
    pub since: Date,
    /// When it was lifted.
    pub lifted: Option<Date>,
}

/// A hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// What it covers, in words.
    pub scope: String,
    /// What alone the data may be read for.
    pub purpose: String,
    /// When it was placed.
    pub placed: Date,
    /// When it is looked at again.
    pub review: Date,
    /// When it was lifted.
    pub lifted: Option<Date>,
}

/// A line of the person's trace (9d).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// When.
    pub at: DateTime,
    /// Who: an account.
    pub who: String,
    /// What was done.
    pub act: String,
    /// What for, if it was a read.
    pub purpose: Option<String>,
    /// Which categories.
    pub categories: Vec<String>,
    /// The number of the journal's entry.
    pub entry: u64,
}

/// One person as a document.
#[must_use]
pub fn render(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    let path = format!("/people/{}", view.id);
    let title = (say.title)(&say::short(&view.id));
    let body = html! {
        header.title {
            p.crumb { a href=(frame.link("/people", &[])) { (say.back) } }
            h1 { @match &view.name { Name::Read(name) => (name), Name::Withheld(_) | Name::Unasked => (title) } }
            p.lead {
                code { (view.id) } " · "
                (if view.professional { say.professional } else { say.private })
                @for role in &view.roles { " · " (role_words(role, frame)) }
            }
        }
        (view.reading.form(frame, &path))
        p.after-form { a href=(frame.link(&format!("{path}/beside"), &[])) { (say.beside) } }
        (records::render(view, frame))
        (history::render(view, frame))
    };
    // The title of the document names no one: it ends up in histories and bookmarks.
    page::demo(frame, &title, Place::People, body)
}

pub(super) fn role_words(role: &Role, frame: &Frame) -> String {
    let say = &Phrases::of(frame.language).person;
    let day = |date| say::day(date, frame.language);
    match role.until {
        None => (say.role_since)(&role.kind, &day(role.since)),
        Some(until) => (say.role_until)(&role.kind, &day(until)),
    }
}
