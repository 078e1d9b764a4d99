//! The use cases on real files: one rehearsal installation a test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod accounts;
mod announce;
mod authenticator;
mod authorisation;
mod change_of_policy;
mod common;
mod copies;
mod demo;
mod desk;
mod duty;
mod import;
mod moving;
mod overview;
mod passkeys;
mod select;
mod sign_in_service;
mod single_sign_on;
mod skeleton;
mod sweep;
