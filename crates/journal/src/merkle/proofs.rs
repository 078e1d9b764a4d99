//! Proofs over a tree, and their verification (RFC 6962, 2.1.1 and 2.1.2).

use super::{EMPTY_ROOT, Hash, node_hash, root_of};

/// Where a proof reads the nodes of a tree.
pub trait Nodes {
    /// Why a node could not be read.
    type Error;

    /// The root of the perfect subtree over leaves `index << level .. (index + 1) << level`.
    ///
    /// # Errors
    /// When the node cannot be read.
    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// The leaf hashes of a small tree, kept whole (a bulk act's parts).
impl Nodes for &[Hash] {
    type Error = OutOfTree;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, OutOfTree> {
        let span = 1u64.checked_shl(u32::from(level)).ok_or(OutOfTree)?;
        let start = index.checked_mul(span).ok_or(OutOfTree)?;
        let end = start.checked_add(span).ok_or(OutOfTree)?;
        let (start, end) = (usize::try_from(start), usize::try_from(end));
        let (Ok(start), Ok(end)) = (start, end) else {
            return Err(OutOfTree);
        };
        self.get(start..end).map(root_of).ok_or(OutOfTree)
    }
}

/// The leaf or size asked for is not in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfTree;

impl std::fmt::Display for OutOfTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the entry is not in a tree of that size")
    }
}

impl std::error::Error for OutOfTree {}

/// The root of a tree of `size` leaves, read from its nodes.
///
/// # Errors
/// When a node cannot be read.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 {
        Ok(EMPTY_ROOT)
    } else {
        subtree(nodes, 0, size)
    }
}

/// The audit path of a leaf: the hashes from its sibling up to the root's child (RFC 6962, 2.1.1).
///
/// An index outside the tree gives an empty path, which verifies nothing.
///
/// # Errors
/// When a node cannot be read.
pub fn inclusion_proof<N: Nodes>(
    nodes: &mut N,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    if index >= size {
        return Ok(path);
    }
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let split = start + largest_power_below(end - start);
        if index < split {
            path.push(subtree(nodes, split, end)?);
            end = split;
        } else {
            path.push(subtree(nodes, start, split)?);
            start = split;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of size `old` is the beginning of that of size `new` (RFC 6962, 2.1.2).
///
/// Empty when `old` is 0 or equals `new`, where there is nothing to prove.
///
/// # Errors
/// When a node cannot be read.
pub fn consistency_proof<N: Nodes>(
    nodes: &mut N,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut start, mut end) = (0, new);
    while old != end {
        let split = start + largest_power_below(end - start);
        if old <= split {
            path.push(subtree(nodes, split, end)?);
            end = split;
        } else {
            path.push(subtree(nodes, start, split)?);
            start = split;
        }
    }
    if start > 0 {
        path.push(subtree(nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with `root`
/// (the algorithm of RFC 9162, 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree (`old_size`, `old_root`) is the beginning of the tree
/// (`new_size`, `new_root`) (the algorithm of RFC 9162, 2.1.4.2).
#[must_use]
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> bool {
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return proof.is_empty() && *old_root == EMPTY_ROOT;
    }
    // The old root starts the path itself when the old tree is perfect.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        match proof.split_first() {
            Some(parts) => parts,
            None => return false,
        }
    };
    let shift = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

/// The hash over leaves `start..end`, a subtree as RFC 6962 splits them; never empty.
fn subtree<N: Nodes>(nodes: &mut N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let length = end - start;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        // The level of a u64's power of two is below 64.
        return nodes.node(level as u8, start >> level);
    }
    let split = start + largest_power_below(length);
    let left = subtree(nodes, start, split)?;
    let right = subtree(nodes, split, end)?;
    Ok(node_hash(&left, &right))
}

/// The largest power of two strictly below `n`, for `n` of 2 or more.
fn largest_power_below(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{hex, naive_root, published_leaves, some_leaves};
    use super::*;

    #[test]
    fn published_inclusion_proofs() {
        let leaves = published_leaves();
        // (index from 0, size, path), as published.
        let cases: [(u64, u64, &[&str]); 5] = [
            (0, 1, &[]),
            (
                0,
                8,
                &[
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ],
            ),
            (
                5,
                8,
                &[
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ],
            ),
            (
                2,
                3,
                &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
            ),
            (
                1,
                5,
                &[
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ],
            ),
        ];
        for (index, size, expected) in cases {
            let slice = &leaves[..size as usize];
            let path = inclusion_proof(&mut &*slice, index, size).unwrap();
            let expected: Vec<_> = expected.iter().map(|h| hex(h)).collect();
            assert_eq!(
                path.iter().map(|h| h.to_vec()).collect::<Vec<_>>(),
                expected
            );
            assert!(verify_inclusion(
                &leaves[index as usize],
                index,
                size,
                &path,
                &root_of(slice)
            ));
        }
    }

    #[test]
    fn published_consistency_proofs() {
        let leaves = published_leaves();
        let cases: [(u64, u64, &[&str]); 4] = [
            (1, 1, &[]),
            (
                1,
                8,
                &[
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ],
            ),
            (
                6,
                8,
                &[
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ],
            ),
            (
                2,
                5,
                &[
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ],
            ),
        ];
        for (old, new, expected) in cases {
            let path = consistency_proof(&mut &*leaves, old, new).unwrap();
            let expected: Vec<_> = expected.iter().map(|h| hex(h)).collect();
            assert_eq!(
                path.iter().map(|h| h.to_vec()).collect::<Vec<_>>(),
                expected
            );
            let (old_root, new_root) = (
                root_of(&leaves[..old as usize]),
                root_of(&leaves[..new as usize]),
            );
            assert!(verify_consistency(old, &old_root, new, &new_root, &path));
        }
    }

    proptest! {
        #[test]
        fn inclusion_holds_and_only_there(size in 1usize..300, at in 0usize..300, flip in 0usize..64) {
            let leaves = some_leaves(size);
            let index = (at % size) as u64;
            let (size, root) = (size as u64, naive_root(&leaves));
            let proof = inclusion_proof(&mut &*leaves, index, size).unwrap();
            let leaf = leaves[index as usize];
            prop_assert!(verify_inclusion(&leaf, index, size, &proof, &root));
            for other in 0..size {
                prop_assert_eq!(verify_inclusion(&leaf, other, size, &proof, &root), other == index);
            }
            let mut damaged = proof.clone();
            if let Some(hash) = damaged.get_mut(flip % proof.len().max(1)) {
                hash[flip % 32] ^= 1;
                prop_assert!(!verify_inclusion(&leaf, index, size, &damaged, &root));
            }
            let mut longer = proof.clone();
            longer.push(root);
            prop_assert!(!verify_inclusion(&leaf, index, size, &longer, &root));
            if !proof.is_empty() {
                prop_assert!(!verify_inclusion(&leaf, index, size, &proof[1..], &root));
            }
        }

        #[test]
        fn consistency_holds_and_only_there(new in 1usize..300, at in 0usize..300, flip in 0usize..64) {
            let leaves = some_leaves(new);
            let old = at % (new + 1);
            let (old_root, new_root) = (naive_root(&leaves[..old]), naive_root(&leaves));
            let (old, new) = (old as u64, new as u64);
            let proof = consistency_proof(&mut &*leaves, old, new).unwrap();
            prop_assert!(verify_consistency(old, &old_root, new, &new_root, &proof));
            let mut rewritten = old_root;
            rewritten[flip % 32] ^= 1;
            prop_assert!(!verify_consistency(old, &rewritten, new, &new_root, &proof));
            if !proof.is_empty() {
                let mut damaged = proof.clone();
                damaged[flip % proof.len()][flip % 32] ^= 1;
                prop_assert!(!verify_consistency(old, &old_root, new, &new_root, &damaged));
                prop_assert!(!verify_consistency(old, &old_root, new, &new_root, &proof[1..]));
            }
        }
    }
}
