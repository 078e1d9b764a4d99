//! Fixtures, a random generator and a reference model for tests.
//!
//! For tests alone: what cannot happen here panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test's helper stops the test"
)]

pub mod attack;
pub mod chance;
pub mod compare;
pub mod endure;
pub mod event;
pub mod generate;
pub mod live;
pub mod people;
pub mod postgres;
pub mod promises;
pub mod reference;
pub mod token;
