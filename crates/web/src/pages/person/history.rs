//! What happened, what was agreed, what is held, and who read it.

use jiff::civil::Date;
use maud::{Markup, html};

use super::Person;
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// Everything about the person that is no value.
pub(super) fn render(view: &Person, frame: &Frame) -> Markup {
    html! {
        div.two {
            (facts(view, frame))
            div.stack {
                (consents(view, frame))
                (accepted(view, frame))
                (limits(view, frame))
                (holds(view, frame))
            }
        }
        (trace(view, frame))
    }
}

fn day(date: Date, frame: &Frame) -> Markup {
    html! { time datetime=(date) { (say::day(date, frame.language)) } }
}

fn facts(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        section aria-labelledby="facts" {
            h2 id="facts" { (say.facts) }
            @if view.facts.is_empty() { p.soft { (say.no_facts) } }
            ol.events {
                @for event in &view.facts {
                    li {
                        (day(event.day, frame))
                        div {
                            (event.what)
                            @if event.of_organisation { " " span.tag { (say.of_organisation) } }
                            @if let Some(matter) = &event.matter { span.under { (say.matter) " " code { (matter) } } }
                        }
                    }
                }
            }
        }
    }
}

pub(in crate::pages) fn consents(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        section aria-labelledby="consents" {
            h2 id="consents" { (say.consents) }
            @if view.consents.is_empty() { p.soft { (say.no_consents) } }
            ol.events {
                @for consent in &view.consents {
                    li {
                        (day(consent.given, frame))
                        div {
                            (consent.purpose)
                            @if !consent.channels.is_empty() { " (" (consent.channels.join(", ")) ")" }
                            @if let Some(withdrawn) = consent.withdrawn { span.under { (say.withdrawn) " " (day(withdrawn, frame)) } }
                            @else if let Some(lapses) = consent.lapses { span.under { (say.lapses) " " (day(lapses, frame)) } }
                        }
                    }
                }
            }
        }
    }
}

pub(in crate::pages) fn accepted(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        @if !view.accepted.is_empty() {
            section aria-labelledby="accepted" {
                h2 id="accepted" { (say.accepted) }
                ol.events {
                    @for one in &view.accepted {
                        li {
                            (day(one.day, frame))
                            div {
                                (one.document) ", " ((say.accepted_version)(&one.version.to_string()))
                                @if let Some(later) = one.asked_for {
                                    span.under { ((say.asked_for)(&later.to_string())) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(in crate::pages) fn limits(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        @if !view.limits.is_empty() {
            section aria-labelledby="limits" {
                h2 id="limits" { (say.limits) }
                ol.events {
                    @for limit in &view.limits {
                        li {
                            (day(limit.since, frame))
                            div { (limit.what) @if let Some(lifted) = limit.lifted { span.under { (say.lifted) " " (day(lifted, frame)) } } }
                        }
                    }
                }
            }
        }
    }
}

pub(in crate::pages) fn holds(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        @if !view.holds.is_empty() {
            section aria-labelledby="holds" {
                h2 id="holds" { (say.holds) }
                ol.events {
                    @for hold in &view.holds {
                        li {
                            (day(hold.placed, frame))
                            div {
                                (hold.scope) ", " ((say.hold_for)(&say::inner(&hold.purpose)))
                                span.under {
                                    @if let Some(lifted) = hold.lifted { (say.lifted) " " (day(lifted, frame)) }
                                    @else { (say.review) " " (day(hold.review, frame)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(in crate::pages) fn trace(view: &Person, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).person;
    html! {
        section aria-labelledby="trace" {
            h2 id="trace" { (say.trace) }
            table.rows {
                caption { (say.trace_caption) }
                thead {
                    tr {
                        th scope="col" { (say.when) } th scope="col" { (say.who) } th scope="col" { (say.act) }
                        th scope="col" { (say.purpose) } th scope="col" { (say.categories) } th.figure scope="col" { (say.entry) }
                    }
                }
                tbody {
                    @for line in &view.trace {
                        tr {
                            th scope="row" { time datetime=(line.at) { (say::moment(line.at, frame.language)) } }
                            td data-label=(say.who) { code { (line.who) } }
                            td data-label=(say.act) { (line.act) }
                            td data-label=(say.purpose) { (line.purpose.as_deref().unwrap_or("–")) }
                            td data-label=(say.categories) { (line.categories.join(", ")) }
                            td.figure data-label=(say.entry) { (line.entry) }
                        }
                    }
                }
            }
        }
    }
}
