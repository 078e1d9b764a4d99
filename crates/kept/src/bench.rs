//! GDPRbench: the four workloads of the benchmark on an installation of its own (Shastri and others,
//! "Understanding and benchmarking the impact of GDPR on database systems", VLDB 2020). Everything
//! goes through the use cases; decision 24 says what of the benchmark is what in Kept.

pub mod attributes;
pub mod draw;
pub mod home;
pub mod house;
mod operate;
pub mod operation;
pub mod report;
mod rules;
pub mod run;
#[cfg(test)]
mod tests;
