//! What is shipped: the keyring, the log of restrictive acts and the journal, to every place that
//! `installation.toml` names (mechanism, 2 and 6).

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Fault, FaultKind};
use door::Vault;
use door::backup::{BackupKey, Kind, Manifest, Place, Shelf, Shipped, place};
use jiff::Timestamp;

use crate::kept::Kept;

/// Places that the keyring is to be in.
const PLACES_MIN: usize = 2;

/// What was shipped by this process.
pub struct Shipping {
    /// One shipping at a time.
    work: Mutex<()>,
    /// How long the log of restrictive acts was when all places had it.
    log_bytes: AtomicU64,
    /// What became of the last shipping, place by place.
    last: Mutex<Vec<LastShipping>>,
}

/// What became of the last shipping to a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastShipping {
    /// What the place is called.
    pub place: String,
    /// When it was tried.
    pub at: Timestamp,
    /// What went wrong, if anything did.
    pub failed: Option<String>,
}

/// A place as it is named, opened.
type Named = (String, Result<Arc<dyn Place>, Fault>);

/// A place and what became of shipping to it.
#[derive(Debug)]
pub struct Ships {
    /// What the place is called.
    pub place: String,
    /// What it has now, or why it has not.
    pub outcome: Result<Shipped, Fault>,
}

/// A place and the copy that it holds.
#[derive(Debug)]
pub struct CopyState {
    /// What the place is called.
    pub place: String,
    /// When the copy was made, if there is one, or why that cannot be told.
    pub at: Result<Option<Timestamp>, Fault>,
    /// Whether it has every restrictive act, and is opened by no key that is to be destroyed.
    pub current: bool,
}

impl Shipping {
    pub(crate) fn begin(vault: &Vault) -> Result<Self, Fault> {
        Ok(Self {
            work: Mutex::default(),
            log_bytes: AtomicU64::new(vault.logged_bytes()?),
            last: Mutex::default(),
        })
    }
}

impl Kept {
    /// How many places for copies of the keyring are missing: with fewer than two, one mishap takes
    /// the last copy. A rehearsal, whose people are invented, misses none.
    #[must_use]
    pub fn copy_places_missing(&self) -> usize {
        if self.is_rehearsal() {
            return 0;
        }
        PLACES_MIN.saturating_sub(self.copy_places().len())
    }

    /// The places that are named for copies of the keyring.
    #[must_use]
    pub fn copy_places(&self) -> &[String] {
        &self.vault.description().keyring_copies
    }

    fn copies(&self) -> Vec<Named> {
        let root = &self.vault.layout().root;
        let named = self.copy_places().iter();
        named
            .map(|name| (name.clone(), place(name, root)))
            .collect()
    }

    /// Ships to every place, each on its own: one that is down is told of and stops no other.
    ///
    /// # Errors
    /// When the installation itself cannot be read.
    pub fn ship(&self) -> Result<Vec<Ships>, Fault> {
        let _one = self
            .shipping
            .work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let copies = self.copies();
        if copies.is_empty() {
            return Ok(Vec::new());
        }
        // What is logged from here on is the next shipping's.
        let log_bytes = self.vault.logged_bytes()?;
        let files = self.lasting_files()?;
        let now = self.moment()?.now;
        let at = now.as_microsecond();
        let shipped: Vec<Ships> = copies
            .into_iter()
            .map(|(place, opened)| Ships {
                outcome: opened.and_then(|opened| self.vault.ship(&opened, at, &files)),
                place,
            })
            .collect();
        let last = shipped.iter().map(|one| LastShipping {
            place: one.place.clone(),
            at: now,
            failed: one
                .outcome
                .as_ref()
                .err()
                .map(|fault| fault.message.clone()),
        });
        *self
            .shipping
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = last.collect();
        if shipped.iter().all(|one| one.outcome.is_ok()) {
            self.shipping.log_bytes.store(log_bytes, Ordering::Release);
        }
        Ok(shipped)
    }

    /// What became of the last shipping of this process, place by place; nothing before the first.
    #[must_use]
    pub fn last_shipping(&self) -> Vec<LastShipping> {
        let last = self.shipping.last.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a restrictive act was done that not every place has.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn has_to_ship(&self) -> Result<bool, Fault> {
        if self.copy_places().is_empty() {
            return Ok(false);
        }
        let shipped = self.shipping.log_bytes.load(Ordering::Acquire);
        Ok(self.vault.logged_bytes()? > shipped)
    }

    /// Ships before an epoch's key is destroyed: every place must hold a copy of the keyring that
    /// the key does not open, or the key stays.
    pub(crate) fn ship_without_epoch(&self, epoch: u32) -> Result<(), Fault> {
        for one in self.ship()? {
            let behind = match one.outcome {
                Ok(shipped) if shipped.oldest_epoch > epoch => continue,
                Ok(_) => None,
                Err(fault) => Some(fault),
            };
            let waiting = Fault::new(
                FaultKind::Unavailable,
                format!(
                    "the key of epoch {epoch} is kept until {} has a copy of the keyring without it",
                    one.place
                ),
            )
            .remedy(
                "make the place available, then run `kept keys rotate` again; a place that is no \
                 more is taken out of `keyring-copies` in `installation.toml`",
            );
            return Err(match behind {
                Some(fault) => waiting.because(fault),
                None => waiting,
            });
        }
        Ok(())
    }

    /// The places and what they hold, looked up there.
    ///
    /// # Errors
    /// When the installation itself cannot be read.
    pub fn copy_states(&self) -> Result<Vec<CopyState>, Fault> {
        let copies = self.copies();
        if copies.is_empty() {
            return Ok(Vec::new());
        }
        let key = BackupKey::make(self.vault.layout(), self.vault.entropy())?;
        let log_bytes = self.vault.logged_bytes()?;
        let active = self.vault.keyring().active_epoch();
        let state = |(called, opened): Named| {
            let found = opened.and_then(|opened| Shelf::new(opened, &key, Kind::Keyring).current());
            let is_current = |it: &Manifest| {
                it.log_bytes == log_bytes && it.epochs.iter().all(|epoch| *epoch >= active)
            };
            CopyState {
                place: called,
                current: matches!(&found, Ok(Some(manifest)) if is_current(manifest)),
                at: found.map(|found| found.map(|manifest| manifest.moment())),
            }
        };
        Ok(copies.into_iter().map(state).collect())
    }

    /// The folder beside which relative places are named.
    pub(crate) fn root(&self) -> PathBuf {
        self.vault.layout().root.clone()
    }
}
