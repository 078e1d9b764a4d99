//! How people are told: of a new version of the policy (26a), of data about them that somebody else
//! gave (6c).

use super::{Duration, FieldId, PurposeId, RecipientId};

/// What messages to people are sent for, and by whom their address is read for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Announcements {
    /// What the address is read for.
    pub purpose: PurposeId,
    /// Who reads it: somebody of the house.
    pub recipient: RecipientId,
    /// The field with the address that messages go to.
    pub email: FieldId,
    /// The field with the language that the person reads; none: messages are in both.
    pub language: Option<FieldId>,
    /// For how long after a new version came into force the notice says on top that it changed.
    pub shown: Duration,
}
