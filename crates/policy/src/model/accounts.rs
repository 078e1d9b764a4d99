//! The accounts of those who work with the data: people of the policy like any others (21a, 21c).

use super::{FactId, FieldId, KindId, OriginId, PurposeId};

/// How the accounts of the server stand in the policy: whoever has one is a data subject, whose
/// name and e-mail are records with a ground and a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accounts {
    /// The kind of data subject that has an account.
    pub kind: KindId,
    /// The field with the person's name.
    pub name: FieldId,
    /// The field with the address by which the person signs in: of the same category.
    pub email: FieldId,
    /// What both are collected for.
    pub purpose: PurposeId,
    /// Where they come from (6a).
    pub origin: OriginId,
    /// The fact with which access begins.
    pub begins: FactId,
    /// The fact with which it ends.
    pub ends: FactId,
}
