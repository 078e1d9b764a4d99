//! A personal value, and the one way to look at it.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A personal value: it can be carried, not printed, compared or serialised.
///
/// There is no `Display`, `Serialize`, `Deref`, `PartialEq` or revealing `Debug`. Only an edge
/// that renders for a granted request calls [`Personal::disclose`]; a tidy test lists the files
/// that may. It prevents accidents, not malice. The memory is wiped when the value is dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Personal<T: Zeroize>(T);

impl<T: Zeroize> Personal<T> {
    /// Takes a value in, at the boundary.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for rendering it to somebody whose grant was recorded, or for sealing it.
    pub fn disclose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(..)")
    }
}
