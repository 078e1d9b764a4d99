//! Loading what a decision reads: people in clear, their records sealed.

use domain::dossier::{decode_dossier, decode_held, decode_organisation, foresee_dossier};
use domain::names::Names;
use domain::subject::{Fact, Held, Subject};
use domain::{Fault, FaultKind, OrganisationId, RecordId, SubjectId};
use store::Reader;
use store::data::record::RecordRow;
use store::data::subject::SubjectRow;

use crate::envelope::key_of;
use crate::vault::Vault;

/// A person with their records still sealed.
pub struct Loaded {
    /// What a decision reads.
    pub subject: Subject,
    pub(crate) sealed: Vec<SealedValues>,
    /// How often people or policies had been changed when the loading began.
    pub(crate) seen: u64,
}

/// A record's values, sealed.
pub(crate) struct SealedValues {
    pub(crate) record: RecordId,
    pub(crate) category: u32,
    pub(crate) sealed: Vec<u8>,
}

impl Vault {
    /// Loads a person.
    ///
    /// # Errors
    /// When the database cannot be read or holds what the policy's names do not explain.
    pub fn load(&self, id: SubjectId, names: &Names) -> Result<Option<Loaded>, Fault> {
        let seen = self.data.changes();
        self.data.read(|reader| match reader.subject(id)? {
            Some(row) => load(reader, &row, names, seen).map(Some),
            None => Ok(None),
        })
    }

    /// Loads some people, in their order; those of whom nothing is held are left out.
    ///
    /// # Errors
    /// As [`Vault::load`].
    pub fn load_each(&self, people: &[SubjectId], names: &Names) -> Result<Vec<Loaded>, Fault> {
        let seen = self.data.changes();
        self.data.read(|reader| {
            let mut loaded = Vec::with_capacity(people.len());
            for id in people {
                if let Some(row) = reader.subject(*id)? {
                    loaded.push(load(reader, &row, names, seen)?);
                }
            }
            Ok(loaded)
        })
    }

    /// Loads up to `most` people after one, in the order of their ids.
    ///
    /// # Errors
    /// As [`Vault::load`].
    pub fn load_after(
        &self,
        after: Option<SubjectId>,
        most: u32,
        names: &Names,
    ) -> Result<Vec<Loaded>, Fault> {
        let seen = self.data.changes();
        self.data.read(|reader| {
            let rows = reader.subjects_after(after, most)?;
            rows.iter()
                .map(|row| load(reader, row, names, seen))
                .collect()
        })
    }

    /// People as another policy would see them, without the records that it does not declare: for
    /// planning a change of policy.
    ///
    /// # Errors
    /// As [`Vault::load`].
    pub fn foresee(
        &self,
        people: &[SubjectId],
        names: &Names,
    ) -> Result<Vec<Option<Subject>>, Fault> {
        self.data.read(|reader| {
            people
                .iter()
                .map(|id| match reader.subject(*id)? {
                    Some(row) => load_declared(reader, &row, names).map(Some),
                    None => Ok(None),
                })
                .collect()
        })
    }

    /// The facts of an organisation.
    ///
    /// # Errors
    /// As [`Vault::load`].
    pub fn organisation(
        &self,
        id: OrganisationId,
        names: &Names,
    ) -> Result<Option<(u64, Vec<Fact>)>, Fault> {
        self.data.read(|reader| match reader.organisation(id)? {
            Some(row) => Ok(Some((
                row.version,
                decode_organisation(&row.dossier, names)?,
            ))),
            None => Ok(None),
        })
    }
}

fn load(reader: &Reader<'_>, row: &SubjectRow, names: &Names, seen: u64) -> Result<Loaded, Fault> {
    let mut subject = load_dossier(reader, row, names)?;
    let rows = reader.records_of(row.id)?;
    let mut sealed = Vec::with_capacity(rows.len());
    subject.records.reserve_exact(rows.len());
    for row in rows {
        subject.records.push(held(&row, names)?);
        sealed.push(SealedValues {
            record: row.id,
            category: row.category,
            sealed: row.sealed,
        });
    }
    Ok(Loaded {
        subject,
        sealed,
        seen,
    })
}

fn load_declared(reader: &Reader<'_>, row: &SubjectRow, names: &Names) -> Result<Subject, Fault> {
    let subject = foresee_dossier(row.id, row.version, &row.dossier, names)?;
    let mut subject = with_organisations(reader, subject, names)?;
    let rows = reader.records_of(row.id)?;
    subject.records = rows
        .iter()
        .filter_map(|row| held(row, names).ok())
        .collect();
    Ok(subject)
}

fn load_dossier(reader: &Reader<'_>, row: &SubjectRow, names: &Names) -> Result<Subject, Fault> {
    let subject = decode_dossier(row.id, row.version, &row.dossier, names)?;
    with_organisations(reader, subject, names)
}

/// A person with what happened to the organisations that they are linked to.
fn with_organisations(
    reader: &Reader<'_>,
    mut subject: Subject,
    names: &Names,
) -> Result<Subject, Fault> {
    for link in &subject.links {
        if let Some(found) = reader.organisation(link.organisation)? {
            let facts = decode_organisation(&found.dossier, names)?;
            subject.organisation_facts.extend(facts);
        }
    }
    Ok(subject)
}

fn held(row: &RecordRow, names: &Names) -> Result<Held, Fault> {
    let category = names
        .category
        .id(row.category)
        .ok_or_else(unknown_category)?;
    let key = key_of(&row.sealed)?;
    decode_held(&row.clear, names, row.id, category, key, row.tombstone)
}

fn unknown_category() -> Fault {
    Fault::new(
        FaultKind::Integrity,
        "a record is of a category that the policy does not declare",
    )
    .remedy("apply a policy that still declares it, so that its records can end in order")
}
