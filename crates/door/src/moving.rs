//! An installation in files carried over to databases on servers: every table that lasts, in the order
//! of its keys, compared on the way, so that the same may be begun again wherever it stopped; then
//! verified; then described as being there, which is the moment at which it is.
//!
//! The databases bear a mark meanwhile. By it a move goes on in them and in no others, and goes on
//! in none that were used since.

mod files;
mod mark;
mod walk;

use std::sync::Arc;

use domain::{Fault, FaultKind};
use journal::Entry;
use journal::merkle::{Frontier, Hash, leaf_hash};
use store::tables::{self, Row, Shape};
use store::{Database, Home, Place, Priority, Reader, Value};

use crate::backup::Told;
use crate::folder::{Installation, Layout};
use crate::restrictive;
use crate::servers::Servers;
use crate::vault::{Vault, in_use};

use mark::{Mark, count};
use walk::{carry, weed};

/// Records that are opened before a move counts.
const SAMPLE: u64 = 256;
/// Rows that are read at once.
const PAGE: u32 = 500;

/// A move to databases on servers that may be made, or gone on with.
pub struct Moving<'v> {
    vault: &'v Vault,
    description: Installation,
    layout: Layout,
    arrived: bool,
}

/// A table that is to be carried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carrying {
    /// Of which database: `data` or `keyring`.
    pub database: &'static str,
    /// What it is called.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
}

/// What was carried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Carried {
    /// Rows that were written now.
    pub written: u64,
    /// Rows that were there from an attempt before.
    pub there: u64,
    /// Rows from an attempt before that are no more as they were, and were removed.
    pub removed: u64,
}

/// What was found equal on both sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verified {
    /// Rows of all tables.
    pub rows: u64,
    /// Entries of the journal.
    pub journal_size: u64,
    /// The root over them, made anew from what stands on the servers.
    pub journal_root: Hash,
    /// Records that were opened there.
    pub opened: u64,
}

impl Vault {
    /// A move to databases on servers, which are reached and looked at; nothing is changed.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when an address is wrong; [`FaultKind::Refused`] when the installation
    /// is on servers already; [`FaultKind::Conflict`] when the databases hold something else;
    /// [`FaultKind::Unavailable`] when a server does not answer.
    pub fn moving(&self, servers: &Servers) -> Result<Moving<'_>, Fault> {
        if self.layout.servers.is_some() {
            return Err(Fault::new(
                FaultKind::Refused,
                "the installation is on database servers already, and on others than these",
            )
            .remedy("leave the databases out to finish a move that was interrupted"));
        }
        servers.check(&self.layout.root)?;
        let description = Installation {
            database: Some(servers.clone()),
            ..self.description.clone()
        };
        let layout = Layout {
            servers: Some(servers.clone()),
            ..self.layout.clone()
        };
        let moving = Moving {
            vault: self,
            arrived: self.arrived(&layout)?,
            description,
            layout,
        };
        Ok(moving)
    }

    /// Whether an earlier move brought everything to the databases and was interrupted before the
    /// description said so.
    fn arrived(&self, layout: &Layout) -> Result<bool, Fault> {
        let keyring = self.mark_of(Home::Keyring, &layout.keyring_place())?;
        let data = self.mark_of(Home::Data, &layout.data_place())?;
        match (data, keyring) {
            (Some(Mark::Arrived { size, .. }), Some(_)) => {
                let ours = self.data.read(|reader| reader.frontier())?.size();
                let place = layout.data_place();
                let theirs = Database::peek(&place, |reader| reader.frontier())?.size();
                match ours == size && theirs == size + 1 {
                    true => Ok(true),
                    false => Err(in_use(&place)),
                }
            }
            (Some(Mark::Arrived { .. }), None) => Err(in_use(&layout.data_place())),
            _ => Ok(false),
        }
    }

    /// The mark of a move of this installation; none in an empty database.
    fn mark_of(&self, home: Home, place: &Place) -> Result<Option<Mark>, Fault> {
        if !place.is_used()? {
            return Ok(None);
        }
        Database::peek(place, |reader| {
            let kept = mark::kept(home, reader)?;
            if let Some(kept) = kept.as_deref() {
                return Mark::decode(self.id, kept).map_or(Err(in_use(place)), |it| Ok(Some(it)));
            }
            let log = (home == Home::Keyring).then(tables::log);
            for shape in tables::of(home).into_iter().chain(log) {
                if count(reader, home, &shape)? > 0 {
                    return Err(in_use(place));
                }
            }
            Ok(None)
        })
    }

    /// Ends a move that was interrupted when the installation was on the servers already: files whose
    /// erased people would be there still do not wait for somebody to think of them.
    ///
    /// # Errors
    /// As [`Vault::finish_move`].
    pub(crate) fn finish_interrupted_move(&self) -> Result<(), Fault> {
        if !self.has_moved_files() {
            return Ok(());
        }
        let kept = self.data.read(|reader| mark::kept(Home::Data, reader))?;
        match kept.and_then(|kept| Mark::decode(self.id, &kept)) {
            Some(Mark::Arrived { leave_files, .. }) => self.finish_move(leave_files).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Whether an installation on servers still has the files in its folder that it moved from.
    pub(crate) fn has_moved_files(&self) -> bool {
        self.layout.servers.is_some() && files::are_left(&self.layout)
    }

    /// Ends a move to the servers that the installation is on now: what still lies in its folder of
    /// the files is destroyed, those of the keyring first, unless they are to stay; the databases are
    /// marked no more. Gives whether there were files.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when a file cannot be removed, or a server does not answer.
    pub fn finish_move(&self, keep_files: bool) -> Result<bool, Fault> {
        let there = files::are_left(&self.layout);
        if there && !keep_files {
            files::destroy(&self.layout)?;
        }
        for (home, database) in [
            (Home::Keyring, &self.keyring.database),
            (Home::Data, &self.data),
        ] {
            if database.read(|reader| mark::kept(home, reader))?.is_some() {
                let shape = shape(home, "meta")?;
                database.write(Priority::Ordinary, move |tx| {
                    tx.remove_row(&shape, &[mark::key()])
                })?;
            }
        }
        Ok(there)
    }
}

impl Moving<'_> {
    /// Whether an earlier attempt brought everything there.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.arrived
    }

    /// What is to be carried: each table, with its rows.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn plan(&self) -> Result<Vec<Carrying>, Fault> {
        let mut plan = Vec::new();
        for (home, database) in self.files() {
            for shape in tables::lasting_of(home) {
                plan.push(Carrying {
                    database: match home {
                        Home::Data => "data",
                        Home::Keyring => "keyring",
                    },
                    rows: database.read(|reader| count(reader, home, &shape))?,
                    table: shape.name().to_owned(),
                });
            }
        }
        plan.push(Carrying {
            database: "keyring",
            rows: self.vault.restrictive.rows()?.len() as u64,
            table: tables::log().name().to_owned(),
        });
        Ok(plan)
    }

    fn files(&self) -> [(Home, &Arc<Database>); 2] {
        [
            (Home::Keyring, &self.vault.keyring.database),
            (Home::Data, &self.vault.data),
        ]
    }

    fn place(&self, home: Home) -> Place {
        match home {
            Home::Data => self.layout.data_place(),
            Home::Keyring => self.layout.keyring_place(),
        }
    }

    /// Makes the databases on the servers hold what the files hold, row by row; what an earlier
    /// attempt brought there is compared and stays.
    ///
    /// # Errors
    /// When a database cannot be read or written: the same may be done again.
    pub fn carry(&self, told: Told<'_>) -> Result<Carried, Fault> {
        let mut carried = Carried::default();
        // Both are marked before a row is in either.
        let mut there = Vec::new();
        for (home, from) in self.files() {
            let to = Database::open(home, &self.place(home))?;
            self.put_mark(home, &to, Mark::UnderWay)?;
            there.push((home, from, to));
        }
        for (home, from, to) in there {
            for shape in tables::lasting_of(home) {
                carried.removed += weed(from, &to, &shape)?;
                carry(from, &to, &shape, &mut carried, told)?;
            }
            if home == Home::Keyring {
                let lines = restrictive::mirror(&self.vault.restrictive.rows()?, &to)?;
                carried.written += lines.written;
                carried.there += lines.there;
                carried.removed += lines.removed;
                told(carried.written + carried.there);
            }
        }
        Ok(carried)
    }

    fn put_mark(&self, home: Home, to: &Database, mark: Mark) -> Result<(), Fault> {
        let row = mark.row(self.vault.id);
        let shape = shape(home, "meta")?;
        to.write(Priority::Ordinary, move |tx| tx.put_row(&shape, &row))
    }

    /// Compares what is on the servers with the files: the rows of every table by their number, the
    /// end of the journal, and its root made anew of the commitments that are there; then opens
    /// the keyring there, whose epochs' keys must be the installation's, and a sample of records.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when something is missing or is another.
    pub fn verify(&self) -> Result<Verified, Fault> {
        let mut rows = 0;
        for (home, from) in self.files() {
            for shape in tables::lasting_of(home) {
                let wanted = from.read(|reader| count(reader, home, &shape))?;
                let there = Database::peek(&self.place(home), |it| count(it, home, &shape))?;
                if there != wanted {
                    return Err(differs(&format!(
                        "{there} rows of the table `{}` are there, and should be {wanted}",
                        shape.name()
                    )));
                }
                rows += wanted;
            }
        }
        let log = self.vault.restrictive.rows()?;
        let place = self.layout.keyring_place();
        if restrictive::log_of(&place)? != log {
            return Err(differs("the log of restrictive acts is another there"));
        }
        rows += log.len() as u64;
        let end = self.vault.data.read(|reader| reader.frontier())?;
        let (kept, made) = Database::peek(&self.layout.data_place(), |reader| {
            Ok((reader.frontier()?, grown(reader)?))
        })?;
        if kept.encode() != end.encode() {
            return Err(differs("the end of the journal is another there"));
        }
        if (made.size(), made.root()) != (end.size(), end.root()) {
            return Err(differs("the journal's entries there make another root"));
        }
        let sampled = self.assembled()?.sample_opens(SAMPLE)?;
        match sampled.bad {
            0 => Ok(Verified {
                rows,
                journal_size: end.size(),
                journal_root: end.root(),
                opened: sampled.good,
            }),
            bad => Err(differs(&format!(
                "{bad} of {} records do not open there",
                bad + sampled.good
            ))),
        }
    }

    /// The installation as it is on the servers, under the lock that is held.
    fn assembled(&self) -> Result<Vault, Fault> {
        Vault::assemble_under(
            self.vault.lock(),
            self.layout.clone(),
            self.description.clone(),
            Arc::clone(&self.vault.entropy),
        )
    }

    /// Writes the entry that tells of the move on the servers, once everything is there and verified,
    /// and whether the files are to be left.
    ///
    /// # Errors
    /// When the server cannot be written: the same may be done again.
    pub fn arrive(&self, entry: &Entry, leave_files: bool) -> Result<u64, Fault> {
        let size = self.vault.data.read(|reader| reader.frontier())?.size();
        let to = Database::open(Home::Data, &self.layout.data_place())?;
        let arrived = Mark::Arrived { size, leave_files };
        let (shape, row) = (shape(Home::Data, "meta")?, arrived.row(self.vault.id));
        let entry = entry.clone();
        to.write(Priority::Ordinary, move |tx| {
            tx.remove_row(&shape, shape.key_of(&row))?;
            tx.put_row(&shape, &row)?;
            tx.append(&entry)
        })
    }

    /// Describes the installation as being on the servers, and gives it as it is there. Its files are
    /// still in the folder ([`Vault::finish_move`]).
    ///
    /// # Errors
    /// When it cannot be opened there, or the description not be written: then it is in files.
    pub fn switch(self) -> Result<Vault, Fault> {
        let vault = self.assembled()?;
        vault.complete()?;
        Ok(vault)
    }
}

/// The journal's tree, grown of the commitments that stand in a database.
fn grown(reader: &Reader<'_>) -> Result<Frontier, Fault> {
    let shape = shape(Home::Data, "entry")?;
    let (mut grown, mut after) = (Frontier::new(), None::<Row>);
    loop {
        let page = reader.rows_after(&shape, after.as_deref(), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(grown);
        };
        after = Some(shape.key_of(last).to_vec());
        for row in &page {
            match (row.first(), row.get(1)) {
                (Some(Value::Int(seq)), Some(Value::Bytes(commitment)))
                    if u64::try_from(*seq).is_ok_and(|seq| seq == grown.size()) =>
                {
                    grown.append(leaf_hash(commitment));
                }
                _ => return Err(differs("an entry of the journal is missing there")),
            }
        }
    }
}

fn shape(home: Home, name: &str) -> Result<Shape, Fault> {
    let found = tables::of(home).into_iter().find(|it| it.name() == name);
    found.ok_or_else(|| differs("a table is unknown"))
}

fn differs(what: &str) -> Fault {
    Fault::new(
        FaultKind::Integrity,
        format!("what was carried over is not what the files hold: {what}"),
    )
    .remedy(
        "the installation is in its files as before: give the command again, which puts right what \
         differs, or give it two empty databases",
    )
}
