//! What goes over the socket: one request, then frames until the exit code. A question is answered
//! by a frame of the client's.
//!
//! A frame is a letter, a length in four bytes (big-endian) and as many bytes. It is spoken between
//! two processes of the same version and stored nowhere.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use crate::io::{Progress, ProgressSink};

/// What a frame carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The request, in JSON.
    Request,
    /// The request was taken; from now on it is carried out, come what may.
    Accepted,
    /// Bytes of the result.
    Out,
    /// Bytes of what is beside it.
    Err,
    /// Progress, in JSON.
    Progress,
    /// A question to whoever gave the command.
    Ask,
    /// Their answer.
    Answer,
    /// The exit code; the last frame.
    Exit,
}

/// No frame is longer.
pub(super) const BYTES_MAX: usize = 1 << 20;

const LETTERS: [(Kind, u8); 8] = [
    (Kind::Request, b'r'),
    (Kind::Accepted, b'a'),
    (Kind::Out, b'o'),
    (Kind::Err, b'e'),
    (Kind::Progress, b'p'),
    (Kind::Ask, b'q'),
    (Kind::Answer, b'w'),
    (Kind::Exit, b'x'),
];

/// Writes a frame.
pub(super) fn write(to: &mut impl Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|_| bytes.len() <= BYTES_MAX);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    let letter = LETTERS.iter().find(|(known, _)| *known == kind);
    let letter = letter
        .map(|(_, letter)| *letter)
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut frame = Vec::with_capacity(5 + bytes.len());
    frame.push(letter);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(bytes);
    to.write_all(&frame)?;
    to.flush()
}

/// Reads a frame; [`io::ErrorKind::UnexpectedEof`] when the other end has gone.
pub(super) fn read(from: &mut impl Read) -> io::Result<(Kind, Vec<u8>)> {
    let mut head = [0; 5];
    from.read_exact(&mut head)?;
    let [letter, length @ ..] = head;
    let kind = LETTERS.iter().find(|(_, known)| *known == letter);
    let kind = kind
        .map(|(kind, _)| *kind)
        .ok_or(io::ErrorKind::InvalidData)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok((kind, bytes))
}

/// The socket, shared by the streams of one command.
pub(super) type Shared = Arc<Mutex<UnixStream>>;

/// Sends a frame over a shared socket.
pub(super) fn send(socket: &Shared, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let mut socket = socket.lock().unwrap_or_else(PoisonError::into_inner);
    write(&mut *socket, kind, bytes)
}

/// A stream of the command, sent in frames of one kind.
pub(super) struct Stream {
    pub(super) socket: Shared,
    pub(super) kind: Kind,
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().min(BYTES_MAX)];
        send(&self.socket, self.kind, part)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Progress, shown where the client is.
pub(super) struct Remote(pub(super) Shared);

impl ProgressSink for Remote {
    fn show(&self, progress: Option<&Progress>) {
        if let Ok(bytes) = serde_json::to_vec(&progress) {
            // A client who has left sees nothing; the act goes on.
            let _ = send(&self.0, Kind::Progress, &bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_frame_is_read_as_it_was_written(bytes: Vec<u8>, index in 0..LETTERS.len()) {
            let kind = LETTERS[index].0;
            let mut wire = Vec::new();
            write(&mut wire, kind, &bytes).unwrap();
            prop_assert_eq!(read(&mut wire.as_slice()).unwrap(), (kind, bytes));
        }

        #[test]
        fn whatever_comes_over_the_wire_is_a_frame_or_an_error(bytes: Vec<u8>) {
            let _ = read(&mut bytes.as_slice());
        }
    }

    #[test]
    fn a_frame_that_claims_to_be_huge_is_refused_unread() {
        let wire = [b'o', 0xff, 0xff, 0xff, 0xff];
        let error = read(&mut wire.as_slice()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
