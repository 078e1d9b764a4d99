//! What was begun and is not finished, sealed under the token that is shown with its end: its key is
//! made of the token alone, of which nothing but a hash is kept. So whoever has the databases, and the
//! keys too, has nothing; and whoever has the token opens what it was given for, and nothing else.
//!
//! ```text
//! version (1 byte: 1) | algorithm (1 byte: its number in `domain::algorithm`) | nonce (12)
//! | ciphertext and tag
//! ```

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use domain::algorithm::{self, Algorithm, Use};
use domain::{Fault, FaultKind, InstallationId};
use zeroize::Zeroizing;

use crate::vault::Vault;

/// The only version of this form so far.
const VERSION: u8 = 1;
/// What seals.
const SEALING: Algorithm = algorithm::AES_256_GCM_SIV;
const NONCE_BYTES: usize = 12;
const KEY_BYTES: usize = 32;

impl Vault {
    /// Seals what was begun under its token: 256 random bits as text, which are used for nothing
    /// else that is sealed.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when it cannot be sealed.
    pub fn seal_begun(&self, token: &str, begun: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut nonce = [0; NONCE_BYTES];
        self.entropy.fill(&mut nonce);
        seal(self.id, token, begun, nonce).ok_or_else(|| {
            Fault::new(
                FaultKind::Integrity,
                "what a browser begins cannot be sealed",
            )
        })
    }

    /// Opens what [`Vault::seal_begun`] gave for the same token. None where it was sealed under
    /// another, for another installation or by another version of Kept, or is damaged: it is begun
    /// again.
    #[must_use]
    pub fn open_begun(&self, token: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open(self.id, token, sealed)
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

/// The key that a token makes. Its hash, by which a row is found, says nothing about it.
fn key(token: &str) -> Option<LessSafeKey> {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    let extracted = Salt::new(HKDF_SHA256, b"kept begun").extract(token.as_bytes());
    let info = [b"seal".as_slice()];
    let derived = extracted.expand(&info, Bytes32).ok()?;
    derived.fill(bytes.as_mut_slice()).ok()?;
    let key = UnboundKey::new(&AES_256_GCM_SIV, bytes.as_slice()).ok()?;
    Some(LessSafeKey::new(key))
}

fn seal(
    installation: InstallationId,
    token: &str,
    begun: &[u8],
    nonce: [u8; NONCE_BYTES],
) -> Option<Vec<u8>> {
    // The room for the tag is there from the first: nothing in plain is left where it was.
    let mut secret = Zeroizing::new(Vec::with_capacity(begun.len() + 16));
    secret.extend_from_slice(begun);
    key(token)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(installation.as_bytes()),
            &mut *secret,
        )
        .ok()?;
    let head = [VERSION, SEALING.number];
    Some([head.as_slice(), &nonce, &secret].concat())
}

fn open(installation: InstallationId, token: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let ([version, number], rest) = sealed.split_first_chunk()?;
    if *version != VERSION
        || Algorithm::of_number(*number, Use::Seal, Use::Seal.least()).ok()? != SEALING
    {
        return None;
    }
    let (nonce, secret) = rest.split_first_chunk::<NONCE_BYTES>()?;
    let mut secret = Zeroizing::new(secret.to_vec());
    let length = key(token)?
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(installation.as_bytes()),
            &mut secret,
        )
        .ok()?
        .len();
    secret.truncate(length);
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "HqYw3cJ0m8kT2vXfB5nRzL1dGpS7aUeI4oKjQxWbVyM";

    fn house(number: u8) -> InstallationId {
        InstallationId([number; 16])
    }

    #[test]
    fn it_opens_with_its_token_at_home_and_in_no_other_way() {
        let begun = b"a challenge";
        let sealed = seal(house(1), TOKEN, begun, [9; 12]).unwrap();
        assert!(!sealed.windows(begun.len()).any(|part| part == begun));
        let opened = open(house(1), TOKEN, &sealed).unwrap();
        assert_eq!(opened.as_slice(), begun);
        let other = TOKEN.replacen('H', "J", 1);
        assert!(open(house(1), &other, &sealed).is_none());
        assert!(open(house(2), TOKEN, &sealed).is_none());
        assert!(open(house(1), TOKEN, &[]).is_none());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(open(house(1), TOKEN, &bent).is_none(), "byte {at}");
            assert!(open(house(1), TOKEN, &sealed[..at]).is_none(), "byte {at}");
        }
    }
}
