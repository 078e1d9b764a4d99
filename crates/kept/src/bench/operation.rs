//! The benchmark's operations, and in which shares each workload has them.

use super::attributes::{PURPOSES, Sizes, Workload};
use super::draw::{Draw, Zipf};

/// The most entries of the system log that a regulator reads at once.
const LOG_MAX: usize = 1_000;

/// One operation. Keys, people, purposes and objections are numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// A new record; its key is given when it is carried out.
    Create,
    /// Delete by key.
    Delete(usize),
    /// Update metadata by purpose: who has access to what is held for it.
    UpdateByPurpose(usize),
    /// Update metadata by subject: the term of what is held about them.
    UpdateBySubject(usize),
    /// Read data by subject.
    ReadBySubject(usize),
    /// Read metadata by key.
    ReadMetadata(usize),
    /// Update data by key.
    Update(usize),
    /// Update metadata by key: an objection, made or taken back.
    UpdateMetadata(usize),
    /// Read data by key.
    Read(usize),
    /// Read data by purpose.
    ReadByPurpose(usize),
    /// Read data by objection.
    ReadByObjection(usize),
    /// Read metadata by subject.
    ReadMetadataBySubject(usize),
    /// Read the latest entries of the system log.
    ReadLog(usize),
    /// Verify a deletion by key.
    VerifyDeletion(usize),
    /// Erase a person's data, all of it: beside the workloads.
    Erase(usize),
}

impl Operation {
    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete(_) => "delete-by-key",
            Self::UpdateByPurpose(_) => "update-metadata-by-purpose",
            Self::UpdateBySubject(_) => "update-metadata-by-subject",
            Self::ReadBySubject(_) => "read-data-by-subject",
            Self::ReadMetadata(_) => "read-metadata-by-key",
            Self::Update(_) => "update-data-by-key",
            Self::UpdateMetadata(_) => "update-metadata-by-key",
            Self::Read(_) => "read-data-by-key",
            Self::ReadByPurpose(_) => "read-data-by-purpose",
            Self::ReadByObjection(_) => "read-data-by-objection",
            Self::ReadMetadataBySubject(_) => "read-metadata-by-subject",
            Self::ReadLog(_) => "read-system-log",
            Self::VerifyDeletion(_) => "verify-deletion",
            Self::Erase(_) => "erase-subject",
        }
    }
}

/// What an operation found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// What was to be done is done.
    Done,
    /// So many records.
    Records(usize),
    /// So many entries of the journal.
    Entries(usize),
}

impl Answer {
    /// How many records or entries it is of.
    #[must_use]
    pub fn found(self) -> usize {
        match self {
            Self::Done => 0,
            Self::Records(found) | Self::Entries(found) => found,
        }
    }
}

/// The operations of a workload, over so many records.
#[derive(Clone, Debug)]
pub struct Mix {
    workload: Workload,
    sizes: Sizes,
    zipf: Zipf,
}

impl Mix {
    /// The operations of a workload.
    #[must_use]
    pub fn of(workload: Workload, sizes: Sizes) -> Self {
        Self {
            workload,
            sizes,
            zipf: Zipf::over(sizes.records),
        }
    }

    /// Draws one.
    pub fn draw(&self, draw: &mut Draw) -> Operation {
        let percent = draw.below(100);
        match self.workload {
            Workload::Controller => self.controller(percent, draw),
            Workload::Customer => self.customer(percent, draw),
            Workload::Processor => self.processor(percent, draw),
            Workload::Regulator => self.regulator(percent, draw),
        }
    }

    fn controller(&self, percent: usize, draw: &mut Draw) -> Operation {
        let Sizes { records, people } = self.sizes;
        match percent {
            0..25 => Operation::Create,
            25..50 => Operation::Delete(draw.below(records)),
            50..75 => Operation::UpdateByPurpose(draw.below(PURPOSES)),
            _ => Operation::UpdateBySubject(draw.below(people)),
        }
    }

    fn customer(&self, percent: usize, draw: &mut Draw) -> Operation {
        let key = self.zipf.draw(draw);
        match percent {
            0..20 => Operation::ReadBySubject(self.sizes.person_of(key)),
            20..40 => Operation::ReadMetadata(key),
            40..60 => Operation::Update(key),
            60..80 => Operation::UpdateMetadata(key),
            _ => Operation::Delete(key),
        }
    }

    fn processor(&self, percent: usize, draw: &mut Draw) -> Operation {
        match percent {
            0..80 => Operation::Read(self.zipf.draw(draw)),
            80..90 => Operation::ReadByPurpose(draw.below(PURPOSES)),
            _ => Operation::ReadByObjection(draw.below(PURPOSES)),
        }
    }

    fn regulator(&self, percent: usize, draw: &mut Draw) -> Operation {
        let key = self.zipf.draw(draw);
        match percent {
            0..46 => Operation::ReadMetadataBySubject(self.sizes.person_of(key)),
            46..77 => Operation::ReadLog(draw.below(LOG_MAX) + 1),
            _ => Operation::VerifyDeletion(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn each_workload_has_its_operations_in_its_shares() {
        let sizes = Sizes::of(1_000).unwrap();
        for (workload, shares) in [
            (Workload::Controller, vec![25, 25, 25, 25]),
            (Workload::Customer, vec![20, 20, 20, 20, 20]),
            (Workload::Processor, vec![10, 10, 80]),
            (Workload::Regulator, vec![23, 31, 46]),
        ] {
            let (mix, mut draw) = (Mix::of(workload, sizes), Draw::new(3, 0));
            let mut times: BTreeMap<&str, u32> = BTreeMap::new();
            for _ in 0..20_000 {
                *times.entry(mix.draw(&mut draw).name()).or_default() += 1;
            }
            let mut found: Vec<u32> = times.into_values().map(|it| (it + 100) / 200).collect();
            found.sort_unstable();
            for (found, share) in found.iter().zip(&shares) {
                assert!(
                    found.abs_diff(*share) <= 1,
                    "{workload}: {found} of {share}"
                );
            }
            assert_eq!(found.len(), shares.len());
        }
    }
}
