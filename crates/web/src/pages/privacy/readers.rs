//! Who is responsible, who receives data, who processes it, how it is secured (9, 20a, 21, 23a).

use maud::{Markup, html};
use policy::model::{Policy, Transfer};

use super::Privacy;
use super::short::transfers;
use crate::frame::Frame;
use crate::pages::documents;
use crate::phrases::Phrases;
use crate::say;

/// The controller, the officer and the documents that stand apart (3b, 23a).
pub(super) fn controller(view: &Privacy<'_>, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let policy = view.policy;
    let controller = &policy.controller;
    html! {
        section aria-labelledby="controller" {
            h2 id="controller" { (say.controller) }
            p { (say.controller_lead) }
            address {
                strong { (controller.name) } br;
                (controller.address) br;
                (email(&controller.email))
                @if let Some(number) = &controller.telephone { br; (telephone(number)) }
            }
            @if let Some(officer) = &policy.officer {
                h3 id="officer" { (say.officer) }
                p { (say.officer_lead) }
                address {
                    strong { (officer.name) } br;
                    (email(&officer.email))
                    @if let Some(number) = &officer.telephone { br; (telephone(number)) }
                }
            }
            @if !policy.documents.is_empty() {
                h3 { (say.documents) }
                p { (say.documents_lead) }
                ul {
                    @for document in &policy.documents {
                        @let title = say::wording(&document.title, frame.language);
                        li {
                            @if view.documents.contains(&document.name) {
                                a href=(frame.link(&documents::address(&document.name), &[])) { (title) }
                            } @else { (title) }
                        }
                    }
                }
            }
        }
    }
}

/// Recipients inside and outside, processors by category, transfers.
pub(super) fn recipients(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        section aria-labelledby="recipients" {
            h2 id="recipients" { (say.recipients) }
            p { (say.recipients_lead) }
            @for (title, internal) in [(say.internal, true), (say.external, false)] {
                @let some: Vec<_> = policy.recipients.iter().filter(|it| it.internal == internal).collect();
                @if !some.is_empty() {
                    h3 { (title) }
                    ul {
                        @for one in some {
                            li {
                                (say::wording(&one.title, frame.language))
                                @if let Some(it) = &one.transfer { ". " (transfer(it, frame)) }
                            }
                        }
                    }
                }
            }
            p { (say.authorities) }
            @if !policy.processors.is_empty() {
                h3 id="processors" { (say.processors_title) }
                p { (say.processors_lead) }
                dl {
                    @for processor in &policy.processors {
                        dt { (say::wording(&processor.title, frame.language)) }
                        dd {
                            (say::wording(&processor.about, frame.language))
                            @if let Some(it) = &processor.transfer { " " (transfer(it, frame)) }
                        }
                    }
                }
            }
            h3 id="transfers" { (say.transfers) }
            p { (transfers(policy, frame)) }
        }
    }
}

fn transfer(transfer: &Transfer, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        ((say.transfer_to)(&transfer.country)) (say.colon)
        (say::wording(&transfer.safeguard, frame.language))
    }
}

/// Security measures in general words.
pub(super) fn security(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        @if !policy.security.is_empty() {
            section aria-labelledby="security" {
                h2 id="security" { (say.security) }
                ul { @for measure in &policy.security { li { (say::wording(measure, frame.language)) } } }
            }
        }
    }
}

/// An e-mail address as a link.
pub(in crate::pages) fn email(address: &str) -> Markup {
    html! { a href={ "mailto:" (address) } { (address) } }
}

/// A telephone number as a link.
pub(in crate::pages) fn telephone(number: &str) -> Markup {
    let dialled: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    html! { a href={ "tel:" (dialled) } { (number) } }
}
