//! The policy in force with the numbers of its names: what every decision is made by.

use std::sync::Arc;

use domain::names::{NameRow, Names, Sort};
use domain::{Fault, FaultKind, InForce, Terms};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::authorisation::Authorisation;
use policy::model::{Duration, Policy};
use store::Database;

/// The policy in force, what earlier versions promised, and the numbers of all names.
pub struct Law {
    /// The policy in force.
    pub in_force: InForce,
    /// The numbers of names.
    pub names: Names,
    /// The authorisation beside it, if there is one: who may do what.
    authorised: Option<Authorised>,
}

/// An authorisation in force.
#[derive(Clone)]
struct Authorised {
    authorisation: Arc<Authorisation>,
    source: String,
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
        let authorised = authorised(database, &current)?;
        let authorisation = authorised.as_ref().map(|it| it.authorisation.as_ref());
        let known = known_names(database)?;
        let (names, new) = Names::assign_with(&current, authorisation, &known)?;
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
            authorised,
        })
    }

    /// A law, with the authorisation beside its policy and its source.
    pub(crate) fn new(
        in_force: InForce,
        names: Names,
        authorisation: Option<(Arc<Authorisation>, String)>,
    ) -> Self {
        Self {
            in_force,
            names,
            authorised: authorisation.map(|(authorisation, source)| Authorised {
                authorisation,
                source,
            }),
        }
    }

    /// The same policy with another authorisation beside it.
    pub(crate) fn with_authorisation(
        &self,
        authorisation: Arc<Authorisation>,
        source: String,
        names: Names,
    ) -> Self {
        Self::new(self.in_force.clone(), names, Some((authorisation, source)))
    }

    /// The authorisation in force: who may do what with which data. None: nobody has a role, and
    /// whoever is at the command line acts as the operator.
    #[must_use]
    pub fn authorisation(&self) -> Option<&Authorisation> {
        self.authorised.as_ref().map(|it| it.authorisation.as_ref())
    }

    /// The text of the authorisation in force.
    #[must_use]
    pub fn authorisation_source(&self) -> Option<&str> {
        self.authorised.as_ref().map(|it| it.source.as_str())
    }

    /// The terms that rules are told in.
    #[must_use]
    pub fn terms(&self) -> Terms<'_> {
        Terms {
            policy: self.policy(),
            authorisation: self.authorisation(),
        }
    }

    /// Whether another law decides as this one does: one policy, and one authorisation.
    pub(crate) fn is_that_of(&self, other: &Self) -> bool {
        let version = |law: &Self| law.authorisation().map(|it| it.version);
        self.policy().version == other.policy().version && version(self) == version(other)
    }

    /// The last day on which something counts that was done at a moment and is to be done again
    /// every so often.
    pub(crate) fn last_day(&self, done: Timestamp, every: Duration) -> Date {
        every.after(self.in_force.zone().to_datetime(done).date())
    }

    /// The last day on which a right counts that was reviewed at a moment, where there is an
    /// authorisation that says how often (21a).
    pub(crate) fn review_due(&self, reviewed: Timestamp) -> Option<Date> {
        let every = self.authorisation()?.reviewed_every;
        Some(self.last_day(reviewed, every))
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

/// The authorisation in force, compiled with the policy in force.
fn authorised(database: &Database, policy: &Policy) -> Result<Option<Authorised>, Fault> {
    let rows = database.read(|reader| reader.authorisations())?;
    let Some(row) = rows.last() else {
        return Ok(None);
    };
    let source = std::str::from_utf8(&row.source).ok();
    let compiled = source.and_then(|source| {
        let authorisation = policy::authorisation::compile(source, policy).authorisation?;
        Some(Authorised {
            authorisation: Arc::new(authorisation),
            source: source.to_owned(),
        })
    });
    compiled.map(Some).ok_or_else(|| {
        Fault::new(
            FaultKind::Integrity,
            "an authorisation that was applied cannot be read any more",
        )
        .remedy("use the version of Kept that applied it, or a newer one")
    })
}

fn no_policy() -> Fault {
    Fault::new(FaultKind::Integrity, "the installation has no policy")
        .remedy("restore it from a backup")
}
