//! The files that an installation leaves when it has moved to servers.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};

use crate::folder::Layout;

/// Whether one of them is still there.
pub(super) fn are_left(layout: &Layout) -> bool {
    let mut all = of(&layout.keyring(), &layout.keyring_reserve())
        .into_iter()
        .chain(of(&layout.data(), &layout.reserve()));
    all.any(|file| file.exists())
}

/// Destroys them. The keyring's come first and are overwritten: without them what the others hold
/// is sealed for ever, for whoever has no copy of the keyring and the keys of its epochs.
pub(super) fn destroy(layout: &Layout) -> Result<(), Fault> {
    let destroyed = (|| {
        for file in of(&layout.keyring(), &layout.keyring_reserve()) {
            overwrite(&file)?;
            remove(&file)?;
        }
        for file in of(&layout.data(), &layout.reserve()) {
            remove(&file)?;
        }
        // The log was carried over with the rest.
        remove(&layout.restrictive())
    })();
    destroyed.map_err(|error: io::Error| {
        Fault::new(
            FaultKind::Unavailable,
            format!(
                "the installation has moved, and the files that it left in {} cannot be removed",
                layout.root.display()
            ),
        )
        .remedy(
            "check the folder's owner and rights, then finish with `kept move --data FOLDER`: they \
             hold what was held at the moment of the move",
        )
        .because(error)
    })
}

/// A database's file, what the embedded database keeps beside it, and its reserve.
fn of(database: &Path, reserve: &Path) -> [PathBuf; 4] {
    let beside = |end: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    [
        database.to_owned(),
        beside("-wal"),
        beside("-shm"),
        reserve.to_owned(),
    ]
}

fn overwrite(file: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.sync_all()
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        removed => removed?,
    }
    file.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
