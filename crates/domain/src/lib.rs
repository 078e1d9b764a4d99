//! What Kept knows and decides: subjects, records, grounds, facts, decisions, personal values.
//!
//! Pure: no I/O, and neither the time nor chance is ever asked for; both come in as arguments
//! ([`Clock`], [`Entropy`]).

pub mod fault;
pub mod id;
pub mod personal;
pub mod time;

pub use fault::{Fault, FaultKind};
pub use id::{InstallationId, KeyId, MatterId, OrganisationId, RecordId, SubjectId};
pub use personal::Personal;
pub use time::{Clock, Entropy, Moment};
