//! The log of restrictive acts: ids only, beside the keyring, written before they are
//! acknowledged; with the latest checkpoint. A restore replays it before it serves, and a journal
//! that came back shorter than that checkpoint is not gone on with in silence (mechanism, 6).

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use domain::{Fault, FaultKind, RecordId, SubjectId};

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

/// A checkpoint that was published, as the log has it: size and root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoggedCheckpoint {
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
}

/// What the log can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Said {
    Act(Line),
    Checkpoint(LoggedCheckpoint),
}

/// The number that stands for a checkpoint in the place of an act's.
const CHECKPOINT: u8 = 6;

/// A line: act, subject, record, moment, and a checksum that tells a torn line; of a checkpoint,
/// the root stands in the place of subject and record, and the size in that of the moment.
const LINE_BYTES: usize = 1 + 16 + 16 + 8 + 4;

/// The open log.
pub struct RestrictiveLog {
    file: Mutex<File>,
}

impl RestrictiveLog {
    /// Opens the log, makes it where it is missing; a line that a crash cut off is taken away.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let opened = (|| {
            let mut file = OpenOptions::new()
                .create(true)
                .read(true)
                .append(true)
                .open(path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let whole = parse(&bytes).len() * LINE_BYTES;
            if whole < bytes.len() {
                file.set_len(whole as u64)?;
            }
            file.sync_all()?;
            Ok(file)
        })();
        let file = opened.map_err(|error: std::io::Error| unavailable().because(error))?;
        Ok(Self {
            file: Mutex::new(file),
        })
    }

    /// Appends lines, durable when this returns.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when they cannot be written; the act must then not be
    /// acknowledged.
    pub fn append(&self, lines: &[Line]) -> Result<(), Fault> {
        let lines: Vec<Said> = lines.iter().copied().map(Said::Act).collect();
        self.append_said(&lines)
    }

    /// Appends a checkpoint, durable when this returns.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn append_checkpoint(&self, checkpoint: LoggedCheckpoint) -> Result<(), Fault> {
        self.append_said(&[Said::Checkpoint(checkpoint)])
    }

    fn append_said(&self, lines: &[Said]) -> Result<(), Fault> {
        let bytes: Vec<u8> = lines.iter().flat_map(encode).collect();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file
            .metadata()
            .map_err(|error| unavailable().because(error))?
            .len();
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // A torn line would hide the lines after it.
            file.set_len(before)
                .map_err(|again| unavailable().because(again))?;
            return Err(unavailable().because(error));
        }
        Ok(())
    }

    /// All acts of a log.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn read(path: &Path) -> Result<Vec<Line>, Fault> {
        let said = read(path)?.into_iter();
        Ok(said
            .filter_map(|said| match said {
                Said::Act(line) => Some(line),
                Said::Checkpoint(_) => None,
            })
            .collect())
    }

    /// The latest checkpoint of a log.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn last_checkpoint(path: &Path) -> Result<Option<LoggedCheckpoint>, Fault> {
        let said = read(path)?.into_iter();
        Ok(said
            .filter_map(|said| match said {
                Said::Act(_) => None,
                Said::Checkpoint(checkpoint) => Some(checkpoint),
            })
            .next_back())
    }
}

fn read(path: &Path) -> Result<Vec<Said>, Fault> {
    let bytes = std::fs::read(path).map_err(|error| unavailable().because(error))?;
    Ok(parse(&bytes))
}

fn unavailable() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the log of restrictive acts cannot be written",
    )
    .remedy("check the rights of the keyring's folder and the room on its disk")
}

fn encode(said: &Said) -> [u8; LINE_BYTES] {
    let mut bytes = [0; LINE_BYTES];
    match said {
        Said::Act(line) => {
            bytes[0] = line.act.number();
            bytes[1..17].copy_from_slice(line.subject.as_bytes());
            bytes[17..33].copy_from_slice(line.record.as_bytes());
            bytes[33..41].copy_from_slice(&line.at.to_be_bytes());
        }
        Said::Checkpoint(checkpoint) => {
            bytes[0] = CHECKPOINT;
            bytes[1..33].copy_from_slice(&checkpoint.root);
            bytes[33..41].copy_from_slice(&checkpoint.size.to_be_bytes());
        }
    }
    let sum = checksum(&bytes[..41]);
    bytes[41..].copy_from_slice(&sum);
    bytes
}

/// The whole lines at the start of the bytes.
fn parse(bytes: &[u8]) -> Vec<Said> {
    bytes.chunks_exact(LINE_BYTES).map_while(decode).collect()
}

fn decode(bytes: &[u8]) -> Option<Said> {
    let (body, sum) = bytes.split_at_checked(41)?;
    if checksum(body) != sum {
        return None;
    }
    if body[0] == CHECKPOINT {
        return Some(Said::Checkpoint(LoggedCheckpoint {
            root: body[1..33].try_into().ok()?,
            size: u64::from_be_bytes(body[33..41].try_into().ok()?),
        }));
    }
    Some(Said::Act(Line {
        act: RestrictiveAct::from_number(body[0])?,
        subject: SubjectId(body[1..17].try_into().ok()?),
        record: RecordId(body[17..33].try_into().ok()?),
        at: i64::from_be_bytes(body[33..41].try_into().ok()?),
    }))
}

fn checksum(body: &[u8]) -> [u8; 4] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    let mut sum = [0; 4];
    sum.copy_from_slice(&digest.as_ref()[..4]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(act: RestrictiveAct, at: i64) -> Line {
        Line {
            act,
            subject: SubjectId([1; 16]),
            record: RecordId([2; 16]),
            at,
        }
    }

    #[test]
    fn what_was_appended_reads_back_and_a_torn_line_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("restrictive.log");
        let lines: Vec<Line> = RestrictiveAct::ALL
            .iter()
            .zip(1..)
            .map(|(act, at)| line(*act, at))
            .collect();
        RestrictiveLog::open(&path).unwrap().append(&lines).unwrap();
        assert_eq!(RestrictiveLog::read(&path).unwrap(), lines);

        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 7]).unwrap();
        let log = RestrictiveLog::open(&path).unwrap();
        let after = line(RestrictiveAct::Erased, 99);
        log.append(&[after]).unwrap();
        let checkpoint = |size| LoggedCheckpoint {
            size,
            root: [7; 32],
        };
        assert_eq!(RestrictiveLog::last_checkpoint(&path).unwrap(), None);
        for size in [9, 300, 12] {
            log.append_checkpoint(checkpoint(size)).unwrap();
        }
        assert_eq!(
            RestrictiveLog::last_checkpoint(&path).unwrap(),
            Some(checkpoint(12)),
            "the latest, which need not be the longest"
        );
        let mut expected = lines[..4].to_vec();
        expected.push(after);
        assert_eq!(RestrictiveLog::read(&path).unwrap(), expected);
    }
}
