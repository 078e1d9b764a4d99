//! Who owns an installation, for whoever finds it in use.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use domain::Fault;

/// A note in the lock file of who owns the installation, for as long as it lives.
///
/// The lock itself is the system's and ends with the process; the note only says whose it is. It
/// names a process and a command, nobody.
#[derive(Debug)]
#[must_use]
pub struct Note {
    path: PathBuf,
}

impl Note {
    /// Leaves a note; the caller owns the installation. A note that cannot be written is left out.
    pub fn leave(folder: &Path, command: &str) -> Self {
        let path = folder.join("lock");
        let _ = fs::write(&path, format!("{} {command}\n", std::process::id()));
        Self { path }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let _ = fs::write(&self.path, "");
    }
}

/// The fault that an installation is in use, with the process that has it.
pub(super) fn named(mut fault: Fault, folder: &Path) -> Fault {
    if let Some((process, command)) = read(folder) {
        let _ = write!(fault.message, " (process {process}, `kept {command}`)");
    }
    fault
}

/// The process and its command; none if there is no note, or one of a process that has ended.
fn read(folder: &Path) -> Option<(u32, String)> {
    let note = fs::read_to_string(folder.join("lock")).ok()?;
    let (process, command) = note.trim_end().split_once(' ')?;
    let process = process.parse().ok()?;
    let lives =
        !Path::new("/proc/self").exists() || Path::new(&format!("/proc/{process}")).exists();
    lives.then(|| (process, command.to_owned()))
}

#[cfg(test)]
mod tests {
    use domain::FaultKind;
    use tempfile::TempDir;

    use super::*;

    fn in_use() -> Fault {
        Fault::new(FaultKind::Conflict, "the installation is in use")
    }

    #[test]
    fn whoever_finds_an_installation_in_use_is_told_by_whom() {
        let folder = TempDir::new().unwrap();
        let note = Note::leave(folder.path(), "import");
        let expected = format!(
            "the installation is in use (process {}, `kept import`)",
            std::process::id()
        );
        assert_eq!(named(in_use(), folder.path()).message, expected);
        drop(note);
        assert_eq!(
            named(in_use(), folder.path()).message,
            "the installation is in use"
        );
    }

    #[test]
    fn the_note_of_a_process_that_was_killed_is_not_believed() {
        let folder = TempDir::new().unwrap();
        // No process has a number beyond the system's greatest, 2^22.
        fs::write(folder.path().join("lock"), "4194305 import\n").unwrap();
        assert_eq!(
            named(in_use(), folder.path()).message,
            "the installation is in use"
        );
    }
}
