//! Loading what a decision reads: people in clear, their records sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::dossier::{decode_dossier, decode_held, decode_organisation, foresee_dossier};
use domain::names::Names;
use domain::subject::{Fact, Held, Subject};
use domain::{Fault, FaultKind, OrganisationId, SubjectId};
use store::Reader;
use store::data::person::PersonRows;
use store::data::record::RecordRow;

use crate::envelope::key_of;
use crate::vault::Vault;

/// A person with their records still sealed.
pub struct Loaded {
    /// What a decision reads.
    pub subject: Subject,
    /// The person as stored, with the sealed values of each record.
    pub(crate) stored: Arc<PersonRows>,
    /// How often people or policies had been changed when the loading began.
    pub(crate) seen: u64,
}

impl Vault {
    /// Loads a person.
    ///
    /// # Errors
    /// When the database cannot be read or holds what the policy's names do not explain.
    pub fn load(&self, id: SubjectId, names: &Names) -> Result<Option<Loaded>, Fault> {
        let (person, seen) = self.data.person(id)?;
        let Some(person) = person else {
            return Ok(None);
        };
        let mut loaded = loaded_of(person, names, seen)?;
        if !loaded.subject.links.is_empty() {
            let subject = std::iter::once(&mut loaded.subject);
            self.data
                .read(|reader| with_organisations(reader, subject, names))?;
        }
        Ok(Some(loaded))
    }

    /// Loads some people, in their order; those of whom nothing is held are left out.
    ///
    /// # Errors
    /// As [`Vault::load`].
    pub fn load_each(&self, people: &[SubjectId], names: &Names) -> Result<Vec<Loaded>, Fault> {
        let seen = self.data.changes();
        self.data.read(|reader| {
            reader.together(|reader| {
                let people = reader.people(people)?.into_iter().flatten();
                load(reader, people, names, seen)
            })
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
            reader.together(|reader| {
                let subjects = reader.subjects_after(after, most)?;
                let ids: Vec<SubjectId> = subjects.iter().map(|row| row.id).collect();
                let records = reader.records_of_each(&ids)?;
                let people = subjects.into_iter().zip(records);
                let people = people.map(|(subject, records)| PersonRows { subject, records });
                load(reader, people, names, seen)
            })
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
            reader.together(|reader| {
                let mut foreseen = Vec::with_capacity(people.len());
                for person in reader.people(people)? {
                    foreseen.push(person.map(|rows| declared(&rows, names)).transpose()?);
                }
                with_organisations(reader, foreseen.iter_mut().flatten(), names)?;
                Ok(foreseen)
            })
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

fn load(
    reader: &Reader<'_>,
    people: impl Iterator<Item = PersonRows>,
    names: &Names,
    seen: u64,
) -> Result<Vec<Loaded>, Fault> {
    let mut loaded = Vec::with_capacity(people.size_hint().1.unwrap_or_default());
    for person in people {
        loaded.push(loaded_of(Arc::new(person), names, seen)?);
    }
    let subjects = loaded.iter_mut().map(|one| &mut one.subject);
    with_organisations(reader, subjects, names)?;
    Ok(loaded)
}

fn loaded_of(stored: Arc<PersonRows>, names: &Names, seen: u64) -> Result<Loaded, Fault> {
    let row = &stored.subject;
    let mut subject = decode_dossier(row.id, row.version, &row.dossier, names)?;
    subject.records.reserve_exact(stored.records.len());
    for row in &stored.records {
        subject.records.push(held(row, names)?);
    }
    Ok(Loaded {
        subject,
        stored,
        seen,
    })
}

/// A person with those of their records that a policy declares.
fn declared(rows: &PersonRows, names: &Names) -> Result<Subject, Fault> {
    let row = &rows.subject;
    let mut subject = foresee_dossier(row.id, row.version, &row.dossier, names)?;
    let records = rows.records.iter();
    subject.records = records.filter_map(|row| held(row, names).ok()).collect();
    Ok(subject)
}

/// People with what happened to the organisations that they are linked to.
fn with_organisations<'s>(
    reader: &Reader<'_>,
    people: impl Iterator<Item = &'s mut Subject>,
    names: &Names,
) -> Result<(), Fault> {
    let mut linked: Vec<&mut Subject> = people.filter(|one| !one.links.is_empty()).collect();
    let links = linked.iter().flat_map(|one| &one.links);
    let ids: BTreeSet<OrganisationId> = links.map(|link| link.organisation).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<OrganisationId> = ids.into_iter().collect();
    let mut facts = BTreeMap::new();
    for row in reader.organisations(&ids)? {
        facts.insert(row.id, decode_organisation(&row.dossier, names)?);
    }
    for subject in &mut linked {
        let theirs = subject.links.iter();
        let theirs = theirs.filter_map(|link| facts.get(&link.organisation));
        subject.organisation_facts = theirs.flatten().cloned().collect();
    }
    Ok(())
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
