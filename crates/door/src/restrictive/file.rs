//! The log of restrictive acts as a file beside the keyring's.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::Fault;

use super::line::parse;
use super::unavailable;

/// The open file.
pub(super) struct LogFile {
    path: PathBuf,
    file: Mutex<File>,
    /// What is to be appended next.
    waiting: Mutex<Vec<Arc<Waiting>>>,
}

/// What somebody waits for to be appended.
struct Waiting {
    bytes: Vec<u8>,
    /// What became of it, once that is certain.
    outcome: OnceLock<Result<(), io::ErrorKind>>,
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
            waiting: Mutex::default(),
        })
    }

    /// How many bytes it has.
    pub(super) fn bytes(&self) -> Result<u64, Fault> {
        let meta = lock(&self.file).metadata();
        meta.map(|it| it.len())
            .map_err(|error| unavailable().because(error))
    }

    /// All that is in it.
    pub(super) fn content(&self) -> Result<Vec<u8>, Fault> {
        std::fs::read(&self.path).map_err(|error| unavailable().because(error))
    }

    /// Appends, durable when this returns. What others wait for meanwhile is appended with it: one
    /// wait for the disk is enough for all of them.
    pub(super) fn append(&self, bytes: &[u8]) -> Result<(), Fault> {
        let mine = Arc::new(Waiting {
            bytes: bytes.to_vec(),
            outcome: OnceLock::new(),
        });
        lock(&self.waiting).push(Arc::clone(&mine));
        let mut file = lock(&self.file);
        let outcome = mine.outcome.get().copied().unwrap_or_else(|| {
            let all = std::mem::take(&mut *lock(&self.waiting));
            let bytes: Vec<u8> = all.iter().flat_map(|one| &one.bytes).copied().collect();
            let outcome = write(&mut file, &bytes).map_err(|error| error.kind());
            for one in all {
                one.outcome.get_or_init(|| outcome);
            }
            outcome
        });
        outcome.map_err(|kind| unavailable().because(io::Error::from(kind)))
    }
}

/// Writes at the end, whole or not at all.
fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    let before = file.metadata()?.len();
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    if written.is_err() {
        // A torn line would hide the lines after it.
        file.set_len(before)?;
    }
    written
}

fn lock<T>(one: &Mutex<T>) -> MutexGuard<'_, T> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}
