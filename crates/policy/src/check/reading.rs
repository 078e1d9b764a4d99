//! Recipients: access goes no further than the purpose (9a).

use crate::diagnostics::Code;
use crate::model::{Policy, PurposeId, Recipient, Use};
use crate::parse::Context;

pub(super) fn check(policy: &Policy, context: &Context) {
    for recipient in &policy.recipients {
        for (purpose, uses) in &recipient.reads {
            let name = &policy.purposes[purpose.index()].name;
            if context.is_broken(&format!("purposes.{name}.uses")) {
                continue;
            }
            for used in uses {
                beyond(policy, context, recipient, *purpose, *used);
            }
        }
    }
}

fn beyond(
    policy: &Policy,
    context: &Context,
    recipient: &Recipient,
    purpose: PurposeId,
    used: Use,
) {
    let allowed = policy.tables.use_fields[purpose.index()][used.category.index()];
    let too_much = used.fields & !allowed;
    if too_much == 0 {
        return;
    }
    let fields = super::what(policy, used.category, too_much);
    let anywhere = policy
        .tables
        .use_fields
        .iter()
        .fold(0, |all, row| all | row[used.category.index()]);
    let name = &policy.purposes[purpose.index()].name;
    let path = format!("recipients.{}.reads.{name}", recipient.name);
    let diagnostic = if too_much & !anywhere == 0 {
        let message = format!(
            "`{}` reads {fields} for `{name}`, which does not use it",
            recipient.name
        );
        context
            .at_value(Code::ReadsBeyondPurpose, &path, message)
            .label(
                context.places.value(&format!("purposes.{name}.uses")),
                "what it uses",
            )
            .help("take it out of `reads`, or write `\"all\"` for what the purpose uses")
    } else {
        let message = format!("`{}` reads {fields}, which no purpose uses", recipient.name);
        context
            .at_value(Code::ReadsUnused, &path, message)
            .help("take it out of `reads`, or add it to the `uses` of a purpose that needs it")
    };
    context.report(diagnostic);
}
