//! The two databases of an installation and their writers: two files, or two databases on a server.
//! Sees ids, numbers, dates and sealed bytes; never a personal value.
//!
//! The data (`data/kept.db`) holds subjects, records and the journal; the keyring
//! (`keyring/keyring.db`) holds the keys of the records and the look-ups. The two never commit as
//! one: their order is fixed by the callers (keys before records when storing, tombstones before
//! keys when erasing).

pub mod data;
mod database;
pub mod distribution;
pub mod entry;
mod error;
pub mod keyring;
mod link;
mod postgres;
mod remembered;
mod rows;
pub mod schema;
mod session;
pub mod sql;
mod sqlite;
pub mod tables;
mod value;
mod writer;

pub use database::{Database, Place, Reader};
pub use postgres::Server;
pub use schema::Migration;
pub use session::Standing;
pub use sql::Home;
pub use value::Value;
pub use writer::{Priority, Tx};
