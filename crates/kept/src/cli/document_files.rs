//! The files of documents: one by one, or all that stand beside a policy.

use std::fs;
use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};
use services::documents::DocumentFile;

use super::policy_file;
use crate::io::Io;

/// The folder of the documents in a policy's folder.
const FOLDER: &str = "documents";

/// Reads files of documents; of a folder, those in its folder `documents`.
pub(super) fn read(given: &[PathBuf], io: &Io) -> Result<Vec<DocumentFile>, Fault> {
    let mut files = Vec::new();
    for one in given {
        if io.path(one).is_dir() {
            files.extend(beside(one, io)?);
        } else {
            files.push(file(one, io)?);
        }
    }
    Ok(files)
}

/// Reads the documents beside a policy, in the order of their names: none where the policy is
/// named as a file, or has none beside it.
pub(super) fn beside(policy: &Path, io: &Io) -> Result<Vec<DocumentFile>, Fault> {
    let shown = policy.join(FOLDER);
    let folder = io.path(&shown);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error: std::io::Error| {
        let message = format!("{} cannot be read", shown.display());
        Fault::new(FaultKind::Unavailable, message)
            .remedy("look at the folder's owner and rights")
            .because(error)
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let name = PathBuf::from(entry.map_err(unreadable)?.file_name());
        if name
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            names.push(name);
        }
    }
    names.sort();
    names
        .iter()
        .map(|name| file(&shown.join(name), io))
        .collect()
}

fn file(path: &Path, io: &Io) -> Result<DocumentFile, Fault> {
    let name = path.display().to_string();
    let source = policy_file::text(&io.path(path), &name)?;
    Ok(DocumentFile { name, source })
}
