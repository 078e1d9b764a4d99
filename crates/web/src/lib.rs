//! The pages that the demo serves.
