//! What is known of a person without opening anything: ids, kinds and dates.
//!
//! A [`Subject`] is what a decision reads. It holds no personal value; values are sealed in the
//! records that [`Held`] describes.

use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{
    CategoryId, CategorySet, ChannelSet, DocumentId, ErasureGround, FactId, KindId, OriginId,
    Person, ProcessorId, PurposeId,
};

use crate::actor::Account;
use crate::id::{
    ConsentId, FactRef, HoldId, KeyId, MatterId, ObjectionId, OrganisationId, RecordId,
    RestrictionId, SubjectId,
};

/// A person that data is about, with everything that moves terms and bases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Who.
    pub id: SubjectId,
    /// Grows with each act on the person; a grant that was decided on an older one is decided
    /// again.
    pub version: u64,
    /// Whether the person is met as a private person or at work; unknown counts as private, the
    /// stricter.
    pub person: Option<Person>,
    /// The kinds of data subject that the person is, each from a day on (semantics, 5).
    pub roles: Vec<Role>,
    /// Organisations that the person belongs or belonged to (semantics, 10).
    pub links: Vec<Link>,
    /// Dated events of the person, in the order of recording.
    pub facts: Vec<Fact>,
    /// Events of the organisations that the person is linked to, as they count for the person:
    /// within the link.
    pub organisation_facts: Vec<Fact>,
    /// Consents, given and withdrawn.
    pub consents: Vec<Consent>,
    /// Objections.
    pub objections: Vec<Objection>,
    /// Restrictions (GDPR 18).
    pub restrictions: Vec<Restriction>,
    /// Holds (10i).
    pub holds: Vec<Hold>,
    /// The latest version of the policy that the person was told of, after collection (26a).
    pub told: Option<Told>,
    /// Documents that the person accepted, each in one version (3b).
    pub acceptances: Vec<Acceptance>,
    /// The records that are held.
    pub records: Vec<Held>,
}

/// A person is of a kind during an interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Role {
    /// Which kind of data subject.
    pub kind: KindId,
    /// The first day.
    pub since: Date,
    /// The last day, once it is over.
    pub until: Option<Date>,
}

/// A person belongs to an organisation during an interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Which organisation.
    pub organisation: OrganisationId,
    /// The first day.
    pub since: Date,
    /// The last day, once it is over: it ends the organisation's spans for this person.
    pub until: Option<Date>,
}

/// A dated event. Superseded by a later one, never edited (semantics, 12).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fact {
    /// Which one.
    pub id: FactRef,
    /// What happened.
    pub kind: FactId,
    /// The contract, debit or dispute that it is about.
    pub matter: Option<MatterId>,
    /// When it happened, as evidence says; in the future only where its kind allows it.
    pub happened: Timestamp,
    /// When Kept was told.
    pub recorded: Timestamp,
    /// The fact that took its place; a superseded fact counts for nothing.
    pub superseded_by: Option<FactRef>,
    /// The organisation that it happened to, where it is one's.
    pub organisation: Option<OrganisationId>,
}

/// A consent, with its proof in a record of its own (8b).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Consent {
    /// Which one.
    pub id: ConsentId,
    /// What for.
    pub purpose: PurposeId,
    /// By which channels; empty: the purpose as a whole.
    pub channels: ChannelSet,
    /// When it was given.
    pub given: Timestamp,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// The version of the policy that was shown.
    pub policy_version: u32,
    /// The sealed proof: who asked, when, what was shown. A consent lapses with it (semantics,
    /// 16).
    pub proof: Option<RecordId>,
}

/// One version of one document that the person accepted (3b). It goes with the record that proves
/// it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Acceptance {
    /// Which document.
    pub document: DocumentId,
    /// The number of its version.
    pub version: u32,
    /// When it was accepted.
    pub accepted: Timestamp,
    /// The sealed proof.
    pub proof: RecordId,
}

/// An objection (GDPR 21).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Objection {
    /// Which one.
    pub id: ObjectionId,
    /// What the person objects to.
    pub to: ObjectedTo,
    /// When Kept received it.
    pub made: Timestamp,
    /// When the person took it back.
    pub lifted: Option<Timestamp>,
}

/// What an objection reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectedTo {
    /// Every canvassing purpose on every channel, profiling included (13d).
    Canvassing,
    /// One purpose that rests on legitimate interests.
    Purpose(PurposeId),
}

/// A restriction of processing: kept, and used for nothing but what the law allows (14a).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Restriction {
    /// Which one.
    pub id: RestrictionId,
    /// The categories that it covers.
    pub categories: CategorySet,
    /// Since when.
    pub since: Timestamp,
    /// When it was lifted.
    pub lifted: Option<Timestamp>,
}

/// A hold: keeps what it covers beyond its term and closes it to every other use (10i).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Which one.
    pub id: HoldId,
    /// What it covers.
    pub scope: HoldScope,
    /// What alone it may be read for: a duty, evidence, or what arises with a fact (a dispute).
    pub purpose: PurposeId,
    /// When it was placed; what had expired by then is not saved by it.
    pub placed: Timestamp,
    /// The day on which somebody must look at it again.
    pub review: Date,
    /// When it was lifted; terms that passed meanwhile take effect at once.
    pub lifted: Option<Timestamp>,
    /// The sealed reason.
    pub reason: Option<RecordId>,
}

/// What a hold covers of one person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HoldScope {
    /// Everything that was held when it was placed, and what is collected while it lasts.
    Everything,
    /// Some categories.
    Categories(CategorySet),
    /// What was collected about one matter.
    Matter(MatterId),
}

/// The person was told of a version of the policy (4b, 26a).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// Which version.
    pub version: u32,
    /// The day from which it applies to the person.
    pub on: Date,
}

/// A record as it is held, without its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// Which one.
    pub id: RecordId,
    /// Its category; exactly one.
    pub category: CategoryId,
    /// The fields that it has a value for, as bits of the category's list.
    pub fields: u64,
    /// The day and moment of collection.
    pub collected: Timestamp,
    /// When Kept stored it.
    pub recorded: Timestamp,
    /// Where it came from (6a).
    pub origin: OriginId,
    /// Who brought it in (6a): an account.
    pub brought_by: Account,
    /// Who carries the processing out, where it is not the controller (3a).
    pub processor: Option<ProcessorId>,
    /// The contract, debit or dispute that it belongs to.
    pub matter: Option<MatterId>,
    /// The version of the policy that it was collected under (26a).
    pub policy_version: u32,
    /// Why it is held, purpose by purpose.
    pub grounds: Vec<Ground>,
    /// The records that it was derived from; it falls with them (19b).
    pub derived_from: Vec<RecordId>,
    /// The key that opens it.
    pub key: KeyId,
    /// Set once its destruction has begun: nothing reads it any more.
    pub tombstone: bool,
}

/// Why a record may be held and read: a purpose, for a person as one kind of data subject. Its
/// basis and its end are worked out at the moment of use, by the policy (semantics, 1 and 2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ground {
    /// What for.
    pub purpose: PurposeId,
    /// As what kind of person.
    pub kind: KindId,
    /// Since when.
    pub since: Timestamp,
    /// The latch: when it ended for good, and why. Nothing revives it (semantics, 3).
    pub ended: Option<Ended>,
}

/// The end of a ground.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub by: EndedBy,
}

/// Why a ground ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum EndedBy {
    /// Its term was over.
    Term,
    /// The consent that alone it rested on was withdrawn, or lapsed.
    Consent,
    /// The person objected (21).
    Objection,
    /// An erasure was asked for (17); what it ended adds to no statistic (semantics, 13).
    Erasure(ErasureGround),
    /// The record that it was derived from went (19b).
    Source,
}

impl Subject {
    /// The acceptances that stand: those whose proof is held.
    pub fn standing_acceptances(&self) -> impl Iterator<Item = &Acceptance> {
        self.acceptances.iter().filter(|acceptance| {
            let mut records = self.records.iter();
            records.any(|held| held.id == acceptance.proof && !held.tombstone)
        })
    }
}
