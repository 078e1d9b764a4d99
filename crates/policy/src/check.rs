//! The check: whether what was read holds together (errors), and what law and guidance see
//! otherwise (advice). Everything is looked at by its structure, nothing by its name.

/// Gives a macro every list of named things that can be renamed, each with its sort.
macro_rules! for_each_list {
    ($then:ident) => {
        $then! {
            Kind => kinds,
            Channel => channels,
            Origin => origins,
            Form => forms,
            Category => categories,
            Fact => facts,
            Span => spans,
            Purpose => purposes,
            Recipient => recipients,
            Processor => processors,
            Document => documents,
            Projection => projections,
            Rule => rules,
        }
    };
}

mod accounts;
mod acknowledged;
mod advice;
mod announcements;
mod basis;
mod coverage;
mod document;
mod fact;
mod form;
mod guidance;
mod projection;
mod reading;
mod rename;
mod special;
mod succession;
mod term;

use crate::model::{CategoryId, Policy, RuleId};
use crate::parse::Context;

pub(crate) use acknowledged::acknowledge;
pub(crate) use rename::check_list as rename_list;
pub(crate) use special::{card_security_code, is_card_security_code};
pub(crate) use succession::{check as succession, renames};

/// Reports what does not hold together.
pub(crate) fn errors(policy: &Policy, context: &Context) {
    rename::check(policy, context);
    fact::check(policy, context);
    special::check(policy, context);
    basis::check(policy, context);
    coverage::check(policy, context);
    term::check(policy, context);
    reading::check(policy, context);
    projection::check(policy, context);
    document::check(policy, context);
    form::check(policy, context);
    accounts::check(policy, context);
    announcements::check(policy, context);
}

/// Reports what law and guidance see otherwise.
pub(crate) fn advice(policy: &Policy, context: &Context) {
    advice::check(policy, context);
    guidance::check(policy, context);
}

/// The path of a retention rule.
fn rule_path(policy: &Policy, rule: RuleId) -> String {
    match policy.rules[rule.index()].name.as_str() {
        "" => format!("retention[{}]", rule.0),
        name => format!("retention.{name}"),
    }
}

/// Names in a sentence: `a`, `b` and `c`.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match quoted.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => quoted.concat(),
    }
}

/// A category or the fields of it, named as in the file.
fn what(policy: &Policy, category: CategoryId, fields: u64) -> String {
    let category = &policy.categories[category.index()];
    if fields.count_ones() as usize == category.fields.len() {
        return format!("`{}`", category.name);
    }
    let names: Vec<String> = category
        .fields
        .iter()
        .enumerate()
        .filter(|(place, _)| fields & (1 << place) != 0)
        .map(|(_, field)| format!("{}.{}", category.name, field.name))
        .collect();
    list(&names)
}
