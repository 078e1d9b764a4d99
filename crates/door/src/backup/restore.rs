//! A restore: a data backup joined with the current copy of the keyring, in an empty folder. Until
//! it is complete the folder has no description and a note that says so; what is left of a crash is
//! cleared away by the next restore into it.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use domain::{Entropy, Fault, FaultKind};
use journal::merkle::{Frontier, leaf_hash};
use places::Place;
use store::tables::{Row, Shape};
use store::{Database, Home, Migration, Place as Stored, Priority, Value, schema};

use super::Told;
use super::chunk;
use super::data::order;
use super::key::BackupKey;
use super::manifest::{Kind, Manifest};
use super::shelf::Shelf;
use super::ship::{ENTRIES_A_CHUNK, LOG, journal_shapes};
use super::sweep::Swept;
use crate::folder::{Installation, Layout};
use crate::vault::{Vault, make_private_folder, unwritable};

/// Where a restore takes what it joins.
pub struct Source {
    /// The place of the data backup.
    pub data: Arc<dyn Place>,
    /// The place of the current copy of the keyring.
    pub keyring: Arc<dyn Place>,
    /// Which backup; none: the latest.
    pub backup: Option<String>,
}

/// What was joined.
#[derive(Debug)]
pub struct Joined {
    /// The data backup.
    pub data: Manifest,
    /// The copy of the keyring.
    pub keyring: Manifest,
    /// How many entries of the journal came from its shipped copy, after those of the backup.
    pub entries: u64,
    /// What was taken out of the data, as it is erased.
    pub swept: Swept,
    /// How many rows of data were counted after they were written.
    pub rows: u64,
    /// The description that the installation is to have.
    pub description: Installation,
}

impl Source {
    /// The manifests that a restore would join.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none, [`FaultKind::Conflict`] when the copy of the
    /// keyring is older than the backup; and what is wrong with a manifest.
    pub fn manifests(&self, key: &BackupKey) -> Result<(Manifest, Manifest), Fault> {
        let shelf = Shelf::new(Arc::clone(&self.data), key, Kind::Data);
        let data = chosen(&shelf, self.backup.as_deref())?;
        let shelf = Shelf::new(Arc::clone(&self.keyring), key, Kind::Keyring);
        let keyring = shelf.current()?.ok_or_else(|| {
            Fault::new(
                FaultKind::Absent,
                format!("{} holds no copy of the keyring", shelf.called()),
            )
            .remedy(
                "name a place to which the keyring is shipped with `--keyring` (`keyring-copies` \
                 in `installation.toml` lists them); without it no record can be opened",
            )
        })?;
        if keyring.installation != data.installation {
            return Err(Fault::new(
                FaultKind::Conflict,
                "the copy of the keyring is another installation's than the backup",
            )
            .remedy("name the place of this installation's with `--keyring`"));
        }
        if keyring.journal_size < data.journal_size {
            return Err(Fault::new(
                FaultKind::Conflict,
                format!(
                    "the copy of the keyring in {} is older than the backup: keys of what is in \
                     the backup may be missing",
                    shelf.called()
                ),
            )
            .remedy("name the place with the latest copy with `--keyring`, or an older backup"));
        }
        Ok((data, keyring))
    }
}

fn chosen(shelf: &Shelf<'_>, wanted: Option<&str>) -> Result<Manifest, Fault> {
    let found = shelf.found()?;
    let none = || {
        Fault::new(
            FaultKind::Absent,
            match wanted {
                Some(_) => format!("{} holds no such backup", shelf.called()),
                None => format!("{} holds no backup", shelf.called()),
            },
        )
        .remedy("see what is there with `kept restore --list --from PLACE`")
    };
    if let Some(wanted) = wanted {
        let found = found.into_iter().find(|it| it.id == wanted);
        return found.ok_or_else(none)?.manifest;
    }
    let (good, mut bad): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it.manifest.is_ok());
    let good = good.into_iter().filter_map(|it| it.manifest.ok());
    match good.max_by_key(order) {
        Some(latest) => Ok(latest),
        // All that is wrong with the latest is told.
        None => match bad.pop() {
            Some(last) => last.manifest,
            None => Err(none()),
        },
    }
}

/// Joins a data backup with the current copy of the keyring in the folder of a layout, whose key
/// folder is that of the installation. What comes back is open and not complete: the restrictive
/// acts since the backup are still to be done again, and [`Vault::complete_restored`] to be called.
///
/// # Errors
/// As [`Source::manifests`]; [`FaultKind::Conflict`] when the folder holds something or the backup
/// is of a newer version; [`FaultKind::Integrity`] when a part is missing or damaged, or backup and
/// journal are not of one history; [`FaultKind::Unavailable`] when keys are missing or not its own.
pub fn restore(
    source: &Source,
    layout: Layout,
    adapt: &dyn Fn(&mut Installation),
    entropy: Arc<dyn Entropy>,
    told: Told<'_>,
) -> Result<(Vault, Joined), Fault> {
    let key = BackupKey::open(&layout)?;
    let (data, keyring) = source.manifests(&key)?;
    let data_schema = migrations(&data, schema::DATA)?;
    let keyring_schema = migrations(&keyring, schema::KEYRING)?;
    let mut described = Installation::parse(&keyring.description)?;
    adapt(&mut described);
    // Nothing leaves a restore before it is complete.
    let description = Installation {
        checkpoint_copies: Vec::new(),
        keyring_copies: Vec::new(),
        ..described.clone()
    };
    if description.installation_id()?.as_bytes() != &data.installation {
        return Err(super::manifest::damaged());
    }
    begin(&layout)?;
    let mut rows = 0;
    let mut counted = |more: u64| {
        rows += more;
        told(rows);
    };
    let shelf = Shelf::new(Arc::clone(&source.keyring), &key, Kind::Keyring);
    let filled = fill(
        (Home::Keyring, layout.keyring_place()),
        keyring_schema,
        &shelf,
        &keyring,
        &mut counted,
    )?;
    put_files(&filled.files, |name| match name == LOG {
        true => Some(layout.restrictive()),
        false => None,
    })?;
    let shelf = Shelf::new(Arc::clone(&source.data), &key, Kind::Data);
    let filled = fill(
        (Home::Data, layout.data_place()),
        data_schema,
        &shelf,
        &data,
        &mut counted,
    )?;
    let shelf = Shelf::new(Arc::clone(&source.keyring), &key, Kind::Journal);
    let entries = lengthen(&layout, &shelf, &data)?;
    let vault = Vault::assemble(layout, description, entropy)?;
    vault.check_history(&data, &keyring)?;
    crate::signing::publish(&vault.layout, &vault.signer())?;
    let swept = vault.sweep_restored()?;
    let joined = Joined {
        data,
        keyring,
        entries,
        swept,
        description: described,
        rows: filled.rows,
    };
    Ok((vault, joined))
}

/// The migrations that a backup's schema was made by.
fn migrations<'m>(manifest: &Manifest, known: &'m [Migration]) -> Result<&'m [Migration], Fault> {
    let applied = manifest.schema.len();
    let Some(applied) = known.get(..applied) else {
        return Err(Fault::new(
            FaultKind::Conflict,
            "this backup was made by a newer version of Kept",
        )
        .remedy("use the version of Kept that made it, or a newer one"));
    };
    match super::data::checksums(applied) == manifest.schema {
        true => Ok(applied),
        false => Err(Fault::new(
            FaultKind::Integrity,
            "this backup's schema is not one that this program made",
        )
        .remedy("use the version of Kept that made it")),
    }
}

/// Takes a folder for a restore: one that is empty or not there, or in which one was not finished.
fn begin(layout: &Layout) -> Result<(), Fault> {
    let root = &layout.root;
    let failed = |error: std::io::Error| unwritable(root).because(error);
    let there = match fs::read_dir(root) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    if there && !layout.restoring().exists() {
        return Err(Fault::new(
            FaultKind::Conflict,
            format!(
                "{} is not empty: nothing was restored into it",
                root.display()
            ),
        )
        .remedy("name a new folder with `--data`"));
    }
    make_private_folder(root)?;
    // The key folder is the installation's own, and may lie within.
    let parts: Vec<PathBuf> = layout
        .folders()
        .into_iter()
        .filter(|folder| *folder != layout.keys)
        .collect();
    let cleared = (|| {
        fs::write(
            layout.restoring(),
            "A restore into this folder has not been finished. Give it again, or remove the folder.\n",
        )?;
        File::open(layout.restoring())?.sync_all()?;
        File::open(root)?.sync_all()?;
        for part in &parts {
            match fs::remove_dir_all(part) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        match fs::remove_file(layout.description()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    })();
    cleared.map_err(failed)?;
    parts.iter().try_for_each(|part| make_private_folder(part))
}

/// A part of a file: its name, and bytes.
type FilePart = (String, Vec<u8>);

/// What a database was made of.
struct Filled {
    /// Parts of files that were among the rows.
    files: Vec<FilePart>,
    /// How many rows it has, counted in it.
    rows: u64,
}

/// Makes a database of a backup's rows; gives the parts of files that are among them.
fn fill(
    (home, place): (Home, Stored),
    schema: &[Migration],
    shelf: &Shelf<'_>,
    manifest: &Manifest,
    told: Told<'_>,
) -> Result<Filled, Fault> {
    let shapes = manifest.shapes()?;
    let database = Database::open_at(home, &place, schema)?;
    let mut files = Vec::new();
    for chunk in &manifest.chunks {
        for (place, rows) in shelf.rows(chunk)? {
            let shape = shapes.get(place as usize).ok_or_else(chunk::damaged)?;
            let many = rows.len() as u64;
            if shape.name() == "file" {
                files.extend(rows.into_iter().filter_map(file_part));
            } else {
                put(&database, shape, rows)?;
            }
            told(many);
        }
    }
    let wanted = manifest.rows();
    let rows = database.read(|reader| {
        let mut all = 0;
        for (shape, (_, rows)) in shapes.iter().zip(wanted) {
            if shape.name() == "file" {
                continue;
            }
            let counted = reader.row_count(shape)?;
            if counted != rows {
                return Err(chunk::damaged());
            }
            all += counted;
        }
        Ok(all)
    })?;
    Ok(Filled { files, rows })
}

fn put(database: &Database, shape: &Shape, rows: Vec<Row>) -> Result<(), Fault> {
    let shape = shape.clone();
    database.write(Priority::Ordinary, move |tx| {
        rows.iter().try_for_each(|row| tx.put_row(&shape, row))
    })
}

fn file_part(row: Row) -> Option<FilePart> {
    match <[Value; 3]>::try_from(row) {
        Ok([Value::Text(name), Value::Int(_), Value::Bytes(bytes)]) => Some((name, bytes)),
        _ => None,
    }
}

/// Writes files of their parts, which stand in order.
fn put_files(parts: &[FilePart], path: impl Fn(&str) -> Option<PathBuf>) -> Result<(), Fault> {
    for of_one in parts.chunk_by(|one, next| one.0 == next.0) {
        let Some(path) = of_one.first().and_then(|(name, _)| path(name)) else {
            continue;
        };
        let content: Vec<u8> = of_one.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let written = fs::write(&path, content).and_then(|()| File::open(&path)?.sync_all());
        written.map_err(|error| unwritable(&path).because(error))?;
    }
    Ok(())
}

/// Takes the entries that were shipped after the backup into the journal, and its statements.
fn lengthen(layout: &Layout, shelf: &Shelf<'_>, data: &Manifest) -> Result<u64, Fault> {
    let Some(journal) = shelf.current()? else {
        return Ok(0);
    };
    if journal.installation != data.installation {
        return Ok(0);
    }
    let shapes = journal_shapes()?;
    let database = Database::open(Home::Data, &layout.data_place())?;
    let mut end = database.read(|reader| reader.frontier())?;
    let before = end.size();
    let mut files = Vec::new();
    for (place, chunk) in (0_u64..).zip(&journal.chunks) {
        let last = place + 1 == journal.chunks.len() as u64;
        if !last && (place + 1) * ENTRIES_A_CHUNK <= before {
            continue;
        }
        for (table, rows) in shelf.rows(chunk)? {
            let shape = shapes.get(table as usize).ok_or_else(chunk::damaged)?;
            if shape.name() == "file" {
                files.extend(rows.into_iter().filter_map(file_part));
                continue;
            }
            let at = shape.columns().iter().position(|it| it == "seq");
            let at = at.ok_or_else(chunk::damaged)?;
            let later = |row: &Row| match row.get(at) {
                Some(Value::Int(seq)) => u64::try_from(*seq).is_ok_and(|seq| seq >= before),
                _ => false,
            };
            let rows: Vec<Row> = rows.into_iter().filter(later).collect();
            if shape.name() == "entry" {
                rows.iter().try_for_each(|row| append(&mut end, row))?;
            }
            put(&database, shape, rows)?;
        }
    }
    if end.size() > before {
        if (end.size(), end.root()) != (journal.journal_size, journal.journal_root) {
            return Err(another_history());
        }
        let encoded = end.encode();
        database.write(Priority::Ordinary, move |tx| {
            tx.put_meta("frontier", &encoded)
        })?;
    }
    if journal.pruned > 0 {
        let pruned = journal.pruned;
        database.write(Priority::Ordinary, move |tx| tx.prune_details(pruned))?;
    }
    let folder = layout.journal();
    put_files(&files, |name| {
        let plain = !name.contains(['/', '\\']) && !name.starts_with('.');
        plain.then(|| folder.join(name))
    })?;
    Ok(end.size() - before)
}

/// Puts an entry's commitment into the tree.
fn append(end: &mut Frontier, row: &Row) -> Result<(), Fault> {
    match (row.first(), row.get(1)) {
        (Some(Value::Int(seq)), Some(Value::Bytes(commitment)))
            if u64::try_from(*seq).is_ok_and(|seq| seq == end.size()) =>
        {
            end.append(leaf_hash(commitment));
            Ok(())
        }
        _ => Err(chunk::damaged()),
    }
}

fn another_history() -> Fault {
    Fault::new(
        FaultKind::Integrity,
        "the backup's journal and what was shipped of it are not of one history",
    )
    .remedy(
        "name a backup and a place that are this installation's own; `kept restore --list` shows \
         what is there",
    )
}

impl Vault {
    /// Whether the restored journal is the one that was signed: of every size that is known from
    /// elsewhere it has the root.
    fn check_history(&self, data: &Manifest, keyring: &Manifest) -> Result<(), Fault> {
        let mut known = vec![
            (data.journal_size, data.journal_root),
            (keyring.journal_size, keyring.journal_root),
        ];
        let logged = self.restrictive.last_checkpoint()?;
        known.extend(logged.map(|it| (it.size, it.root)));
        known.sort_unstable();
        let mut tree = Frontier::new();
        let size = self.data.read(|reader| reader.frontier())?.size();
        for (wanted, root) in known.into_iter().filter(|it| it.0 <= size) {
            while tree.size() < wanted {
                let (first, next) = (tree.size(), wanted.min(tree.size() + ENTRIES_A_CHUNK));
                let commitments = self.data.read(|reader| reader.commitments(first, next))?;
                if commitments.len() as u64 != next - first {
                    return Err(chunk::damaged());
                }
                for (_, commitment) in commitments {
                    tree.append(leaf_hash(&commitment));
                }
            }
            if tree.root() != root {
                return Err(another_history());
            }
        }
        Ok(())
    }

    /// Ends a restore: the folder is an installation from here on, as `described`; under the origin
    /// with which its journal goes on.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written down.
    pub fn complete_restored(&self, described: &Installation) -> Result<(), Fault> {
        let mut described = described.clone();
        if described.journal_origin != self.origin() {
            described.signing_name = Some(described.signing_name().to_owned());
            described.journal_origin = self.origin();
        }
        described.write(&self.layout)?;
        let removed = fs::remove_file(self.layout.restoring())
            .and_then(|()| File::open(&self.layout.root)?.sync_all());
        removed.map_err(|error| unwritable(&self.layout.root).because(error))
    }
}
