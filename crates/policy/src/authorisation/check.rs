//! The check of an authorisation: what does not hold together, and what guidance sees otherwise.

mod advice;
mod ceiling;
mod succession;

use super::action::Administration;
use super::model::{Authorisation, Role};
use crate::diagnostics::Code;
use crate::model::Policy;
use crate::parse::Context;

pub(super) use advice::check as advice;
pub(super) use succession::check as succession;

/// Reports what does not hold together.
pub(super) fn errors(authorisation: &Authorisation, policy: &Policy, context: &Context) {
    succession::renames_within(authorisation, context);
    for role in &authorisation.roles {
        idle(role, context);
        without_recipient(role, context);
        ceiling::check(role, policy, context);
    }
    nobody_grants(authorisation, context);
}

/// The path of a role.
fn path(role: &Role) -> String {
    format!("roles.{}", role.name)
}

/// The path of one of a role's grants.
fn grant_path(role: &Role, place: usize) -> String {
    format!("roles.{}.grants[{place}]", role.name)
}

fn idle(role: &Role, context: &Context) {
    let path = path(role);
    if role.grants.is_empty() && role.administers.is_empty() && !context.is_broken(&path) {
        let message = format!("the role `{}` may do nothing", role.name);
        context.report(
            context
                .at_key(Code::IdleRole, &path, message)
                .help("add a `[[grants]]` of it, or what it `administers`; or take the role away"),
        );
    }
}

fn without_recipient(role: &Role, context: &Context) {
    let path = path(role);
    if role.grants.is_empty()
        || role.recipient.is_some()
        || context.is_broken(&format!("{path}.recipient"))
    {
        return;
    }
    let message = format!(
        "the role `{}` has grants, and no recipient of the policy whose ceiling holds for it",
        role.name
    );
    context.report(
        context
            .at_key(Code::RoleWithoutRecipient, &path, message)
            .help("add `recipient = \"NAME\"`, one of `[recipients]` in the policy"),
    );
}

fn nobody_grants(authorisation: &Authorisation, context: &Context) {
    let somebody = authorisation
        .roles
        .iter()
        .any(|role| role.administers.contains(Administration::Rights));
    if somebody || context.is_broken("roles") {
        return;
    }
    let message = "no role administers `rights`: nobody could give a role, or take one away";
    let mut diagnostic = context.at_key(Code::NobodyGrants, "roles", message);
    if !context.places.has("roles") {
        diagnostic.labels.clear();
    }
    context.report(diagnostic.help("add `administers = [\"rights\"]` to one of them"));
}
