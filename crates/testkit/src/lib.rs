//! Fixtures and a simulated clock for tests.
