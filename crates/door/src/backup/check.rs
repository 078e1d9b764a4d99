//! What a drill asks of what a restore brought back: that what is held opens, and that what is
//! erased is not there. What is opened is looked at by nobody, and gone when this returns.

use domain::{Fault, RecordId, SubjectId};
use store::data::record::RecordRow;
use store::keyring::KeyRow;

use crate::envelope::{self, Belonging};
use crate::restrictive::RestrictiveAct;
use crate::vault::Vault;

/// What a sample came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sampled {
    /// What is as it is to be.
    pub good: u64,
    /// What is not.
    pub bad: u64,
}

impl Vault {
    /// Opens the records of people drawn by lot, anybody as likely as anybody else, up to `most`
    /// records, each once.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub fn sample_opens(&self, most: u64) -> Result<Sampled, Fault> {
        let mut people = self.data.read(|reader| reader.subject_versions())?;
        let mut sampled = Sampled::default();
        while !people.is_empty() {
            let (person, _) = people.swap_remove(self.lot(people.len()));
            let keys = self.keyring.keys_of(person)?;
            for row in self.data.read(|reader| reader.records_of(person))? {
                if sampled.good + sampled.bad >= most {
                    return Ok(sampled);
                }
                // What is on its way out does not open any more.
                if row.tombstone {
                    continue;
                }
                match self.opens(person, &row, &keys) {
                    true => sampled.good += 1,
                    false => sampled.bad += 1,
                }
            }
        }
        Ok(sampled)
    }

    /// A place in a list of some length, which is not empty.
    fn lot(&self, length: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        // Of fewer than 2^32 places none is preferred by more than one in 2^32.
        (u64::from_le_bytes(bytes) % length as u64) as usize
    }

    fn opens(&self, subject: SubjectId, row: &RecordRow, keys: &[KeyRow]) -> bool {
        let belonging = Belonging {
            installation: self.id,
            subject,
            record: row.id,
            category: row.category,
        };
        let Ok(wanted) = envelope::key_of(&row.sealed) else {
            return false;
        };
        keys.iter().find(|key| key.id == wanted).is_some_and(|key| {
            let key = self.keyring.unwrap_key(key);
            key.is_ok_and(|key| envelope::open(&row.sealed, &belonging, &key).is_ok())
        })
    }

    /// Looks for every record that the log says is erased: good is what is not there.
    ///
    /// # Errors
    /// When the log or the data cannot be read.
    pub fn erased_are_gone(&self) -> Result<Sampled, Fault> {
        let mut sampled = Sampled::default();
        for line in self.restrictive.acts()? {
            if line.act != RestrictiveAct::Erased || line.record == RecordId([0; 16]) {
                continue;
            }
            match self
                .data
                .read(|reader| reader.has_record(line.subject, line.record))?
            {
                true => sampled.bad += 1,
                false => sampled.good += 1,
            }
        }
        Ok(sampled)
    }
}
