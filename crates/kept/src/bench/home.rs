//! Where the installation that is measured is made: a folder, or databases on servers.

use std::path::{Path, PathBuf};

use domain::{Actor, Fault, FaultKind};
use jiff::Timestamp;
use services::Kept;
use services::open::{NewInstallation, Servers};

use super::attributes::{PURPOSES, role_at_first};
use super::rules;

/// When the records are collected.
const BEGINS: &str = "2026-01-05T09:00:00Z";
/// Where the installation is made.
#[derive(Clone, Debug)]
pub struct Home {
    /// An empty folder for it.
    pub folder: PathBuf,
    /// The databases on servers that it is in, empty too; none: files of the folder.
    pub database: Option<Servers>,
}

impl Home {
    /// Its name in results.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.database {
            None => "embedded",
            Some(_) => "postgresql",
        }
    }

    /// Makes the installation, empty.
    pub(super) fn install(&self, actor: &Actor) -> Result<Kept, Fault> {
        let roles: Vec<usize> = (0..PURPOSES).map(role_at_first).collect();
        let new = NewInstallation {
            root: self.folder.join("D"),
            keys: None,
            policy: rules::policy(),
            authorisation: Some(rules::authorisation(1, &roles)),
            rehearsal: Some(begins()?),
            database: self.database.clone(),
        };
        Kept::init(new, actor)
    }

    /// The bytes of all its files; those of databases on servers are not among them.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn bytes(&self) -> Result<u64, Fault> {
        size(&self.folder)
            .map_err(|error| unavailable("the installation cannot be measured").because(error))
    }
}

/// When the records are collected.
pub(super) fn begins() -> Result<Timestamp, Fault> {
    BEGINS
        .parse()
        .map_err(|error| Fault::new(FaultKind::Invalid, "no such moment").because(error))
}

fn size(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += match found.is_dir() {
            true => size(&entry.path())?,
            false => found.len(),
        };
    }
    Ok(bytes)
}

fn unavailable(message: &str) -> Fault {
    Fault::new(FaultKind::Unavailable, message)
}
