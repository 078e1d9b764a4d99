//! The database server: reaching it, running statements on it, what its errors mean.

pub(crate) mod citus;
mod client;
mod fault;
mod pool;
mod server;

pub(crate) use client::Client;
pub(crate) use fault::{is_lost, is_to_be_tried_again};
pub(crate) use pool::Pool;
pub use server::Server;
