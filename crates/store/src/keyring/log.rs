//! The log of restrictive acts, where it stands in the keyring's database: one log of all who work on
//! it, in one order. A line stands under the place in the log where it begins, so that the lines one
//! after the other are the log as a file has it. What a line says is not known here.

use domain::{Fault, FaultKind};

use crate::database::Reader;
use crate::rows::{all, one, put};
use crate::sql;
use crate::writer::Tx;

/// Lines that are read together.
const LINES_AT_ONCE: u32 = 1_000;

impl Reader<'_> {
    /// How many bytes the log has.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn act_log_bytes(&self) -> Result<u64, Fault> {
        let end = one(self.connection, sql::ACT_LOG_END, (), |row| row.get(0))?;
        Ok(end.unwrap_or_default())
    }

    /// The log, line after line.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when a line is missing; when the keyring cannot be read.
    pub fn act_log(&self) -> Result<Vec<u8>, Fault> {
        let mut log = Vec::new();
        loop {
            let from = (log.len() as u64, LINES_AT_ONCE);
            let page: Vec<(u64, Vec<u8>)> = all(self.connection, sql::ACT_LOG_FROM, from, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            if page.is_empty() {
                return Ok(log);
            }
            for (place, line) in page {
                if place != log.len() as u64 || line.is_empty() {
                    return Err(torn());
                }
                log.extend_from_slice(&line);
            }
        }
    }

    /// The last line that begins with a byte, if there is one.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn last_logged(&self, begins: u8) -> Result<Option<Vec<u8>>, Fault> {
        one(self.connection, sql::ACT_LOG_LAST, [[begins]], |row| {
            row.get(0)
        })
    }
}

impl Tx<'_> {
    /// Appends lines to the log.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    pub fn log_acts(&mut self, lines: &[Vec<u8>]) -> Result<(), Fault> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut place = self.reader().act_log_bytes()?;
        for line in lines {
            put(self.connection, sql::ACT_LOG_ADD, (place, line))?;
            place += line.len() as u64;
        }
        Ok(())
    }

    /// The last line that begins with a byte, inside the transaction.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn last_logged(&self, begins: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.reader().last_logged(begins)
    }

    /// The log, inside the transaction.
    ///
    /// # Errors
    /// As [`Reader::act_log`].
    pub fn act_log(&self) -> Result<Vec<u8>, Fault> {
        self.reader().act_log()
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            connection: self.connection,
        }
    }
}

fn torn() -> Fault {
    Fault::new(
        FaultKind::Integrity,
        "a line of the log of restrictive acts is missing",
    )
    .remedy("restore the keyring's database from its latest copy")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use domain::FaultKind;

    use crate::tables::log;
    use crate::{Database, Home, Place, Priority, Value};

    #[test]
    fn lines_stand_in_the_order_of_their_transactions_and_one_that_is_missing_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File {
            path: folder.path().join("keyring.db"),
            reserve: folder.path().join("reserve"),
        };
        let keyring = Database::open(Home::Keyring, &place).unwrap();
        let read = || keyring.read(|reader| reader.act_log());
        let bytes = || keyring.read(|reader| reader.act_log_bytes()).unwrap();
        assert_eq!((read().unwrap().len(), bytes()), (0, 0));
        let append = |lines: &[&[u8]]| {
            let lines: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
            keyring.write(Priority::Restrictive, move |tx| tx.log_acts(&lines))
        };
        append(&[b"1a", b"2bcd"]).unwrap();
        append(&[]).unwrap();
        append(&[b"1e"]).unwrap();
        // More than is read at once.
        let many = vec![b"3".as_slice(); 2_500];
        append(&many).unwrap();
        let wanted = [b"1a2bcd1e".to_vec(), vec![b'3'; 2_500]].concat();
        assert_eq!(read().unwrap(), wanted);
        assert_eq!(bytes(), 2_508);
        let last = |begins| keyring.read(|reader| reader.last_logged(begins)).unwrap();
        assert_eq!(last(b'1'), Some(b"1e".to_vec()));
        assert_eq!(last(b'2'), Some(b"2bcd".to_vec()));
        assert_eq!(last(b'9'), None);
        keyring
            .write(Priority::Ordinary, |tx| {
                tx.remove_row(&log(), &[Value::Int(2)])
            })
            .unwrap();
        assert_eq!(read().unwrap_err().kind, FaultKind::Integrity);
    }
}
