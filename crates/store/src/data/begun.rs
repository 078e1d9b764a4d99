//! Sign-ins that were begun elsewhere and are not finished: a token's hash, from where, when; the rest
//! sealed under the token itself.

use domain::Fault;

use crate::rows::{one, put, run};
use crate::sql;
use crate::writer::Tx;

/// A sign-in that was begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BegunRow {
    /// The keyed hash of the address from which.
    pub place: [u8; 16],
    /// When, microseconds UTC.
    pub begun: i64,
    /// What was begun, sealed.
    pub sealed: Vec<u8>,
}

/// How many may be begun at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BegunMost {
    /// From one address; its oldest goes for the next.
    pub of_one_place: u64,
    /// In all; the oldest goes for the next.
    pub in_all: u64,
}

impl Tx<'_> {
    /// Keeps what was begun under the hash of a token, and drops the oldest where there are too many.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub fn add_begun(
        &mut self,
        token: &[u8; 32],
        row: &BegunRow,
        most: BegunMost,
    ) -> Result<(), Fault> {
        let link = self.connection;
        let count = |of: Option<u64>| of.unwrap_or_default();
        let same = one(link, sql::BEGUN_OF, [&row.place], |row| row.get(0))?;
        if count(same) >= most.of_one_place {
            run(link, sql::BEGUN_DROP_OF, [&row.place])?;
        } else {
            let all = one(link, sql::BEGUN_ALL, (), |row| row.get(0))?;
            if count(all) >= most.in_all {
                run(link, sql::BEGUN_DROP, ())?;
            }
        }
        let values = (token, &row.place, row.begun, &row.sealed);
        put(link, sql::BEGUN_ADD, values)
    }

    /// Takes out what was begun under the hash of a token: gives it once.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub fn take_begun(&mut self, token: &[u8; 32]) -> Result<Option<BegunRow>, Fault> {
        let found = one(self.connection, sql::BEGUN_GET, [token], |row| {
            Ok(BegunRow {
                place: row.get(0)?,
                begun: row.get(1)?,
                sealed: row.get(2)?,
            })
        })?;
        run(self.connection, sql::BEGUN_DELETE, [token])?;
        Ok(found)
    }

    /// Removes what was begun at a moment or before, microseconds UTC.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_begun_by(&mut self, moment: i64) -> Result<(), Fault> {
        run(self.connection, sql::BEGUN_OVER, [moment]).map(drop)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::{Database, Home, Place, Priority};

    #[test]
    fn the_oldest_goes_of_its_place_first_and_of_all_where_all_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File {
            path: folder.path().join("kept.db"),
            reserve: folder.path().join("reserve"),
        };
        let data = Database::open(Home::Data, &place).unwrap();
        let most = BegunMost {
            of_one_place: 2,
            in_all: 3,
        };
        let add = |token: u8, place: u8, begun| {
            let row = BegunRow {
                place: [place; 16],
                begun,
                sealed: vec![token],
            };
            data.write(Priority::Ordinary, move |tx| {
                tx.add_begun(&[token; 32], &row, most)
            })
            .unwrap();
        };
        let take = |token: u8| {
            let taken = data.write(Priority::Ordinary, move |tx| tx.take_begun(&[token; 32]));
            taken.unwrap().map(|row| row.sealed)
        };
        add(1, 1, 10);
        add(2, 2, 12);
        add(3, 2, 11);
        // The third of its place: the place's oldest goes, not the oldest of all.
        add(4, 2, 13);
        assert_eq!(take(3), None);
        // The fourth of all, of a place that has room.
        add(5, 3, 14);
        assert_eq!(take(1), None);
        assert_eq!(take(2), Some(vec![2]));
        assert_eq!(take(2), None, "once");
        data.write(Priority::Ordinary, |tx| tx.delete_begun_by(13))
            .unwrap();
        assert_eq!((take(4), take(5)), (None, Some(vec![5])));
    }
}
