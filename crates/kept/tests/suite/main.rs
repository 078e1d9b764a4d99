//! The command line and what it serves, tested from outside: the one integration-test binary.
//!
//! Tests that carry a promise's id stand in modules of their own and go through [`kept`] alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "an expectation that fails is a test that fails"
)]

mod browser;
mod change_of_policy;
mod check;
mod clock;
mod club;
mod copies;
mod demo;
mod described;
mod distribute;
mod endure;
mod explain;
mod help;
mod import;
mod in_browser;
mod init;
mod installation;
mod kept;
mod mail_server;
mod moving;
mod notice;
mod ownership;
mod policies;
mod program;
mod promises;
mod reference;
mod register;
mod s3_server;
mod served;
mod server;
mod staffed;
mod webhook;
mod what_the_policy_says;
