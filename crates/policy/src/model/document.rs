//! Documents that stand apart from the policy: terms of business, a cookies policy (3b).

use jiff::civil::Date;

use super::{CategoryId, FieldId, Wording};

/// A document that stands apart from the policy. The policy says that there is one and whom it is
/// for; what it says, in which version, is published apart, as an [`Edition`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Whom it is for.
    pub audience: Audience,
}

/// Whom a document is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Audience {
    /// The people whose data is processed: it is published to everyone.
    #[default]
    People,
    /// Those who work for the controller or receive data: an undertaking of confidentiality.
    Staff,
}

/// How the acceptance of a document is kept: the category of its record, and the fields of it
/// that say what was accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Acceptances {
    /// The category.
    pub category: CategoryId,
    /// The document's name.
    pub document: FieldId,
    /// The number of its version.
    pub version: FieldId,
    /// When it was accepted.
    pub at: FieldId,
    /// The digest of what that version says.
    pub digest: FieldId,
}

/// One version of one document, as it is published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edition {
    /// The document's name in the policy.
    pub name: String,
    /// The number of the version, from 1; each one that is published has a higher number.
    pub version: u32,
    /// The day on which it was published.
    pub published: Date,
    /// Why it differs from the one before; absent in a first version.
    pub reason: Option<Wording>,
    /// Whether those who accepted an earlier version are asked to accept this one too.
    pub accept_again: bool,
    /// Its title.
    pub title: Wording,
    /// What it says, see [`crate::text`].
    pub text: Wording,
}

impl Edition {
    /// Which version of which document: `documents.terms-of-business, version 2`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("documents.{}, version {}", self.name, self.version)
    }

    /// Whether two versions are one, under whatever name: the same number saying the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let renamed = Self {
            name: self.name.clone(),
            ..other.clone()
        };
        *self == renamed
    }
}
