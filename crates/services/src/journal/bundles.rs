//! The bundles of entries beside the tiles (C2SP tlog-tiles): the commitments under each tile of
//! level 0, so that a copy of the folder of the journal is the whole log. Nothing in them is about a
//! person.

use domain::Fault;
use journal::tile::{FULL_WIDTH, entry_bundle, tiles_grown, tiles_of};
use journal::verify::{Damage, Place, Verifier};
use journal::{TileId, Tiles};

use super::files::JournalFiles;
use crate::kept::Kept;

impl Kept {
    /// Writes the bundles that grew since a checkpoint, and those that are not there yet.
    pub(super) fn write_bundles(
        &self,
        files: &JournalFiles,
        before: u64,
        size: u64,
    ) -> Result<(), Fault> {
        // An installation from before bundles were written has none.
        let before = match before == 0 || files.has_bundles() {
            true => before,
            false => 0,
        };
        for id in tiles_grown(before, size).filter(|id| id.level == 0) {
            if let Some(bytes) = self.bundle(id)? {
                files.put_bundle(id, &bytes)?;
            }
        }
        Ok(())
    }

    /// The bundle under a tile of level 0, from the entries; none where entries are missing.
    pub(super) fn bundle(&self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let first = id.index.saturating_mul(u64::from(FULL_WIDTH));
        let end = first.saturating_add(u64::from(id.width));
        let data = self.vault().data();
        let rows = data.read(|reader| reader.commitments(first, end))?;
        let whole = rows.len() == usize::from(id.width);
        let rows = rows.iter().map(|(_, commitment)| commitment.as_slice());
        Ok(whole.then(|| entry_bundle(rows)).flatten())
    }

    /// Compares the bundles that are there with the entries.
    pub(super) fn check_bundles<T: Tiles<Error = Fault>>(
        &self,
        files: &JournalFiles,
        stored: &[TileId],
        published: u64,
        verifier: &mut Verifier<'_, T>,
    ) -> Result<(), Fault> {
        for id in tiles_of(published).filter(|id| id.level == 0) {
            if stored.binary_search(&id).is_err() {
                verifier.add(Place::Bundle(id), Damage::BundleMissing);
            }
        }
        for id in stored {
            let present = TileId::in_tree(0, id.index, published);
            if present.is_none_or(|present| id.width > present.width) {
                verifier.add(Place::Bundle(*id), Damage::BundleExtra);
                continue;
            }
            if files.bundle(*id)? != self.bundle(*id)? {
                verifier.add(Place::Bundle(*id), Damage::BundleDiffers);
            }
        }
        Ok(())
    }
}
