//! The authorisation beside the policy: what a new one would change, and putting it in force.

use std::sync::{Arc, PoisonError};

use domain::names::Names;
use domain::{Fault, FaultKind, Moment};
use journal::{Act, Detail};
use policy::authorisation::compare::{Change, Under, compare};
use policy::authorisation::{self, Authorisation};
use policy::model::Policy;
use store::Priority;
use store::data::registry::PolicyRow;

use crate::act::Acting;
use crate::kept::Kept;
use crate::law::{Law, known_names};

/// An authorisation that may be applied: it compiles, and follows the one in force.
#[derive(Clone, Debug)]
pub struct NewAuthorisation {
    pub(crate) source: String,
    pub(crate) authorisation: Arc<Authorisation>,
}

/// What becomes of the authorisation when a policy changes.
#[derive(Clone, Debug)]
pub(crate) enum Next {
    /// There is none.
    None,
    /// The one in force stays, compiled with the new policy.
    Stays(Arc<Authorisation>),
    /// A new one comes with the policy.
    New(NewAuthorisation),
}

/// What applying an authorisation did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AuthorisationApplied {
    /// The version in force now.
    pub version: u32,
    /// Where it stands in the journal; nowhere, if nothing was to be changed.
    pub entry: Option<u64>,
}

impl NewAuthorisation {
    /// Takes the source of an authorisation that is to follow the one in force, under a policy: the
    /// one in force, or the one that comes with it.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it has errors; `kept check` shows them.
    pub fn new(source: String, policy: &Policy, law: &Law) -> Result<Self, Fault> {
        let outcome = match law.authorisation() {
            Some(in_force) => authorisation::compile_after(&source, policy, in_force),
            None => authorisation::compile(&source, policy),
        };
        let first = outcome.errors().next().map(|error| error.message.clone());
        match outcome.authorisation {
            Some(authorisation) => Ok(Self {
                source,
                authorisation: Arc::new(authorisation),
            }),
            None => Err(Fault::new(
                FaultKind::Invalid,
                format!(
                    "the new authorisation cannot come into force: {}",
                    first.unwrap_or_default()
                ),
            )
            .remedy(
                "see what is wrong with `kept check`; one that follows has a higher version, and \
                 roles that were renamed say `was =`",
            )),
        }
    }

    /// The authorisation.
    #[must_use]
    pub fn authorisation(&self) -> &Authorisation {
        &self.authorisation
    }

    /// Whether it says what the one in force says, word for word.
    #[must_use]
    pub fn is_in_force(&self, law: &Law) -> bool {
        let in_force = law.authorisation();
        in_force.is_some_and(|it| it.digest == self.authorisation.digest)
    }
}

impl Next {
    /// What becomes of the authorisation in force under a new policy, if no new one comes with it.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when it grants what the new policy does not allow, or names what that
    /// does not have.
    pub(crate) fn under(policy: &Policy, law: &Law) -> Result<Self, Fault> {
        let Some(source) = law.authorisation_source() else {
            return Ok(Self::None);
        };
        let outcome = authorisation::compile(source, policy);
        let first = outcome.errors().next().map(|error| error.message.clone());
        match outcome.authorisation {
            Some(authorisation) => Ok(Self::Stays(Arc::new(authorisation))),
            None => Err(Fault::new(
                FaultKind::Refused,
                format!(
                    "the authorisation in force does not go with the new policy: {}",
                    first.unwrap_or_default()
                ),
            )
            .rule("9c")
            .remedy(
                "put an authorisation.toml beside the policy that does; both are applied at once",
            )),
        }
    }

    pub(crate) fn authorisation(&self) -> Option<&Arc<Authorisation>> {
        match self {
            Self::None => None,
            Self::Stays(authorisation) => Some(authorisation),
            Self::New(new) => Some(&new.authorisation),
        }
    }

    pub(crate) fn new_one(&self) -> Option<&NewAuthorisation> {
        match self {
            Self::New(new) => Some(new),
            Self::None | Self::Stays(_) => None,
        }
    }
}

/// The row that keeps an authorisation.
pub(crate) fn row(authorisation: &Authorisation, source: &str, moment: Moment) -> PolicyRow {
    PolicyRow {
        version: authorisation.version,
        digest: authorisation.digest,
        source: source.as_bytes().to_vec(),
        applied: moment.now.as_microsecond(),
    }
}

/// Completes the journal's detail of an authorisation that came into force.
pub(crate) fn applied(mut detail: Detail, authorisation: &Authorisation) -> Detail {
    detail.digest = Some(authorisation.digest);
    detail.authorisation_version = Some(authorisation.version);
    detail
}

/// Who gains and who loses what, between the law in force and an authorisation under a policy.
pub(crate) fn differences(
    law: &Law,
    policy: &Policy,
    authorisation: Option<&Authorisation>,
) -> Vec<Change> {
    let old = Under {
        policy: law.policy(),
        authorisation: law.authorisation(),
    };
    compare(
        old,
        Under {
            policy,
            authorisation,
        },
    )
}

impl Kept {
    /// Who would gain and who would lose what. An act of its own in the journal.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn plan_authorisation(
        &self,
        new: &NewAuthorisation,
        acting: &Acting,
    ) -> Result<Vec<Change>, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::Planned, &acting.actor, moment, &law);
        detail.digest = Some(new.authorisation.digest);
        self.vault.record(&detail)?;
        Ok(differences(&law, law.policy(), Some(&new.authorisation)))
    }

    /// Puts an authorisation in force under the policy that is. From that moment on no grant is
    /// recorded that the one before decided (mechanism, 10).
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when another one, or another policy, came into force meanwhile;
    /// [`FaultKind::Unavailable`] when the journal cannot be written.
    pub fn apply_authorisation(
        &self,
        new: &NewAuthorisation,
        acting: &Acting,
    ) -> Result<AuthorisationApplied, Fault> {
        self.catch_up()?;
        let law = self.law();
        let version = new.authorisation.version;
        if acting.dry_run || new.is_in_force(&law) {
            return Ok(AuthorisationApplied {
                version,
                entry: None,
            });
        }
        // Compiled with the policy in force, and not with one that it followed.
        let new = NewAuthorisation::new(new.source.clone(), law.policy(), &law)?;
        let _alone = self
            .applying
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&law, &self.law()) {
            return Err(Fault::new(
                FaultKind::Conflict,
                "another policy or authorisation came into force meanwhile",
            )
            .remedy("plan again, against what is in force now"));
        }
        let moment = self.moment()?;
        let authorisation = Arc::clone(&new.authorisation);
        let known = known_names(self.vault.data())?;
        let (names, new_names) = Names::assign_with(law.policy(), Some(&authorisation), &known)?;
        let detail = self.detail(Act::AuthorisationApplied, &acting.actor, moment, &law);
        let entry = self.vault.entry(&applied(detail, &authorisation))?;
        let (still, under) = (self.still_acting(acting)?, self.under(&law));
        let row = row(&authorisation, &new.source, moment);
        let entry = self.vault.data().write(Priority::Ordinary, move |tx| {
            under(tx)?;
            still(tx)?;
            for name in &new_names {
                tx.put_name(name.sort.code(), name.number, &name.name)?;
            }
            tx.add_authorisation(&row)?;
            tx.append(&entry)
        })?;
        let mut in_place = self.law.write().unwrap_or_else(PoisonError::into_inner);
        *in_place = Arc::new(law.with_authorisation(authorisation, new.source, names));
        Ok(AuthorisationApplied {
            version,
            entry: Some(entry),
        })
    }
}
