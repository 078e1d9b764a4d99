//! Signed notes, as in C2SP `signed-note`: a text, a blank line, and lines of signatures.
//!
//! Only Ed25519 signatures (type 1) are made and checked; others are left aside, as the
//! specification asks of unknown ones.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use crate::merkle::sha256;

const ED25519_TYPE: u8 = 1;
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// The most signatures that a note may have; the specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 64;

/// Why a key's text cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// The name is empty, or holds a space or a plus sign.
    Name,
    /// The text is not of the form of a signed-note key.
    Malformed,
    /// The key is of a type other than Ed25519.
    UnknownType,
    /// The text's key id is not that of its name and key.
    KeyId,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the key's name is empty or holds a space or a plus sign",
            Self::Malformed => "the key is not of the form NAME+ID+BASE64",
            Self::UnknownType => "the key is not an Ed25519 key",
            Self::KeyId => "the key's id does not belong to its name and content",
        })
    }
}

impl std::error::Error for KeyFault {}

/// A public key with its name: what an outsider needs to check a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    public: [u8; 32],
}

impl VerifierKey {
    /// A key from its name and its 32 bytes (RFC 8032).
    ///
    /// # Errors
    /// When the name is not allowed.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, KeyFault> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, &public),
            public,
        })
    }

    /// Reads the text `NAME+ID+BASE64`.
    ///
    /// # Errors
    /// When the text is not such a key.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let mut fields = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(KeyFault::Malformed);
        };
        let public = key_bytes(key)?;
        let key = Self::new(name, *public)?;
        if hex_id(key.id) == id {
            Ok(key)
        } else {
            Err(KeyFault::KeyId)
        }
    }

    /// The key's name: the origin of the journal it signs for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(text.as_bytes(), signature)
            .is_ok()
    }
}

/// The text `NAME+ID+BASE64` (a *vkey*).
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex_id(self.id),
            typed_base64(&self.public).as_str()
        )
    }
}

/// A private key with its name, which signs notes.
pub struct SignerKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SignerKey {
    /// A key from its name and 32 random bytes.
    ///
    /// # Errors
    /// When the name is not allowed.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault::Malformed)?;
        let public = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| KeyFault::Malformed)?;
        let verifier = VerifierKey::new(name, public)?;
        Ok(Self {
            seed: Zeroizing::new(*seed),
            pair,
            verifier,
        })
    }

    /// Reads the text `PRIVATE+KEY+NAME+ID+BASE64`.
    ///
    /// # Errors
    /// When the text is not such a key.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let rest = text
            .strip_prefix(PRIVATE_PREFIX)
            .ok_or(KeyFault::Malformed)?;
        let mut fields = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(KeyFault::Malformed);
        };
        let key = Self::new(name, &*key_bytes(key)?)?;
        if hex_id(key.verifier.id) == id {
            Ok(key)
        } else {
            Err(KeyFault::KeyId)
        }
    }

    /// The text `PRIVATE+KEY+NAME+ID+BASE64`, for the key's file. A secret.
    #[must_use]
    pub fn danger_to_text(&self) -> Zeroizing<String> {
        let (name, id) = (&self.verifier.name, hex_id(self.verifier.id));
        Zeroizing::new(format!(
            "{PRIVATE_PREFIX}{name}+{id}+{}",
            typed_base64(&self.seed).as_str()
        ))
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The line of this key's signature over a note's text.
    fn signature_line(&self, text: &str) -> String {
        let mut bytes = self.verifier.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!(
            "{SIGNATURE_PREFIX}{} {}\n",
            self.verifier.name,
            BASE64.encode(bytes)
        )
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier)
    }
}

/// Why a note is not to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteFault {
    /// The note is not of the form of a signed note; the line, from 1, where that shows.
    Malformed {
        /// The line, from 1.
        line: usize,
    },
    /// A signature of a known key does not fit the text.
    Signature {
        /// The line, from 1.
        line: usize,
    },
    /// No known key signed it.
    Unsigned,
}

impl fmt::Display for NoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { line } => write!(f, "line {line} is not that of a signed note"),
            Self::Signature { line } => {
                write!(f, "the signature in line {line} does not fit the text")
            }
            Self::Unsigned => f.write_str("no known key signed it"),
        }
    }
}

impl std::error::Error for NoteFault {}

/// Signs a text with each of the keys.
///
/// The text must end with a newline and hold no other control character; whoever makes it here
/// (checkpoints, statements) makes it so.
#[must_use]
pub fn sign(text: &str, keys: &[&SignerKey]) -> String {
    let mut note = format!("{text}\n");
    for key in keys {
        note.push_str(&key.signature_line(text));
    }
    note
}

/// A note whose known signatures were all checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The text, with its last newline.
    pub text: &'a str,
    /// How many known keys signed it; at least one.
    pub signed_by: usize,
}

/// Checks a note: it is well formed, at least one of `keys` signed it, and none of their signatures
/// is wrong. Signatures of other keys are left aside.
///
/// # Errors
/// When the note is malformed, unsigned or wrongly signed.
pub fn verify<'a>(note: &'a str, keys: &[VerifierKey]) -> Result<Note<'a>, NoteFault> {
    if let Some(at) = note.find(|c: char| c < ' ' && c != '\n') {
        return Err(NoteFault::Malformed {
            line: line_of(note, at),
        });
    }
    let last_line = note.lines().count();
    let split = note
        .rfind("\n\n")
        .ok_or(NoteFault::Malformed { line: last_line })?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    let first_line = line_of(note, split + 2);
    if !signatures.ends_with('\n') {
        return Err(NoteFault::Malformed { line: last_line });
    }
    let mut signers: Vec<&VerifierKey> = Vec::new();
    for (line, signature) in (first_line..).zip(signatures.lines()) {
        if line - first_line >= SIGNATURES_MAX {
            return Err(NoteFault::Malformed { line });
        }
        let (name, id, bytes) = parse_signature(signature).ok_or(NoteFault::Malformed { line })?;
        let Some(key) = keys.iter().find(|key| key.name == name && key.id == id) else {
            continue;
        };
        if !key.verifies(text, &bytes) {
            return Err(NoteFault::Signature { line });
        }
        if !signers.contains(&key) {
            signers.push(key);
        }
    }
    match signers.len() {
        0 => Err(NoteFault::Unsigned),
        signed_by => Ok(Note { text, signed_by }),
    }
}

fn parse_signature(line: &str) -> Option<(&str, u32, Vec<u8>)> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    check_name(name).ok()?;
    let mut bytes = BASE64.decode(encoded).ok()?;
    let id = u32::from_be_bytes(*bytes.first_chunk::<4>()?);
    bytes.drain(..4);
    (!bytes.is_empty()).then_some((name, id, bytes))
}

fn check_name(name: &str) -> Result<(), KeyFault> {
    let bad = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    if name.is_empty() || name.contains(bad) {
        Err(KeyFault::Name)
    } else {
        Ok(())
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

fn key_id(name: &str, public: &[u8; 32]) -> u32 {
    let hash = sha256(&[name.as_bytes(), &[b'\n', ED25519_TYPE], public]);
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

fn hex_id(id: u32) -> String {
    format!("{id:08x}")
}

fn typed_base64(key: &[u8; 32]) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([ED25519_TYPE; 33]);
    bytes[1..].copy_from_slice(key);
    Zeroizing::new(BASE64.encode(*bytes))
}

fn key_bytes(text: &str) -> Result<Zeroizing<[u8; 32]>, KeyFault> {
    let bytes = Zeroizing::new(BASE64.decode(text).map_err(|_| KeyFault::Malformed)?);
    let (kind, key) = bytes.split_first().ok_or(KeyFault::Malformed)?;
    if *kind != ED25519_TYPE {
        return Err(KeyFault::UnknownType);
    }
    key.try_into()
        .map(Zeroizing::new)
        .map_err(|_| KeyFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the documentation of golang.org/x/mod/sumdb/note.
    const PUBLISHED_PRIVATE: &str =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const PUBLISHED_PUBLIC: &str =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const PUBLISHED_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n";
    const PUBLISHED_SIGNATURE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr\
        8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_published_note_is_made_and_checked() {
        let signer = SignerKey::parse(PUBLISHED_PRIVATE).unwrap();
        assert_eq!(signer.danger_to_text().as_str(), PUBLISHED_PRIVATE);
        assert_eq!(signer.verifier().to_string(), PUBLISHED_PUBLIC);
        let note = sign(PUBLISHED_TEXT, &[&signer]);
        assert_eq!(note, format!("{PUBLISHED_TEXT}\n{PUBLISHED_SIGNATURE}"));
        let keys = [VerifierKey::parse(PUBLISHED_PUBLIC).unwrap()];
        assert_eq!(
            verify(&note, &keys),
            Ok(Note {
                text: PUBLISHED_TEXT,
                signed_by: 1
            })
        );
    }

    #[test]
    fn unknown_signatures_are_left_aside_and_wrong_ones_refused() {
        let ours = SignerKey::new("kept.example/journal", &[7; 32]).unwrap();
        let witness = SignerKey::new("witness.example/w1", &[8; 32]).unwrap();
        let note = sign("a\n\nb\n", &[&witness, &ours]);
        let both = [ours.verifier().clone(), witness.verifier().clone()];
        assert_eq!(
            verify(&note, &both),
            Ok(Note {
                text: "a\n\nb\n",
                signed_by: 2
            })
        );
        assert_eq!(
            verify(&note, &both[..1]),
            Ok(Note {
                text: "a\n\nb\n",
                signed_by: 1
            })
        );
        let other = SignerKey::new("kept.example/journal", &[9; 32]).unwrap();
        assert_eq!(
            verify(&note, &[other.verifier().clone()]),
            Err(NoteFault::Unsigned)
        );
        let changed = note.replacen("b\n", "c\n", 1);
        assert_eq!(
            verify(&changed, &both),
            Err(NoteFault::Signature { line: 5 })
        );
    }

    #[test]
    fn every_flipped_byte_of_a_note_is_found() {
        let ours = SignerKey::new("kept.example/journal", &[7; 32]).unwrap();
        let note = sign("kept.example/journal\n7\nAAAA\n", &[&ours]);
        let keys = [ours.verifier().clone()];
        for at in 0..note.len() {
            for flip in [1, 2, 32, 128] {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= flip;
                if let Ok(text) = String::from_utf8(bytes) {
                    assert!(verify(&text, &keys).is_err(), "byte {at} flipped by {flip}");
                }
            }
            if note.is_char_boundary(at) {
                assert!(verify(&note[..at], &keys).is_err(), "cut at {at}");
            }
        }
    }

    #[test]
    fn bad_keys_are_refused() {
        let refused = |text: &str| VerifierKey::parse(text).unwrap_err();
        assert_eq!(refused("name"), KeyFault::Malformed);
        assert_eq!(refused("name+00000000+AAAA"), KeyFault::UnknownType);
        assert_eq!(
            refused(&PUBLISHED_PUBLIC.replace("c74f20a3", "c74f20a4")),
            KeyFault::KeyId
        );
        assert_eq!(
            refused(&PUBLISHED_PUBLIC.replace("PeterN", "Peter N")),
            KeyFault::Name
        );
        assert_eq!(
            SignerKey::parse("PRIVATE+KEY+x").err(),
            Some(KeyFault::Malformed)
        );
        assert_eq!(SignerKey::new("", &[0; 32]).err(), Some(KeyFault::Name));
    }
}
