//! The growing side of a tree: from leaves to the tiles to write.

use super::{
    FULL_WIDTH, LEVEL_MAX, Tile, TileFault, TileId, TileNodes, Tiles, hashes_in_level, perfect_root,
};
use crate::merkle::{Frontier, Hash, leaf_hash};

/// The growing side of a tree: appends leaves and hands out the tiles to write.
#[derive(Clone, Debug, Default)]
pub struct TileWriter {
    frontier: Frontier,
    /// The hashes of the last, partial tile of each level.
    rows: Vec<Vec<Hash>>,
    /// Full tiles completed since they were last taken.
    full: Vec<Tile>,
    /// The size when tiles were last taken.
    taken: u64,
}

impl TileWriter {
    /// A writer for an empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that goes on from a tree of `size` leaves: it reads the partial tiles only.
    ///
    /// # Errors
    /// When a partial tile cannot be read or is too short.
    pub fn resume<T: Tiles>(tiles: T, size: u64) -> Result<Self, TileFault<T::Error>> {
        let mut nodes = TileNodes::new(tiles, size);
        let mut rows = Vec::new();
        let mut peaks = Vec::new();
        for level in 0..=LEVEL_MAX {
            let hashes = hashes_in_level(level, size);
            if hashes == 0 {
                break;
            }
            let partial = !hashes.is_multiple_of(u64::from(FULL_WIDTH));
            rows.push(match partial {
                true => nodes
                    .hashes(level, hashes / u64::from(FULL_WIDTH))?
                    .to_vec(),
                false => Vec::new(),
            });
        }
        for row in &rows {
            let mut end = row.len();
            for bit in (0..8).filter(|bit| row.len() >> bit & 1 == 1) {
                peaks.push(perfect_root(row[end - (1 << bit)..end].to_vec()));
                end -= 1 << bit;
            }
        }
        peaks.reverse();
        let frontier = Frontier::from_peaks(size, peaks).ok_or(TileFault::OutOfTree)?;
        Ok(Self {
            frontier,
            rows,
            full: Vec::new(),
            taken: size,
        })
    }

    /// The number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The frontier of the tree.
    #[must_use]
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Appends an entry by the data of its leaf (the commitment).
    pub fn append(&mut self, leaf_data: &[u8]) {
        self.append_hash(leaf_hash(leaf_data));
    }

    /// Appends the hash of a leaf.
    pub fn append_hash(&mut self, leaf: Hash) {
        self.frontier.append(leaf);
        let mut hash = leaf;
        for level in 0..=LEVEL_MAX {
            let slot = usize::from(level);
            if self.rows.len() == slot {
                self.rows.push(Vec::new());
            }
            let row = &mut self.rows[slot];
            row.push(hash);
            if row.len() < usize::from(FULL_WIDTH) {
                return;
            }
            let row = std::mem::take(row);
            let index = hashes_in_level(level, self.size()) / u64::from(FULL_WIDTH) - 1;
            let id = TileId {
                level,
                index,
                width: FULL_WIDTH,
            };
            self.full.push(Tile {
                id,
                bytes: row.as_flattened().to_vec(),
            });
            hash = perfect_root(row);
        }
    }

    /// The full tiles completed since they were last taken.
    pub fn take_full(&mut self) -> Vec<Tile> {
        std::mem::take(&mut self.full)
    }

    /// The partial tiles as they stand.
    #[must_use]
    pub fn partial(&self) -> Vec<Tile> {
        let size = self.size();
        let rows = self.rows.iter().zip(0u8..);
        rows.filter(|(row, _)| !row.is_empty())
            .filter_map(|(row, level)| {
                let index = hashes_in_level(level, size) / u64::from(FULL_WIDTH);
                let id = TileId::in_tree(level, index, size)?;
                Some(Tile {
                    id,
                    bytes: row.as_flattened().to_vec(),
                })
            })
            .collect()
    }

    /// What has to be written for the leaves appended since the last call: the new full tiles and
    /// the partial ones that grew. A partial tile replaces the narrower one of its place.
    pub fn take_grown(&mut self) -> Vec<Tile> {
        let mut tiles = self.take_full();
        let (taken, size) = (self.taken, self.size());
        self.taken = size;
        let grown = |tile: &Tile| {
            hashes_in_level(tile.id.level, size) > hashes_in_level(tile.id.level, taken)
        };
        tiles.extend(self.partial().into_iter().filter(grown));
        tiles
    }
}
