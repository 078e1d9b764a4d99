//! `/people/{id}/beside`: the same person as two recipients see them, field by field.

use jiff::civil::Date;
use maud::{Markup, html};

use super::reading::{Reading, Why, why};
use crate::frame::Frame;
use crate::page::{self, Place};
use crate::phrases::Phrases;
use crate::say;

/// One person, twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beside {
    /// The person's identifier.
    pub id: String,
    /// As whom and for what the left column is read.
    pub one: Reading,
    /// As whom and for what the right column is read.
    pub other: Reading,
    /// What is held, record by record.
    pub groups: Vec<Group>,
}

/// A record, with what each of the two sees of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The category's title.
    pub category: String,
    /// The day of collection.
    pub collected: Date,
    /// The fields.
    pub rows: Vec<Row>,
}

/// A field, or several that both see alike, as each of the two sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The fields' titles.
    pub field: String,
    /// What the one sees.
    pub one: Seen,
    /// What the other sees.
    pub other: Seen,
}

/// A value, or why there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    /// The value, read for the stated purpose.
    Value(String),
    /// Closed to it.
    Withheld(Why),
    /// No purpose was stated.
    Unasked,
}

impl Beside {
    /// An invented comparison, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let french = frame.lang() == "fr";
        let two = |en: &str, fr: &str| if french { fr } else { en }.to_owned();
        let value = |text: &str| Seen::Value(text.to_owned());
        let no = |rule: &str, en: &str, fr: &str| {
            Seen::Withheld(Why {
                rule: rule.to_owned(),
                sentence: two(en, fr),
            })
        };
        let mut one = Reading::sample(frame);
        let other = one.clone();
        if let Some(offer) = one.offers.first() {
            let purpose = &offer.purposes[0];
            one.chosen = Some(super::reading::Chosen {
                value: purpose.value.clone(),
                recipient: offer.recipient.clone(),
                purpose: purpose.title.clone(),
            });
        }
        let row = |en, fr, one, other| Row {
            field: two(en, fr),
            one,
            other,
        };
        Self {
            id: "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e".to_owned(),
            one,
            other,
            groups: vec![
                Group {
                    category: two("Identity", "Identité"),
                    collected: jiff::civil::date(2024, 2, 29),
                    rows: vec![
                        row("Surname", "Nom", value("Kerdoncuff"), value("Kerdoncuff")),
                        row("First name", "Prénom", value("Maëlle"), value("Maëlle")),
                    ],
                },
                Group {
                    category: two("Bank details", "Coordonnées bancaires"),
                    collected: jiff::civil::date(2024, 2, 29),
                    rows: vec![row(
                        "IBAN",
                        "IBAN",
                        no(
                            "purposes.letters.uses",
                            "Letters to readers do not use bank details.",
                            "Les lettres aux lecteurs n’utilisent pas les coordonnées bancaires.",
                        ),
                        value("FR76 3000 6000 0112 3456 7890 189"),
                    )],
                },
                Group {
                    category: two("Favourite shelves", "Rayons préférés"),
                    collected: jiff::civil::date(2025, 8, 1),
                    rows: vec![row(
                        "Shelf",
                        "Rayon",
                        value("Poetry & <travel>"),
                        no(
                            "recipients.accounts",
                            "Accounts may not read this for billing.",
                            "La comptabilité ne peut pas lire cela pour la facturation.",
                        ),
                    )],
                },
            ],
        }
    }
}

/// The comparison as a document.
#[must_use]
pub fn render(view: &Beside, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).beside;
    let path = format!("/people/{}", view.id);
    let heading = |reading: &Reading| {
        let chosen = reading.chosen.as_ref();
        chosen.map_or_else(
            || say.nobody.to_owned(),
            |it| format!("{} – {}", it.recipient, it.purpose),
        )
    };
    let (one, other) = (heading(&view.one), heading(&view.other));
    let body = html! {
        header.title {
            p.crumb { a href=(frame.link(&path, &[])) { (say.back) } }
            h1 { (say.title) }
            p.lead { (say.lead) " " code { (view.id) } }
        }
        (form(view, frame, &format!("{path}/beside")))
        table.beside {
            caption { (say.caption) }
            thead { tr { th scope="col" { (say.field) } th scope="col" { (one) } th scope="col" { (other) } } }
            @for group in &view.groups {
                tbody {
                    tr.group {
                        th scope="rowgroup" colspan="3" {
                            (group.category) " "
                            span.under { (say.collected) " " time datetime=(group.collected) { (say::day(group.collected, frame.language)) } }
                        }
                    }
                    @for row in &group.rows {
                        tr {
                            th scope="row" { (row.field) }
                            td data-label=(one) { (seen(&row.one, frame)) }
                            td data-label=(other) { (seen(&row.other, frame)) }
                        }
                    }
                }
            }
        }
    };
    page::demo(frame, say.title, Place::People, body)
}

fn form(view: &Beside, frame: &Frame, path: &str) -> Markup {
    let say = &Phrases::of(frame.language).beside;
    let value = |reading: &Reading| reading.chosen.as_ref().map(|it| it.value.clone());
    html! {
        form.reading method="get" action=(path) {
            @if frame.language_chosen { input type="hidden" name="language" value=(frame.lang()); }
            label for="as" { (say.one) }
            (view.one.select("as", value(&view.one).as_deref(), say.nobody))
            label for="beside" { (say.other) }
            (view.other.select("beside", value(&view.other).as_deref(), say.nobody))
            button type="submit" { (say.compare) }
        }
    }
}

fn seen(seen: &Seen, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).beside;
    html! {
        @match seen {
            Seen::Value(value) => span.value { (value) },
            Seen::Withheld(reason) => span.no { strong { (say.withheld) } " " (why(reason)) },
            Seen::Unasked => span.soft { "–" },
        }
    }
}
