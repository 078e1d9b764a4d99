//! How the acceptance of documents is kept.

use crate::diagnostics::Code;
use crate::model::{FieldId, FieldType, Policy};
use crate::parse::Context;

/// Reports a field that cannot hold what Kept writes into it.
pub(super) fn check(policy: &Policy, context: &Context) {
    let Some(acceptances) = policy.acceptances else {
        return;
    };
    let text = (&[FieldType::Text][..], "`text`");
    let number = (
        &[FieldType::Text, FieldType::Integer][..],
        "`text` or `integer`",
    );
    let moment = (&[FieldType::Moment][..], "`moment`");
    let digest = (
        &[FieldType::Text, FieldType::Token][..],
        "`text` or `token`",
    );
    let fields = [
        ("document", acceptances.document, text),
        ("version", acceptances.version, number),
        ("at", acceptances.at, moment),
        ("digest", acceptances.digest, digest),
    ];
    for (place, (key, field, (types, words))) in fields.iter().enumerate() {
        let path = format!("acceptances.{key}");
        let name = &policy.field(*field).name;
        if !types.contains(&policy.field(*field).kind) {
            let message = format!("`{name}` cannot hold what `{key}` says of an acceptance");
            context.report(
                context
                    .at_value(Code::BadAcceptances, &path, message)
                    .help(format!("name a field of type {words}")),
            );
        }
        let twice = |other: &(&str, FieldId, _)| other.1 == *field;
        if fields.iter().take(place).any(twice) {
            let message = format!("`{name}` cannot hold two things");
            context.report(
                context
                    .at_value(Code::BadAcceptances, &path, message)
                    .help("name a field of its own"),
            );
        }
    }
}
