//! Fixtures and a simulated clock for tests.

pub mod promises;
