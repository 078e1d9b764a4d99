//! What a verification finds: where, and what kind of damage.

use std::fmt;

use crate::checkpoint::CheckpointFault;
use crate::detail::DetailFault;
use crate::seal::{Period, SealFault};
use crate::tile::TileId;

/// Where damage was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An entry, by its sequence number.
    Entry(u64),
    /// A part of a bulk act's entry.
    Part {
        /// The entry's sequence number.
        entry: u64,
        /// The part's place in the entry, from 0.
        index: u64,
    },
    /// A tile, by its path.
    Tile(TileId),
    /// A bundle of entries, by the tile of level 0 that lies over it.
    Bundle(TileId),
    /// A line of a checkpoint or statement.
    Text {
        /// What the text is called where it is kept.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// A stored row that no entry can have, by its number.
    Row(i64),
    /// The journal's end, as it is kept beside the entries: size and root.
    End,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "entry {seq}"),
            Self::Part { entry, index } => write!(f, "entry {entry}, part {index}"),
            Self::Tile(id) => id.fmt(f),
            Self::Bundle(id) => f.write_str(&id.entries_path()),
            Self::Text { name, line } => write!(f, "{name}, line {line}"),
            Self::Row(number) => write!(f, "row {number}"),
            Self::End => f.write_str("the end of the journal"),
        }
    }
}

/// What kind of damage was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Entries are not there, though the tree has them: from the place of the finding on.
    EntryMissing {
        /// The last of those missing.
        last: u64,
    },
    /// The entry is whole in itself, but is not the one that the tree has.
    EntryExchanged,
    /// The entry is there a second time, or out of its order.
    EntryRepeated,
    /// The entry is there, though the tree ends before it.
    EntryExtra,
    /// The commitment is not 32 bytes long.
    CommitmentLength,
    /// The commitment is neither that of the detail nor that in the tree.
    CommitmentDiffers,
    /// The detail is intact, but is not what was committed to.
    DetailExchanged,
    /// The entry's commitment and its tile disagree, and nothing tells which of them is wrong.
    TileDisagrees(TileId),
    /// The detail is not there, and no entry says that it was pruned.
    DetailMissing,
    /// The key of the detail's period is not there, and no entry says that it was pruned.
    KeyMissing(Period),
    /// The sealed bytes cannot be opened.
    Seal(SealFault),
    /// The sealed bytes are of another period than the entry's column or time says.
    Period,
    /// What was sealed is not a detail.
    Detail(DetailFault),
    /// The time in the entry's column is not that of its detail.
    Time,
    /// The act in the entry's column is not that of its detail.
    Act,
    /// The subjects in the index are not those of the entry.
    Subjects,
    /// The clear columns are gone, though the detail is there.
    ColumnsMissing,
    /// More than number and commitment is left of a pruned entry: nothing vouches for it.
    LeftOver,
    /// The part is not there.
    PartMissing,
    /// The part is there, though the entry has none of that number.
    PartExtra,
    /// The parts are not those that the entry's detail commits to.
    PartsDiffer,
    /// The tile is not there.
    TileMissing,
    /// The tile is not as long as its width says.
    TileLength {
        /// The length it must have, in bytes.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// A hash of the tile is not the tree's.
    TileDiffers {
        /// The place of the hash in the tile, from 0.
        hash: usize,
    },
    /// The tile is there, though the tree has none of that name.
    TileExtra,
    /// The bundle is not there.
    BundleMissing,
    /// The bundle is not made of the entries.
    BundleDiffers,
    /// The bundle is there, though the tree has none of that name.
    BundleExtra,
    /// The text is not a checkpoint or statement that can be trusted.
    Text(CheckpointFault),
    /// The journal's beginning is not the one that was signed: history was rewritten.
    Rewritten {
        /// The size that was signed.
        size: u64,
    },
    /// The journal is shorter than what was signed.
    Shortened {
        /// The size that was signed.
        signed: u64,
        /// The size found.
        found: u64,
    },
    /// The first entry of a new origin does not name the statement that began it.
    OriginUnstated,
    /// The file is there, though nothing of the journal has its name.
    FileExtra,
    /// The public key that is kept for outsiders is not that of the signing key.
    KeyDiffers,
    /// The root that is kept for the end of the journal is not that of the entries.
    EndDiffers,
    /// The journal says that a checkpoint of this size was published; the one that is there is of
    /// a smaller size, or there is none.
    CheckpointGone {
        /// The size that was signed.
        size: u64,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::EntryMissing { last } => {
                return write!(f, "missing, up to and including entry {last}");
            }
            Self::EntryExchanged => "the entry is not the one that the tree has",
            Self::EntryRepeated => "the entry is repeated or out of order",
            Self::EntryExtra => "the entry is beyond the end of the tree",
            Self::CommitmentLength => "the commitment is not 32 bytes long",
            Self::CommitmentDiffers => "the commitment was changed",
            Self::DetailExchanged => "the detail is not what was committed to",
            Self::TileDisagrees(id) => {
                return write!(f, "the commitment disagrees with {id}");
            }
            Self::DetailMissing => "the detail is missing, and no entry says that it was pruned",
            Self::KeyMissing(period) => {
                return write!(
                    f,
                    "the key of {period} is missing, and no entry says it was pruned"
                );
            }
            Self::Seal(fault) => return fault.fmt(f),
            Self::Period => "the period of the sealed detail is not that of the entry",
            Self::Detail(fault) => return fault.fmt(f),
            Self::Time => "the time was changed: the detail says another",
            Self::Act => "the act was changed: the detail says another",
            Self::Subjects => "the index of subjects was changed: the detail says others",
            Self::ColumnsMissing => "the entry's clear columns are missing",
            Self::LeftOver => "the entry was pruned, but more than its commitment is left",
            Self::PartMissing => "the part is missing",
            Self::PartExtra => "the entry has no part of this number",
            Self::PartsDiffer => "the parts are not those that the entry commits to",
            Self::TileMissing => "the tile is missing",
            Self::TileLength { expected, found } => {
                return write!(f, "the tile has {found} bytes instead of {expected}");
            }
            Self::TileDiffers { hash } => {
                return write!(
                    f,
                    "hash {hash} of the tile (byte {}) was changed",
                    hash * 32
                );
            }
            Self::TileExtra => "the tree has no such tile",
            Self::BundleMissing => "the bundle of entries is missing",
            Self::BundleDiffers => "the bundle is not made of the entries",
            Self::BundleExtra => "the tree has no such bundle of entries",
            Self::Text(fault) => return fault.fmt(f),
            Self::Rewritten { size } => {
                return write!(
                    f,
                    "history was rewritten: the first {size} entries are not those signed"
                );
            }
            Self::Shortened { signed, found } => {
                return write!(
                    f,
                    "the journal was shortened: {signed} entries were signed, {found} found"
                );
            }
            Self::OriginUnstated => "the first entry of the new origin does not name its statement",
            Self::FileExtra => "no file of this name belongs to the journal",
            Self::KeyDiffers => "the public key is not that of the signing key",
            Self::EndDiffers => "the root that is kept is not that of the entries",
            Self::CheckpointGone { size } => {
                return write!(
                    f,
                    "a checkpoint of {size} entries was published, and is not there any more"
                );
            }
        };
        f.write_str(text)
    }
}

/// One damage at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub damage: Damage,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.damage)
    }
}

/// How many findings are kept one by one; more are only counted.
pub const FINDINGS_MAX: usize = 1000;

/// The findings of a verification in progress.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) kept: Vec<Finding>,
    pub(super) left_out: u64,
}

impl Findings {
    pub(super) fn add(&mut self, place: Place, damage: Damage) {
        if self.kept.len() < FINDINGS_MAX {
            self.kept.push(Finding { place, damage });
        } else {
            self.left_out += 1;
        }
    }
}
