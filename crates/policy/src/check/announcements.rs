//! How people are told: their address is a field that messages can be sent to, used for a purpose
//! that stands whatever the person wishes, and read for it by somebody of the house.

use crate::diagnostics::Code;
use crate::model::{Announcements, Basis, FieldId, FieldType, Policy, Use};
use crate::parse::Context;

/// The languages that messages are written in.
const LANGUAGES: [&str; 2] = ["en", "fr"];

pub(super) fn check(policy: &Policy, context: &Context) {
    origins(policy, context);
    let Some(announcements) = policy.announcements else {
        return;
    };
    fields(policy, context, &announcements);
    purpose(policy, context, &announcements);
    recipient(policy, context, &announcements);
}

fn fields(policy: &Policy, context: &Context, announcements: &Announcements) {
    let wrong = |key: &str, message: String, help: &str| {
        context.report(
            context
                .at_value(
                    Code::AnnouncementFields,
                    &format!("announcements.{key}"),
                    message,
                )
                .help(help),
        );
    };
    let email = policy.field(announcements.email);
    if email.kind != FieldType::Email {
        wrong(
            "email",
            format!("no message can be sent to `{}`", email.name),
            "name a field of the type `email`",
        );
    }
    let Some(language) = announcements.language.map(|id| policy.field(id)) else {
        return;
    };
    let tells = match &language.kind {
        FieldType::Choice(values) => LANGUAGES.iter().all(|it| values.iter().any(|v| v == it)),
        _ => false,
    };
    if !tells {
        wrong(
            "language",
            format!(
                "`{}` does not say which language somebody reads",
                language.name
            ),
            "name a field of the type `choice` with the values \"en\" and \"fr\", or leave it out: \
             messages are in both then",
        );
    }
}

fn purpose(policy: &Policy, context: &Context, announcements: &Announcements) {
    let purpose = policy.purpose(announcements.purpose);
    let path = format!("purposes.{}", purpose.name);
    if context.is_broken(&path) {
        return;
    }
    let missing = used(announcements).find(|field| !holds(&purpose.uses, *field));
    let message = if let Some(field) = missing {
        format!(
            "`{}` does not use `{}`",
            purpose.name,
            policy.field(field).name
        )
    } else if purpose.canvassing {
        format!(
            "`{}` is canvassing: an objection would stop it",
            purpose.name
        )
    } else if purpose
        .bases
        .iter()
        .any(|line| line.basis == Basis::Consent)
    {
        format!("`{}` rests on consent: it could be withdrawn", purpose.name)
    } else {
        return;
    };
    context.report(
        context
            .at_value(Code::AnnouncementPurpose, "announcements.purpose", message)
            .label(context.places.key(&path), "")
            .help(
                "name a purpose that uses the address, is no canvassing and rests on something \
                 other than consent",
            ),
    );
}

fn recipient(policy: &Policy, context: &Context, announcements: &Announcements) {
    let recipient = policy.recipient(announcements.recipient);
    let purpose = policy.purpose(announcements.purpose);
    let path = format!("recipients.{}", recipient.name);
    if context.is_broken(&path) || context.is_broken(&format!("purposes.{}", purpose.name)) {
        return;
    }
    let reads = |field: FieldId| {
        let mut reads = recipient.reads.iter();
        reads.any(|(id, uses)| *id == announcements.purpose && holds(uses, field))
    };
    let message = if !recipient.internal {
        format!("`{}` is not of the house", recipient.name)
    } else if let Some(field) = used(announcements).find(|field| !reads(*field)) {
        format!(
            "`{}` may not read `{}` for `{}`",
            recipient.name,
            policy.field(field).name,
            purpose.name
        )
    } else {
        return;
    };
    context.report(
        context
            .at_value(Code::AnnouncementReader, "announcements.recipient", message)
            .label(context.places.key(&path), "")
            .help(format!(
                "name a recipient with `internal = true` that reads these fields for `{}`",
                purpose.name
            )),
    );
}

/// What a person gave is not what we observed of them.
fn origins(policy: &Policy, context: &Context) {
    for origin in policy
        .origins
        .iter()
        .filter(|it| it.from_person && it.observed)
    {
        let path = format!("origins.{}.observed", origin.name);
        let message = format!("`{}` is both given by the person and observed", origin.name);
        context.report(
            context
                .at_value(Code::OriginTwice, &path, message)
                .help("keep `from-person` for what the person gives, `observed` for what we note"),
        );
    }
}

/// The fields that a message is sent by.
fn used(announcements: &Announcements) -> impl Iterator<Item = FieldId> {
    [Some(announcements.email), announcements.language]
        .into_iter()
        .flatten()
}

fn holds(uses: &[Use], field: FieldId) -> bool {
    uses.iter()
        .any(|used| used.category == field.category && used.fields & (1u64 << field.field) != 0)
}
