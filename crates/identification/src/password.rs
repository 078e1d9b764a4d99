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
use crate::turns::Turns;

/// Memory that hashing a password takes, in KiB (OWASP's password storage cheat sheet; RFC 9106
/// leaves it to the machine).
pub const MEMORY_KIB: u32 = 47_104;
/// Passes over that memory.
pub const PASSES: u32 = 1;
/// Lanes.
pub const LANES: u32 = 1;
/// Passwords that are hashed at a time: each takes [`MEMORY_KIB`].
static TURNS: Turns = Turns::new(4);
/// Bytes of a salt.
const SALT_BYTES: usize = 16;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// The shortest password, where the configuration does not say otherwise.
pub const LENGTH_MIN: usize = 12;
/// The longest: longer ones only cost time.
pub const LENGTH_MAX: usize = 256;
/// Bits that the recommendation asks for (case 1 of its table): its own example, twelve characters
/// out of 99, comes to 79.6 and is called 80.
pub const ENTROPY_BITS_MIN: f64 = 79.5;
/// Bits that it asks for where tries are slowed, as they are here (case 2): what is left where the
/// configuration lets passwords be shorter than [`LENGTH_MIN`].
const ENTROPY_BITS_SLOWED: f64 = 49.5;
/// The estimated strength of a password, of zxcvbn's 0 to 4: a clever guesser needs ten thousand
/// million tries at the least.
pub const STRENGTH_MIN: u8 = 4;

/// What a password must be.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The fewest characters.
    pub length_min: usize,
    /// The least estimated strength, of zxcvbn's 0 to 4.
    pub strength_min: u8,
    /// Those that are refused because they were stolen elsewhere; none: they are not looked up.
    pub leaked: Option<Leaked>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            length_min: LENGTH_MIN,
            strength_min: STRENGTH_MIN,
            leaked: Some(Leaked::shipped()),
        }
    }
}

/// A password as somebody typed it.
pub struct Password(Zeroizing<String>);

/// What is kept of a password: parameters, salt and hash, in the form of the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Zeroizing<String>);

/// Why a password will not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// It has fewer characters than the rules ask for.
    Short,
    /// It has more than [`LENGTH_MAX`] characters.
    Long,
    /// Its kinds of character and its length give too few bits.
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
            Self::Short => "use more characters; four or more words that you drew by lot do well",
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

    /// Its first weakness, if it has one; `own` are the names and addresses of the account.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when a list cannot be read.
    pub fn weakness(&self, own: &[&str], rules: &Rules) -> Result<Option<Weakness>, Fault> {
        let text = self.0.as_str();
        let length = text.chars().count();
        if length < rules.length_min {
            return Ok(Some(Weakness::Short));
        }
        if length > LENGTH_MAX {
            return Ok(Some(Weakness::Long));
        }
        let small = Zeroizing::new(text.to_lowercase());
        if own_parts(own).any(|part| small.contains(part.as_str())) {
            return Ok(Some(Weakness::Own));
        }
        if let Some(leaked) = &rules.leaked
            && leaked.contains(text)?
        {
            return Ok(Some(Weakness::Leaked));
        }
        let bits = match rules.length_min < LENGTH_MIN {
            true => ENTROPY_BITS_SLOWED,
            false => ENTROPY_BITS_MIN,
        };
        if entropy_bits(text) < bits {
            return Ok(Some(Weakness::Plain));
        }
        // It looks at the first hundred characters: what makes those hard makes the whole hard.
        let strength = u8::from(zxcvbn::zxcvbn(text, own).score());
        Ok((strength < rules.strength_min).then_some(Weakness::Guessable))
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
    let _turn = TURNS.take()?;
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

    fn judged(text: &str) -> Option<Weakness> {
        judged_by(text, &Rules::default())
    }

    fn judged_by(text: &str, rules: &Rules) -> Option<Weakness> {
        let own = ["Camille Lefèvre", "camille.lefevre@quai.example"];
        Password::new(text).weakness(&own, rules).unwrap()
    }

    #[test]
    fn what_the_recommendation_asks_for_will_do() {
        for good in [
            "Tq7!vuR2#mLx",
            "hangar violet mosaique pluie sept",
            "tortue-abricot-lundi-Wagram-19",
        ] {
            assert_eq!(judged(good), None, "{good}");
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
            assert_eq!(judged(weak), Some(why), "{weak}");
        }
        assert_eq!(judged(&"aB3$".repeat(100)), Some(Weakness::Long));
    }

    #[test]
    fn the_configuration_moves_the_rules_both_ways() {
        let lower = Rules {
            length_min: 8,
            strength_min: 2,
            leaked: None,
        };
        assert_eq!(judged("Tq7!vuR2"), Some(Weakness::Short));
        assert_eq!(judged_by("Tq7!vuR2", &lower), None);
        assert_eq!(judged_by("password", &lower), Some(Weakness::Plain));
        assert_eq!(judged_by("Password1!", &lower), Some(Weakness::Guessable));
        let higher = Rules {
            length_min: 40,
            ..Rules::default()
        };
        let good = "hangar violet mosaique pluie sept";
        assert_eq!(judged_by(good, &higher), Some(Weakness::Short));
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
