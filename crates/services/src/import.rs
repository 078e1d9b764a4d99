//! Taking people in from a CSV file: what the file is, what its columns are, what each line gives,
//! who is likely in it twice, and the report of it all.
//!
//! [`look`](plan::look) at the file and show what was found; make a [`Plan`]; carry it out.

pub mod duplicates;
mod fate;
mod header;
pub mod lines;
pub mod mapping;
pub mod plan;
pub mod propose;
mod refused;
pub mod report;
pub mod run;
pub mod sniff;
mod stated;

pub use mapping::{Mapping, Settings};
pub use plan::{Looked, Options, Plan, look};
pub use report::Report;
