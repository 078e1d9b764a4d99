//! A stream whose reader may leave.

use std::io::{self, Write};

/// A writer that takes no notice of a reader who has gone, as `head` goes after its lines.
///
/// A command that changes data goes on to its end, and a closed pipe is no error of Kept.
pub struct Forgiving<W> {
    inner: W,
    gone: bool,
}

impl<W: Write> Forgiving<W> {
    /// A forgiving writer on top of another.
    pub fn new(inner: W) -> Self {
        Self { inner, gone: false }
    }

    fn attempt<T>(&mut self, or: T, write: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.gone {
            return Ok(or);
        }
        write(&mut self.inner).or_else(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return Err(error);
            }
            self.gone = true;
            Ok(or)
        })
    }
}

impl<W: Write> Write for Forgiving<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), Write::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes one write and is gone.
    struct Head(Vec<u8>);

    impl Write for Head {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !self.0.is_empty() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_reader_who_leaves_is_no_error() {
        let mut out = Forgiving::new(Head(Vec::new()));
        out.write_all(b"first").unwrap();
        out.write_all(b"second").unwrap();
        out.write_all(b"third").unwrap();
        out.flush().unwrap();
        assert_eq!(out.inner.0, b"first");
        assert!(out.gone);
    }
}
