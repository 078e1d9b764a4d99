//! The tree in tiles of 256 hashes, named and cut as in C2SP `tlog-tiles`.
//!
//! Level 0 holds the leaf hashes; each hash of a higher level is the root of one full tile below.
//! Only the last tile of a level is ever partial.

mod writer;

use std::fmt;
use std::str::FromStr;

use crate::merkle::{Hash, Nodes, OutOfTree, node_hash};

pub use writer::TileWriter;

/// How many hashes a full tile has.
pub const FULL_WIDTH: u16 = 256;

/// The largest tile level there can be (levels span 8 bits of a 64-bit size each).
pub const LEVEL_MAX: u8 = 7;

/// The name of a tile: level, index in the level, and how many hashes it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for leaf hashes; each level up stands for 256 times as many leaves.
    pub level: u8,
    /// The tile's place in its level, from 0.
    pub index: u64,
    /// The number of hashes, 1 to 256; 256 is a full tile.
    pub width: u16,
}

impl TileId {
    /// Whether the tile is one that still grows.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.width < FULL_WIDTH
    }

    /// The path of the bundle of entries under this tile of level 0: `tile/entries/x001/067.p/8`.
    #[must_use]
    pub fn entries_path(&self) -> String {
        format!("tile/entries/{}", self.tail())
    }

    /// The tile of `level` and `index` as it stands in a tree of `size` leaves, if it has one.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = hashes_in_level(level, size);
        let start = index.checked_mul(u64::from(FULL_WIDTH))?;
        let width = hashes.checked_sub(start)?.min(u64::from(FULL_WIDTH));
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self {
            level,
            index,
            width,
        })
    }

    fn tail(&self) -> String {
        let mut index = self.index;
        let mut text = format!("{:03}", index % 1000);
        while index >= 1000 {
            index /= 1000;
            text = format!("x{:03}/{text}", index % 1000);
        }
        if self.is_partial() {
            text.push_str(&format!(".p/{}", self.width));
        }
        text
    }
}

/// The path of the tile: `tile/0/x001/067.p/8`.
impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, self.tail())
    }
}

/// The text is not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTilePath;

impl fmt::Display for NoTilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not the path of a tile, such as tile/0/x001/067.p/8")
    }
}

impl std::error::Error for NoTilePath {}

impl FromStr for TileId {
    type Err = NoTilePath;

    fn from_str(path: &str) -> Result<Self, NoTilePath> {
        let rest = path.strip_prefix("tile/").ok_or(NoTilePath)?;
        let (level, rest) = rest.split_once('/').ok_or(NoTilePath)?;
        let (index_text, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| NoTilePath)?),
            None => (rest, FULL_WIDTH),
        };
        let mut index = 0u64;
        for element in index_text.split('/') {
            let digits = element.strip_prefix('x').unwrap_or(element);
            let part: u64 = digits.parse().map_err(|_| NoTilePath)?;
            index = index
                .checked_mul(1000)
                .and_then(|i| i.checked_add(part))
                .ok_or(NoTilePath)?;
        }
        let id = Self {
            level: level.parse().map_err(|_| NoTilePath)?,
            index,
            width,
        };
        // One path a tile: whatever is not written exactly so is refused.
        if id.width > 0 && id.level <= LEVEL_MAX && id.to_string() == path {
            Ok(id)
        } else {
            Err(NoTilePath)
        }
    }
}

/// All tiles of a tree of `size` leaves, level by level.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TileId> {
    tiles_grown(0, size)
}

/// The tiles that are new or wider in a tree of `new` leaves than in one of `old` leaves.
pub fn tiles_grown(old: u64, new: u64) -> impl Iterator<Item = TileId> {
    (0..=LEVEL_MAX).flat_map(move |level| {
        let (before, after) = (hashes_in_level(level, old), hashes_in_level(level, new));
        let full = u64::from(FULL_WIDTH);
        let indices = if after > before {
            before / full..after.div_ceil(full)
        } else {
            0..0
        };
        indices.filter_map(move |index| TileId::in_tree(level, index, new))
    })
}

fn hashes_in_level(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// A tile with its content: `width` hashes of 32 bytes, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The tile's name.
    pub id: TileId,
    /// Its hashes, concatenated.
    pub bytes: Vec<u8>,
}

/// Where tiles are read.
pub trait Tiles {
    /// Why a tile could not be read, other than its not being there.
    type Error;

    /// The bytes of a tile, or `None` when there is none of that name.
    ///
    /// A store that keeps only the widest tile of each place may answer a narrower name with it:
    /// what lies beyond `id.width` hashes is left aside when proofs are made.
    ///
    /// # Errors
    /// When the tile cannot be read.
    fn tile(&mut self, id: TileId) -> Result<Option<Vec<u8>>, Self::Error>;
}

impl<F, E> Tiles for F
where
    F: FnMut(TileId) -> Result<Option<Vec<u8>>, E>,
{
    type Error = E;

    fn tile(&mut self, id: TileId) -> Result<Option<Vec<u8>>, E> {
        self(id)
    }
}

/// Why the nodes of a tree could not be read from its tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TileFault<E> {
    /// There is no tile of that name.
    Missing(TileId),
    /// The tile is too short for its width.
    Short(TileId),
    /// The node asked for is not in the tree.
    OutOfTree,
    /// The reader itself failed.
    Reader(E),
}

impl<E> From<OutOfTree> for TileFault<E> {
    fn from(_: OutOfTree) -> Self {
        Self::OutOfTree
    }
}

impl<E: fmt::Display> fmt::Display for TileFault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(id) => write!(f, "{id} is missing"),
            Self::Short(id) => write!(f, "{id} is too short"),
            Self::OutOfTree => OutOfTree.fmt(f),
            Self::Reader(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for TileFault<E> {}

/// The nodes of a tree of a given size, read from tiles: what proofs are made from.
#[derive(Debug)]
pub struct TileNodes<T> {
    tiles: T,
    size: u64,
    last: Option<Tile>,
}

impl<T: Tiles> TileNodes<T> {
    /// A reader of the tree of `size` leaves.
    pub fn new(tiles: T, size: u64) -> Self {
        Self {
            tiles,
            size,
            last: None,
        }
    }

    /// The hashes of a tile as wide as the tree has it.
    fn hashes(&mut self, level: u8, index: u64) -> Result<&[Hash], TileFault<T::Error>> {
        let id = TileId::in_tree(level, index, self.size).ok_or(TileFault::OutOfTree)?;
        let read = match self.last.take() {
            Some(tile) if tile.id == id => tile,
            _ => {
                let bytes = self.tiles.tile(id).map_err(TileFault::Reader)?;
                Tile {
                    id,
                    bytes: bytes.ok_or(TileFault::Missing(id))?,
                }
            }
        };
        let tile = self.last.insert(read);
        let hashes = tile.bytes.as_chunks::<32>().0;
        hashes
            .get(..usize::from(id.width))
            .ok_or(TileFault::Short(id))
    }
}

impl<T: Tiles> Nodes for TileNodes<T> {
    type Error = TileFault<T::Error>;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let (tile_level, height) = (level / 8, u32::from(level % 8));
        let first = index.checked_mul(1 << height).ok_or(TileFault::OutOfTree)?;
        let full = u64::from(FULL_WIDTH);
        let hashes = self.hashes(tile_level, first / full)?;
        // The remainder of a division by 256 fits.
        let start = (first % full) as usize;
        let leaves = hashes.get(start..start + (1 << height)).ok_or(OutOfTree)?;
        Ok(perfect_root(leaves.to_vec()))
    }
}

/// The root of a perfect subtree, of which the count of hashes is a power of two.
fn perfect_root(mut row: Vec<Hash>) -> Hash {
    while row.len() > 1 {
        row = row
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[left, right]| node_hash(left, right))
            .collect();
    }
    row.first().copied().unwrap_or(crate::merkle::EMPTY_ROOT)
}

/// A bundle of entries as `tlog-tiles` serves it: each preceded by its length (2 bytes, big-endian).
///
/// `None` when an entry is longer than 65,535 bytes.
#[must_use]
pub fn entry_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Some(bytes)
}

/// The entries of a bundle; `None` when its lengths do not add up.
#[must_use]
pub fn bundle_entries(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::merkle::{self, leaf_hash};

    fn id(level: u8, index: u64, width: u16) -> TileId {
        TileId {
            level,
            index,
            width,
        }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        for (tile, path) in [
            (id(0, 0, 256), "tile/0/000"),
            (id(0, 1067, 8), "tile/0/x001/067.p/8"),
            (id(3, 1_234_067, 256), "tile/3/x001/x234/067"),
            (id(1, 999, 255), "tile/1/999.p/255"),
        ] {
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
        assert_eq!(
            id(0, 1_234_067, 8).entries_path(),
            "tile/entries/x001/x234/067.p/8"
        );
        for path in [
            "tile/0/1",
            "tile/0/000.p/256",
            "tile/0/000.p/0",
            "tile/0/000.p/08",
            "tile/8/000",
            "tile/00/000",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/",
            "tile/0",
            "000",
        ] {
            assert_eq!(path.parse::<TileId>(), Err(NoTilePath), "{path}");
        }
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_of_the_specification() {
        let tiles: Vec<_> = tiles_of(70_000).collect();
        let of = |level, partial| {
            tiles
                .iter()
                .filter(|t| t.level == level && t.is_partial() == partial)
                .count()
        };
        assert_eq!((of(0, false), of(1, false), of(2, false)), (273, 1, 0));
        let partial: Vec<_> = tiles.iter().filter(|t| t.is_partial()).copied().collect();
        assert_eq!(partial, [id(0, 273, 112), id(1, 1, 17), id(2, 0, 1)]);
        assert_eq!(
            tiles_of(256).collect::<Vec<_>>(),
            [id(0, 0, 256), id(1, 0, 1)]
        );
    }

    proptest! {
        #[test]
        fn no_path_brings_a_panic(path in "(tile/)?[0-9x/.p]{0,40}") {
            if let Ok(id) = path.parse::<TileId>() {
                prop_assert_eq!(id.to_string(), path);
            }
        }
    }

    #[test]
    fn bundles_read_back() {
        let bundle = entry_bundle([&b"one"[..], b"", b"three"]).unwrap();
        assert_eq!(bundle, b"\x00\x03one\x00\x00\x00\x05three");
        assert_eq!(
            bundle_entries(&bundle).unwrap(),
            [&b"one"[..], b"", b"three"]
        );
        assert_eq!(bundle_entries(&bundle[..bundle.len() - 1]), None);
    }

    type Kept = BTreeMap<(u8, u64), Vec<u8>>;

    fn keep(kept: &mut Kept, tiles: Vec<Tile>) {
        for tile in tiles {
            assert_eq!(tile.bytes.len(), 32 * usize::from(tile.id.width));
            kept.insert((tile.id.level, tile.id.index), tile.bytes);
        }
    }

    fn reader(kept: &Kept) -> impl FnMut(TileId) -> Result<Option<Vec<u8>>, Infallible> + '_ {
        |id| Ok(kept.get(&(id.level, id.index)).cloned())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn tiles_give_the_tree_however_it_grew(steps in prop::collection::vec(0u64..400, 1..6), jump in 0u64..3_000) {
            let mut kept = Kept::new();
            let mut leaves: Vec<Hash> = Vec::new();
            let mut writer = TileWriter::new();
            for step in steps.into_iter().chain([jump, 3]) {
                let before = writer.size();
                for _ in 0..step {
                    let data = writer.size().to_be_bytes();
                    leaves.push(leaf_hash(&data));
                    writer.append(&data);
                }
                let grown = writer.take_grown();
                let mut names: Vec<_> = grown.iter().map(|t| t.id).collect();
                names.sort();
                let mut expected: Vec<_> = tiles_grown(before, writer.size()).collect();
                expected.sort();
                prop_assert_eq!(names, expected);
                keep(&mut kept, grown);
                // Going on from what was kept is the same as going on from memory.
                let resumed = TileWriter::resume(reader(&kept), writer.size()).unwrap();
                prop_assert_eq!(resumed.frontier(), writer.frontier());
                writer = resumed;
            }
            let size = writer.size();
            prop_assert_eq!(kept.len(), tiles_of(size).count());
            let mut nodes = TileNodes::new(reader(&kept), size);
            let root = merkle::root(&mut nodes, size).unwrap();
            prop_assert_eq!(root, writer.root());
            prop_assert_eq!(root, merkle::root_of(&leaves));
            let index = jump % size;
            let proof = merkle::inclusion_proof(&mut nodes, index, size).unwrap();
            prop_assert!(merkle::verify_inclusion(&leaves[index as usize], index, size, &proof, &root));
            let old = jump / 2;
            let proof = merkle::consistency_proof(&mut nodes, old, size).unwrap();
            let old_root = merkle::root_of(&leaves[..old as usize]);
            prop_assert!(merkle::verify_consistency(old, &old_root, size, &root, &proof));
        }
    }
}
