//! The log of restrictive acts: ids only, beside the keyring, written before they are
//! acknowledged; with the latest checkpoint. A restore replays it before it serves, and a journal
//! that came back shorter than that checkpoint is not gone on with in silence (mechanism, 6).

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use domain::{Fault, FaultKind, RecordId, SubjectId};
use minicbor::{Decoder, Encoder};

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

/// What the log can say.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Said {
    Act(Line),
    Checkpoint(LoggedCheckpoint),
    Imposed(Imposed),
}

/// The number that stands for a checkpoint in the place of an act's.
const CHECKPOINT: u8 = 6;

/// The number that stands for what is to be imposed again. Its line has a length of its own: number,
/// length of the content, subject, moment, content, checksum.
const IMPOSED: u8 = 7;
/// Bytes of such a line before its content.
const IMPOSED_HEAD_BYTES: usize = 1 + 4 + 16 + 8;
/// Bytes of a checksum.
const SUM_BYTES: usize = 4;

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
            let whole = parse(&bytes).1;
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
    pub fn append(&self, lines: &[Line], imposed: &[Imposed]) -> Result<(), Fault> {
        let lines = lines.iter().copied().map(Said::Act);
        let imposed = imposed.iter().cloned().map(Said::Imposed);
        self.append_said(&lines.chain(imposed).collect::<Vec<_>>())
    }

    /// How many bytes the log has: it only grows.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when that cannot be told.
    pub fn bytes(&self) -> Result<u64, Fault> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let meta = file.metadata();
        meta.map(|it| it.len())
            .map_err(|error| unavailable().because(error))
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
        Self::read_to(path, u64::MAX)
    }

    /// The acts of the first bytes of a log: of what was shipped of it.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn read_to(path: &Path, bytes: u64) -> Result<Vec<Line>, Fault> {
        let mut all = std::fs::read(path).map_err(|error| unavailable().because(error))?;
        all.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
        let said = parse(&all).0.into_iter();
        Ok(said
            .filter_map(|said| match said {
                Said::Act(line) => Some(line),
                Said::Checkpoint(_) | Said::Imposed(_) => None,
            })
            .collect())
    }

    /// All that a log says is to be imposed again, in order.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be read.
    pub fn imposed(path: &Path) -> Result<Vec<Imposed>, Fault> {
        let said = read(path)?.into_iter();
        Ok(said
            .filter_map(|said| match said {
                Said::Imposed(imposed) => Some(imposed),
                Said::Act(_) | Said::Checkpoint(_) => None,
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
                Said::Act(_) | Said::Imposed(_) => None,
                Said::Checkpoint(checkpoint) => Some(checkpoint),
            })
            .next_back())
    }
}

fn read(path: &Path) -> Result<Vec<Said>, Fault> {
    let bytes = std::fs::read(path).map_err(|error| unavailable().because(error))?;
    Ok(parse(&bytes).0)
}

pub(crate) fn unavailable() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the log of restrictive acts cannot be written",
    )
    .remedy("check the rights of the keyring's folder and the room on its disk")
}

fn encode(said: &Said) -> Vec<u8> {
    let mut bytes = vec![0; LINE_BYTES];
    match said {
        Said::Imposed(imposed) => return encode_imposed(imposed),
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

fn encode_imposed(imposed: &Imposed) -> Vec<u8> {
    let mut content = Encoder::new(Vec::new());
    // Writing to memory does not fail.
    let _ = content.array(2).and_then(|w| w.bytes(&imposed.dossier));
    let _ = content.array(imposed.records.len() as u64);
    for (record, clear) in &imposed.records {
        let _ = content
            .array(2)
            .and_then(|w| w.bytes(record.as_bytes()))
            .and_then(|w| w.bytes(clear));
    }
    let content = content.into_writer();
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let mut bytes = vec![IMPOSED];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(imposed.subject.as_bytes());
    bytes.extend_from_slice(&imposed.at.to_be_bytes());
    bytes.extend_from_slice(&content);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

/// What the whole lines at the start of the bytes say, and where they end.
fn parse(bytes: &[u8]) -> (Vec<Said>, usize) {
    let (mut said, mut end) = (Vec::new(), 0);
    while let Some((one, length)) = bytes.get(end..).and_then(next) {
        said.push(one);
        end += length;
    }
    (said, end)
}

/// The first line of the bytes, and its length.
fn next(bytes: &[u8]) -> Option<(Said, usize)> {
    if bytes.first() != Some(&IMPOSED) {
        let line = bytes.get(..LINE_BYTES)?;
        return Some((decode(line)?, LINE_BYTES));
    }
    let length = bytes
        .get(1..5)?
        .first_chunk()
        .map(|it| u32::from_be_bytes(*it))?;
    let end = usize::try_from(length)
        .ok()?
        .checked_add(IMPOSED_HEAD_BYTES)?;
    let (body, sum) = bytes
        .get(..end.checked_add(SUM_BYTES)?)?
        .split_at_checked(end)?;
    if checksum(body) != sum {
        return None;
    }
    Some((Said::Imposed(decode_imposed(body)?), end + SUM_BYTES))
}

fn decode_imposed(body: &[u8]) -> Option<Imposed> {
    let (head, content) = body.split_at_checked(IMPOSED_HEAD_BYTES)?;
    let mut r = Decoder::new(content);
    r.array().ok().flatten().filter(|many| *many == 2)?;
    let dossier = r.bytes().ok()?.to_vec();
    let mut records = Vec::new();
    for _ in 0..r.array().ok()?? {
        r.array().ok().flatten().filter(|many| *many == 2)?;
        let record = RecordId(r.bytes().ok()?.try_into().ok()?);
        records.push((record, r.bytes().ok()?.to_vec()));
    }
    Some(Imposed {
        subject: SubjectId(head[5..21].try_into().ok()?),
        at: i64::from_be_bytes(head[21..29].try_into().ok()?),
        dossier,
        records,
    })
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
        let log = RestrictiveLog::open(&path).unwrap();
        log.append(&lines, &[]).unwrap();
        assert_eq!(RestrictiveLog::read(&path).unwrap(), lines);

        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 7]).unwrap();
        let log = RestrictiveLog::open(&path).unwrap();
        let after = line(RestrictiveAct::Erased, 99);
        let imposed = Imposed {
            subject: SubjectId([4; 16]),
            at: -5,
            dossier: vec![1, 2, 3],
            records: vec![
                (RecordId([5; 16]), vec![9; 300]),
                (RecordId([6; 16]), Vec::new()),
            ],
        };
        log.append(&[after], &[imposed.clone(), imposed.clone()])
            .unwrap();
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
        let twice = [imposed.clone(), imposed];
        assert_eq!(RestrictiveLog::imposed(&path).unwrap(), twice);
        // A torn line of any length hides itself alone.
        log.append(&[], &twice[..1]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 200]).unwrap();
        drop(RestrictiveLog::open(&path).unwrap());
        assert_eq!(RestrictiveLog::imposed(&path).unwrap(), twice);
        assert_eq!(
            log.bytes().unwrap(),
            std::fs::metadata(&path).unwrap().len()
        );
    }
}
