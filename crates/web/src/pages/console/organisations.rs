//! `/console/organisations`: organisations with their contracts, and each with its people.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::components::{Column, Link, Tone, badge, crumbs, empty, notice, pagination, table};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::pages::people::{self, Row};
use crate::pages::person::Event;
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// A page of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisations {
    /// The organisations.
    pub rows: Vec<Listed>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub further: bool,
    /// Whether one may be added.
    pub adds: bool,
}

/// One organisation of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its identifier.
    pub id: String,
    /// What is open with it: a contract, say.
    pub open: Vec<String>,
    /// How many people belong to it or did.
    pub people: u64,
}

/// One organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// Its identifier.
    pub id: String,
    /// What happened to it, the latest first.
    pub facts: Vec<Event>,
    /// Its people, as the role reads them.
    pub people: Vec<Row>,
    /// How many more there are.
    pub more: usize,
    /// Where an event is recorded, if that may be done.
    pub record: Option<String>,
    /// What was just done.
    pub done: Option<String>,
}

impl Organisations {
    /// An invented page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let row = |id: &str, open: bool, people| Listed {
            id: id.to_owned(),
            open: match open {
                true => vec![say.of("Contract <open>", "Contrat <ouvert>").to_owned()],
                false => Vec::new(),
            },
            people,
        };
        Self {
            rows: vec![
                row("0192f0c1-7a01-7a3e-9a10-5f0e6b7c8d9e", true, 4),
                row("0192f0c1-7a02-7a3e-9a10-5f0e6b7c8d9e", false, 1),
            ],
            next: Some("0192f0c1-7a02-7a3e-9a10-5f0e6b7c8d9e".to_owned()),
            further: true,
            adds: true,
        }
    }
}

impl Organisation {
    /// An invented organisation.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let id = "0192f0c1-7a01-7a3e-9a10-5f0e6b7c8d9e";
        Self {
            id: id.to_owned(),
            facts: vec![Event {
                day: jiff::civil::date(2025, 11, 3),
                what: say.of("Contract signed", "Signature du contrat").to_owned(),
                matter: Some("0192f0c1-5d10-7a3e-9a10-5f0e6b7c8d9e".to_owned()),
                of_organisation: true,
            }],
            people: people::People::sample(frame).rows,
            more: 12,
            record: Some(frame.link(&format!("/console/organisations/{id}/fact"), &[])),
            done: Some(
                say.of("The event is recorded.", "L’événement est enregistré.")
                    .to_owned(),
            ),
        }
    }
}

/// The list as a document.
#[must_use]
pub fn list(view: &Organisations, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let room = Room::Organisations;
    let title = room.title(frame.language);
    let column = |title, figures| Column { title, figures };
    let columns = [
        column(say.of("Organisation", "Organisme"), false),
        column(say.of("Open", "En cours"), false),
        column(say.of("People", "Personnes"), true),
    ];
    let rows: Vec<Vec<Markup>> = view
        .rows
        .iter()
        .map(|one| {
            let address = frame.link(&format!("{}/{}", room.path(), one.id), &[]);
            vec![
                html! { a href=(address) { code { (one.id) } } },
                html! {
                    @if one.open.is_empty() { span.soft { "–" } }
                    @for open in &one.open { (badge(Tone::Good, open)) " " }
                },
                html! { (say::number(one.people, frame.language)) },
            ]
        })
        .collect();
    let after = view
        .next
        .as_ref()
        .map(|next| frame.link(room.path(), &[("after", next)]));
    let first = view.further.then(|| frame.link(room.path(), &[]));
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "An organisation has contracts and no personal data: its people have the records. It is known here by its identifier.",
                    "Un organisme a des contrats et aucune donnée personnelle : ce sont ses personnes qui ont des fiches. Il est connu ici par son identifiant.",
                ))
            }
        }
        @if view.adds {
            form method="post" action=(frame.link(room.path(), &[])) {
                button.button.secondary type="submit" { (say.of("Add an organisation", "Ajouter un organisme")) }
            }
        }
        @if view.rows.is_empty() {
            (empty(
                say.of("No organisation here.", "Aucun organisme ici."),
                say.of("None is held, or your role sees the people of none.", "Aucun n’est détenu, ou votre rôle ne voit les personnes d’aucun."),
            ))
        } @else {
            (table(say.of("In the order in which they were added", "Dans l’ordre de leur ajout"), &columns, &rows))
        }
        (pagination(first.as_deref(), after.as_deref(), frame))
    };
    page::console(frame, title, room, body)
}

/// One organisation as a document.
#[must_use]
pub fn one(view: &Organisation, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let person = &Phrases::of(frame.language).person;
    let room = Room::Organisations;
    let short = say::short(&view.id);
    let title = format!("{} …{short}", say.of("Organisation", "Organisme"));
    let day = |date: Date| html! { time datetime=(date) { (say::day(date, frame.language)) } };
    let body = html! {
        (crumbs(&[
            Link::new(frame.link(room.path(), &[]), room.title(frame.language), false),
            Link::new(frame.here(), title.clone(), true),
        ], frame))
        header.title {
            h1 { (title) }
            p.lead { code { (view.id) } }
        }
        @if let Some(done) = &view.done { (notice(Tone::Good, done, &html! {})) }
        @if let Some(record) = &view.record {
            p { a.button.secondary href=(record) { (say.of("Record an event", "Enregistrer un événement")) } }
        }
        section aria-labelledby="facts" {
            h2 id="facts" { (person.facts) }
            @if view.facts.is_empty() { p.soft { (person.no_facts) } }
            ol.events {
                @for event in &view.facts {
                    li {
                        (day(event.day))
                        div {
                            (event.what)
                            @if let Some(matter) = &event.matter { span.under { (person.matter) " " code { (matter) } } }
                        }
                    }
                }
            }
        }
        section aria-labelledby="people" {
            h2 id="people" { (say.of("Its people", "Ses personnes")) }
            @if view.people.is_empty() { p.soft { (say.of("Nobody whom your role may see.", "Personne que votre rôle puisse voir.")) } }
            @else { (people::table(&view.people, say.of("As your role reads them for your purpose", "Tels que votre rôle les lit pour votre finalité"), frame)) }
            @if view.more > 0 {
                p.soft {
                    @let more = say::number(view.more as u64, frame.language);
                    (say.of(format!("{more} more are not shown."), format!("{more} autres ne sont pas affichées.")))
                }
            }
        }
    };
    page::console(frame, &title, room, body)
}
