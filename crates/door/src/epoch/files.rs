//! The keys of epochs as files of the key folder.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use domain::algorithm::Algorithm;
use domain::{Entropy, Fault, FaultKind};
use zeroize::{Zeroize as _, Zeroizing};

use super::{EpochKeys, NONCE_BYTES, TAG_BYTES, ToWrap, Wrapped, damaged};

/// The keys of epochs as files of a folder that lies apart from the data.
pub struct KeyFiles {
    folder: PathBuf,
    loaded: RwLock<HashMap<u32, Arc<EpochKey>>>,
}

/// One epoch's key, as its two uses.
struct EpochKey {
    wrapping: LessSafeKey,
    hashing: hmac::Key,
}

/// Bytes of an epoch's secret.
const SECRET_BYTES: usize = 32;

impl KeyFiles {
    /// The keys in a folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            loaded: RwLock::default(),
        }
    }

    fn path(&self, epoch: u32) -> PathBuf {
        self.folder.join(format!("epoch-{epoch:06}.key"))
    }

    fn key(&self, epoch: u32) -> Result<Arc<EpochKey>, Fault> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = loaded.get(&epoch) {
            return Ok(Arc::clone(key));
        }
        drop(loaded);
        let key = Arc::new(self.read(epoch)?);
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(loaded.entry(epoch).or_insert(key)))
    }

    fn read(&self, epoch: u32) -> Result<EpochKey, Fault> {
        let bytes = match fs::read(self.path(epoch)) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) => return Err(missing(epoch).because(error)),
        };
        let secret: &[u8; SECRET_BYTES] = bytes.as_slice().try_into().map_err(|_| wrong(epoch))?;
        EpochKey::new(secret).ok_or_else(|| wrong(epoch))
    }
}

impl EpochKey {
    fn new(secret: &[u8; SECRET_BYTES]) -> Option<Self> {
        let extracted = Salt::new(HKDF_SHA256, b"kept epoch").extract(secret);
        let derive = |use_: &[u8]| {
            let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
            extracted
                .expand(&[use_], Bytes32)
                .ok()?
                .fill(bytes.as_mut_slice())
                .ok()?;
            Some(bytes)
        };
        let wrapping = UnboundKey::new(&AES_256_GCM_SIV, derive(b"wrap")?.as_slice()).ok()?;
        Some(Self {
            wrapping: LessSafeKey::new(wrapping),
            hashing: hmac::Key::new(hmac::HMAC_SHA256, derive(b"look-up")?.as_slice()),
        })
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        SECRET_BYTES
    }
}

impl EpochKeys for KeyFiles {
    fn wrapping(&self) -> Algorithm {
        domain::algorithm::AES_256_GCM_SIV
    }

    fn make(&self, epoch: u32, entropy: &dyn Entropy) -> Result<(), Fault> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        entropy.fill(secret.as_mut_slice());
        write_secret(&self.path(epoch), secret.as_slice())
    }

    fn wrap(
        &self,
        epoch: u32,
        secrets: Vec<ToWrap>,
        entropy: &dyn Entropy,
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let key = self.key(epoch)?;
        let wrapped = secrets.into_iter().map(|one| {
            let mut bytes = Vec::with_capacity(NONCE_BYTES + one.secret.len() + TAG_BYTES);
            let nonce = one.nonce.unwrap_or_else(|| {
                let mut drawn = [0; NONCE_BYTES];
                entropy.fill(&mut drawn);
                bytes.extend_from_slice(&drawn);
                drawn
            });
            let start = bytes.len();
            bytes.extend_from_slice(&one.secret);
            let tag = key.wrapping.seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(one.associated),
                &mut bytes[start..],
            );
            match tag {
                Ok(tag) => {
                    bytes.extend_from_slice(tag.as_ref());
                    Ok(bytes)
                }
                Err(_) => {
                    bytes.zeroize();
                    Err(wrong(epoch))
                }
            }
        });
        wrapped.collect()
    }

    fn unwrap(&self, epoch: u32, wrapped: Vec<Wrapped>) -> Result<Vec<Zeroizing<Vec<u8>>>, Fault> {
        let key = self.key(epoch)?;
        let secrets = wrapped.into_iter().map(|one| {
            let (nonce, sealed) = match &one.nonce {
                Some(nonce) => (nonce, one.bytes.as_slice()),
                None => one.bytes.split_first_chunk().ok_or_else(damaged)?,
            };
            let mut secret = Zeroizing::new(sealed.to_vec());
            let length = key
                .wrapping
                .open_in_place(
                    Nonce::assume_unique_for_key(*nonce),
                    Aad::from(one.associated),
                    &mut secret,
                )
                .map_err(|_| wrong(epoch))?
                .len();
            secret.truncate(length);
            Ok(secret)
        });
        secrets.collect()
    }

    fn mac(&self, epoch: u32, data: Vec<Zeroizing<Vec<u8>>>) -> Result<Vec<[u8; 32]>, Fault> {
        let key = self.key(epoch)?;
        let hashes = data.into_iter().map(|one| {
            let mut mac = [0; 32];
            mac.copy_from_slice(hmac::sign(&key.hashing, &one).as_ref());
            mac
        });
        Ok(hashes.collect())
    }

    fn forget(&self, epoch: u32) {
        self.loaded
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&epoch);
    }

    fn destroy(&self, epoch: u32) -> Result<(), Fault> {
        self.forget(epoch);
        destroy_secret(&self.path(epoch))
    }
}

/// Writes a secret that nobody else can read, whole or not at all; one that is there stays.
///
/// # Errors
/// [`FaultKind::Unavailable`] when it cannot be written.
pub(crate) fn write_secret(path: &Path, secret: &[u8]) -> Result<(), Fault> {
    if path.exists() {
        return Ok(());
    }
    let partial = path.with_extension("partial");
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&partial)?;
        file.write_all(secret)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        sync_folder(path)
    })();
    written.map_err(|error: std::io::Error| {
        Fault::new(
            FaultKind::Unavailable,
            "a key cannot be written to the key folder",
        )
        .remedy("check that the key folder exists, is writable and has room")
        .because(error)
    })
}

/// Overwrites a secret and removes it. File systems and disks may keep old blocks; the threat
/// model says what that means.
fn destroy_secret(path: &Path) -> Result<(), Fault> {
    let destroyed = (|| {
        let mut file = match OpenOptions::new().write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let length = file.metadata()?.len();
        file.rewind()?;
        std::io::copy(
            &mut std::io::Read::take(std::io::repeat(0), length),
            &mut file,
        )?;
        file.sync_all()?;
        fs::remove_file(path)?;
        sync_folder(path)
    })();
    destroyed.map_err(|error: std::io::Error| {
        Fault::new(
            FaultKind::Unavailable,
            "the key of an old epoch cannot be destroyed",
        )
        .remedy("check that the key folder is writable, then run `kept keys rotate` again")
        .because(error)
    })
}

fn sync_folder(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn missing(epoch: u32) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the key of epoch {epoch} is not in the key folder"),
    )
    .remedy(
        "make the key folder of this installation available (its place is in \
             `installation.toml`; `--keys` names another); nothing was touched",
    )
}

fn wrong(epoch: u32) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the key of epoch {epoch} is not the one that this installation was sealed with"),
    )
    .remedy("use the key folder that belongs to this installation; nothing was touched")
}
