//! Whether a line is new, there already, changed, or of somebody who wants none of it: by keyed
//! look-ups, without opening anything.

use domain::subject::ObjectedTo;
use domain::value::Payload;
use domain::{Fault, RecordId, SubjectId};
use door::LookUpValue;
use policy::model::{CategoryId, FieldId};

use super::lines::{Line, Reason};
use super::mapping::field_path;
use super::run::{Importing, Read};

/// The series of identities: above every number that the registry of names gives.
pub(super) const SERIES_IDENTITY: u32 = u32::MAX;
/// The series of a line's content, by which a second run sees whether it changed.
pub(super) const SERIES_CONTENT: u32 = u32::MAX - 1;
const _: () = assert!(SERIES_CONTENT >= door::SERIES_MIN);
/// What stands between two parts of a look-up value.
const APART: char = '\u{1f}';

/// What becomes of a line.
pub(super) enum Fate {
    New,
    ThereAlready,
    Changed(Vec<(SubjectId, RecordId)>),
    Suppressed,
}

impl Importing<'_> {
    /// The records that are held already for each line that could be read.
    pub(super) fn holders(
        &self,
        lines: &[(u64, Result<Read, Reason>)],
    ) -> Result<Vec<Vec<(SubjectId, RecordId)>>, Fault> {
        let identities: Vec<LookUpValue> = lines
            .iter()
            .filter_map(|(_, read)| read.as_ref().ok())
            .map(|read| LookUpValue::new(&self.identity(&read.line)))
            .collect();
        let keyring = self.kept.vault().keyring();
        keyring.find_each(SERIES_IDENTITY, &identities)
    }

    /// Whether a line is new, there already, or of somebody who wants none of it.
    pub(super) fn fate(
        &mut self,
        line: &Line,
        held: Vec<(SubjectId, RecordId)>,
    ) -> Result<Fate, Fault> {
        let keyring = self.kept.vault().keyring();
        if !held.is_empty() {
            return self.compared(line, held);
        }
        if !self.compares {
            return Ok(Fate::New);
        }
        for (field, value) in self.look_ups(line) {
            let number = self.law.names.field.number(field);
            if keyring.suppressed(number, &value)?.is_some() {
                return Ok(Fate::Suppressed);
            }
            let mut others = keyring.find(number, &value)?;
            others.retain(|(subject, _)| !self.added.contains(subject));
            if others.is_empty() {
                continue;
            }
            if self.anyone_objects(&others)? {
                return Ok(Fate::Suppressed);
            }
            let path = field_path(self.law.policy(), field);
            self.report
                .held_already
                .entry(path)
                .or_default()
                .add(line.number);
        }
        Ok(Fate::New)
    }

    /// Compares a line with what was taken in for it before.
    pub(super) fn compared(
        &self,
        line: &Line,
        held: Vec<(SubjectId, RecordId)>,
    ) -> Result<Fate, Fault> {
        let same = self.are_held(line, &held)?;
        Ok(if same.contains(&false) {
            Fate::Changed(held)
        } else {
            Fate::ThereAlready
        })
    }

    /// Whether what a line gives for each category is just what one of the records holds. Nothing is
    /// opened: the keyed fingerprint of each record's content stands beside its identity.
    pub(super) fn are_held(
        &self,
        line: &Line,
        held: &[(SubjectId, RecordId)],
    ) -> Result<Vec<bool>, Fault> {
        let contents: Vec<LookUpValue> = line
            .payloads
            .iter()
            .map(|(category, payload)| LookUpValue::new(&self.content(line, *category, payload)))
            .collect();
        let found = self
            .kept
            .vault()
            .keyring()
            .find_each(SERIES_CONTENT, &contents)?;
        let same = |records: &Vec<_>| records.iter().any(|one| held.contains(one));
        Ok(found.iter().map(same).collect())
    }

    /// 13d: an objection to canvassing stops a new import of the same address for canvassing, also
    /// while the person who made it is still held.
    pub(super) fn anyone_objects(&self, others: &[(SubjectId, RecordId)]) -> Result<bool, Fault> {
        let canvassing = self.law.policy().tables.canvassing;
        if self.plan.purposes.and(canvassing).is_empty() {
            return Ok(false);
        }
        for (id, _) in others {
            let Some(loaded) = self.kept.vault().load(*id, &self.law.names)? else {
                continue;
            };
            let objects = loaded.subject.objections.iter().any(|objection| {
                objection.lifted.is_none() && objection.to == ObjectedTo::Canvassing
            });
            if objects {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The values of a line by which people can be found.
    pub(super) fn look_ups(&self, line: &Line) -> Vec<(FieldId, LookUpValue)> {
        let mut values = Vec::new();
        for (category, payload) in &line.payloads {
            for (field, value) in &payload.0 {
                let field = FieldId {
                    category: *category,
                    field: *field,
                };
                if self.law.policy().field(field).look_up {
                    values.push((field, LookUpValue::new(&value.look_up_form())));
                }
            }
        }
        values
    }

    pub(super) fn identity(&self, line: &Line) -> String {
        format!("{}{APART}{}", self.plan.source, line.identity.as_str())
    }

    /// What a record of a line holds, in the form that is fingerprinted: by the registry's numbers,
    /// which outlive versions of the policy.
    pub(super) fn content(&self, line: &Line, category: CategoryId, payload: &Payload) -> String {
        let mut content = self.identity(line);
        for (field, value) in &payload.0 {
            let number = self.law.names.field.number(FieldId {
                category,
                field: *field,
            });
            content.push_str(&format!("{APART}{number}={}", value.display()));
        }
        content
    }
}
