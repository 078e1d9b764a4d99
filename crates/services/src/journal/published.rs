//! The published journal as outsiders read it (C2SP tlog-tiles): the checkpoint, tiles, bundles of
//! entries and the public key. Commitments only: nothing in it is about a person.

use domain::Fault;
use journal::TileId;

use super::files::{CHECKPOINT, JournalFiles, VERIFIER, bundle_of};
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

    /// What of the folder of the journal cannot be made anew from its entries: what was signed, and
    /// the public key.
    pub(crate) fn lasting_files(&self) -> Result<Vec<(String, String)>, Fault> {
        let files = self.published();
        let mut texts = files.statement_texts()?;
        texts.push((VERIFIER.to_owned(), files.verifier()?));
        texts.extend(
            files
                .checkpoint()?
                .map(|text| (CHECKPOINT.to_owned(), text)),
        );
        Ok(texts)
    }

    /// A tile by its path, `tile/0/x001/234.p/5`, or a bundle of entries, `tile/entries/000`; none
    /// where there is none, or the path names none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn published_tile(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(id) = bundle_of(path) {
            return self.published_bundle(id);
        }
        match path.parse::<TileId>() {
            Ok(id) => self.published().tile(id),
            Err(_) => Ok(None),
        }
    }

    /// The commitments of the entries under a tile of level 0.
    fn published_bundle(&self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let present = TileId::in_tree(0, id.index, self.published_size()?);
        if present.is_none_or(|present| id.width > present.width) {
            return Ok(None);
        }
        match self.published().bundle(id)? {
            Some(bytes) => Ok(Some(bytes)),
            // A narrower state, which another checkpoint had.
            None => self.bundle(id),
        }
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
