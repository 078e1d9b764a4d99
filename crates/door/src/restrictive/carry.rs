//! A log that goes from its file into the keyring's database: with a move there, and where an earlier
//! version of Kept had a log for each copy.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use domain::Fault;
use store::tables::{self, Row};
use store::{Database, Place, Priority, Reader, Value};

use super::line::{CHECKPOINT, checkpoint_of, whole_lines};
use super::{Home, RestrictiveLog, unavailable};

/// Rows that are written or removed in one transaction.
const ROWS_AT_ONCE: usize = 500;

/// What of a log was carried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct CarriedLines {
    /// Lines that were written now.
    pub(crate) written: u64,
    /// Lines that were there from an attempt before.
    pub(crate) there: u64,
    /// Lines from an attempt before that are not the log's, and were removed.
    pub(crate) removed: u64,
}

impl RestrictiveLog {
    /// The log as the rows that it is in a database.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn rows(&self) -> Result<Vec<Row>, Fault> {
        Ok(rows(&self.content()?))
    }

    /// Takes over the lines of a file that this copy wrote while each copy had a log of its own, and
    /// removes it. Nothing to do where the log is a file, or there is none.
    ///
    /// # Errors
    /// When the file cannot be read or removed, or the log not be written: the same may be done again.
    pub(crate) fn take_over(&self, path: &Path) -> Result<(), Fault> {
        let Home::Table(keyring) = &self.home else {
            return Ok(());
        };
        let own = match fs::read(path) {
            Ok(own) => own,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unavailable().because(error)),
        };
        keyring.write(Priority::Restrictive, move |tx| {
            let new = missing(&own, &tx.act_log()?);
            tx.log_acts(&new)
        })?;
        let removed = fs::remove_file(path).and_then(|()| match path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        });
        removed.map_err(|error| unavailable().because(error))
    }
}

/// The rows of a log: each whole line under the place where it begins.
fn rows(content: &[u8]) -> Vec<Row> {
    let mut place = 0;
    let lines = whole_lines(content).into_iter();
    lines
        .map(|line| {
            let row = vec![Value::Int(place), Value::Bytes(line.to_vec())];
            place += i64::try_from(line.len()).unwrap_or(i64::MAX);
            row
        })
        .collect()
}

/// The lines of a copy's own log that the common one does not have. Of its checkpoints the last one
/// alone says anything, and that only where it covers more than the last one there.
fn missing(own: &[u8], common: &[u8]) -> Vec<Vec<u8>> {
    let common = whole_lines(common);
    let there: BTreeSet<&[u8]> = common.iter().copied().collect();
    let last_of = |lines: &[&[u8]]| lines.iter().rev().find_map(|line| checkpoint_of(line));
    let own = whole_lines(own);
    let covered = last_of(&common).map_or(0, |last| last.size);
    let last = last_of(&own).filter(|last| last.size > covered);
    let acts = own
        .iter()
        .filter(|line| line.first() != Some(&CHECKPOINT) && !there.contains(*line));
    let checkpoint = own
        .iter()
        .rev()
        .find(|line| last.is_some() && checkpoint_of(line) == last);
    acts.chain(checkpoint).map(|line| line.to_vec()).collect()
}

/// Makes the log in a database be these rows, and no others.
pub(crate) fn mirror(wanted: &[Row], to: &Database) -> Result<CarriedLines, Fault> {
    let there = to.read(there)?;
    let same = |row: &Row, rows: &[Row]| {
        let found = rows.binary_search_by(|other| other.first().cmp(&row.first()));
        found.is_ok_and(|at| rows.get(at) == Some(row))
    };
    let (kept, wrong): (Vec<&Row>, Vec<&Row>) = there.iter().partition(|row| same(row, wanted));
    let new: Vec<&Row> = wanted.iter().filter(|row| !same(row, &there)).collect();
    for some in wrong.chunks(ROWS_AT_ONCE) {
        let (shape, some) = (tables::log(), copied(some));
        to.write(Priority::Ordinary, move |tx| {
            let mut keys = some.iter().map(|row| shape.key_of(row));
            keys.try_for_each(|key| tx.remove_row(&shape, key))
        })?;
    }
    for some in new.chunks(ROWS_AT_ONCE) {
        let (shape, some) = (tables::log(), copied(some));
        to.write(Priority::Ordinary, move |tx| {
            some.iter().try_for_each(|row| tx.put_row(&shape, row))
        })?;
    }
    Ok(CarriedLines {
        written: new.len() as u64,
        there: kept.len() as u64,
        removed: wrong.len() as u64,
    })
}

/// The log in a database at a place, as its rows.
pub(crate) fn log_of(place: &Place) -> Result<Vec<Row>, Fault> {
    Database::peek(place, there)
}

/// The rows of the log in a database, in order.
fn there(reader: &Reader<'_>) -> Result<Vec<Row>, Fault> {
    let (shape, mut rows) = (tables::log(), Vec::<Row>::new());
    loop {
        let after = rows.last().map(|row| shape.key_of(row).to_vec());
        let most = u32::try_from(ROWS_AT_ONCE).unwrap_or(u32::MAX);
        let page = reader.rows_after(&shape, after.as_deref(), most)?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

fn copied(rows: &[&Row]) -> Vec<Row> {
    rows.iter().map(|row| (*row).clone()).collect()
}

#[cfg(test)]
mod tests {
    use store::Home as Sort;

    use super::super::line::{Said, encode};
    use super::super::{Line, LoggedCheckpoint, RestrictiveAct};
    use super::*;
    use domain::{RecordId, SubjectId};

    fn act(at: i64) -> Vec<u8> {
        encode(&Said::Act(Line {
            act: RestrictiveAct::Held,
            subject: SubjectId([1; 16]),
            record: RecordId([2; 16]),
            at,
        }))
    }

    fn checkpoint(size: u64) -> Vec<u8> {
        let root = [7; 32];
        encode(&Said::Checkpoint(LoggedCheckpoint { size, root }))
    }

    #[test]
    fn of_a_copy_s_own_log_what_is_missing_is_taken_over_and_no_shorter_checkpoint() {
        let own = [act(1), checkpoint(90), act(2), checkpoint(100), act(3)].concat();
        let taken = |common: &[Vec<u8>]| missing(&own, &common.concat());
        let all = vec![act(1), act(2), act(3), checkpoint(100)];
        assert_eq!(taken(&[]), all);
        assert!(taken(&all).is_empty());
        assert_eq!(taken(&[act(2), checkpoint(120)]), [act(1), act(3)]);
        assert_eq!(
            taken(&[act(2), checkpoint(99)]),
            [act(1), act(3), checkpoint(100)]
        );
        // What a crash cut off is none.
        let torn = [act(1), act(2)[..20].to_vec()].concat();
        assert_eq!(missing(&torn, &[]), [act(1)]);
    }

    #[test]
    fn a_log_in_a_database_becomes_the_one_of_the_file_whatever_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File {
            path: folder.path().join("keyring.db"),
            reserve: folder.path().join("reserve"),
        };
        let to = Database::open(Sort::Keyring, &place).unwrap();
        let log = |acts: std::ops::Range<i64>| acts.flat_map(act).collect::<Vec<u8>>();
        let read = || to.read(|reader| reader.act_log()).unwrap();
        let made = |content: &[u8]| {
            let carried = mirror(&rows(content), &to).unwrap();
            assert_eq!(read(), content);
            (carried.written, carried.there, carried.removed)
        };
        assert_eq!(made(&log(0..700)), (700, 0, 0));
        assert_eq!(made(&log(0..700)), (0, 700, 0));
        assert_eq!(made(&log(0..702)), (2, 700, 0));
        // A longer line moves all that follow it.
        let another = [log(0..3), checkpoint(9), log(9..11)].concat();
        assert_eq!(made(&another), (3, 3, 699));
        assert_eq!(made(&[]), (0, 0, 6));
    }
}
