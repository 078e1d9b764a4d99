//! The two SQLite files of an installation and their writers. Sees ids, numbers, dates and sealed
//! bytes; never a personal value.
//!
//! `data/kept.db` holds subjects, records and the journal; `keyring/keyring.db` holds the keys of
//! the records and the look-ups. The two never commit as one: their order is fixed by the callers
//! (keys before records when storing, tombstones before keys when erasing).

pub mod data;
mod database;
pub mod entry;
mod error;
pub mod keyring;
mod rows;
pub mod schema;
pub mod sql;
mod writer;

pub use database::{Database, Reader};
pub use error::fault;
pub use writer::{Priority, Tx};
