//! The journal as its operators use it: verified whole, its checkpoints published to places
//! outside, single entries proved to outsiders, old details pruned at their term.

mod bundles;
pub mod checkpoint;
mod files;
mod origin;
pub mod prove;
pub mod prune;
mod published;
pub mod recent;
mod roll;
pub mod state;
pub mod verify;

pub use checkpoint::{Copied, Published};
pub use origin::Originated;
pub use prove::{Proof, Shown, check_proof, verifier};
pub use prune::Pruned;
pub use roll::Rolled;
pub use state::{JournalState, Latest, Said};
pub use verify::{Outside, Verified};
