//! The server: listening, TLS, limits, what holds for every request and every answer.

mod backups;
mod client;
pub mod config;
pub(crate) mod cookie;
mod edge;
mod exchange;
mod figures;
pub(crate) mod guard;
pub(crate) mod health;
mod jobs;
pub(crate) mod listen;
pub mod logs;
pub(crate) mod outbound;
mod outbox;
mod rate;
pub(crate) mod refusal;
pub(crate) mod serve;
mod tls;
mod watch;
mod webhooks;

pub use serve::Server;
pub use tls::Certificates;

pub(crate) use client::Client;
pub(crate) use edge::{Edge, Reference, surround};
pub(crate) use listen::Limits;
