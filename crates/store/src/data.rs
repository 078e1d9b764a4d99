//! The rows of the data file: people, organisations, records, names, policies, statistics, accounts,
//! messages; sign-ins that are under way, requests of the last minute.

pub mod account;
pub mod attempt;
pub mod begun;
pub mod claim;
pub mod credential;
pub mod idempotency;
pub mod message;
pub mod organisation;
pub mod person;
pub mod program;
pub mod record;
pub mod registry;
pub mod request;
pub mod session;
pub mod subject;
pub mod undertaking;
pub mod webhook;
