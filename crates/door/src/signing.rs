//! The key that signs the journal's checkpoints, and how another one takes its place (mechanism,
//! 13).
//!
//! The next key lies beside the present one before a statement signed by both hands on to it. The
//! statement is what decides: with it a replacement that was interrupted is completed when the
//! installation is opened, without it the next key was never in use and goes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use domain::{Entropy, Fault, FaultKind};
use journal::{RollOver, SignerKey, VerifierKey};
use zeroize::Zeroizing;

use crate::epoch::write_secret;
use crate::folder::Layout;
use crate::vault::{SECRET_BYTES, Vault, read_secret, unwritable};

/// The signing key of an open installation.
pub(crate) struct Signing {
    name: String,
    key: RwLock<Arc<SignerKey>>,
}

impl Signing {
    /// Reads the key, completes a replacement that was interrupted, and checks that it is the one
    /// whose public half was published.
    pub(crate) fn open(layout: &Layout, name: &str) -> Result<Self, Fault> {
        let mut key = signer(name, &layout.signing_key())?;
        let next = next_path(layout);
        if next.exists() {
            let following = signer(name, &next)?;
            if handed_on(layout, key.verifier(), following.verifier()) {
                put_in_place(layout)?;
                key = following;
            } else {
                fs::remove_file(&next).map_err(|error| unwritable(&layout.keys).because(error))?;
            }
        }
        check(layout, &key)?;
        Ok(Self {
            name: name.to_owned(),
            key: RwLock::new(Arc::new(key)),
        })
    }

    fn get(&self) -> Arc<SignerKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Vault {
    /// The key that signs the journal's checkpoints.
    #[must_use]
    pub fn signer(&self) -> Arc<SignerKey> {
        self.signing.get()
    }

    /// The public key by which anybody checks the journal's checkpoints.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        self.signing.get().verifier().clone()
    }

    /// Draws the key that is to sign next; it lies in the key folder and signs nothing yet.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn draw_next_signer(&self) -> Result<SignerKey, Fault> {
        let path = next_path(&self.layout);
        if path.exists() {
            fs::remove_file(&path).map_err(|error| unwritable(&self.layout.keys).because(error))?;
        }
        write_secret(&path, drawn(self.entropy.as_ref()).as_slice())?;
        signer(&self.signing.name, &path)
    }

    /// Puts the next key in the place of the present one, which is gone then: only once a statement
    /// that hands on to it is durable in the folder of the journal.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when there is no such statement, [`FaultKind::Unavailable`] when a
    /// file cannot be written: opening the installation completes it.
    pub fn take_next_signer(&self) -> Result<(), Fault> {
        let mut key = self
            .signing
            .key
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let next = signer(&self.signing.name, &next_path(&self.layout))?;
        if !handed_on(&self.layout, key.verifier(), next.verifier()) {
            return Err(Fault::new(
                FaultKind::Conflict,
                "no statement hands on to the next signing key",
            )
            .remedy("roll the key anew: `kept journal roll-key`"));
        }
        put_in_place(&self.layout)?;
        publish(&self.layout, &next)?;
        *key = Arc::new(next);
        Ok(())
    }
}

fn drawn(entropy: &dyn Entropy) -> Zeroizing<[u8; SECRET_BYTES]> {
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    entropy.fill(secret.as_mut_slice());
    secret
}

fn next_path(layout: &Layout) -> PathBuf {
    layout.signing_key().with_extension("next")
}

fn signer(name: &str, path: &Path) -> Result<SignerKey, Fault> {
    SignerKey::new(name, &*read_secret(path)?).map_err(|error| {
        Fault::new(FaultKind::Invalid, "the journal's origin is not one").because(error)
    })
}

/// The next key becomes the key, and the one before is no more.
fn put_in_place(layout: &Layout) -> Result<(), Fault> {
    let renamed = fs::rename(next_path(layout), layout.signing_key())
        .and_then(|()| File::open(&layout.keys)?.sync_all());
    renamed.map_err(|error| unwritable(&layout.keys).because(error))
}

/// Writes the public key for outsiders.
pub(crate) fn publish(layout: &Layout, key: &SignerKey) -> Result<(), Fault> {
    let folder = layout.journal();
    let partial = folder.join("verifier.partial");
    let written = (|| {
        fs::write(&partial, format!("{}\n", key.verifier()))?;
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, folder.join("verifier"))?;
        File::open(&folder)?.sync_all()
    })();
    written.map_err(|error: std::io::Error| unwritable(&layout.root).because(error))
}

/// Checks that the signing key is the one whose public half was published, or one that the
/// published one hands on to; a damaged copy of that says nothing of the key, and is left to
/// verification.
fn check(layout: &Layout, key: &SignerKey) -> Result<(), Fault> {
    let published = fs::read_to_string(layout.journal().join("verifier"));
    let published = published
        .ok()
        .and_then(|text| VerifierKey::parse(text.trim()).ok());
    match published {
        Some(published) if published != *key.verifier() => {
            if handed_on(layout, &published, key.verifier()) {
                return publish(layout, key);
            }
            Err(Fault::new(
                FaultKind::Unavailable,
                "the journal's signing key does not belong to this installation",
            )
            .remedy("use the key folder of this installation; nothing was touched"))
        }
        _ => Ok(()),
    }
}

/// Whether a statement beside the checkpoint, signed by both, hands on from one key to another.
fn handed_on(layout: &Layout, old: &VerifierKey, new: &VerifierKey) -> bool {
    let Ok(files) = fs::read_dir(layout.journal()) else {
        return false;
    };
    let statements = files.flatten().map(|file| file.path());
    let mut statements = statements
        .filter(|path| path.extension().is_some_and(|ending| ending == "roll-over"))
        .filter_map(|path| fs::read_to_string(path).ok());
    statements.any(|text| RollOver::verify(&text, old).is_ok_and(|said| said.new == *new))
}
