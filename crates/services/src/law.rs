//! The policy in force with the numbers of its names: what every decision is made by.

use std::sync::Arc;

use domain::names::{NameRow, Names, Sort};
use domain::{Fault, FaultKind, InForce};
use policy::model::Policy;
use store::Database;

/// The policy in force, what earlier versions promised, and the numbers of all names.
pub struct Law {
    /// The policy in force.
    pub in_force: InForce,
    /// The numbers of names.
    pub names: Names,
}

impl Law {
    /// Loads the law of an installation: the latest policy that was applied.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when a stored policy does not compile any more.
    pub fn load(database: &Database) -> Result<Self, Fault> {
        let rows = database.read(|reader| reader.policies())?;
        let mut policies = rows
            .iter()
            .map(|row| compiled(&row.source).map(Arc::new))
            .collect::<Result<Vec<_>, Fault>>()?;
        let current = policies.pop().ok_or_else(no_policy)?;
        let (names, new) = Names::assign(&current, &known_names(database)?)?;
        if !new.is_empty() {
            return Err(Fault::new(
                FaultKind::Integrity,
                "the policy in force uses names that have no number",
            )
            .remedy("restore the installation from a backup"));
        }
        Ok(Self {
            in_force: InForce::new(current, &policies)?,
            names,
        })
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.in_force.policy()
    }
}

/// The registry of names as it is stored.
pub(crate) fn known_names(database: &Database) -> Result<Vec<NameRow>, Fault> {
    let rows = database.read(|reader| reader.names())?;
    rows.into_iter()
        .map(|(sort, number, name)| {
            let sort = Sort::from_code(sort).ok_or_else(|| {
                Fault::new(
                    FaultKind::Conflict,
                    "the registry of names is of a newer version",
                )
                .remedy("use the version of Kept that wrote it, or a newer one")
            })?;
            Ok(NameRow { sort, number, name })
        })
        .collect()
}

/// A policy from its stored source.
pub(crate) fn compiled(source: &[u8]) -> Result<Policy, Fault> {
    std::str::from_utf8(source)
        .ok()
        .and_then(|source| policy::compile(source).policy)
        .ok_or_else(|| {
            Fault::new(
                FaultKind::Integrity,
                "a policy that was applied cannot be read any more",
            )
            .remedy("use the version of Kept that applied it, or a newer one")
        })
}

fn no_policy() -> Fault {
    Fault::new(FaultKind::Integrity, "the installation has no policy")
        .remedy("restore it from a backup")
}
