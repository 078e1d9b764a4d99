//! Who the data is about, what is collected and where it comes from (1a, 5a, 6a).

use maud::{Markup, html};
use policy::model::{Category, Nature, Policy};

use super::{forms, titles};
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// The kinds of people.
pub(super) fn kinds(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        section aria-labelledby="people" {
            h2 id="people" { (say.people) }
            p { (say.people_lead) }
            dl {
                @for kind in &policy.kinds {
                    dt { (say::wording(&kind.title, frame.language)) }
                    dd { (say::wording(&kind.about, frame.language)) }
                }
            }
        }
    }
}

/// The categories with their fields, then the origins.
pub(super) fn categories(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        section aria-labelledby="data" {
            h2 id="data" { (say.data) }
            p { (say.data_lead) }
            @for category in &policy.categories { (one(policy, category, frame)) }
            p { (say.optional) }
            (forms::render(policy, frame))
            h3 id="origins" { (say.origins) }
            (origins(policy, frame))
        }
    }
}

fn one(policy: &Policy, category: &Category, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let fields = titles(category.fields.iter().map(|field| &field.title), frame);
    let during = category
        .only_during
        .map(|span| &policy.spans[span.index()].title);
    html! {
        article {
            h3 { (say::wording(&category.title, frame.language)) @if let Some(nature) = nature(category, frame) { " " span.tag { (nature) } } }
            p { (say::wording(&category.about, frame.language)) }
            p { (say::capital(&fields.join(", "))) "." }
            @if let Some(during) = during {
                p { (say.only_during) " " (say::inner(&say::wording(during, frame.language))) "." }
            }
        }
    }
}

fn nature(category: &Category, frame: &Frame) -> Option<&'static str> {
    let say = &Phrases::of(frame.language).notice;
    match category.nature {
        Nature::Ordinary => None,
        Nature::Technical => Some(say.technical),
        Nature::Special => Some(say.special),
    }
}

fn origins(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        @for (lead, from_person) in [(say.from_you, true), (say.from_others, false)] {
            @if policy.origins.iter().any(|origin| origin.from_person == from_person) {
                p { (lead) }
                ul {
                    @for origin in policy.origins.iter().filter(|origin| origin.from_person == from_person) {
                        li {
                            (say::wording(&origin.title, frame.language))
                            @if origin.needs_approval { " (" (say.needs_approval) ")" }
                        }
                    }
                }
            }
        }
    }
}
