//! What has to last: a served installation that is killed at any moment, and one whose disk and clock
//! fail.
//!
//! Each test is a loop of rounds. In an ordinary run there are a few; `./test --endure 30m` makes a
//! long run of each ([docs/reliability.md](../../../../docs/reliability.md)).

mod afterwards;
mod client;
mod clock;
mod database;
mod faults;
mod house;
mod kill;
mod load;
mod people;
