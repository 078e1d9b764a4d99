//! What a drill asks of what a restore brought back: that what is held opens, and that what is
//! erased is not there. What is opened is looked at by nobody, and gone when this returns.

use domain::{Fault, RecordId, SubjectId};

use crate::envelope::{self, Belonging};
use crate::restrictive::RestrictiveAct;
use crate::vault::Vault;

/// People that are looked at together.
const PEOPLE_AT_ONCE: u32 = 100;

/// What a sample came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sampled {
    /// What is as it is to be.
    pub good: u64,
    /// What is not.
    pub bad: u64,
}

impl Vault {
    /// Opens records of people from a random place on, up to `most` of them, each once.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub fn sample_opens(&self, most: u64) -> Result<Sampled, Fault> {
        let mut start = [0; 16];
        self.entropy.fill(&mut start);
        self.open_around(SubjectId(start), most)
    }

    /// Opens records of people after one, then of those up to it, up to `most` of them.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub fn open_around(&self, start: SubjectId, most: u64) -> Result<Sampled, Fault> {
        let mut sampled = self.open_between(Some(start), None, most)?;
        let left = most - sampled.good - sampled.bad;
        let rest = self.open_between(None, Some(start), left)?;
        sampled.good += rest.good;
        sampled.bad += rest.bad;
        Ok(sampled)
    }

    fn open_between(
        &self,
        mut after: Option<SubjectId>,
        last: Option<SubjectId>,
        most: u64,
    ) -> Result<Sampled, Fault> {
        let mut sampled = Sampled::default();
        loop {
            let page = self
                .data
                .read(|reader| reader.subjects_after(after, PEOPLE_AT_ONCE))?;
            let Some(end) = page.last() else {
                return Ok(sampled);
            };
            after = Some(end.id);
            for person in &page {
                if last.is_some_and(|last| person.id > last) {
                    return Ok(sampled);
                }
                let keys = self.keyring.keys_of(person.id)?;
                for row in self.data.read(|reader| reader.records_of(person.id))? {
                    if sampled.good + sampled.bad >= most {
                        return Ok(sampled);
                    }
                    let belonging = Belonging {
                        installation: self.id,
                        subject: person.id,
                        record: row.id,
                        category: row.category,
                    };
                    let wanted = envelope::key_of(&row.sealed)?;
                    let key = keys.iter().find(|key| key.id == wanted);
                    let opened = key.is_some_and(|key| {
                        let key = self.keyring.unwrap_key(key);
                        key.is_ok_and(|key| envelope::open(&row.sealed, &belonging, &key).is_ok())
                    });
                    match opened {
                        true => sampled.good += 1,
                        false => sampled.bad += 1,
                    }
                }
            }
        }
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
