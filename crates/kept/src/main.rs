//! Kept, the command line.
fn main() {}
