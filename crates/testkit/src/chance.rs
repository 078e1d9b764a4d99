//! Chance that can be repeated: the same seed gives the same tests.

use std::sync::{Mutex, PoisonError};

use domain::Entropy;

/// A small generator of pseudo-random numbers (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Chance from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a bound, which is not zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_number() % bound
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of some things, of which there is at least one.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// A set of some of the first bits.
    pub fn bits(&mut self, of: usize) -> u128 {
        u128::from(self.next_number()) & ((1 << of) - 1)
    }
}

/// Random bytes that can be repeated.
pub struct Repeated(Mutex<Chance>);

impl Repeated {
    /// Bytes from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Chance::new(seed)))
    }
}

impl Entropy for Repeated {
    fn fill(&self, buffer: &mut [u8]) {
        let mut chance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for bytes in buffer.chunks_mut(8) {
            let number = chance.next_number().to_le_bytes();
            bytes.copy_from_slice(&number[..bytes.len()]);
        }
    }
}
