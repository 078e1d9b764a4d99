//! The compiled policy: what the rest of Kept runs on.
//!
//! A [`Policy`] is immutable. Names are interned: every list below is indexed by its id type, and
//! the tables of [`Tables`] answer a decision by look-up, without allocation. Interned ids are of
//! one compiled policy only; what is persisted carries numbers from the name registry instead
//! (see `docs/decisions/0004-ids-and-names.md`).

use jiff::civil::Date;

mod accounts;
mod announcements;
mod document;
mod form;
mod ids;
mod purpose;
mod rights;

pub use accounts::*;
pub use announcements::*;
pub use document::*;
pub use form::*;
pub use ids::*;
pub use purpose::*;
pub use rights::*;

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
    /// Forms: ways in that people, or staff for them, fill in (6a, 18a).
    pub forms: Vec<Form>,
    /// Channels of communication.
    pub channels: Vec<Channel>,
    /// Processors (20).
    pub processors: Vec<Processor>,
    /// Documents that are published apart from the policy (3b).
    pub documents: Vec<Document>,
    /// How the acceptance of a document is kept (3b); without it none is taken.
    pub acceptances: Option<Acceptances>,
    /// What anonymised records leave behind (10h).
    pub projections: Vec<Projection>,
    /// The rights of people and how they are exercised (11 to 17).
    pub rights: Vec<Right>,
    /// No statistic shows a group smaller than this many people.
    pub smallest_group: u32,
    /// By how much a statistic may raise anybody's odds of guessing right about one person, in per
    /// cent (10h).
    pub statistic_raises_odds: u32,
    /// The category that proofs of consent are kept in (8b); without one no consent is taken.
    pub consent_proofs: Option<CategoryId>,
    /// Who has an account of the server (21a, 21c); without one there are none.
    pub accounts: Option<Accounts>,
    /// How people are told of new versions and of data that others gave (26a, 6c); without it
    /// nobody is written to.
    pub announcements: Option<Announcements>,
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
    /// Whether it is what the house notes, or its systems record, of the person. What is neither
    /// this nor from the person was given by somebody else, and the person is told (GDPR 14; 6c).
    pub observed: bool,
    /// Whether using it needs an approval (rented databases, 6b).
    pub needs_approval: bool,
}

impl Origin {
    /// Whether somebody else gives the data: then the person is owed the information of GDPR 14.
    #[must_use]
    pub fn is_indirect(&self) -> bool {
        !self.from_person && !self.observed
    }
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
    /// Whether it is e-mail, text messages, fax or a machine that calls: by such a channel a private
    /// person is canvassed only if they agreed (French post and electronic communications code,
    /// L34-5; directive 2002/58/EC, 13).
    pub electronic: bool,
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

/// Years of collection that a statistic tells apart; all before are one group. It does not depend on
/// whom the statistic counts, so that which groups there are tells nothing (10h).
pub const YEARS_APART: u32 = 12;

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
