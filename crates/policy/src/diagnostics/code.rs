//! The codes of diagnostics: stable for ever; one that is given up is not used again.

use std::fmt;

/// How grave a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Level {
    /// The policy cannot run.
    Error,
    /// The policy runs, but asks for more or gives less than law or guidance.
    Advice,
}

impl Level {
    /// The word for it, as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Advice => "advice",
        }
    }
}

/// Makes the enumeration of codes with what each brings along.
macro_rules! codes {
    ($($variant:ident = $id:literal, $level:ident, $title:literal, $why:expr, $source:expr;)+) => {
        /// What kind of diagnostic it is. Of a policy: `KP0xx` an error, `KP2xx` advice; of an
        /// authorisation: `KP30x` an error, `KP35x` advice.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $title, ".")] $variant,)+
        }

        impl Code {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// Error or advice.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Self::$variant => Level::$level,)+ }
            }

            /// What it is, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// Why it matters, in a sentence without a full stop.
            #[must_use]
            pub const fn why(self) -> Option<&'static str> {
                match self { $(Self::$variant => $why,)+ }
            }

            /// The law, guidance or promise behind it.
            #[must_use]
            pub const fn source(self) -> Option<&'static str> {
                match self { $(Self::$variant => $source,)+ }
            }

            /// The page of explanation.
            pub(crate) const fn page(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../explanations/", $id, ".md")),)+
                }
            }
        }
    };
}

codes! {
    Syntax = "KP001", Error, "the file is not TOML", None, None;
    UnknownKey = "KP002", Error, "a key that the language does not know",
        Some("a promise with a misspelt key would be dropped in silence"), None;
    MissingKey = "KP003", Error, "a key is missing", None, None;
    WrongType = "KP004", Error, "a value of the wrong type", None, None;
    UnknownWord = "KP005", Error, "a word that is not among those allowed here", None, None;
    UnknownName = "KP006", Error, "a name that nothing defines",
        Some("nothing is collected or read under a name that the policy does not declare"),
        Some("promise 4b");
    DuplicateName = "KP007", Error, "a name that is used twice",
        Some("every field belongs to exactly one category, and every name means one thing"),
        Some("promise 5a");
    BadName = "KP008", Error, "a name that is not lower-case words joined by hyphens", None, None;
    TooMany = "KP009", Error, "a list that is too long", None, None;
    MissingWording = "KP010", Error, "a wording is missing or empty in a language",
        Some("people read the notice in English and French, generated from these words"),
        Some("GDPR 12(1); promise 1b");
    BadDuration = "KP011", Error, "an impossible duration", None, None;
    NoTerm = "KP012", Error, "a category without a term",
        Some("every kind of data has its time limit"), Some("GDPR 5(1)(e); promise 10l");
    AmbiguousTerm = "KP013", Error, "two retention rules of equal precision for one ground",
        Some("one ground has one term; which of the two it is cannot be left to chance"),
        Some("GDPR 5(1)(e); promise 10l");
    NoBasis = "KP014", Error, "a purpose without a legal basis for a kind of subject",
        Some("processing is lawful only on a legal basis"), Some("GDPR 6(1); promises 8a, 8b");
    NothingProduces = "KP015", Error, "a fact that nothing produces",
        Some("a term counted from a fact that can never be recorded never ends"),
        Some("GDPR 5(1)(e)");
    ReadsBeyondPurpose = "KP016", Error, "a recipient reads what the purpose does not use",
        Some("access goes no further than the purpose"), Some("GDPR 5(1)(b), 5(1)(c); promise 9a");
    ReadsUnused = "KP017", Error, "a recipient reads what no purpose uses",
        Some("data that no purpose uses must not be held, let alone read"),
        Some("GDPR 5(1)(b), 5(1)(c); promise 9a");
    SpecialCategory = "KP018", Error, "special-category data outside legal claims",
        Some("special categories are processed for legal claims alone, within a named dispute"),
        Some("GDPR 9(1), 9(2)(f); promise 5c");
    SuspiciousField = "KP019", Error, "a field that seems to hold special-category data",
        Some("such data is processed for legal claims alone"),
        Some("GDPR 9(1), 10; promise 5c");
    CardSecurityCode = "KP020", Error, "a card security code",
        Some("card security codes are never stored"), Some("promise 10f; PCI DSS 3.3");
    BadRename = "KP021", Error, "a rename that does not hold together",
        Some("what is held under the old name would have two heirs, or none"), None;
    ConsentWithoutEnd = "KP022", Error, "consent without saying how long it lasts",
        Some("a consent lapses, and is asked for again before"), Some("GDPR 7; promise 8b");
    BadContract = "KP023", Error, "a contract named where there is none",
        Some("a use that rests on a contract names the contract that carries it"),
        Some("GDPR 6(1)(b); promise 8a");
    FactContradiction = "KP024", Error, "a fact that contradicts itself", None, None;
    MinimumWithoutDuty = "KP025", Error, "a legal minimum on a purpose that is no duty",
        Some("a duty to keep prolongs storage for that duty alone, closed to other use"),
        Some("promises 10g, 10k");
    BadTimeZone = "KP026", Error, "an unknown time zone",
        Some("days end at midnight in the controller's time zone"), None;
    BadVersion = "KP027", Error, "a version number that cannot be",
        Some("each applied version has a higher number, from 1"), Some("promise 26a");
    IdentifyingProjection = "KP028", Error, "a statistic by an identifying field",
        Some("what stays after anonymising must not be tied to a person"), Some("promise 10h");
    AcknowledgedWithoutReason = "KP029", Error, "an acknowledgement without a reason", None, None;
    NotAdvice = "KP030", Error, "an acknowledgement of what is no advice",
        Some("advice can be answered with a reason; an error has to be mended"), None;
    BadDates = "KP031", Error, "dates that cannot be", None, None;
    EmptySpan = "KP032", Error, "a span that opens and closes with one fact", None, None;
    ContradictoryLimits = "KP033", Error, "a legal maximum shorter than the legal minimum",
        None, Some("promise 10k");
    EvidenceWithoutFact = "KP034", Error, "an evidence purpose that arises with nothing",
        Some("evidence closes the record to every other use as soon as it arises"),
        Some("promise 10f");
    BadField = "KP035", Error, "a field whose keys contradict its type", None, None;
    AmbiguousBasis = "KP036", Error, "two legal bases of equal precision for one case",
        Some("each use names its legal basis"), Some("GDPR 6(1), 13(1)(c); promises 8a, 8b");
    OutOfRange = "KP037", Error, "a number out of range", None, None;
    ProjectionElsewhere = "KP038", Error, "a statistic of what the rule does not cover", None,
        Some("promise 10h");
    RenameUnsaid = "KP039", Error, "a rename without `was`",
        Some("what is held under the old name would be lost to the new one"), None;
    VersionNotHigher = "KP040", Error, "a version that is not higher than the one in force",
        Some("each applied version has a higher number, and people can read them all"),
        Some("promise 26a");
    SpanOfNoMatter = "KP041", Error, "a span whose matter cannot be told",
        Some("a span is open for one matter: one contract, one sale, one dispute"),
        Some("promises 5b, 5c, 8a");
    TooFineProjection = "KP042", Error, "a statistic of too many groups",
        Some("chance is added to each group, and drowns groups of a few people"),
        Some("promise 10h");
    BadAcceptances = "KP043", Error, "acceptances kept where they do not fit",
        Some("the proof of an acceptance says which document, in which version, when, and what it said"),
        Some("promise 3b");
    UndeclaredDocument = "KP044", Error, "a document that the policy does not declare",
        Some("the policy says which documents stand apart from it"), Some("promise 3b");
    EditionOutOfOrder = "KP045", Error, "a version of a document that cannot be published",
        Some("what was published stays as people accepted it; a change is a new version"),
        Some("promise 3b");
    LanguagesDiffer = "KP046", Error, "a document that differs from one language to the other",
        Some("whoever reads it in one language is bound by no more than in the other"),
        Some("promise 3b");
    FormBeyondPurpose = "KP047", Error, "a form asks for what none of its purposes needs",
        Some("personal data is collected only as far as a purpose needs it"),
        Some("GDPR 5(1)(c); promise 5b");
    FormWithoutBasis = "KP048", Error, "a form for a purpose without a legal basis for who fills it in",
        Some("what is collected rests on a legal basis, or is refused"),
        Some("GDPR 6(1); promises 4a, 8a");
    FormOutsideMatter = "KP049", Error, "a form asks for what is collected within a named matter alone",
        Some("bank details are taken for a sale, special-category data for a dispute, and never else"),
        Some("GDPR 5(1)(c), 9(2)(f); promises 5b, 5c");
    FormIdlePurpose = "KP050", Error, "a form for a purpose that uses nothing it asks for",
        Some("people are told what their answers are for, and for nothing more"),
        Some("GDPR 5(1)(b), 13(1)(c); promise 5b");
    FormAsks = "KP051", Error, "a form that asks for nothing, of nobody, or for something twice",
        Some("each answer is compulsory or optional, and people are told which"),
        Some("GDPR 13(2)(e); promise 18a");
    FormOrigin = "KP052", Error, "a form whose origin is not the person",
        Some("what a form brings in is supplied by the person it is about"),
        Some("GDPR 13(1), 14(2)(f); promise 6a");
    AccountFields = "KP053", Error, "fields that an account cannot have",
        Some("who has an account is named, and found by the address they sign in with"),
        Some("promises 21a, 21c");
    AccountPurpose = "KP054", Error, "accounts without a ground that holds",
        Some("an account is personal data of its holder, and must be known while it opens others'"),
        Some("GDPR 6(1), 32; promise 21a");
    AccountFacts = "KP055", Error, "facts that cannot begin or end access",
        Some("access begins and ends on a day that can be shown"), Some("promise 21a");
    AccountTerm = "KP056", Error, "an account's data that may go before the account",
        Some("while somebody can read data, it must be known who they are"),
        Some("promises 9d, 21a");
    AnnouncementFields = "KP057", Error, "fields that nobody can be told by",
        Some("a new version is brought to people's attention, by a message to their address"),
        Some("promise 26a");
    AnnouncementPurpose = "KP058", Error, "announcements for a purpose that does not carry them",
        Some("no objection to canvassing and no withdrawn consent may keep people from being told"),
        Some("GDPR 12(1), 14; promises 6c, 26a");
    AnnouncementReader = "KP059", Error, "announcements by somebody who may not read the address",
        Some("whoever sends a message reads the address as a recipient, like anybody else"),
        Some("promises 9a, 26a");
    OriginTwice = "KP060", Error, "an origin that is both given and observed",
        Some("people are told of what others gave about them, and need not be of what they gave"),
        Some("GDPR 13, 14; promise 6c");

    UnusedAcknowledgement = "KP200", Advice, "an acknowledgement that matches nothing", None, None;
    LiabilityDeclined = "KP201", Advice, "liability is declined",
        Some("everyone who suffered damage has a right to compensation; a policy cannot decline it"),
        Some("GDPR 82; promise 9f");
    MoneyLaundering = "KP202", Advice, "money laundering: the term is counted from collection",
        Some("the law counts five years from the end of the relationship or the operation"),
        Some("French monetary and financial code L561-12; promise 10g");
    IdentityAlways = "KP203", Advice, "an identity document is always asked for",
        Some("more information may be asked for only on reasonable doubt of who is asking"),
        Some("GDPR 12(6); promise 11b");
    ErasureGrounds = "KP204", Advice, "the law knows more grounds of erasure",
        Some("a policy cannot narrow the grounds on which erasure is a right"),
        Some("GDPR 17(1); promise 13b");
    RestrictionRefused = "KP205", Advice, "restriction is refused outright",
        Some("any one of four grounds gives a right to restriction, lawful processing or not"),
        Some("GDPR 18(1); promise 14a");
    PortabilityNarrowed = "KP206", Advice, "portability covers consent alone",
        Some("the law gives it for data held under a contract as well"),
        Some("GDPR 20(1)(a); promise 15a");
    RegisterDeclined = "KP207", Advice, "the policy says that no register is required",
        Some("the exemption does not cover processing that is regular"),
        Some("GDPR 30(5); promise 24a");
    ProspectsTooLong = "KP208", Advice, "canvassing beyond three years",
        Some("guidance: three years from collection, the last contact from the person, or the \
              end of the commercial relationship"),
        Some("CNIL guidance on commercial management; promises 10a, 10d");
    FootageTooLong = "KP209", Advice, "footage kept beyond a month",
        Some("guidance: a few days are enough as a rule, a month at most"),
        Some("CNIL guidance on video-surveillance; promise 7j");
    TrackersTooLong = "KP210", Advice, "trackers kept beyond 13 months",
        Some("guidance: audience trackers live 13 months at most, not prolonged by new visits"),
        Some("CNIL guidance on cookies; promise 10b");
    ChoiceTooLong = "KP211", Advice, "the choice on trackers is asked again after six months",
        Some("guidance: a choice is kept six months, as good practice"),
        Some("CNIL guidance on cookies");
    LogsTooLong = "KP212", Advice, "logs kept beyond twelve months",
        Some("guidance: six to twelve months, up to three years if justified"),
        Some("CNIL guidance on logging; promise 10e");
    ApplicationsTooLong = "KP213", Advice, "applications kept beyond two years",
        Some("guidance: two years from the last contact, with the candidate's agreement"),
        Some("CNIL guidance on recruitment");
    NoOfficer = "KP214", Advice, "no data protection officer",
        Some("many controllers must appoint one, and people need somebody to write to"),
        Some("GDPR 37, 13(1)(b); promise 23a");
    ConsentTooLong = "KP215", Advice, "consent that is hardly ever asked for again",
        Some("guidance: consent is refreshed at appropriate intervals"),
        Some("EDPB guidelines 05/2020 on consent");
    UnusedCategory = "KP216", Advice, "a category or a field that no purpose uses",
        Some("nothing of it can be collected: there is no ground to hold it on"),
        Some("GDPR 5(1)(b), 5(1)(c); promise 5b");
    IdleRule = "KP217", Advice, "a retention rule that never applies", None, None;
    BasisGap = "KP218", Advice, "no legal basis in some situation",
        Some("what is collected in that situation is refused"), Some("GDPR 6(1)");
    RightsUnsaid = "KP219", Advice, "a right of people that the policy does not mention",
        Some("people are told of each of their rights"), Some("GDPR 13(2)(b)");
    AnswerTooLate = "KP220", Advice, "requests are answered later than within a month",
        Some("the answer is due within one month of receipt"), Some("GDPR 12(3)");
    ElectronicCanvassing = "KP223", Advice, "electronic canvassing of private persons without consent",
        Some("a private person is canvassed by e-mail, text message or calling machine only if they \
              agreed; a customer may be told of similar products and services, if they could refuse"),
        Some("French post and electronic communications code, L34-5; directive 2002/58/EC, 13");

    BeyondCeiling = "KP301", Error, "a grant beyond what the policy allows",
        Some("the policy is the ceiling of who may read what, and the authorisation only narrows it"),
        Some("GDPR 5(1)(b), 5(1)(c); promises 9a, 9c");
    IdleRole = "KP302", Error, "a role that may do nothing", None, Some("promise 9c");
    RoleWithoutRecipient = "KP303", Error, "a role with grants and no recipient",
        Some("whoever reads does so as a recipient that the policy names"), Some("promise 9a");
    NobodyGrants = "KP304", Error, "nobody may give roles or take them away",
        Some("rights are granted, reviewed and withdrawn; when somebody leaves, at once"),
        Some("GDPR 32(1)(b); promise 21a");
    ConditionNeverHolds = "KP305", Error, "a condition that can never hold", None,
        Some("promise 9c");

    TwinRoles = "KP351", Advice, "two roles that may do the same",
        Some("of two roles that are alike one will be forgotten when the other is narrowed"),
        Some("CNIL guide on the security of personal data, authorisations");
    GrantsAndReads = "KP352", Advice, "who gives roles handles special-category data",
        Some("whoever gives roles can give them to themselves, and nobody else would see it"),
        Some("GDPR 32(1); CNIL guide on the security of personal data, authorisations");
    OwnReviewer = "KP353", Advice, "a role that reviews itself",
        Some("a review by those who are reviewed finds nothing"),
        Some("CNIL guide on the security of personal data, authorisations; promise 21a");
    ReviewedRarely = "KP354", Advice, "roles are reviewed less than once a year",
        Some("guidance: authorisations are reviewed once a year at the least"),
        Some("CNIL guide on the security of personal data, authorisations; promise 21a");
    NoUndertaking = "KP355", Advice, "no undertaking of confidentiality",
        Some("whoever reads personal data is bound to confidentiality"),
        Some("GDPR 32(4); promise 9b");
    UnreachedRecipient = "KP356", Advice, "a recipient of the house that no role acts as",
        Some("what the policy lets it read is closed to everybody"), Some("promise 9a");
    RepeatedGrant = "KP357", Advice, "a grant that adds nothing", None, None;
}

impl Code {
    /// Whether it says that something is not there: in a file that cannot be read whole, it may be.
    pub(crate) const fn is_about_absence(self) -> bool {
        matches!(
            self,
            Self::MissingKey
                | Self::MissingWording
                | Self::NoTerm
                | Self::NoBasis
                | Self::ReadsBeyondPurpose
                | Self::ReadsUnused
                | Self::SpecialCategory
                | Self::ConsentWithoutEnd
                | Self::FormBeyondPurpose
                | Self::FormWithoutBasis
                | Self::FormOutsideMatter
                | Self::FormIdlePurpose
                | Self::FormAsks
                | Self::NothingProduces
                | Self::AnnouncementPurpose
                | Self::AnnouncementReader
                | Self::EvidenceWithoutFact
                | Self::AcknowledgedWithoutReason
                | Self::NoOfficer
                | Self::UnusedCategory
                | Self::IdleRule
                | Self::BasisGap
                | Self::RightsUnsaid
                | Self::UnusedAcknowledgement
                | Self::RenameUnsaid
                | Self::IdleRole
                | Self::RoleWithoutRecipient
                | Self::NobodyGrants
                | Self::TwinRoles
                | Self::NoUndertaking
                | Self::UnreachedRecipient
        )
    }

    /// The code that is written so (`KP012`, in either case).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
