//! A backup on demand or on schedule.

use std::sync::PoisonError;

use domain::{Fault, FaultKind};
use door::backup::{KeptBackup, place};
use jiff::Timestamp;
use journal::Act;
use store::Priority;

use super::copies::Ships;
use crate::act::Acting;
use crate::kept::Kept;

/// Where the last good backup is noted.
const LAST: &str = "backup-last";

/// A backup that was made.
#[derive(Debug)]
pub struct BackedUp {
    /// What it is called.
    pub id: String,
    /// Of which moment it is.
    pub at: Timestamp,
    /// How many rows each table has in it.
    pub rows: Vec<(String, u64)>,
    /// How many entries of the journal.
    pub journal_size: u64,
    /// How many bytes it has in all, sealed.
    pub bytes: u64,
    /// How many of them were written now: the rest was there from earlier backups.
    pub bytes_written: u64,
    /// How many chunks it is made of.
    pub chunks: u64,
    /// How many of them were there.
    pub chunks_there: u64,
    /// How many backups the place has now, and how many older ones went.
    pub kept: KeptBackup,
    /// Where the keyring was shipped before.
    pub copies: Vec<Ships>,
    /// Where it stands in the journal.
    pub receipt: u64,
}

/// The last backup that was made, as the installation notes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastBackup {
    /// Of which moment it is.
    pub at: Timestamp,
    /// What it is called.
    pub id: String,
    /// Where it is.
    pub place: String,
}

impl Kept {
    /// Backs the data up to a place while reads and writes go on, reads it back, and keeps the
    /// latest `keep` of the place. The keyring is shipped to its own places before the backup
    /// counts, so that no backup has a record whose key is nowhere. `told` hears of rows.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the place cannot be written, or the keyring could be shipped
    /// to none of its places: then the last backup stands. [`FaultKind::Conflict`] when the place
    /// holds another installation's.
    pub fn back_up(
        &self,
        to: &str,
        keep: u32,
        acting: &Acting,
        told: &mut dyn FnMut(u64),
    ) -> Result<BackedUp, Fault> {
        let _one = self
            .backup_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A long read would hold a turn of the keys up.
        let _keys = self
            .keys_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.check_journal_open()?;
        let place = place(to, &self.root())?;
        let moment = self.moment()?;
        let mut copies = Vec::new();
        let made = self.vault.back_up(
            &place,
            moment.now.as_microsecond(),
            &mut || {
                copies = self.ship()?;
                shipped_somewhere(&copies)
            },
            told,
        )?;
        let manifest = made.manifest;
        let law = self.law();
        let mut detail = self.detail(Act::BackupMade, &acting.actor, moment, &law);
        detail.digest = Some(manifest.journal_root);
        detail.reference = Some(manifest.journal_size);
        detail.rule = Some(manifest.id());
        let entry = self.vault.entry(&detail)?;
        let last = LastBackup {
            at: moment.now,
            id: manifest.id(),
            place: to.to_owned(),
        };
        let noted = last.encode();
        let receipt = self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_meta(LAST, &noted)?;
            tx.append(&entry)
        })?;
        let kept = self.vault.keep_backups(&place, keep)?;
        Ok(BackedUp {
            id: manifest.id(),
            at: moment.now,
            rows: manifest
                .rows()
                .into_iter()
                .map(|(name, rows)| (name.to_owned(), rows))
                .collect(),
            journal_size: manifest.journal_size,
            bytes: manifest.bytes(),
            bytes_written: made.bytes_written,
            chunks: manifest.chunks.len() as u64,
            chunks_there: made.chunks_there,
            kept,
            copies,
            receipt,
        })
    }

    /// The last backup that was made, if one was.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn last_backup(&self) -> Result<Option<LastBackup>, Fault> {
        let noted = self.vault.data().read(|reader| reader.meta(LAST))?;
        Ok(noted.as_deref().and_then(LastBackup::decode))
    }
}

impl LastBackup {
    fn encode(&self) -> Vec<u8> {
        format!("{}\n{}\n{}", self.at.as_microsecond(), self.id, self.place).into_bytes()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(bytes).ok()?.splitn(3, '\n');
        Some(Self {
            at: Timestamp::from_microsecond(parts.next()?.parse().ok()?).ok()?,
            id: parts.next()?.to_owned(),
            place: parts.next()?.to_owned(),
        })
    }
}

/// Of the places that are named, at least one must have the keyring.
fn shipped_somewhere(copies: &[Ships]) -> Result<(), Fault> {
    let none = !copies.is_empty() && copies.iter().all(|one| one.outcome.is_err());
    match none {
        true => Err(Fault::new(
            FaultKind::Unavailable,
            "the keyring could be shipped to none of its places: the backup does not count",
        )
        .remedy(
            "make a place of `keyring-copies` in `installation.toml` available, then back up again",
        )),
        false => Ok(()),
    }
}
