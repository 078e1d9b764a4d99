//! What happens to one person in a test: acts in the order of their recording.

use domain::act::collect::NewRecord;
use domain::act::consent::NewConsent;
use domain::act::hold::NewHold;
use domain::collect::Collection;
use domain::subject::ObjectedTo;
use domain::{
    ActorKind, ConsentId, FactRef, HoldId, MatterId, ObjectionId, OrganisationId, RecordId,
    RestrictionId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{CategorySet, ErasureGround, FactId, Person};

/// One act.
#[derive(Clone, Debug)]
pub enum Event {
    /// A record is collected.
    Collect(Collection, NewRecord),
    /// A fact is recorded, by staff.
    Fact {
        /// Which one.
        id: FactRef,
        /// What happened.
        kind: FactId,
        /// About what.
        matter: Option<MatterId>,
        /// When.
        happened: Timestamp,
        /// By whom it is recorded.
        by: ActorKind,
        /// To which organisation.
        organisation: Option<OrganisationId>,
        /// Instead of which one.
        supersedes: Option<FactRef>,
    },
    /// A consent is given.
    Consent(NewConsent),
    /// A consent is withdrawn.
    Withdraw(ConsentId),
    /// An objection is made.
    Object(ObjectionId, ObjectedTo),
    /// An objection is taken back.
    LiftObjection(ObjectionId),
    /// A hold is placed.
    Hold(NewHold),
    /// A hold is lifted.
    LiftHold(HoldId),
    /// Processing is restricted.
    Restrict(RestrictionId, CategorySet),
    /// A restriction is lifted.
    LiftRestriction(RestrictionId),
    /// Erasure is asked for.
    Erase(ErasureGround, Option<CategorySet>),
    /// The person is told of a version of the policy.
    Told(u32, Date),
    /// The person belongs to an organisation.
    Link(OrganisationId, Date),
    /// They belong to it no longer.
    Unlink(OrganisationId, Date),
    /// The person is met privately, at work, or it is unknown.
    Situation(Option<Person>),
    /// The next version of the policy takes effect.
    NextPolicy,
    /// A record is put right.
    Correct(Correction),
    /// The destruction of a record begins.
    Destroy(RecordId),
}

/// A record takes the place of a wrong one.
#[derive(Clone, Copy, Debug)]
pub struct Correction {
    /// The record that is wrong.
    pub wrong: RecordId,
    /// The record that takes its place.
    pub right: RecordId,
    /// The fields that it has a value for.
    pub fields: u64,
}
