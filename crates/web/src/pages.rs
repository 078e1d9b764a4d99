//! The pages: for each a plain view, and a pure function that makes a document of it.
//!
//! A view holds what a service answered: ids, counts, dates, titles in the language of the page,
//! and, where a grant was recorded, the values that it opened. Each has an invented sample.

pub mod account;
pub mod beside;
pub mod calendar;
pub mod console;
pub mod copy;
pub mod documents;
pub mod error;
pub mod front;
mod handed;
pub mod home;
pub mod interface;
pub mod journal;
pub mod people;
pub mod person;
pub mod portal;
pub mod privacy;
pub mod reading;
pub mod refused;
pub mod sign_in;
pub mod versions;
