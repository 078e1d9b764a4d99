//! Purposes of processing (7) and the legal bases that each rests on (8).

use jiff::civil::Date;

use super::{
    CategoryId, ChannelSet, Duration, FactId, Guidance, KindSet, ProcessorSet, SpanId, Wording,
};

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
