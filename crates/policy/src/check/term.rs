//! Retention rules by themselves: legal limits, and what a rule leaves behind.

use crate::diagnostics::Code;
use crate::model::{Policy, PurposeNature, RetentionRule, RuleId, Then};
use crate::parse::Context;

pub(super) fn check(policy: &Policy, context: &Context) {
    for (id, rule) in (0u8..).map(RuleId).zip(&policy.rules) {
        let path = super::rule_path(policy, id);
        minimum_for_duties(policy, context, rule, &path);
        limits(context, rule, &path);
        leaves(policy, context, rule, &path);
    }
}

/// 10g, 10k: a legal minimum prolongs storage for a duty alone.
fn minimum_for_duties(policy: &Policy, context: &Context, rule: &RetentionRule, path: &str) {
    if rule.at_least.is_none() || context.is_broken(&format!("{path}.purposes")) {
        return;
    }
    let others: Vec<&str> = rule
        .purposes
        .iter()
        .map(|id| &policy.purposes[id.index()])
        .filter(|purpose| purpose.nature != PurposeNature::Duty)
        .map(|purpose| purpose.name.as_str())
        .take(4)
        .collect();
    if others.is_empty() {
        return;
    }
    let message = format!(
        "`{}` has a legal minimum, and covers what is no duty: {}",
        rule.name,
        super::list(&others)
    );
    context.report(
        context
            .at_key(
                Code::MinimumWithoutDuty,
                &format!("{path}.at-least"),
                message,
            )
            .help("put the minimum into a rule of its own, whose `purposes` are duties alone"),
    );
}

fn limits(context: &Context, rule: &RetentionRule, path: &str) {
    let (Some(most), Some(least)) = (&rule.at_most, &rule.at_least) else {
        return;
    };
    if least.from == most.from && least.keep.exceeds(most.keep) {
        let message = format!(
            "`{}` is kept {} at least, and {} at most",
            rule.name, least.keep, most.keep
        );
        context.report(
            context
                .at_value(
                    Code::ContradictoryLimits,
                    &format!("{path}.at-most.keep"),
                    message,
                )
                .label(
                    context.places.value(&format!("{path}.at-least.keep")),
                    "the minimum",
                )
                .help("one of the two laws gives way: say which by taking the other away"),
        );
    }
}

fn leaves(policy: &Policy, context: &Context, rule: &RetentionRule, path: &str) {
    let Then::Anonymise(id) = rule.then else {
        return;
    };
    let Some(projection) = policy.projections.get(id.index()) else {
        return;
    };
    if rule.categories.contains(projection.of)
        || context.is_broken(&format!("{path}.categories"))
        || context.is_broken(&format!("projections.{}", projection.name))
    {
        return;
    }
    let message = format!(
        "`{}` leaves the statistic `{}`, which counts a category that the rule does not cover",
        rule.name, projection.name
    );
    context.report(
        context
            .at_value(Code::ProjectionElsewhere, &format!("{path}.then"), message)
            .label(
                context
                    .places
                    .value(&format!("projections.{}.of", projection.name)),
                "counted",
            )
            .help("name a projection of one of the rule's categories, or write `delete`"),
    );
}
