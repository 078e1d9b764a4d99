//! How much clients asked of each process that serves, told to the others: keyed hashes and counts,
//! for a minute.

use domain::Fault;

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::sql;
use crate::writer::Tx;

/// Under which name the number of the last round is kept.
const ROUNDS: &str = "request-rounds";

/// What a client took of a process in one round of telling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestsRow {
    /// The round: a later one has a higher number, whichever process told.
    pub round: i64,
    /// The keyed hash of the client's network.
    pub client: [u8; 16],
    /// When it was told, microseconds UTC.
    pub at: i64,
    /// Requests.
    pub taken: u32,
}

impl Reader<'_> {
    /// What other processes than this one told after a round, in the order of the rounds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn requests_after(&self, round: i64, process: [u8; 16]) -> Result<Vec<RequestsRow>, Fault> {
        let values = (round, process);
        all(self.connection, sql::REQUESTS_AFTER, values, |row| {
            Ok(RequestsRow {
                round: row.get(0)?,
                client: row.get(1)?,
                at: row.get(2)?,
                taken: row.get(3)?,
            })
        })
    }
}

impl Tx<'_> {
    /// Tells what clients took of a process since it told last, as a round of its own.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub fn tell_requests(
        &mut self,
        process: [u8; 16],
        at: i64,
        taken: &[([u8; 16], u32)],
    ) -> Result<(), Fault> {
        // Whoever writes holds the writers' row: rounds are numbered in the order of their commits,
        // and none is missed by who reads on from a number.
        let kept: Option<Vec<u8>> =
            one(self.connection, sql::META_GET, [ROUNDS], |row| row.get(0))?;
        let last = kept.and_then(|kept| kept.try_into().ok());
        let round = last.map_or(0, i64::from_be_bytes).saturating_add(1);
        let bytes = round.to_be_bytes().to_vec();
        put(self.connection, sql::META_PUT, (ROUNDS, bytes))?;
        for (client, taken) in taken {
            let values = (round, client, process, at, *taken);
            put(self.connection, sql::REQUESTS_TELL, values)?;
        }
        Ok(())
    }

    /// Removes what was told at a moment or before, microseconds UTC.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_requests_by(&mut self, moment: i64) -> Result<(), Fault> {
        run(self.connection, sql::REQUESTS_OVER, [moment]).map(drop)
    }
}
