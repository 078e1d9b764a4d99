//! The one way to personal values: grants, sealing, the keyring and its epochs.
//!
//! What is stored is sealed here, each sealing under a key of its own; what is opened is opened
//! here, and only for a grant that stands in the journal. The keys live in a database of their
//! own, wrapped by the key of an epoch; the epochs' keys live in a third place, the key folder.
//! The types prevent accidents, not malice.

pub mod algorithms;
pub mod backup;
mod begun;
pub mod change;
pub mod details;
pub mod distribute;
mod entropy;
pub mod envelope;
pub mod epoch;
pub mod folder;
pub mod grant;
mod key_manager;
pub mod keyring;
pub mod moving;
mod orphans;
pub mod people;
mod prune;
pub mod restrictive;
pub mod secret;
pub mod servers;
mod signing;
pub mod turn;
pub mod vault;

pub use change::{Batch, Beside, Change, NewValues, OrganisationChange, Receipt, UNSEALED};
pub use details::detail;
pub use distribute::Plans;
pub use entropy::SystemEntropy;
pub use epoch::{EpochKeys, KeyFiles, Kind, Manager, Pkcs11, ToWrap, TokenPlace, Wrapped};
pub use folder::{Installation, Layout, Lock, NamedManager};
pub use grant::{Grant, NotGranted, Opened, Still};
pub use keyring::{Keyring, LookUpValue, SERIES_MIN};
pub use people::Loaded;
pub use secret::{HASH_BYTES, HashedFor, NewSecret, signed};
pub use servers::Servers;
pub use turn::{Step, Turned};
pub use vault::{Closed, Vault};
