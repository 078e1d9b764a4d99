//! A command that is carried out by the process that owns the installation.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use domain::{Fault, FaultKind};

use super::Request;
use super::frame::{self, Kind};
use super::socket;
use crate::io::{Io, Progress};

/// Asks the owner of an installation to carry out a command, shows what comes of it, and gives its
/// exit code; none if nobody answers.
///
/// Whoever interrupts the client stops waiting, not the act: what the owner has accepted it carries
/// out, as a letter that was posted arrives.
///
/// # Errors
/// [`FaultKind::Unavailable`] when the socket cannot be used, or the owner ends before it answers.
pub fn ask(folder: &Path, request: &Request, io: &mut Io) -> Result<Option<u8>, Fault> {
    let mut socket = match socket::connect(folder) {
        Ok(socket) => socket,
        Err(error) if nobody_listens(error.kind()) => return Ok(None),
        Err(error) => return Err(unusable().because(error)),
    };
    let asked = serde_json::to_vec(request).map_err(|error| unusable().because(error))?;
    if asked.len() > frame::BYTES_MAX {
        return Err(Fault::new(
            FaultKind::Invalid,
            "the command line is too long",
        ));
    }
    let sent = frame::write(&mut socket, Kind::Request, &asked);
    // An owner that was just ending has taken nothing: then it is as if nobody had answered.
    if sent.is_err() || !matches!(frame::read(&mut socket), Ok((Kind::Accepted, _))) {
        return Ok(None);
    }
    loop {
        let (kind, bytes) = frame::read(&mut socket).map_err(|error| lost().because(error))?;
        match kind {
            Kind::Out => io.print_bytes(&bytes),
            Kind::Err => io.complain_bytes(&bytes),
            Kind::Progress => {
                let progress: Option<Progress> = serde_json::from_slice(&bytes).unwrap_or_default();
                io.relay(progress.as_ref());
            }
            Kind::Ask => {
                let answer = io.ask(&String::from_utf8_lossy(&bytes)).unwrap_or_default();
                frame::write(&mut socket, Kind::Answer, answer.as_bytes())
                    .map_err(|error| lost().because(error))?;
            }
            Kind::Exit => {
                let _ = socket.flush();
                return match bytes.as_slice() {
                    [code] => Ok(Some(*code)),
                    _ => Err(lost()),
                };
            }
            Kind::Request | Kind::Accepted | Kind::Answer => return Err(lost()),
        }
    }
}

/// Whether a failure to connect means that no process owns the installation and listens: there is
/// no socket, or one that a killed process has left.
fn nobody_listens(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::ConnectionRefused
    )
}

fn unusable() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the process that owns the installation cannot be reached",
    )
    .remedy("run the command as the user that this process runs as")
}

fn lost() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the process that owns the installation ended before it answered",
    )
    .remedy("what it had done by then is in the journal; the command can be run again")
}
