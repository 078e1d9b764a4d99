//! Tokens: what a browser, a link or a program shows to be let in. Drawn at random, shown once,
//! kept only as a hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Entropy;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a token: nobody guesses 256 random bits.
const TOKEN_BYTES: usize = 32;
/// Characters of a token as it is written.
const TEXT_LENGTH: usize = 43;

/// What programs' keys begin with, so that a leaked one is recognised for what it is.
pub const KEY_PREFIX: &str = "kept_";

/// A token in the form that is shown. It can be told once; only its hash is kept.
pub struct Token(Zeroizing<String>);

/// What is kept of a token: SHA-256. A token is random, so that a fast hash gives nothing away.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenHash(pub [u8; 32]);

impl Token {
    /// Draws a token.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
    }

    /// Takes in what somebody showed; nothing if it cannot be a token.
    #[must_use]
    pub fn shown(text: &str) -> Option<Self> {
        let fits = text.len() == TEXT_LENGTH
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// A program's key, which has a prefix of its own; nothing if it cannot be one.
    #[must_use]
    pub fn shown_key(text: &str) -> Option<Self> {
        Self::shown(text.strip_prefix(KEY_PREFIX)?)
    }

    /// The token, to be told to whom it is for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The token as a program's key.
    #[must_use]
    pub fn reveal_key(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{KEY_PREFIX}{}", self.0.as_str()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totp::tests::Counting;

    #[test]
    fn a_token_is_recognised_by_its_hash_alone() {
        let token = Token::draw(&Counting::default());
        assert_eq!(token.reveal().len(), TEXT_LENGTH);
        let shown = Token::shown(token.reveal()).unwrap();
        assert_eq!(shown.hash(), token.hash());
        let key = token.reveal_key();
        assert_eq!(Token::shown_key(&key).unwrap().hash(), token.hash());
        assert!(Token::shown_key(token.reveal()).is_none());
        assert!(Token::shown(&key).is_none());
        assert!(Token::shown(&token.reveal()[1..]).is_none());
        assert!(Token::shown(&"é".repeat(TEXT_LENGTH)).is_none());
        assert!(!format!("{token:?}").contains(token.reveal()));
    }

    #[test]
    fn two_tokens_differ() {
        let entropy = Counting::default();
        assert_ne!(Token::draw(&entropy).hash(), Token::draw(&entropy).hash());
    }
}
