//! Room on the disk that is kept for restrictive acts.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The room that is kept for restrictive acts.
const RESERVE_BYTES: usize = 4 << 20;

/// Room on the disk that is given up for restrictive acts only.
pub(super) struct Reserve {
    path: PathBuf,
    held: bool,
}

impl Reserve {
    pub(super) fn hold(path: PathBuf) -> Self {
        let mut reserve = Self { path, held: false };
        reserve.take_again();
        reserve
    }

    /// Takes the room, if there is any; says whether it is held.
    pub(super) fn take_again(&mut self) -> bool {
        if !self.held {
            let there =
                fs::metadata(&self.path).is_ok_and(|found| found.len() == RESERVE_BYTES as u64);
            self.held = there || fill(&self.path).is_ok();
            if !self.held {
                self.release();
            }
        }
        self.held
    }

    pub(super) fn release(&mut self) {
        self.held = false;
        // Nothing depends on it: the act that needs the room fails with its own error.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes the room out, so that the file system really sets it aside.
fn fill(path: &Path) -> std::io::Result<()> {
    fs::write(path, vec![0; RESERVE_BYTES])?;
    File::open(path)?.sync_all()
}
