//! The rows of the data file: people, organisations, records, names, policies, statistics.

pub mod organisation;
pub mod record;
pub mod registry;
pub mod subject;
