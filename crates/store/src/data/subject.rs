//! People, in clear: a version and a dossier of ids, kinds and dates.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, each, one, put, run};
use crate::sql;
use crate::writer::Tx;

/// A person as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubjectRow {
    /// Who.
    pub id: SubjectId,
    /// Grows with each act.
    pub version: u64,
    /// The encoded dossier.
    pub dossier: Vec<u8>,
}

impl Reader<'_> {
    /// One person.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subject(&self, id: SubjectId) -> Result<Option<SubjectRow>, Fault> {
        one(self.connection, sql::SUBJECT_GET, [id.as_bytes()], |row| {
            Ok(SubjectRow {
                id,
                version: row.get(0)?,
                dossier: row.get(1)?,
            })
        })
    }

    /// Up to `most` people after one, in the order of their ids.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subjects_after(
        &self,
        after: Option<SubjectId>,
        most: u32,
    ) -> Result<Vec<SubjectRow>, Fault> {
        // An empty key comes before every id.
        let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        all(self.connection, sql::SUBJECTS_AFTER, (after, most), |row| {
            Ok(SubjectRow {
                id: SubjectId(row.get(0)?),
                version: row.get(1)?,
                dossier: row.get(2)?,
            })
        })
    }

    /// Up to `most` people of whose records one may be due by a moment, microseconds UTC, the
    /// oldest first. The moment is an index: whether a record really is due is decided from the
    /// policy (semantics, 2).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subjects_due(&self, now: i64, most: u32) -> Result<Vec<SubjectId>, Fault> {
        all(self.connection, sql::SUBJECTS_DUE, (now, most), |row| {
            Ok(SubjectId(row.get(0)?))
        })
    }

    /// When somebody is due first, microseconds UTC; none where nobody is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn earliest_due(&self) -> Result<Option<i64>, Fault> {
        one(self.connection, sql::EARLIEST_DUE, (), |row| row.get(0))
    }

    /// The version of everybody, in no order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subject_versions(&self) -> Result<Vec<(SubjectId, u64)>, Fault> {
        all(self.connection, sql::SUBJECT_VERSIONS, (), |row| {
            Ok((SubjectId(row.get(0)?), row.get(1)?))
        })
    }

    /// How many people are known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subject_count(&self) -> Result<u64, Fault> {
        let count = one(self.connection, sql::SUBJECT_COUNT, (), |row| row.get(0))?;
        Ok(count.unwrap_or(0))
    }
}

/// What a decision was made on: none of it may have changed when it is recorded (mechanism, 10).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Versions {
    /// The version of the person.
    pub subject: u64,
    /// The version of the policy.
    pub policy: u32,
    /// The version of the authorisation, if there is one.
    pub authorisation: Option<u32>,
}

impl Tx<'_> {
    /// The version of a person, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subject_version(&self, id: SubjectId) -> Result<Option<u64>, Fault> {
        let query = self.version_query();
        one(self.connection, query, [id.as_bytes()], |row| row.get(0))
    }

    /// The versions of some people, inside the transaction, in their order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn versions_of(&self, people: &[SubjectId]) -> Result<Vec<Option<u64>>, Fault> {
        let mut versions = vec![None; people.len()];
        let of: Vec<_> = people.iter().map(|id| [id.as_bytes()]).collect();
        each(self.connection, self.version_query(), &of, |place, row| {
            if let Some(version) = versions.get_mut(place) {
                *version = Some(row.get(0)?);
            }
            Ok(())
        })?;
        Ok(versions)
    }

    fn version_query(&self) -> &'static str {
        match self.is_distributed() {
            true => sql::SUBJECT_VERSION_HELD,
            false => sql::SUBJECT_VERSION,
        }
    }

    /// The version of a person and of the policy in force, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn versions(&self, id: SubjectId) -> Result<Option<Versions>, Fault> {
        let Some(subject) = self.subject_version(id)? else {
            return Ok(None);
        };
        let in_force = match self.standing() {
            Some(standing) => Some((standing.policy, standing.authorisation)),
            None => one(self.connection, sql::STANDING, (), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?,
        };
        Ok(in_force.and_then(|(policy, authorisation)| {
            Some(Versions {
                subject,
                policy: policy?,
                authorisation,
            })
        }))
    }

    /// Whether a person, the policy or the authorisation may have changed since [`crate::Database::changes`] gave
    /// this answer. Of a distributed database always: what was read there, outside the transaction,
    /// may have been a moment old.
    #[must_use]
    pub fn changed_since(&self, changes: u64) -> bool {
        self.is_distributed() || *self.changes != changes
    }

    /// Adds a person; `due` is when the sweep is to look at them, microseconds UTC.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_subject(&mut self, row: &SubjectRow, due: Option<i64>) -> Result<(), Fault> {
        self.changes_person(row.id);
        put(
            self.connection,
            sql::SUBJECT_ADD,
            (row.id.as_bytes(), row.version, due, &row.dossier),
        )
    }

    /// Replaces a person's version, dossier and the moment at which the sweep looks at them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_subject(&mut self, row: &SubjectRow, due: Option<i64>) -> Result<(), Fault> {
        self.changes_person(row.id);
        put(
            self.connection,
            sql::SUBJECT_PUT,
            (row.version, due, &row.dossier, row.id.as_bytes()),
        )
    }

    /// Replaces the moment at which the sweep looks at a person, microseconds UTC.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_due(&mut self, id: SubjectId, due: Option<i64>) -> Result<(), Fault> {
        put(self.connection, sql::SUBJECT_DUE, (due, id.as_bytes()))
    }

    /// Removes a person of whom nothing is held any more, their place in organisations, their
    /// account, and the messages that they were owed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_subject_without_records(&mut self, id: SubjectId) -> Result<(), Fault> {
        self.changes_person(id);
        if run(self.connection, sql::SUBJECT_DELETE, [id.as_bytes()])? == 1 {
            run(
                self.connection,
                sql::ORGANISATION_PERSON_DELETE,
                [id.as_bytes()],
            )?;
            self.delete_account(id)?;
            self.delete_messages(id)?;
        }
        Ok(())
    }
}
