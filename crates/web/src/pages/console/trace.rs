//! `/console/trace`: who did what with somebody's data, by which rule and in which role (9d).

use jiff::civil::DateTime;
use maud::{Markup, html};

use crate::components::{Column, Link, crumbs, pagination, table};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// A page of a person's trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The person's identifier.
    pub person: String,
    /// Where the person's file is, if it may be opened.
    pub file: Option<String>,
    /// How many acts there are in all.
    pub total: u64,
    /// The acts of this page, the latest first.
    pub acts: Vec<Act>,
    /// The addresses of the pages with later and with earlier acts.
    pub later: Option<String>,
    /// The same for earlier ones.
    pub earlier: Option<String>,
}

/// An act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// The number of the journal's entry.
    pub entry: u64,
    /// When.
    pub at: DateTime,
    /// What was done.
    pub what: String,
    /// The account that did it.
    pub who: String,
    /// In which role, if in one.
    pub role: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// With which categories.
    pub categories: Vec<String>,
    /// The rule that allowed, refused or names it.
    pub rule: Option<String>,
}

impl Trace {
    /// An invented trace.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let id = "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e";
        let act = |entry, what: String, rule: Option<&str>| Act {
            entry,
            at: jiff::civil::date(2026, 3, 14).at(9, 30, 0, 0),
            what,
            who: "c.roux".to_owned(),
            role: Some(two("Accounts", "Comptabilité")),
            purpose: Some(two("Billing & collection", "Facturation & recouvrement")),
            categories: vec![two("Identity", "Identité")],
            rule: rule.map(str::to_owned),
        };
        let path = format!("/console/trace/{id}");
        Self {
            person: id.to_owned(),
            file: Some(frame.link(&format!("/console/people/{id}"), &[])),
            total: 1_204,
            acts: vec![
                act(48_030, two("Read", "Lecture"), None),
                act(
                    48_001,
                    two("Read refused", "Lecture refusée"),
                    Some("purposes.<letters>"),
                ),
            ],
            later: Some(frame.link(&path, &[])),
            earlier: Some(frame.link(&path, &[("before", "48001")])),
        }
    }
}

/// The form that asks whose trace.
#[must_use]
pub fn ask(wrong: bool, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let room = Room::Trace;
    let title = room.title(frame.language);
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead { (room.about(frame.language)) }
        }
        form.panel method="post" action=(frame.link(room.path(), &[])) autocomplete="off" {
            fieldset {
                legend { (say.of("Whose trace", "La trace de qui")) }
                div.line {
                    div.grow {
                        label for="person" { (say.of("Identifier of the person", "Identifiant de la personne")) }
                        input type="text" id="person" name="person" required maxlength="64" spellcheck="false"
                            aria-invalid=[wrong.then_some("true")] aria-describedby=(if wrong { "how wrong" } else { "how" });
                    }
                    button type="submit" { (say.of("Show", "Afficher")) }
                }
                p.small.soft id="how" {
                    (say.of(
                        "It stands under the name in the person’s file. Showing a trace is recorded in it.",
                        "Il figure sous le nom dans la fiche de la personne. L’affichage d’une trace y est lui-même inscrit.",
                    ))
                }
            }
            @if wrong {
                div.refused id="wrong" role="alert" { p { (say.of("This is no identifier.", "Ce n’est pas un identifiant.")) } }
            }
        }
    };
    page::console(frame, title, room, body)
}

/// A trace as a document.
#[must_use]
pub fn render(view: &Trace, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let person = &Phrases::of(frame.language).person;
    let room = Room::Trace;
    let short = say::short(&view.person);
    let title = format!("{} …{short}", say.of("Trace of", "Trace de"));
    let total = say::number(view.total, frame.language);
    let column = |title, figures| Column { title, figures };
    let columns = [
        column(person.when, false),
        column(person.act, false),
        column(person.who, false),
        column(person.purpose, false),
        column(person.categories, false),
        column(say.of("Rule", "Règle"), false),
        column(person.entry, true),
    ];
    let rows: Vec<Vec<Markup>> = view
        .acts
        .iter()
        .map(|act| {
            vec![
                html! { time datetime=(act.at) { (say::moment(act.at, frame.language)) } },
                html! { (act.what) },
                html! { code { (act.who) } @if let Some(role) = &act.role { span.under { (role) } } },
                html! { (act.purpose.as_deref().unwrap_or("–")) },
                html! { (act.categories.join(", ")) },
                html! { @if let Some(rule) = &act.rule { code { (rule) } } @else { "–" } },
                html! { (act.entry) },
            ]
        })
        .collect();
    let caption = say.of(
        "From the journal, the latest first; this showing is in it",
        "D’après le journal, du plus récent au plus ancien ; cet affichage y figure",
    );
    let body = html! {
        (crumbs(&[
            Link::new(frame.link(room.path(), &[]), room.title(frame.language), false),
            Link::new(frame.here(), title.clone(), true),
        ], frame))
        header.title {
            h1 { (title) }
            p.lead {
                code { (view.person) } " · "
                (say.of(format!("{total} acts"), format!("{total} actes")))
                @if let Some(file) = &view.file { " · " a href=(file) { (say.of("open the file", "ouvrir la fiche")) } }
            }
        }
        (table(caption, &columns, &rows))
        (pagination(view.later.as_deref(), view.earlier.as_deref(), frame))
    };
    page::console(frame, &title, room, body)
}
