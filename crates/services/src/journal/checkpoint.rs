//! Checkpoints: the journal's state, signed, in the installation's folder and in places outside.
//! Tamper evidence holds from a checkpoint that is kept outside (mechanism, 13).

use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};
use journal::{Act, Checkpoint, Hash, TileId, TileWriter};

use super::files::{JournalFiles, write_whole};
use crate::act::Acting;
use crate::kept::Kept;

/// Entries whose commitments are read at once.
const ENTRIES_AT_ONCE: u64 = 4096;

/// A checkpoint as it was published.
#[derive(Debug)]
pub struct Published {
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree of that size.
    pub root: Hash,
    /// The signed text.
    pub text: String,
    /// Where the journal says that it was published; none in a dry run.
    pub receipt: Option<u64>,
    /// The copies outside, and what became of each.
    pub copies: Vec<Copied>,
}

/// A copy of a checkpoint in a place outside.
#[derive(Debug)]
pub struct Copied {
    /// The copy's file.
    pub path: PathBuf,
    /// Why it could not be made, if it could not.
    pub failed: Option<Fault>,
}

impl Kept {
    /// Publishes a checkpoint: the tiles that grew, then the signed text, then its copies in the
    /// folders of `installation.toml` and in those of `to`, each on its own: one that fails is
    /// reported and stops no other.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when the entries are not those that were appended, or the last
    /// checkpoint is damaged: then nothing is signed. [`FaultKind::Unavailable`] when a file
    /// cannot be written.
    pub fn publish_checkpoint(&self, to: &[PathBuf], acting: &Acting) -> Result<Published, Fault> {
        let _still = self.hold_journal();
        self.publish(to, acting)
    }

    /// As [`Kept::publish_checkpoint`], the journal being held still.
    pub(super) fn publish(&self, to: &[PathBuf], acting: &Acting) -> Result<Published, Fault> {
        self.check_journal_open()?;
        let vault = self.vault();
        let files = JournalFiles::new(vault.layout().journal());
        let before = self.last_checkpoint(&files)?.map_or(0, |last| last.size);
        let checkpoint = self.grow(&files, acting.dry_run)?;
        let text = checkpoint.sign(&[&*vault.signer()]);
        let mut published = Published {
            size: checkpoint.size,
            root: checkpoint.root,
            text,
            receipt: None,
            copies: Vec::new(),
        };
        if acting.dry_run {
            return Ok(published);
        }
        self.write_bundles(&files, before, published.size)?;
        files.put_checkpoint(&published.text)?;
        vault.log_checkpoint(published.size, published.root)?;
        files.end_growth()?;
        for tile in journal::tile::tiles_grown(before, published.size) {
            files.drop_narrower(tile);
        }
        published.copies = self.copy_out(to, &published);
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::CheckpointPublished, &acting.actor, moment, &law);
        detail.digest = Some(published.root);
        detail.reference = Some(published.size);
        let made = published.copies.iter().filter(|copy| copy.failed.is_none());
        detail.count = Some(made.count() as u64);
        published.receipt = Some(vault.record(&detail)?);
        Ok(published)
    }

    /// Takes the entries since the last checkpoint into the tree and writes the tiles that grew.
    fn grow(&self, files: &JournalFiles, dry_run: bool) -> Result<Checkpoint, Fault> {
        let vault = self.vault();
        let end = vault.data().read(|reader| reader.frontier())?;
        let mut tree = self.published_tree(files)?;
        if !dry_run {
            files.settle_growth(tree.size())?;
            files.begin_growth(tree.size(), end.size())?;
        }
        if end.size() < tree.size() {
            return Err(damaged("the journal is shorter than its last checkpoint"));
        }
        let put = |tiles: Vec<journal::Tile>| match dry_run {
            true => Ok(()),
            false => tiles.iter().try_for_each(|tile| files.put_tile(tile)),
        };
        while tree.size() < end.size() {
            let (first, next) = (tree.size(), end.size().min(tree.size() + ENTRIES_AT_ONCE));
            let commitments = vault
                .data()
                .read(|reader| reader.commitments(first, next))?;
            if commitments.len() as u64 != next - first {
                return Err(damaged("entries of the journal are missing"));
            }
            for (_, commitment) in commitments {
                tree.append(&commitment);
            }
            put(tree.take_full())?;
        }
        if tree.root() != end.root() {
            return Err(damaged("the entries are not those that were appended"));
        }
        put(tree.take_grown())?;
        Ok(Checkpoint::new(&vault.origin(), tree.size(), tree.root()))
    }

    /// Makes the tiles and bundles of the last checkpoint again from the entries: a restore has the
    /// signed text and the entries, and no tiles.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when the entries are not those that were signed.
    pub(crate) fn make_tiles_again(&self) -> Result<(), Fault> {
        let _still = self.hold_journal();
        let files = JournalFiles::new(self.vault().layout().journal());
        let Some(last) = self.last_checkpoint(&files)? else {
            return Ok(());
        };
        let mut tree = TileWriter::new();
        while tree.size() < last.size {
            let (first, next) = (tree.size(), last.size.min(tree.size() + ENTRIES_AT_ONCE));
            let data = self.vault().data();
            let commitments = data.read(|reader| reader.commitments(first, next))?;
            if commitments.len() as u64 != next - first {
                return Err(damaged("entries of the journal are missing"));
            }
            for (_, commitment) in commitments {
                tree.append(&commitment);
            }
            let full = tree.take_full();
            full.iter().try_for_each(|tile| files.put_tile(tile))?;
        }
        if tree.root() != last.root {
            return Err(damaged("the entries are not those of the last checkpoint"));
        }
        let grown = tree.take_grown();
        grown.iter().try_for_each(|tile| files.put_tile(tile))?;
        self.write_bundles(&files, 0, last.size)
    }

    /// The tree of the last checkpoint, from its tiles; the empty one before there is any.
    fn published_tree(&self, files: &JournalFiles) -> Result<TileWriter, Fault> {
        let Some(last) = self.last_checkpoint(files)? else {
            return Ok(TileWriter::new());
        };
        let tree = TileWriter::resume(|id: TileId| files.tile(id), last.size)
            .map_err(|_| damaged("the tiles of the last checkpoint are not whole"))?;
        if tree.root() != last.root {
            return Err(damaged("the tiles are not those of the last checkpoint"));
        }
        Ok(tree)
    }

    /// The last checkpoint that was published, its signature checked.
    pub(super) fn last_checkpoint(
        &self,
        files: &JournalFiles,
    ) -> Result<Option<Checkpoint>, Fault> {
        let Some(text) = files.checkpoint()? else {
            return Ok(None);
        };
        let checkpoint = Checkpoint::verify(&text, &[self.vault().verifier()])
            .map_err(|fault| damaged("the last checkpoint is damaged").because(fault))?;
        Ok(Some(checkpoint))
    }

    /// Copies a checkpoint to each place outside.
    fn copy_out(&self, to: &[PathBuf], published: &Published) -> Vec<Copied> {
        let name = format!("{:012}.checkpoint", published.size);
        self.copy_text_out(to, &name, &published.text)
    }

    /// Copies what was signed to each place outside, under a name that begins with the
    /// installation's.
    pub(super) fn copy_text_out(&self, to: &[PathBuf], name: &str, text: &str) -> Vec<Copied> {
        let vault = self.vault();
        let described = vault.description().checkpoint_copies.iter();
        let mut folders: Vec<PathBuf> = described
            .map(|folder| vault.layout().root.join(folder))
            .collect();
        folders.extend(
            to.iter()
                .filter(|&folder| !folders.contains(folder))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let name = format!("{}-{name}", vault.id());
        folders
            .iter()
            .map(|folder| copy(folder, &name, text))
            .collect()
    }
}

/// Writes a copy into a folder that is there: a place outside that is not mounted is no place.
fn copy(folder: &Path, name: &str, text: &str) -> Copied {
    let path = folder.join(name);
    let written = match folder.is_dir() {
        true => write_whole(
            &folder.join(format!("{name}.partial")),
            &path,
            text.as_bytes(),
        ),
        false => Err(std::io::ErrorKind::NotFound.into()),
    };
    let failed = written.err().map(|error| {
        Fault::new(
            FaultKind::Unavailable,
            format!("the copy to {} could not be made", folder.display()),
        )
        .remedy("check that the place is there and may be written, then publish again")
        .because(error)
    });
    Copied { path, failed }
}

fn damaged(what: &str) -> Fault {
    Fault::new(FaultKind::Integrity, format!("{what}: nothing was signed"))
        .remedy("run `kept journal verify` to see where")
}
