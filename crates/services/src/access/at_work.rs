//! A program at work: the desk of a key, within what the key is for.

use domain::{Fault, FaultKind, MatterId};
use journal::Destination;
use policy::model::PurposeId;

use super::{Access, ProgramKey, Who};
use crate::desk::Desk;

/// What a program says it does.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    /// In which role; left out: the only one that its key has.
    pub role: Option<&'a str>,
    /// What for.
    pub purpose: PurposeId,
    /// About which matter, where it is about one.
    pub matter: Option<MatterId>,
}

impl<'k> Access<'k> {
    /// The desk of a program, in a role that its key is for. How far the key goes is asked of each
    /// thing that is done there.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when no role was stated and the key has several,
    /// [`FaultKind::Refused`] when the key is not for the role: it stands in the journal.
    pub fn desk_of_program(
        &self,
        key: &ProgramKey,
        stated: Stated<'_>,
        destination: Destination,
    ) -> Result<Desk<'k>, Fault> {
        let role = match (stated.role, key.scopes.roles.as_slice()) {
            (Some(role), _) => role,
            (None, [only]) => only,
            (None, _) => return Err(in_which_role(&key.scopes.roles)),
        };
        let duty = self.duty(Who::Key(key), role)?.about(stated.matter);
        Ok(self.kept.desk(&duty, stated.purpose, destination))
    }
}

fn in_which_role(roles: &[String]) -> Fault {
    let fault = Fault::new(FaultKind::Invalid, "no role was stated");
    match roles {
        [] => fault.remedy("this key is for nothing any more: make a new one"),
        several => fault.remedy(format!("state one of {}", several.join(", "))),
    }
}
