//! The sealed form of a record's values (`docs/decisions/0002-envelope.md`).
//!
//! ```text
//! version (1 byte: 1) | algorithm (1 byte: its number in `domain::algorithm`) | key id (16) | nonce (12)
//! | ciphertext and tag
//! ```
//!
//! Associated data is the canonical CBOR array of what the sealing belongs to, so that no sealed
//! value can be moved to another record, person or installation.

use std::convert::Infallible;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use domain::algorithm::{self, Algorithm, Use};
use domain::{Fault, FaultKind, InstallationId, KeyId, RecordId, SubjectId};
use minicbor::Encoder;
use zeroize::Zeroizing;

/// The only version of the envelope so far.
const VERSION: u8 = 1;
/// What seals.
const SEALING: Algorithm = algorithm::AES_256_GCM_SIV;
/// The form of what is sealed: a record's payload.
const SCHEMA: u8 = 1;
/// Bytes before the nonce: what a tombstone keeps.
pub const HEAD_BYTES: usize = 18;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// A key that seals one record once.
pub type RecordKey = Zeroizing<[u8; 32]>;

/// What a sealing belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Belonging {
    /// The installation.
    pub installation: InstallationId,
    /// The person that the record was made about.
    pub subject: SubjectId,
    /// The record.
    pub record: RecordId,
    /// The number of the record's category.
    pub category: u32,
}

impl Belonging {
    fn associated(&self, key: KeyId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(80);
        let encoded: Result<_, minicbor::encode::Error<Infallible>> = (|| {
            Encoder::new(&mut bytes)
                .array(6)?
                .u8(SCHEMA)?
                .bytes(self.installation.as_bytes())?
                .bytes(self.subject.as_bytes())?
                .bytes(self.record.as_bytes())?
                .u32(self.category)?
                .bytes(key.as_bytes())?;
            Ok(())
        })();
        // Writing to memory cannot fail; an incomplete encoding would open nothing.
        debug_assert!(encoded.is_ok(), "memory takes every byte");
        bytes
    }
}

/// Seals the encoded values of a record.
///
/// # Errors
/// [`FaultKind::Invalid`] when they are too long to be sealed at once.
pub fn seal(
    plain: &[u8],
    belonging: &Belonging,
    id: KeyId,
    key: &RecordKey,
    nonce: [u8; NONCE_BYTES],
) -> Result<Vec<u8>, Fault> {
    let mut secret = Zeroizing::new(Vec::with_capacity(plain.len() + TAG_BYTES));
    secret.extend_from_slice(plain);
    less_safe(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(belonging.associated(id)),
            &mut *secret,
        )
        .map_err(|_| Fault::new(FaultKind::Invalid, "a record is too long to be stored"))?;
    let mut sealed = Vec::with_capacity(HEAD_BYTES + NONCE_BYTES + secret.len());
    sealed.extend_from_slice(&head_of(id));
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&secret);
    Ok(sealed)
}

/// The key that an envelope, or the head of one, asks for.
///
/// # Errors
/// [`FaultKind::Integrity`] when it is cut off or of an unknown version, [`FaultKind::Refused`] when
/// it names an algorithm that has no rank, or too low a one.
pub fn key_of(sealed: &[u8]) -> Result<KeyId, Fault> {
    match sealed.split_first_chunk::<HEAD_BYTES>() {
        Some(([VERSION, number, id @ ..], _)) => {
            Algorithm::of_number(*number, Use::Seal, Use::Seal.least())?;
            Ok(KeyId(*id))
        }
        Some(_) => Err(Fault::new(
            FaultKind::Integrity,
            "a record is sealed in a form that this version of Kept does not know",
        )
        .remedy("use the version of Kept that wrote it, or a newer one")),
        None => Err(damaged()),
    }
}

/// The head of an envelope: all that a tombstone keeps.
#[must_use]
pub fn head_of(key: KeyId) -> Vec<u8> {
    [[VERSION, SEALING.number].as_slice(), key.as_bytes()].concat()
}

/// Opens an envelope.
///
/// # Errors
/// [`FaultKind::Integrity`] when it is damaged, or belongs elsewhere.
pub fn open(
    sealed: &[u8],
    belonging: &Belonging,
    key: &RecordKey,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let id = key_of(sealed)?;
    let (nonce, secret) = sealed
        .get(HEAD_BYTES..)
        .and_then(|rest| rest.split_first_chunk::<NONCE_BYTES>())
        .ok_or_else(damaged)?;
    let mut secret = Zeroizing::new(secret.to_vec());
    let length = less_safe(key)?
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(belonging.associated(id)),
            &mut secret,
        )
        .map_err(|_| damaged())?
        .len();
    secret.truncate(length);
    Ok(secret)
}

fn less_safe(key: &RecordKey) -> Result<LessSafeKey, Fault> {
    UnboundKey::new(&AES_256_GCM_SIV, key.as_slice())
        .map(LessSafeKey::new)
        .map_err(|_| damaged())
}

fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "a sealed record is damaged")
        .remedy("restore it from a backup; `kept journal verify` tells what else is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn belonging() -> Belonging {
        Belonging {
            installation: InstallationId([1; 16]),
            subject: SubjectId([2; 16]),
            record: RecordId([3; 16]),
            category: 4,
        }
    }

    fn sealed() -> Vec<u8> {
        seal(
            b"values",
            &belonging(),
            KeyId([5; 16]),
            &Zeroizing::new(KEY),
            [6; 12],
        )
        .unwrap()
    }

    /// The form never drifts: what was sealed once must open for ever.
    #[test]
    fn golden_vector() {
        let hex: String = sealed().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, include_str!("envelope/golden-1.hex").trim());
    }

    #[test]
    fn opens_what_was_sealed() {
        let opened = open(&sealed(), &belonging(), &Zeroizing::new(KEY)).unwrap();
        assert_eq!(opened.as_slice(), b"values");
        assert_eq!(key_of(&sealed()[..HEAD_BYTES]).unwrap(), KeyId([5; 16]));
    }

    #[test]
    fn no_flipped_or_missing_byte_opens() {
        let whole = sealed();
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            assert!(
                open(&flipped, &belonging(), &Zeroizing::new(KEY)).is_err(),
                "byte {place}"
            );
            assert!(open(&whole[..place], &belonging(), &Zeroizing::new(KEY)).is_err());
        }
    }

    #[test]
    fn what_names_a_lower_or_unranked_algorithm_is_refused_and_says_so() {
        for (number, why) in [(7, "128 bits"), (2, "not used to seal"), (99, "no rank")] {
            let mut sealed = sealed();
            sealed[1] = number;
            let fault = open(&sealed, &belonging(), &Zeroizing::new(KEY)).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Refused);
            assert!(fault.message.contains(why), "{}", fault.message);
        }
    }

    #[test]
    fn opens_nowhere_else() {
        let here = belonging();
        let elsewhere = [
            Belonging {
                installation: InstallationId([9; 16]),
                ..here
            },
            Belonging {
                subject: SubjectId([9; 16]),
                ..here
            },
            Belonging {
                record: RecordId([9; 16]),
                ..here
            },
            Belonging {
                category: 9,
                ..here
            },
        ];
        for place in elsewhere {
            assert!(open(&sealed(), &place, &Zeroizing::new(KEY)).is_err());
        }
        assert!(open(&sealed(), &here, &Zeroizing::new([8; 32])).is_err());
    }
}
