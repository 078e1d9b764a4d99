//! The pages of the console.

pub mod accounts;
pub mod form;
pub mod health;
pub mod home;
pub mod keys;
pub mod organisations;
pub mod people;
pub mod person;
pub mod policy;
pub mod trace;
pub mod undertaking;
pub mod work;
