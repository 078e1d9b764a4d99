//! Random policies, histories and requests.

pub mod history;
pub mod text;

pub use history::History;
pub use text::Draft;
