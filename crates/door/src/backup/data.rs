//! Making a data backup, and keeping as many as are wanted.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Fault;
use minicbor::bytes::ByteArray;
use places::Place;
use store::tables::{self, Row, Shape};
use store::{Home, Migration, Reader, schema};

use super::Told;
use super::chunk::Cutter;
use super::key::BackupKey;
use super::manifest::{ChunkRef, Kind, Listed, Manifest};
use super::shelf::Shelf;
use crate::vault::Vault;

/// Rows that are read together.
pub(super) const ROWS_AT_ONCE: u32 = 1_000;

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// What it is of, and what it is made of.
    pub manifest: Manifest,
    /// How many of its chunks were there already, from earlier backups.
    pub chunks_there: u64,
    /// How many bytes were written.
    pub bytes_written: u64,
}

/// What was kept and what went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// Backups that are kept.
    pub backups: u64,
    /// Older ones that went.
    pub removed: u64,
}

impl Vault {
    /// Backs one state of the data up to a place, and reads back what was written. `first` runs
    /// when the state is read and before the backup counts: the keys of what is in it must be
    /// somewhere by then.
    ///
    /// # Errors
    /// When the data cannot be read, the place cannot be written, or what `first` says: then the
    /// last backup stands as it did. [`domain::FaultKind::Conflict`] when the place holds another
    /// installation's.
    pub fn back_up(
        &self,
        place: &Arc<dyn Place>,
        at: i64,
        first: &mut dyn FnMut() -> Result<(), Fault>,
        told: Told<'_>,
    ) -> Result<Made, Fault> {
        let key = BackupKey::make(self.layout(), self.entropy())?;
        let shelf = Shelf::new(Arc::clone(place), &key, Kind::Data);
        shelf.is_of(self.id())?;
        shelf.clean()?;
        let there = shelf.names()?;
        let shapes = tables::lasting_of(Home::Data);
        let made = self.data().read(|reader| {
            reader.at_one_moment(|reader| {
                let mut writing = Writing::new(&shelf, there, told);
                for (place, table) in (0..).zip(&shapes) {
                    writing.table(reader, place, table)?;
                }
                let end = reader.frontier()?;
                let policies = reader.policies()?;
                let manifest = Manifest {
                    kind: Kind::Data,
                    installation: *self.id().as_bytes(),
                    at,
                    program: env!("CARGO_PKG_VERSION").to_owned(),
                    schema: checksums(schema::DATA),
                    journal_size: end.size(),
                    journal_root: end.root(),
                    policy: policies.iter().map(|it| it.version).max().unwrap_or(0),
                    description: self.described()?,
                    epochs: Vec::new(),
                    pruned: 0,
                    tables: shapes.iter().map(Listed::of).collect(),
                    chunks: writing.chunks,
                    log_bytes: 0,
                };
                Ok(Made {
                    manifest,
                    chunks_there: writing.chunks_there,
                    bytes_written: writing.bytes_written,
                })
            })
        })?;
        first()?;
        shelf.put_manifest(&made.manifest)?;
        Ok(made)
    }

    /// Keeps the latest backups of a place, and removes the others with the chunks that nothing
    /// names any more.
    ///
    /// # Errors
    /// When the place cannot be read or written.
    pub fn keep_backups(&self, place: &Arc<dyn Place>, keep: u32) -> Result<Kept, Fault> {
        let key = BackupKey::open(self.layout())?;
        let shelf = Shelf::new(Arc::clone(place), &key, Kind::Data);
        let found = shelf.found()?;
        // What cannot be opened here may be good elsewhere: it stays, with every chunk.
        let (mut good, unknown): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|it| it.manifest.is_ok());
        good.sort_by_key(|it| it.manifest.as_ref().map(order).unwrap_or_default());
        let over = good.len().saturating_sub(keep.max(1) as usize);
        let kept = good.split_off(over);
        for old in &good {
            shelf.remove_manifest(&old.id)?;
        }
        if unknown.is_empty() {
            let kept: Vec<&Manifest> = kept
                .iter()
                .filter_map(|it| it.manifest.as_ref().ok())
                .collect();
            shelf.remove_chunks_beside(&kept)?;
        }
        Ok(Kept {
            backups: kept.len() as u64,
            removed: good.len() as u64,
        })
    }

    pub(super) fn described(&self) -> Result<String, Fault> {
        let mut described = self.description().clone();
        described.journal_origin = self.origin();
        described.text()
    }
}

/// The later of two manifests comes last; of one moment, that of the longer journal.
pub(super) fn order(manifest: &Manifest) -> (i64, u64) {
    (manifest.at, manifest.journal_size)
}

pub(super) fn checksums(migrations: &[Migration]) -> Vec<ByteArray<32>> {
    let checksums = schema::checksums(migrations).into_iter();
    checksums.map(ByteArray::from).collect()
}

/// Tables on their way to a place.
struct Writing<'w, 'k> {
    shelf: &'w Shelf<'k>,
    there: BTreeSet<(String, u64)>,
    told: Told<'w>,
    rows: u64,
    chunks: Vec<ChunkRef>,
    chunks_there: u64,
    bytes_written: u64,
}

impl<'w, 'k> Writing<'w, 'k> {
    fn new(shelf: &'w Shelf<'k>, there: BTreeSet<(String, u64)>, told: Told<'w>) -> Self {
        Self {
            shelf,
            there,
            told,
            rows: 0,
            chunks: Vec::new(),
            chunks_there: 0,
            bytes_written: 0,
        }
    }

    fn table(&mut self, reader: &Reader<'_>, place: u32, table: &Shape) -> Result<(), Fault> {
        let mut cutter = Cutter::new(place, table);
        each_row(reader, table, &mut |row| match cutter.take(row) {
            Some(block) => self.put(block),
            None => Ok(()),
        })?;
        cutter.end().map_or(Ok(()), |block| self.put(block))
    }

    fn put(&mut self, block: super::chunk::Block) -> Result<(), Fault> {
        self.rows += block.1.len() as u64;
        let (chunk, sealed) = self.shelf.refer(&[block])?;
        match self.shelf.has(&self.there, &chunk) {
            true => self.chunks_there += 1,
            false => {
                self.shelf.put(&chunk, &sealed)?;
                self.bytes_written += chunk.bytes;
            }
        }
        self.chunks.push(chunk);
        (self.told)(self.rows);
        Ok(())
    }
}

/// Reads a table from its beginning to its end.
pub(super) fn each_row(
    reader: &Reader<'_>,
    table: &Shape,
    take: &mut dyn FnMut(Row) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut after: Option<Row> = None;
    loop {
        let page = reader.rows_after(table, after.as_deref(), ROWS_AT_ONCE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(table.key_of(last).to_vec());
        let mut own = page.into_iter().filter(|row| !table.is_of_the_server(row));
        own.try_for_each(&mut *take)?;
    }
}
