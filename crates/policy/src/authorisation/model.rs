//! The compiled authorisation: roles, what they are granted, and the table that answers.

use jiff::civil::Date;

use super::action::{Action, AdministrationSet};
use super::table::{Cell, Table};
use crate::model::{
    Acknowledgement, CategoryId, DocumentId, Duration, KindId, PurposeId, RecipientId, RoleId, Use,
    Wording,
};

/// Who of the house may do what with which data, within what the policy allows (9c). It was checked
/// with one policy, and its ids are of that one.
#[derive(Clone, Debug)]
pub struct Authorisation {
    /// The number of the version, from 1; each applied version has a higher one.
    pub version: u32,
    /// The day on which this version was published.
    pub published: Date,
    /// Why this version differs from the one before; absent in a first version.
    pub reason: Option<Wording>,
    /// SHA-256 of the source text.
    pub digest: [u8; 32],
    /// How often each grant of a role is reviewed; one that is overdue closes (21a).
    pub reviewed_every: Duration,
    /// The undertaking of confidentiality that is accepted before anything is read (9b).
    pub undertaking: Option<Undertaking>,
    /// The roles.
    pub roles: Vec<Role>,
    /// Advice that the controller has read and answered, with reasons.
    pub acknowledged: Vec<Acknowledgement>,
    pub(crate) table: Table,
}

/// The undertaking of confidentiality that staff accept (9b).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Undertaking {
    /// Which document of the policy it is.
    pub document: DocumentId,
    /// How often it is accepted anew; one that is overdue closes the door.
    pub renewed_every: Duration,
}

/// A role: what an account may do that has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    /// The name in the file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// The recipient of the policy whose ceiling it has; none for a role that administers alone.
    pub recipient: Option<RecipientId>,
    /// What it administers; that opens no personal data.
    pub administers: AdministrationSet,
    /// The role whose holders review who has this one; none: whoever administers rights.
    pub reviewed_by: Option<RoleId>,
    /// What it may do with personal data.
    pub grants: Vec<Grant>,
}

/// One line of what a role may do, in the order of the file. What is left out is everything within
/// the ceiling.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// What may be done.
    pub actions: Vec<Action>,
    /// For which purposes.
    pub purposes: Option<Vec<PurposeId>>,
    /// With which categories and fields. Of a category that is named whole: what the ceiling has.
    pub data: Option<Vec<Use>>,
    /// About which kinds of people.
    pub kinds: Option<Vec<KindId>>,
    /// On which condition alone.
    pub only: Option<Condition>,
}

/// What has to be so when it is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Condition {
    /// The person is one of the account's own clients.
    OwnClients,
    /// The person belongs to the one matter that is named: a dispute, say.
    Matter,
}

impl Condition {
    /// Each with its word in the file.
    pub const WORDS: [(&'static str, Self); 2] =
        [("own-clients", Self::OwnClients), ("matter", Self::Matter)];

    /// The word in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnClients => "own-clients",
            Self::Matter => "matter",
        }
    }

    /// In a sentence, after what may be done.
    #[must_use]
    pub fn words(self) -> Wording {
        let (en, fr) = match self {
            Self::OwnClients => (
                "about one’s own clients alone",
                "uniquement pour ses propres clients",
            ),
            Self::Matter => (
                "about the people of one named matter alone",
                "uniquement pour les personnes d’une affaire désignée",
            ),
        };
        Wording {
            en: en.to_owned(),
            fr: fr.to_owned(),
        }
    }
}

impl Authorisation {
    /// The id of the role of this name.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<RoleId> {
        let place = self.roles.iter().position(|role| role.name == name)?;
        u8::try_from(place).ok().map(RoleId)
    }

    /// The role of an id of this authorisation.
    ///
    /// # Panics
    /// If the id is of another authorisation, which has more of them.
    #[must_use]
    pub fn role(&self, id: RoleId) -> &Role {
        &self.roles[id.index()]
    }

    /// The ids of all roles.
    pub fn role_ids(&self) -> impl Iterator<Item = RoleId> + use<> {
        (0u8..).take(self.roles.len()).map(RoleId)
    }

    /// What a role may do with a category of data about a kind of person for a purpose.
    #[must_use]
    #[inline]
    pub fn cell(
        &self,
        role: RoleId,
        action: Action,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Cell {
        self.table.cell(role, action, purpose, kind, category)
    }
}
