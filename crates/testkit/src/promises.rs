//! The account of the promises: which are kept, by what the tests of this run showed.
//!
//! Three inputs are committed: the list (`promises.toml`), what the tests of each promise cover
//! (`promises-coverage.toml`) and what was once reached (`promises-floor.txt`). The fourth is the
//! run's report. A promise counts as kept when its tests were declared to cover it whole, all ran
//! and all passed.

mod account;
mod input;

pub use account::{Account, Row, Standing};
pub use input::{
    Cover, Floor, Promise, Reached, TestOutcome, read_coverage, read_floor, read_promises,
    read_report,
};
