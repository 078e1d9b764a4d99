//! What backups a place holds.

use domain::Fault;
use door::Layout;
use door::backup::{BackupKey, Kind, Shelf, place};
use jiff::Timestamp;

use std::path::Path;

/// A backup as it is listed.
#[derive(Debug)]
pub struct Listed {
    /// What it is called.
    pub id: String,
    /// What it is of, or what is wrong with it.
    pub what: Result<Contents, Fault>,
}

/// What a backup is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents {
    /// Of which moment.
    pub at: Timestamp,
    /// How many bytes it has, sealed.
    pub bytes: u64,
    /// How many people.
    pub people: u64,
    /// How many records.
    pub records: u64,
    /// How many entries of the journal.
    pub journal_size: u64,
    /// The version of the policy.
    pub policy: u32,
}

/// The backups of a place, the latest first, as the key folder opens them.
///
/// # Errors
/// When the place or the key folder cannot be read.
pub fn list(from: &str, beside: &Path, keys: &Path) -> Result<Vec<Listed>, Fault> {
    let layout = Layout {
        root: beside.to_owned(),
        keys: keys.to_owned(),
        servers: None,
    };
    let key = BackupKey::open(&layout)?;
    let shelf = Shelf::new(place(from, beside)?, &key, Kind::Data);
    let mut listed: Vec<Listed> = shelf
        .found()?
        .into_iter()
        .map(|found| Listed {
            id: found.id,
            what: found.manifest.map(|manifest| {
                let rows = manifest.rows();
                let of = |name: &str| {
                    let row = rows.iter().find(|(table, _)| *table == name);
                    row.map_or(0, |(_, rows)| *rows)
                };
                Contents {
                    at: manifest.moment(),
                    bytes: manifest.bytes(),
                    people: of("subject"),
                    records: of("record"),
                    journal_size: manifest.journal_size,
                    policy: manifest.policy,
                }
            }),
        })
        .collect();
    listed.reverse();
    Ok(listed)
}
