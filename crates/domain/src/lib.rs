//! What Kept knows and decides: subjects, records, grounds, facts, decisions, personal values.
//!
//! Pure: no I/O, and neither the time nor chance is ever asked for; both come in as arguments
//! ([`Clock`], [`Entropy`]).

pub mod actor;
pub mod fault;
pub mod id;
pub mod personal;
pub mod subject;
pub mod time;

pub use actor::{Account, Actor, ActorKind};
pub use fault::{Fault, FaultKind};
pub use id::{
    ConsentId, FactRef, HoldId, InstallationId, KeyId, MatterId, ObjectionId, OrganisationId,
    RecordId, RestrictionId, SubjectId,
};
pub use personal::Personal;
pub use time::{Clock, Entropy, Moment};
