//! The deterministic CBOR of details and parts: maps with small numbers as keys.
//!
//! `minicbor` writes the shortest form of every number and length (RFC 8949, 4.2.1); what is left to
//! see to is the order of the keys, and that nothing is indefinite.

use std::convert::Infallible;

use minicbor::{Decoder, Encoder};

use crate::detail::DetailFault;

/// Writes a map with one-byte keys in ascending order, which for them is the canonical order.
pub(crate) struct MapWriter {
    pairs: u8,
    encoder: Encoder<Vec<u8>>,
}

/// What writing a value gives.
pub(crate) type Put = Result<(), minicbor::encode::Error<Infallible>>;

impl MapWriter {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        let mut buffer = Vec::with_capacity(bytes);
        // The head of the map, one byte: written when the number of pairs is known.
        buffer.push(0);
        Self {
            pairs: 0,
            encoder: Encoder::new(buffer),
        }
    }

    pub(crate) fn put(&mut self, key: u8, value: impl FnOnce(&mut Encoder<Vec<u8>>) -> Put) {
        self.pairs += 1;
        // Writing to memory cannot fail: the error type is empty.
        let written = self
            .encoder
            .u8(key)
            .map(drop)
            .and_then(|()| value(&mut self.encoder));
        debug_assert!(written.is_ok(), "memory takes all that is written");
    }

    pub(crate) fn put_some<T>(
        &mut self,
        key: u8,
        value: Option<T>,
        write: impl FnOnce(&mut Encoder<Vec<u8>>, T) -> Put,
    ) {
        if let Some(value) = value {
            self.put(key, |e| write(e, value));
        }
    }

    pub(crate) fn put_list<T>(
        &mut self,
        key: u8,
        values: &[T],
        mut write: impl FnMut(&mut Encoder<Vec<u8>>, &T) -> Put,
    ) {
        if !values.is_empty() {
            self.put(key, |e| {
                e.array(values.len() as u64)?;
                values.iter().try_for_each(|value| write(e, value))
            });
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut bytes = self.encoder.into_writer();
        // The head of a map (RFC 8949, 3.1): up to 23 pairs are counted in the byte itself.
        match self.pairs {
            0..=23 => bytes[0] = 0xa0 | self.pairs,
            more => {
                bytes[0] = 0xb8;
                bytes.insert(1, more);
            }
        }
        bytes
    }
}

pub(crate) fn read_bytes<const N: usize>(d: &mut Decoder<'_>) -> Result<[u8; N], DetailFault> {
    d.bytes()?.try_into().map_err(|_| DetailFault::Malformed)
}

pub(crate) fn read_text(d: &mut Decoder<'_>, bytes_max: usize) -> Result<String, DetailFault> {
    let text = d.str()?;
    if text.len() > bytes_max {
        Err(DetailFault::TooLong)
    } else {
        Ok(text.to_owned())
    }
}

pub(crate) fn read_list<T>(
    d: &mut Decoder<'_>,
    mut read: impl FnMut(&mut Decoder<'_>) -> Result<T, DetailFault>,
) -> Result<Vec<T>, DetailFault> {
    let length = d.array()?.ok_or(DetailFault::NotCanonical)?;
    // Not reserved: the length is not to be believed before its items are there.
    (0..length).map(|_| read(d)).collect()
}

pub(crate) fn pair(d: &mut Decoder<'_>) -> Result<(), DetailFault> {
    if d.array()? == Some(2) {
        Ok(())
    } else {
        Err(DetailFault::Malformed)
    }
}

/// As much of a text as fits: an entry that is written can always be read.
pub(crate) fn start_of(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}
