//! The keys of the journal's periods: one a month, wrapped as all else in the keyring.

use std::sync::PoisonError;

use domain::{Entropy, Fault};
use journal::{Opening, Period, PeriodKey, PeriodKeys, SealFault, Sealed};
use store::Priority;
use store::keyring::PeriodRow;
use zeroize::Zeroizing;

use super::{Keyring, PeriodCache, as_key, damaged};
use crate::envelope::RecordKey;

impl Keyring {
    /// Does something with the key of a period, which is made where there is none yet.
    ///
    /// # Errors
    /// When the key cannot be made or kept.
    pub fn with_period<R>(
        &self,
        period: Period,
        entropy: &dyn Entropy,
        work: impl FnOnce(&PeriodKey) -> R,
    ) -> Result<R, Fault> {
        loop {
            let periods = self.periods.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(key) = periods.key(period) {
                return Ok(work(key));
            }
            drop(periods);
            self.make_period(period, entropy)?;
        }
    }

    /// The keys of all periods as they are now, for work that takes long.
    ///
    /// # Errors
    /// When the keyring cannot be read or a key in it is damaged.
    pub fn period_keys(&self) -> Result<PeriodCache, Fault> {
        let _epoch = self.hold_epoch();
        self.unwrapped_periods()
    }

    /// Opens the detail of an entry or of a part.
    ///
    /// # Errors
    /// When the period's key is gone or the sealed bytes are damaged.
    pub fn open_detail(&self, sealed: &[u8], what: Sealed) -> Result<Opening, SealFault> {
        let periods = self.periods.read().unwrap_or_else(PoisonError::into_inner);
        journal::seal::open(sealed, what, self.installation.as_bytes(), &*periods)
    }

    fn make_period(&self, period: Period, entropy: &dyn Entropy) -> Result<(), Fault> {
        let _one = self
            .making_period
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = self.periods.read().unwrap_or_else(PoisonError::into_inner);
        if known.key(period).is_some() {
            return Ok(());
        }
        drop(known);
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(key.as_mut_slice());
        let _epoch = self.hold_epoch();
        let row = loop {
            let row = self.wrap_period(period.0, &key, entropy)?;
            // Another process may have made the month's key, or begun another epoch: never is one
            // put in the place of another.
            let kept = self.database.write(Priority::Restrictive, move |tx| {
                if let Some(made) = tx.period_key(period.0)? {
                    return Ok(Some(made));
                }
                let active = tx.standing().and_then(|standing| standing.epoch);
                if active.is_some_and(|active| active != row.epoch) {
                    return Ok(None);
                }
                tx.put_period_key(&row)?;
                Ok(Some(row.clone()))
            })?;
            match kept {
                Some(row) => break row,
                None => self.catch_up()?,
            }
        };
        let key = self.unwrap_period(&row)?;
        let mut periods = self.periods.write().unwrap_or_else(PoisonError::into_inner);
        periods.insert(period, PeriodKey::new(&key));
        Ok(())
    }

    fn unwrapped_periods(&self) -> Result<PeriodCache, Fault> {
        let rows = self.database.read(|reader| reader.period_keys())?;
        rows.iter()
            .map(|row| {
                let key = PeriodKey::new(&*self.unwrap_period(row)?);
                Ok((Period(row.period), key))
            })
            .collect()
    }

    /// The periods that have keys.
    pub(crate) fn periods(&self) -> Vec<Period> {
        self.periods
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .copied()
            .collect()
    }

    /// Destroys the key of a period: its details can be read no more.
    pub(crate) fn destroy_period(&self, period: Period) -> Result<(), Fault> {
        self.database.write(Priority::Destroys, move |tx| {
            tx.destroy_period_key(period.0)
        })?;
        self.periods
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&period);
        Ok(())
    }

    pub(super) fn load_periods(&self) -> Result<(), Fault> {
        let known = self.unwrapped_periods()?;
        *self.periods.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    fn wrap_period(
        &self,
        period: u16,
        key: &RecordKey,
        entropy: &dyn Entropy,
    ) -> Result<PeriodRow, Fault> {
        let epoch = self.active_epoch();
        let mut nonce = [0; 12];
        entropy.fill(&mut nonce);
        let associated = self.period_associated(period);
        let wrapped = self
            .epochs
            .wrap(epoch, nonce, &associated, key.as_slice())?;
        Ok(PeriodRow {
            period,
            epoch,
            wrapped: [nonce.as_slice(), &wrapped].concat(),
        })
    }

    fn unwrap_period(&self, row: &PeriodRow) -> Result<RecordKey, Fault> {
        let (nonce, wrapped) = row.wrapped.split_first_chunk::<12>().ok_or_else(damaged)?;
        let associated = self.period_associated(row.period);
        as_key(
            &self
                .epochs
                .unwrap(row.epoch, *nonce, &associated, wrapped)?,
        )
    }

    fn period_associated(&self, period: u16) -> Vec<u8> {
        [
            self.associated(b"period", &[]),
            period.to_be_bytes().to_vec(),
        ]
        .concat()
    }

    /// A period's key as the active epoch has it.
    pub(crate) fn turned_period(
        &self,
        old: &PeriodRow,
        entropy: &dyn Entropy,
    ) -> Result<PeriodRow, Fault> {
        let key = self.unwrap_period(old)?;
        self.wrap_period(old.period, &key, entropy)
    }
}
