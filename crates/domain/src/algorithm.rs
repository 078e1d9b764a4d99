//! The algorithms that Kept knows, by number, in their published order (21f).
//!
//! Whatever is sealed, wrapped, hashed or signed names its algorithm by one of these numbers, or by
//! the number of the format that it is in. What names none of them, or one that ranks below what is
//! in force, is refused. `docs/algorithms.md` is this list for people.

use crate::fault::{Fault, FaultKind};

/// What an algorithm is used for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Use {
    /// Sealing values, secrets of accounts and the journal's details.
    Seal,
    /// Wrapping keys by the key of an epoch.
    Wrap,
    /// Hashing look-ups under a key.
    LookUp,
    /// Hashing the journal, the policy and what is only compared.
    Digest,
    /// Signing the journal's checkpoints.
    Sign,
    /// Hashing passwords.
    Password,
}

impl Use {
    /// All uses.
    pub const ALL: [Self; 6] = [
        Self::Seal,
        Self::Wrap,
        Self::LookUp,
        Self::Digest,
        Self::Sign,
        Self::Password,
    ];

    /// Its name, in what programs read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Wrap => "wrap",
            Self::LookUp => "look-up",
            Self::Digest => "digest",
            Self::Sign => "sign",
            Self::Password => "password",
        }
    }

    /// The lowest rank that this version of Kept lets in. It is raised where a better algorithm has
    /// come, and lowered never.
    #[must_use]
    pub const fn least(self) -> Rank {
        match self {
            Self::Seal | Self::Wrap | Self::LookUp => Rank(256),
            Self::Digest | Self::Sign | Self::Password => Rank(128),
        }
    }

    /// Its number in what is stored.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Seal => 1,
            Self::Wrap => 2,
            Self::LookUp => 3,
            Self::Digest => 4,
            Self::Sign => 5,
            Self::Password => 6,
        }
    }
}

/// A place in the published order: bits of security strength as NIST SP 800-57 part 1 counts them;
/// more is stronger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rank(pub u16);

/// An algorithm with its place in the order.
#[derive(Clone, Copy, Debug)]
pub struct Algorithm {
    /// The number that stands for it in what is stored; never used for another.
    pub number: u8,
    /// Its name, as configurations and programs write it.
    pub name: &'static str,
    /// Its name as its source writes it.
    pub title: &'static str,
    /// Its place in the order.
    pub rank: Rank,
    /// What this version of Kept uses it for; nothing where it is listed to be told apart and
    /// refused.
    pub uses: &'static [Use],
    /// Where it is defined.
    pub source: &'static str,
    /// Where the data names it.
    pub named_in: &'static str,
}

/// AES-256-GCM-SIV: seals records and details, wraps keys where an epoch's key is a file.
pub const AES_256_GCM_SIV: Algorithm = Algorithm {
    number: 1,
    name: "aes-256-gcm-siv",
    title: "AES-256-GCM-SIV",
    rank: Rank(256),
    uses: &[Use::Seal, Use::Wrap],
    source: "RFC 8452",
    named_in: "the second byte of each sealed value and of each sealed detail; the epoch's entry in \
               the keyring, for what it wraps",
};

/// AES-256-GCM: wraps keys in a token, which has no GCM-SIV. Each nonce is random and stored.
pub const AES_256_GCM: Algorithm = Algorithm {
    number: 2,
    name: "aes-256-gcm",
    title: "AES-256-GCM",
    rank: Rank(256),
    uses: &[Use::Wrap],
    source: "NIST SP 800-38D",
    named_in: "the epoch's entry in the keyring",
};

/// HMAC-SHA-256: look-ups.
pub const HMAC_SHA_256: Algorithm = Algorithm {
    number: 3,
    name: "hmac-sha-256",
    title: "HMAC-SHA-256",
    rank: Rank(256),
    uses: &[Use::LookUp],
    source: "RFC 2104, FIPS 180-4",
    named_in: "the epoch's entry in the keyring",
};

/// SHA-256: the journal's tree, digests of policies and of tokens.
pub const SHA_256: Algorithm = Algorithm {
    number: 4,
    name: "sha-256",
    title: "SHA-256",
    rank: Rank(128),
    uses: &[Use::Digest],
    source: "FIPS 180-4",
    named_in: "the format of checkpoints and tiles (C2SP tlog-tiles), which knows no other",
};

/// Ed25519: the journal's checkpoints.
pub const ED25519: Algorithm = Algorithm {
    number: 5,
    name: "ed25519",
    title: "Ed25519",
    rank: Rank(128),
    uses: &[Use::Sign],
    source: "RFC 8032",
    named_in: "the first byte of the public key beside the journal (C2SP signed note)",
};

/// Argon2id: passwords.
pub const ARGON2ID: Algorithm = Algorithm {
    number: 6,
    name: "argon2id",
    title: "Argon2id",
    rank: Rank(128),
    uses: &[Use::Password],
    source: "RFC 9106",
    named_in: "the hash itself (`$argon2id$`)",
};

/// AES-128-GCM: what many tokens do by default. It ranks below what is in force.
pub const AES_128_GCM: Algorithm = Algorithm {
    number: 7,
    name: "aes-128-gcm",
    title: "AES-128-GCM",
    rank: Rank(128),
    uses: &[],
    source: "NIST SP 800-38D",
    named_in: "nothing that Kept writes",
};

/// Every algorithm that has a rank, by number.
pub const RANKED: [Algorithm; 7] = [
    AES_256_GCM_SIV,
    AES_256_GCM,
    HMAC_SHA_256,
    SHA_256,
    ED25519,
    ARGON2ID,
    AES_128_GCM,
];

/// Which rule refuses.
pub const RULE: &str = "security is never lowered";

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Algorithm {}

impl Algorithm {
    /// The algorithm that a number in the data stands for, if it may be used for this: it has a
    /// rank, not below the floor, and is one that this version uses so.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when it is not.
    pub fn of_number(number: u8, used: Use, floor: Rank) -> Result<Self, Fault> {
        let found = RANKED.into_iter().find(|it| it.number == number);
        let found = found.ok_or_else(|| unranked(&format!("number {number}"), used))?;
        found.allowed(used, floor)
    }

    /// The algorithm of a name that a configuration gives, if it may be used for this.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when it may not.
    pub fn of_name(name: &str, used: Use, floor: Rank) -> Result<Self, Fault> {
        let found = RANKED.into_iter().find(|it| it.name == name);
        let found = found.ok_or_else(|| unranked(&format!("`{name}`"), used))?;
        found.allowed(used, floor)
    }

    fn allowed(self, used: Use, floor: Rank) -> Result<Self, Fault> {
        let floor = floor.max(used.least());
        if self.rank < floor {
            let message = format!(
                "the algorithm {} ranks at {} bits, and in force for what is to {} are {} at least",
                self.title,
                self.rank.0,
                used.name(),
                floor.0
            );
            return Err(refused(message));
        }
        if !self.uses.contains(&used) {
            let message = format!(
                "the algorithm {} is not used to {}",
                self.title,
                used.name()
            );
            return Err(refused(message));
        }
        Ok(self)
    }
}

fn unranked(what: &str, used: Use) -> Fault {
    refused(format!(
        "the algorithm {what} has no rank among those to {}",
        used.name()
    ))
}

fn refused(message: String) -> Fault {
    Fault::new(FaultKind::Refused, message)
        .rule(RULE)
        .remedy("use one of those that `kept keys algorithms` lists; nothing was touched")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_and_each_name_stands_for_one() {
        for (place, one) in RANKED.iter().enumerate() {
            assert_eq!(usize::from(one.number), place + 1);
            for other in &RANKED[place + 1..] {
                assert_ne!(one.name, other.name);
            }
        }
    }

    #[test]
    fn what_is_used_is_not_below_the_floor_of_its_use() {
        for one in RANKED {
            for used in one.uses {
                assert_eq!(
                    Algorithm::of_number(one.number, *used, used.least()).unwrap(),
                    one
                );
            }
        }
        for used in Use::ALL {
            assert!(RANKED.iter().any(|it| it.uses.contains(&used)), "{used:?}");
        }
    }

    #[test]
    fn the_unranked_the_lower_and_the_misused_are_refused() {
        let least = Use::Wrap.least();
        let refused = |number, used, floor| {
            let fault = Algorithm::of_number(number, used, floor).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Refused);
            fault.message
        };
        assert!(refused(0, Use::Wrap, least).contains("no rank"));
        assert!(refused(255, Use::Seal, least).contains("no rank"));
        assert!(refused(7, Use::Wrap, least).contains("128 bits"));
        // A floor that was given lower than the program's own lowers nothing.
        assert!(refused(7, Use::Wrap, Rank(0)).contains("256 at least"));
        assert!(refused(2, Use::Seal, least).contains("not used to seal"));
        // A floor that has risen refuses what was good before.
        assert!(refused(2, Use::Wrap, Rank(257)).contains("257 at least"));
        assert!(Algorithm::of_name("des3", Use::Wrap, least).is_err());
        assert!(Algorithm::of_name("aes-256-gcm", Use::Wrap, least).is_ok());
    }
}
