//! What anonymised records leave: coarse dimensions only (10h). And look-ups by fields that can be.

use crate::diagnostics::Code;
use crate::model::{Dimension, Field, FieldId, FieldType, Policy, YEARS_APART};
use crate::parse::Context;

/// Groups that a statistic may have at the most: each gets chance of its own at each sweep.
const GROUPS_MAX: u64 = 25_000;

pub(super) fn check(policy: &Policy, context: &Context) {
    for projection in &policy.projections {
        let path = format!("projections.{}.by", projection.name);
        for dimension in &projection.by {
            match dimension {
                Dimension::Kind | Dimension::YearOfCollection | Dimension::Origin => {}
                Dimension::Decade(field) => {
                    coarse(policy, context, *field, &path, |kind| {
                        *kind == FieldType::Date
                    });
                }
                Dimension::Value(field) => {
                    coarse(policy, context, *field, &path, |kind| {
                        matches!(
                            kind,
                            FieldType::Choice(_) | FieldType::Country | FieldType::Boolean
                        )
                    });
                }
            }
        }
        let groups = projection.by.iter().fold(1_u64, |groups, one| {
            groups.saturating_mul(values(policy, *one))
        });
        if groups > GROUPS_MAX {
            let message = format!("`{}` divides people into {groups} groups", projection.name);
            context.report(
                context
                    .at_value(Code::TooFineProjection, &path, message)
                    .help(format!(
                        "count by fewer things; {GROUPS_MAX} groups is the most"
                    )),
            );
        }
    }
    for category in &policy.categories {
        for field in category.fields.iter().filter(|field| field.look_up) {
            let path = format!("categories.{}.fields.{}", category.name, field.name);
            found_by(context, field, &path);
        }
    }
}

/// How many values a dimension has, that of those who have none included.
fn values(policy: &Policy, dimension: Dimension) -> u64 {
    let named = |list: usize| list as u64 + 1;
    match dimension {
        Dimension::Kind => named(policy.kinds.len()),
        Dimension::YearOfCollection => u64::from(YEARS_APART) + 1,
        Dimension::Origin => named(policy.origins.len()),
        Dimension::Decade(_) => 14,
        Dimension::Value(field) => {
            let category = &policy.categories[field.category.index()];
            match category
                .fields
                .get(usize::from(field.field))
                .map(|field| &field.kind)
            {
                Some(FieldType::Choice(values)) => named(values.len()),
                Some(FieldType::Country) => 250,
                Some(FieldType::Boolean) => 3,
                // Another diagnostic says that it is none to count by.
                _ => 1,
            }
        }
    }
}

fn coarse(
    policy: &Policy,
    context: &Context,
    id: FieldId,
    path: &str,
    allowed: impl Fn(&FieldType) -> bool,
) {
    let category = &policy.categories[id.category.index()];
    let Some(field) = category.fields.get(usize::from(id.field)) else {
        return;
    };
    let kind = format!("categories.{}.fields.{}.type", category.name, field.name);
    if allowed(&field.kind) && !field.look_up || context.is_broken(&kind) {
        return;
    }
    let message = format!(
        "a statistic by `{}.{}` could point at a person",
        category.name, field.name
    );
    context.report(context.at_value(Code::IdentifyingProjection, path, message).help(
        "count by the value of a choice, a country or a yes or no, or by the decade of a date",
    ));
}

fn found_by(context: &Context, field: &Field, path: &str) {
    if matches!(
        field.kind,
        FieldType::Note | FieldType::Boolean | FieldType::Choice(_) | FieldType::Country
    ) {
        let message = format!("nobody can be found by the value of `{}`", field.name);
        context.report(
            context
                .at_value(Code::BadField, &format!("{path}.look-up"), message)
                .help("people are found by an e-mail address, a telephone or another number of theirs"),
        );
    }
}
