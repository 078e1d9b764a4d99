//! One sort of backup in one place: chunks by their names, manifests beside them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use domain::{Fault, FaultKind, InstallationId};
use places::Place;
use store::Value;

use super::chunk::{self, Block};
use super::key::{BackupKey, NAME_BYTES};
use super::manifest::{ChunkRef, Head, Kind, Manifest};

/// One sort of backup in one place.
pub struct Shelf<'k> {
    place: Arc<dyn Place>,
    key: &'k BackupKey,
    kind: Kind,
}

/// A manifest that lies in a place, and what is wrong with it, if anything is.
pub struct Found {
    /// What it is called.
    pub id: String,
    /// What it says.
    pub manifest: Result<Manifest, Fault>,
}

impl<'k> Shelf<'k> {
    /// Those of one sort.
    #[must_use]
    pub fn new(place: Arc<dyn Place>, key: &'k BackupKey, kind: Kind) -> Self {
        Self { place, key, kind }
    }

    /// What the place is called.
    #[must_use]
    pub fn called(&self) -> &str {
        self.place.called()
    }

    fn manifests(&self) -> String {
        format!("{}/manifests", self.kind.folder())
    }

    fn chunks(&self) -> String {
        format!("{}/chunks", self.kind.folder())
    }

    fn chunk(&self, name: &[u8; NAME_BYTES]) -> String {
        let mut hex = String::with_capacity(2 * NAME_BYTES);
        for byte in name {
            let _ = write!(hex, "{byte:02x}");
        }
        format!("{}/{}/{hex}", self.chunks(), &hex[..2])
    }

    /// The manifests of the place, the oldest first, with what each says.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub fn found(&self) -> Result<Vec<Found>, Fault> {
        let within = self.manifests();
        let listed = self.place.list(&within)?;
        let mut found = Vec::new();
        for object in listed {
            let id = object
                .name
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            // One that is replaced meanwhile is not there.
            if let Some(bytes) = self.place.get(&object.name)? {
                let manifest = Manifest::open(&bytes, self.kind, self.key);
                found.push(Found { id, manifest });
            }
        }
        Ok(found)
    }

    /// The one manifest of a sort that has one.
    ///
    /// # Errors
    /// When the place cannot be read, or the manifest is damaged or another's.
    pub fn current(&self) -> Result<Option<Manifest>, Fault> {
        let bytes = self.place.get(&self.current_name())?;
        bytes
            .map(|bytes| Manifest::open(&bytes, self.kind, self.key))
            .transpose()
    }

    fn current_name(&self) -> String {
        format!("{}/current", self.kind.folder())
    }

    /// Refuses a place that holds what is another installation's.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when it does; when it cannot be read.
    pub fn is_of(&self, installation: InstallationId) -> Result<(), Fault> {
        let listed = self.place.list(&self.manifests())?.into_iter();
        let names = listed.map(|it| it.name).chain([self.current_name()]);
        for name in names {
            let head = self.place.get(&name)?.map(|bytes| Head::of(&bytes));
            // What is damaged is nobody's, and is told of where it is read.
            if let Some(Ok(head)) = head {
                head.is_of(installation)?;
            }
        }
        Ok(())
    }

    /// Removes what interrupted writing of this sort left behind.
    ///
    /// # Errors
    /// When the place cannot be written.
    pub fn clean(&self) -> Result<(), Fault> {
        self.place.clean(self.kind.folder())
    }

    /// The names of the chunks that are there, whole as far as their sizes tell.
    pub(super) fn names(&self) -> Result<BTreeSet<(String, u64)>, Fault> {
        let listed = self.place.list(&self.chunks())?.into_iter();
        Ok(listed.map(|it| (it.name, it.bytes)).collect())
    }

    /// How a chunk is named, without putting it there.
    pub(super) fn refer(&self, blocks: &[Block]) -> Result<(ChunkRef, Vec<u8>), Fault> {
        let content = chunk::encode(blocks);
        let name = self.key.name(&content);
        let sealed = self.key.seal(&name, &content)?;
        let rows = blocks
            .iter()
            .map(|(place, rows)| (*place, u32::try_from(rows.len()).unwrap_or(u32::MAX)))
            .collect();
        let bytes = sealed.len() as u64;
        Ok((ChunkRef { name, bytes, rows }, sealed))
    }

    /// Whether a chunk is among those that are there.
    pub(super) fn has(&self, there: &BTreeSet<(String, u64)>, chunk: &ChunkRef) -> bool {
        there.contains(&(self.chunk(&chunk.name), chunk.bytes))
    }

    /// Puts a chunk there, and reads it back.
    pub(super) fn put(&self, chunk: &ChunkRef, sealed: &[u8]) -> Result<(), Fault> {
        self.place.put(&self.chunk(&chunk.name), sealed)?;
        self.content(chunk).map(|_| ()).map_err(|fault| {
            Fault::new(
                FaultKind::Unavailable,
                format!(
                    "{} does not give back what was written to it: the backup does not count",
                    self.place.called()
                ),
            )
            .remedy("check the disk or the service behind the place, then back up again")
            .because(fault)
        })
    }

    fn content(&self, chunk: &ChunkRef) -> Result<Vec<u8>, Fault> {
        let sealed = self.place.get(&self.chunk(&chunk.name))?.ok_or_else(|| {
            Fault::new(FaultKind::Integrity, "a part of the backup is missing").remedy(
                "take another backup of the place (`kept restore --list` shows them), or another \
                 place",
            )
        })?;
        let content = self.key.open_sealed(&chunk.name, &sealed);
        let content = content.ok_or_else(chunk::damaged)?;
        match self.key.name(&content) == chunk.name {
            true => Ok(content),
            false => Err(chunk::damaged()),
        }
    }

    /// The rows of a chunk, as many as the manifest says.
    pub(super) fn rows(&self, chunk: &ChunkRef) -> Result<Vec<Block>, Fault> {
        let blocks = chunk::decode(&self.content(chunk)?)?;
        let many: Vec<(u32, u32)> = blocks
            .iter()
            .map(|(place, rows)| (*place, u32::try_from(rows.len()).unwrap_or(u32::MAX)))
            .collect();
        match many == chunk.rows {
            true => Ok(blocks),
            false => Err(chunk::damaged()),
        }
    }

    /// Every row of a backup, with its table's name.
    ///
    /// # Errors
    /// When a part is missing or damaged.
    pub fn each_row(
        &self,
        manifest: &Manifest,
        take: &mut dyn FnMut(&str, &[Value]),
    ) -> Result<(), Fault> {
        let shapes = manifest.shapes()?;
        for chunk in &manifest.chunks {
            for (place, rows) in self.rows(chunk)? {
                let shape = shapes.get(place as usize).ok_or_else(chunk::damaged)?;
                rows.iter().for_each(|row| take(shape.name(), row));
            }
        }
        Ok(())
    }

    /// Puts a manifest beside the others, or in the place of the one before, and reads it back.
    pub(super) fn put_manifest(&self, manifest: &Manifest) -> Result<(), Fault> {
        let name = match self.kind {
            Kind::Data => format!("{}/{}", self.manifests(), manifest.id()),
            Kind::Keyring | Kind::Journal => self.current_name(),
        };
        let sealed = manifest.seal(self.key)?;
        self.place.put(&name, &sealed)?;
        match self.place.get(&name)?.as_deref() == Some(&sealed) {
            true => Ok(()),
            false => Err(Fault::new(
                FaultKind::Unavailable,
                format!(
                    "{} does not give back what was written to it: the backup does not count",
                    self.place.called()
                ),
            )
            .remedy("check the disk or the service behind the place, then back up again")),
        }
    }

    /// Removes a manifest.
    pub(super) fn remove_manifest(&self, id: &str) -> Result<(), Fault> {
        self.place.remove(&format!("{}/{id}", self.manifests()))
    }

    /// Removes the chunks that none of some manifests names. Says how many went.
    pub(super) fn remove_chunks_beside(&self, manifests: &[&Manifest]) -> Result<u64, Fault> {
        let named: BTreeSet<String> = manifests
            .iter()
            .flat_map(|manifest| &manifest.chunks)
            .map(|chunk| self.chunk(&chunk.name))
            .collect();
        let mut removed = 0;
        for (name, _) in self.names()? {
            if !named.contains(&name) {
                self.place.remove(&name)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}
