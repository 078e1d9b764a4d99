//! What is taken out of restored data: rows whose key is destroyed. A backup from before an erasure
//! has the row; the keyring of today has no key to it, and so the row goes as well.

use std::collections::HashSet;

use domain::{Fault, KeyId, RecordId, SubjectId};
use store::data::record::Tombstone;
use store::tables::{self, Shape};
use store::{Home, Priority};

use crate::envelope;
use crate::vault::Vault;

/// People that are looked at together.
const PEOPLE_AT_ONCE: u32 = 500;
/// What somebody may have ended since: it ends with the restore.
const ENDED: [&str; 2] = ["session", "sign_in_link"];

/// What went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Swept {
    /// Records whose key is destroyed.
    pub records: u64,
    /// People of whom nothing is held any more.
    pub people: u64,
    /// What somebody signed in with, and secrets of programs, whose key is destroyed.
    pub secrets: u64,
    /// Keys that no stored record refers to.
    pub keys: u64,
}

impl Vault {
    /// Takes out of restored data what is erased, and out of the keyring what no row refers to.
    ///
    /// # Errors
    /// When a database cannot be read or written.
    pub(super) fn sweep_restored(&self) -> Result<Swept, Fault> {
        self.finish_erasures()?;
        // Nobody else works here: no batch is open.
        self.settle_look_ups(i64::MAX)?;
        let mut swept = Swept::default();
        self.sweep_records(&mut swept)?;
        self.sweep_secrets(&mut swept)?;
        let ended: Vec<Shape> = tables::of(Home::Data)
            .into_iter()
            .filter(|table| ENDED.contains(&table.name()))
            .collect();
        self.data.write(Priority::Restrictive, move |tx| {
            ended.iter().try_for_each(|table| tx.empty_table(table))
        })?;
        swept.keys = self.drop_orphans(i64::MAX)?;
        Ok(swept)
    }

    fn keys_left(&self, of: SubjectId) -> Result<HashSet<KeyId>, Fault> {
        let keys = self.keyring.keys_of(of)?.into_iter();
        Ok(keys.map(|row| row.id).collect())
    }

    fn sweep_records(&self, swept: &mut Swept) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let page = self
                .data
                .read(|reader| reader.subjects_after(after, PEOPLE_AT_ONCE))?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.id);
            let mut gone: Vec<(SubjectId, RecordId, Vec<u8>)> = Vec::new();
            for person in &page {
                let left = self.keys_left(person.id)?;
                for row in self.data.read(|reader| reader.records_of(person.id))? {
                    let key = envelope::key_of(&row.sealed)?;
                    if !left.contains(&key) {
                        gone.push((person.id, row.id, envelope::head_of(key)));
                    }
                }
            }
            if gone.is_empty() {
                continue;
            }
            swept.records += gone.len() as u64;
            let look_ups = gone.iter().map(|it| (it.0, it.1)).collect();
            self.keyring.destroy(Vec::new(), look_ups)?;
            let before = self.data.read(|reader| reader.subject_count())?;
            self.data.write(Priority::Restrictive, move |tx| {
                let begun = gone.iter().map(|(subject, record, head)| Tombstone {
                    subject: *subject,
                    record: *record,
                    head,
                });
                tx.tombstone_each(&begun.collect::<Vec<_>>())?;
                for (subject, record, _) in &gone {
                    tx.delete_tombstone(*subject, *record)?;
                }
                let people: HashSet<SubjectId> = gone.iter().map(|it| it.0).collect();
                people
                    .into_iter()
                    .try_for_each(|subject| tx.delete_subject_without_records(subject))
            })?;
            let now = self.data.read(|reader| reader.subject_count())?;
            swept.people += before.saturating_sub(now);
        }
    }

    fn sweep_secrets(&self, swept: &mut Swept) -> Result<(), Fault> {
        let accounts = self.data.read(|reader| reader.accounts())?;
        for account in accounts {
            let left = self.keys_left(account.subject)?;
            let held = self
                .data
                .read(|reader| reader.credentials_of(account.subject))?;
            for credential in held {
                if left.contains(&envelope::key_of(&credential.sealed)?) {
                    continue;
                }
                swept.secrets += 1;
                let (subject, id) = (account.subject, credential.id);
                self.data.write(Priority::Restrictive, move |tx| {
                    tx.delete_credential(subject, id)
                })?;
            }
        }
        for webhook in self.data.read(|reader| reader.webhooks())? {
            let left = self.keys_left(SubjectId(webhook.id))?;
            if !left.contains(&envelope::key_of(&webhook.sealed)?) {
                swept.secrets += 1;
                let id = webhook.id;
                self.data
                    .write(Priority::Restrictive, move |tx| tx.delete_webhook(id))?;
            }
        }
        Ok(())
    }
}
