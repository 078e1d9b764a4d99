//! The log of restrictive acts as a file beside the keyring's.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use domain::Fault;

use super::line::parse;
use super::unavailable;

/// The open file.
pub(super) struct LogFile {
    path: PathBuf,
    file: Mutex<File>,
}

impl LogFile {
    /// Opens the file, makes it where it is missing; a line that a crash cut off is taken away.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let opened = (|| {
            let mut file = OpenOptions::new()
                .create(true)
                .read(true)
                .append(true)
                .open(path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let whole = parse(&bytes).1;
            if whole < bytes.len() {
                file.set_len(whole as u64)?;
            }
            file.sync_all()?;
            Ok(file)
        })();
        let file = opened.map_err(|error: std::io::Error| unavailable().because(error))?;
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
        })
    }

    /// How many bytes it has.
    pub(super) fn bytes(&self) -> Result<u64, Fault> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let meta = file.metadata();
        meta.map(|it| it.len())
            .map_err(|error| unavailable().because(error))
    }

    /// All that is in it.
    pub(super) fn content(&self) -> Result<Vec<u8>, Fault> {
        std::fs::read(&self.path).map_err(|error| unavailable().because(error))
    }

    /// Appends, durable when this returns.
    pub(super) fn append(&self, bytes: &[u8]) -> Result<(), Fault> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file
            .metadata()
            .map_err(|error| unavailable().because(error))?
            .len();
        let written = file.write_all(bytes).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // A torn line would hide the lines after it.
            file.set_len(before)
                .map_err(|again| unavailable().because(again))?;
            return Err(unavailable().because(error));
        }
        Ok(())
    }
}
