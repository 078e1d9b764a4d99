//! What may be read, and what may not.

use maud::{Markup, html};

use super::{Person, Record, Until, When};
use crate::frame::Frame;
use crate::pages::reading::{Name, why};
use crate::phrases::Phrases;
use crate::say;

/// Both lists, under the reader's stated purpose.
pub(in crate::pages) fn render(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    let chosen = view.reading.chosen.as_ref();
    html! {
        section aria-labelledby="open" {
            h2 id="open" { (say.open) }
            @if let Some(chosen) = chosen {
                p.soft { ((say.open_as)(&chosen.recipient, &chosen.purpose)) }
            } @else {
                p.soft { (say.open_nobody) }
            }
            @if let Some(refused) = &view.refused { p.refused { (why(refused)) } }
            @if let Name::Withheld(reason) = &view.name {
                @if chosen.is_some() && view.refused.is_none() { p.soft { (say.name_withheld) " " (why(reason)) } }
            }
            div.records { @for record in &view.records { (one(record, frame)) } }
        }
        @if !view.withheld.is_empty() {
            section aria-labelledby="closed" {
                h2 id="closed" { (say.closed) }
                table.rows {
                    caption { (say.closed_caption) }
                    thead { tr { th scope="col" { (say.category) } th scope="col" { (say.why) } } }
                    tbody {
                        @for one in &view.withheld {
                            tr {
                                th scope="row" { (one.category) span.under { (one.fields.join(", ")) } }
                                td data-label=(say.why) { (why(&one.why)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn one(record: &Record, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        article.record {
            h3 { (record.category) }
            dl.values {
                @for (field, value) in &record.values { dt { (field) } dd { (value) } }
            }
            dl.whys {
                div { dt { (say.purpose) } dd { (record.purpose) } }
                div { dt { (say.basis) } dd { (record.basis) } }
                div { dt { (say.origin) } dd { (record.origin) } }
                div { dt { (say.collected) } dd { time datetime=(record.collected) { (say::day(record.collected, frame.language)) } } }
                div { dt { (say.brought_by) } dd { code { (record.brought_by) } } }
                div { dt { (say.readable) } dd { (until(&record.readable, say.through, frame)) } }
                div { dt { (say.goes) } dd { (until(&record.goes, say.after, frame)) } }
            }
        }
    }
}

/// A day or what it waits for, with the rule.
fn until(until: &Until, day_words: fn(&str) -> String, frame: &Frame) -> Markup {
    html! {
        @match &until.when {
            When::Day(day) => time datetime=(day) { (day_words(&say::day(*day, frame.language))) },
            When::Waits(what) => (what),
        }
        " " code { (until.rule) }
    }
}
