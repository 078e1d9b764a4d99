//! The pages of the console.

pub mod form;
pub mod home;
pub mod people;
pub mod person;
pub mod undertaking;
pub mod work;
