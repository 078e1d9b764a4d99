//! What an entry says, and its one encoding: deterministic CBOR (RFC 8949, 4.2.1).
//!
//! A detail holds identifiers, numbers of the name registry and dates only, never a name or a
//! value. The keys of the map are small numbers, listed in `docs/journal-format.md`; every detail
//! has exactly one encoding, and any other spelling of it is refused.

use std::fmt;

use minicbor::decode::Error as CborError;
use minicbor::{Decoder, Encoder};

use crate::act::Act;
use crate::cbor::{MapWriter, Put, pair, read_bytes, read_list, read_text, start_of};
use crate::ground::Ground;
use crate::merkle::Hash;

/// An identifier: 16 bytes.
pub type Id = [u8; 16];

/// The longest handle of an actor, in bytes.
pub const HANDLE_BYTES_MAX: usize = 64;
/// The longest name of a rule, in bytes.
pub const RULE_BYTES_MAX: usize = 128;
/// The longest chain of those on whose behalf something is done.
pub const BEHALF_MAX: usize = 8;

/// What kind of actor did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ActorKind {
    /// A member of the controller's staff.
    Staff = 0,
    /// The person concerned, or someone they mandated.
    Person = 1,
    /// A program with a key of its own.
    Program = 2,
    /// A job of the installation itself.
    Job = 3,
    /// The command line.
    CommandLine = 4,
}

impl ActorKind {
    const ALL: [Self; 5] = [
        Self::Staff,
        Self::Person,
        Self::Program,
        Self::Job,
        Self::CommandLine,
    ];

    /// The kind's name in pages and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Person => "person",
            Self::Program => "program",
            Self::Job => "job",
            Self::CommandLine => "command-line",
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// The identifier of an account, a program or a job: never a person's name. What is beyond
    /// [`HANDLE_BYTES_MAX`] bytes is not recorded.
    pub handle: String,
}

/// Where what was opened went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Destination {
    /// Nowhere: nothing was opened for anyone.
    None = 0,
    /// A page or a terminal.
    Screen = 1,
    /// A file.
    File = 2,
    /// An answer of the programming interface.
    Api = 3,
    /// A message.
    Mail = 4,
    /// A job's own work, shown to nobody.
    Job = 5,
}

impl Destination {
    const ALL: [Self; 6] = [
        Self::None,
        Self::Screen,
        Self::File,
        Self::Api,
        Self::Mail,
        Self::Job,
    ];

    /// The destination's name in pages and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Screen => "screen",
            Self::File => "file",
            Self::Api => "api",
            Self::Mail => "mail",
            Self::Job => "job",
        }
    }
}

/// The parts of a bulk act: how many, and the root of the tree of their commitments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartsRoot {
    /// The number of parts.
    pub count: u64,
    /// The RFC 6962 root over the parts' commitments.
    pub root: Hash,
}

/// A range of entries, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The sequence number of the first entry.
    pub first: u64,
    /// The sequence number of the last entry.
    pub last: u64,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// When, in microseconds since 1970, UTC.
    pub at: i64,
    /// What was done.
    pub act: Act,
    /// Who did it.
    pub actor: Actor,
    /// On whose behalf, nearest first, up to [`BEHALF_MAX`] of them.
    pub on_behalf_of: Vec<Actor>,
    /// The subject concerned; those of a bulk act are in its parts.
    pub subject: Option<Id>,
    /// A second subject: the alias of a merge.
    pub other: Option<Id>,
    /// The organisation concerned.
    pub organisation: Option<Id>,
    /// The records concerned.
    pub records: Vec<Id>,
    /// The categories concerned, as numbers of the name registry.
    pub categories: Vec<u32>,
    /// The purpose stated, as a number of the name registry.
    pub purpose: Option<u32>,
    /// The legal basis, as a number of the name registry.
    pub basis: Option<u32>,
    /// The recipient (role) that acted, as a number of the name registry.
    pub recipient: Option<u32>,
    /// The origin of what was collected, as a number of the name registry.
    pub origin: Option<u32>,
    /// The version of the policy by which it was decided; 0 before there is one.
    pub policy_version: u32,
    /// Where what was opened went.
    pub destination: Destination,
    /// The rule that granted or refused, up to [`RULE_BYTES_MAX`] bytes of it.
    pub rule: Option<String>,
    /// The contract, debit or dispute it is about.
    pub matter: Option<Id>,
    /// How many: refusals before sign-in in a minute, candidates, lines, records.
    pub count: Option<u64>,
    /// A digest: of a policy, of a checkpoint's root, of a statement.
    pub digest: Option<Hash>,
    /// Another entry, or a tree's size.
    pub reference: Option<u64>,
    /// The parts of a bulk act.
    pub parts: Option<PartsRoot>,
    /// The entries concerned: those whose details were pruned.
    pub span: Option<Span>,
    /// What the data concerned is held for, beside the purpose that was stated.
    pub grounds: Vec<Ground>,
    /// The role that it was done in, as a number of the name registry.
    pub role: Option<u32>,
    /// The version of the authorisation that granted or refused it to the role.
    pub authorisation_version: Option<u32>,
}

impl Detail {
    /// A detail with the three things that none lacks; the rest is empty.
    #[must_use]
    pub fn new(at: i64, act: Act, actor: Actor) -> Self {
        Self {
            at,
            act,
            actor,
            on_behalf_of: Vec::new(),
            subject: None,
            other: None,
            organisation: None,
            records: Vec::new(),
            categories: Vec::new(),
            purpose: None,
            basis: None,
            recipient: None,
            origin: None,
            policy_version: 0,
            destination: Destination::None,
            rule: None,
            matter: None,
            count: None,
            digest: None,
            reference: None,
            parts: None,
            span: None,
            grounds: Vec::new(),
            role: None,
            authorisation_version: None,
        }
    }

    /// The one encoding of the detail.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut map = MapWriter::with_capacity(128);
        map.put(0, |e| e.i64(self.at).map(drop));
        map.put(1, |e| e.u16(self.act.number()).map(drop));
        map.put(2, |e| put_actor(e, &self.actor));
        map.put_list(
            3,
            &self.on_behalf_of[..self.on_behalf_of.len().min(BEHALF_MAX)],
            put_actor,
        );
        map.put_some(4, self.subject.as_ref(), |e, id| e.bytes(id).map(drop));
        map.put_some(5, self.organisation.as_ref(), |e, id| e.bytes(id).map(drop));
        map.put_list(6, &self.records, |e, id| e.bytes(id).map(drop));
        map.put_list(7, &self.categories, |e, number| e.u32(*number).map(drop));
        map.put_some(8, self.purpose, |e, number| e.u32(number).map(drop));
        map.put_some(9, self.basis, |e, number| e.u32(number).map(drop));
        map.put_some(10, self.recipient, |e, number| e.u32(number).map(drop));
        map.put_some(11, self.origin, |e, number| e.u32(number).map(drop));
        map.put_some(12, unless(self.policy_version, 0), |e, number| {
            e.u32(number).map(drop)
        });
        map.put_some(13, unless(self.destination, Destination::None), |e, to| {
            e.u8(to as u8).map(drop)
        });
        map.put_some(14, self.rule.as_deref(), |e, rule| {
            e.str(start_of(rule, RULE_BYTES_MAX)).map(drop)
        });
        map.put_some(15, self.matter.as_ref(), |e, id| e.bytes(id).map(drop));
        map.put_some(16, self.count, |e, count| e.u64(count).map(drop));
        map.put_some(17, self.digest.as_ref(), |e, digest| {
            e.bytes(digest).map(drop)
        });
        map.put_some(18, self.reference, |e, number| e.u64(number).map(drop));
        map.put_some(19, self.parts, |e, parts| {
            e.array(2)?.u64(parts.count)?.bytes(&parts.root).map(drop)
        });
        map.put_some(20, self.span, |e, span| {
            e.array(2)?.u64(span.first)?.u64(span.last).map(drop)
        });
        map.put_some(21, self.other.as_ref(), |e, id| e.bytes(id).map(drop));
        map.put_list(22, &self.grounds, Ground::put);
        map.put_some(23, self.role, |e, number| e.u32(number).map(drop));
        map.put_some(24, self.authorisation_version, |e, number| {
            e.u32(number).map(drop)
        });
        map.finish()
    }

    /// Reads a detail.
    ///
    /// # Errors
    /// When the bytes are not the one encoding of a detail of this version or an earlier one.
    pub fn decode(bytes: &[u8]) -> Result<Self, DetailFault> {
        let mut decoder = Decoder::new(bytes);
        let detail = Self::read(&mut decoder)?;
        // What is written back the same was written in the one way (4.2.1), with nothing after it.
        if detail.encode() == bytes {
            Ok(detail)
        } else {
            Err(DetailFault::NotCanonical)
        }
    }

    fn read(d: &mut Decoder<'_>) -> Result<Self, DetailFault> {
        let pairs = d.map()?.ok_or(DetailFault::NotCanonical)?;
        let (mut at, mut act, mut actor) = (None, None, None);
        let placeholder = Actor {
            kind: ActorKind::Job,
            handle: String::new(),
        };
        let mut detail = Self::new(0, Act::Read, placeholder);
        for _ in 0..pairs {
            match d.u8()? {
                0 => at = Some(d.i64()?),
                1 => {
                    let number = d.u16()?;
                    act = Some(Act::of_number(number).ok_or(DetailFault::UnknownAct(number))?);
                }
                2 => actor = Some(read_actor(d)?),
                3 => detail.on_behalf_of = read_list(d, read_actor)?,
                4 => detail.subject = Some(read_bytes(d)?),
                5 => detail.organisation = Some(read_bytes(d)?),
                6 => detail.records = read_list(d, read_bytes)?,
                7 => detail.categories = read_list(d, |d| Ok(d.u32()?))?,
                8 => detail.purpose = Some(d.u32()?),
                9 => detail.basis = Some(d.u32()?),
                10 => detail.recipient = Some(d.u32()?),
                11 => detail.origin = Some(d.u32()?),
                12 => detail.policy_version = d.u32()?,
                13 => detail.destination = read_destination(d)?,
                14 => detail.rule = Some(read_text(d, RULE_BYTES_MAX)?),
                15 => detail.matter = Some(read_bytes(d)?),
                16 => detail.count = Some(d.u64()?),
                17 => detail.digest = Some(read_bytes(d)?),
                18 => detail.reference = Some(d.u64()?),
                19 => {
                    pair(d)?;
                    detail.parts = Some(PartsRoot {
                        count: d.u64()?,
                        root: read_bytes(d)?,
                    });
                }
                20 => {
                    pair(d)?;
                    detail.span = Some(Span {
                        first: d.u64()?,
                        last: d.u64()?,
                    });
                }
                21 => detail.other = Some(read_bytes(d)?),
                22 => detail.grounds = read_list(d, Ground::read)?,
                23 => detail.role = Some(d.u32()?),
                24 => detail.authorisation_version = Some(d.u32()?),
                key => return Err(DetailFault::UnknownKey(key)),
            }
        }
        detail.at = at.ok_or(DetailFault::Lacks("its time"))?;
        detail.act = act.ok_or(DetailFault::Lacks("its act"))?;
        detail.actor = actor.ok_or(DetailFault::Lacks("its actor"))?;
        if detail.on_behalf_of.len() > BEHALF_MAX {
            return Err(DetailFault::TooLong);
        }
        Ok(detail)
    }
}

/// Why bytes are not a detail or a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetailFault {
    /// The bytes are not CBOR of the expected shape.
    Malformed,
    /// The bytes are readable, but are not the one encoding of what they say.
    NotCanonical,
    /// The act has a number that this version does not know.
    UnknownAct(u16),
    /// The map has a key that this version does not know.
    UnknownKey(u8),
    /// A text or a list is longer than allowed.
    TooLong,
    /// Something that none lacks is missing.
    Lacks(&'static str),
}

impl fmt::Display for DetailFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the detail is malformed"),
            Self::NotCanonical => f.write_str("the detail is not in its one encoding"),
            Self::UnknownAct(number) => write!(f, "the detail's act {number} is unknown here"),
            Self::UnknownKey(key) => write!(f, "the detail's key {key} is unknown here"),
            Self::TooLong => f.write_str("a text or list of the detail is too long"),
            Self::Lacks(what) => write!(f, "the detail lacks {what}"),
        }
    }
}

impl std::error::Error for DetailFault {}

impl From<CborError> for DetailFault {
    fn from(_: CborError) -> Self {
        Self::Malformed
    }
}

fn unless<T: PartialEq>(value: T, ordinary: T) -> Option<T> {
    (value != ordinary).then_some(value)
}

fn put_actor(e: &mut Encoder<Vec<u8>>, actor: &Actor) -> Put {
    e.array(2)?
        .u8(actor.kind as u8)?
        .str(start_of(&actor.handle, HANDLE_BYTES_MAX))
        .map(drop)
}

fn read_actor(d: &mut Decoder<'_>) -> Result<Actor, DetailFault> {
    pair(d)?;
    let number = d.u8()?;
    let kind = ActorKind::ALL
        .get(usize::from(number))
        .ok_or(DetailFault::Malformed)?;
    Ok(Actor {
        kind: *kind,
        handle: read_text(d, HANDLE_BYTES_MAX)?,
    })
}

fn read_destination(d: &mut Decoder<'_>) -> Result<Destination, DetailFault> {
    let number = d.u8()?;
    Destination::ALL
        .get(usize::from(number))
        .copied()
        .ok_or(DetailFault::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;

    fn actors() -> impl Strategy<Value = Actor> {
        let kinds = prop::sample::select(&ActorKind::ALL[..]);
        (kinds, "[a-z0-9-]{1,20}").prop_map(|(kind, handle)| Actor { kind, handle })
    }

    prop_compose! {
        fn details()(
            (at, act, actor, on_behalf_of) in (
                any::<i64>(),
                prop::sample::select(Act::ALL),
                actors(),
                prop::collection::vec(actors(), 0..3),
            ),
            (subject, other, organisation, matter) in (
                of(any::<Id>()), of(any::<Id>()), of(any::<Id>()), of(any::<Id>()),
            ),
            records in prop::collection::vec(any::<Id>(), 0..4),
            categories in prop::collection::vec(any::<u32>(), 0..4),
            (purpose, basis, recipient, origin) in (
                of(0u32..300), of(any::<u32>()), of(0u32..300), of(any::<u32>()),
            ),
            policy_version in 0u32..3,
            destination in prop::sample::select(&Destination::ALL[..]),
            rule in of("[a-z .0-9]{0,30}"),
            (count, reference, digest) in (of(any::<u64>()), of(0u64..30), of(any::<Hash>())),
            parts in of((any::<u64>(), any::<Hash>())),
            span in of((any::<u64>(), any::<u64>())),
            grounds in prop::collection::vec((0u32..300, 0u32..7), 0..3),
            (role, authorisation_version) in (of(0u32..300), of(0u32..30)),
        ) -> Detail {
            Detail {
                at, act, actor, on_behalf_of, subject, other, organisation, records, categories,
                purpose, basis, recipient, origin, policy_version, destination, rule, matter, count,
                digest, reference,
                parts: parts.map(|(count, root)| PartsRoot { count, root }),
                span: span.map(|(first, last)| Span { first, last }),
                grounds: grounds
                    .into_iter()
                    .map(|(purpose, basis)| Ground { purpose, basis })
                    .collect(),
                role, authorisation_version,
            }
        }
    }

    proptest! {
        #[test]
        fn every_detail_reads_back(detail in details()) {
            prop_assert_eq!(Detail::decode(&detail.encode()), Ok(detail));
        }

        #[test]
        fn no_two_encodings_say_the_same(detail in details(), at: prop::sample::Index, bit in 0u8..8) {
            let bytes = detail.encode();
            let mut changed = bytes.clone();
            changed[at.index(bytes.len())] ^= 1 << bit;
            if let Ok(other) = Detail::decode(&changed) {
                prop_assert_ne!(&other, &detail);
                prop_assert_eq!(other.encode(), changed);
            }
            prop_assert!(Detail::decode(&bytes[..bytes.len() - 1]).is_err());
            prop_assert!(Detail::decode(&[&bytes[..], &[0]].concat()).is_err());
        }

        #[test]
        fn no_bytes_bring_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Detail::decode(&bytes);
            let _ = crate::part::Part::decode(&bytes);
        }
    }

    #[test]
    fn what_is_too_long_is_cut_so_that_it_can_always_be_read() {
        let actor = Actor {
            kind: ActorKind::Staff,
            handle: "é".repeat(90),
        };
        let mut detail = Detail::new(0, Act::Read, actor.clone());
        detail.rule = Some("x".repeat(500));
        detail.on_behalf_of = vec![actor; 20];
        let read = Detail::decode(&detail.encode()).unwrap();
        assert_eq!(read.actor.handle, "é".repeat(32));
        assert_eq!(read.rule, Some("x".repeat(RULE_BYTES_MAX)));
        assert_eq!(read.on_behalf_of.len(), BEHALF_MAX);
    }

    #[test]
    fn other_spellings_are_refused() {
        // {0: 0, 1: 1, 2: [3, "x"]}: a read by a job at the beginning of 1970.
        let least = [0xa3, 0, 0, 1, 1, 2, 0x82, 3, 0x61, b'x'];
        assert!(Detail::decode(&least).is_ok());
        let spelt: [(&str, &[u8]); 7] = [
            (
                "a long number",
                &[0xa3, 0, 0x18, 0, 1, 1, 2, 0x82, 3, 0x61, b'x'],
            ),
            (
                "a long key",
                &[0xa3, 0x18, 0, 0, 1, 1, 2, 0x82, 3, 0x61, b'x'],
            ),
            (
                "a map without end",
                &[0xbf, 0, 0, 1, 1, 2, 0x82, 3, 0x61, b'x', 0xff],
            ),
            (
                "an array without end",
                &[0xa3, 0, 0, 1, 1, 2, 0x9f, 3, 0x61, b'x', 0xff],
            ),
            (
                "keys out of order",
                &[0xa3, 1, 1, 0, 0, 2, 0x82, 3, 0x61, b'x'],
            ),
            (
                "a key twice",
                &[0xa4, 0, 0, 0, 0, 1, 1, 2, 0x82, 3, 0x61, b'x'],
            ),
            (
                "an empty list",
                &[0xa4, 0, 0, 1, 1, 2, 0x82, 3, 0x61, b'x', 6, 0x80],
            ),
        ];
        for (what, bytes) in spelt {
            assert!(Detail::decode(bytes).is_err(), "{what}");
        }
        let unknown = [0xa3, 0, 0, 1, 0, 2, 0x82, 3, 0x61, b'x'];
        assert_eq!(Detail::decode(&unknown), Err(DetailFault::UnknownAct(0)));
        let lacking = [0xa2, 0, 0, 1, 1];
        assert_eq!(
            Detail::decode(&lacking),
            Err(DetailFault::Lacks("its actor"))
        );
    }
}
