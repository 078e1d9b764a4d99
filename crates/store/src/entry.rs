//! The journal's rows: appending inside a transaction, and reading.

use domain::{Fault, FaultKind, SubjectId};
use journal::Entry;
use journal::merkle::{Frontier, leaf_hash};
use rusqlite::{Connection, OptionalExtension};

use crate::database::Reader;
use crate::error::fault;
use crate::rows::{all, one, run};
use crate::sql;
use crate::writer::Tx;

/// One person's part of a bulk act, as it is stored.
#[derive(Clone, Debug)]
pub struct PartRow {
    /// Whose.
    pub subject: SubjectId,
    /// What stands in the subtree.
    pub commitment: Vec<u8>,
    /// The sealed detail of the part.
    pub detail: Vec<u8>,
}

/// An entry as it is stored.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    /// Its place in the journal, from 0.
    pub seq: u64,
    /// What stands in the tree.
    pub commitment: Vec<u8>,
    /// What else is kept of it; nothing once its period was pruned.
    pub kept: Option<KeptEntry>,
}

/// What is kept of an entry until its period is pruned.
#[derive(Clone, Debug)]
pub struct KeptEntry {
    /// When it happened, microseconds UTC.
    pub at: i64,
    /// The number of the act.
    pub act: u16,
    /// The month whose key seals the detail.
    pub period: u16,
    /// The sealed detail.
    pub detail: Vec<u8>,
}

/// An entry as its columns stand, whatever damage they have: for verification.
#[derive(Clone, Debug)]
pub struct RawEntry {
    /// Its place.
    pub seq: i64,
    /// What stands in the tree.
    pub commitment: Vec<u8>,
    /// When it happened.
    pub at: Option<i64>,
    /// The number of the act.
    pub act: Option<i64>,
    /// The month whose key seals the detail.
    pub period: Option<i64>,
    /// The sealed detail.
    pub detail: Option<Vec<u8>>,
}

/// A part of a bulk act as its columns stand.
#[derive(Clone, Debug)]
pub struct RawPart {
    /// The place of its entry.
    pub seq: i64,
    /// Its place among the parts.
    pub position: i64,
    /// Whose.
    pub subject: Vec<u8>,
    /// What stands in the subtree.
    pub commitment: Vec<u8>,
    /// The sealed detail of the part.
    pub detail: Vec<u8>,
}

/// The end of the journal, as the writer keeps it.
#[derive(Clone, Default)]
pub(crate) struct Appender {
    frontier: Frontier,
    pending: Vec<journal::merkle::Hash>,
}

/// A point that a failed job is taken back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);

impl Appender {
    /// The end of the journal that a database holds.
    pub(crate) fn load(connection: &Connection) -> Result<Self, Fault> {
        let has_journal: bool = connection
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'entry')",
                [],
                |row| row.get(0),
            )
            .map_err(fault)?;
        if !has_journal {
            return Ok(Self::default());
        }
        let bytes: Option<Vec<u8>> = connection
            .query_row(sql::META_GET, [FRONTIER], |row| row.get(0))
            .optional()
            .map_err(fault)?;
        let frontier = match bytes {
            Some(bytes) => Frontier::decode(&bytes).ok_or_else(damaged)?,
            None => Frontier::new(),
        };
        Ok(Self {
            frontier,
            pending: Vec::new(),
        })
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.pending.len())
    }

    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.pending.truncate(mark.0);
    }

    /// Puts what the batch appended into the tree, in the same transaction.
    pub(crate) fn settle(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        if self.pending.is_empty() {
            return Ok(());
        }
        for leaf in self.pending.drain(..) {
            self.frontier.append(leaf);
        }
        connection
            .prepare_cached(sql::META_PUT)?
            .execute((FRONTIER, self.frontier.encode()))
            .map(|_| ())
    }

    fn size(&self) -> u64 {
        self.frontier.size() + self.pending.len() as u64
    }
}

const FRONTIER: &str = "frontier";

fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "the end of the journal is damaged")
        .remedy("run `kept journal verify` to see where")
}

impl Tx<'_> {
    /// Appends an entry; returns its place in the journal.
    ///
    /// # Errors
    /// When the journal cannot be written; the act must then not happen.
    pub fn append(&mut self, entry: &Entry) -> Result<u64, Fault> {
        let seq = self.appender.size();
        self.append_at(seq, entry).map_err(fault)?;
        self.appender.pending.push(leaf_hash(&entry.commitment));
        Ok(seq)
    }

    fn append_at(&mut self, seq: u64, entry: &Entry) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached(sql::ENTRY_ADD)?.execute((
            seq as i64,
            &entry.commitment,
            entry.at,
            entry.act,
            entry.period.0,
            &entry.sealed,
        ))?;
        let mut index = self.connection.prepare_cached(sql::ENTRY_SUBJECT_ADD)?;
        for subject in &entry.subjects {
            index.execute((subject, seq as i64))?;
        }
        for (position, part) in entry.parts.iter().enumerate() {
            self.connection
                .prepare_cached(sql::ENTRY_PART_ADD)?
                .execute((
                    seq as i64,
                    position as i64,
                    part.subject,
                    &part.commitment,
                    &part.sealed,
                ))?;
        }
        Ok(())
    }

    /// Removes the details of the entries before one; their commitments stay. Returns how many
    /// had some.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn prune_details(&mut self, end: u64) -> Result<u64, Fault> {
        run(self.connection, sql::ENTRY_PART_PRUNE, [end])?;
        run(self.connection, sql::ENTRY_SUBJECT_PRUNE, [end])?;
        run(self.connection, sql::ENTRY_PRUNE, [end]).map(|pruned| pruned as u64)
    }
}

impl Reader<'_> {
    /// The end of the journal: its size and what the root is made from.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn frontier(&self) -> Result<Frontier, Fault> {
        Ok(Appender::load(self.connection)?.frontier)
    }

    /// When the last entry was made, microseconds UTC; `None` of an empty or pruned journal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_entry_at(&self) -> Result<Option<i64>, Fault> {
        Ok(one(self.connection, sql::ENTRY_LAST, [], |row| {
            row.get::<_, Option<i64>>(0)
        })?
        .flatten())
    }

    /// The first entry of a period or a later one: everything before it may be pruned.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn first_entry_since(&self, period: u16) -> Result<u64, Fault> {
        let size = self.frontier()?.size();
        let first: Option<Option<u64>> =
            one(self.connection, sql::ENTRY_FIRST_KEPT, [period], |row| {
                row.get(0)
            })?;
        Ok(first.flatten().unwrap_or(size))
    }

    /// How many entries before one still have their details.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn details_before(&self, end: u64) -> Result<u64, Fault> {
        let held = one(self.connection, sql::ENTRY_DETAILS_BEFORE, [end], |row| {
            row.get(0)
        })?;
        Ok(held.unwrap_or_default())
    }

    /// Up to `most` entries from `first` on, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn entries(&self, first: u64, most: u32) -> Result<Vec<StoredEntry>, Fault> {
        self.stored(sql::ENTRIES_FROM, (first as i64, most))
    }

    /// The entries that concern a person, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn entries_about(&self, subject: SubjectId) -> Result<Vec<StoredEntry>, Fault> {
        self.stored(sql::ENTRIES_ABOUT, [subject.as_bytes().as_slice()])
    }

    fn stored(
        &self,
        query: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<StoredEntry>, Fault> {
        let mut statement = self.connection.prepare_cached(query).map_err(fault)?;
        let rows = statement
            .query_map(parameters, |row| {
                let at: Option<i64> = row.get(2)?;
                let kept = match at {
                    Some(at) => Some(KeptEntry {
                        at,
                        act: row.get(3)?,
                        period: row.get(4)?,
                        detail: row.get(5)?,
                    }),
                    None => None,
                };
                Ok(StoredEntry {
                    seq: row.get(0)?,
                    commitment: row.get(1)?,
                    kept,
                })
            })
            .map_err(fault)?;
        rows.collect::<Result<_, _>>().map_err(fault)
    }

    /// Up to `most` entries from `first` on, as their columns stand.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw_entries(&self, first: u64, most: u32) -> Result<Vec<RawEntry>, Fault> {
        all(
            self.connection,
            sql::ENTRIES_FROM,
            (first as i64, most),
            |row| {
                Ok(RawEntry {
                    seq: row.get(0)?,
                    commitment: row.get(1)?,
                    at: row.get(2)?,
                    act: row.get(3)?,
                    period: row.get(4)?,
                    detail: row.get(5)?,
                })
            },
        )
    }

    /// The parts of the entries from `first` to before `end`, as their columns stand, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw_parts(&self, first: u64, end: u64) -> Result<Vec<RawPart>, Fault> {
        let between = (first as i64, end as i64);
        all(self.connection, sql::ENTRY_PARTS_BETWEEN, between, |row| {
            Ok(RawPart {
                seq: row.get(0)?,
                position: row.get(1)?,
                subject: row.get(2)?,
                commitment: row.get(3)?,
                detail: row.get(4)?,
            })
        })
    }

    /// The persons that the entries from `first` to before `end` are indexed under, by entry.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw_subjects(&self, first: u64, end: u64) -> Result<Vec<(i64, Vec<u8>)>, Fault> {
        let between = (first as i64, end as i64);
        all(self.connection, sql::ENTRY_SUBJECTS, between, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// The end of the journal and, at the same instant, up to `most` places of rows that are
    /// outside it.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn end_and_strays(&self, most: u32) -> Result<(Frontier, Vec<i64>), Fault> {
        let instant = self.connection.unchecked_transaction().map_err(fault)?;
        let frontier = self.frontier()?;
        let strays = all(
            self.connection,
            sql::ENTRY_STRAYS,
            (frontier.size() as i64, most),
            |row| row.get(0),
        )?;
        instant.finish().map_err(fault)?;
        Ok((frontier, strays))
    }

    /// The commitments of the entries from `first` to before `end`, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn commitments(&self, first: u64, end: u64) -> Result<Vec<(u64, Vec<u8>)>, Fault> {
        let between = (first as i64, end as i64);
        all(self.connection, sql::COMMITMENTS, between, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// The parts of a bulk entry, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn entry_parts(&self, seq: u64) -> Result<Vec<PartRow>, Fault> {
        let mut statement = self
            .connection
            .prepare_cached(sql::ENTRY_PARTS)
            .map_err(fault)?;
        let rows = statement
            .query_map([seq as i64], |row| {
                Ok(PartRow {
                    subject: SubjectId(row.get(0)?),
                    commitment: row.get(1)?,
                    detail: row.get(2)?,
                })
            })
            .map_err(fault)?;
        rows.collect::<Result<_, _>>().map_err(fault)
    }
}
