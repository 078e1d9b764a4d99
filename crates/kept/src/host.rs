//! How a command reaches an installation: one process owns it (mechanism, 15), and commands go
//! through that process's socket, or come to own the installation themselves for as long as they
//! run.

pub mod client;
mod frame;
mod owner;
mod request;
mod server;
mod socket;

use std::path::Path;

use domain::{Fault, FaultKind};

use crate::io::Io;

pub use owner::Note;
pub use request::Request;
pub use server::Server;

/// Has a command carried out on an installation, and gives its exit code.
///
/// If a process that owns the installation answers on its socket, the command runs there and its
/// output is shown here. If none does, `open` comes to own the installation, which takes its lock,
/// and `act` runs on it here.
///
/// # Errors
/// What `open` says; [`FaultKind::Conflict`] names the process that has the installation.
/// [`FaultKind::Unavailable`] when the owner ended before it answered.
pub fn work<I>(
    folder: &Path,
    request: &Request,
    io: &mut Io,
    open: impl FnOnce() -> Result<I, Fault>,
    act: impl FnOnce(&I, &mut Io) -> u8,
) -> Result<u8, Fault> {
    if let Some(code) = client::ask(folder, request, io)? {
        return Ok(code);
    }
    match open() {
        Ok(installation) => {
            let _note = Note::leave(folder, request.command());
            Ok(act(&installation, io))
        }
        Err(fault) if fault.kind == FaultKind::Conflict => {
            // Whoever has it may have begun to answer since it was asked.
            match client::ask(folder, request, io)? {
                Some(code) => Ok(code),
                None => Err(owner::named(fault, folder)),
            }
        }
        Err(fault) => Err(fault),
    }
}

/// Comes to own an installation: `open` takes its lock.
///
/// # Errors
/// What `open` says; [`FaultKind::Conflict`] names the process that has the installation.
pub fn own<I>(folder: &Path, open: impl FnOnce() -> Result<I, Fault>) -> Result<I, Fault> {
    open().map_err(|fault| match fault.kind {
        FaultKind::Conflict => owner::named(fault, folder),
        FaultKind::Invalid
        | FaultKind::Refused
        | FaultKind::Absent
        | FaultKind::Unavailable
        | FaultKind::Integrity => fault,
    })
}

#[cfg(test)]
mod tests;
