//! Backups: sealed copies in places outside, from which no key can be had.
//!
//! A *data backup* is one state of every table of the data that lasts, cut into chunks that are
//! stored once each, and a manifest that names them. The keyring is never in one. The keyring, the log of
//! restrictive acts and the journal are *shipped*: one copy in each place, which replaces the one
//! before. A restore joins a data backup with the current copy of the keyring, so that what was
//! erased since is not brought back (10j, decision 23).
//!
//! Everything is sealed under a key of its own in the key folder: whoever has a place has bytes.

mod check;
mod chunk;
mod data;
mod key;
mod manifest;
mod restore;
mod shelf;
mod ship;
mod sweep;

pub use places::{Place, open as place};

pub use check::Sampled;
pub use data::{Kept as KeptBackup, Made};
pub use key::BackupKey;
pub use manifest::{Kind, Manifest};
pub use restore::{Joined, Source, restore};
pub use shelf::{Found, Shelf};
pub use ship::{Shipped, Still};
pub use sweep::Swept;

/// What a backup or a restore tells of while it runs: rows so far.
pub type Told<'t> = &'t mut dyn FnMut(u64);
