//! Loading what a decision reads: people in clear, their records sealed.

use domain::dossier::{decode_dossier, decode_held, decode_organisation};
use domain::names::Names;
use domain::subject::{Fact, Subject};
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
        self.data.read(|reader| match reader.subject(id)? {
            Some(row) => load(reader, &row, names).map(Some),
            None => Ok(None),
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
        self.data.read(|reader| {
            let rows = reader.subjects_after(after, most)?;
            rows.iter().map(|row| load(reader, row, names)).collect()
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

fn load(reader: &Reader<'_>, row: &SubjectRow, names: &Names) -> Result<Loaded, Fault> {
    let mut subject = decode_dossier(row.id, row.version, &row.dossier, names)?;
    for link in &subject.links {
        if let Some(found) = reader.organisation(link.organisation)? {
            let facts = decode_organisation(&found.dossier, names)?;
            subject.organisation_facts.extend(facts);
        }
    }
    let rows = reader.records_of(row.id)?;
    let mut sealed = Vec::with_capacity(rows.len());
    subject.records.reserve_exact(rows.len());
    for row in rows {
        let RecordRow {
            id,
            category: number,
            clear,
            sealed: values,
            tombstone,
        } = row;
        let category = names.category.id(number).ok_or_else(unknown_category)?;
        let key = key_of(&values)?;
        subject
            .records
            .push(decode_held(&clear, names, id, category, key, tombstone)?);
        sealed.push(SealedValues {
            record: id,
            category: number,
            sealed: values,
        });
    }
    Ok(Loaded { subject, sealed })
}

fn unknown_category() -> Fault {
    Fault::new(
        FaultKind::Integrity,
        "a record is of a category that the policy does not declare",
    )
    .remedy("apply a policy that still declares it, so that its records can end in order")
}
