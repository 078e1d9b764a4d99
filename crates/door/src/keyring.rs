//! The keyring: record keys, look-ups and the journal's period keys, each wrapped by an epoch's
//! key. Everything in it turns when the epochs turn ([`crate::turn`]).

mod check;
mod look_ups;
mod periods;
mod shared;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use aws_lc_rs::hmac;
use domain::algorithm::Use;
use domain::{Entropy, Fault, FaultKind, InstallationId, KeyId, RecordId, SubjectId};
use journal::{Period, PeriodKey};
use store::keyring::{
    EpochRow, EpochRows, EpochState, KeyRow, LookUpRow, PersonKeys, SuppressionRow,
};
use store::{Database, Home, Priority};
use zeroize::Zeroizing;

use crate::algorithms::Floors;
use crate::envelope::RecordKey;
use crate::epoch::{EpochKeys, Kind, Manager, Managers, ToWrap, Wrapped};
use crate::folder::Layout;
pub use look_ups::LookUpValue;

/// From this number on a look-up is of no field: what the source of a record calls it. The registry
/// of names gives numbers from 1, and never comes near.
pub const SERIES_MIN: u32 = u32::MAX - 255;
/// The keyring of an installation.
pub struct Keyring {
    pub(crate) database: Arc<Database>,
    managers: Managers,
    /// What is known of the epochs: which manager has their keys, and by which algorithms.
    kinds: RwLock<HashMap<u32, Kind>>,
    floors: Floors,
    installation: InstallationId,
    active: AtomicU32,
    look_up: hmac::Key,
    periods: RwLock<PeriodCache>,
    making_period: Mutex<()>,
    /// Shared from the wrapping of a key to its commit; taken alone to begin a new epoch, so that
    /// nothing wrapped by the old one is written after the change.
    gate: RwLock<()>,
}

impl Keyring {
    /// Opens the keyring and checks that the epoch keys belong to it, before anything is touched.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when an epoch's key is missing or is another's,
    /// [`FaultKind::Refused`] when an algorithm that it names ranks too low.
    pub(crate) fn open(
        layout: &Layout,
        managers: Managers,
        look_up: &[u8; 32],
        installation: InstallationId,
    ) -> Result<Self, Fault> {
        let look_up = hmac::Key::new(hmac::HMAC_SHA256, look_up);
        check::keys(layout, &managers, &look_up, installation)?;
        let database = Database::open(Home::Keyring, &layout.keyring_place())?;
        let rows = database.read(|reader| reader.epochs())?;
        let floors = Floors::raise(&database)?;
        let keyring = Self {
            database,
            managers,
            kinds: RwLock::default(),
            floors,
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

    /// The key managers.
    pub(crate) fn managers(&self) -> &Managers {
        &self.managers
    }

    /// How low an algorithm may rank here.
    #[must_use]
    pub fn floors(&self) -> &Floors {
        &self.floors
    }

    /// Which manager has an epoch's keys, and what is done with them.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when an algorithm that it names ranks too low or has no rank.
    pub fn kind(&self, epoch: u32) -> Result<Kind, Fault> {
        let kinds = self.kinds.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = kinds.get(&epoch) {
            return Ok(*kind);
        }
        drop(kinds);
        let kept = self
            .database
            .read(|reader| reader.key_meta(&Kind::entry(epoch)))?;
        let kind = Kind::decode(kept.as_deref(), &self.floors)?;
        self.note_kind(epoch, kind);
        Ok(kind)
    }

    fn note_kind(&self, epoch: u32, kind: Kind) {
        let mut kinds = self.kinds.write().unwrap_or_else(PoisonError::into_inner);
        kinds.insert(epoch, kind);
    }

    /// Who has an epoch's keys.
    fn keys_of_epoch(&self, epoch: u32) -> Result<Arc<dyn EpochKeys>, Fault> {
        self.managers.of(self.kind(epoch)?.manager)
    }

    /// Makes an epoch: its key first, then its row with a value to tell the key by.
    pub(crate) fn make_epoch(
        &self,
        number: u32,
        manager: Manager,
        state: EpochState,
        at: i64,
        entropy: &dyn Entropy,
    ) -> Result<EpochRow, Fault> {
        let (keys, kind) = (self.managers.of(manager)?, self.managers.kind(manager)?);
        self.floors.check(kind.wrapping, Use::Wrap)?;
        self.floors.check(kind.hashing, Use::LookUp)?;
        keys.make(number, entropy)?;
        let text = check::text(self.installation);
        let told = keys.mac(number, vec![Zeroizing::new(text.clone())])?;
        let look_up = hmac::sign(&self.look_up, &text);
        let look_up = look_up.as_ref().to_vec();
        let row = EpochRow {
            number,
            state,
            made: at,
            destroyed: None,
        };
        self.database.write(Priority::Ordinary, move |tx| {
            tx.put_key_meta(&check::name(number), told.as_flattened())?;
            tx.put_key_meta(&Kind::entry(number), &kind.encode())?;
            tx.put_key_meta(check::LOOK_UP, &look_up)?;
            tx.put_epoch(&row)
        })?;
        self.note_kind(number, kind);
        if state == EpochState::Active {
            self.active.store(number, Ordering::Release);
        }
        Ok(row)
    }

    /// Forgets the keys of an epoch that another process destroyed; what cannot be told of them is
    /// not held here either.
    fn forget_epoch(&self, epoch: u32) {
        if let Ok(keys) = self.keys_of_epoch(epoch) {
            keys.forget(epoch);
        }
    }

    /// Destroys the keys of an epoch.
    pub(crate) fn destroy_epoch(&self, epoch: u32) -> Result<(), Fault> {
        self.keys_of_epoch(epoch)?.destroy(epoch)
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
        let row = one_of(self.wrap_keys(&[(subject, id, &key)], entropy)?)?;
        Ok((key, row))
    }

    /// Wraps keys of records with the active epoch's.
    pub(crate) fn wrap_keys(
        &self,
        keys: &[(SubjectId, KeyId, &RecordKey)],
        entropy: &dyn Entropy,
    ) -> Result<Vec<KeyRow>, Fault> {
        let (epoch, wrapped) = self.with_epochs(|| {
            let epoch = self.active_epoch();
            let secrets = keys.iter().map(|(subject, id, key)| ToWrap {
                nonce: Some(nonce_of(*id)),
                associated: self.associated(b"record", &[subject.as_bytes(), id.as_bytes()]),
                secret: Zeroizing::new(key.to_vec()),
            });
            let manager = self.keys_of_epoch(epoch)?;
            Ok((epoch, manager.wrap(epoch, secrets.collect(), entropy)?))
        })?;
        let rows = keys.iter().zip(wrapped);
        Ok(rows
            .map(|((subject, id, _), wrapped)| KeyRow {
                subject: *subject,
                id: *id,
                epoch,
                wrapped,
            })
            .collect())
    }

    /// Unwraps a record's key.
    ///
    /// # Errors
    /// When the epoch's key is not there, or the row is damaged.
    pub fn unwrap_key(&self, row: &KeyRow) -> Result<RecordKey, Fault> {
        one_of(self.unwrap_keys(&[row])?)
    }

    /// Unwraps the keys of records, in their order; each manager is asked once.
    ///
    /// # Errors
    /// As [`Keyring::unwrap_key`].
    pub fn unwrap_keys(&self, rows: &[&KeyRow]) -> Result<Vec<RecordKey>, Fault> {
        let mut keys: Vec<Option<RecordKey>> = rows.iter().map(|_| None).collect();
        // Mostly one; two while keys turn.
        let mut epochs: Vec<u32> = rows.iter().map(|row| row.epoch).collect();
        epochs.sort_unstable();
        epochs.dedup();
        for epoch in epochs {
            let mut places = Vec::with_capacity(rows.len());
            let mut wrapped = Vec::with_capacity(rows.len());
            for (place, row) in rows.iter().enumerate() {
                if row.epoch == epoch {
                    let of = [row.subject.as_bytes(), row.id.as_bytes()];
                    places.push(place);
                    wrapped.push(Wrapped {
                        nonce: Some(nonce_of(row.id)),
                        associated: self.associated(b"record", &of),
                        bytes: row.wrapped.clone(),
                    });
                }
            }
            let secrets = self.keys_of_epoch(epoch)?.unwrap(epoch, wrapped)?;
            for (place, secret) in places.into_iter().zip(&secrets) {
                keys[place] = Some(as_key(secret)?);
            }
        }
        keys.into_iter()
            .map(|key| key.ok_or_else(damaged))
            .collect()
    }

    pub(crate) fn living(&self) -> Result<Vec<u32>, Fault> {
        let rows = self.epochs()?;
        Ok(rows
            .iter()
            .filter(|row| matches!(row.state, EpochState::Active | EpochState::Retiring))
            .map(|row| row.number)
            .collect())
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
    /// The wrapped keys of a person's records, to open them: from memory, where they were asked for
    /// lately and nobody else writes the keyring. One that was destroyed is not among them.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub(crate) fn keys_to_open(&self, subject: SubjectId) -> Result<Arc<PersonKeys>, Fault> {
        self.database.keys_of(subject)
    }

    /// The wrapped keys of a person's records, as the keyring holds them.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_of(&self, subject: SubjectId) -> Result<Vec<KeyRow>, Fault> {
        self.database.read(|reader| reader.keys_of(subject))
    }

    /// The wrapped keys of the records of some people, in their order.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_of_each(&self, people: &[SubjectId]) -> Result<Vec<Vec<KeyRow>>, Fault> {
        self.database
            .read(|reader| reader.together(|reader| reader.keys_of_each(people)))
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
        self.destroy_and_log(keys, records, Vec::new())
    }

    /// As [`Keyring::destroy`]; what the log of restrictive acts says is written in the same
    /// transaction, where the log is in the keyring's database.
    pub(crate) fn destroy_and_log(
        &self,
        keys: Vec<(SubjectId, KeyId)>,
        records: Vec<(SubjectId, RecordId)>,
        lines: Vec<Vec<u8>>,
    ) -> Result<(), Fault> {
        let priority = match (keys.is_empty() && records.is_empty(), lines.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => Priority::Restrictive,
            (false, _) => Priority::Destroys,
        };
        self.database.write(priority, move |tx| {
            for (subject, key) in &keys {
                tx.destroy_key(*subject, *key)?;
            }
            records
                .iter()
                .try_for_each(|(subject, record)| tx.forget_look_ups(*subject, *record))?;
            tx.log_acts(&lines)
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

impl NewEntries {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
            && self.look_ups.is_empty()
            && self.reserved.is_empty()
            && self.suppressions.is_empty()
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

/// A key's identifier is used once and mostly random: it gives the nonce of its wrapping, where the
/// algorithm bears that two should ever agree (AES-GCM-SIV does; a manager that has plain AES-GCM
/// draws its nonces).
fn nonce_of(id: KeyId) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&id.as_bytes()[4..]);
    nonce
}

fn one_of<T>(mut all: Vec<T>) -> Result<T, Fault> {
    all.pop().ok_or_else(damaged)
}

fn as_key(bytes: &[u8]) -> Result<RecordKey, Fault> {
    let key: [u8; 32] = bytes.try_into().map_err(|_| damaged())?;
    Ok(Zeroizing::new(key))
}

fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "an entry of the keyring is damaged")
        .remedy("restore the keyring from its latest copy")
}
