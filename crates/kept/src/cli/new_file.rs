//! Files that a command makes because it was asked to; never over another.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use domain::{Fault, FaultKind};

/// Who may read a new file, as far as the process's umask allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Readers {
    /// Its owner alone: it holds personal data.
    Owner,
    /// Whoever may read in the folder.
    Everybody,
}

/// Refuses a path that something is at already.
pub(super) fn free(path: &Path) -> Result<(), Fault> {
    match path.exists() {
        true => Err(there_already()),
        false => Ok(()),
    }
}

/// Makes a file.
pub(super) fn write(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Fault> {
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Everybody => 0o666,
    };
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path);
    let mut file = made.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => there_already(),
        _ => unwritable(error),
    })?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(unwritable)
}

fn there_already() -> Fault {
    Fault::new(FaultKind::Conflict, "there is a file of this name already")
        .remedy("name another; nothing is written over")
}

fn unwritable(error: std::io::Error) -> Fault {
    Fault::new(FaultKind::Unavailable, "the file cannot be written")
        .remedy("check its folder, its rights and the room on the disk")
        .because(error)
}
