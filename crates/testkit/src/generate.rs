//! Random policies, histories and requests.

pub mod authorisation;
pub mod history;
mod purpose;
mod rule;
pub mod text;

pub use history::History;
pub use text::Draft;
