//! Entries: the commitment that goes into the tree, and the sealed detail that stays beside it.
//!
//! A commitment is `HMAC-SHA-256(salt, label || encoding)`. The salt is 16 random bytes that live
//! nowhere but inside the sealed detail: once that is deleted, the commitment tells nothing and
//! cannot be guessed, while every proof over it still holds.

use aws_lc_rs::hmac;

use crate::detail::{Detail, Id, PartsRoot};
use crate::merkle::{Hash, leaf_hash, root_of};
use crate::part::Part;
use crate::seal::{NonceBytes, Opening, Period, PeriodKey, Salt, Sealed, seal};

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::collections::BTreeMap;

    use super::*;
    use crate::act::Act;
    use crate::detail::{Actor, ActorKind};
    use crate::merkle::{inclusion_proof, verify_inclusion};
    use crate::seal::open;

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

    #[test]
    fn commitments_differ_by_salt_content_and_kind() {
        let encoded = detail().encode();
        let commitment = commit_detail(&[1; 16], &encoded);
        assert_ne!(commitment, commit_detail(&[2; 16], &encoded));
        assert_ne!(commitment, commit_detail(&[1; 16], &encoded[1..]));
        assert_ne!(commitment, commit_part(&[1; 16], &encoded));
    }

    #[test]
    fn an_envelope_shows_nothing_of_the_detail() {
        let mut detail = detail();
        detail.subject = Some([0xab; 16]);
        let period = Period::of(0);
        let entropy = EntryEntropy::from_bytes(&[3; EntryEntropy::BYTES]);
        let made = entry(&detail, &INSTALLATION, &PeriodKey::new(&[4; 32]), &entropy);
        assert_eq!(made.period, period);
        let shows = |needle: &[u8]| made.sealed.windows(needle.len()).any(|w| w == needle);
        assert!(!shows(&[0xab; 4]) && !shows(b"a-1"));
    }

    proptest! {
        #[test]
        fn each_part_of_a_bulk_act_is_provable_singly(count in 1usize..40, at: prop::sample::Index) {
            let parts: Vec<Part> = (0..count).map(|n| Part::new([n as u8; 16])).collect();
            let entropy = EntryEntropy::from_bytes(&[6; EntryEntropy::BYTES]);
            let key = PeriodKey::new(&[4; 32]);
            let made = bulk_entry(detail(), &parts, &INSTALLATION, &key, &entropy);
            let keys = keys(made.period);
            let opened = open(&made.sealed, Sealed::Detail, &INSTALLATION, &keys).unwrap();
            let root = opened.detail().unwrap().parts.unwrap();
            prop_assert_eq!((root.count, made.subjects.len()), (count as u64, count));
            let at = at.index(count);
            let part = open(&made.parts[at].sealed, Sealed::Part, &INSTALLATION, &keys).unwrap();
            prop_assert_eq!(part.part().unwrap(), parts[at].clone());
            let leaves: Vec<Hash> =
                made.parts.iter().map(|part| leaf_hash(&part.commitment)).collect();
            let (at, count) = (at as u64, count as u64);
            let path = inclusion_proof(&mut leaves.as_slice(), at, count).unwrap();
            let leaf = leaf_hash(&part.commit_part());
            prop_assert!(verify_inclusion(&leaf, at, count, &path, &root.root));
            let mut salts: Vec<_> = (0..count).map(|n| part_entropy(&entropy.parts_seed, n)).collect();
            salts.sort_unstable();
            salts.dedup();
            prop_assert_eq!(salts.len() as u64, count);
        }
    }
}
