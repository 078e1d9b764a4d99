//! Purposes and terms, a line each.

use std::collections::BTreeSet;

use maud::{Markup, html};
use policy::model::{Policy, PurposeId, PurposeNature, RecipientId, RuleId};
use policy::words;

use super::{category, purpose};
use crate::components::{Column, Tone, badge, table};
use crate::frame::Frame;
use crate::say::{self, Either};

pub(super) fn purposes(policy: &Policy, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("Purpose", "Finalité")),
        column(say.of("Uses", "Utilise")),
        column(say.of("Read by", "Lue par")),
        column(say.of("Terms", "Durées")),
    ];
    let ids = (0u8..).map(PurposeId).take(policy.purposes.len());
    let rows: Vec<Vec<Markup>> = ids.map(|id| row(policy, id, frame)).collect();
    table(
        say.of(
            "What data is used for; each term is told under Terms",
            "À quoi servent les données ; chaque durée est détaillée sous Durées",
        ),
        &columns,
        &rows,
    )
}

fn row(policy: &Policy, id: PurposeId, frame: &Frame) -> Vec<Markup> {
    let say = Either(frame.language);
    let it = policy.purpose(id);
    let uses: Vec<String> = it
        .uses
        .iter()
        .map(|used| category(policy, used.category, frame))
        .collect();
    let readers: Vec<String> = (0u8..)
        .map(RecipientId)
        .zip(&policy.recipients)
        .filter(|(_, recipient)| recipient.reads.iter().any(|(purpose, _)| *purpose == id))
        .map(|(_, recipient)| say::wording(&recipient.title, frame.language).into_owned())
        .collect();
    let nature = match it.nature {
        PurposeNature::Use => None,
        PurposeNature::Duty => Some(say.of("duty", "obligation")),
        PurposeNature::Evidence => Some(say.of("evidence", "preuve")),
    };
    vec![
        html! {
            (purpose(policy, id, frame)) span.under { code { (it.name) } }
            @if let Some(nature) = nature { " " (badge(Tone::Plain, nature)) }
            @if it.canvassing { " " (badge(Tone::Careful, say.of("canvassing", "prospection"))) }
        },
        html! { (uses.join(", ")) },
        html! { @if readers.is_empty() { "–" } @else { (readers.join(", ")) } },
        html! { @for rule in rules(policy, id) { code { (rule) } " " } },
    ]
}

/// The names of the rules by which what a purpose holds goes.
fn rules(policy: &Policy, id: PurposeId) -> Vec<&str> {
    let by_kind = &policy.tables.rule[id.index()];
    let rules: BTreeSet<RuleId> = by_kind.iter().flatten().flatten().copied().collect();
    rules
        .into_iter()
        .map(|rule| policy.rules[rule.index()].name.as_str())
        .collect()
}

pub(super) fn terms(policy: &Policy, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let language = frame.language;
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("Rule", "Règle")),
        column(say.of("Kept", "Conservation")),
        column(say.of("Then", "Ensuite")),
        column(say.of("Because", "Pourquoi")),
    ];
    let spaced = |text: &str| say::capital(&say::spaced_for(text, language));
    let rows: Vec<Vec<Markup>> = policy
        .rules
        .iter()
        .map(|rule| {
            vec![
                html! {
                    (say::wording(&rule.title, language))
                    span.under { code { (rule.name) } }
                },
                html! { (spaced(&words::term(policy, rule, language))) },
                html! { (spaced(&words::then(policy, rule.then, language))) },
                html! { (spaced(&words::source(&rule.source, language))) },
            ]
        })
        .collect();
    table(
        say.of(
            "How long data is kept, and what becomes of it",
            "Combien de temps les données sont conservées, et ce qu’elles deviennent",
        ),
        &columns,
        &rows,
    )
}
