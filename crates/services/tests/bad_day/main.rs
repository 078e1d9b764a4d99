//! Installations on a bad day: damage, thieves, crashes, full disks, and what holds all the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "an expectation that fails is a test that fails"
)]

mod archive;
mod backup;
mod crash;
mod damage;
mod disk;
mod house;
mod journal;
mod keys;
mod keys_folder;
mod process;
mod thief;
mod token;
mod traced;
