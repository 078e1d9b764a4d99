//! What a role may do: acts with personal data, each within a ceiling, and the administration of
//! the installation, which opens none.

use crate::model::Wording;

/// Makes an enumeration of words of the language, with a set of them.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident => $set:ident($bits:ty);
        $($(#[$word_doc:meta])* $word:ident = $text:literal, $en:literal, $fr:literal;)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The word in the file.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }

            /// The one of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }

            /// Title, for pages.
            #[must_use]
            pub fn title(self) -> Wording {
                let (en, fr) = match self { $(Self::$word => ($en, $fr),)+ };
                Wording { en: en.to_owned(), fr: fr.to_owned() }
            }

            /// Its place among all of them.
            #[must_use]
            pub const fn index(self) -> usize {
                self as usize
            }
        }

        #[doc = concat!("A set of [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
        pub struct $set($bits);

        impl $set {
            /// The empty set.
            pub const EMPTY: Self = Self(0);

            /// Whether it is in the set.
            #[must_use]
            pub const fn contains(self, one: $name) -> bool {
                self.0 & (1 << one as $bits) != 0
            }

            /// Puts it into the set.
            pub fn insert(&mut self, one: $name) {
                self.0 |= 1 << one as $bits;
            }

            /// Whether nothing is in the set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Those in the set, in the order of their own list.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.iter().copied().filter(move |one| self.contains(*one))
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(all: I) -> Self {
                let mut set = Self::EMPTY;
                for one in all {
                    set.insert(one);
                }
                set
            }
        }

        impl std::fmt::Debug for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }
    };
}

words! {
    /// An act with personal data. The list is closed: a role does nothing that has no word here.
    Action => ActionSet(u32);
    /// See what is held about a person.
    Read = "read", "read", "consulter";
    /// Find people by their name or by the exact value of a field.
    Find = "find", "find", "rechercher";
    /// Count people and records.
    Count = "count", "count", "dénombrer";
    /// Take data out in a file.
    Export = "export", "export", "exporter";
    /// Take data about one person in.
    Collect = "collect", "collect", "collecter";
    /// Take many people in from a file.
    Import = "import", "import", "importer";
    /// Put right what is held.
    Correct = "correct", "correct", "rectifier";
    /// Record what happened: a contract, a contact, a dispute.
    RecordFacts = "record-facts", "record events", "enregistrer des événements";
    /// Record a consent with its proof, or its withdrawal.
    RecordConsent = "record-consent", "record consents", "enregistrer des consentements";
    /// Record an objection.
    Object = "object", "record objections", "enregistrer des oppositions";
    /// Restrict processing, or lift a restriction.
    Restrict = "restrict", "restrict processing", "limiter le traitement";
    /// Place or lift a hold.
    Hold = "hold", "place holds", "poser des mesures de conservation";
    /// Erase on request.
    Erase = "erase", "erase on request", "effacer sur demande";
    /// Make the copy that a person has a right to.
    Copy = "copy", "make the person’s copy", "établir la copie destinée à la personne";
    /// See who did what with a person's data.
    Trace = "trace", "see the trace", "consulter la trace";
    /// Record that a person was told of a version of the policy.
    Tell = "tell", "record what people were told", "enregistrer l’information des personnes";
    /// Link a person to an organisation, or unlink them.
    Link = "link", "link to organisations", "rattacher à un organisme";
}

impl Action {
    /// Whether values pass through the hands of whoever does it. Then the ceiling is what the
    /// policy lets the role's recipient read (9a). Any other act shows no value, and reaches what
    /// its purpose uses: the officer who erases a person's data has not read it.
    #[must_use]
    pub const fn handles_values(self) -> bool {
        match self {
            Self::Read
            | Self::Find
            | Self::Count
            | Self::Export
            | Self::Collect
            | Self::Import
            | Self::Correct => true,
            Self::RecordFacts
            | Self::RecordConsent
            | Self::Object
            | Self::Restrict
            | Self::Hold
            | Self::Erase
            | Self::Copy
            | Self::Trace
            | Self::Tell
            | Self::Link => false,
        }
    }
}

words! {
    /// A right of administration. None of them opens personal data.
    Administration => AdministrationSet(u16);
    /// Make and disable accounts.
    Accounts = "accounts", "accounts", "les comptes";
    /// Give roles to accounts, take them away, review them.
    Rights = "rights", "rights of access", "les droits d’accès";
    /// Plan and apply a policy and its authorisation.
    Policy = "policy", "the policy", "la politique";
    /// Turn the keys.
    Keys = "keys", "the keys", "les clés";
    /// Verify, publish and prune the journal.
    Journal = "journal", "the journal", "le journal";
    /// Declare where programs are told of what happens, and their keys.
    Webhooks = "webhooks", "webhooks and programs", "les notifications et les programmes";
    /// See how the system is.
    Health = "health", "the state of the system", "l’état du système";
    /// Change how the installation runs.
    Configuration = "configuration", "the configuration", "la configuration";
    /// Confirm a jump of the clock.
    Clock = "clock", "the clock", "l’horloge";
}
