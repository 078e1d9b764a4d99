//! A program at work: the desk of a key, within what the key is for.

use domain::{Fault, FaultKind, MatterId};
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::PurposeId;

use super::{Access, ProgramKey};
use crate::desk::Desk;
use crate::in_role::InRole;

/// What a program says it does.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    /// In which role; left out: the only one that its key has.
    pub role: Option<&'a str>,
    /// What for.
    pub purpose: PurposeId,
    /// About which matter, where it is about one.
    pub matter: Option<MatterId>,
    /// What a role has to be granted for it.
    pub action: Action,
}

impl<'k> Access<'k> {
    /// The desk of a program, for something that its key is for.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when no role was stated and the key has several,
    /// [`FaultKind::Refused`] when the key is not for that: it stands in the journal.
    pub fn desk_of_program(
        &self,
        key: &ProgramKey,
        stated: Stated<'_>,
        destination: Destination,
    ) -> Result<Desk<'k>, Fault> {
        let law = self.kept.law();
        let scopes = &key.scopes;
        let role = match (stated.role, scopes.roles.as_slice()) {
            (Some(role), _) => role,
            (None, [only]) => only,
            (None, _) => return Err(in_which_role(&scopes.roles)),
        };
        let lacks = if !scopes.roles.iter().any(|one| one == role) {
            Some("the key is not for this role")
        } else if !scopes.actions.is_empty()
            && !scopes.actions.iter().any(|one| one == stated.action.name())
        {
            Some("the key is not for this action")
        } else if !scopes.purposes.is_empty() && !scopes.purposes.contains(&stated.purpose) {
            Some("the key is not for this purpose")
        } else {
            None
        };
        if let Some(lacks) = lacks {
            let moment = self.kept.moment()?;
            let act = match stated.action.handles_values() {
                true => Act::ReadRefused,
                false => Act::WriteRefused,
            };
            let rule = format!("keys.{}", key.actor.account.as_str());
            let mut detail = self.kept.detail(act, &key.actor, moment, &law);
            detail.purpose = Some(law.names.purpose.number(stated.purpose));
            detail.rule = Some(rule.clone());
            detail.destination = destination;
            self.kept.vault.record(&detail)?;
            return Err(Fault::new(FaultKind::Refused, lacks)
                .rule(rule)
                .remedy("`kept key list` shows what it is for"));
        }
        let role = InRole {
            matter: stated.matter,
            ..InRole::named(&law, role)?
        };
        let actor = key.actor.clone();
        Ok(self.kept.desk(actor, role, stated.purpose, destination))
    }
}

fn in_which_role(roles: &[String]) -> Fault {
    let fault = Fault::new(FaultKind::Invalid, "no role was stated");
    match roles {
        [] => fault.remedy("this key is for nothing any more: make a new one"),
        several => fault.remedy(format!("state one of {}", several.join(", "))),
    }
}
