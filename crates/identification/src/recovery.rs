//! Recovery codes: the second factor of whoever has lost theirs. Ten, each good once.

use domain::Entropy;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// How many codes there are at first.
pub const CODES: usize = 10;
/// The characters of a code: none that is taken for another.
const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz-";
/// Characters of a code without its dashes: 79 bits, too many to guess behind a slow door and too
/// many to try offline.
const LENGTH: usize = 16;
/// Characters of a group.
const GROUP: usize = 4;

/// New codes, to be shown once, and what is kept of them.
pub struct NewCodes {
    /// The codes, as they are shown.
    pub codes: Vec<Zeroizing<String>>,
    /// What is kept.
    pub kept: RecoveryHashes,
}

/// What is kept of the codes that are still good: their hashes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecoveryHashes(Vec<[u8; 32]>);

/// Draws codes.
#[must_use]
pub fn draw(entropy: &dyn Entropy) -> NewCodes {
    let codes: Vec<_> = (0..CODES).map(|_| code(entropy)).collect();
    let kept = RecoveryHashes(codes.iter().map(|code| hash(&normal(code))).collect());
    NewCodes { codes, kept }
}

fn code(entropy: &dyn Entropy) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
    let mut drawn = 0;
    while drawn < LENGTH {
        let mut byte = [0];
        entropy.fill(&mut byte);
        let letter = ALPHABET[usize::from(byte[0] & 31)];
        // 31 letters: what falls on the dash is drawn again, so that each is as likely.
        if letter == b'-' {
            continue;
        }
        if drawn > 0 && drawn % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(letter));
        drawn += 1;
    }
    text
}

/// A code however it was typed: without dashes and spaces, in small letters.
fn normal(text: &str) -> Zeroizing<String> {
    Zeroizing::new(
        text.chars()
            .filter(|c| c.is_ascii_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
            .collect(),
    )
}

fn hash(normal: &str) -> [u8; 32] {
    Sha256::digest(normal.as_bytes()).into()
}

impl RecoveryHashes {
    /// Uses a code up: gives what is left, or nothing if it is not one of them.
    #[must_use]
    pub fn used(&self, code: &str) -> Option<Self> {
        let normal = normal(code);
        if normal.len() != LENGTH {
            return None;
        }
        let shown = hash(&normal);
        let mut left = self.0.clone();
        let before = left.len();
        left.retain(|kept| !bool::from(kept.ct_eq(&shown)));
        (left.len() < before).then_some(Self(left))
    }

    /// How many codes are still good.
    #[must_use]
    pub fn left(&self) -> usize {
        self.0.len()
    }

    /// The form in which they are sealed.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.concat())
    }

    /// Reads the form in which they are sealed.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| Self(hashes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totp::tests::Counting;

    #[test]
    fn each_code_is_good_once() {
        let new = draw(&Counting::default());
        assert_eq!(new.codes.len(), CODES);
        assert_eq!(new.codes[0].len(), 19, "{}", &*new.codes[0]);
        let typed = new.codes[3].to_uppercase().replace('-', " ");
        let left = new.kept.used(&typed).unwrap();
        assert_eq!(left.left(), CODES - 1);
        assert!(left.used(&new.codes[3]).is_none());
        assert!(left.used(&new.codes[4]).is_some());
        assert!(left.used("").is_none());
        assert!(left.used("aaaa-aaaa-aaaa-aaaa").is_none());
    }

    #[test]
    fn what_is_kept_reads_back() {
        let kept = draw(&Counting::default()).kept;
        assert_eq!(RecoveryHashes::decode(&kept.encode()), Some(kept.clone()));
        assert_eq!(RecoveryHashes::decode(&kept.encode()[1..]), None);
    }
}
