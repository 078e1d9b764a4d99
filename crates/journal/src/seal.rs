//! What is sealed under the key of a month: salt and encoding, in an envelope.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::detail::{Detail, DetailFault, Id};
use crate::entry::{commit_detail, commit_part};
use crate::merkle::Hash;
use crate::part::Part;

/// What hides a commitment: 16 random bytes, one for each.
pub type Salt = [u8; 16];

/// The bytes of the random value that a sealing needs.
pub type NonceBytes = [u8; 12];

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Act;
    use crate::detail::{Actor, ActorKind};

    const INSTALLATION: Id = [9; 16];

    fn detail() -> Detail {
        Detail::new(
            0,
            Act::Read,
            Actor {
                kind: ActorKind::Staff,
                handle: "a-1".into(),
            },
        )
    }

    fn keys(period: Period) -> BTreeMap<Period, PeriodKey> {
        BTreeMap::from([(period, PeriodKey::new(&[4; 32]))])
    }

    fn sealed(period: Period) -> Vec<u8> {
        let opening = Opening::new([7; 16], detail().encode());
        let key = PeriodKey::new(&[4; 32]);
        seal(
            &opening,
            Sealed::Detail,
            &INSTALLATION,
            period,
            &key,
            [1; 12],
        )
    }

    #[test]
    fn periods_are_calendar_months_in_utc() {
        for (seconds, text) in [
            (0, "1970-01"),
            (-1, "1969-12"),
            (951_782_399, "2000-02"),   // 28 February, 23:59:59
            (951_782_400, "2000-02"),   // 29 February
            (951_868_800, "2000-03"),   // 1 March
            (1_798_761_599, "2026-12"), // 31 December, 23:59:59
            (1_798_761_600, "2027-01"),
            (4_107_542_400, "2100-03"), // 2100 is no leap year: 1 March follows 28 February
            (4_107_542_399, "2100-02"),
        ] {
            assert_eq!(
                Period::of(seconds * 1_000_000).to_string(),
                text,
                "{seconds}"
            );
        }
        assert_eq!(Period::of(0).0, 1970 * 12);
        assert_eq!(Period::of(i64::MIN), Period(0));
        assert_eq!(Period::of(i64::MAX), Period(u16::MAX));
    }

    #[test]
    fn an_envelope_opens_only_as_what_it_was_sealed() {
        let period = Period::of(0);
        let envelope = sealed(period);
        let opened = open(&envelope, Sealed::Detail, &INSTALLATION, &keys(period)).unwrap();
        assert_eq!(opened.detail(), Ok(detail()));
        let open_as = |what, installation, keys: &BTreeMap<_, _>| {
            open(&envelope, what, installation, keys).unwrap_err()
        };
        let keys = keys(period);
        assert_eq!(
            open_as(Sealed::Part, &INSTALLATION, &keys),
            SealFault::Damaged
        );
        assert_eq!(open_as(Sealed::Detail, &[8; 16], &keys), SealFault::Damaged);
        assert_eq!(
            open_as(Sealed::Detail, &INSTALLATION, &BTreeMap::new()),
            SealFault::NoKey(period)
        );
        let other = BTreeMap::from([(period, PeriodKey::new(&[5; 32]))]);
        assert_eq!(
            open_as(Sealed::Detail, &INSTALLATION, &other),
            SealFault::Damaged
        );
    }

    #[test]
    fn every_flipped_or_missing_byte_of_an_envelope_is_found() {
        let period = Period::of(0);
        let (envelope, keys) = (sealed(period), keys(period));
        for at in 0..envelope.len() {
            for bit in 0..8 {
                let mut damaged = envelope.clone();
                damaged[at] ^= 1 << bit;
                assert!(open(&damaged, Sealed::Detail, &INSTALLATION, &keys).is_err());
            }
            assert!(open(&envelope[..at], Sealed::Detail, &INSTALLATION, &keys).is_err());
        }
    }
}
