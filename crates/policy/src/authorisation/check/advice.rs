//! What guidance sees otherwise in an authorisation.

use super::super::action::Administration;
use super::super::model::{Authorisation, Role};
use super::{grant_path, path};
use crate::authorisation::table::{ceiling, data_of, kinds_of};
use crate::check::list;
use crate::diagnostics::Code;
use crate::model::{Duration, Nature, Policy, RecipientId, RoleId};
use crate::parse::Context;
use crate::tables::purposes;

/// Guidance: who has access is reviewed once a year at the least.
const REVIEW_MAX: Duration = Duration::of_months(12);

pub(in crate::authorisation) fn check(
    authorisation: &Authorisation,
    policy: &Policy,
    context: &Context,
) {
    house(authorisation, context);
    for (place, role) in authorisation.roles.iter().enumerate() {
        own_reviewer(authorisation, role, context);
        repeated(role, policy, context);
        let id = RoleId(u8::try_from(place).unwrap_or(u8::MAX));
        special(authorisation, id, policy, context);
        twin(authorisation, id, context);
    }
    unreached(authorisation, policy, context);
}

fn house(authorisation: &Authorisation, context: &Context) {
    let head = "authorisation";
    if authorisation.undertaking.is_none() && !context.is_broken(head) {
        let message = "no undertaking of confidentiality is asked for";
        context.report(
            context.at_key(Code::NoUndertaking, head, message).help(
                "add `undertaking`, a document of the policy, and `undertaking-renewed-every`",
            ),
        );
    }
    if authorisation.reviewed_every.exceeds(REVIEW_MAX) {
        let path = format!("{head}.reviewed-every");
        let message = "who has which role is reviewed less than once a year";
        context.report(
            context
                .at_value(Code::ReviewedRarely, &path, message)
                .help("write `1 year` or less"),
        );
    }
}

/// The role that reviews who has a role: the one that is named, or the only one that can.
fn own_reviewer(authorisation: &Authorisation, role: &Role, context: &Context) {
    if context.is_broken(&path(role)) || context.is_broken("roles") && role.reviewed_by.is_none() {
        return;
    }
    let named = role.reviewed_by.map(|by| authorisation.role(by));
    let grants = |it: &&Role| it.administers.contains(Administration::Rights);
    let mut reviewers = match named {
        Some(by) => vec![by],
        None => authorisation.roles.iter().filter(grants).collect(),
    };
    reviewers.dedup();
    if reviewers.len() != 1 || reviewers[0].name != role.name {
        return;
    }
    let path = path(role);
    let message = format!(
        "who has the role `{}` is reviewed by that role alone",
        role.name
    );
    let mut diagnostic = context.at_key(Code::OwnReviewer, &path, message);
    if named.is_some() {
        diagnostic.labels.clear();
        diagnostic = diagnostic.label(context.places.value(&format!("{path}.reviewed-by")), "");
    }
    context.report(diagnostic.help("add `reviewed-by = \"ANOTHER-ROLE\"`"));
}

/// A grant that opens nothing which those before it do not.
fn repeated(role: &Role, policy: &Policy, context: &Context) {
    let Some(recipient) = role.recipient else {
        return;
    };
    for (place, _) in role.grants.iter().enumerate() {
        let path = grant_path(role, place);
        if !context.is_broken(&path) && adds_nothing(role, recipient, place, policy) {
            let message = format!(
                "this grant gives `{}` nothing that those before it do not",
                role.name
            );
            context.report(
                context
                    .at_value(Code::RepeatedGrant, &path, message)
                    .help("take it away, or correct what it names"),
            );
        }
    }
}

/// Whether all that a grant opens is opened by those before it.
fn adds_nothing(role: &Role, recipient: RecipientId, place: usize, policy: &Policy) -> bool {
    let grant = &role.grants[place];
    let count = policy.categories.len();
    let data = data_of(grant, count);
    let mut opens = false;
    for action in &grant.actions {
        for purpose in purposes(policy) {
            let within = ceiling(policy, recipient, *action, purpose);
            for kind in kinds_of(grant, policy, purpose).iter() {
                let mut left: Vec<u64> = within.iter().zip(&data).map(|(a, b)| a & b).collect();
                opens |= left.iter().any(|fields| *fields != 0);
                for other in &role.grants[..place] {
                    let covers = other.actions.contains(action)
                        && kinds_of(other, policy, purpose).contains(kind)
                        && (other.only.is_none() || other.only == grant.only);
                    if covers {
                        for (left, fields) in left.iter_mut().zip(data_of(other, count)) {
                            *left &= !fields;
                        }
                    }
                }
                if left.iter().any(|fields| *fields != 0) {
                    return false;
                }
            }
        }
    }
    opens
}

/// Special categories in the hands of whoever gives roles (GDPR 32).
fn special(authorisation: &Authorisation, id: RoleId, policy: &Policy, context: &Context) {
    let role = authorisation.role(id);
    if !role.administers.contains(Administration::Rights) {
        return;
    }
    let mut read: Vec<&str> = authorisation
        .what(policy, id)
        .iter()
        .filter(|reach| reach.action.handles_values())
        .map(|reach| policy.category(reach.category))
        .filter(|category| category.nature == Nature::Special)
        .map(|category| category.name.as_str())
        .collect();
    read.sort_unstable();
    read.dedup();
    if read.is_empty() {
        return;
    }
    let path = path(role);
    let message = format!(
        "`{}` gives roles to others, and handles special-category data itself: {}",
        role.name,
        list(&read)
    );
    let place = context.places.value(&format!("{path}.administers"));
    let mut diagnostic = context.at_key(Code::GrantsAndReads, &path, message);
    diagnostic.labels.clear();
    context.report(
        diagnostic
            .label(place, "")
            .help("let another role administer `rights`"),
    );
}

/// Two roles that may do the same.
fn twin(authorisation: &Authorisation, id: RoleId, context: &Context) {
    let role = authorisation.role(id);
    if role.grants.is_empty() && role.administers.is_empty() || context.is_broken(&path(role)) {
        return;
    }
    let alike = |other: RoleId| {
        let twin = authorisation.role(other);
        twin.administers == role.administers
            && authorisation.table.alike(id, other)
            && !context.is_broken(&path(twin))
    };
    let Some(first) = authorisation
        .role_ids()
        .take(id.index())
        .find(|it| alike(*it))
    else {
        return;
    };
    let first = authorisation.role(first);
    let message = format!("`{}` may do just what `{}` may do", role.name, first.name);
    context.report(
        context
            .at_key(Code::TwinRoles, &path(role), message)
            .label(context.places.key(&path(first)), "the other one")
            .help("make one role of them, or say in their grants what tells them apart"),
    );
}

/// A recipient within the house that nobody can act as.
fn unreached(authorisation: &Authorisation, policy: &Policy, context: &Context) {
    if context.is_broken("roles") {
        return;
    }
    let unreached: Vec<&str> = (0u8..)
        .map(RecipientId)
        .zip(&policy.recipients)
        .filter(|(id, recipient)| {
            let read_by = |role: &Role| role.recipient == Some(*id) && !role.grants.is_empty();
            recipient.internal
                && !recipient.reads.is_empty()
                && !authorisation.roles.iter().any(read_by)
        })
        .map(|(_, recipient)| recipient.name.as_str())
        .collect();
    for name in unreached {
        let message = format!("no role acts as `{name}`, which the policy lets read");
        let mut diagnostic = context.at_key(Code::UnreachedRecipient, "roles", message);
        diagnostic.labels.clear();
        context.report(diagnostic.help(format!("add a role with `recipient = \"{name}\"`")));
    }
}
