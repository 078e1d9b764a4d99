//! The Merkle tree of RFC 6962: hashes, an appendable frontier, proofs and their verification.
//!
//! Proving needs the nodes of a tree ([`Nodes`]); verifying needs nothing but the proof, so that an
//! outsider can do it.

mod proofs;

use aws_lc_rs::digest::{Context, SHA256, digest};

pub use proofs::{
    Nodes, OutOfTree, consistency_proof, inclusion_proof, root, verify_consistency,
    verify_inclusion,
};

/// A SHA-256 hash: of a leaf, of a node or of a tree.
pub type Hash = [u8; 32];

/// The root of a tree without entries: SHA-256 of nothing (RFC 6962, 2.1).
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// SHA-256 of the pieces, one after the other.
#[must_use]
pub fn sha256(pieces: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    pieces.iter().for_each(|piece| context.update(piece));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The hash of a leaf: SHA-256 of `0x00` and the leaf's data (RFC 6962, 2.1).
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    match <&Hash>::try_from(data) {
        // A commitment, in one piece: the hot path.
        Ok(commitment) => {
            let mut input = [0; 33];
            input[1..].copy_from_slice(commitment);
            one_piece(&input)
        }
        Err(_) => sha256(&[&[0], data]),
    }
}

/// The hash of a node: SHA-256 of `0x01`, the left and the right hash (RFC 6962, 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [1; 65];
    input[1..33].copy_from_slice(left);
    input[33..].copy_from_slice(right);
    one_piece(&input)
}

fn one_piece(input: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, input).as_ref());
    hash
}

/// The right edge of a tree: the roots of its perfect subtrees, largest first.
///
/// It is all that is needed to append and to know the root, in space and time logarithmic in the
/// size of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of an empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of one leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            // A trailing one bit of the size is a subtree of that height at the end of the peaks.
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => EMPTY_ROOT,
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }

    /// The frontier as bytes: the size (8 bytes, big-endian), then the peaks.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + 32 * self.peaks.len());
        bytes.extend_from_slice(&self.size.to_be_bytes());
        for peak in &self.peaks {
            bytes.extend_from_slice(peak);
        }
        bytes
    }

    /// Reads what [`Frontier::encode`] wrote; `None` when the length does not fit the size.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (size, peaks) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        if peaks.len() != 32 * size.count_ones() as usize {
            return None;
        }
        Self::from_peaks(size, peaks.as_chunks::<32>().0.to_vec())
    }

    /// A frontier from its peaks, largest first; `None` when their number does not fit the size.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }
}

/// The root of a tree whose leaf hashes are all at hand.
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// What the tests of this module and of proofs share.
#[cfg(test)]
mod sample {
    use super::*;

    pub(super) fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect()
    }

    /// The leaves of the vectors that Certificate Transparency's implementations share.
    pub(super) fn published_leaves() -> Vec<Hash> {
        [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        .iter()
        .map(|data| leaf_hash(&hex(data)))
        .collect()
    }

    /// RFC 6962, 2.1, word for word and slow.
    pub(super) fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves.len() {
            0 => sha256(&[]),
            1 => leaves[0],
            n => {
                let mut k = 1;
                while k * 2 < n {
                    k *= 2;
                }
                node_hash(&naive_root(&leaves[..k]), &naive_root(&leaves[k..]))
            }
        }
    }

    pub(super) fn some_leaves(size: usize) -> Vec<Hash> {
        (0..size)
            .map(|i| leaf_hash(&(i as u64).to_be_bytes()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sample::{hex, naive_root, published_leaves, some_leaves};
    use super::*;

    #[test]
    fn published_roots() {
        let leaves = published_leaves();
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (size, expected) in roots.iter().enumerate() {
            assert_eq!(
                root_of(&leaves[..size]).to_vec(),
                hex(expected),
                "size {size}"
            );
        }
    }

    proptest! {
        #[test]
        fn frontier_is_the_naive_tree(size in 0usize..700) {
            let leaves = some_leaves(size);
            let mut frontier = Frontier::new();
            leaves.iter().for_each(|leaf| frontier.append(*leaf));
            prop_assert_eq!(frontier.root(), naive_root(&leaves));
            prop_assert_eq!(Frontier::decode(&frontier.encode()), Some(frontier));
        }
    }
}
