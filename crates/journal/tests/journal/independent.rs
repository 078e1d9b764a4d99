//! The same trees, proofs, tiles and checkpoints as an independent implementation makes.

use std::cell::RefCell;

use journal::merkle::{self, Hash};
use journal::tile::tiles_grown;
use journal::{Checkpoint, TileId, TileWriter};
use proptest::prelude::*;
use tlog_tiles::{Error as TlogError, HashReader};

use crate::fixture::ORIGIN;

#[derive(Default)]
struct Hashes(RefCell<Vec<tlog_tiles::Hash>>);

impl HashReader for Hashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, TlogError> {
        Ok(indexes
            .iter()
            .map(|index| self.0.borrow()[*index as usize])
            .collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn trees_proofs_and_tiles_agree(size in 1u64..700, a: prop::sample::Index, b: prop::sample::Index) {
        let theirs = Hashes::default();
        let mut leaves: Vec<Hash> = Vec::new();
        for n in 0..size {
            let data = n.to_be_bytes();
            leaves.push(merkle::leaf_hash(&data));
            let new = tlog_tiles::stored_hashes(n, &data, &theirs).unwrap();
            theirs.0.borrow_mut().extend(new);
        }
        let root = tlog_tiles::tree_hash(size, &theirs).unwrap();
        prop_assert_eq!(root.0, merkle::root_of(&leaves));

        let index = a.index(size as usize) as u64;
        let record = tlog_tiles::prove_record(size, index, &theirs).unwrap();
        let ours = merkle::inclusion_proof(&mut &*leaves, index, size).unwrap();
        prop_assert_eq!(record.iter().map(|h| h.0).collect::<Vec<_>>(), ours);

        let old = 1 + b.index(size as usize) as u64;
        let tree = tlog_tiles::prove_tree(size, old, &theirs).unwrap();
        let ours = merkle::consistency_proof(&mut &*leaves, old, size).unwrap();
        prop_assert_eq!(tree.iter().map(|h| h.0).collect::<Vec<_>>(), ours);

        let mut writer = TileWriter::new();
        leaves.iter().for_each(|leaf| writer.append_hash(*leaf));
        for tile in writer.take_grown() {
            let id = tile.id;
            let their = tlog_tiles::Tile::new(8, id.level, id.index, id.width.into(), false);
            prop_assert_eq!(their.read_data(&theirs).unwrap(), tile.bytes);
        }
    }

    #[test]
    fn the_same_tiles_grow(old in 0u64..200_000, more in 0u64..200_000) {
        let mut theirs: Vec<_> = tlog_tiles::Tile::new_tiles(8, old, old + more)
            .iter()
            .map(|t| (t.level(), t.level_index(), t.width()))
            .collect();
        let mut ours: Vec<_> = tiles_grown(old, old + more)
            .map(|t| (t.level, t.index, u32::from(t.width)))
            .collect();
        theirs.sort_unstable();
        ours.sort_unstable();
        prop_assert_eq!(theirs, ours);
    }

    #[test]
    fn the_same_paths_name_tiles(level in 0u8..8, index in 0u64..5_000_000_000, width in 1u16..=256) {
        let ours = TileId { level, index, width };
        let theirs = tlog_tiles::Tile::new(8, level, index, width.into(), false);
        prop_assert_eq!(ours.to_string(), theirs.path().replace("tile/8/", "tile/"));
    }

    #[test]
    fn checkpoints_read_alike(size: u64, root: [u8; 32]) {
        let text = Checkpoint::new(ORIGIN, size, root).text();
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!((theirs.origin(), theirs.size(), theirs.hash().0), (ORIGIN, size, root));
        prop_assert_eq!(theirs.to_bytes(), text.into_bytes());
    }
}
