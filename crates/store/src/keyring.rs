//! The rows of the keyring: wrapped record keys, look-ups, suppressions, period keys, epochs.

mod epoch;
mod log;

use domain::{Fault, KeyId, RecordId, SubjectId};

pub use self::epoch::{EpochRow, EpochRows, EpochState};
use crate::database::Reader;
use crate::rows::{all, each, one, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A record's key, wrapped by an epoch's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRow {
    /// Whose record.
    pub subject: SubjectId,
    /// Which sealing.
    pub id: KeyId,
    /// The epoch whose key wraps it.
    pub epoch: u32,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// The wrapped keys of a person's records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonKeys {
    /// Whose.
    pub subject: SubjectId,
    /// The keys, in no order.
    pub keys: Vec<KeyRow>,
}

impl PersonKeys {
    pub(crate) fn none(subject: SubjectId) -> Self {
        let keys = Vec::new();
        Self { subject, keys }
    }
}

/// A look-up entry: finds a person by the exact value of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookUpRow {
    /// The number of the field, or of the series.
    pub field: u32,
    /// The keyed hash of the value.
    pub token: Vec<u8>,
    /// Who it finds.
    pub subject: SubjectId,
    /// The record that holds the value.
    pub record: RecordId,
    /// The epoch that the token is of.
    pub epoch: u32,
    /// The wrapped lasting hash, from which the next epoch's token is made.
    pub wrapped: Vec<u8>,
    /// Whether the record is known to be stored.
    pub confirmed: bool,
}

/// A suppression: an objection that outlives the erasure of the rest (13d).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuppressionRow {
    /// The number of the field.
    pub field: u32,
    /// The keyed hash of the value.
    pub token: Vec<u8>,
    /// The epoch that the token is of.
    pub epoch: u32,
    /// The wrapped lasting hash.
    pub wrapped: Vec<u8>,
    /// When the objection was made, microseconds UTC.
    pub made: i64,
}

/// The key of a period of the journal's details, wrapped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeriodRow {
    /// The month: twelve times the year, plus the month from 0.
    pub period: u16,
    /// The epoch whose key wraps it.
    pub epoch: u32,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

fn key_row(subject: SubjectId, row: &Row<'_>) -> Result<KeyRow, Fault> {
    Ok(KeyRow {
        subject,
        id: KeyId(row.get(0)?),
        epoch: row.get(1)?,
        wrapped: row.get(2)?,
    })
}

impl Reader<'_> {
    /// A setting of the keyring.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn key_meta(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        one(self.connection, sql::KEY_META_GET, [key], |row| row.get(0))
    }

    /// The keys of a person's records.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_of(&self, subject: SubjectId) -> Result<Vec<KeyRow>, Fault> {
        all(self.connection, sql::KEYS_OF, [subject.as_bytes()], |row| {
            key_row(subject, row)
        })
    }

    /// The wrapped keys of the records of some people, in their order.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_of_each(&self, people: &[SubjectId]) -> Result<Vec<Vec<KeyRow>>, Fault> {
        let mut keys: Vec<Vec<KeyRow>> = people.iter().map(|_| Vec::new()).collect();
        let of: Vec<_> = people.iter().map(|id| [id.as_bytes()]).collect();
        each(self.connection, sql::KEYS_OF, &of, |place, row| {
            if let (Some(keys), Some(subject)) = (keys.get_mut(place), people.get(place)) {
                keys.push(key_row(*subject, row)?);
            }
            Ok(())
        })?;
        Ok(keys)
    }

    /// Up to `most` keys after one, in order.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_after(
        &self,
        after: Option<(SubjectId, KeyId)>,
        most: u32,
    ) -> Result<Vec<KeyRow>, Fault> {
        let (subject, key) = after
            .map(|(subject, key)| (subject.0.to_vec(), key.0.to_vec()))
            .unwrap_or_default();
        all(
            self.connection,
            sql::KEYS_AFTER,
            (subject, key, most),
            |row| {
                Ok(KeyRow {
                    subject: SubjectId(row.get(0)?),
                    id: KeyId(row.get(1)?),
                    epoch: row.get(2)?,
                    wrapped: row.get(3)?,
                })
            },
        )
    }

    /// Who and which record a look-up finds. A hit is a hint, to be checked against the value.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn look_up(&self, field: u32, token: &[u8]) -> Result<Vec<(SubjectId, RecordId)>, Fault> {
        all(self.connection, sql::LOOK_UP_FIND, (field, token), |row| {
            Ok((SubjectId(row.get(0)?), RecordId(row.get(1)?)))
        })
    }

    /// Up to `most` look-ups that were reserved and not confirmed.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn open_look_ups(&self, most: u32) -> Result<Vec<(SubjectId, RecordId)>, Fault> {
        all(self.connection, sql::LOOK_UPS_OPEN, [most], |row| {
            Ok((SubjectId(row.get(0)?), RecordId(row.get(1)?)))
        })
    }

    /// Up to `most` look-ups of an epoch.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn look_ups_of_epoch(&self, epoch: u32, most: u32) -> Result<Vec<LookUpRow>, Fault> {
        all(
            self.connection,
            sql::LOOK_UPS_OF_EPOCH,
            (epoch, most),
            |row| {
                Ok(LookUpRow {
                    field: row.get(0)?,
                    token: row.get(1)?,
                    subject: SubjectId(row.get(2)?),
                    record: RecordId(row.get(3)?),
                    epoch,
                    wrapped: row.get(4)?,
                    confirmed: row.get(5)?,
                })
            },
        )
    }

    /// The look-ups of a record with numbers from `from` on.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn look_ups_of(
        &self,
        subject: SubjectId,
        record: RecordId,
        from: u32,
    ) -> Result<Vec<LookUpRow>, Fault> {
        let of = (subject.as_bytes(), record.as_bytes(), from);
        all(self.connection, sql::LOOK_UPS_OF, of, |row| {
            Ok(LookUpRow {
                field: row.get(0)?,
                token: row.get(1)?,
                subject: SubjectId(row.get(2)?),
                record: RecordId(row.get(3)?),
                wrapped: row.get(4)?,
                confirmed: row.get(5)?,
                epoch: row.get(6)?,
            })
        })
    }

    /// Since when a value is suppressed, if it is; microseconds UTC.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn suppressed(&self, field: u32, token: &[u8]) -> Result<Option<i64>, Fault> {
        one(
            self.connection,
            sql::SUPPRESSION_FIND,
            (field, token),
            |row| row.get(0),
        )
    }

    /// Up to `most` suppressions of an epoch.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn suppressions_of_epoch(
        &self,
        epoch: u32,
        most: u32,
    ) -> Result<Vec<SuppressionRow>, Fault> {
        all(
            self.connection,
            sql::SUPPRESSIONS_OF_EPOCH,
            (epoch, most),
            |row| {
                Ok(SuppressionRow {
                    field: row.get(0)?,
                    token: row.get(1)?,
                    epoch,
                    wrapped: row.get(2)?,
                    made: row.get(3)?,
                })
            },
        )
    }

    /// The keys of the journal's periods.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn period_keys(&self) -> Result<Vec<PeriodRow>, Fault> {
        all(self.connection, sql::PERIODS, (), |row| {
            Ok(PeriodRow {
                period: row.get(0)?,
                epoch: row.get(1)?,
                wrapped: row.get(2)?,
            })
        })
    }
}

impl Tx<'_> {
    /// Changes a setting of the keyring.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn put_key_meta(&mut self, key: &str, value: &[u8]) -> Result<(), Fault> {
        put(self.connection, sql::KEY_META_PUT, (key, value))
    }

    /// Stores a key, or the same key wrapped by another epoch.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn put_key(&mut self, row: &KeyRow) -> Result<(), Fault> {
        self.changes_person(row.subject);
        let values = (
            row.subject.as_bytes(),
            row.id.as_bytes(),
            row.epoch,
            &row.wrapped,
        );
        put(self.connection, sql::KEY_PUT, values)
    }

    /// Replaces a key by the same of another epoch; one that was destroyed meanwhile stays so.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn turn_key(&mut self, row: &KeyRow) -> Result<(), Fault> {
        self.changes_person(row.subject);
        let values = (
            row.epoch,
            &row.wrapped,
            row.subject.as_bytes(),
            row.id.as_bytes(),
        );
        put(self.connection, sql::KEY_TURN, values)
    }

    /// The key of a period, inside the transaction.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn period_key(&self, period: u16) -> Result<Option<PeriodRow>, Fault> {
        one(self.connection, sql::PERIOD_GET, [period], |row| {
            Ok(PeriodRow {
                period,
                epoch: row.get(0)?,
                wrapped: row.get(1)?,
            })
        })
    }

    /// Destroys a key, if there is one.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn destroy_key(&mut self, subject: SubjectId, id: KeyId) -> Result<(), Fault> {
        self.changes_person(subject);
        let key = (subject.as_bytes(), id.as_bytes());
        put(self.connection, sql::KEY_DELETE, key)
    }

    /// Adds a look-up, or reserves one.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn put_look_up(&mut self, row: &LookUpRow) -> Result<(), Fault> {
        let values = (
            row.field,
            &row.token,
            row.subject.as_bytes(),
            row.record.as_bytes(),
            row.epoch,
            &row.wrapped,
            row.confirmed,
        );
        put(self.connection, sql::LOOK_UP_ADD, values)
    }

    /// Who a look-up finds, inside the transaction.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn look_up(&self, field: u32, token: &[u8]) -> Result<Vec<(SubjectId, RecordId)>, Fault> {
        Reader {
            connection: self.connection,
        }
        .look_up(field, token)
    }

    /// Confirms the look-ups of a record that is stored now.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn confirm_look_ups(&mut self, subject: SubjectId, record: RecordId) -> Result<(), Fault> {
        put(
            self.connection,
            sql::LOOK_UP_CONFIRM,
            (subject.as_bytes(), record.as_bytes()),
        )
    }

    /// Forgets the look-ups of a record.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn forget_look_ups(&mut self, subject: SubjectId, record: RecordId) -> Result<(), Fault> {
        put(
            self.connection,
            sql::LOOK_UP_FORGET,
            (subject.as_bytes(), record.as_bytes()),
        )
    }

    /// Replaces a look-up by the same of another epoch.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn turn_look_up(&mut self, old: &LookUpRow, new: &LookUpRow) -> Result<(), Fault> {
        let key = (
            old.field,
            &old.token,
            old.subject.as_bytes(),
            old.record.as_bytes(),
        );
        if run(self.connection, sql::LOOK_UP_DELETE, key)? == 1 {
            self.put_look_up(new)?;
        }
        Ok(())
    }

    /// Adds a suppression.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn put_suppression(&mut self, row: &SuppressionRow) -> Result<(), Fault> {
        let values = (row.field, &row.token, row.epoch, &row.wrapped, row.made);
        put(self.connection, sql::SUPPRESSION_ADD, values)
    }

    /// Replaces a suppression by the same of another epoch.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn turn_suppression(
        &mut self,
        old: &SuppressionRow,
        new: &SuppressionRow,
    ) -> Result<(), Fault> {
        if run(
            self.connection,
            sql::SUPPRESSION_DELETE,
            (old.field, &old.token),
        )? == 1
        {
            self.put_suppression(new)?;
        }
        Ok(())
    }

    /// Stores a period's key.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn put_period_key(&mut self, row: &PeriodRow) -> Result<(), Fault> {
        put(
            self.connection,
            sql::PERIOD_PUT,
            (row.period, row.epoch, &row.wrapped),
        )
    }

    /// Replaces a period's key by the same of another epoch, unless it was destroyed meanwhile.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn turn_period_key(&mut self, row: &PeriodRow) -> Result<(), Fault> {
        put(
            self.connection,
            sql::PERIOD_TURN,
            (row.epoch, &row.wrapped, row.period),
        )
    }

    /// Destroys a period's key: its details can be read no more.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn destroy_period_key(&mut self, period: u16) -> Result<(), Fault> {
        put(self.connection, sql::PERIOD_DELETE, [period])
    }
}
