//! The floors of an installation: how low an algorithm may rank in what it opens and writes. They
//! are kept in the keyring, whose latest copy alone is ever used, and only rise (21f).

use domain::Fault;
use domain::algorithm::{Algorithm, Rank, Use};
use store::{Database, Priority, Reader};

/// Under which name the keyring keeps them.
const ENTRY: &str = "algorithm-floors";

/// The floor of each use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Floors([Rank; Use::ALL.len()]);

impl Default for Floors {
    /// What this version of Kept demands.
    fn default() -> Self {
        Self(Use::ALL.map(Use::least))
    }
}

impl Floors {
    /// The lowest rank that is let in for a use.
    #[must_use]
    pub fn of(&self, used: Use) -> Rank {
        let place = usize::from(used.number()) - 1;
        self.0.get(place).copied().unwrap_or_else(|| used.least())
    }

    /// As they are in a keyring.
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, Fault> {
        let kept = reader.key_meta(ENTRY)?;
        Ok(Self::decode(kept.as_deref().unwrap_or_default()))
    }

    /// As they are in a keyring, which keeps what the program demands beyond that from here on.
    pub(crate) fn raise(keyring: &Database) -> Result<Self, Fault> {
        let kept = keyring.read(|reader| reader.key_meta(ENTRY))?;
        let floors = Self::decode(kept.as_deref().unwrap_or_default());
        let bytes = floors.encode();
        if kept.as_ref() != Some(&bytes) {
            keyring.write(Priority::Ordinary, move |tx| tx.put_key_meta(ENTRY, &bytes))?;
        }
        Ok(floors)
    }

    /// Whether an algorithm may be used here.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when it ranks too low.
    pub(crate) fn check(&self, algorithm: Algorithm, used: Use) -> Result<(), Fault> {
        Algorithm::of_number(algorithm.number, used, self.of(used)).map(|_| ())
    }

    /// The higher of what is kept and what the program demands, use by use.
    fn decode(kept: &[u8]) -> Self {
        let mut floors = Self::default();
        for entry in kept.chunks_exact(3) {
            let place = usize::from(entry[0]).wrapping_sub(1);
            if let Some(floor) = floors.0.get_mut(place) {
                *floor = (*floor).max(Rank(u16::from_be_bytes([entry[1], entry[2]])));
            }
        }
        floors
    }

    /// Number of the use and two bytes of rank, for each.
    fn encode(&self) -> Vec<u8> {
        let each = Use::ALL.iter().flat_map(|used| {
            let [high, low] = self.of(*used).0.to_be_bytes();
            [used.number(), high, low]
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_raises_a_floor_and_lowers_none() {
        assert_eq!(Floors::decode(&[]), Floors::default());
        let floors = Floors::default();
        assert_eq!(Floors::decode(&floors.encode()), floors);
        let wrap = Use::Wrap.number();
        let raised = Floors::decode(&[wrap, 1, 1]);
        assert_eq!(raised.of(Use::Wrap), Rank(257));
        assert_eq!(raised.of(Use::Seal), Use::Seal.least());
        assert_eq!(Floors::decode(&[wrap, 0, 64]).of(Use::Wrap), Rank(256));
        // A use that a later version has is no business of this one.
        assert_eq!(Floors::decode(&[200, 1, 1]), floors);
    }
}
