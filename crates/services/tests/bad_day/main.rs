//! Installations on a bad day: damage, thieves, crashes, full disks, and what holds all the same.

#![expect(clippy::unwrap_used, reason = "tests")]

mod house;
mod journal;
mod keys;
