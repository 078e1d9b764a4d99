//! The use cases on real files: one rehearsal installation a test.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod accounts;
mod change_of_policy;
mod common;
mod demo;
mod import;
mod skeleton;
