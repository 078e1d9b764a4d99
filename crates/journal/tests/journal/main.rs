//! The journal from outside: formats that never drift, an independent implementation, damage.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests may fail loudly, and read the committed vectors"
)]

mod damage;
mod fixture;
mod history;
mod independent;
mod proofs;
mod vectors;
