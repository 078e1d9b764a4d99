//! How long, rule by rule, in words: the term, its exceptions, what follows, and why (10).

use maud::{Markup, html};
use policy::model::{
    Anchor, Duration, Limit, Policy, PurposeNature, RetentionRule, TermSource, Then,
};

use super::titles;
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// All rules.
pub(super) fn render(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        section aria-labelledby="retention" {
            h2 id="retention" { (say.retention) }
            p {
                (say.retention_lead)
                @if !policy.projections.is_empty() { " " ((say.anonymised_means)(policy.smallest_group)) }
            }
            @for rule in &policy.rules { (one(policy, rule, frame)) }
            h3 id="exceptions" { (say.exceptions) }
            ul.spaced {
                li { (say.exception_hold) }
                @if policy.purposes.iter().any(|it| it.nature == PurposeNature::Duty) { li { (say.exception_duty) } }
                li { (say.exception_objection) }
                li { (say.exception_calendar) }
                li { (say.exception_change) }
            }
        }
    }
}

fn one(policy: &Policy, rule: &RetentionRule, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let language = frame.language;
    let (why, source) = match &rule.source {
        TermSource::Law(words) => (say.source_law, words),
        TermSource::Contract(words) => (say.source_contract, words),
        TermSource::Need(words) => (say.source_need, words),
    };
    let waits = rule
        .during
        .filter(|span| !(rule.keep.is_at_once() && rule.from == [Anchor::EndOf(*span)]));
    html! {
        article id={ "r-" (rule.name) } {
            h3 { (say::wording(&rule.title, language)) }
            p { (term(policy, rule.keep, &rule.from, frame)) "." }
            p {
                @if let Some(span) = waits {
                    (say.waits_during) " " (say::inner(&say::wording(&policy.spans[span.index()].title, language))) ". "
                }
                @if let Some(limit) = &rule.at_least { (limit_words(policy, say.at_least, limit, frame)) " " }
                @if let Some(limit) = &rule.at_most { (limit_words(policy, say.at_most, limit, frame)) " " }
                (then(policy, rule, frame))
            }
            (covers(policy, rule, frame))
            p { (why) (say.colon) (say::wording(source, language)) }
        }
    }
}

/// `5 years from the latest of these: the collection; contact from the person`.
fn term(policy: &Policy, keep: Duration, from: &[Anchor], frame: &Frame) -> String {
    let say = &Phrases::of(frame.language).notice;
    let anchors: Vec<String> = from.iter().map(|it| anchor(policy, *it, frame)).collect();
    let length = keep.words(frame.language);
    match anchors.as_slice() {
        [one] if keep.is_at_once() => (say.term_at_once)(one),
        [one] => (say.term_from)(&length, one),
        _ if keep.is_at_once() => (say.term_at_once_latest)(&anchors.join(" · ")),
        _ => (say.term_from_latest)(&length, &anchors.join(" · ")),
    }
}

fn anchor(policy: &Policy, anchor: Anchor, frame: &Frame) -> String {
    let say = &Phrases::of(frame.language).notice;
    match anchor {
        Anchor::Collection => say.anchor_collection.to_owned(),
        Anchor::Fact(fact) => say::inner(&say::wording(
            &policy.facts[fact.index()].title,
            frame.language,
        )),
        Anchor::EndOf(span) => (say.anchor_end)(&say::inner(&say::wording(
            &policy.spans[span.index()].title,
            frame.language,
        ))),
    }
}

fn limit_words(policy: &Policy, lead: &str, limit: &Limit, frame: &Frame) -> Markup {
    html! {
        (lead) " " (term(policy, limit.keep, &limit.from, frame)) " ("
        (say::wording(&limit.law, frame.language).trim_end_matches('.')) ")."
    }
}

fn then(policy: &Policy, rule: &RetentionRule, frame: &Frame) -> String {
    let say = &Phrases::of(frame.language).notice;
    match rule.then {
        Then::Delete => say.then_delete.to_owned(),
        Then::Anonymise(projection) => {
            let title = say::wording(
                &policy.projections[projection.index()].title,
                frame.language,
            );
            (say.then_anonymise)(&say::inner(&title))
        }
    }
}

/// Whom the rule covers, where it names kinds of people; each purpose names its rules.
fn covers(policy: &Policy, rule: &RetentionRule, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let kinds = titles(
        rule.kinds.iter().map(|it| &policy.kinds[it.index()].title),
        frame,
    );
    html! {
        @if rule.precision.kinds && kinds.len() < policy.kinds.len() {
            p { (say.covers_kinds) (say.colon) (kinds.join(", ")) "." }
        }
    }
}
