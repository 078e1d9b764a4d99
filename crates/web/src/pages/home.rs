//! `/`: what this is, the clock and how to move it, what is held.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::chart;
use crate::frame::Frame;
use crate::page::{self, Place};
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// The first page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Home {
    /// How many people are held.
    pub people: u64,
    /// How many records are held of them.
    pub records: u64,
    /// How many entries the journal has.
    pub entries: u64,
    /// The day on which the next record goes, if one is known.
    pub next: Option<Date>,
    /// How many people were not informed in time of data that somebody else gave (GDPR 14).
    pub uninformed: u64,
    /// People by kind; somebody may be of several.
    pub kinds: Vec<Count>,
    /// Records by category.
    pub categories: Vec<Count>,
    /// People who are worth a look.
    pub suggestions: Vec<Suggestion>,
    /// What the last movement of the clock did.
    pub moved: Option<Moved>,
    /// Why the clock was not moved.
    pub refused: Option<String>,
}

/// Somebody who is worth a look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The person's identifier.
    pub id: String,
    /// Why, in a sentence that names nobody.
    pub why: String,
}

/// How many of something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// Of what.
    pub title: String,
    /// How many.
    pub count: u64,
}

/// A movement of the clock and the sweep that followed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// What day it was.
    pub from: Date,
    /// What day it became.
    pub to: Date,
    /// What went meanwhile.
    pub went: Vec<Went>,
}

/// What went of one category.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Went {
    /// The category.
    pub category: String,
    /// The rule that said so, by its name in the policy.
    pub rule: String,
    /// How many records were deleted.
    pub deleted: u64,
    /// How many left a count behind.
    pub anonymised: u64,
}

impl Home {
    /// An invented first page, for tests and for looking at it.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let french = frame.lang() == "fr";
        let count = |en: &str, fr: &str, count| Count {
            title: if french { fr } else { en }.to_owned(),
            count,
        };
        Self {
            people: 3_412,
            records: 21_887,
            entries: 48_031,
            next: Some(jiff::civil::date(2026, 3, 15)),
            uninformed: 2,
            kinds: vec![
                count("Reader", "Lecteur", 2_104),
                count("Subscriber", "Abonné", 988),
                count("Bookseller", "Libraire", 412),
                count("Author", "Auteur", 61),
            ],
            categories: vec![
                count("Identity", "Identité", 3_412),
                count("Contact details", "Coordonnées", 5_920),
                count("Orders & parcels", "Commandes & colis", 8_433),
                count("Letters", "Lettres", 3_204),
                count("Bank details", "Coordonnées bancaires", 318),
                count("Recordings", "Enregistrements", 0),
            ],
            suggestions: vec![Suggestion {
                id: "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e".to_owned(),
                why: count(
                    "A debit was disputed & is <open>.",
                    "Un prélèvement est contesté & <ouvert>.",
                    0,
                )
                .title,
            }],
            moved: Some(Moved {
                from: jiff::civil::date(2025, 2, 14),
                to: jiff::civil::date(2026, 3, 14),
                went: vec![
                    Went {
                        category: count("Bank details", "Coordonnées bancaires", 0).title,
                        rule: "retention bank-details".to_owned(),
                        deleted: 96,
                        anonymised: 0,
                    },
                    Went {
                        category: count("Identity", "Identité", 0).title,
                        rule: "retention readers".to_owned(),
                        deleted: 0,
                        anonymised: 41,
                    },
                ],
            }),
            refused: None,
        }
    }
}

/// The first page as a document.
#[must_use]
pub fn render(view: &Home, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).home;
    let number = |value| say::number(value, frame.language);
    let body = html! {
        header.title {
            h1 { (say.title) }
            p.lead { ((say.lead)(&frame.controller)) }
        }
        dl.stats {
            div { dt { (say.people) } dd { (number(view.people)) } }
            div { dt { (say.records) } dd { (number(view.records)) } }
            div { dt { (say.entries) } dd { (number(view.entries)) } }
            @if let Some(next) = view.next {
                div { dt { (say.next) } dd { time datetime=(next) { (say::day(next, frame.language)) } } }
            }
        }
        @if view.uninformed > 0 {
            p.note role="note" {
                @let either = Either(frame.language);
                (either.of("People not informed in time of data that somebody else gave about them (GDPR 14): ", "Personnes non informées à temps de données transmises par un tiers à leur sujet (RGPD, article 14)\u{a0}: "))
                (number(view.uninformed)) "."
            }
        }
        @if frame.rehearsal { (time_machine(view, frame)) }
        div.two {
            (counts("kinds", say.by_kind, say.kind, say.people, &view.kinds, frame))
            (counts("categories", say.by_category, say.category, say.records, &view.categories, frame))
        }
        section aria-labelledby="look" {
            h2 id="look" { (say.look) }
            ul.ways {
                @for (path, title, about) in &say.ways {
                    li { a href=(frame.link(path, &[])) { (title) } p { (about) } }
                }
            }
            @if !view.suggestions.is_empty() {
                h3 { (say.suggestions) }
                ul.spaced {
                    @for one in &view.suggestions {
                        li { a href=(frame.link(&format!("/people/{}", one.id), &[])) { (one.why) } }
                    }
                }
            }
        }
    };
    page::demo(frame, say.title, Place::Home, body)
}

/// The form that moves the clock, forward only, and what the last movement did.
fn time_machine(view: &Home, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).home;
    let today = frame.now.date();
    let tomorrow = today.tomorrow().unwrap_or(today);
    let action = frame.link("/time", &[]);
    html! {
        section.machine aria-labelledby="time" {
            div {
                h2 id="time" { (say.time) }
                p.now { time datetime=(today) { (say::day(today, frame.language)) } }
                p { (say.time_words) }
                @if let Some(refused) = &view.refused { p.refused role="alert" { (refused) } }
            }
            div.moves {
                form method="post" action=(action) {
                    fieldset {
                        legend { (say.forward) }
                        @for (value, title) in say.steps {
                            button type="submit" name="by" value=(value) { (title) }
                        }
                    }
                }
                form method="post" action=(action) {
                    label for="to" { (say.to_date) }
                    div.line {
                        input type="date" id="to" name="to" required min=(tomorrow);
                        button type="submit" { (say.go) }
                    }
                }
            }
            @if let Some(moved) = &view.moved { (moved_words(moved, frame)) }
        }
    }
}

fn moved_words(moved: &Moved, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).home;
    let day = |date| say::day(date, frame.language);
    let number = |value| say::number(value, frame.language);
    html! {
        div.moved role="status" {
            p { strong { ((say.moved)(&day(moved.from), &day(moved.to))) } }
            @if moved.went.is_empty() {
                p { (say.nothing_went) }
            } @else {
                table {
                    caption { (say.went) }
                    thead { tr { th scope="col" { (say.category) } th scope="col" { (say.rule) } th.figure scope="col" { (say.deleted) } th.figure scope="col" { (say.anonymised) } } }
                    tbody {
                        @for went in &moved.went {
                            tr { th scope="row" { (went.category) } td { code { (went.rule) } } td.figure { (number(went.deleted)) } td.figure { (number(went.anonymised)) } }
                        }
                    }
                }
            }
        }
    }
}

fn counts(
    id: &str,
    title: &str,
    what: &str,
    figure: &str,
    counts: &[Count],
    frame: &Frame,
) -> Markup {
    let greatest = counts.iter().map(|it| it.count).max().unwrap_or(0);
    html! {
        section aria-labelledby=(id) {
            table.counts {
                caption { h2 id=(id) { (title) } }
                thead { tr { th scope="col" { (what) } th.figure scope="col" { (figure) } td {} } }
                tbody {
                    @for it in counts {
                        tr { th scope="row" { (it.title) } td.figure { (say::number(it.count, frame.language)) } td.bar-cell { (chart::meter(it.count, greatest)) } }
                    }
                }
            }
        }
    }
}
