//! The journal's rows: appending inside a transaction, and reading.

pub(crate) mod recent;

use std::collections::BTreeMap;

use domain::{Fault, FaultKind, SubjectId};
use journal::Entry;
use journal::merkle::{Frontier, leaf_hash};

use self::recent::{Concerned, Recent};
use crate::database::Reader;
use crate::link::Link;
use crate::rows::{all, each, one, put, run, run_each};
use crate::sql;
use crate::value::{Parameters, Row};
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

impl StoredEntry {
    fn of(row: &Row<'_>) -> Result<Self, Fault> {
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
        Ok(Self {
            seq: row.get(0)?,
            commitment: row.get(1)?,
            kept,
        })
    }
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
    /// Whom the entries of the transaction concern, where the index does not have them yet.
    concerned: Vec<Concerned>,
    /// Whether the transaction brought the index up to date.
    indexed: bool,
}

/// A point that a failed job is taken back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pending: usize,
    concerned: usize,
}

impl Appender {
    /// From an end of the journal on.
    pub(crate) fn at(frontier: Frontier) -> Self {
        Self {
            frontier,
            ..Self::default()
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            pending: self.pending.len(),
            concerned: self.concerned.len(),
        }
    }

    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.pending.truncate(mark.pending);
        self.concerned.truncate(mark.concerned);
    }

    /// Puts what the batch appended into the tree, in the same transaction; and into the index, as
    /// often as it is worth it.
    pub(crate) fn settle(&mut self, link: Link<'_>, recent: &Recent) -> Result<(), Fault> {
        if self.pending.is_empty() {
            return Ok(());
        }
        // None on a server, whose index has them already.
        if !self.concerned.is_empty() {
            let rows = self.concerned.iter().map(|(person, seq)| (*seq, person.0));
            run_each(link, sql::ENTRY_RECENT_ADD, &rows.collect::<Vec<_>>())?;
        }
        let before = self.frontier.size();
        for leaf in self.pending.drain(..) {
            self.frontier.append(leaf);
        }
        let is_due = match link {
            Link::Sqlite(_) => recent.is_due_with(self.concerned.len()),
            // Rows that a move has brought, which nobody counts, by the entries.
            Link::Postgres(_) => before / FILED_EVERY != self.frontier.size() / FILED_EVERY,
        };
        if is_due {
            put(link, sql::ENTRY_RECENT_FILE, ())?;
            put(link, sql::ENTRY_RECENT_CLEAR, ())?;
            self.indexed = true;
        }
        put(link, sql::META_PUT, (FRONTIER, self.frontier.encode()))
    }

    /// After a commit, before it is answered: what the index does not have yet.
    pub(crate) fn tell(&mut self, recent: &Recent) {
        if std::mem::take(&mut self.indexed) {
            self.concerned.clear();
            recent.clear();
        } else if !self.concerned.is_empty() {
            recent.add(self.concerned.drain(..));
        }
    }

    fn size(&self) -> u64 {
        self.frontier.size() + self.pending.len() as u64
    }
}

const FRONTIER: &str = "frontier";

/// Entries after which a server's index gets the rows that a move from files has brought.
const FILED_EVERY: u64 = 8_192;

/// The end of the journal, from what is kept of it.
pub(crate) fn frontier_of(kept: Option<Vec<u8>>) -> Result<Frontier, Fault> {
    kept.map_or_else(
        || Ok(Frontier::new()),
        |bytes| Frontier::decode(&bytes).ok_or_else(damaged),
    )
}

/// The entries of a database that its index does not have yet.
pub(crate) fn recent_in(link: Link<'_>) -> Result<Vec<Concerned>, Fault> {
    let rows = all(link, sql::ENTRY_RECENT_ALL, (), |row| {
        Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?))
    })?;
    // What is of nobody, or has no place, is damage, which verification tells.
    let sound = |(person, seq): (Vec<u8>, i64)| {
        Some((SubjectId(person.try_into().ok()?), u64::try_from(seq).ok()?))
    };
    Ok(rows.into_iter().filter_map(sound).collect())
}

/// The end of the journal that a database holds.
pub(crate) fn end_of_journal(link: Link<'_>) -> Result<Frontier, Fault> {
    frontier_of(one(link, sql::META_GET, [FRONTIER], |row| row.get(0))?)
}

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
        self.append_at(seq, entry)?;
        self.appender.pending.push(leaf_hash(&entry.commitment));
        Ok(seq)
    }

    fn append_at(&mut self, seq: u64, entry: &Entry) -> Result<(), Fault> {
        let values = (
            seq,
            &entry.commitment,
            entry.at,
            entry.act,
            entry.period.0,
            &entry.sealed,
        );
        put(self.connection, sql::ENTRY_ADD, values)?;
        for subject in &entry.subjects {
            match self.connection {
                // With the others of the transaction, at its end.
                Link::Sqlite(_) => self.appender.concerned.push((SubjectId(*subject), seq)),
                // A server writes rows into its log, not pages; and others write there as well.
                Link::Postgres(_) => {
                    put(self.connection, sql::ENTRY_SUBJECT_ADD, (subject, seq))?;
                }
            }
        }
        for (position, part) in (0_u64..).zip(&entry.parts) {
            let values = (seq, position, part.subject, &part.commitment, &part.sealed);
            put(self.connection, sql::ENTRY_PART_ADD, values)?;
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
        run(self.connection, sql::ENTRY_RECENT_PRUNE, [end])?;
        run(self.connection, sql::ENTRY_PRUNE, [end]).map(|pruned| pruned as u64)
    }
}

impl Reader<'_> {
    /// The end of the journal: its size and what the root is made from.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn frontier(&self) -> Result<Frontier, Fault> {
        end_of_journal(self.connection)
    }

    /// When the last entry was made, microseconds UTC; `None` of an empty or pruned journal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_entry_at(&self) -> Result<Option<i64>, Fault> {
        Ok(one(self.connection, sql::ENTRY_LAST, (), |row| {
            row.get::<Option<i64>>(0)
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
        self.stored(sql::ENTRIES_FROM, (first, most))
    }

    /// The entries that concern a person, oldest first: those that the index has, and the latest
    /// ones, whose places were asked for before; of a server they are asked for here.
    pub(crate) fn entries_about(
        &self,
        subject: SubjectId,
        latest: Option<Vec<u64>>,
    ) -> Result<Vec<StoredEntry>, Fault> {
        let of = [subject.as_bytes().as_slice()];
        let mut found = BTreeMap::new();
        let mut add = |entry: StoredEntry| {
            found.insert(entry.seq, entry);
        };
        match latest {
            Some(places) => {
                let of: Vec<_> = places.into_iter().map(|place| [place]).collect();
                each(self.connection, sql::ENTRY_GET, &of, |_, row| {
                    add(StoredEntry::of(row)?);
                    Ok(())
                })?;
            }
            None => {
                let latest = self.stored(sql::ENTRIES_ABOUT_RECENT, of)?;
                latest.into_iter().for_each(&mut add);
            }
        }
        let indexed = self.stored(sql::ENTRIES_ABOUT, of)?;
        indexed.into_iter().for_each(&mut add);
        Ok(found.into_values().collect())
    }

    fn stored(
        &self,
        query: &'static str,
        parameters: impl Parameters,
    ) -> Result<Vec<StoredEntry>, Fault> {
        all(self.connection, query, parameters, StoredEntry::of)
    }

    /// Up to `most` entries from `first` on, as their columns stand.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw_entries(&self, first: u64, most: u32) -> Result<Vec<RawEntry>, Fault> {
        all(self.connection, sql::ENTRIES_FROM, (first, most), |row| {
            Ok(RawEntry {
                seq: row.get(0)?,
                commitment: row.get(1)?,
                at: row.get(2)?,
                act: row.get(3)?,
                period: row.get(4)?,
                detail: row.get(5)?,
            })
        })
    }

    /// The parts of the entries from `first` to before `end`, as their columns stand, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw_parts(&self, first: u64, end: u64) -> Result<Vec<RawPart>, Fault> {
        let between = (first, end);
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
        // The latest first: what goes into the index meanwhile is found in both.
        let mut found = Vec::new();
        for query in [sql::ENTRY_RECENT_SUBJECTS, sql::ENTRY_SUBJECTS] {
            found.extend(all(self.connection, query, (first, end), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The end of the journal and, at the same instant, up to `most` places of rows that are
    /// outside it.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn end_and_strays(&self, most: u32) -> Result<(Frontier, Vec<i64>), Fault> {
        let instant = self.instant()?;
        let frontier = self.frontier()?;
        let outside = (frontier.size(), most);
        let strays = all(self.connection, sql::ENTRY_STRAYS, outside, |row| {
            row.get(0)
        })?;
        instant.end()?;
        Ok((frontier, strays))
    }

    /// The commitments of the entries from `first` to before `end`, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn commitments(&self, first: u64, end: u64) -> Result<Vec<(u64, Vec<u8>)>, Fault> {
        let between = (first, end);
        all(self.connection, sql::COMMITMENTS, between, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// The parts of a bulk entry, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn entry_parts(&self, seq: u64) -> Result<Vec<PartRow>, Fault> {
        all(self.connection, sql::ENTRY_PARTS, [seq], |row| {
            Ok(PartRow {
                subject: SubjectId(row.get(0)?),
                commitment: row.get(1)?,
                detail: row.get(2)?,
            })
        })
    }
}
