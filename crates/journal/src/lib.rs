//! The tamper-evident journal: entries, Merkle tree, tiles, checkpoints, proofs. Pure.
