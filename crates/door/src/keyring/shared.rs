//! A keyring that other processes write to as well: what they did to it is taken notice of, and
//! what was wrapped by an epoch that one of them ended is wrapped anew.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::{Entropy, Fault, FaultKind};
use store::Priority;
use store::keyring::EpochState;

use super::look_ups::Lasting;
use super::{Keyring, NewEntries, active_of, put};
use crate::envelope::RecordKey;

/// What entries wrap, in their order.
struct Unwrapped {
    keys: Vec<RecordKey>,
    look_ups: Vec<Lasting>,
    reserved: Vec<Lasting>,
    suppressions: Vec<Lasting>,
}

impl Keyring {
    /// Keeps keys and look-ups for records that are about to be stored. A reserved look-up is its
    /// person's alone; it must be confirmed once the record is stored.
    ///
    /// Where other processes write to the keyring too, one of them may have begun another epoch
    /// since the entries were wrapped: then they are wrapped anew.
    pub(crate) fn keep(
        &self,
        entries: NewEntries,
        priority: Priority,
        entropy: &dyn Entropy,
    ) -> Result<(), Fault> {
        let mut entries = Arc::new(entries);
        loop {
            let these = Arc::clone(&entries);
            let kept = self.database.write(priority, move |tx| {
                let active = tx.standing().and_then(|standing| standing.epoch);
                if active.is_some_and(|active| these.are_of_another(active)) {
                    return Ok(false);
                }
                put(tx, &these).map(|()| true)
            })?;
            if kept {
                return Ok(());
            }
            // Before the key of the old epoch is forgotten here.
            let plain = self.unwrapped(&entries)?;
            self.catch_up()?;
            entries = Arc::new(self.wrapped_anew(&entries, &plain, entropy)?);
        }
    }

    /// What entries wrap that are not kept yet; all of them are of one epoch.
    fn unwrapped(&self, entries: &NewEntries) -> Result<Unwrapped, Fault> {
        let epoch = entries.epoch();
        let hashes = |wrapped: Vec<Vec<u8>>| self.unwrap_lasting(epoch, wrapped);
        let wrapped = |row: &store::keyring::LookUpRow| row.wrapped.clone();
        let suppressed = entries.suppressions.iter().map(|row| row.wrapped.clone());
        let reserved = entries.reserved.iter().map(|(row, _)| wrapped(row));
        Ok(Unwrapped {
            keys: self.unwrap_keys(&entries.keys.iter().collect::<Vec<_>>())?,
            look_ups: hashes(entries.look_ups.iter().map(wrapped).collect())?,
            reserved: hashes(reserved.collect())?,
            suppressions: hashes(suppressed.collect())?,
        })
    }

    /// The same entries as the active epoch has them.
    fn wrapped_anew(
        &self,
        old: &NewEntries,
        plain: &Unwrapped,
        entropy: &dyn Entropy,
    ) -> Result<NewEntries, Fault> {
        let keys: Vec<_> = old
            .keys
            .iter()
            .zip(&plain.keys)
            .map(|(row, key)| (row.subject, row.id, key))
            .collect();
        let mut new = NewEntries {
            keys: self.wrap_keys(&keys, entropy)?,
            ..NewEntries::default()
        };
        let (epoch, hashes) = self.as_active(&plain.look_ups, entropy)?;
        for (row, hash) in old.look_ups.iter().zip(hashes) {
            new.look_ups.push(hash.look_up(row, epoch));
        }
        let (epoch, hashes) = self.as_active(&plain.reserved, entropy)?;
        for ((row, tokens), hash) in old.reserved.iter().zip(hashes) {
            let tokens = tokens.iter().cloned().chain([hash.token.clone()]);
            let tokens = tokens.collect();
            new.reserved.push((hash.look_up(row, epoch), tokens));
        }
        let (epoch, hashes) = self.as_active(&plain.suppressions, entropy)?;
        for (row, hash) in old.suppressions.iter().zip(hashes) {
            new.suppressions.push(hash.suppression(row, epoch));
        }
        Ok(new)
    }

    /// Takes notice of what other processes did to the keyring: of the epoch that is active, of
    /// epochs whose keys are gone, of periods' keys.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn catch_up(&self) -> Result<(), Fault> {
        if !self.database.is_shared() {
            return Ok(());
        }
        let rows = self.epochs()?;
        self.active.store(active_of(&rows), Ordering::Release);
        for row in rows.iter().filter(|row| row.state == EpochState::Destroyed) {
            self.forget_epoch(row.number);
        }
        self.load_periods()
    }

    /// Does something with keys that were looked up: where another process ended their epoch between
    /// the two, once more.
    pub(crate) fn with_epochs<R>(&self, work: impl Fn() -> Result<R, Fault>) -> Result<R, Fault> {
        match work() {
            Err(fault) if self.database.is_shared() && fault.kind == FaultKind::Unavailable => {
                self.catch_up()?;
                work()
            }
            outcome => outcome,
        }
    }
}

impl NewEntries {
    /// The epochs of the entries, one for each.
    fn epochs(&self) -> impl Iterator<Item = u32> {
        let reserved = self.reserved.iter().map(|(row, _)| row.epoch);
        let keys = self.keys.iter().map(|row| row.epoch);
        let look_ups = self.look_ups.iter().map(|row| row.epoch);
        let suppressions = self.suppressions.iter().map(|row| row.epoch);
        keys.chain(look_ups).chain(reserved).chain(suppressions)
    }

    /// The epoch that look-ups and suppressions are of: they are made under one.
    fn epoch(&self) -> u32 {
        self.epochs().last().unwrap_or_default()
    }

    /// Whether one of them is wrapped by the key of another epoch than this.
    fn are_of_another(&self, active: u32) -> bool {
        self.epochs().any(|epoch| epoch != active)
    }
}
