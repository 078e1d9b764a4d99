//! The keyring: record keys, look-ups and the journal's period keys, each wrapped by an epoch's
//! key. Everything in it turns when the epochs turn ([`crate::turn`]).

mod check;
mod periods;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use aws_lc_rs::hmac;
use domain::{Entropy, Fault, FaultKind, InstallationId, KeyId, RecordId, SubjectId};
use journal::{Period, PeriodKey};
use store::keyring::{EpochRow, EpochRows, EpochState, KeyRow, LookUpRow, SuppressionRow};
use store::{Database, Home, Priority};
use zeroize::Zeroizing;

use crate::envelope::RecordKey;
use crate::epoch::EpochKeys;
use crate::folder::Layout;

/// From this number on a look-up is of no field: what the source of a record calls it. The registry
/// of names gives numbers from 1, and never comes near.
pub const SERIES_MIN: u32 = u32::MAX - 255;
/// Bytes of a look-up's token: a keyed hash, cut; a hit is checked against the value.
const TOKEN_BYTES: usize = 16;

/// The keyring of an installation.
pub struct Keyring {
    pub(crate) database: Arc<Database>,
    pub(crate) epochs: Arc<dyn EpochKeys>,
    installation: InstallationId,
    active: AtomicU32,
    look_up: hmac::Key,
    periods: RwLock<PeriodCache>,
    making_period: Mutex<()>,
    /// Shared from the wrapping of a key to its commit; taken alone to begin a new epoch, so that
    /// nothing wrapped by the old one is written after the change.
    gate: RwLock<()>,
}

/// A look-up value in the form that is hashed: one spelling for each value.
pub struct LookUpValue(Zeroizing<Vec<u8>>);

impl LookUpValue {
    /// Takes the normalised value of a field, or the identifier of a series.
    #[must_use]
    pub fn new(normalised: &str) -> Self {
        Self(Zeroizing::new(normalised.as_bytes().to_vec()))
    }
}

impl Keyring {
    /// Opens the keyring and checks that the epoch keys belong to it, before anything is touched.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when an epoch's key is missing or is another's.
    pub fn open(
        layout: &Layout,
        epochs: Arc<dyn EpochKeys>,
        look_up: &[u8; 32],
        installation: InstallationId,
    ) -> Result<Self, Fault> {
        let look_up = hmac::Key::new(hmac::HMAC_SHA256, look_up);
        check::keys(layout, epochs.as_ref(), &look_up, installation)?;
        let database = Database::open(Home::Keyring, &layout.keyring_place())?;
        let rows = database.read(|reader| reader.epochs())?;
        let keyring = Self {
            database,
            epochs,
            installation,
            active: AtomicU32::new(active_of(&rows)),
            look_up,
            periods: RwLock::default(),
            making_period: Mutex::default(),
            gate: RwLock::default(),
        };
        keyring.load_periods()?;
        Ok(keyring)
    }

    /// The epoch that new keys are wrapped with; 0 before there is one.
    #[must_use]
    pub fn active_epoch(&self) -> u32 {
        self.active.load(Ordering::Acquire)
    }

    /// Keeps the epochs as they are until the guard goes: from wrapping to commit, and from
    /// finding a row to unwrapping it. Not to be taken twice by one thread.
    pub(crate) fn hold_epoch(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the next epoch the active one, once nothing is being wrapped with the last.
    pub(crate) fn begin_epoch(&self, old: EpochRow, new: EpochRow) -> Result<(), Fault> {
        let _alone = self.hold_alone();
        self.database.write(Priority::Ordinary, move |tx| {
            tx.put_epoch(&EpochRow {
                state: EpochState::Retiring,
                ..old
            })?;
            tx.put_epoch(&EpochRow {
                state: EpochState::Active,
                ..new
            })
        })?;
        self.active.store(new.number, Ordering::Release);
        Ok(())
    }

    /// Ends an epoch that wraps nothing any more, once nobody is in the middle of unwrapping:
    /// from here on its key is not asked for.
    pub(crate) fn end_epoch(&self, old: EpochRow) -> Result<(), Fault> {
        let _alone = self.hold_alone();
        let state = EpochState::Emptied;
        self.put_epoch(EpochRow { state, ..old })
    }

    pub(crate) fn put_epoch(&self, row: EpochRow) -> Result<(), Fault> {
        self.database
            .write(Priority::Ordinary, move |tx| tx.put_epoch(&row))
    }

    /// Waits until no batch is open, and lets none begin until the guard goes.
    pub(crate) fn hold_alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The epochs, the oldest first.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn epochs(&self) -> Result<Vec<EpochRow>, Fault> {
        self.database.read(|reader| reader.epochs())
    }

    /// What an epoch's key wraps.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn rows_of_epoch(&self, epoch: u32) -> Result<EpochRows, Fault> {
        self.database.read(|reader| reader.left_in_epoch(epoch))
    }

    /// Makes an epoch: its key first, then its row with a value to tell the key by.
    pub(crate) fn make_epoch(
        &self,
        number: u32,
        state: EpochState,
        at: i64,
        entropy: &dyn Entropy,
    ) -> Result<EpochRow, Fault> {
        self.epochs.make(number, entropy)?;
        let check = self.epochs.mac(number, &check::text(self.installation))?;
        let look_up = hmac::sign(&self.look_up, &check::text(self.installation));
        let look_up = look_up.as_ref().to_vec();
        let row = EpochRow {
            number,
            state,
            made: at,
            destroyed: None,
        };
        self.database.write(Priority::Ordinary, move |tx| {
            tx.put_key_meta(&check::name(number), &check)?;
            tx.put_key_meta(check::LOOK_UP, &look_up)?;
            tx.put_epoch(&row)
        })?;
        if state == EpochState::Active {
            self.active.store(number, Ordering::Release);
        }
        Ok(row)
    }

    /// Makes a key for one sealing and wraps it.
    ///
    /// # Errors
    /// When the active epoch's key is not there.
    pub fn new_key(
        &self,
        subject: SubjectId,
        id: KeyId,
        entropy: &dyn Entropy,
    ) -> Result<(RecordKey, KeyRow), Fault> {
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(key.as_mut_slice());
        let row = self.wrap_key(subject, id, &key)?;
        Ok((key, row))
    }

    /// Wraps a record's key with the active epoch's.
    pub(crate) fn wrap_key(
        &self,
        subject: SubjectId,
        id: KeyId,
        key: &RecordKey,
    ) -> Result<KeyRow, Fault> {
        let associated = self.associated(b"record", &[subject.as_bytes(), id.as_bytes()]);
        self.with_epochs(|| {
            let epoch = self.active_epoch();
            let wrapped = self
                .epochs
                .wrap(epoch, nonce_of(id), &associated, key.as_slice())?;
            Ok(KeyRow {
                subject,
                id,
                epoch,
                wrapped,
            })
        })
    }

    /// Unwraps a record's key.
    ///
    /// # Errors
    /// When the epoch's key is not there, or the row is damaged.
    pub fn unwrap_key(&self, row: &KeyRow) -> Result<RecordKey, Fault> {
        let associated = self.associated(b"record", &[row.subject.as_bytes(), row.id.as_bytes()]);
        let key = self
            .epochs
            .unwrap(row.epoch, nonce_of(row.id), &associated, &row.wrapped)?;
        as_key(&key)
    }

    /// The look-up entry that finds a person by a value.
    ///
    /// # Errors
    /// When the active epoch's key is not there.
    pub fn look_up_row(
        &self,
        field: u32,
        value: &LookUpValue,
        subject: SubjectId,
        record: RecordId,
        entropy: &dyn Entropy,
    ) -> Result<LookUpRow, Fault> {
        let row = LookUpRow {
            field,
            token: Vec::new(),
            subject,
            record,
            epoch: 0,
            wrapped: Vec::new(),
            confirmed: false,
        };
        self.look_up_as(row, &self.lasting(field, value), entropy)
    }

    /// A look-up of a lasting hash, as the active epoch has it.
    fn look_up_as(
        &self,
        row: LookUpRow,
        lasting: &Zeroizing<[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<LookUpRow, Fault> {
        let (epoch, token, wrapped) = self.as_active(lasting, entropy)?;
        Ok(LookUpRow {
            token,
            wrapped,
            epoch,
            ..row
        })
    }

    /// A suppression of a lasting hash, as the active epoch has it.
    fn suppression_as(
        &self,
        row: SuppressionRow,
        lasting: &Zeroizing<[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<SuppressionRow, Fault> {
        let (epoch, token, wrapped) = self.as_active(lasting, entropy)?;
        Ok(SuppressionRow {
            token,
            wrapped,
            epoch,
            ..row
        })
    }

    /// The active epoch, the token of a lasting hash in it, and the hash wrapped by its key.
    fn as_active(
        &self,
        lasting: &Zeroizing<[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<(u32, Vec<u8>, Vec<u8>), Fault> {
        self.with_epochs(|| {
            let epoch = self.active_epoch();
            let token = self.token(epoch, lasting)?;
            Ok((epoch, token, self.wrap_lasting(epoch, lasting, entropy)?))
        })
    }

    /// The entry that keeps a value suppressed.
    ///
    /// # Errors
    /// When the active epoch's key is not there.
    pub fn suppression_row(
        &self,
        field: u32,
        value: &LookUpValue,
        made: i64,
        entropy: &dyn Entropy,
    ) -> Result<SuppressionRow, Fault> {
        let row = SuppressionRow {
            field,
            token: Vec::new(),
            epoch: 0,
            wrapped: Vec::new(),
            made,
        };
        self.suppression_as(row, &self.lasting(field, value), entropy)
    }

    /// Who a value finds, in every living epoch. A hit is a hint, to be checked.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn find(
        &self,
        field: u32,
        value: &LookUpValue,
    ) -> Result<Vec<(SubjectId, RecordId)>, Fault> {
        let _epoch = self.hold_epoch();
        let lasting = self.lasting(field, value);
        let mut found = self.with_epochs(|| {
            let mut found = Vec::new();
            for epoch in self.living()? {
                let token = self.token(epoch, &lasting)?;
                found.extend(self.database.read(|reader| reader.look_up(field, &token))?);
            }
            Ok(found)
        })?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The look-ups of a record that are none of its fields': what its source calls it, and what
    /// the source said.
    pub(crate) fn series_of(
        &self,
        subject: SubjectId,
        record: RecordId,
    ) -> Result<Vec<LookUpRow>, Fault> {
        self.database
            .read(|reader| reader.look_ups_of(subject, record, SERIES_MIN))
    }

    /// The tokens of a value in every living epoch, the epochs being held.
    pub(crate) fn tokens(&self, field: u32, value: &LookUpValue) -> Result<Vec<Vec<u8>>, Fault> {
        let lasting = self.lasting(field, value);
        self.living()?
            .into_iter()
            .map(|epoch| self.token(epoch, &lasting))
            .collect()
    }

    /// Since when a value is suppressed, if it is; microseconds UTC.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn suppressed(&self, field: u32, value: &LookUpValue) -> Result<Option<i64>, Fault> {
        let _epoch = self.hold_epoch();
        for token in self.with_epochs(|| self.tokens(field, value))? {
            let made = self
                .database
                .read(|reader| reader.suppressed(field, &token))?;
            if made.is_some() {
                return Ok(made);
            }
        }
        Ok(None)
    }

    pub(crate) fn living(&self) -> Result<Vec<u32>, Fault> {
        let rows = self.epochs()?;
        Ok(rows
            .iter()
            .filter(|row| matches!(row.state, EpochState::Active | EpochState::Retiring))
            .map(|row| row.number)
            .collect())
    }

    /// `h = HMAC(k_lasting, field, value)`: lasts over epochs, never stored unwrapped.
    pub(crate) fn lasting(&self, field: u32, value: &LookUpValue) -> Zeroizing<[u8; 32]> {
        let mut context = hmac::Context::with_key(&self.look_up);
        context.update(&field.to_be_bytes());
        context.update(&value.0);
        let mut lasting = Zeroizing::new([0; 32]);
        lasting.copy_from_slice(context.sign().as_ref());
        lasting
    }

    /// `HMAC(k_epoch, h)`, cut.
    pub(crate) fn token(
        &self,
        epoch: u32,
        lasting: &Zeroizing<[u8; 32]>,
    ) -> Result<Vec<u8>, Fault> {
        Ok(self.epochs.mac(epoch, lasting.as_slice())?[..TOKEN_BYTES].to_vec())
    }

    fn wrap_lasting(
        &self,
        epoch: u32,
        lasting: &Zeroizing<[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Fault> {
        let mut nonce = [0; 12];
        entropy.fill(&mut nonce);
        let associated = self.associated(b"look-up", &[]);
        let wrapped = self
            .epochs
            .wrap(epoch, nonce, &associated, lasting.as_slice())?;
        Ok([nonce.as_slice(), &wrapped].concat())
    }

    fn unwrap_lasting(&self, epoch: u32, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, Fault> {
        let (nonce, wrapped) = wrapped.split_first_chunk::<12>().ok_or_else(damaged)?;
        let associated = self.associated(b"look-up", &[]);
        as_key(&self.epochs.unwrap(epoch, *nonce, &associated, wrapped)?)
    }

    /// A look-up as the active epoch has it.
    pub(crate) fn turned_look_up(
        &self,
        old: &LookUpRow,
        entropy: &dyn Entropy,
    ) -> Result<LookUpRow, Fault> {
        let lasting = self.unwrap_lasting(old.epoch, &old.wrapped)?;
        self.look_up_as(old.clone(), &lasting, entropy)
    }

    /// A suppression as the active epoch has it.
    pub(crate) fn turned_suppression(
        &self,
        old: &SuppressionRow,
        entropy: &dyn Entropy,
    ) -> Result<SuppressionRow, Fault> {
        let lasting = self.unwrap_lasting(old.epoch, &old.wrapped)?;
        self.suppression_as(old.clone(), &lasting, entropy)
    }

    fn associated(&self, what: &[u8], parts: &[&[u8; 16]]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + what.len() + 16 * parts.len());
        bytes.extend_from_slice(self.installation.as_bytes());
        bytes.extend_from_slice(what);
        for part in parts {
            bytes.extend_from_slice(*part);
        }
        bytes
    }
}

/// Keeping and destroying.
impl Keyring {
    /// The wrapped keys of a person's records.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_of(&self, subject: SubjectId) -> Result<Vec<KeyRow>, Fault> {
        self.database.read(|reader| reader.keys_of(subject))
    }

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
            entries = Arc::new(self.wrapped_anew(&entries, plain, entropy)?);
        }
    }

    /// What entries wrap that are not kept yet.
    fn unwrapped(&self, entries: &NewEntries) -> Result<Unwrapped, Fault> {
        let lasting = |row: &LookUpRow| self.unwrap_lasting(row.epoch, &row.wrapped);
        let suppressed = |row: &SuppressionRow| self.unwrap_lasting(row.epoch, &row.wrapped);
        let keys = entries.keys.iter().map(|row| self.unwrap_key(row));
        let reserved = entries.reserved.iter().map(|(row, _)| lasting(row));
        Ok(Unwrapped {
            keys: keys.collect::<Result<_, _>>()?,
            look_ups: entries
                .look_ups
                .iter()
                .map(lasting)
                .collect::<Result<_, _>>()?,
            reserved: reserved.collect::<Result<_, _>>()?,
            suppressions: entries
                .suppressions
                .iter()
                .map(suppressed)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The same entries as the active epoch has them.
    fn wrapped_anew(
        &self,
        entries: &NewEntries,
        plain: Unwrapped,
        entropy: &dyn Entropy,
    ) -> Result<NewEntries, Fault> {
        let look_up = |row: &LookUpRow, lasting| self.look_up_as(row.clone(), &lasting, entropy);
        let keys = entries.keys.iter().zip(plain.keys);
        let look_ups = entries.look_ups.iter().zip(plain.look_ups);
        let reserved = entries.reserved.iter().zip(plain.reserved);
        let suppressions = entries.suppressions.iter().zip(plain.suppressions);
        Ok(NewEntries {
            keys: keys
                .map(|(row, key)| self.wrap_key(row.subject, row.id, &key))
                .collect::<Result<_, _>>()?,
            look_ups: look_ups
                .map(|(row, lasting)| look_up(row, lasting))
                .collect::<Result<_, _>>()?,
            reserved: reserved
                .map(|((row, tokens), lasting)| {
                    let row = look_up(row, lasting)?;
                    let tokens = tokens.iter().cloned().chain([row.token.clone()]);
                    Ok((row.clone(), tokens.collect()))
                })
                .collect::<Result<_, Fault>>()?,
            suppressions: suppressions
                .map(|(row, lasting)| self.suppression_as(row.clone(), &lasting, entropy))
                .collect::<Result<_, _>>()?,
        })
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
            self.epochs.forget(row.number);
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

    /// Confirms the reserved look-ups of records that are stored now.
    pub(crate) fn confirm(&self, stored: Vec<(SubjectId, RecordId)>) -> Result<(), Fault> {
        self.database.write(Priority::Restrictive, move |tx| {
            stored
                .iter()
                .try_for_each(|(subject, record)| tx.confirm_look_ups(*subject, *record))
        })
    }

    /// Gives up the reserved look-ups of records that were never stored.
    pub(crate) fn give_up(&self, never: Vec<(SubjectId, RecordId)>) -> Result<(), Fault> {
        self.database.write(Priority::Restrictive, move |tx| {
            never
                .iter()
                .try_for_each(|(subject, record)| tx.forget_look_ups(*subject, *record))
        })
    }

    /// Destroys keys, and the look-ups of records; when this returns they are in no file of the
    /// keyring.
    pub(crate) fn destroy(
        &self,
        keys: Vec<(SubjectId, KeyId)>,
        records: Vec<(SubjectId, RecordId)>,
    ) -> Result<(), Fault> {
        self.database.write(Priority::Destroys, move |tx| {
            for (subject, key) in &keys {
                tx.destroy_key(*subject, *key)?;
            }
            records
                .iter()
                .try_for_each(|(subject, record)| tx.forget_look_ups(*subject, *record))
        })
    }
}

/// What the keyring is to keep for records that are about to be stored.
#[derive(Default)]
pub(crate) struct NewEntries {
    pub(crate) keys: Vec<KeyRow>,
    pub(crate) look_ups: Vec<LookUpRow>,
    /// Look-ups that must be their person's alone, with the value's tokens in every living epoch.
    pub(crate) reserved: Vec<(LookUpRow, Vec<Vec<u8>>)>,
    pub(crate) suppressions: Vec<SuppressionRow>,
}

/// What entries wrap, in their order.
struct Unwrapped {
    keys: Vec<RecordKey>,
    look_ups: Vec<Zeroizing<[u8; 32]>>,
    reserved: Vec<Zeroizing<[u8; 32]>>,
    suppressions: Vec<Zeroizing<[u8; 32]>>,
}

impl NewEntries {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
            && self.look_ups.is_empty()
            && self.reserved.is_empty()
            && self.suppressions.is_empty()
    }

    /// Whether one of them is wrapped by the key of another epoch than this.
    fn are_of_another(&self, epoch: u32) -> bool {
        let look_ups = self.reserved.iter().map(|(row, _)| row);
        self.keys.iter().any(|row| row.epoch != epoch)
            || look_ups.chain(&self.look_ups).any(|row| row.epoch != epoch)
            || self.suppressions.iter().any(|row| row.epoch != epoch)
    }

    pub(crate) fn take(&mut self, mut more: Self) {
        self.keys.append(&mut more.keys);
        self.look_ups.append(&mut more.look_ups);
        self.reserved.append(&mut more.reserved);
        self.suppressions.append(&mut more.suppressions);
    }
}

fn put(tx: &mut store::Tx<'_>, entries: &NewEntries) -> Result<(), Fault> {
    for (row, tokens) in &entries.reserved {
        for token in tokens {
            let holders = tx.look_up(row.field, token)?;
            if holders.iter().any(|(subject, _)| *subject != row.subject) {
                return Err(taken());
            }
        }
        tx.put_look_up(row)?;
    }
    entries.keys.iter().try_for_each(|row| tx.put_key(row))?;
    entries
        .look_ups
        .iter()
        .try_for_each(|row| tx.put_look_up(row))?;
    entries
        .suppressions
        .iter()
        .try_for_each(|row| tx.put_suppression(row))
}

fn taken() -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "this identifier belongs to another person already",
    )
    .remedy("look the person up by it and change what is held, instead of adding them again")
}

/// The keys of periods.
pub type PeriodCache = std::collections::BTreeMap<Period, PeriodKey>;

fn active_of(rows: &[EpochRow]) -> u32 {
    rows.iter()
        .rev()
        .find(|row| row.state == EpochState::Active)
        .map_or(0, |row| row.number)
}

/// A key's identifier is used once and mostly random: it gives the nonce of its wrapping.
fn nonce_of(id: KeyId) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&id.as_bytes()[4..]);
    nonce
}

fn as_key(bytes: &[u8]) -> Result<RecordKey, Fault> {
    let key: [u8; 32] = bytes.try_into().map_err(|_| damaged())?;
    Ok(Zeroizing::new(key))
}

fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "an entry of the keyring is damaged")
        .remedy("restore the keyring from its latest copy")
}
