//! Names with their numbers, policies, settings, statistics.

use domain::Fault;

use crate::database::Reader;
use crate::rows::{all, one, put};
use crate::session::Standing;
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A policy, or an authorisation, as it was applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyRow {
    /// Its number.
    pub version: u32,
    /// SHA-256 of the source.
    pub digest: [u8; 32],
    /// The source, as it was read.
    pub source: Vec<u8>,
    /// When it was applied, microseconds UTC.
    pub applied: i64,
}

/// A cell of a statistic (10h).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatisticRow {
    /// The projection's number.
    pub projection: u32,
    /// Which cell.
    pub cell: String,
    /// How many people it counted, with the chance that was added; so it may be below zero.
    pub people: i64,
    /// The variance of that chance.
    pub spread: u64,
}

/// A version of a document as it was published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentRow {
    /// The number of the document's name.
    pub number: u32,
    /// The number of the version.
    pub version: u32,
    /// SHA-256 of the source.
    pub digest: [u8; 32],
    /// The source, as it was read.
    pub source: Vec<u8>,
    /// Since when it is kept here, microseconds UTC.
    pub since: i64,
}

fn policy_row(row: &Row<'_>) -> Result<PolicyRow, Fault> {
    Ok(PolicyRow {
        version: row.get(0)?,
        digest: row.get(1)?,
        source: row.get(2)?,
        applied: row.get(3)?,
    })
}

impl Reader<'_> {
    /// All names: sort, number, name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn names(&self) -> Result<Vec<(u8, u32, String)>, Fault> {
        all(self.connection, sql::NAMES, (), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
    }

    /// Every policy that was applied, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn policies(&self) -> Result<Vec<PolicyRow>, Fault> {
        all(self.connection, sql::POLICIES, (), policy_row)
    }

    /// Every authorisation that was applied, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn authorisations(&self) -> Result<Vec<PolicyRow>, Fault> {
        all(self.connection, sql::AUTHORISATIONS, (), policy_row)
    }

    /// Every version of every document that was published, the oldest of each first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn documents(&self) -> Result<Vec<DocumentRow>, Fault> {
        all(self.connection, sql::DOCUMENTS, (), |row| {
            Ok(DocumentRow {
                number: row.get(0)?,
                version: row.get(1)?,
                digest: row.get(2)?,
                source: row.get(3)?,
                since: row.get(4)?,
            })
        })
    }

    /// A setting of the installation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        one(self.connection, sql::META_GET, [key], |row| row.get(0))
    }

    /// Which policy and which authorisation are in force.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn standing(&self) -> Result<Standing, Fault> {
        let found = one(self.connection, sql::STANDING, (), |row| {
            Ok(Standing {
                policy: row.get(0)?,
                authorisation: row.get(1)?,
                ..Standing::default()
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// What all statistics have counted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn statistics(&self) -> Result<Vec<StatisticRow>, Fault> {
        all(self.connection, sql::STATISTICS, (), |row| {
            Ok(StatisticRow {
                projection: row.get(0)?,
                cell: row.get(1)?,
                people: row.get(2)?,
                spread: row.get(3)?,
            })
        })
    }
}

impl Tx<'_> {
    /// Gives a name its number, or a renamed one its new name.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_name(&mut self, sort: u8, number: u32, name: &str) -> Result<(), Fault> {
        put(self.connection, sql::NAME_ADD, (sort, number, name))
    }

    /// Keeps a policy that was applied.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_policy(&mut self, row: &PolicyRow) -> Result<(), Fault> {
        *self.changes += 1;
        let values = (row.version, &row.digest, &row.source, row.applied);
        put(self.connection, sql::POLICY_ADD, values)?;
        if let Some(standing) = &mut self.standing {
            standing.policy = Some(row.version);
        }
        Ok(())
    }

    /// Keeps a version of a document that is published.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_document(&mut self, row: &DocumentRow) -> Result<(), Fault> {
        *self.changes += 1;
        let values = (row.number, row.version, &row.digest, &row.source, row.since);
        put(self.connection, sql::DOCUMENT_ADD, values)
    }

    /// Keeps an authorisation that was applied.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_authorisation(&mut self, row: &PolicyRow) -> Result<(), Fault> {
        *self.changes += 1;
        let values = (row.version, &row.digest, &row.source, row.applied);
        put(self.connection, sql::AUTHORISATION_ADD, values)?;
        if let Some(standing) = &mut self.standing {
            standing.authorisation = Some(row.version);
        }
        Ok(())
    }

    /// A setting of the installation, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        one(self.connection, sql::META_GET, [key], |row| row.get(0))
    }

    /// Changes a setting of the installation.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_meta(&mut self, key: &str, value: &[u8]) -> Result<(), Fault> {
        put(self.connection, sql::META_PUT, (key, value))
    }

    /// Takes a setting of the installation away.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_meta(&mut self, key: &str) -> Result<(), Fault> {
        put(self.connection, sql::META_DELETE, [key])
    }

    /// Adds to a cell of a statistic: to what was counted, and to the spread of its chance.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_to_statistic(&mut self, row: &StatisticRow) -> Result<(), Fault> {
        put(
            self.connection,
            sql::STATISTIC_ADD,
            (row.projection, &row.cell, row.people, row.spread),
        )
    }
}
