//! What anonymised records leave: coarse dimensions only (10h). And look-ups by fields that can be.

use crate::diagnostics::Code;
use crate::model::{Dimension, Field, FieldId, FieldType, Policy};
use crate::parse::Context;

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
    }
    for category in &policy.categories {
        for field in category.fields.iter().filter(|field| field.look_up) {
            let path = format!("categories.{}.fields.{}", category.name, field.name);
            found_by(context, field, &path);
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
