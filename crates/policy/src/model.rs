//! The compiled policy: what the rest of Kept runs on.
//!
//! A [`Policy`] is immutable. Names are interned: every list below is indexed by its id type, and
//! the tables of [`Tables`] answer a decision by look-up, without allocation. Interned ids are of
//! one compiled policy only; what is persisted carries numbers from the name registry instead
//! (see `docs/decisions/0004-ids-and-names.md`).

use jiff::civil::Date;

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
}

/// A field: its category and its place in that category's list (at most 64 a category).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldId {
    /// The category that the field belongs to; exactly one (5a).
    pub category: CategoryId,
    /// The place in [`Category::fields`].
    pub field: u8,
}

/// A wording in both languages of the notice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wording {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// A language that people read Kept in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

impl Wording {
    /// The wording in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Fr => &self.fr,
        }
    }
}

/// A policy that was parsed, checked and compiled.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The number of the version, from 1; each applied version has a higher one (26a).
    pub version: u32,
    /// The day on which this version was published.
    pub published: Date,
    /// Why this version differs from the one before (26a); absent in a first version.
    pub reason: Option<Wording>,
    /// SHA-256 of the policy's source text.
    pub digest: [u8; 32],
    /// Who determines purposes and means.
    pub controller: Controller,
    /// The data protection officer (23a).
    pub officer: Option<Officer>,
    /// The supervisory authority (25a).
    pub authority: Authority,
    /// What the policy says of itself beyond processing (9f, 24a).
    pub statements: Statements,
    /// Kinds of data subject (1a).
    pub kinds: Vec<Kind>,
    /// Categories of data with their fields (5a).
    pub categories: Vec<Category>,
    /// Purposes of processing (7).
    pub purposes: Vec<Purpose>,
    /// Kinds of fact that move terms and bases.
    pub facts: Vec<FactKind>,
    /// Spans, each opened by some facts and closed by others.
    pub spans: Vec<Span>,
    /// Retention rules (10).
    pub rules: Vec<RetentionRule>,
    /// Recipients (9).
    pub recipients: Vec<Recipient>,
    /// Origins (6).
    pub origins: Vec<Origin>,
    /// Channels of communication.
    pub channels: Vec<Channel>,
    /// Processors (20).
    pub processors: Vec<Processor>,
    /// Documents that are published apart from the policy (3b).
    pub documents: Vec<Document>,
    /// What anonymised records leave behind (10h).
    pub projections: Vec<Projection>,
    /// The rights of people and how they are exercised (11 to 17).
    pub rights: Vec<Right>,
    /// No statistic shows a group smaller than this many people.
    pub smallest_group: u32,
    /// The category that proofs of consent are kept in (8b); without one no consent is taken.
    pub consent_proofs: Option<CategoryId>,
    /// How long the details of the trace are kept: who did what, to whose data (10l).
    pub trace_kept: Duration,
    /// Security measures in general words, beyond what Kept does itself (GDPR 30(1)(g)).
    pub security: Vec<Wording>,
    /// Advice that the controller has read and answered, with reasons.
    pub acknowledged: Vec<Acknowledgement>,
    /// The tables that decisions are looked up in.
    pub tables: Tables,
}

/// Who determines purposes and means of the processing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Controller {
    /// The legal name.
    pub name: String,
    /// The postal address, one line.
    pub address: String,
    /// Where people write.
    pub email: String,
    /// Where people call, if they can.
    pub telephone: Option<String>,
    /// The time zone in which days end (IANA name).
    pub time_zone: String,
}

/// The data protection officer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Officer {
    /// The officer's name.
    pub name: String,
    /// The officer's e-mail address.
    pub email: String,
    /// The officer's telephone.
    pub telephone: Option<String>,
}

/// The supervisory authority that people can complain to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Its telephone.
    pub telephone: Option<String>,
    /// Its website.
    pub website: String,
}

/// What a policy states of liability and of its register: taken as data so that the checker can
/// advise on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Statements {
    /// The controller declines responsibility for damage from unlawful access (9f).
    pub declines_liability: bool,
    /// The controller says that it needs no register (24a); Kept generates one all the same.
    pub register_not_required: bool,
}

/// A kind of data subject. A subject may be of several kinds at once, each from a day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title, for one person.
    pub title: Wording,
    /// What makes somebody one.
    pub about: Wording,
}

/// What is collected: a category of data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Category {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Explanation for the public.
    pub about: Wording,
    /// Whether ordinary, technical or special (GDPR 9).
    pub nature: Nature,
    /// The matter within which alone it is collected: a record of it needs a named matter whose
    /// span of this kind is open (5b: banking within a sale; 5c: special data within a dispute).
    pub only_during: Option<SpanId>,
    /// What published guidance on retention it falls under, if its nature does not say.
    pub guidance: Option<Guidance>,
    /// Its fields; a field belongs to one category.
    pub fields: Vec<Field>,
}

/// A subject on which an authority has published guidance: the checker measures terms against it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Guidance {
    /// Recordings of video-surveillance.
    Footage,
    /// Logs of access and activity; what a technical category is taken for if it says nothing.
    Logs,
    /// Cookies and other trackers.
    Trackers,
    /// Files of people who applied for a position.
    Applications,
    /// The fight against money laundering.
    MoneyLaundering,
    /// None: the category is none of these, whatever its nature.
    None,
}

/// The nature of a category.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// Ordinary personal data.
    Ordinary,
    /// Technical data: addresses, logs, tokens, clicks, places.
    Technical,
    /// Special categories (GDPR 9), only under the exception that the policy names (5c).
    Special,
}

/// A field of a category.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// The name in the policy file, unique in the whole policy.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// The type of its values.
    pub kind: FieldType,
    /// Whether a subject can be found by the exact value (e-mail, telephone, customer number).
    pub look_up: bool,
    /// Whether the person may correct it on line (12a).
    pub correctable: bool,
    /// Why it is not special-category data although its name or title sounds so (5c).
    pub not_special: Option<String>,
}

/// The type of a field's values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldType {
    /// A line of text.
    Text,
    /// A name of a person.
    PersonName,
    /// Free text of several lines; checked for special-category data (5c).
    Note,
    /// An e-mail address.
    Email,
    /// A telephone number, kept in E.164.
    Telephone,
    /// A line of a postal address.
    AddressLine,
    /// A postal code.
    PostalCode,
    /// A country, ISO 3166 alpha-2.
    Country,
    /// A calendar date.
    Date,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// One of the listed values.
    Choice(Vec<String>),
    /// An international bank account number.
    Iban,
    /// An IP address.
    IpAddress,
    /// An opaque token.
    Token,
    /// A web address.
    Url,
    /// A moment, UTC.
    Moment,
}

/// A purpose of processing (7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purpose {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Explanation for the public.
    pub about: Wording,
    /// What kind of use it is.
    pub nature: PurposeNature,
    /// Whether it is canvassing: an objection to canvassing closes it (13d).
    pub canvassing: bool,
    /// The kinds of subject it concerns; each has a legal basis for it.
    pub concerns: KindSet,
    /// What published guidance it falls under (money laundering).
    pub guidance: Option<Guidance>,
    /// The categories it uses, with the fields of each as bits (all, unless narrowed).
    pub uses: Vec<Use>,
    /// Legal bases, by kind of subject, person, channel and date; the first that fits best counts.
    pub bases: Vec<BasisRule>,
    /// A fact without which there is no ground for this purpose (a dispute opened, say).
    pub arises_with: Option<FactId>,
    /// Who carries it out beside the controller (3a).
    pub processors: ProcessorSet,
    /// How long a consent for this purpose lasts, if any basis is consent.
    pub consent_lasts: Option<Duration>,
    /// The day from which existing data may serve it: only after people were told and
    /// compatibility was checked (4b). Absent: a purpose of the first version.
    pub compatibility: Option<Compatibility>,
}

/// What a purpose does to its records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PurposeNature {
    /// Ordinary use.
    Use,
    /// A duty to keep (invoices, money laundering), or a limitation period: it keeps the record
    /// and closes it to every other use once the other grounds have ended; it never serves
    /// another purpose.
    Duty,
    /// Evidence of a dispute: while it lives it closes the record to every other use, at once
    /// (10f).
    Evidence,
}

/// A recorded compatibility check of a new purpose with the old ones (GDPR 6(4)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compatibility {
    /// Who checked, when, and why the new purpose is compatible.
    pub reason: Wording,
    /// The day of the check.
    pub checked: Date,
}

/// A category that a purpose uses, narrowed to some of its fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Use {
    /// The category.
    pub category: CategoryId,
    /// Bit *i* stands for field *i* of the category.
    pub fields: u64,
}

/// One line of a purpose's legal bases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BasisRule {
    /// The kinds of subject it is for.
    pub kinds: KindSet,
    /// Only for private persons, only for professionals, or for both.
    pub person: Option<Person>,
    /// The channels it is for; empty: every channel, and use without one.
    pub channels: ChannelSet,
    /// In force from this day (a dated table, 8b).
    pub since: Option<Date>,
    /// In force through this day.
    pub until: Option<Date>,
    /// The legal basis.
    pub basis: Basis,
    /// The legitimate interest pursued, the law that obliges: what the notice must say.
    pub because: Option<Wording>,
}

/// Whether a subject is met as a private person or at work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Person {
    /// A private person.
    Private,
    /// Somebody met through their profession.
    Professional,
}

/// A legal basis (GDPR 6(1)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Basis {
    /// (a) consent.
    Consent,
    /// (b) performing a contract with the person, or preparing one; names the span that carries
    /// it (8a). Preparing one: `None` until the span opens.
    Contract(Option<SpanId>),
    /// (c) a legal obligation.
    LegalObligation,
    /// (d) vital interests.
    VitalInterests,
    /// (e) a public task.
    PublicTask,
    /// (f) legitimate interests.
    LegitimateInterests,
}

/// A kind of fact: a dated event that moves terms and bases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactKind {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Who may record one: `staff`, `person`, `program`; never empty.
    pub recorded_by: Recorders,
    /// The manners in which it may happen (message, call, click...); empty: no manner is asked.
    pub manners: Vec<String>,
    /// Manners that never count as this fact (opening, bounce...), refused by name (10d).
    pub never: Vec<String>,
    /// The kind of subject that begins with it, if any (a signature makes a client).
    pub begins: Option<KindId>,
    /// Whether it may lie in the future (a contract's planned end).
    pub may_be_planned: bool,
    /// Whether it is about one matter (a debit, a contract), named when it is recorded.
    pub about_matter: bool,
    /// Whether it happens to an organisation, and so to the people linked to it.
    pub of_organisation: bool,
}

/// Who may record a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recorders {
    /// Members of staff.
    pub staff: bool,
    /// The person, through a surface of their own.
    pub person: bool,
    /// Programs and jobs.
    pub program: bool,
}

/// A span: open from a fact that opens it to the fact that closes it, for each matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Opened by this fact.
    pub opens: FactId,
    /// Closed by this fact.
    pub closes: FactId,
}

/// A calendar duration: months are added once, clamped to the month's end, then days. Zero is *at
/// once*: at the very moment of the fact (10f), while any other is readable through its last day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub struct Duration {
    /// Whole months (a year is twelve).
    pub months: u16,
    /// Whole days.
    pub days: u16,
}

/// A retention rule: when the grounds that it covers end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RetentionRule {
    /// The name in the policy file (`10a`, say).
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// The kinds of subject it covers.
    pub kinds: KindSet,
    /// The categories it covers.
    pub categories: CategorySet,
    /// The purposes it covers.
    pub purposes: PurposeSet,
    /// While a span of this kind is open the term waits for its end.
    pub during: Option<SpanId>,
    /// How long after the latest of the anchors.
    pub keep: Duration,
    /// What it is counted from: the latest of these.
    pub from: Vec<Anchor>,
    /// A legal maximum that shortens it (10k).
    pub at_most: Option<Limit>,
    /// A legal minimum that prolongs it, for a duty only (10g, 10k).
    pub at_least: Option<Limit>,
    /// What becomes of the data (10h).
    pub then: Then,
    /// Where the term comes from (10k).
    pub source: TermSource,
    /// Whether the published policy leaves this out and the term is the maker's (10l).
    pub ours: bool,
    /// In which respects the rule names what it covers: of two that cover a ground, the greater
    /// precision wins.
    pub precision: Precision,
}

/// How precise a retention rule is. Naming the purpose outweighs naming the kind of subject, and
/// that outweighs naming the category; the order of the fields is the order of their weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
pub struct Precision {
    /// It names purposes.
    pub purposes: bool,
    /// It names kinds of subject.
    pub kinds: bool,
    /// It names categories.
    pub categories: bool,
}

/// What a term is counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// The day the record was collected.
    Collection,
    /// The latest fact of this kind (about the record's matter, where it has one).
    Fact(FactId),
    /// The latest end of a span of this kind.
    EndOf(SpanId),
}

/// A legal limit on a term.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// How long.
    pub keep: Duration,
    /// Counted from the latest of these.
    pub from: Vec<Anchor>,
    /// The law that says so.
    pub law: Wording,
}

/// What becomes of data at its term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// It is deleted.
    Delete,
    /// It adds to a projection, then it is deleted.
    Anonymise(ProjectionId),
}

/// Where a term comes from (10k).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TermSource {
    /// A legal obligation, cited.
    Law(Wording),
    /// A contract's obligation.
    Contract(Wording),
    /// The controller's own need, explained.
    Need(Wording),
}

/// A recipient: a department or an outsider, with what it may read for which purpose (9a).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipient {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Whether it is inside the controller's house.
    pub internal: bool,
    /// What it may read: purpose, then categories with fields.
    pub reads: Vec<(PurposeId, Vec<Use>)>,
    /// The country outside the Union that it receives data in, if any.
    pub transfer: Option<Transfer>,
}

/// A transfer to a country outside the European Union (GDPR 44 to 49).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// The country, ISO 3166 alpha-2.
    pub country: String,
    /// The safeguard that it rests on: an adequacy decision, contractual clauses...
    pub safeguard: Wording,
}

/// An origin of data (6a).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Whether the person supplied the data.
    pub from_person: bool,
    /// Whether using it needs an approval (rented databases, 6b).
    pub needs_approval: bool,
}

/// A channel by which people are reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
}

/// A processor: somebody who processes data on the controller's behalf (20).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Processor {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title: the category of processor that the notice names (20a).
    pub title: Wording,
    /// What it does.
    pub about: Wording,
    /// The country outside the Union that it works in, if any.
    pub transfer: Option<Transfer>,
}

/// A document that stands apart from the policy (3b).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
}

/// What an anonymised record adds to: counts by coarse dimensions (10h).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Projection {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// The category that is counted.
    pub of: CategoryId,
    /// By what.
    pub by: Vec<Dimension>,
}

/// A coarse dimension of a projection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dimension {
    /// The kind of subject.
    Kind,
    /// The year of collection.
    YearOfCollection,
    /// The origin.
    Origin,
    /// The decade of a date field.
    Decade(FieldId),
    /// A choice or country field as it is.
    Value(FieldId),
}

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

/// Advice that was read and answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledgement {
    /// The code of the advice (`KP204`).
    pub code: String,
    /// What it is about: a path in the policy (`retention.10d`).
    pub at: String,
    /// Why the controller goes on all the same.
    pub reason: String,
}

/// The tables of a compiled policy. Rows are purposes.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Categories used, by purpose.
    pub uses: Vec<CategorySet>,
    /// Fields used: `[purpose][category]`, as bits.
    pub use_fields: Vec<Vec<u64>>,
    /// Fields readable: `[recipient][purpose][category]`, as bits; zero: not readable.
    pub reads: Vec<Vec<Vec<u64>>>,
    /// The rule of a ground: `[purpose][kind][category]`.
    pub rule: Vec<Vec<Vec<Option<RuleId>>>>,
    /// Lines of [`Purpose::bases`], the most precise first: `[purpose][kind]`.
    pub bases: Vec<Vec<Vec<u8>>>,
    /// Purposes that use a category, by category.
    pub used_by: Vec<PurposeSet>,
    /// Purposes that are canvassing.
    pub canvassing: PurposeSet,
    /// Purposes of nature [`PurposeNature::Duty`].
    pub duties: PurposeSet,
    /// Purposes of nature [`PurposeNature::Evidence`].
    pub evidence: PurposeSet,
}
