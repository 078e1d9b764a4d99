//! Tidiness: what ARCHITECTURE.md says never happens and a look at the sources can tell.
//!
//! The checks ratchet: a list of exceptions may shrink and never grows without a reason beside it.

#![allow(
    clippy::expect_used,
    reason = "an expectation that fails is a test that fails"
)]

mod architecture;
mod documents;
mod repository;
mod sources;
