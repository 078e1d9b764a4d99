//! Coverage: every ground has one term (10l), every rule covers some ground, every category is
//! used.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Code;
use crate::model::{CategoryId, KindId, Policy, PurposeId, RuleId};
use crate::parse::Context;
use crate::tables::{best_rules, categories};

/// What goes wrong, gathered so that one cause is reported once.
#[derive(Default)]
struct Found {
    /// Grounds without a term: the purposes, by category and kind.
    without: BTreeMap<(CategoryId, KindId), Vec<PurposeId>>,
    /// A ground that two rules cover with equal precision, by the two.
    between: BTreeMap<(RuleId, RuleId), (PurposeId, KindId, CategoryId)>,
    /// Rules that decide some ground.
    applied: BTreeSet<RuleId>,
}

pub(super) fn check(policy: &Policy, context: &Context) {
    let found = look(policy, context);
    without_term(policy, context, &found);
    equally_precise(policy, context, &found);
    idle(policy, context, &found);
    unused(policy, context);
}

fn look(policy: &Policy, context: &Context) -> Found {
    let mut found = Found::default();
    for (purpose, it) in (0u8..).map(PurposeId).zip(&policy.purposes) {
        for kind in it.concerns.iter() {
            for category in it.uses.iter().map(|used| used.category) {
                let rules: Vec<RuleId> = best_rules(policy, purpose, kind, category).collect();
                found.applied.extend(&rules);
                match rules.as_slice() {
                    [] if may_be_covered(policy, context, purpose, kind, category) => {}
                    [] => found
                        .without
                        .entry((category, kind))
                        .or_default()
                        .push(purpose),
                    [first, second, ..] => {
                        found
                            .between
                            .entry((*first, *second))
                            .or_insert((purpose, kind, category));
                    }
                    [_] => {}
                }
            }
        }
    }
    found
}

/// Whether a rule would cover the ground if the names that it gets wrong were right.
fn may_be_covered(
    policy: &Policy,
    context: &Context,
    purpose: PurposeId,
    kind: KindId,
    category: CategoryId,
) -> bool {
    (0u8..).map(RuleId).zip(&policy.rules).any(|(id, rule)| {
        let path = super::rule_path(policy, id);
        let wrong = |key: &str| context.is_broken(&format!("{path}.{key}"));
        (rule.purposes.contains(purpose) || wrong("purposes"))
            && (rule.kinds.contains(kind) || wrong("kinds"))
            && (rule.categories.contains(category) || wrong("categories"))
    })
}

fn without_term(policy: &Policy, context: &Context, found: &Found) {
    if !context.places.has("retention") {
        return; // the whole section is missing, which is reported
    }
    for ((category, kind), purposes) in &found.without {
        let category = &policy.categories[category.index()].name;
        let kind = &policy.kinds[kind.index()].name;
        let purposes: Vec<&str> = purposes
            .iter()
            .map(|id| policy.purposes[id.index()].name.as_str())
            .collect();
        let path = format!("categories.{category}");
        let message = format!("the category `{category}` has no term for the kind `{kind}`");
        let mut diagnostic = context.at_key(Code::NoTerm, &path, message).help(format!(
            "add a `[[retention]]` that covers `{category}` of `{kind}` for {}",
            super::list(&purposes)
        ));
        for purpose in purposes.iter().take(3) {
            let uses = context.places.value(&format!("purposes.{purpose}.uses"));
            diagnostic = diagnostic.label(uses, format!("collected for `{purpose}`"));
        }
        context.report(diagnostic);
    }
}

fn equally_precise(policy: &Policy, context: &Context, found: &Found) {
    for ((first, second), (purpose, kind, category)) in &found.between {
        let (one, other) = (
            super::rule_path(policy, *first),
            super::rule_path(policy, *second),
        );
        let message = format!(
            "`{}` and `{}` both say how long `{}` of `{}` is kept for `{}`",
            policy.rules[first.index()].name,
            policy.rules[second.index()].name,
            policy.categories[category.index()].name,
            policy.kinds[kind.index()].name,
            policy.purposes[purpose.index()].name,
        );
        context.report(
            context
                .at_key(Code::AmbiguousTerm, &other, message)
                .label(context.places.key(&one), "the other rule")
                .help(
                    "make one of them more precise: naming the purpose wins over naming the kind, \
                     and that over naming the category",
                ),
        );
    }
}

/// Whether what purposes use, and for whom, is known: no name in it is wrong.
fn uses_are_known(policy: &Policy, context: &Context) -> bool {
    policy.purposes.iter().all(|purpose| {
        ["uses", "concerns", "basis"]
            .iter()
            .all(|key| !context.is_broken(&format!("purposes.{}.{key}", purpose.name)))
    })
}

fn idle(policy: &Policy, context: &Context, found: &Found) {
    if !uses_are_known(policy, context) {
        return;
    }
    for id in (0u8..).map(RuleId).take(policy.rules.len()) {
        let path = super::rule_path(policy, id);
        if !found.applied.contains(&id) && !context.is_broken(&path) {
            let name = &policy.rules[id.index()].name;
            let message = format!("the retention rule `{name}` never applies");
            context.report(context.at_key(Code::IdleRule, &path, message).help(
                "no purpose uses its categories for its kinds of subject, or more precise rules \
                 cover them all: take it away, or widen it",
            ));
        }
    }
}

/// A category that no purpose uses, and a single field of one that is used otherwise.
fn unused(policy: &Policy, context: &Context) {
    if !uses_are_known(policy, context) {
        return;
    }
    for id in categories(policy) {
        let category = &policy.categories[id.index()];
        let path = format!("categories.{}", category.name);
        if policy.tables.used_by[id.index()].is_empty() {
            let message = format!("no purpose uses the category `{}`", category.name);
            context.report(
                context
                    .at_key(Code::UnusedCategory, &path, message)
                    .help("take it away, or add it to the `uses` of a purpose"),
            );
            continue;
        }
        let used = policy.tables.use_fields.iter();
        let used = used.fold(0, |all, row| all | row[id.index()]);
        let unused = category.fields.iter().enumerate();
        for (_, field) in unused.filter(|(place, _)| used & (1 << place) == 0) {
            let message = format!("no purpose uses the field `{}`", field.name);
            let path = format!("{path}.fields.{}", field.name);
            context.report(
                context
                    .at_key(Code::UnusedCategory, &path, message)
                    .help(format!(
                        "take it away, or add `{}.{}` to the `uses` of a purpose that needs it",
                        category.name, field.name
                    )),
            );
        }
    }
}
