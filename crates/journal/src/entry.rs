//! Entries: the commitment that goes into the tree, and the sealed detail that stays beside it.
//!
//! A commitment is `HMAC-SHA-256(salt, label || encoding)`. The salt is 16 random bytes that live
//! nowhere but inside the sealed detail: once that is deleted, the commitment tells nothing and
//! cannot be guessed, while every proof over it still holds.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::detail::{Detail, DetailFault, Id, Part, PartsRoot};
use crate::merkle::{Hash, leaf_hash, root_of};

/// What hides a commitment: 16 random bytes, one for each.
pub type Salt = [u8; 16];

/// The bytes of the random value that a sealing needs.
pub type NonceBytes = [u8; 12];

const DETAIL_LABEL: &[u8] = b"kept/journal/detail/v1\n";
const PART_LABEL: &[u8] = b"kept/journal/part/v1\n";
const SALT_LABEL: &[u8] = b"kept/journal/part-salt/v1\n";

/// The commitment to an encoded detail: the leaf's data in the tree.
#[must_use]
pub fn commit_detail(salt: &Salt, encoded: &[u8]) -> Hash {
    commit(DETAIL_LABEL, salt, encoded)
}

/// The commitment to an encoded part: the leaf's data in the tree of a bulk act's parts.
#[must_use]
pub fn commit_part(salt: &Salt, encoded: &[u8]) -> Hash {
    commit(PART_LABEL, salt, encoded)
}

fn commit(label: &[u8], salt: &Salt, encoded: &[u8]) -> Hash {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, salt));
    mac.update(label);
    mac.update(encoded);
    let mut commitment = [0; 32];
    commitment.copy_from_slice(mac.sign().as_ref());
    commitment
}

/// A calendar month in UTC, by which details are sealed and pruned: `year * 12 + month - 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(pub u16);

impl Period {
    /// The period of a moment in microseconds since 1970, UTC.
    ///
    /// Moments before year 0 or after year 5460 count to the first or last period.
    #[must_use]
    pub fn of(at_microseconds: i64) -> Self {
        const DAY_MICROSECONDS: i64 = 86_400_000_000;
        // Days to year and month in the Gregorian calendar, counting years from 1 March so that the
        // leap day is the last of its year, in eras of 400 years (146,097 days).
        let day = at_microseconds.div_euclid(DAY_MICROSECONDS) + 719_468;
        let (era, day_of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        // March of year y is month 2 (from 0) of calendar year y.
        let months = (era * 400 + year_of_era) * 12 + month_from_march + 2;
        Self(u16::try_from(months.max(0)).unwrap_or(u16::MAX))
    }

    /// The year and the month, 1 to 12.
    #[must_use]
    pub fn year_and_month(self) -> (u16, u8) {
        // The remainder of a division by 12 fits.
        let month = (self.0 % 12) as u8;
        (self.0 / 12, month + 1)
    }
}

/// The period as in `2026-11`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = self.year_and_month();
        write!(f, "{year:04}-{month:02}")
    }
}

/// The key that seals the details of one period. Destroying it prunes them.
pub struct PeriodKey(LessSafeKey);

impl PeriodKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "a key of 32 bytes is what the algorithm takes"
        )]
        let key = UnboundKey::new(&AES_256_GCM_SIV, bytes).expect("32 bytes");
        Self(LessSafeKey::new(key))
    }
}

impl fmt::Debug for PeriodKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PeriodKey(..)")
    }
}

/// Where a verifier finds the keys of periods.
pub trait PeriodKeys {
    /// The key of a period, or `None` when it was destroyed or never existed.
    fn key(&self, period: Period) -> Option<&PeriodKey>;
}

impl PeriodKeys for BTreeMap<Period, PeriodKey> {
    fn key(&self, period: Period) -> Option<&PeriodKey> {
        self.get(&period)
    }
}

/// What is sealed: a whole entry or one part of a bulk act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Sealed {
    /// An entry's detail.
    Detail = 1,
    /// A part of a bulk act.
    Part = 2,
}

/// An opened envelope: the salt and the encoding that the commitment is over.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    salt: Salt,
    encoded: Zeroizing<Vec<u8>>,
}

impl Opening {
    /// An opening from its halves.
    #[must_use]
    pub fn new(salt: Salt, encoded: Vec<u8>) -> Self {
        Self {
            salt,
            encoded: Zeroizing::new(encoded),
        }
    }

    /// The salt of the commitment.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The encoding of the detail or part.
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// The commitment of this detail.
    #[must_use]
    pub fn commit_detail(&self) -> Hash {
        commit_detail(&self.salt, &self.encoded)
    }

    /// The commitment of this part.
    #[must_use]
    pub fn commit_part(&self) -> Hash {
        commit_part(&self.salt, &self.encoded)
    }

    /// The detail.
    ///
    /// # Errors
    /// When the bytes are not the one encoding of a detail.
    pub fn detail(&self) -> Result<Detail, DetailFault> {
        Detail::decode(&self.encoded)
    }

    /// The part.
    ///
    /// # Errors
    /// When the bytes are not the one encoding of a part.
    pub fn part(&self) -> Result<Part, DetailFault> {
        Part::decode(&self.encoded)
    }
}

/// Shows the length only.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opening({} bytes)", self.encoded.len())
    }
}

const ENVELOPE_VERSION: u8 = 1;
const ALGORITHM_AES_256_GCM_SIV: u8 = 1;
const HEADER_BYTES: usize = 4;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Seals an opening under its period's key.
///
/// The envelope is: version (1), algorithm (1: AES-256-GCM-SIV), period (2 bytes, big-endian),
/// nonce (12), ciphertext with tag. Associated data is the header, what is sealed (one byte) and
/// the installation. The sequence number is not known yet when an entry is sealed; the commitment
/// in the tree binds the detail to its place.
#[must_use]
pub fn seal(
    opening: &Opening,
    what: Sealed,
    installation: &Id,
    period: Period,
    key: &PeriodKey,
    nonce: NonceBytes,
) -> Vec<u8> {
    let header = header(period);
    let mut secret = Vec::with_capacity(16 + opening.encoded.len() + TAG_BYTES);
    secret.extend_from_slice(&opening.salt);
    secret.extend_from_slice(&opening.encoded);
    let associated = Aad::from(associated(header, what, installation));
    let nonce_once = Nonce::assume_unique_for_key(nonce);
    #[expect(
        clippy::expect_used,
        reason = "the algorithm takes up to 64 GiB at once"
    )]
    key.0
        .seal_in_place_append_tag(nonce_once, associated, &mut secret)
        .expect("a detail is far below the limit of a sealing");
    let mut envelope = Vec::with_capacity(HEADER_BYTES + NONCE_BYTES + secret.len());
    envelope.extend_from_slice(&header);
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&secret);
    envelope
}

/// Why an envelope could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealFault {
    /// Shorter than the shortest envelope.
    Truncated,
    /// A version or algorithm that this program does not know.
    UnknownVersion,
    /// The bytes are not what was sealed, or the key is not the one it was sealed with.
    Damaged,
    /// The period's key is not there.
    NoKey(Period),
}

impl fmt::Display for SealFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the sealed detail is cut off"),
            Self::UnknownVersion => f.write_str("the sealed detail has an unknown version"),
            Self::Damaged => f.write_str("the sealed detail is damaged"),
            Self::NoKey(period) => write!(f, "the key of the period {period} is not there"),
        }
    }
}

impl std::error::Error for SealFault {}

/// The period that an envelope says it is of.
///
/// # Errors
/// When the envelope is cut off or of an unknown version.
pub fn period_of(envelope: &[u8]) -> Result<Period, SealFault> {
    if envelope.len() < HEADER_BYTES + NONCE_BYTES + 16 + TAG_BYTES {
        return Err(SealFault::Truncated);
    }
    match envelope {
        [ENVELOPE_VERSION, ALGORITHM_AES_256_GCM_SIV, high, low, ..] => {
            Ok(Period(u16::from_be_bytes([*high, *low])))
        }
        _ => Err(SealFault::UnknownVersion),
    }
}

/// Opens an envelope.
///
/// # Errors
/// When it is cut off, damaged, of an unknown version, or its period's key is gone.
pub fn open(
    envelope: &[u8],
    what: Sealed,
    installation: &Id,
    keys: &dyn PeriodKeys,
) -> Result<Opening, SealFault> {
    let period = period_of(envelope)?;
    let key = keys.key(period).ok_or(SealFault::NoKey(period))?;
    let (nonce, sealed) = envelope[HEADER_BYTES..]
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(SealFault::Truncated)?;
    let mut secret = Zeroizing::new(sealed.to_vec());
    let associated = Aad::from(associated(header(period), what, installation));
    let plain = key
        .0
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            associated,
            &mut secret,
        )
        .map_err(|_| SealFault::Damaged)?;
    let (salt, encoded) = plain
        .split_first_chunk::<16>()
        .ok_or(SealFault::Truncated)?;
    Ok(Opening::new(*salt, encoded.to_vec()))
}

fn header(period: Period) -> [u8; HEADER_BYTES] {
    let [high, low] = period.0.to_be_bytes();
    [ENVELOPE_VERSION, ALGORITHM_AES_256_GCM_SIV, high, low]
}

fn associated(header: [u8; HEADER_BYTES], what: Sealed, installation: &Id) -> [u8; 21] {
    let mut bytes = [0; 21];
    bytes[..4].copy_from_slice(&header);
    bytes[4] = what as u8;
    bytes[5..].copy_from_slice(installation);
    bytes
}

/// An entry ready to be stored: its commitment for the tree, its sealed detail for beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, in microseconds since 1970, UTC: a clear column.
    pub at: i64,
    /// The number of the act: a clear column.
    pub act: u16,
    /// The period whose key seals it: a clear column.
    pub period: Period,
    /// The data of the entry's leaf.
    pub commitment: Hash,
    /// The envelope.
    pub sealed: Vec<u8>,
    /// The subjects it concerns, those of its parts included: clear columns of the index.
    pub subjects: Vec<Id>,
    /// The parts of a bulk act, in order.
    pub parts: Vec<EntryPart>,
}

/// A part of a bulk act ready to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPart {
    /// The subject concerned: a clear column.
    pub subject: Id,
    /// The data of the part's leaf in the tree of parts.
    pub commitment: Hash,
    /// The envelope.
    pub sealed: Vec<u8>,
}

/// What is random in the making of an entry.
#[derive(Clone, Copy)]
pub struct EntryEntropy {
    /// The salt of the entry's commitment.
    pub salt: Salt,
    /// The nonce of its sealing.
    pub nonce: NonceBytes,
    /// The seed from which the salts and nonces of the parts come; unused without parts.
    pub parts_seed: [u8; 32],
}

impl EntryEntropy {
    /// How many random bytes an entry takes.
    pub const BYTES: usize = 16 + 12 + 32;

    /// The parts of one run of random bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut entropy = Self {
            salt: [0; 16],
            nonce: [0; 12],
            parts_seed: [0; 32],
        };
        entropy.salt.copy_from_slice(&bytes[..16]);
        entropy.nonce.copy_from_slice(&bytes[16..28]);
        entropy.parts_seed.copy_from_slice(&bytes[28..]);
        entropy
    }
}

/// Makes an entry from its detail.
#[must_use]
pub fn entry(detail: &Detail, installation: &Id, key: &PeriodKey, entropy: &EntryEntropy) -> Entry {
    let period = Period::of(detail.at);
    let opening = Opening::new(entropy.salt, detail.encode());
    Entry {
        at: detail.at,
        act: detail.act.number(),
        period,
        commitment: opening.commit_detail(),
        sealed: seal(
            &opening,
            Sealed::Detail,
            installation,
            period,
            key,
            entropy.nonce,
        ),
        subjects: subjects_of(detail),
        parts: Vec::new(),
    }
}

/// Makes the one entry of a bulk act: its detail gets the root over the parts' commitments.
///
/// Each part is sealed and committed on its own, so that one subject's part can be proved without
/// showing another's.
#[must_use]
pub fn bulk_entry(
    mut detail: Detail,
    parts: &[Part],
    installation: &Id,
    key: &PeriodKey,
    entropy: &EntryEntropy,
) -> Entry {
    let period = Period::of(detail.at);
    let parts: Vec<EntryPart> = (0u64..)
        .zip(parts)
        .map(|(index, part)| {
            let (salt, nonce) = part_entropy(&entropy.parts_seed, index);
            let opening = Opening::new(salt, part.encode());
            EntryPart {
                subject: part.subject,
                commitment: opening.commit_part(),
                sealed: seal(&opening, Sealed::Part, installation, period, key, nonce),
            }
        })
        .collect();
    let leaves: Vec<Hash> = parts
        .iter()
        .map(|part| leaf_hash(&part.commitment))
        .collect();
    detail.parts = Some(PartsRoot {
        count: parts.len() as u64,
        root: root_of(&leaves),
    });
    let mut entry = entry(&detail, installation, key, entropy);
    entry.subjects.extend(parts.iter().map(|part| part.subject));
    entry.subjects.sort_unstable();
    entry.subjects.dedup();
    entry.parts = parts;
    entry
}

fn subjects_of(detail: &Detail) -> Vec<Id> {
    let mut subjects: Vec<Id> = detail.subject.into_iter().chain(detail.other).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

/// The salt and nonce of a part, from the entry's seed.
fn part_entropy(seed: &[u8; 32], index: u64) -> (Salt, NonceBytes) {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, seed));
    mac.update(SALT_LABEL);
    mac.update(&index.to_be_bytes());
    let tag = mac.sign();
    let (mut salt, mut nonce) = ([0; 16], [0; 12]);
    salt.copy_from_slice(&tag.as_ref()[..16]);
    nonce.copy_from_slice(&tag.as_ref()[16..28]);
    (salt, nonce)
}
