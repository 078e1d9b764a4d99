//! Identifiers: 16 bytes, UUID version 7, made from a clock and entropy that are passed in.
//!
//! A version 7 identifier shows the millisecond of its making: it is for the inside. What people
//! receive (links, tokens) is random instead.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::time::Entropy;
use crate::{Fault, FaultKind};

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident, $what:literal);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Makes a new identifier.
            #[must_use]
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(version_7(now, entropy))
            }

            /// When it was made, milliseconds UTC: it stands in the identifier.
            #[must_use]
            pub fn made(&self) -> i64 {
                made(&self.0)
            }

            /// The identifier as bytes, for storing.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Uuid::from_bytes(self.0).fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Fault;

            fn from_str(text: &str) -> Result<Self, Fault> {
                Uuid::try_parse(text).map(|id| Self(id.into_bytes())).map_err(|_| {
                    Fault::new(FaultKind::Invalid, concat!("this is not the identifier of ", $what))
                        .remedy("an identifier looks like 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e")
                })
            }
        }
    )+};
}

identifiers! {
    /// A person that data is about.
    SubjectId, "a person";
    /// A record: one category, one subject, one moment, one origin.
    RecordId, "a record";
    /// A client or partner that is not a natural person.
    OrganisationId, "an organisation";
    /// What a fact is about: a contract, a debit, a dispute.
    MatterId, "a matter";
    /// One sealing of one record: an update gets a new one.
    KeyId, "a key";
    /// A dated event.
    FactRef, "a fact";
    /// A consent.
    ConsentId, "a consent";
    /// An objection.
    ObjectionId, "an objection";
    /// A restriction of processing.
    RestrictionId, "a restriction";
    /// A hold.
    HoldId, "a hold";
    /// An installation: one controller, random, in all associated data.
    InstallationId, "an installation";
}

/// The moment in an identifier of version 7: its first six bytes.
fn made(id: &[u8; 16]) -> i64 {
    id[..6]
        .iter()
        .fold(0, |moment, byte| moment << 8 | i64::from(*byte))
}

fn version_7(now: Timestamp, entropy: &dyn Entropy) -> [u8; 16] {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    *uuid::Builder::from_unix_timestamp_millis(millis, &random)
        .as_uuid()
        .as_bytes()
}
