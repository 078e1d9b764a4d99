//! What Kept knows and decides: subjects, records, grounds, facts, decisions, personal values.
//!
//! Pure: no I/O, and neither the time nor chance is ever asked for; both come in as arguments
//! ([`Clock`], [`Entropy`]).

pub mod act;
pub mod actor;
pub mod algorithm;
pub mod basis;
pub mod calendar;
mod codec;
pub mod collect;
pub mod decide;
pub mod dossier;
mod events;
pub mod fault;
pub mod form;
pub mod id;
pub mod in_force;
mod keeping;
pub mod names;
pub mod narrowing;
pub mod personal;
pub mod rule;
pub mod statistic;
pub mod subject;
pub mod sweep;
pub mod term;
pub mod time;
pub mod value;

pub use actor::{Account, Actor, ActorKind, Capacity, Warrant};
pub use fault::{Fault, FaultKind};
pub use id::{
    ConsentId, FactRef, HoldId, InstallationId, KeyId, MatterId, ObjectionId, OrganisationId,
    RecordId, RestrictionId, SubjectId,
};
pub use in_force::InForce;
pub use names::Names;
pub use narrowing::Narrowing;
pub use personal::Personal;
pub use rule::{Rule, Terms};
pub use time::{Clock, Entropy, Moment};
pub use value::{Payload, Value, ValueFault};
