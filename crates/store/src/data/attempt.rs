//! How often signing in failed, and from where accounts have signed in: keyed hashes, short-lived.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{one, put, run};
use crate::sql;
use crate::writer::Tx;

/// What is over, and from when on: microseconds UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Over {
    /// Sessions and links that ended by then.
    pub now: i64,
    /// Failures of which the last was then.
    pub failures: i64,
    /// Addresses that were last seen then.
    pub addresses: i64,
    /// Sign-ins that were begun by then and not finished.
    pub begun: i64,
}

impl Reader<'_> {
    /// How often something failed at a place, and when last, microseconds UTC.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn failures(&self, place: &[u8]) -> Result<Option<(u32, i64)>, Fault> {
        one(self.connection, sql::ATTEMPT_GET, [place], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// When an account last signed in from an address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn address_seen(&self, subject: SubjectId, address: &[u8]) -> Result<Option<i64>, Fault> {
        let values = (subject.as_bytes(), address);
        one(self.connection, sql::ADDRESS_SEEN, values, |row| row.get(0))
    }
}

impl Tx<'_> {
    /// How often something failed at a place, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn failures(&self, place: &[u8]) -> Result<Option<(u32, i64)>, Fault> {
        one(self.connection, sql::ATTEMPT_GET, [place], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// Notes how often something failed at a place.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_failures(&mut self, place: &[u8], failures: u32, last: i64) -> Result<(), Fault> {
        put(self.connection, sql::ATTEMPT_PUT, (place, failures, last))
    }

    /// Forgets the failures at a place.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_failures(&mut self, place: &[u8]) -> Result<(), Fault> {
        put(self.connection, sql::ATTEMPT_DELETE, [place])
    }

    /// Notes that an account signed in from an address.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn see_address(
        &mut self,
        subject: SubjectId,
        address: &[u8],
        at: i64,
    ) -> Result<(), Fault> {
        let values = (subject.as_bytes(), address, at);
        put(self.connection, sql::ADDRESS_PUT, values)
    }

    /// Removes what is over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_over(&mut self, over: Over) -> Result<(), Fault> {
        for (statement, by) in [
            (sql::SESSIONS_OVER, over.now),
            (sql::LINKS_OVER, over.now),
            (sql::ATTEMPTS_OVER, over.failures),
            (sql::ADDRESSES_OVER, over.addresses),
            (sql::BEGUN_OVER, over.begun),
        ] {
            run(self.connection, statement, [by])?;
        }
        Ok(())
    }
}
