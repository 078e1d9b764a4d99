//! Every purpose with its legal basis, the interest pursued, data, readers and terms (7, 8).

use std::collections::BTreeSet;

use maud::{Markup, html};
use policy::model::{
    Basis, BasisRule, Field, Policy, Purpose, PurposeId, PurposeNature, RecipientId, RuleId, Use,
};

use super::titles;
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// All purposes.
pub(super) fn render(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        section aria-labelledby="purposes" {
            h2 id="purposes" { (say.purposes) }
            p { (say.purposes_lead) }
            @for (id, purpose) in (0u8..).map(PurposeId).zip(&policy.purposes) {
                (one(policy, id, purpose, frame))
            }
        }
    }
}

fn one(policy: &Policy, id: PurposeId, purpose: &Purpose, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let readers = titles(
        readers(policy, id).map(|it| &policy.recipients[it.index()].title),
        frame,
    );
    html! {
        article {
            h3 { (say::wording(&purpose.title, frame.language)) @if purpose.canvassing { " " span.tag { (say.canvassing) } } }
            p { (say::wording(&purpose.about, frame.language)) (nature(policy, purpose, frame)) }
            dl {
                dt { (say.basis) }
                dd { (bases(policy, purpose, frame)) }
                dt { (say.uses) }
                dd { (say::capital(&uses(policy, &purpose.uses, frame).join(", "))) "." }
                dt { (say.readers) }
                dd { @if readers.is_empty() { (say.no_reader) } @else { (say::capital(&readers.join(", "))) "." } }
                dt { (say.terms) }
                dd { (terms(policy, id, purpose, frame)) }
            }
        }
    }
}

/// What is peculiar to the purpose: when it arises, and that it closes the data to other uses.
fn nature(policy: &Policy, purpose: &Purpose, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let arises = purpose
        .arises_with
        .map(|fact| &policy.facts[fact.index()].title);
    html! {
        @if let Some(fact) = arises { " " (say.arises_with) " " (say::inner(&say::wording(fact, frame.language))) "." }
        @match purpose.nature {
            PurposeNature::Use => {}
            PurposeNature::Duty => { " " (say.duty) }
            PurposeNature::Evidence => { " " (say.evidence) }
        }
    }
}

fn bases(policy: &Policy, purpose: &Purpose, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let consent = purpose
        .bases
        .iter()
        .any(|line| line.basis == Basis::Consent);
    let lines = purpose
        .bases
        .iter()
        .map(|line| basis(policy, purpose, line, frame));
    html! {
        @if let [line] = purpose.bases.as_slice() {
            (basis(policy, purpose, line, frame))
        } @else {
            ul { @for line in lines { li { (line) } } }
        }
        @if let Some(lasts) = purpose.consent_lasts.filter(|_| consent) {
            " " ((say.consent_lasts)(&lasts.words(frame.language)))
        }
    }
}

fn basis(policy: &Policy, purpose: &Purpose, line: &BasisRule, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let language = frame.language;
    let mut scope = Vec::new();
    if line.kinds != purpose.concerns {
        let kinds = titles(
            line.kinds.iter().map(|it| &policy.kinds[it.index()].title),
            frame,
        );
        scope.push(kinds.join(", "));
    }
    if let Some(person) = line.person {
        scope.push(
            match person {
                policy::model::Person::Private => say.private,
                policy::model::Person::Professional => say.professional,
            }
            .to_owned(),
        );
    }
    if !line.channels.is_empty() {
        let channels = line
            .channels
            .iter()
            .map(|it| &policy.channels[it.index()].title);
        scope.push((say.by_channel)(&say::list(
            &titles(channels, frame),
            language,
        )));
    }
    if let Some(since) = line.since {
        scope.push((say.since)(&say::day(since, language)));
    }
    if let Some(until) = line.until {
        scope.push((say.until)(&say::day(until, language)));
    }
    html! {
        b { (Phrases::of(language).basis(line.basis)) }
        @if !scope.is_empty() { " (" (scope.join(", ")) ")" }
        "." @if let Some(because) = &line.because { " " (say::wording(because, language)) }
    }
}

/// Categories, with the fields where a purpose takes only some of them.
fn uses(policy: &Policy, uses: &[Use], frame: &Frame) -> Vec<String> {
    let say = &Phrases::of(frame.language).notice;
    let one = |it: &Use| {
        let category = &policy.categories[it.category.index()];
        let title = say::inner(&say::wording(&category.title, frame.language));
        let (taken, left): (Vec<_>, Vec<_>) = (0u32..)
            .zip(&category.fields)
            .partition(|(bit, _)| it.fields & (1 << bit) != 0);
        let names = |fields: Vec<(u32, &Field)>| {
            titles(fields.into_iter().map(|(_, field)| &field.title), frame)
        };
        let language = frame.language;
        if left.is_empty() {
            title
        } else if left.len() < taken.len() {
            format!(
                "{title} ({} {})",
                say.all_but,
                say::list(&names(left), language)
            )
        } else {
            format!("{title} ({})", say::list(&names(taken), language))
        }
    };
    uses.iter().map(one).collect()
}

fn readers(policy: &Policy, purpose: PurposeId) -> impl Iterator<Item = RecipientId> {
    (0u8..)
        .map(RecipientId)
        .zip(&policy.recipients)
        .filter(move |(_, recipient)| recipient.reads.iter().any(|(it, _)| *it == purpose))
        .map(|(id, _)| id)
}

/// The retention rules that govern what the purpose holds, each a link to its words.
fn terms(policy: &Policy, id: PurposeId, purpose: &Purpose, frame: &Frame) -> Markup {
    let rules: BTreeSet<RuleId> = purpose
        .concerns
        .iter()
        .flat_map(|kind| {
            purpose.uses.iter().filter_map(move |used| {
                policy.tables.rule[id.index()][kind.index()][used.category.index()]
            })
        })
        .collect();
    html! {
        @for (index, rule) in rules.iter().map(|rule| &policy.rules[rule.index()]).enumerate() {
            @if index > 0 { " · " }
            a href={ "#r-" (rule.name) } { (say::wording(&rule.title, frame.language)) }
            @if !rule.keep.is_at_once() { " (" (rule.keep.words(frame.language)) ")" }
        }
        "."
    }
}
