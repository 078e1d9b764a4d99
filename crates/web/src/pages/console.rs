//! The pages of the console.

pub mod work;
