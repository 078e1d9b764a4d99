//! Who may do what with one field, worked out anew for each question from the lists of the two
//! files: what `authorisation.toml` grants, within what the policy allows.

use policy::authorisation::{Action, Authorisation, Condition, Grant};
use policy::model::{CategoryId, KindId, Policy, PurposeId, RoleId, Use};

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Who.
    pub role: RoleId,
    /// What would be done.
    pub action: Action,
    /// What for.
    pub purpose: PurposeId,
    /// About whom.
    pub kind: KindId,
    /// With which category.
    pub category: CategoryId,
    /// With which of its fields.
    pub field: u8,
}

/// Whether a role may do something with one field where a condition holds, or none does.
#[must_use]
pub fn may(
    authorisation: &Authorisation,
    policy: &Policy,
    question: Question,
    holds: Option<Condition>,
) -> bool {
    let role = &authorisation.roles[question.role.index()];
    let Some(recipient) = role.recipient else {
        return false;
    };
    let granted = role
        .grants
        .iter()
        .any(|grant| grants(grant, question) && (grant.only.is_none() || grant.only == holds));
    if !granted {
        return false;
    }
    let purpose = &policy.purposes[question.purpose.index()];
    if !purpose.concerns.iter().any(|kind| kind == question.kind) {
        return false;
    }
    let reads = &policy.recipients[recipient.index()].reads;
    match question.action {
        // 9a: whoever sees or enters a value does so as a recipient of the policy.
        Action::Read
        | Action::Find
        | Action::Count
        | Action::Export
        | Action::Collect
        | Action::Import
        | Action::Correct => reads
            .iter()
            .filter(|(id, _)| *id == question.purpose)
            .any(|(_, uses)| named(uses, question)),
        _ => named(&purpose.uses, question),
    }
}

fn grants(grant: &Grant, question: Question) -> bool {
    let purposes = grant.purposes.as_ref();
    let kinds = grant.kinds.as_ref();
    grant.actions.contains(&question.action)
        && purposes.is_none_or(|list| list.contains(&question.purpose))
        && kinds.is_none_or(|list| list.contains(&question.kind))
        && grant.data.as_ref().is_none_or(|list| named(list, question))
}

/// Whether a list of categories and fields names a field.
fn named(uses: &[Use], question: Question) -> bool {
    uses.iter()
        .any(|used| used.category == question.category && used.fields & 1 << question.field != 0)
}
