//! HTTP: the server, its pages, and what they share.
//!
//! A page is a plain view struct and a pure function that makes a document of it and a
//! [`frame::Frame`]. Nothing here reads the clock or opens a value: a route asks a service, fills
//! the view with what came back, and renders. Scripts are for what a browser does by script alone
//! and for keys, each a file of ours; no page asks another server for anything.

pub mod api;
mod app;
pub mod appearance;
mod chart;
pub mod components;
mod demo;
mod fill;
pub mod frame;
pub mod language;
mod page;
pub mod pages;
mod phrases;
mod routes;
mod say;
pub mod script;
pub mod server;
mod sign_in;
mod signed_in;
mod site;

pub use demo::Demo;

/// The one stylesheet.
pub const STYLE: &str = include_str!("style.css");
/// The icon.
pub const ICON: &str = include_str!("icon.svg");
