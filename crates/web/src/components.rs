//! The parts that pages are made of: each a function from plain values to markup, all in the one
//! stylesheet. None needs a script.
//!
//! What is wrong with a form is said three times, for three ways of reading it: in a summary at its
//! head, beside the field, and to screen readers, which hear it with the field (WCAG 2.2, 3.3.1).

mod blocks;
mod field;
mod form;
mod navigation;
mod sample;
mod table;

pub use blocks::{Tone, badge, card, empty, facts, notice};
pub use field::{Choice, Field, Input, field};
pub use form::{ButtonKind, button, button_link, error_summary};
pub use navigation::{Link, crumbs, pagination, side, tabs};
pub use sample::sample;
pub use table::{Column, table};
