//! The epochs of the keyring: their rows, and what the key of each wraps.

use domain::Fault;

use crate::database::Reader;
use crate::rows::{all, one, put};
use crate::sql;
use crate::writer::Tx;

/// An epoch's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EpochState {
    /// Its key exists; nothing is written with it yet.
    Made,
    /// New keys are wrapped with it.
    Active,
    /// Its keys are being wrapped anew with the next one.
    Retiring,
    /// Nothing is wrapped with it any more; its key is being destroyed.
    Emptied,
    /// Its key is destroyed.
    Destroyed,
}

impl EpochState {
    fn number(self) -> u8 {
        match self {
            Self::Made => 0,
            Self::Active => 1,
            Self::Retiring => 2,
            Self::Destroyed => 3,
            Self::Emptied => 4,
        }
    }

    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Made,
            1 => Self::Active,
            2 => Self::Retiring,
            4 => Self::Emptied,
            _ => Self::Destroyed,
        }
    }
}

/// An epoch as stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EpochRow {
    /// Its number, from 1.
    pub number: u32,
    /// Where it is in its life.
    pub state: EpochState,
    /// When its key was made, microseconds UTC.
    pub made: i64,
    /// When its key was destroyed, microseconds UTC.
    pub destroyed: Option<i64>,
}

/// How many rows of each sort an epoch's key wraps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EpochRows {
    /// Keys of records.
    pub record_keys: u64,
    /// Look-ups.
    pub look_ups: u64,
    /// Suppressions.
    pub suppressions: u64,
    /// Keys of the journal's periods.
    pub period_keys: u64,
}

impl EpochRows {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.record_keys + self.look_ups + self.suppressions + self.period_keys
    }
}

impl Reader<'_> {
    /// All epochs, the oldest first.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn epochs(&self) -> Result<Vec<EpochRow>, Fault> {
        all(self.connection, sql::EPOCHS, (), |row| {
            Ok(EpochRow {
                number: row.get(0)?,
                state: EpochState::from_number(row.get(1)?),
                made: row.get(2)?,
                destroyed: row.get(3)?,
            })
        })
    }

    /// What an epoch's key still wraps.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn left_in_epoch(&self, epoch: u32) -> Result<EpochRows, Fault> {
        // A person's keys and the look-ups may be on different machines: they are counted one by
        // one, at one instant.
        let instant = self.instant()?;
        let count = |query: &'static str| -> Result<u64, Fault> {
            let count = one(self.connection, query, [epoch], |row| row.get(0))?;
            Ok(count.unwrap_or_default())
        };
        let left = EpochRows {
            record_keys: count(sql::EPOCH_KEYS)?,
            look_ups: count(sql::EPOCH_LOOK_UPS)?,
            suppressions: count(sql::EPOCH_SUPPRESSIONS)?,
            period_keys: count(sql::EPOCH_PERIODS)?,
        };
        instant.end()?;
        Ok(left)
    }
}

impl Tx<'_> {
    /// Adds an epoch or moves it on in its life.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn put_epoch(&mut self, row: &EpochRow) -> Result<(), Fault> {
        let values = (row.number, row.state.number(), row.made, row.destroyed);
        put(self.connection, sql::EPOCH_PUT, values)
    }
}
