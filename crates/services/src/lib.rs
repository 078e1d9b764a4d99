//! Use cases: load, decide, record, act. One file each.
//!
//! Everything that a surface does with an installation goes through [`Kept`]. A use case loads
//! what a decision reads, lets the pure crates decide, and hands the outcome to the door, which
//! writes rows and journal in one transaction.

pub mod act;
pub mod apply;
pub mod clock;
pub mod collect;
pub mod find;
pub mod forget;
pub mod import;
pub mod kept;
pub mod law;
pub mod open;
pub mod plan;
pub mod read;
pub mod set_clock;
pub mod sweep;

pub use act::Acting;
pub use kept::Kept;
pub use law::Law;
