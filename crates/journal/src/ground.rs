//! What data is held for: a purpose, and the legal basis that stands for it.

use minicbor::{Decoder, Encoder};

use crate::cbor::{Put, pair};
use crate::detail::DetailFault;

/// What data is held for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// The purpose, as a number of the name registry.
    pub purpose: u32,
    /// The legal basis, as [`crate::Detail::basis`]; 0 where none stands any more.
    pub basis: u32,
}

impl Ground {
    pub(crate) fn put(e: &mut Encoder<Vec<u8>>, ground: &Self) -> Put {
        e.array(2)?.u32(ground.purpose)?.u32(ground.basis).map(drop)
    }

    pub(crate) fn read(d: &mut Decoder<'_>) -> Result<Self, DetailFault> {
        pair(d)?;
        Ok(Self {
            purpose: d.u32()?,
            basis: d.u32()?,
        })
    }
}
