//! Terms measured against published guidance. Guidance is no law: it is advice, and the policy's
//! terms are what is enforced.

use std::collections::BTreeSet;

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{
    Anchor, Category, CategoryId, Duration, Guidance, Nature, Policy, Purpose, PurposeId,
    PurposeNature, RuleId,
};
use crate::parse::Context;

/// What guidance says of categories: how long, and the advice beyond that.
const CATEGORIES: [(Guidance, Duration, Code); 4] = [
    (
        Guidance::Footage,
        Duration::of_months(1),
        Code::FootageTooLong,
    ),
    (
        Guidance::Trackers,
        Duration::of_months(13),
        Code::TrackersTooLong,
    ),
    (Guidance::Logs, Duration::of_months(12), Code::LogsTooLong),
    (
        Guidance::Applications,
        Duration::of_months(24),
        Code::ApplicationsTooLong,
    ),
];
/// What guidance says of canvassing.
const CANVASSING: Duration = Duration::of_months(36);
/// How long a choice on trackers is kept before it is asked for again.
const CHOICE: Duration = Duration::of_months(6);

pub(super) fn check(policy: &Policy, context: &Context) {
    for (about, most, code) in CATEGORIES {
        let applies = |purpose: &Purpose, category: &Category| {
            purpose.nature == PurposeNature::Use && guidance_of(category) == about
        };
        for rule in rules_where(policy, applies) {
            if effective(policy, rule).exceeds(most) {
                let what = match about {
                    Guidance::Footage => "footage",
                    Guidance::Trackers => "data of trackers",
                    Guidance::Logs => "technical logs",
                    _ => "applications",
                };
                context.report(too_long(policy, context, rule, code, what, most));
            }
        }
    }
    for rule in rules_where(policy, |purpose, _| purpose.canvassing) {
        if effective(policy, rule).exceeds(CANVASSING) {
            let code = Code::ProspectsTooLong;
            context.report(too_long(
                policy,
                context,
                rule,
                code,
                "data for canvassing",
                CANVASSING,
            ));
        }
    }
    money_laundering(policy, context);
    choices(policy, context);
}

/// What guidance a category falls under: what it says, or logs if it is technical.
fn guidance_of(category: &Category) -> Guidance {
    match (category.guidance, category.nature) {
        (Some(guidance), _) => guidance,
        (None, Nature::Technical) => Guidance::Logs,
        (None, Nature::Ordinary | Nature::Special) => Guidance::None,
    }
}

/// The rules that decide some ground of which this is true.
fn rules_where(policy: &Policy, applies: impl Fn(&Purpose, &Category) -> bool) -> BTreeSet<RuleId> {
    let mut rules = BTreeSet::new();
    for (id, purpose) in (0u8..).map(PurposeId).zip(&policy.purposes) {
        for category in purpose.uses.iter().map(|used| used.category) {
            if applies(purpose, &policy.categories[category.index()]) {
                rules.extend(rules_of(policy, id, category));
            }
        }
    }
    rules
}

fn rules_of(policy: &Policy, purpose: PurposeId, category: CategoryId) -> Vec<RuleId> {
    policy.purposes[purpose.index()]
        .concerns
        .iter()
        .filter_map(|kind| policy.rule_for(purpose, kind, category))
        .collect()
}

/// How long a rule keeps, a legal maximum counted in.
fn effective(policy: &Policy, rule: RuleId) -> Duration {
    let rule = &policy.rules[rule.index()];
    match &rule.at_most {
        Some(limit) if rule.keep.exceeds(limit.keep) => limit.keep,
        _ => rule.keep,
    }
}

fn too_long(
    policy: &Policy,
    context: &Context,
    rule: RuleId,
    code: Code,
    what: &str,
    most: Duration,
) -> Diagnostic {
    let path = super::rule_path(policy, rule);
    let kept = effective(policy, rule);
    let name = &policy.rules[rule.index()].name;
    let message = format!("`{name}` keeps {what} {kept}, guidance says {most}");
    Diagnostic::new(code, path.clone(), message)
        .label(context.places.value(&format!("{path}.keep")), "")
        .label(context.places.key(&path), "")
        .help("shorten `keep`, or acknowledge the advice with the reason")
}

/// 10g: counted from collection, while the law counts from the end of the relationship.
fn money_laundering(policy: &Policy, context: &Context) {
    let about = |purpose: &Purpose, category: &Category| {
        purpose.guidance == Some(Guidance::MoneyLaundering)
            || category.guidance == Some(Guidance::MoneyLaundering)
    };
    for rule in rules_where(policy, about) {
        let it = &policy.rules[rule.index()];
        if it.from != [Anchor::Collection] {
            continue;
        }
        let path = super::rule_path(policy, rule);
        let message = format!("`{}` counts from collection alone", it.name);
        let help = if it.at_least.is_some() {
            "the legal minimum of the rule prolongs it; acknowledge that the published term differs"
        } else {
            "add `at-least` from the end of the relationship, if the controller is subject to it"
        };
        context.report(
            Diagnostic::new(Code::MoneyLaundering, path.clone(), message)
                .label(context.places.value(&format!("{path}.from")), "")
                .help(help),
        );
    }
}

fn choices(policy: &Policy, context: &Context) {
    for purpose in &policy.purposes {
        let trackers = purpose.uses.iter().any(|used| {
            guidance_of(&policy.categories[used.category.index()]) == Guidance::Trackers
        });
        let Some(lasts) = purpose.consent_lasts else {
            continue;
        };
        if trackers && lasts.exceeds(CHOICE) {
            let path = format!("purposes.{}", purpose.name);
            let message = format!(
                "the choice on trackers for `{}` is kept {lasts}",
                purpose.name
            );
            context.report(
                Diagnostic::new(Code::ChoiceTooLong, path.clone(), message)
                    .label(context.places.value(&format!("{path}.consent-lasts")), "")
                    .help("write `consent-lasts = \"6 months\"`"),
            );
        }
    }
}
