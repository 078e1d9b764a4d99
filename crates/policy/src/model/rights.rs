//! The rights of people (11 to 17), as a policy words and limits them.

use super::{Duration, Wording};

/// A right of people (11 to 17).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Right {
    /// The name in the policy file: `access`, `rectification`, `erasure`, `restriction`,
    /// `portability`, `objection`, `directives`.
    pub name: String,
    /// Title.
    pub title: Wording,
    /// How it is exercised, for the public.
    pub about: Wording,
    /// When a copy of an identity document is asked for.
    pub identity_document: IdentityDocument,
    /// The time to answer.
    pub answered_within: Duration,
    /// What the policy says of this right that the law sees otherwise (14a, 15a).
    pub limits: Vec<RightLimit>,
    /// The grounds on which erasure can be asked for (13b); empty: all that the law knows.
    pub grounds: Vec<ErasureGround>,
}

/// A limit that a policy puts to a right and that the law does not know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum RightLimit {
    /// Restriction is refused where processing is lawful and needed for the contract (14a).
    RefusedWhenLawfulAndNeededForContract,
    /// Portability covers only data held by consent (15a).
    ConsentOnly,
}

/// A ground on which a person can have data erased (GDPR 17(1)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum ErasureGround {
    /// (a) no longer necessary.
    NoLongerNecessary,
    /// (b) consent withdrawn, and no other basis.
    ConsentWithdrawn,
    /// (c) objection to legitimate interests (21(1)).
    Objection,
    /// (c) objection to canvassing, profiling included (21(2)).
    CanvassingObjection,
    /// (d) processed unlawfully.
    Unlawful,
    /// (e) a legal obligation to erase.
    LegalObligation,
    /// (f) collected from a child for an online service.
    ChildOnlineService,
}

/// When an identity document is asked for (11b).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdentityDocument {
    /// Always (the checker advises).
    Always,
    /// Only on reasonable doubt (GDPR 12(6)).
    OnDoubt,
    /// Never (to unsubscribe, withdraw or object).
    Never,
}
