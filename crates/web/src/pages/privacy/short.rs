//! The first layer: what most readers came for, in a few lines.

use maud::{Markup, html};
use policy::model::{Duration, Policy};

use super::titles;
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// The short answers.
pub(super) fn render(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let language = frame.language;
    let kinds = titles(policy.kinds.iter().map(|kind| &kind.title), frame);
    let categories = titles(policy.categories.iter().map(|it| &it.title), frame);
    let rights = titles(policy.rights.iter().map(|right| &right.title), frame);
    let canvassing = policy.purposes.iter().any(|purpose| purpose.canvassing);
    let special = policy
        .categories
        .iter()
        .any(|it| it.nature == policy::model::Nature::Special);
    let outsiders = policy.recipients.iter().filter(|it| !it.internal).count();
    html! {
        section.short aria-labelledby="short" {
            h2 id="short" { (say.in_short) }
            div.answers {
                div {
                    h3 { (say.short_who) }
                    p { strong { (policy.controller.name) } ", " (policy.controller.address) "." }
                    p { (say.short_kinds) " " (say::list(&kinds, language)) ". " a href="#people" { (say.more_people) } }
                }
                div {
                    h3 { (say.short_why) }
                    p { ((say.short_purposes)(policy.purposes.len(), categories.len())) " " a href="#purposes" { (say.more_purposes) } }
                    @if !special { p { (say.short_no_special) } }
                }
                div {
                    h3 { (say.short_how_long) }
                    p { (how_long(policy, frame)) " " a href="#retention" { (say.more_retention) } }
                }
                div {
                    h3 { (say.short_readers) }
                    p { ((say.short_recipients)(policy.recipients.len() - outsiders, outsiders)) " " (transfers(policy, frame)) " " a href="#recipients" { (say.more_recipients) } }
                }
                div {
                    h3 { (say.short_rights) }
                    p { (say.short_you_may) " " (say::list(&rights, language)) ". " a href="#rights" { (say.more_rights) } }
                    @if canvassing { p { strong { (say.short_canvassing) } } }
                }
                div {
                    h3 { (say.short_contact) }
                    p { (whom_to_ask(policy)) }
                    p { (say.short_complain) " " a href="#complaint" { (policy.authority.name) } "." }
                }
            }
        }
    }
}

/// Between which lengths the terms lie.
fn how_long(policy: &Policy, frame: &Frame) -> String {
    let say = &Phrases::of(frame.language).notice;
    let lengths = || {
        let terms = policy.rules.iter().map(|rule| rule.keep);
        terms.filter(|keep| !keep.is_at_once())
    };
    let least = lengths().reduce(|least, keep| if least.exceeds(keep) { keep } else { least });
    let most = lengths().reduce(|most, keep| if keep.exceeds(most) { keep } else { most });
    let words = |keep: Duration| keep.words(frame.language);
    match (least, most) {
        (Some(least), Some(most)) if least != most => {
            (say.short_terms)(&words(least), &words(most))
        }
        (Some(only), _) => (say.short_one_term)(&words(only)),
        _ => say.short_at_once.to_owned(),
    }
}

/// Whether anything leaves the Union.
pub(super) fn transfers(policy: &Policy, frame: &Frame) -> &'static str {
    let say = &Phrases::of(frame.language).notice;
    let leaves = policy.recipients.iter().any(|it| it.transfer.is_some())
        || policy.processors.iter().any(|it| it.transfer.is_some());
    if leaves {
        say.some_transfers
    } else {
        say.no_transfers
    }
}

/// The officer, or the controller where there is none.
fn whom_to_ask(policy: &Policy) -> Markup {
    let (name, email, telephone) = match &policy.officer {
        Some(officer) => (&officer.name, &officer.email, &officer.telephone),
        None => (
            &policy.controller.name,
            &policy.controller.email,
            &policy.controller.telephone,
        ),
    };
    html! {
        strong { (name) } ", " (super::readers::email(email))
        @if let Some(telephone) = telephone { ", " (super::readers::telephone(telephone)) }
        "."
    }
}
