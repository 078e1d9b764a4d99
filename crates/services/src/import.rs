//! Taking people in from a CSV file: what the file is, what its columns are, what each line gives,
//! who is likely in it twice, and the report of it all.

pub mod duplicates;
mod header;
pub mod lines;
pub mod mapping;
pub mod propose;
pub mod sniff;
