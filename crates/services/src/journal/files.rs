//! The published journal as files: `checkpoint`, tiles by their paths, statements, each written
//! whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};
use journal::{Tile, TileId};

/// The name of the latest checkpoint in the folder of the journal.
pub(super) const CHECKPOINT: &str = "checkpoint";
/// The name of the note that tiles are being written, with the sizes from and to which they grow.
const GROWING: &str = "growing";
/// The folder of the bundles of entries.
const ENTRIES: &str = "tile/entries";
/// The name of the public key in the folder of the journal.
pub(super) const VERIFIER: &str = "verifier";
/// The name under which a file is written before it takes its place.
const PARTIAL: &str = "partial";
/// The endings of the files of a folder outside that verification reads.
pub(super) const ENDINGS: [&str; 3] = ["checkpoint", "roll-over", "new-origin"];

/// The folder of the published journal.
pub(super) struct JournalFiles {
    folder: PathBuf,
}

impl JournalFiles {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The latest checkpoint, if one was published.
    pub(super) fn checkpoint(&self) -> Result<Option<String>, Fault> {
        match fs::read(self.checkpoint_path()) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&self.checkpoint_path()).because(error)),
        }
    }

    pub(super) fn checkpoint_path(&self) -> PathBuf {
        self.folder.join(CHECKPOINT)
    }

    /// Replaces the checkpoint, durable when this returns.
    pub(super) fn put_checkpoint(&self, text: &str) -> Result<(), Fault> {
        self.put(&self.checkpoint_path(), text.as_bytes())
    }

    /// The public key as it is written for outsiders.
    pub(super) fn verifier(&self) -> Result<String, Fault> {
        let path = self.folder.join(VERIFIER);
        fs::read_to_string(&path).map_err(|error| unreadable(&path).because(error))
    }

    /// The bytes of a tile, or `None` where there is none.
    pub(super) fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        self.published(&self.folder.join(id.to_string()))
    }

    fn published(&self, path: &Path) -> Result<Option<Vec<u8>>, Fault> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(unreadable(path).because(error)),
        }
    }

    /// Writes a tile, durable when this returns.
    pub(super) fn put_tile(&self, tile: &Tile) -> Result<(), Fault> {
        self.put(&self.folder.join(tile.id.to_string()), &tile.bytes)
    }

    /// Writes the bundle of entries under a tile of level 0, durable when this returns.
    pub(super) fn put_bundle(&self, id: TileId, bytes: &[u8]) -> Result<(), Fault> {
        self.put(&self.folder.join(id.entries_path()), bytes)
    }

    /// The bytes of the bundle under a tile of level 0, or `None` where there is none.
    pub(super) fn bundle(&self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        self.published(&self.folder.join(id.entries_path()))
    }

    /// Whether bundles were ever written here.
    pub(super) fn has_bundles(&self) -> bool {
        self.folder.join(ENTRIES).is_dir()
    }

    /// Notes that tiles are being written for a tree that grows from one size to another.
    pub(super) fn begin_growth(&self, from: u64, to: u64) -> Result<(), Fault> {
        let note = format!("{from} {to}\n");
        self.put(&self.folder.join(GROWING), note.as_bytes())
    }

    /// Takes the note away: the checkpoint covers the tiles.
    pub(super) fn end_growth(&self) -> Result<(), Fault> {
        let path = self.folder.join(GROWING);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(unwritable(&path).because(error))
            }
            _ => Ok(()),
        }
    }

    /// Undoes a growth that was interrupted before its checkpoint: tiles that nothing was signed
    /// over are no part of the journal. Nothing else is touched.
    pub(super) fn settle_growth(&self, published: u64) -> Result<(), Fault> {
        let Ok(note) = fs::read_to_string(self.folder.join(GROWING)) else {
            return Ok(());
        };
        let sizes = note.trim_end().split_once(' ');
        let sizes = sizes.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        match sizes {
            Some((from, to)) if from == published => {
                for id in journal::tile::tiles_grown(from, to) {
                    if TileId::in_tree(id.level, id.index, from) != Some(id) {
                        let _ = fs::remove_file(self.folder.join(id.to_string()));
                        if id.level == 0 {
                            let _ = fs::remove_file(self.folder.join(id.entries_path()));
                        }
                    }
                }
                self.end_growth()
            }
            Some((_, to)) if to == published => self.end_growth(),
            _ => Ok(()),
        }
    }

    /// Removes the narrower states of a tile, and of the bundle under it. They are true and do no
    /// harm; a failure is left for the next time.
    pub(super) fn drop_narrower(&self, id: TileId) {
        let full = TileId {
            width: journal::tile::FULL_WIDTH,
            ..id
        };
        self.drop_states(&full.to_string(), id);
        if id.level == 0 {
            self.drop_states(&full.entries_path(), id);
        }
    }

    /// Removes the states under a path that are narrower than a tile is now.
    fn drop_states(&self, path: &str, id: TileId) {
        let states = self.folder.join(format!("{path}.p"));
        let Ok(found) = fs::read_dir(&states) else {
            return;
        };
        for state in found.flatten() {
            let name = state.file_name();
            let width = name.to_str().and_then(|name| name.parse::<u16>().ok());
            if width.is_some_and(|width| width < id.width) {
                let _ = fs::remove_file(state.path());
            }
        }
        if !id.is_partial() {
            let _ = fs::remove_dir(&states);
        }
    }

    /// The tiles and bundles that are there, and the files among them that are neither.
    pub(super) fn tiles(&self) -> Result<Stored, Fault> {
        let mut stored = Stored::default();
        self.walk(&self.folder.join("tile"), &mut |path| match (
            path.parse::<TileId>(),
            bundle_of(path),
        ) {
            (Ok(id), _) => stored.tiles.push(id),
            (Err(_), Some(id)) => stored.bundles.push(id),
            (Err(_), None) => stored.others.push(path.to_owned()),
        })?;
        stored.tiles.sort_unstable();
        stored.bundles.sort_unstable();
        stored.others.sort_unstable();
        Ok(stored)
    }

    /// Calls `found` with the path of each file below a folder, relative to that of the journal.
    fn walk(&self, folder: &Path, found: &mut dyn FnMut(&str)) -> Result<(), Fault> {
        let read = match fs::read_dir(folder) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unreadable(folder).because(error)),
        };
        for entry in read {
            let entry = entry.map_err(|error| unreadable(folder).because(error))?;
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.walk(&path, found)?;
            } else if let Ok(inside) = path.strip_prefix(&self.folder) {
                found(&inside.to_string_lossy());
            }
        }
        Ok(())
    }

    /// The statements beside the checkpoint: roll-overs of the signing key, new origins, and the
    /// last checkpoints of origins before.
    pub(super) fn statements(&self) -> Result<Vec<PathBuf>, Fault> {
        files_of(&self.folder, &ENDINGS)
    }

    /// Puts the tiles and the checkpoint of an origin aside that is gone on from: the checkpoint
    /// stays, under the number of its entries; the tiles are made anew from the entries that are
    /// there.
    pub(super) fn leave_origin(&self, size: u64) -> Result<(), Fault> {
        let gone = |result: io::Result<()>| match result {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        };
        let kept = self.folder.join(format!("{size:012}.{CHECKPOINT}"));
        gone(fs::rename(self.checkpoint_path(), kept))
            .and_then(|()| gone(fs::remove_dir_all(self.folder.join("tile"))))
            .and_then(|()| gone(fs::remove_file(self.folder.join(GROWING))))
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(|error| unwritable(&self.folder).because(error))
    }

    /// Writes a statement beside the checkpoint, durable when this returns.
    pub(super) fn put_statement(&self, name: &str, text: &str) -> Result<(), Fault> {
        self.put(&self.folder.join(name), text.as_bytes())
    }

    /// The statements beside the checkpoint, by name.
    pub(super) fn statement_texts(&self) -> Result<Vec<(String, String)>, Fault> {
        let paths = self.statements()?;
        paths
            .iter()
            .map(|path| {
                let name = path.file_name().unwrap_or_default();
                let text = fs::read_to_string(path);
                let text = text.map_err(|error| unreadable(path).because(error))?;
                Ok((name.to_string_lossy().into_owned(), text))
            })
            .collect()
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
        write_whole(&self.folder.join(PARTIAL), path, bytes)
            .map_err(|error| unwritable(path).because(error))
    }
}

/// The files of the published tree that are there.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) tiles: Vec<TileId>,
    /// Bundles of entries, by the tiles of level 0 over them.
    pub(super) bundles: Vec<TileId>,
    /// Files that are neither.
    pub(super) others: Vec<String>,
}

/// The tile of level 0 over the bundle that a path names, if it names one.
pub(super) fn bundle_of(path: &str) -> Option<TileId> {
    let tail = path.strip_prefix(ENTRIES)?.strip_prefix('/')?;
    format!("tile/0/{tail}").parse().ok()
}

/// The files of a folder whose names end so, in order of their names.
pub(super) fn files_of(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Fault> {
    let read = fs::read_dir(folder).map_err(|error| unreadable(folder).because(error))?;
    let mut files = Vec::new();
    for entry in read {
        let path = entry
            .map_err(|error| unreadable(folder).because(error))?
            .path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if ending.is_some_and(|ending| endings.contains(&ending)) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Writes a file whole or not at all, durable when this returns.
pub(super) fn write_whole(partial: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let made = make_folder_of(path)?;
    let mut file = File::create(partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(partial, path)?;
    for folder in made.iter().map(PathBuf::as_path).chain(path.parent()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Makes the folder of a file; gives the folders in which one was made.
fn make_folder_of(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut parents = Vec::new();
    let mut folder = path.parent();
    while let Some(missing) = folder.filter(|folder| !folder.exists()) {
        folder = missing.parent();
        parents.extend(folder.map(Path::to_owned));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(parents)
}

pub(super) fn unreadable(path: &Path) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("{} cannot be read", path.display()),
    )
    .remedy("check that it is there and may be read")
}

pub(super) fn unwritable(path: &Path) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("{} cannot be written", path.display()),
    )
    .remedy("check the folder's owner, its rights and the room on its disk")
}
