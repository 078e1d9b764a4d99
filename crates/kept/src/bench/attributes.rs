//! The benchmark's records: what each attribute of a record is. Attribute i of record k is
//! `name(k mod cardinality)`, as in the benchmark.

use std::fmt;

use domain::{Fault, FaultKind};

/// How many purposes there are; as many as there are names of objections.
pub const PURPOSES: usize = 100;
/// How many sorts of decision a person states.
pub const DECISIONS: usize = 2;
/// How many terms there are: the records of one in ten expire at once.
pub const TTLS: usize = 10;
/// How many roles have access.
pub const ACCESS: usize = 10;
/// With how many partners data is shared.
pub const SHARING: usize = 10;
/// From how many sources it comes.
pub const SOURCES: usize = 10;
/// Of how many categories it is.
pub const CATEGORIES: usize = 10;
/// Records of each person.
const EACH: usize = 10;

/// How many records and people there are at first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Records.
    pub records: usize,
    /// People: each has ten of the records.
    pub people: usize,
}

impl Sizes {
    /// The sizes of so many records. All records of a person have one purpose, as they have where
    /// there are 10,000 people and 100 purposes.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the records do not go into whole purposes.
    pub fn of(records: usize) -> Result<Self, Fault> {
        let people = records / EACH;
        match records > 0 && records.is_multiple_of(EACH * PURPOSES) {
            true => Ok(Self { records, people }),
            false => Err(Fault::new(
                FaultKind::Invalid,
                "the number of records is a multiple of 1,000: ten of each person, people of a hundred purposes",
            )
            .remedy("say `--records 100000`, for example")),
        }
    }

    /// Whose a record is.
    #[must_use]
    pub fn person_of(self, key: usize) -> usize {
        key % self.people
    }

    /// The records of a person at first.
    pub fn keys_of(self, person: usize) -> impl Iterator<Item = usize> {
        (person..self.records).step_by(self.people)
    }
}

/// What a record, or a person, is held for.
#[must_use]
pub fn purpose_of(key: usize) -> usize {
    key % PURPOSES
}

/// Whether a record, or all those of a person or purpose, expired at once.
#[must_use]
pub fn is_expired(key: usize) -> bool {
    key.is_multiple_of(TTLS)
}

/// The role that may read a purpose, at first.
#[must_use]
pub fn role_at_first(purpose: usize) -> usize {
    purpose % ACCESS
}

/// The purpose that an objection names: the one after. A person's own data is held for another, so
/// that the objection closes none of it, as the benchmark's attribute does not.
#[must_use]
pub fn objected_purpose(objection: usize) -> usize {
    (objection + 1) % PURPOSES
}

/// The hundred bytes of a record, in one of its versions.
#[must_use]
pub fn data_of(key: usize, version: u64) -> String {
    format!("{key:060}{version:040}")
}

/// What a record says of decisions.
#[must_use]
pub fn decision_of(key: usize) -> &'static str {
    match key % DECISIONS {
        0 => "allow",
        _ => "refuse",
    }
}

/// One of the four workloads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Workload {
    /// Who answers for the data: creates, deletes, changes metadata.
    Controller,
    /// The people themselves.
    Customer,
    /// Those who work with the data.
    Processor,
    /// Those who oversee it.
    Regulator,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Controller,
        Self::Customer,
        Self::Processor,
        Self::Regulator,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Controller => "controller",
            Self::Customer => "customer",
            Self::Processor => "processor",
            Self::Regulator => "regulator",
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
