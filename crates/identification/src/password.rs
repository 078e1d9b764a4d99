//! Passwords: Argon2id, and the rules of the CNIL's recommendation (deliberation 2022-100 of
//! 21 July 2022).
//!
//! The recommendation asks for 80 bits of entropy of a password that stands alone, 50 where tries
//! are slowed, no renewal at intervals, and storage by a function that is slow on purpose. Here
//! tries are slowed and there is a second factor, and 80 bits are asked for all the same; besides,
//! what is common or was leaked is refused, which counting characters does not see.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::{Entropy, Fault, FaultKind};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, Zeroizing};

use crate::common::Leaked;

/// Memory that hashing a password takes, in KiB (OWASP's password storage cheat sheet; RFC 9106
/// leaves it to the machine).
pub const MEMORY_KIB: u32 = 47_104;
/// Passes over that memory.
pub const PASSES: u32 = 1;
/// Lanes.
pub const LANES: u32 = 1;
/// Bytes of a salt.
const SALT_BYTES: usize = 16;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// The shortest password.
pub const LENGTH_MIN: usize = 12;
/// The longest: longer ones only cost time.
pub const LENGTH_MAX: usize = 256;
/// Bits that the recommendation asks for (case 1 of its table): its own example, twelve characters
/// out of 99, comes to 79.6 and is called 80.
pub const ENTROPY_BITS_MIN: f64 = 79.5;
/// Guesses, as a power of ten, that a clever guesser must need at the least.
const GUESSES_LOG10_MIN: f64 = 10.0;

/// A password as somebody typed it.
pub struct Password(Zeroizing<String>);

/// What is kept of a password: parameters, salt and hash, in the form of the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Zeroizing<String>);

/// Why a password will not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// It has fewer than [`LENGTH_MIN`] characters.
    Short,
    /// It has more than [`LENGTH_MAX`] characters.
    Long,
    /// Its kinds of character and its length give fewer than 80 bits.
    Plain,
    /// It is made of what everybody uses: words, names, dates, keyboard rows, repetitions.
    Guessable,
    /// It is among those that were stolen elsewhere.
    Leaked,
    /// It contains the name or the address of its account.
    Own,
}

impl Weakness {
    /// What to do about it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Short => {
                "use at least 12 characters; four or more words that you drew by lot do well"
            }
            Self::Long => "use at most 256 characters",
            Self::Plain => "make it longer, or use capitals, figures and signs as well",
            Self::Guessable => {
                "leave out names, dates, sayings and rows of the keyboard; words drawn by lot do well"
            }
            Self::Leaked => "choose another one, and change it wherever else you use it",
            Self::Own => "leave out your name and your address",
        }
    }

    /// What is wrong with it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Short => "this password is too short",
            Self::Long => "this password is too long",
            Self::Plain => "this password has too few different kinds of character for its length",
            Self::Guessable => "this password is easy to guess",
            Self::Leaked => "this password was stolen elsewhere and is tried first",
            Self::Own => "this password contains a name or an address of its account",
        }
    }
}

impl From<Weakness> for Fault {
    fn from(weakness: Weakness) -> Self {
        Fault::new(FaultKind::Invalid, weakness.message())
            .rule("21c")
            .remedy(weakness.remedy())
    }
}

impl Password {
    /// Takes in what was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(Zeroizing::new(typed.to_owned()))
    }

    /// Whether it will do; `own` are the names and addresses of the account.
    ///
    /// # Errors
    /// The first [`Weakness`] of it, or the fault of a list that cannot be read.
    pub fn judge(&self, own: &[&str], leaked: &Leaked) -> Result<(), Fault> {
        let text = self.0.as_str();
        let length = text.chars().count();
        if length < LENGTH_MIN {
            return Err(Weakness::Short.into());
        }
        if length > LENGTH_MAX {
            return Err(Weakness::Long.into());
        }
        let small = Zeroizing::new(text.to_lowercase());
        if own_parts(own).any(|part| small.contains(part.as_str())) {
            return Err(Weakness::Own.into());
        }
        if leaked.contains(text)? {
            return Err(Weakness::Leaked.into());
        }
        if entropy_bits(text) < ENTROPY_BITS_MIN {
            return Err(Weakness::Plain.into());
        }
        // It looks at the first hundred characters: what makes those hard makes the whole hard.
        if zxcvbn::zxcvbn(text, own).guesses_log10() < GUESSES_LOG10_MIN {
            return Err(Weakness::Guessable.into());
        }
        Ok(())
    }

    /// Hashes it with a salt of its own.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when there is no memory for it.
    pub fn hash(&self, entropy: &dyn Entropy) -> Result<PasswordHash, Fault> {
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt);
        let hash = derive(&self.0, &salt, MEMORY_KIB, PASSES, LANES)?;
        Ok(PasswordHash(Zeroizing::new(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash.as_slice()),
        ))))
    }
}

impl PasswordHash {
    /// A hash from the form in which it is sealed.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when it is not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|_| damaged())?;
        parts(text).ok_or_else(damaged)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The form in which it is sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// A hash that no password has: verifying against it costs what verifying costs, so that an
    /// account that does not exist takes as long to answer as one that does.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self(Zeroizing::new(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
            STANDARD_NO_PAD.encode([0; SALT_BYTES]),
            STANDARD_NO_PAD.encode([0; HASH_BYTES]),
        )))
    }

    /// Whether it is the hash of this password.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when there is no memory for it.
    pub fn verify(&self, password: &Password) -> Result<bool, Fault> {
        let (costs, salt, hash) = parts(&self.0).ok_or_else(damaged)?;
        // What is longer than any password that was accepted is not hashed at its full length.
        let typed: Zeroizing<String> =
            Zeroizing::new(password.0.chars().take(LENGTH_MAX + 1).collect());
        let found = derive(&typed, &salt, costs.0, costs.1, costs.2)?;
        Ok(bool::from(found.as_slice().ct_eq(hash.as_slice())))
    }

    /// Whether it was made with lesser costs than those in use, and is to be made anew at the next
    /// sign-in (21f).
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        parts(&self.0).is_none_or(|((memory, passes, _), ..)| {
            u64::from(memory) * u64::from(passes) < u64::from(MEMORY_KIB) * u64::from(PASSES)
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

type Costs = (u32, u32, u32);

fn parts(text: &str) -> Option<(Costs, Vec<u8>, Zeroizing<Vec<u8>>)> {
    let rest = text.strip_prefix("$argon2id$v=19$")?;
    let (costs, rest) = rest.split_once('$')?;
    let (salt, hash) = rest.split_once('$')?;
    let mut numbers = costs
        .split(',')
        .zip(["m=", "t=", "p="])
        .map(|(part, key)| part.strip_prefix(key)?.parse::<u32>().ok());
    let costs = (numbers.next()??, numbers.next()??, numbers.next()??);
    let salt = STANDARD_NO_PAD.decode(salt).ok()?;
    let hash = Zeroizing::new(STANDARD_NO_PAD.decode(hash).ok()?);
    Some((costs, salt, hash))
}

fn derive(
    password: &str,
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> Result<Zeroizing<[u8; HASH_BYTES]>, Fault> {
    let params = Params::new(memory, passes, lanes, Some(HASH_BYTES)).map_err(|_| damaged())?;
    let mut hash = Zeroizing::new([0; HASH_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, hash.as_mut_slice())
        .map_err(|error| {
            Fault::new(FaultKind::Unavailable, "a password could not be checked")
                .remedy("try again in a moment")
                .because(error.to_string())
        })?;
    Ok(hash)
}

/// Entropy as the recommendation counts it: how many characters there are of the kinds that are
/// used, to the power of the length.
fn entropy_bits(text: &str) -> f64 {
    let any = |which: fn(char) -> bool| text.chars().any(which);
    let mut alphabet = 0.0;
    for (used, size) in [
        (any(|c| c.is_ascii_lowercase()), 26.0),
        (any(|c| c.is_ascii_uppercase()), 26.0),
        (any(|c| c.is_ascii_digit()), 10.0),
        (any(|c| c.is_ascii() && !c.is_ascii_alphanumeric()), 37.0),
        (any(|c| !c.is_ascii()), 32.0),
    ] {
        if used {
            alphabet += size;
        }
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    f64::from(length) * f64::log2(f64::max(alphabet, 1.0))
}

/// The words of an account's names and addresses that a password must not contain.
fn own_parts<'a>(own: &'a [&'a str]) -> impl Iterator<Item = Zeroizing<String>> + 'a {
    own.iter().flat_map(|text| {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() >= 4)
            .map(|word| Zeroizing::new(word.to_lowercase()))
    })
}

fn damaged() -> Fault {
    let mut fault = Fault::new(
        FaultKind::Integrity,
        "what is kept of a password is damaged",
    );
    fault.remedy = Some("send the account a new link: `kept account link`".to_owned());
    fault
}

impl Zeroize for Password {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totp::tests::Counting;

    fn judged(text: &str) -> Result<(), &'static str> {
        let own = ["Camille Lefèvre", "camille.lefevre@quai.example"];
        let said = Password::new(text).judge(&own, &Leaked::shipped());
        said.map_err(|fault| {
            [
                Weakness::Short,
                Weakness::Long,
                Weakness::Plain,
                Weakness::Guessable,
                Weakness::Leaked,
                Weakness::Own,
            ]
            .into_iter()
            .map(Weakness::message)
            .find(|message| *message == fault.message)
            .unwrap()
        })
    }

    #[test]
    fn what_the_recommendation_asks_for_will_do() {
        for good in [
            "Tq7!vuR2#mLx",
            "hangar violet mosaique pluie sept",
            "tortue-abricot-lundi-Wagram-19",
        ] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_weak_is_refused_for_its_reason() {
        for (weak, why) in [
            ("Tq7!vuR2#mL", Weakness::Short),
            ("qkzvtrmwpxbn", Weakness::Plain),
            ("Aaaaaaaaaaaaaaaaaaaa1!", Weakness::Guessable),
            ("Password123456!", Weakness::Leaked),
            ("MotDePasse2024!!", Weakness::Leaked),
            ("Azertyuiop123456!", Weakness::Leaked),
            ("correct horse battery staple", Weakness::Leaked),
            ("xy-Camille-91-voilier", Weakness::Own),
        ] {
            assert_eq!(judged(weak), Err(why.message()), "{weak}");
        }
        assert_eq!(judged(&"aB3$".repeat(100)), Err(Weakness::Long.message()));
    }

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let password = Password::new("hangar violet mosaique pluie sept");
        let hash = password.hash(&Counting::default()).unwrap();
        assert!(hash.verify(&password).unwrap());
        assert!(!hash.verify(&Password::new("hangar violet")).unwrap());
        let kept = PasswordHash::from_bytes(hash.as_bytes()).unwrap();
        assert!(kept == hash && !kept.is_outdated());
        assert!(PasswordHash::from_bytes(b"$argon2id$v=19$m=1").is_err());
        assert!(!PasswordHash::of_nobody().verify(&password).unwrap());
        let old = PasswordHash::from_bytes(b"$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert!(old.is_outdated());
        assert!(!format!("{hash:?} {password:?}").contains("hangar"));
    }

    /// A vector of the reference implementation's own tests; those of RFC 9106 have a secret and
    /// associated data, which nothing here uses.
    #[test]
    fn hashes_are_those_of_the_reference_implementation() {
        let hash = derive("password", b"somesalt", 65_536, 2, 1).unwrap();
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
        );
    }
}
