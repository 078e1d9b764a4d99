//! Facts: somebody can record them, and they do not contradict themselves.

use crate::diagnostics::Code;
use crate::model::{Anchor, FactId, FactKind, Policy, SpanId};
use crate::parse::Context;

pub(super) fn check(policy: &Policy, context: &Context) {
    for (id, fact) in (0u8..).map(FactId).zip(&policy.facts) {
        let path = format!("facts.{}", fact.name);
        produced(policy, context, id, fact, &path);
        manners(context, fact, &path);
    }
    matters(policy, context);
}

/// A span is open for each matter: both of its facts name one, or neither does (it is then of the
/// person). What is collected only during a span names the matter (5b, 5c).
fn matters(policy: &Policy, context: &Context) {
    let about_matter = |id: FactId| policy.facts.get(id.index()).map(|fact| fact.about_matter);
    for span in &policy.spans {
        let path = format!("spans.{}", span.name);
        if context.is_broken(&path) || about_matter(span.opens) == about_matter(span.closes) {
            continue;
        }
        let (key, lacking) = if about_matter(span.opens) == Some(false) {
            ("opens", span.opens)
        } else {
            ("closes", span.closes)
        };
        let fact = &policy.facts[lacking.index()].name;
        let message = format!("`{}` {key} with `{fact}`, which names no matter", span.name);
        context.report(
            context
                .at_value(Code::SpanOfNoMatter, &format!("{path}.{key}"), message)
                .label(context.places.key(&format!("facts.{fact}")), "")
                .help(format!("add `about-matter = true` to `facts.{fact}`")),
        );
    }
    for category in &policy.categories {
        let Some(span) = category
            .only_during
            .and_then(|id| policy.spans.get(id.index()))
        else {
            continue;
        };
        if about_matter(span.opens) == Some(false) && about_matter(span.closes) == Some(false) {
            let message = format!(
                "`{}` is collected only during `{}`, whose facts name no matter",
                category.name, span.name
            );
            let at = format!("categories.{}.only-during", category.name);
            context.report(
                context
                    .at_value(Code::SpanOfNoMatter, &at, message)
                    .label(context.places.key(&format!("spans.{}", span.name)), "")
                    .help("add `about-matter = true` to the facts that open and close it"),
            );
        }
    }
}

/// A fact that nobody may record never happens: what waits for it never ends.
fn produced(policy: &Policy, context: &Context, id: FactId, fact: &FactKind, path: &str) {
    let by = format!("{path}.recorded-by");
    let recorders = fact.recorded_by;
    if recorders.staff || recorders.person || recorders.program {
        return;
    }
    if context.is_broken(&by) || !context.places.has(&by) {
        return; // its absence or its words are reported
    }
    let message = format!(
        "nothing produces the fact `{}`: nobody may record it",
        fact.name
    );
    let mut diagnostic = context
        .at_value(Code::NothingProduces, path, message)
        .help("say who records it: `recorded-by = [\"staff\", \"person\", \"program\"]`");
    diagnostic.labels.clear();
    diagnostic = diagnostic.label(context.places.value(&by), "nobody");
    for (number, rule) in (0u8..).zip(&policy.rules) {
        if rule
            .from
            .iter()
            .any(|anchor| counts_from(policy, *anchor, id))
        {
            let rule = super::rule_path(policy, crate::model::RuleId(number));
            diagnostic = diagnostic.label(
                context.places.value(&format!("{rule}.from")),
                "a term is counted from it",
            );
        }
    }
    context.report(diagnostic);
}

fn counts_from(policy: &Policy, anchor: Anchor, fact: FactId) -> bool {
    match anchor {
        Anchor::Collection => false,
        Anchor::Fact(id) => id == fact,
        Anchor::EndOf(SpanId(span)) => policy
            .spans
            .get(usize::from(span))
            .is_some_and(|span| span.opens == fact || span.closes == fact),
    }
}

fn manners(context: &Context, fact: &FactKind, path: &str) {
    for manner in fact
        .manners
        .iter()
        .filter(|manner| fact.never.contains(manner))
    {
        let message = format!(
            "`{manner}` counts as `{}` and never counts as it",
            fact.name
        );
        context.report(
            context
                .at_value(Code::FactContradiction, &format!("{path}.never"), message)
                .label(
                    context.places.value(&format!("{path}.manners")),
                    "it counts here",
                )
                .help("take it out of one of the two lists"),
        );
    }
    if fact.may_be_planned && !fact.manners.is_empty() {
        let message = format!(
            "`{}` may lie in the future, and yet has a manner in which it happened",
            fact.name
        );
        context.report(
            context
                .at_value(Code::FactContradiction, &format!("{path}.planned"), message)
                .label(context.places.value(&format!("{path}.manners")), "")
                .help("take `planned` or `manners` away"),
        );
    }
}
