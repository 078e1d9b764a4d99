//! The tamper-evident journal: entries, Merkle tree, tiles, checkpoints, proofs. Pure.
//!
//! An entry is one leaf of an append-only Merkle tree ([`merkle`], RFC 6962). The leaf's data is
//! nothing but a salted commitment to what the entry says ([`detail`]); what it says is sealed under
//! the key of its month ([`entry`]) and can be deleted at its term, and every proof still holds. The
//! tree is kept in tiles ([`tile`], C2SP `tlog-tiles`), its state is signed as a checkpoint
//! ([`checkpoint`], [`note`]).
//!
//! No function here reads a file, asks what time it is or makes anything random: entropy comes in
//! as bytes.

pub mod act;
mod cbor;
pub mod checkpoint;
pub mod detail;
pub mod entry;
mod ground;
pub mod merkle;
pub mod note;
pub mod part;
pub mod proof;
pub mod seal;
pub mod tile;
pub mod verify;

pub use act::Act;
pub use checkpoint::{Checkpoint, CheckpointFault, NewOrigin, RollOver};
pub use detail::{Actor, ActorKind, Destination, Detail, DetailFault, Id, PartsRoot, Span};
pub use entry::{Entry, EntryEntropy, EntryPart, bulk_entry, entry};
pub use ground::Ground;
pub use merkle::{Frontier, Hash};
pub use note::{SignerKey, VerifierKey};
pub use part::Part;
pub use proof::{InclusionBundle, PartProof, ProofFault, Proved};
pub use seal::{Opening, Period, PeriodKey, PeriodKeys, SealFault, Sealed};
pub use tile::{Tile, TileId, TileWriter, Tiles};
