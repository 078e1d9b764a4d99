//! The log of restrictive acts: ids only, with the keyring, written before they are acknowledged;
//! with the latest checkpoint. A restore replays it before it serves, and a journal that came back
//! shorter than that checkpoint is not gone on with in silence (mechanism, 6).
//!
//! It has two homes and one form. Where the databases are files it is a file beside the keyring's,
//! which one process writes. On a server it is a table of the keyring's database: whoever works on
//! that keyring has one log, and what an act destroys is destroyed in the transaction that says so.

mod carry;
mod file;
mod line;

use std::sync::Arc;

use domain::{Fault, FaultKind, RecordId, SubjectId};
use store::{Database, Priority, Reader};

use crate::folder::Layout;
pub(crate) use carry::{log_of, mirror};
use file::LogFile;
use line::{CHECKPOINT, Said, checkpoint_of, encode, parse};

/// What a restrictive act did to a person's data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RestrictiveAct {
    /// A record was erased, by a request or at its term.
    Erased,
    /// The person objected.
    Objected,
    /// A consent was withdrawn.
    Withdrawn,
    /// Processing was restricted.
    Restricted,
    /// A hold was placed.
    Held,
}

impl RestrictiveAct {
    const ALL: [Self; 5] = [
        Self::Erased,
        Self::Objected,
        Self::Withdrawn,
        Self::Restricted,
        Self::Held,
    ];

    fn number(self) -> u8 {
        match self {
            Self::Erased => 1,
            Self::Objected => 2,
            Self::Withdrawn => 3,
            Self::Restricted => 4,
            Self::Held => 5,
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.number() == number)
    }
}

/// One line of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// What was done.
    pub act: RestrictiveAct,
    /// To whose data.
    pub subject: SubjectId,
    /// To which record; the nil id where the act is about the person as a whole.
    pub record: RecordId,
    /// When, microseconds UTC.
    pub at: i64,
}

/// What a restrictive act left behind in clear, so that a restore can impose it again exactly: ids,
/// kinds and dates, in the stored form of a person and of their records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imposed {
    /// On whose data.
    pub subject: SubjectId,
    /// When, microseconds UTC.
    pub at: i64,
    /// A dossier with the consents, objections, restrictions and holds that it is about.
    pub dossier: Vec<u8>,
    /// The records whose grounds it ended: which one, and its clear part.
    pub records: Vec<(RecordId, Vec<u8>)>,
}

/// A checkpoint that was published, as the log has it: size and root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoggedCheckpoint {
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
}

/// The open log.
pub struct RestrictiveLog {
    home: Home,
}

/// Where a log is.
enum Home {
    File(LogFile),
    /// In the keyring's database.
    Table(Arc<Database>),
}

/// What is appended to a log, as lines.
#[derive(Default)]
pub(crate) struct Saying {
    /// That records are erased: said no sooner than their keys are gone.
    erased: Vec<Vec<u8>>,
    /// All else.
    rest: Vec<Vec<u8>>,
}

impl Saying {
    pub(crate) fn of(lines: &[Line], imposed: &[Imposed]) -> Self {
        let mut saying = Self::default();
        for line in lines {
            let said = encode(&Said::Act(*line));
            match line.act {
                RestrictiveAct::Erased => saying.erased.push(said),
                _ => saying.rest.push(said),
            }
        }
        let imposed = imposed.iter().cloned().map(Said::Imposed);
        saying.rest.extend(imposed.map(|said| encode(&said)));
        saying
    }
}

impl RestrictiveLog {
    /// Opens the log of an installation: a file where its keyring is one, else a table of it.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be opened.
    pub(crate) fn open(layout: &Layout, keyring: &Arc<Database>) -> Result<Self, Fault> {
        let home = match keyring.is_shared() {
            true => Home::Table(Arc::clone(keyring)),
            false => Home::File(LogFile::open(&layout.restrictive())?),
        };
        Ok(Self { home })
    }

    /// How many bytes the log has: it only grows.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when that cannot be told.
    pub fn bytes(&self) -> Result<u64, Fault> {
        match &self.home {
            Home::File(file) => file.bytes(),
            Home::Table(keyring) => keyring.read(|reader| reader.act_log_bytes()),
        }
    }

    /// The log as a file has it.
    fn content(&self) -> Result<Vec<u8>, Fault> {
        match &self.home {
            Home::File(file) => file.content(),
            Home::Table(keyring) => keyring.read(|reader| reader.act_log()),
        }
    }

    /// The log as it is before the keyring is read, where it is a file: a copy that was begun with
    /// it has no key of which it says that it is gone. None where it is read with the keyring.
    pub(crate) fn content_before(&self) -> Result<Option<Vec<u8>>, Fault> {
        match &self.home {
            Home::File(file) => file.content().map(Some),
            Home::Table(_) => Ok(None),
        }
    }

    /// The log as it is at the moment at which the keyring is read, where it was not read before.
    pub(crate) fn content_with(
        before: Option<Vec<u8>>,
        keyring: &Reader<'_>,
    ) -> Result<Vec<u8>, Fault> {
        before.map_or_else(|| keyring.act_log(), Ok)
    }

    /// Says what was done and does in the keyring what goes with it (`destroy`): in one transaction
    /// where the log is in the keyring's database. Durable when this returns.
    ///
    /// # Errors
    /// When it cannot be destroyed, or not be written; the act must then not be acknowledged.
    pub(crate) fn say(
        &self,
        saying: Saying,
        make_room: impl Fn() -> Result<(), Fault>,
        destroy: impl FnOnce(Vec<Vec<u8>>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Saying { mut rest, erased } = saying;
        let Home::File(file) = &self.home else {
            rest.extend(erased);
            return destroy(rest);
        };
        let append = |lines: Vec<Vec<u8>>| {
            let bytes = lines.concat();
            match bytes.is_empty() {
                true => Ok(()),
                false => file.append(&bytes).or_else(|_| {
                    make_room()?;
                    file.append(&bytes)
                }),
            }
        };
        let said = append(rest);
        // What is to be destroyed goes even where the log cannot be written.
        destroy(Vec::new())?;
        append(erased).and(said)
    }

    /// Appends a checkpoint, durable when this returns. One that covers no more than the last one is
    /// passed over: another copy has published meanwhile.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn append_checkpoint(&self, checkpoint: LoggedCheckpoint) -> Result<(), Fault> {
        let covers = move |last: Option<LoggedCheckpoint>| {
            last.is_some_and(|last| last.size >= checkpoint.size)
        };
        let line = encode(&Said::Checkpoint(checkpoint));
        match &self.home {
            Home::File(file) => match covers(self.last_checkpoint()?) {
                true => Ok(()),
                false => file.append(&line),
            },
            Home::Table(keyring) => keyring.write(Priority::Restrictive, move |tx| {
                let last = tx.last_logged(CHECKPOINT)?;
                match covers(last.as_deref().and_then(checkpoint_of)) {
                    true => Ok(()),
                    false => tx.log_acts(std::slice::from_ref(&line)),
                }
            }),
        }
    }

    /// Appends what a new origin of the journal begins with, however long the one before was. Durable
    /// when this returns.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn append_origin(&self, begins: LoggedCheckpoint) -> Result<(), Fault> {
        let line = encode(&Said::Checkpoint(begins));
        match &self.home {
            Home::File(file) => file.append(&line),
            Home::Table(keyring) => keyring.write(Priority::Restrictive, move |tx| {
                tx.log_acts(std::slice::from_ref(&line))
            }),
        }
    }

    /// All acts of the log, in order.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn acts(&self) -> Result<Vec<Line>, Fault> {
        self.acts_to(u64::MAX)
    }

    /// The acts of the first bytes of the log: of what was shipped of it.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn acts_to(&self, bytes: u64) -> Result<Vec<Line>, Fault> {
        let mut all = self.content()?;
        all.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
        let said = parse(&all).0.into_iter();
        Ok(said
            .filter_map(|said| match said {
                Said::Act(line) => Some(line),
                Said::Checkpoint(_) | Said::Imposed(_) => None,
            })
            .collect())
    }

    /// All that the log says is to be imposed again, in order.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn imposed(&self) -> Result<Vec<Imposed>, Fault> {
        let said = parse(&self.content()?).0.into_iter();
        Ok(said
            .filter_map(|said| match said {
                Said::Imposed(imposed) => Some(imposed),
                Said::Act(_) | Said::Checkpoint(_) => None,
            })
            .collect())
    }

    /// The latest checkpoint of the log.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn last_checkpoint(&self) -> Result<Option<LoggedCheckpoint>, Fault> {
        match &self.home {
            Home::File(file) => {
                let said = parse(&file.content()?).0.into_iter();
                Ok(said
                    .filter_map(|said| match said {
                        Said::Act(_) | Said::Imposed(_) => None,
                        Said::Checkpoint(checkpoint) => Some(checkpoint),
                    })
                    .next_back())
            }
            Home::Table(keyring) => {
                let last = keyring.read(|reader| reader.last_logged(CHECKPOINT))?;
                Ok(last.as_deref().and_then(checkpoint_of))
            }
        }
    }
}

pub(crate) fn unavailable() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the log of restrictive acts cannot be written",
    )
    .remedy("check the rights of the keyring's folder and the room on its disk")
}

#[cfg(test)]
mod tests;
