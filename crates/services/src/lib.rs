//! Use cases: load, decide, record, act. One file each.
//!
//! Everything that a surface does with an installation goes through [`Kept`]. A use case loads
//! what a decision reads, lets the pure crates decide, and hands the outcome to the door, which
//! writes rows and journal in one transaction.

pub mod accept;
pub mod access;
pub mod act;
pub mod announce;
pub mod apply;
pub mod authorisation;
pub mod backup;
mod capacity;
pub mod clock;
pub mod collect;
mod concern;
pub mod condition;
pub mod consent;
mod copies;
pub mod copy;
pub mod correct;
pub mod count;
pub mod demo;
pub mod desk;
pub mod distribute;
pub mod documents;
pub mod fact;
pub mod find;
pub mod forget;
pub mod form;
pub mod hold;
pub mod idempotency;
pub mod import;
pub mod in_role;
pub mod journal;
pub mod kept;
pub mod keys;
pub mod law;
pub mod list;
pub mod mail;
pub mod moving;
pub mod nightly;
pub mod open;
pub mod organisation;
mod overlap;
pub mod overview;
pub mod own;
pub mod plan;
pub mod read;
mod refused;
pub mod requests;
pub mod search;
pub mod security;
pub mod select;
pub mod set_clock;
pub mod show;
pub mod statement;
pub mod statistics;
mod suppression;
pub mod sweep;
pub mod told;
pub mod trace;
pub mod view;
pub mod webhook;

pub use ::journal::Destination;
pub use access::{OnDuty, Who};
pub use act::Acting;
pub use door::{Opened, Receipt, SystemEntropy};
pub use in_role::InRole;
pub use kept::Kept;
pub use law::Law;
