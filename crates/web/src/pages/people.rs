//! `/people`: the people held, and exact look-up.

use jiff::civil::Date;
use maud::{Markup, html};

use super::reading::{Choice, Name, Reading, Why, why};
use crate::frame::Frame;
use crate::page::{self, Place};
use crate::phrases::Phrases;
use crate::say;

/// A page of the list of people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct People {
    /// As whom and for what the list is read.
    pub reading: Reading,
    /// The fields by whose exact value somebody can be found.
    pub look_up: Vec<Choice>,
    /// What a look-up that found nobody was by: the field's title. The value is not repeated.
    pub not_found: Option<String>,
    /// What was wrong with a look-up, without the value.
    pub refused: Option<String>,
    /// How many people there are.
    pub total: u64,
    /// The people of this page.
    pub rows: Vec<Row>,
    /// Where the next page begins: the identifier after which it goes on.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub further: bool,
}

/// One person in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The person's identifier.
    pub id: String,
    /// The name, if it may be read.
    pub name: Name,
    /// The titles of what they are.
    pub kinds: Vec<String>,
    /// How many records are held of them.
    pub records: u64,
    /// The day on which the next of these goes, if it is known.
    pub next: Option<Date>,
}

impl People {
    /// An invented page, for tests and for looking at it.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let french = frame.lang() == "fr";
        let two = |en: &str, fr: &str| if french { fr } else { en }.to_owned();
        let row = |id: &str, name: Result<&str, Why>, kind: (&str, &str), records, next| Row {
            id: id.to_owned(),
            name: match name {
                Ok(name) => Name::Read(name.to_owned()),
                Err(why) => Name::Withheld(why),
            },
            kinds: vec![two(kind.0, kind.1)],
            records,
            next,
        };
        let no_ground = || Why {
            rule: "purposes.billing".to_owned(),
            sentence: two(
                "This was not collected for billing.",
                "Cette donnée n’a pas été collectée pour la facturation.",
            ),
        };
        let day = |year, month, day| Some(jiff::civil::date(year, month, day));
        let subscriber = ("Subscriber", "Abonné");
        let reader = ("Reader", "Lecteur");
        Self {
            reading: Reading::sample(frame),
            look_up: vec![
                Choice {
                    value: "email".to_owned(),
                    title: two("E-mail address", "Adresse électronique"),
                },
                Choice {
                    value: "telephone".to_owned(),
                    title: two("Telephone", "Téléphone"),
                },
                Choice {
                    value: "subscription".to_owned(),
                    title: two("Subscription number", "Numéro d’abonnement"),
                },
            ],
            not_found: Some(two("E-mail address", "Adresse électronique")),
            refused: None,
            total: 3_412,
            rows: vec![
                row(
                    "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e",
                    Ok("Maëlle Kerdoncuff"),
                    subscriber,
                    9,
                    day(2026, 4, 2),
                ),
                row(
                    "0192f0c1-3b11-7d02-8c55-0a94d1c7e0b3",
                    Err(no_ground()),
                    reader,
                    3,
                    day(2031, 3, 13),
                ),
                row(
                    "0192f0c1-9e77-7f4a-b2d4-73a2c5510f6c",
                    Ok("Thomas O’Hara <Books & Sons>"),
                    subscriber,
                    14,
                    None,
                ),
                row(
                    "0192f0c2-0c40-7a6b-9d3e-e86b02f49a71",
                    Ok("Solène Abgrall"),
                    subscriber,
                    6,
                    day(2026, 11, 30),
                ),
            ],
            next: Some("0192f0c2-0c40-7a6b-9d3e-e86b02f49a71".to_owned()),
            further: false,
        }
    }
}

/// The list as a document.
#[must_use]
pub fn render(view: &People, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).people;
    let body = html! {
        header.title {
            h1 { (say.title) }
            p.lead { ((say.lead)(&say::number(view.total, frame.language))) }
        }
        (view.reading.form(frame, "/people"))
        (look_up(view, frame))
        section aria-labelledby="list" {
            h2.quiet id="list" { (say.list) }
            (table(&view.rows, &caption(&view.reading, frame), frame))
            (pages(view, frame))
        }
    };
    page::demo(frame, say.title, Place::People, body)
}

/// The look-up. It is sent in the body: an address carries no personal value.
fn look_up(view: &People, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).people;
    let found_nobody = view.not_found.is_some() || view.refused.is_some();
    html! {
        @if !view.look_up.is_empty() {
            form.panel method="post" action=(frame.link("/people", &[])) autocomplete="off" {
                fieldset {
                    legend { (say.find) }
                    div.line {
                        div {
                            label for="field" { (say.field) }
                            select id="field" name="field" {
                                @for field in &view.look_up { option value=(field.value) { (field.title) } }
                            }
                        }
                        div.grow {
                            label for="value" { (say.value) }
                            input type="text" id="value" name="value" required maxlength="320"
                                aria-invalid=[view.refused.as_ref().map(|_| "true")]
                                aria-describedby=(if found_nobody { "exact found" } else { "exact" });
                        }
                        button type="submit" { (say.search) }
                    }
                    p.small.soft id="exact" { (say.exact) }
                }
                @if found_nobody {
                    div.refused id="found" role="alert" {
                        @if let Some(field) = &view.not_found { p { ((say.not_found)(&say::inner(field))) } }
                        @if let Some(refused) = &view.refused { p { (refused) } }
                    }
                }
            }
        }
    }
}

/// As whom and for what the names are read.
fn caption(reading: &Reading, frame: &Frame) -> String {
    let say = &Phrases::of(frame.language).people;
    match &reading.chosen {
        Some(chosen) => (say.caption)(&chosen.recipient, &chosen.purpose),
        None => say.caption_nobody.to_owned(),
    }
}

/// People, each with what they are and the day on which the next of their records goes.
pub(super) fn table(rows: &[Row], caption: &str, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).people;
    html! {
        table.rows {
            caption { (caption) }
            thead {
                tr {
                    th scope="col" { (say.person) }
                    th scope="col" { (say.kinds) }
                    th.figure scope="col" { (say.records) }
                    th scope="col" { (say.next_to_go) }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (person(row, frame)) }
                        td data-label=(say.kinds) { (row.kinds.join(", ")) }
                        td.figure data-label=(say.records) { (say::number(row.records, frame.language)) }
                        td data-label=(say.next_to_go) {
                            @if let Some(next) = row.next { time datetime=(next) { (say::day(next, frame.language)) } }
                            @else { span.soft { (say.waits) } }
                        }
                    }
                }
            }
        }
    }
}

fn person(row: &Row, frame: &Frame) -> Markup {
    let address = frame.beside(&format!("/people/{}", row.id), &[]);
    html! {
        @match &row.name {
            Name::Read(name) => a href=(address) { (name) },
            Name::Withheld(reason) => {
                a href=(address) { code { (row.id) } }
                br;
                (why(reason))
            }
            Name::Unasked => a href=(address) { code { (row.id) } },
        }
    }
}

fn pages(view: &People, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).people;
    html! {
        @if view.further || view.next.is_some() {
            nav.pages aria-label=(say.pages) {
                @if view.further { a href=(frame.link("/people", &[])) { (say.first_page) } }
                @if let Some(next) = &view.next { a href=(frame.link("/people", &[("after", next)])) rel="next" { (say.next_page) } }
            }
        }
    }
}
