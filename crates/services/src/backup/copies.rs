//! What is shipped: the keyring, the log of restrictive acts and the journal, to every place that
//! `installation.toml` names (mechanism, 2 and 6).

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{Fault, FaultKind};
use door::Vault;
use door::backup::{BackupKey, Kind, Manifest, Place, Shelf, Shipped, place};
use jiff::{SignedDuration, Timestamp};

use crate::kept::Kept;

/// The work of shipping: copies of Kept on one database ship to the same places one after the other.
const SHIPPING: &str = "ship-keyring";
/// How long it is another copy's where that went silent.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(1);
/// How long one waits for another: longer than a claim lasts that nobody renews.
const PATIENCE: Duration = Duration::from_secs(90);

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

/// What a place holds already, where it holds so many bytes of the log.
type Held<'h> = &'h dyn Fn(&Arc<dyn Place>, u64) -> Option<Shipped>;

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
    pub(crate) fn begin(vault: &Vault) -> Self {
        Self {
            work: Mutex::default(),
            log_bytes: AtomicU64::new(vault.logged_at_first()),
            last: Mutex::default(),
        }
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

    /// Ships to every place, each on its own: one that is down is told of and stops no other. Where
    /// several copies of Kept work on one database, one ships at a time.
    ///
    /// # Errors
    /// When the installation itself cannot be read; [`FaultKind::Unavailable`] when another copy is
    /// shipping and does not come to an end.
    pub fn ship(&self) -> Result<Vec<Ships>, Fault> {
        self.ship_unless(&|_, _| None)
    }

    /// Ships the restrictive acts that were done to every place that does not have them: another copy
    /// of Kept may have shipped them with its own.
    ///
    /// # Errors
    /// As [`Kept::ship`].
    pub fn ship_acts(&self) -> Result<Vec<Ships>, Fault> {
        if !self.is_one_of_several() {
            return self.ship();
        }
        self.ship_unless(&|place, log_bytes| {
            // What cannot be told, or is damaged, is written anew.
            let there = self.vault.shipped_to(place).ok().flatten()?;
            let holds = self.is_log_of(log_bytes, there.log_bytes);
            holds.unwrap_or(false).then_some(there)
        })
    }

    /// Whether a place that holds so many bytes of a log has all that ours had when it was `least`
    /// long: one that is longer than ours is another.
    fn is_log_of(&self, least: u64, there: u64) -> Result<bool, Fault> {
        Ok(there >= least && there <= self.vault.restrictive().bytes()?)
    }

    /// Ships to every place that does not hold what it is to: as far as `held` says so of a place and
    /// of the bytes of the log.
    fn ship_unless(&self, held: Held<'_>) -> Result<Vec<Ships>, Fault> {
        let _one = self
            .shipping
            .work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let copies = self.copies();
        if copies.is_empty() {
            return Ok(Vec::new());
        }
        let claimed = self
            .claim_in_turn(SHIPPING, CLAIM_LASTS, PATIENCE)?
            .ok_or_else(another_ships)?;
        // What is logged from here on is the next shipping's.
        let log_bytes = self.vault.restrictive().bytes()?;
        let files = self.lasting_files()?;
        let now = self.moment()?.now;
        let at = now.as_microsecond();
        let shipped: Vec<Ships> = copies
            .into_iter()
            .map(|(place, opened)| Ships {
                outcome: opened.and_then(|opened| match held(&opened, log_bytes) {
                    Some(there) => Ok(there),
                    None => self.vault.ship(&opened, at, &files, &|| claimed.still()),
                }),
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
        Ok(self.vault.restrictive().bytes()? > shipped)
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
        let log_bytes = self.vault.restrictive().bytes()?;
        let active = self.vault.keyring().active_epoch();
        let state = |(called, opened): Named| {
            let found = opened.and_then(|opened| Shelf::new(opened, &key, Kind::Keyring).current());
            let is_current = |it: &Manifest| {
                self.is_log_of(log_bytes, it.log_bytes).unwrap_or(false)
                    && it.epochs.iter().all(|epoch| *epoch >= active)
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

fn another_ships() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "another copy of Kept is shipping the keyring, and has been for long",
    )
    .remedy("wait until it has finished, then run `kept keys ship`; a server tries again by itself")
}
