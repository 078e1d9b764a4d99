//! What a line of the log of restrictive acts is made of: the same bytes wherever the log stands.
//! Lines of the first format are read for ever (decision 23).

use domain::{RecordId, SubjectId};
use minicbor::{Decoder, Encoder};

use super::{Imposed, Line, LoggedCheckpoint, RestrictiveAct};

/// What the log can say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Said {
    Act(Line),
    Checkpoint(LoggedCheckpoint),
    Imposed(Imposed),
}

/// The number that stands for a checkpoint in the place of an act's.
pub(super) const CHECKPOINT: u8 = 6;

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

/// A line.
pub(super) fn encode(said: &Said) -> Vec<u8> {
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
pub(super) fn parse(bytes: &[u8]) -> (Vec<Said>, usize) {
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

/// The whole lines at the start of the bytes, each as it is.
pub(super) fn whole_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let (mut lines, mut rest) = (Vec::new(), bytes);
    while let Some((_, length)) = next(rest) {
        let Some((line, after)) = rest.split_at_checked(length) else {
            break;
        };
        lines.push(line);
        rest = after;
    }
    lines
}

/// The checkpoint that a line tells of, if it tells of one.
pub(super) fn checkpoint_of(line: &[u8]) -> Option<LoggedCheckpoint> {
    match next(line)?.0 {
        Said::Checkpoint(checkpoint) => Some(checkpoint),
        Said::Act(_) | Said::Imposed(_) => None,
    }
}
