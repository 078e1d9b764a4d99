//! One subject's part in a bulk act, and its one encoding.

use minicbor::Decoder;

use crate::cbor::{MapWriter, read_bytes, read_list, read_text, start_of};
use crate::detail::{DetailFault, Id, RULE_BYTES_MAX};
use crate::ground::Ground;

/// One subject's part in a bulk act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The subject concerned.
    pub subject: Id,
    /// The records concerned.
    pub records: Vec<Id>,
    /// The categories concerned, as numbers of the name registry.
    pub categories: Vec<u32>,
    /// The rule that governed this part, where it is not the same for all.
    pub rule: Option<String>,
    /// How many, where it is records without identifiers.
    pub count: Option<u64>,
    /// What the records are held for.
    pub grounds: Vec<Ground>,
}

impl Part {
    /// A part that concerns a subject and nothing more precise.
    #[must_use]
    pub fn new(subject: Id) -> Self {
        Self {
            subject,
            records: Vec::new(),
            categories: Vec::new(),
            rule: None,
            count: None,
            grounds: Vec::new(),
        }
    }

    /// The one encoding of the part.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut map = MapWriter::with_capacity(64);
        map.put(0, |e| e.bytes(&self.subject).map(drop));
        map.put_list(1, &self.records, |e, id| e.bytes(id).map(drop));
        map.put_list(2, &self.categories, |e, number| e.u32(*number).map(drop));
        map.put_some(3, self.rule.as_deref(), |e, rule| {
            e.str(start_of(rule, RULE_BYTES_MAX)).map(drop)
        });
        map.put_some(4, self.count, |e, count| e.u64(count).map(drop));
        map.put_list(5, &self.grounds, Ground::put);
        map.finish()
    }

    /// Reads a part.
    ///
    /// # Errors
    /// When the bytes are not the one encoding of a part.
    pub fn decode(bytes: &[u8]) -> Result<Self, DetailFault> {
        let d = &mut Decoder::new(bytes);
        let pairs = d.map()?.ok_or(DetailFault::NotCanonical)?;
        let mut subject = None;
        let mut part = Self::new([0; 16]);
        for _ in 0..pairs {
            match d.u8()? {
                0 => subject = Some(read_bytes(d)?),
                1 => part.records = read_list(d, read_bytes)?,
                2 => part.categories = read_list(d, |d| Ok(d.u32()?))?,
                3 => part.rule = Some(read_text(d, RULE_BYTES_MAX)?),
                4 => part.count = Some(d.u64()?),
                5 => part.grounds = read_list(d, Ground::read)?,
                key => return Err(DetailFault::UnknownKey(key)),
            }
        }
        part.subject = subject.ok_or(DetailFault::Lacks("its subject"))?;
        if part.encode() == bytes {
            Ok(part)
        } else {
            Err(DetailFault::NotCanonical)
        }
    }
}
