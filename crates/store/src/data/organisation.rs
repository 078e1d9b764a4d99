//! Organisations: contracts and other facts; their people have the records.

use domain::{Fault, OrganisationId, SubjectId};

use crate::database::Reader;
use crate::rows::{all, each, one, put};
use crate::sql;
use crate::writer::Tx;

/// An organisation as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrganisationRow {
    /// Which one.
    pub id: OrganisationId,
    /// Grows with each act.
    pub version: u64,
    /// The encoded dossier: facts.
    pub dossier: Vec<u8>,
}

impl Reader<'_> {
    /// One organisation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn organisation(&self, id: OrganisationId) -> Result<Option<OrganisationRow>, Fault> {
        one(
            self.connection,
            sql::ORGANISATION_GET,
            [id.as_bytes()],
            |row| {
                Ok(OrganisationRow {
                    id,
                    version: row.get(0)?,
                    dossier: row.get(1)?,
                })
            },
        )
    }

    /// Some organisations, those of them that are held.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn organisations(&self, ids: &[OrganisationId]) -> Result<Vec<OrganisationRow>, Fault> {
        let mut rows = Vec::with_capacity(ids.len());
        let of: Vec<_> = ids.iter().map(|id| [id.as_bytes()]).collect();
        each(self.connection, sql::ORGANISATION_GET, &of, |place, row| {
            if let Some(id) = ids.get(place) {
                rows.push(OrganisationRow {
                    id: *id,
                    version: row.get(0)?,
                    dossier: row.get(1)?,
                });
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Up to `most` organisations after one, in the order of their ids.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn organisations_after(
        &self,
        after: Option<OrganisationId>,
        most: u32,
    ) -> Result<Vec<OrganisationRow>, Fault> {
        let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        all(
            self.connection,
            sql::ORGANISATIONS_AFTER,
            (after, most),
            |row| {
                Ok(OrganisationRow {
                    id: OrganisationId(row.get(0)?),
                    version: row.get(1)?,
                    dossier: row.get(2)?,
                })
            },
        )
    }

    /// The people who are or were linked to an organisation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn people_of(&self, id: OrganisationId) -> Result<Vec<SubjectId>, Fault> {
        all(
            self.connection,
            sql::ORGANISATION_PEOPLE,
            [id.as_bytes()],
            |row| Ok(SubjectId(row.get(0)?)),
        )
    }
}

impl Tx<'_> {
    /// The version of an organisation, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn organisation_version(&self, id: OrganisationId) -> Result<Option<u64>, Fault> {
        one(
            self.connection,
            sql::ORGANISATION_GET,
            [id.as_bytes()],
            |row| row.get(0),
        )
    }

    /// Adds or replaces an organisation.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_organisation(&mut self, row: &OrganisationRow) -> Result<(), Fault> {
        let values = (row.id.as_bytes(), row.version, &row.dossier);
        put(self.connection, sql::ORGANISATION_PUT, values)
    }

    /// Remembers that a person is linked to an organisation; since when is in the dossier.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn link(&mut self, organisation: OrganisationId, subject: SubjectId) -> Result<(), Fault> {
        let values = (organisation.as_bytes(), subject.as_bytes());
        put(self.connection, sql::ORGANISATION_PERSON_ADD, values)
    }
}
