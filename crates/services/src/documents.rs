//! Documents that stand apart from the policy: every version of each is published by itself, and
//! stays readable for ever (3b).

use std::sync::PoisonError;

use domain::names::Sort;
use domain::{Fault, FaultKind};
use jiff::Timestamp;
use journal::Act;
use policy::compare::{Change, compare_editions};
use policy::model::{DocumentId, Edition, Policy};
use policy::{compile_edition, edition_digest, published_edition};
use store::Priority;
use store::data::registry::DocumentRow;

use crate::act::Acting;
use crate::kept::Kept;

/// The file of one version of a document.
#[derive(Clone, Debug)]
pub struct DocumentFile {
    /// What the file is called.
    pub name: String,
    /// Its text.
    pub source: String,
}

/// A version of a document that is published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The version, under the name that the document has today.
    pub edition: Edition,
    /// The document in the policy in force, if it is still declared.
    pub document: Option<DocumentId>,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// Since when it is kept here.
    pub since: Timestamp,
    /// The file, as it was published.
    pub source: String,
}

/// A version of a document that is not published yet.
#[derive(Clone, Debug)]
pub struct NewEdition {
    /// The version.
    pub edition: Edition,
    /// The version that it takes the place of.
    pub before: Option<Edition>,
    source: String,
}

impl NewEdition {
    /// What it changes, in plain words.
    #[must_use]
    pub fn change(&self) -> Change {
        compare_editions(self.before.as_ref(), &self.edition)
    }
}

impl Kept {
    /// Every version of every document that was published, the oldest of each first.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when one is not what was published.
    pub fn documents(&self) -> Result<Vec<Published>, Fault> {
        let law = self.law();
        let rows = self.vault.data().read(|reader| reader.documents())?;
        rows.into_iter()
            .map(|row| {
                let name = law.names.name_of(Sort::Document, row.number);
                let document = law.names.document.id(row.number);
                published(row, name.unwrap_or_default(), document)
            })
            .collect()
    }

    /// What of some files is not published yet, under a policy that declares the documents.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when a file has errors, or does not follow what is published.
    pub fn new_editions(
        &self,
        files: &[DocumentFile],
        policy: &Policy,
    ) -> Result<Vec<NewEdition>, Fault> {
        let mut known: Vec<Edition> = Vec::new();
        for one in self.documents()? {
            let present = policy.documents.iter().find(|document| {
                let name = &one.edition.name;
                document.name == *name || document.was.as_ref() == Some(name)
            });
            known.push(Edition {
                name: present.map_or(one.edition.name.clone(), |document| document.name.clone()),
                ..one.edition
            });
        }
        let mut new = Vec::new();
        for file in files {
            let outcome = compile_edition(&file.source, policy, &known);
            let edition = outcome.edition.ok_or_else(|| {
                let first = outcome.diagnostics.first();
                let first = first.map_or("it has errors", |first| first.message.as_str());
                Fault::new(FaultKind::Invalid, format!("{}: {first}", file.name)).remedy(
                    "mend the file: `kept check` shows all that is wrong in the documents beside \
                     a policy, `kept documents list` what is published",
                )
            })?;
            let versions = known.iter().filter(|one| one.name == edition.name);
            let before = versions.max_by_key(|one| one.version).cloned();
            if before
                .as_ref()
                .is_none_or(|before| before.version < edition.version)
            {
                known.push(edition.clone());
                new.push(NewEdition {
                    edition,
                    before,
                    source: file.source.clone(),
                });
            }
        }
        Ok(new)
    }

    /// Publishes the versions of documents that are not published yet, each with an entry of its
    /// own in the journal; nothing else changes, neither the policy nor any other document.
    ///
    /// # Errors
    /// As [`Kept::new_editions`]; then none of them is published.
    pub fn publish_documents(
        &self,
        files: &[DocumentFile],
        acting: &Acting,
    ) -> Result<Vec<NewEdition>, Fault> {
        let _alone = self
            .applying
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let (law, moment) = (self.law(), self.moment()?);
        let new = self.new_editions(files, law.policy())?;
        if acting.dry_run || new.is_empty() {
            return Ok(new);
        }
        let mut rows = Vec::with_capacity(new.len());
        for one in &new {
            let document = law.policy().document_named(&one.edition.name);
            let number = document.map_or(0, |id| law.names.document.number(id));
            let row = DocumentRow {
                number,
                version: one.edition.version,
                digest: edition_digest(one.source.as_bytes()),
                source: one.source.clone().into_bytes(),
                since: moment.now.as_microsecond(),
            };
            let mut detail = self.detail(Act::DocumentPublished, &acting.actor, moment, &law);
            detail.rule = Some(one.edition.reference());
            detail.digest = Some(row.digest);
            rows.push((row, self.vault.entry(&detail)?));
        }
        let still = self.still_acting(acting)?;
        self.vault.data().write(Priority::Ordinary, move |tx| {
            still(tx)?;
            for (row, entry) in &rows {
                tx.add_document(row)?;
                tx.append(entry)?;
            }
            Ok(())
        })?;
        Ok(new)
    }
}

/// A stored version, which has to be what was published.
fn published(
    row: DocumentRow,
    name: &str,
    document: Option<DocumentId>,
) -> Result<Published, Fault> {
    let damaged = || {
        Fault::new(
            FaultKind::Integrity,
            "a document is not any more what was published",
        )
        .remedy("restore the installation from a backup")
    };
    if edition_digest(&row.source) != row.digest {
        return Err(damaged());
    }
    let source = String::from_utf8(row.source).map_err(|_| damaged())?;
    let edition = published_edition(&source).ok_or_else(damaged)?;
    if edition.version != row.version {
        return Err(damaged());
    }
    Ok(Published {
        edition: Edition {
            name: name.to_owned(),
            ..edition
        },
        document,
        digest: row.digest,
        since: Timestamp::from_microsecond(row.since).map_err(|_| damaged())?,
        source,
    })
}
