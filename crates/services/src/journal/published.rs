//! The published journal as outsiders read it (C2SP tlog-tiles): the checkpoint, tiles, bundles of
//! entries and the public key. Commitments only: nothing in it is about a person.

use domain::Fault;
use journal::TileId;
use journal::tile::{FULL_WIDTH, entry_bundle};

use super::files::JournalFiles;
use crate::kept::Kept;

impl Kept {
    /// The latest published checkpoint, a signed note.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn published_checkpoint(&self) -> Result<Option<String>, Fault> {
        self.published().checkpoint()
    }

    /// The public key that checkpoints are verified with.
    #[must_use]
    pub fn published_key(&self) -> String {
        self.vault.verifier().to_string()
    }

    /// The statements that bridge what a consistency proof cannot, with the names of their files:
    /// roll-overs of the signing key, new origins.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn published_statements(&self) -> Result<Vec<(String, String)>, Fault> {
        self.published().statement_texts()
    }

    /// A tile by its path, `tile/0/x001/234.p/5`, or a bundle of entries, `tile/entries/000`; none
    /// where there is none, or the path names none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn published_tile(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        match path.strip_prefix("tile/entries/") {
            Some(tail) => match format!("tile/0/{tail}").parse::<TileId>() {
                Ok(id) => self.published_bundle(id),
                Err(_) => Ok(None),
            },
            None => match path.parse::<TileId>() {
                Ok(id) => self.published().tile(id),
                Err(_) => Ok(None),
            },
        }
    }

    /// The commitments of the entries under a tile of level 0.
    fn published_bundle(&self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let size = self.published_size()?;
        let first = id.index.checked_mul(u64::from(FULL_WIDTH));
        let Some(first) = first.filter(|first| first.saturating_add(u64::from(id.width)) <= size)
        else {
            return Ok(None);
        };
        let rows = self
            .vault
            .data()
            .read(|reader| reader.entries(first, u32::from(id.width)))?;
        Ok(entry_bundle(
            rows.iter().map(|row| row.commitment.as_slice()),
        ))
    }

    /// How many entries the latest published checkpoint covers.
    pub(crate) fn published_size(&self) -> Result<u64, Fault> {
        let text = self.published_checkpoint()?;
        let size = text.and_then(|text| {
            let body = text.lines().nth(1)?;
            body.parse().ok()
        });
        Ok(size.unwrap_or(0))
    }

    fn published(&self) -> JournalFiles {
        JournalFiles::new(self.vault.layout().journal())
    }
}
