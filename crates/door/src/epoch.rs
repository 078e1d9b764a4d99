//! The keys of epochs: each random, independent, and wrapped by nothing that outlives it.
//!
//! An epoch's key wraps the keys of records. Destroying it makes every old copy of the keyring
//! worthless, whatever else the copy's owner has (10j). A copy of the epoch's key taken while it
//! lived defeats that; a key manager whose keys cannot be exported closes it
//! (`docs/decisions/0022-key-managers.md`).
//!
//! A manager is a file here that implements [`EpochKeys`]. Which one has an epoch's key, and by
//! which algorithms, is in the keyring ([`Kind`]).

mod files;
mod kind;
mod managers;
mod pkcs11;

use domain::algorithm::Algorithm;
use domain::{Entropy, Fault};
use zeroize::Zeroizing;

pub use files::KeyFiles;
pub(crate) use files::write_secret;
pub use kind::{Kind, Manager};
pub(crate) use managers::Managers;
pub use pkcs11::{Pkcs11, TokenPlace};

/// Bytes of a nonce, in every algorithm that wraps.
const NONCE_BYTES: usize = 12;
/// Bytes of what authenticates, likewise.
const TAG_BYTES: usize = 16;

/// A secret to be wrapped.
pub struct ToWrap {
    /// A nonce that belongs to this secret's place and to nothing else. A manager whose algorithm
    /// bears no repetition draws one of its own all the same and keeps it with what it wraps, as
    /// every manager does where none is given.
    pub nonce: Option<[u8; NONCE_BYTES]>,
    /// What it is bound to.
    pub associated: Vec<u8>,
    /// The secret.
    pub secret: Zeroizing<Vec<u8>>,
}

/// What [`EpochKeys::wrap`] gave, to be unwrapped.
pub struct Wrapped {
    /// The nonce that was given.
    pub nonce: Option<[u8; NONCE_BYTES]>,
    /// What it is bound to.
    pub associated: Vec<u8>,
    /// The wrapped bytes.
    pub bytes: Vec<u8>,
}

/// Where the keys of epochs are. Whatever is asked is asked for many at once: a manager may be far
/// away.
pub trait EpochKeys: Send + Sync {
    /// By what it wraps.
    fn wrapping(&self) -> Algorithm;

    /// Makes the keys of an epoch, durable when this returns. Making what exists is no error.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] when they cannot be kept.
    fn make(&self, epoch: u32, entropy: &dyn Entropy) -> Result<(), Fault>;

    /// Wraps secrets with the key of an epoch, each bound to what it says.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] when the key is not there.
    fn wrap(
        &self,
        epoch: u32,
        secrets: Vec<ToWrap>,
        entropy: &dyn Entropy,
    ) -> Result<Vec<Vec<u8>>, Fault>;

    /// Unwraps what [`EpochKeys::wrap`] gave.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] when the key is not there, or is not the one that
    /// wrapped this, or the bytes are damaged.
    fn unwrap(&self, epoch: u32, wrapped: Vec<Wrapped>) -> Result<Vec<Zeroizing<Vec<u8>>>, Fault>;

    /// Hashes with the key of an epoch: HMAC-SHA-256.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] when the key is not there.
    fn mac(&self, epoch: u32, data: Vec<Zeroizing<Vec<u8>>>) -> Result<Vec<[u8; 32]>, Fault>;

    /// Forgets what is held in memory of the keys of an epoch that another process destroyed.
    fn forget(&self, epoch: u32);

    /// Destroys the keys of an epoch for good. Destroying what is gone is no error.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] when they cannot be destroyed.
    fn destroy(&self, epoch: u32) -> Result<(), Fault>;
}

fn damaged() -> Fault {
    Fault::new(
        domain::FaultKind::Integrity,
        "an entry of the keyring is damaged",
    )
    .remedy("restore the keyring from its latest copy")
}
