//! Interned ids: small indexes into the lists of one compiled policy, and sets of them.

/// Makes the id types: a small index into one list of the compiled policy.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $set:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u8);

        impl $name {
            /// The id as an index into its list.
            #[must_use]
            #[inline]
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }

        #[doc = concat!("A set of [`", stringify!($name), "`]: 128 bits.")]
        #[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
        pub struct $set(pub u128);

        impl $set {
            /// The empty set.
            pub const EMPTY: Self = Self(0);

            /// Whether the id is in the set.
            #[must_use]
            #[inline]
            pub fn contains(self, id: $name) -> bool {
                self.0 & (1 << id.0) != 0
            }

            /// Puts the id into the set.
            pub fn insert(&mut self, id: $name) {
                self.0 |= 1 << id.0;
            }

            /// What both sets hold.
            #[must_use]
            #[inline]
            pub fn and(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Whether nothing is in the set.
            #[must_use]
            #[inline]
            pub fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The ids in the set, in order.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                (0..128u8).filter(move |bit| self.0 & (1 << bit) != 0).map($name)
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(ids: I) -> Self {
                let mut set = Self::EMPTY;
                for id in ids {
                    set.insert(id);
                }
                set
            }
        }

        impl std::fmt::Debug for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }
    )+};
}

ids! {
    /// A kind of data subject: client, contact, user...
    KindId => KindSet,
    /// A category of personal data.
    CategoryId => CategorySet,
    /// A purpose of processing.
    PurposeId => PurposeSet,
    /// A kind of fact: contract signed, contact from the person...
    FactId => FactSet,
    /// A span between two kinds of fact: a contract, a membership...
    SpanId => SpanSet,
    /// A recipient, internal or external.
    RecipientId => RecipientSet,
    /// An origin of data.
    OriginId => OriginSet,
    /// A channel of communication.
    ChannelId => ChannelSet,
    /// A processor that may carry out a processing.
    ProcessorId => ProcessorSet,
    /// A document that stands apart from the policy (terms of business, cookies policy).
    DocumentId => DocumentSet,
    /// A projection: what an anonymised record leaves in the statistics.
    ProjectionId => ProjectionSet,
    /// A retention rule.
    RuleId => RuleSet,
    /// A form.
    FormId => FormSet,
    /// A role of the authorisation that goes with a policy.
    RoleId => RoleSet,
}

/// A field: its category and its place in that category's list (at most 64 a category).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldId {
    /// The category that the field belongs to; exactly one (5a).
    pub category: CategoryId,
    /// The place in [`Category::fields`].
    pub field: u8,
}
