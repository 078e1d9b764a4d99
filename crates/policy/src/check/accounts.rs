//! Accounts of the server: the people who have one are data subjects, held on a ground, for as long
//! as their access lasts and a term beyond.

use crate::diagnostics::Code;
use crate::model::{Accounts, Basis, FactId, FieldType, Policy};
use crate::parse::Context;

pub(super) fn check(policy: &Policy, context: &Context) {
    let Some(accounts) = policy.accounts else {
        return;
    };
    fields(policy, context, &accounts);
    purpose(policy, context, &accounts);
    facts(policy, context, &accounts);
    term(policy, context, &accounts);
}

/// Name and e-mail stand in one record, and the e-mail finds the account.
fn fields(policy: &Policy, context: &Context, accounts: &Accounts) {
    let (name, email) = (policy.field(accounts.name), policy.field(accounts.email));
    let wrong = |key: &str, message: String, help: &str| {
        context.report(
            context
                .at_value(Code::AccountFields, &format!("accounts.{key}"), message)
                .help(help),
        );
    };
    if name.kind != FieldType::PersonName {
        wrong(
            "name",
            format!("`{}` does not hold the name of a person", name.name),
            "name a field of the type `person-name`",
        );
    }
    if email.kind != FieldType::Email || !email.look_up {
        wrong(
            "email",
            format!("nobody can sign in with `{}`", email.name),
            "name a field of the type `email` with `look-up = true`",
        );
    }
    if accounts.name.category != accounts.email.category {
        wrong(
            "email",
            "the name and the e-mail of an account belong to different categories".to_owned(),
            "name two fields of one category: they stand in one record",
        );
    }
}

/// The purpose uses both fields, on a ground that the person cannot take back: an account that
/// still opens data must be known whatever its holder wishes.
fn purpose(policy: &Policy, context: &Context, accounts: &Accounts) {
    let purpose = &policy.purposes[accounts.purpose.index()];
    let path = format!("purposes.{}", purpose.name);
    if context.is_broken(&path) {
        return;
    }
    let uses = |field: crate::model::FieldId| {
        purpose
            .uses
            .iter()
            .any(|used| used.category == field.category && used.fields & (1u64 << field.field) != 0)
    };
    let kind = &policy.kinds[accounts.kind.index()].name;
    let message = if !uses(accounts.name) || !uses(accounts.email) {
        Some(format!(
            "`{}` does not use the name and the e-mail of accounts",
            purpose.name
        ))
    } else {
        let lines = &policy.tables.bases[accounts.purpose.index()][accounts.kind.index()];
        let mut bases = lines
            .iter()
            .map(|line| &purpose.bases[usize::from(*line)])
            .peekable();
        if bases.peek().is_none() {
            Some(format!(
                "`{}` has no legal basis for `{kind}`",
                purpose.name
            ))
        } else if bases.any(|line| line.basis == Basis::Consent) {
            Some(format!(
                "`{}` rests on the consent of `{kind}`",
                purpose.name
            ))
        } else {
            None
        }
    };
    if let Some(message) = message {
        context.report(
            context
                .at_value(Code::AccountPurpose, "accounts.purpose", message)
                .label(context.places.key(&path), "")
                .help(format!(
                    "name a purpose that uses both fields and has a basis for `{kind}` other than \
                     consent"
                )),
        );
    }
}

/// Two facts, which staff can record at any time, begin and end the access of one person.
fn facts(policy: &Policy, context: &Context, accounts: &Accounts) {
    let wrong = |key: &str, message: String, help: String| {
        context.report(
            context
                .at_value(Code::AccountFacts, &format!("accounts.{key}"), message)
                .help(help),
        );
    };
    let kind = &policy.kinds[accounts.kind.index()].name;
    let begins = &policy.facts[accounts.begins.index()];
    if begins.begins != Some(accounts.kind) {
        wrong(
            "begins",
            format!("`{}` makes nobody a `{kind}`", begins.name),
            format!("add `begins = \"{kind}\"` to `facts.{}`", begins.name),
        );
    }
    if accounts.begins == accounts.ends {
        wrong(
            "ends",
            "access begins and ends with one fact".to_owned(),
            "name another fact".to_owned(),
        );
    }
    let plain = |id: FactId| {
        let fact = &policy.facts[id.index()];
        fact.recorded_by.staff && !fact.about_matter && fact.manners.is_empty()
    };
    for (key, id) in [("begins", accounts.begins), ("ends", accounts.ends)] {
        let name = &policy.facts[id.index()].name;
        if !plain(id) && !context.is_broken(&format!("facts.{name}")) {
            wrong(
                key,
                format!("`{name}` cannot be recorded of an account as it is"),
                "name a fact that staff record, without a matter and without manners".to_owned(),
            );
        }
    }
}

/// While somebody has access, who they are is known.
fn term(policy: &Policy, context: &Context, accounts: &Accounts) {
    let Some(rule) = policy.rule_for(accounts.purpose, accounts.kind, accounts.email.category)
    else {
        return; // A category without a term is an error of its own.
    };
    let rule = policy.rule(rule);
    let waits = rule.during.is_some_and(|span| {
        let span = policy.span(span);
        span.opens == accounts.begins && span.closes == accounts.ends
    });
    if waits || context.is_broken(&format!("retention.{}", rule.name)) {
        return;
    }
    let (begins, ends) = (
        &policy.fact(accounts.begins).name,
        &policy.fact(accounts.ends).name,
    );
    let message = format!(
        "`{}` lets the data of an account go while the account is in use",
        rule.name
    );
    context.report(
        context
            .at_key(
                Code::AccountTerm,
                &format!("retention.{}", rule.name),
                message,
            )
            .label(context.places.key("accounts"), "")
            .help(format!(
                "add `during` with a span that `{begins}` opens and `{ends}` closes"
            )),
    );
}
