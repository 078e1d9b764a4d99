//! What accounts prove themselves with, sealed: each secret under a key of its own in the keyring,
//! so that it dies with its key like a record, and turns with the epochs like one.

use aws_lc_rs::hmac;
use domain::{Fault, KeyId, RecordId, SubjectId};
use jiff::Timestamp;
use store::{Priority, Tx};
use zeroize::Zeroizing;

use crate::envelope::{self, Belonging};
use crate::keyring::{LookUpValue, NewEntries};
use crate::vault::Vault;

/// No category has this number: a secret is no record and cannot take the place of one.
const NO_CATEGORY: u32 = 0;
/// Bytes of a hash that is only compared.
pub const HASH_BYTES: usize = 16;

/// A secret about to be stored.
pub struct NewSecret {
    /// Whose account.
    pub account: SubjectId,
    /// What it is kept under.
    pub id: [u8; 16],
    /// The secret.
    pub secret: Zeroizing<Vec<u8>>,
}

/// HMAC-SHA256 of a message under a secret.
#[must_use]
pub fn signed(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::sign(&key, message).as_ref().to_vec()
}

/// What something is hashed for: the hashes of one use say nothing in another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum HashedFor {
    /// The place of failed sign-ins.
    Attempts = u32::MAX,
    /// The address that an account signed in from.
    Address = u32::MAX - 1,
    /// Finding the account of a passkey or of an identity at a provider.
    Credential = u32::MAX - 2,
    /// A request that a program made under a key of its own.
    Idempotency = u32::MAX - 3,
    /// A client whose requests are counted.
    Requests = u32::MAX - 4,
}

impl Vault {
    /// Seals secrets and stores them with what else belongs to them: keys first, then one
    /// transaction, which is given the sealed secrets in their order.
    ///
    /// # Errors
    /// When a key cannot be made, or what `write` answers: then nothing is stored.
    pub fn store_secrets<R, F>(
        &self,
        secrets: Vec<NewSecret>,
        now: Timestamp,
        priority: Priority,
        mut write: F,
    ) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &[Vec<u8>]) -> Result<R, Fault> + Send + 'static,
    {
        // From the wrapping of keys to the commit of what they open no epoch may end.
        let _epoch = self.keyring.hold_epoch();
        let mut entries = NewEntries::default();
        let mut sealed = Vec::with_capacity(secrets.len());
        for new in secrets {
            let id = KeyId::new(now, self.entropy());
            let (key, row) = self.keyring.new_key(new.account, id, self.entropy())?;
            let mut nonce = [0; 12];
            self.entropy.fill(&mut nonce);
            let belonging = self.belonging(new.account, new.id);
            sealed.push(envelope::seal(&new.secret, &belonging, id, &key, nonce)?);
            entries.keys.push(row);
        }
        if !entries.is_empty() {
            self.keyring.keep(entries, priority, self.entropy())?;
        }
        self.data.write(priority, move |tx| write(tx, &sealed))
    }

    /// Opens a secret of an account; none if its key was destroyed.
    ///
    /// # Errors
    /// When it is damaged, or belongs to another account or under another identifier.
    pub fn open_secret(
        &self,
        account: SubjectId,
        id: [u8; 16],
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let wanted = envelope::key_of(sealed)?;
        let _epoch = self.keyring.hold_epoch();
        let key = self.keyring.with_epochs(|| {
            let known = self.keyring.keys_to_open(account)?;
            let row = known.keys.iter().find(|row| row.id == wanted);
            row.map(|row| self.keyring.unwrap_key(row)).transpose()
        })?;
        let Some(key) = key else { return Ok(None) };
        envelope::open(sealed, &self.belonging(account, id), &key).map(Some)
    }

    /// Destroys the keys of sealed secrets of an account, whose rows are gone: no old copy of them
    /// can be opened with what is kept here.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn destroy_secrets(&self, account: SubjectId, sealed: &[Vec<u8>]) -> Result<(), Fault> {
        let keys = sealed
            .iter()
            .map(|sealed| envelope::key_of(sealed).map(|key| (account, key)))
            .collect::<Result<Vec<_>, Fault>>()?;
        if keys.is_empty() {
            return Ok(());
        }
        self.keyring.destroy(keys, Vec::new())
    }

    /// A keyed hash of something that is only ever compared: without the key folder it cannot be
    /// found by trying.
    #[must_use]
    pub fn keyed_hash(&self, used_for: HashedFor, value: &str) -> [u8; HASH_BYTES] {
        let lasting = self
            .keyring
            .lasting(used_for as u32, &LookUpValue::new(value));
        let mut hash = [0; HASH_BYTES];
        hash.copy_from_slice(&lasting[..HASH_BYTES]);
        hash
    }

    fn belonging(&self, account: SubjectId, id: [u8; 16]) -> Belonging {
        Belonging {
            installation: self.id,
            subject: account,
            record: RecordId(id),
            category: NO_CATEGORY,
        }
    }
}
