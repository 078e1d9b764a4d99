//! The pages that the demo serves.
//!
//! A page is a plain view struct and a pure function that makes a document of it and a
//! [`frame::Frame`]. Nothing here reads the clock or opens a value: a route asks a service, fills
//! the view with what came back, and renders. No page carries a script, and none asks another
//! server for anything.

mod app;
mod chart;
mod fill;
pub mod frame;
mod guard;
pub mod language;
mod page;
pub mod pages;
mod phrases;
mod routes;
mod say;
mod serve;

pub use serve::Demo;

/// The one stylesheet.
pub const STYLE: &str = include_str!("style.css");
/// The icon.
pub const ICON: &str = include_str!("icon.svg");
