//! `/console/people/{id}`: one person's file as a role sees it for a purpose: what it opens, what
//! stays closed, what happened and what will, and what may be done.

mod sample;
mod timeline;

use jiff::civil::Date;
use maud::{Markup, html};

use super::form::{Refused, refusal};
use crate::components::{Link, Tone, badge, crumbs, notice};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::pages::person::{self as parts, Person, history, records};
use crate::pages::reading::Name;
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// A person's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// The person as they are read.
    pub person: Person,
    /// Whether what is known in clear may be seen: by whoever reads the person's data for a purpose,
    /// and by whoever carries out their rights.
    pub open: bool,
    /// What happened, and what will.
    pub timeline: Timeline,
    /// What may be done, by its address and title.
    pub acts: Vec<(String, String)>,
    /// The matters that the person belongs to, where the role needs one to be named: the address
    /// that names it, the matter, whether it is named now.
    pub matters: Vec<(String, String, bool)>,
    /// What was just done.
    pub done: Option<String>,
    /// What was just refused.
    pub refused: Option<Refused>,
    /// The organisations that the person belongs or belonged to: address and identifier.
    pub organisations: Vec<(String, String)>,
    /// Whether the role sees who read what.
    pub traced: bool,
}

/// What happened and what will, day by day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// Days to come, the next first.
    pub to_come: Vec<Day>,
    /// What has no day yet.
    pub waits: Vec<Line>,
    /// Days up to today, the latest first.
    pub past: Vec<Day>,
    /// How many earlier days are left out.
    pub more: usize,
}

/// A day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Day {
    /// Which.
    pub day: Date,
    /// What it brought or brings.
    pub lines: Vec<Line>,
}

/// One thing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Line {
    /// Of what sort it is.
    pub sort: Sort,
    /// What.
    pub what: String,
    /// What is said beside it.
    pub more: Option<String>,
    /// By which rule, where one says so.
    pub rule: Option<String>,
}

/// Of what sort a line is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sort {
    /// An event that moves terms.
    Event,
    /// A choice of the person: a consent, an objection.
    Choice,
    /// Data that comes, or goes.
    Data,
    /// What somebody of the house did.
    Act,
}

/// The file as a document.
#[must_use]
pub fn render(view: &File, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    let either = Either(frame.language);
    let person = &view.person;
    let title = (say.title)(&say::short(&person.id));
    let named = match &person.name {
        Name::Read(name) => name,
        Name::Withheld(_) | Name::Unasked => &title,
    };
    let body = html! {
        (crumbs(&[
            Link::new(frame.link(Room::People.path(), &[]), Room::People.title(frame.language), false),
            Link::new(frame.here(), title.clone(), true),
        ], frame))
        header.title {
            h1 { (named) }
            p.lead {
                code { (person.id) }
                @if view.open {
                    " · " (if person.professional { say.professional } else { say.private })
                    @for role in &person.roles { " · " (parts::role_words(role, frame)) }
                }
            }
        }
        @if let Some(done) = &view.done { (notice(Tone::Good, done, &html! {})) }
        @if let Some(refused) = &view.refused { (refusal(refused, frame)) }
        (matters(view, frame))
        @if !view.acts.is_empty() {
            nav.acts aria-label=(either.of("What you may do", "Ce que vous pouvez faire")) {
                ul { @for (address, title) in &view.acts { li { a.button.secondary href=(address) { (title) } } } }
            }
        }
        (records::render(person, frame))
        @if view.open {
            (timeline::render(&view.timeline, frame))
            div.two {
                div.stack { (history::consents(person, frame)) (history::accepted(person, frame)) }
                div.stack {
                    (history::limits(person, frame))
                    (history::holds(person, frame))
                    (organisations(view, frame))
                }
            }
        }
        @if view.traced { (history::trace(person, frame)) }
    };
    // The title of the document names no one: it ends up in histories and bookmarks.
    page::console(frame, &title, Room::People, body)
}

/// Where a role reads the people of one named matter alone, which one.
fn matters(view: &File, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if !view.matters.is_empty() {
            nav.matters aria-label=(say.of("Matter", "Affaire")) {
                p { (say.of("Your role reads the people of one matter that you name:", "Votre rôle consulte les personnes d’une affaire que vous désignez :")) }
                ul {
                    @for (address, matter, here) in &view.matters {
                        li {
                            a href=(address) aria-current=[here.then_some("true")] { code { (matter) } }
                            @if *here { " " (badge(Tone::Good, say.of("named", "désignée"))) }
                        }
                    }
                }
            }
        }
    }
}

fn organisations(view: &File, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if !view.organisations.is_empty() {
            section aria-labelledby="organisations" {
                h2 id="organisations" { (say.of("Organisations", "Organismes")) }
                ul { @for (address, id) in &view.organisations { li { a href=(address) { code { (id) } } } } }
            }
        }
    }
}
