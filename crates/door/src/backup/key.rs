//! The key that backups are sealed with. It outlives every epoch, and may: what it opens is sealed
//! once more, under keys that are in no backup.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use domain::{Entropy, Fault, FaultKind};
use zeroize::Zeroizing;

use crate::epoch::write_secret;
use crate::folder::Layout;
use crate::vault::{SECRET_BYTES, read_secret};

/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;
/// Bytes by which a key is known again.
pub(super) const MARK_BYTES: usize = 8;
/// Bytes of a chunk's name.
pub(super) const NAME_BYTES: usize = 32;

/// The key of backups, as its two uses.
pub struct BackupKey {
    sealing: LessSafeKey,
    naming: hmac::Key,
}

impl BackupKey {
    /// The key in the key folder; an installation from before backups gets one.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read or kept.
    pub fn make(layout: &Layout, entropy: &dyn Entropy) -> Result<Self, Fault> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        entropy.fill(secret.as_mut_slice());
        write_secret(&layout.backup_key(), secret.as_slice())?;
        Self::open(layout)
    }

    /// The key in the key folder.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it is not there, or is none.
    pub fn open(layout: &Layout) -> Result<Self, Fault> {
        let secret = read_secret(&layout.backup_key())?;
        Self::of(&secret).ok_or_else(|| {
            Fault::new(
                FaultKind::Unavailable,
                "`backup.key` in the key folder is damaged",
            )
            .remedy("use the key folder that belongs to this installation; nothing was touched")
        })
    }

    pub(super) fn of(secret: &[u8; SECRET_BYTES]) -> Option<Self> {
        let extracted = Salt::new(HKDF_SHA256, b"kept backup").extract(secret);
        let derive = |use_: &[u8]| {
            let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
            let info = [use_];
            let derived = extracted.expand(&info, Bytes32).ok()?;
            derived.fill(bytes.as_mut_slice()).ok()?;
            Some(bytes)
        };
        let sealing = UnboundKey::new(&AES_256_GCM_SIV, derive(b"seal")?.as_slice()).ok()?;
        Some(Self {
            sealing: LessSafeKey::new(sealing),
            naming: hmac::Key::new(hmac::HMAC_SHA256, derive(b"name")?.as_slice()),
        })
    }

    /// By what the key is known again; it says nothing about it.
    pub(super) fn mark(&self) -> [u8; MARK_BYTES] {
        let mut mark = [0; MARK_BYTES];
        mark.copy_from_slice(&hmac::sign(&self.naming, b"mark").as_ref()[..MARK_BYTES]);
        mark
    }

    /// The name of a content: the same content has the same name, and nobody without the key can
    /// tell whether a content that they guess is there.
    pub(super) fn name(&self, content: &[u8]) -> [u8; NAME_BYTES] {
        let mut context = hmac::Context::with_key(&self.naming);
        context.update(b"chunk");
        context.update(content);
        let mut name = [0; NAME_BYTES];
        name.copy_from_slice(context.sign().as_ref());
        name
    }

    /// Seals bytes, bound to `associated`. The nonce comes from both: one content gives one sealed
    /// form, which is all that a cipher that bears misuse of nonces then shows.
    pub(super) fn seal(&self, associated: &[u8], content: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut context = hmac::Context::with_key(&self.naming);
        context.update(b"nonce");
        context.update(&(associated.len() as u64).to_be_bytes());
        context.update(associated);
        context.update(content);
        let tag = context.sign();
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&tag.as_ref()[..NONCE_BYTES]);
        let mut sealed = content.to_vec();
        self.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                &mut sealed,
            )
            .map_err(|_| Fault::new(FaultKind::Unavailable, "a backup cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`BackupKey::seal`] gave; none where it was sealed otherwise or is damaged.
    pub(super) fn open_sealed(&self, associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let mut content = sealed.to_vec();
        let length = self
            .sealing
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated),
                &mut content,
            )
            .ok()?
            .len();
        content.truncate(length);
        Some(content)
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        SECRET_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_place_and_whole() {
        let key = BackupKey::of(&[7; 32]).unwrap();
        let sealed = key.seal(b"here", b"content").unwrap();
        assert_eq!(key.open_sealed(b"here", &sealed).unwrap(), b"content");
        assert_eq!(key.seal(b"here", b"content").unwrap(), sealed);
        assert_eq!(key.open_sealed(b"there", &sealed), None);
        let other = BackupKey::of(&[8; 32]).unwrap();
        assert_eq!(other.open_sealed(b"here", &sealed), None);
        assert_ne!(other.mark(), key.mark());
        assert_ne!(other.name(b"content"), key.name(b"content"));
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(key.open_sealed(b"here", &damaged), None);
            assert_eq!(key.open_sealed(b"here", &sealed[..at]), None);
        }
    }
}
