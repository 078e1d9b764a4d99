//! The use cases on real files: one rehearsal installation a test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod accounts;
mod announce;
mod authorisation;
mod change_of_policy;
mod common;
mod demo;
mod import;
mod skeleton;
