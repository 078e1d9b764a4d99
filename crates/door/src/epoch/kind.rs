//! Which manager has an epoch's keys, and by which algorithms: what the keyring says of each epoch.

use std::fmt;

use domain::algorithm::{AES_256_GCM_SIV, Algorithm, HMAC_SHA_256, Use};
use domain::{Fault, FaultKind};

use super::damaged;
use crate::algorithms::Floors;

/// The form of what the keyring says.
const FORM: u8 = 1;

/// A sort of key manager, in the published order: a later one ranks higher.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Manager {
    /// Files of the key folder: whoever may read them may copy them.
    Files,
    /// A PKCS#11 token: its keys cannot leave it.
    Pkcs11,
}

impl Manager {
    /// All of them, the weakest first.
    pub const RANKED: [Self; 2] = [Self::Files, Self::Pkcs11];

    /// Its name, as configurations and programs write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Pkcs11 => "pkcs11",
        }
    }

    /// The sort of a name, if it has a rank.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::RANKED.into_iter().find(|it| it.name() == name)
    }

    const fn number(self) -> u8 {
        match self {
            Self::Files => 1,
            Self::Pkcs11 => 2,
        }
    }

    fn of_number(number: u8) -> Result<Self, Fault> {
        let found = Self::RANKED.into_iter().find(|it| it.number() == number);
        found.ok_or_else(|| {
            Fault::new(
                FaultKind::Refused,
                format!(
                    "an epoch's keys are with a key manager of number {number}, which has no rank"
                ),
            )
            .rule(domain::algorithm::RULE)
            .remedy(
                "use the version of Kept that turned the keys, or a newer one; nothing was touched",
            )
        })
    }
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Files => "files of the key folder",
            Self::Pkcs11 => "a PKCS#11 token",
        })
    }
}

/// Where an epoch's keys are and what is done with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Who has them.
    pub manager: Manager,
    /// What wraps.
    pub wrapping: Algorithm,
    /// What hashes look-ups.
    pub hashing: Algorithm,
}

impl Kind {
    /// Of an epoch of which the keyring says nothing: there was one kind.
    pub(crate) const FIRST: Self = Self {
        manager: Manager::Files,
        wrapping: AES_256_GCM_SIV,
        hashing: HMAC_SHA_256,
    };

    /// Under which name the keyring keeps it.
    pub(crate) fn entry(epoch: u32) -> String {
        format!("epoch-kind-{epoch}")
    }

    /// As the keyring keeps it: form, manager, wrapping, hashing.
    pub(crate) fn encode(self) -> [u8; 4] {
        let Self {
            manager,
            wrapping,
            hashing,
        } = self;
        [FORM, manager.number(), wrapping.number, hashing.number]
    }

    /// What the keyring says of an epoch, if the algorithms that it names are let in.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when they have no rank or too low a one.
    pub(crate) fn decode(kept: Option<&[u8]>, floors: &Floors) -> Result<Self, Fault> {
        let kept = match kept {
            None => Self::FIRST.encode(),
            Some(kept) => kept.try_into().map_err(|_| damaged())?,
        };
        let [FORM, manager, wrapping, hashing] = kept else {
            return Err(damaged());
        };
        Ok(Self {
            manager: Manager::of_number(manager)?,
            wrapping: Algorithm::of_number(wrapping, Use::Wrap, floors.of(Use::Wrap))?,
            hashing: Algorithm::of_number(hashing, Use::LookUp, floors.of(Use::LookUp))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::algorithm::AES_256_GCM;

    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_nothing_said_is_the_first_kind() {
        let floors = Floors::default();
        let kind = Kind {
            manager: Manager::Pkcs11,
            wrapping: AES_256_GCM,
            hashing: HMAC_SHA_256,
        };
        assert_eq!(Kind::decode(Some(&kind.encode()), &floors).unwrap(), kind);
        assert_eq!(Kind::decode(None, &floors).unwrap(), Kind::FIRST);
    }

    /// The journal lies below the list of algorithms and names its own; it is one of them.
    #[test]
    fn details_of_the_journal_name_the_algorithm_of_the_list() {
        let actor = journal::Actor {
            kind: journal::ActorKind::Job,
            handle: "night".to_owned(),
        };
        let detail = journal::Detail::new(0, journal::Act::Swept, actor);
        let key = journal::PeriodKey::new(&[1; 32]);
        let entropy = journal::EntryEntropy::from_bytes(&[2; journal::EntryEntropy::BYTES]);
        let entry = journal::entry(&detail, &[3; 16], &key, &entropy);
        assert_eq!(entry.sealed[1], AES_256_GCM_SIV.number);
    }

    #[test]
    fn unknown_managers_forms_and_algorithms_are_refused() {
        let floors = Floors::default();
        for bytes in [
            [2, 2, 2, 3],
            [1, 3, 2, 3],
            [1, 2, 7, 3],
            [1, 2, 9, 3],
            [1, 2, 2, 2],
        ] {
            assert!(Kind::decode(Some(&bytes), &floors).is_err(), "{bytes:?}");
        }
        assert!(Kind::decode(Some(&[1, 2]), &floors).is_err());
    }
}
