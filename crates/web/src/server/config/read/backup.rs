//! Where and how often the data is backed up: the settings under `[backup]`.

use super::Reader;
use crate::server::config::Backup;

/// The settings that say nothing without `backup.to`.
const OTHERS: [&str; 2] = ["backup.every", "backup.keep"];
/// The longest and the shortest time between two backups, seconds.
const EVERY: (u64, u64) = (5 * 60, 168 * 3600);

impl Reader<'_> {
    pub(super) fn backup(&mut self) -> Option<Backup> {
        let folder = self.folder.to_owned();
        let to = self.parsed("backup.to", |text| match text.split_once("://") {
            None if !text.is_empty() => Ok(folder.join(text).display().to_string()),
            Some(("s3", bucket)) if !bucket.is_empty() => Ok(text.to_owned()),
            None | Some(_) => Err("a folder is meant, or `s3://BUCKET/PREFIX`"),
        });
        let Some(to) = to else {
            let given = OTHERS.iter().find(|path| self.source.get(path).is_some());
            if let Some(path) = given.filter(|_| self.source.get("backup.to").is_none()) {
                self.wrong(path, "no place for backups is named", "add `backup.to`");
            }
            return None;
        };
        Some(Backup {
            to,
            every: self.duration("backup.every", EVERY, 3600),
            keep: self.number("backup.keep", (1, 10_000), 48),
        })
    }
}
