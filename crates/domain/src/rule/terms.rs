//! The terms that a rule is told in: the policy's, and those of the authorisation beside it.

use policy::authorisation::Authorisation;
use policy::model::Policy;

/// What gives the ids of a rule their names.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The authorisation beside it; without one a role has no name.
    pub authorisation: Option<&'a Authorisation>,
}

impl<'a> From<&'a Policy> for Terms<'a> {
    fn from(policy: &'a Policy) -> Self {
        Self {
            policy,
            authorisation: None,
        }
    }
}
