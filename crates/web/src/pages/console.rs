//! The pages of the console.

pub mod home;
pub mod work;
