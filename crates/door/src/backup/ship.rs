//! Shipping: the keyring with the log of restrictive acts, then the journal, to a place that holds
//! one copy of each. A copy takes the place of the one before; what only that one named is removed.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Fault;
use places::Place;
use store::keyring::EpochState;
use store::tables::{self, Row, Shape};
use store::{Home, Value, schema};

use super::chunk::{Block, Cutter};
use super::data::{checksums, each_row};
use super::key::BackupKey;
use super::manifest::{ChunkRef, Kind, Listed, Manifest};
use super::shelf::Shelf;
use crate::restrictive::RestrictiveLog;
use crate::vault::Vault;

/// Entries that one chunk of the journal holds.
pub(super) const ENTRIES_A_CHUNK: u64 = 2_048;
/// Bytes of a file that stand in one row.
const BYTES_A_ROW: usize = 64 << 10;
/// The name of the log of restrictive acts among the files of a copy.
pub(super) const LOG: &str = "restrictive.log";

/// What was shipped to a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shipped {
    /// The oldest epoch whose key opens what is in the place's copy of the keyring.
    pub oldest_epoch: u32,
    /// How many entries of the journal the place has.
    pub journal_size: u64,
    /// How many bytes of the log of restrictive acts.
    pub log_bytes: u64,
}

impl Shipped {
    fn of(keyring: &Manifest, journal: &Manifest) -> Self {
        Self {
            oldest_epoch: keyring.epochs.iter().copied().min().unwrap_or_default(),
            journal_size: journal.journal_size,
            log_bytes: keyring.log_bytes,
        }
    }
}

/// Asked while a place is written: whether whoever writes may go on.
pub type Still<'s> = &'s dyn Fn() -> Result<(), Fault>;

/// Files as rows: name, number of the part, bytes.
pub(super) fn files() -> Result<Shape, Fault> {
    let columns = ["name", "part", "bytes"].map(str::to_owned).to_vec();
    Shape::new("file".to_owned(), columns, 2)
}

fn file_rows(name: &str, content: &[u8]) -> Vec<Row> {
    let parts = content.chunks(BYTES_A_ROW).zip(0..);
    parts
        .map(|(bytes, part)| {
            vec![
                Value::Text(name.to_owned()),
                Value::Int(part),
                Value::Bytes(bytes.to_vec()),
            ]
        })
        .collect()
}

impl Vault {
    /// Ships the keyring, the log of restrictive acts and the journal to a place, and reads back
    /// what was written. `statements` are files of the journal: name and content. `still` is asked all
    /// the way, and before each write: whether the place is this copy's to write still.
    ///
    /// # Errors
    /// When something cannot be read, or the place cannot be written, and what `still` says: then the
    /// copy that it holds stands as it did.
    pub fn ship(
        &self,
        place: &Arc<dyn Place>,
        at: i64,
        statements: &[(String, String)],
        still: Still<'_>,
    ) -> Result<Shipped, Fault> {
        still()?;
        let key = BackupKey::make(self.layout(), self.entropy())?;
        let shelf = Shelf::new(Arc::clone(place), &key, Kind::Keyring);
        shelf.is_of(self.id())?;
        shelf.clean()?;
        let keyring = self.ship_keyring(&shelf, at, still)?;
        let shelf = Shelf::new(Arc::clone(place), &key, Kind::Journal);
        shelf.is_of(self.id())?;
        shelf.clean()?;
        let journal = self.ship_journal(&shelf, at, statements, still)?;
        Ok(Shipped::of(&keyring, &journal))
    }

    /// What a place holds of the keyring and of the journal after it; none where it holds none, or
    /// the journal's copy is older than the keyring's, as where shipping was interrupted.
    ///
    /// # Errors
    /// When the place cannot be read, or what it holds is damaged or another's.
    pub fn shipped_to(&self, place: &Arc<dyn Place>) -> Result<Option<Shipped>, Fault> {
        let key = BackupKey::make(self.layout(), self.entropy())?;
        let current = |kind| {
            let shelf = Shelf::new(Arc::clone(place), &key, kind);
            shelf.is_of(self.id()).and_then(|()| shelf.current())
        };
        let (keyring, journal) = (current(Kind::Keyring)?, current(Kind::Journal)?);
        let both = keyring.zip(journal);
        let both = both.filter(|(keyring, journal)| journal.journal_size >= keyring.journal_size);
        Ok(both.map(|(keyring, journal)| Shipped::of(&keyring, &journal)))
    }

    /// The keyring as it is at one moment; what is new of it is held in memory, as a read that
    /// waits for a network would hold erasures up.
    fn ship_keyring(
        &self,
        shelf: &Shelf<'_>,
        at: i64,
        still: Still<'_>,
    ) -> Result<Manifest, Fault> {
        let before = self.restrictive.content_before()?;
        let there = shelf.names()?;
        let mut shapes = tables::of(Home::Keyring);
        let (mut chunks, mut new) = (Vec::new(), Vec::new());
        let mut take = |block: Block| -> Result<(), Fault> {
            still()?;
            let (chunk, sealed) = shelf.refer(&[block])?;
            if !shelf.has(&there, &chunk) {
                new.push((chunk.clone(), sealed));
            }
            chunks.push(chunk);
            Ok(())
        };
        let (epochs, log) = self.keyring().database.read(|reader| {
            reader.at_one_moment(|reader| {
                for (place, table) in (0..).zip(&shapes) {
                    let mut cutter = Cutter::new(place, table);
                    each_row(reader, table, &mut |row| {
                        cutter.take(row).map_or(Ok(()), &mut take)
                    })?;
                    cutter.end().map_or(Ok(()), &mut take)?;
                }
                let epochs = reader.epochs()?.into_iter();
                let living = epochs.filter(|row| match row.state {
                    EpochState::Made | EpochState::Active | EpochState::Retiring => true,
                    // Nothing in the copy is wrapped by them.
                    EpochState::Emptied | EpochState::Destroyed => false,
                });
                let living = living.map(|row| row.number).collect();
                Ok((living, RestrictiveLog::content_with(before, reader)?))
            })
        })?;
        let place = u32::try_from(shapes.len()).unwrap_or(u32::MAX);
        for row in file_rows(LOG, &log) {
            take((place, vec![row]))?;
        }
        shapes.push(files()?);
        let end = self.data().read(|reader| reader.frontier())?;
        let manifest = Manifest {
            kind: Kind::Keyring,
            installation: *self.id().as_bytes(),
            at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema: checksums(schema::KEYRING),
            journal_size: end.size(),
            journal_root: end.root(),
            policy: 0,
            description: self.described()?,
            epochs,
            pruned: 0,
            tables: shapes.iter().map(Listed::of).collect(),
            chunks,
            log_bytes: log.len() as u64,
        };
        replace(shelf, &manifest, new, still)?;
        Ok(manifest)
    }

    /// The journal: what is full of it stays as it was shipped, unless its details were deleted.
    fn ship_journal(
        &self,
        shelf: &Shelf<'_>,
        at: i64,
        statements: &[(String, String)],
        still: Still<'_>,
    ) -> Result<Manifest, Fault> {
        let there = shelf.names()?;
        let before = shelf.current().ok().flatten();
        let shapes = journal_shapes()?;
        let (end, pruned) = self
            .data()
            .read(|reader| Ok((reader.frontier()?, reader.first_entry_since(0)?)))?;
        let full = usize::try_from(end.size() / ENTRIES_A_CHUNK).unwrap_or(usize::MAX);
        let shipped = |place: usize| -> Option<ChunkRef> {
            let before = before.as_ref()?;
            let was_full = (place as u64 + 1) * ENTRIES_A_CHUNK <= before.journal_size;
            let chunk = before.chunks.get(place)?;
            (was_full && before.pruned == pruned && shelf.has(&there, chunk)).then(|| chunk.clone())
        };
        let (mut chunks, mut new) = (Vec::new(), Vec::new());
        for place in 0..=full {
            if place < full
                && let Some(chunk) = shipped(place)
            {
                chunks.push(chunk);
                continue;
            }
            still()?;
            let first = place as u64 * ENTRIES_A_CHUNK;
            let until = end.size().min(first + ENTRIES_A_CHUNK);
            let blocks = self
                .data()
                .read(|reader| entries_between(reader, &shapes, first, until))?;
            let (chunk, sealed) = shelf.refer(&blocks)?;
            if !shelf.has(&there, &chunk) {
                new.push((chunk.clone(), sealed));
            }
            chunks.push(chunk);
        }
        let rows = statements
            .iter()
            .flat_map(|(name, text)| file_rows(name, text.as_bytes()))
            .chain(files_of_others(shelf, before.as_ref(), statements));
        let place = u32::try_from(shapes.len() - 1).unwrap_or(u32::MAX);
        let (chunk, sealed) = shelf.refer(&[(place, rows.collect())])?;
        if !shelf.has(&there, &chunk) {
            new.push((chunk.clone(), sealed));
        }
        chunks.push(chunk);
        let manifest = Manifest {
            kind: Kind::Journal,
            installation: *self.id().as_bytes(),
            at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema: checksums(schema::DATA),
            journal_size: end.size(),
            journal_root: end.root(),
            policy: 0,
            description: String::new(),
            epochs: Vec::new(),
            pruned,
            tables: shapes.iter().map(Listed::of).collect(),
            chunks,
            log_bytes: 0,
        };
        replace(shelf, &manifest, new, still)?;
        Ok(manifest)
    }
}

/// The files of the copy before that are not among these: what another copy of Kept has stated, whose
/// folder of the journal is its own. What cannot be read there is not there.
fn files_of_others(
    shelf: &Shelf<'_>,
    before: Option<&Manifest>,
    own: &[(String, String)],
) -> Vec<Row> {
    let last = before.and_then(|before| before.chunks.last());
    let there = last.and_then(|chunk| shelf.rows(chunk).ok());
    let rows = there.into_iter().flatten().flat_map(|(_, rows)| rows);
    rows.filter(|row| match row.first() {
        Some(Value::Text(name)) => own.iter().all(|(own, _)| own != name),
        _ => false,
    })
    .collect()
}

/// Puts a copy in the place of the one before. What only that one named goes last, and only while
/// this one stands: never what somebody else has put in its place.
fn replace(
    shelf: &Shelf<'_>,
    manifest: &Manifest,
    new: Vec<(ChunkRef, Vec<u8>)>,
    still: Still<'_>,
) -> Result<(), Fault> {
    let mut put = BTreeSet::new();
    for (chunk, sealed) in new {
        if put.insert(chunk.name) {
            still()?;
            shelf.put(&chunk, &sealed)?;
        }
    }
    still()?;
    shelf.put_manifest(manifest)?;
    still()?;
    shelf.remove_chunks_beside(&[manifest]).map(|_| ())
}

/// The tables of a copy of the journal: entries, whom they concern, their parts; files.
pub(super) fn journal_shapes() -> Result<Vec<Shape>, Fault> {
    let of = tables::of(Home::Data).into_iter();
    let names = ["entry", "entry_subject", "entry_part"];
    let mut shapes: Vec<Shape> = of.filter(|it| names.contains(&it.name())).collect();
    shapes.push(files()?);
    Ok(shapes)
}

/// The entries of a stretch of the journal, whom they concern, and their parts.
fn entries_between(
    reader: &store::Reader<'_>,
    shapes: &[Shape],
    first: u64,
    until: u64,
) -> Result<Vec<Block>, Fault> {
    let mut blocks = Vec::new();
    for (place, table) in (0..).zip(shapes) {
        let rows = match table.name() {
            "entry_subject" => concerned(reader, first, until)?,
            "file" => continue,
            _ => numbered_between(reader, table, first, until)?,
        };
        blocks.push((place, rows));
    }
    Ok(blocks)
}

fn concerned(reader: &store::Reader<'_>, first: u64, until: u64) -> Result<Vec<Row>, Fault> {
    let found = reader.raw_subjects(first, until)?.into_iter();
    Ok(found
        .map(|(seq, subject)| vec![Value::Bytes(subject), Value::Int(seq)])
        .collect())
}

/// The rows of a table whose key begins with the place of an entry.
fn numbered_between(
    reader: &store::Reader<'_>,
    table: &Shape,
    first: u64,
    until: u64,
) -> Result<Vec<Row>, Fault> {
    let number = |it: u64| Value::Int(i64::try_from(it).unwrap_or(i64::MAX));
    // Nothing comes before the first of the journal.
    let mut after = vec![Value::Int(-1); table.key()];
    if let Some(before) = first.checked_sub(1) {
        after[0] = number(before);
        after[1..].fill(Value::Int(i64::MAX));
    }
    let mut rows = Vec::new();
    loop {
        let page = reader.rows_after(table, Some(&after), super::data::ROWS_AT_ONCE)?;
        let Some(last) = page.last() else {
            return Ok(rows);
        };
        after = table.key_of(last).to_vec();
        for row in page {
            match row.first() {
                Some(Value::Int(at)) if *at < i64::try_from(until).unwrap_or(i64::MAX) => {
                    rows.push(row);
                }
                _ => return Ok(rows),
            }
        }
    }
}
