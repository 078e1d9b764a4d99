//! Proving who somebody is: passwords, second factors, one-time tokens, passkeys, single sign-on.
//!
//! Thin, typed wrappers over libraries that are maintained for the purpose. Nothing is stored here
//! and nothing is served; the time and random bytes are arguments where the library lets them be.

pub mod attempts;
pub mod common;
pub mod passkey;
pub mod password;
pub mod provider;
pub mod recovery;
pub mod token;
pub mod totp;
mod turns;
