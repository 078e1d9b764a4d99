//! The key managers of an installation: files always, a token where one is named.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use domain::algorithm::HMAC_SHA_256;
use domain::{Fault, FaultKind, InstallationId};

use super::{EpochKeys, KeyFiles, Kind, Manager, Pkcs11, TokenPlace};

/// The managers that an installation has.
pub(crate) struct Managers {
    files: Arc<KeyFiles>,
    token: RwLock<Option<Arc<Pkcs11>>>,
}

impl Managers {
    /// Those of an installation; nothing is asked of them yet.
    pub(crate) fn new(
        keys: &Path,
        token: Option<&TokenPlace>,
        installation: InstallationId,
    ) -> Result<Self, Fault> {
        let token = token.map(|place| Pkcs11::new(place.clone(), installation));
        Ok(Self {
            files: Arc::new(KeyFiles::new(keys)),
            token: RwLock::new(token.transpose()?.map(Arc::new)),
        })
    }

    /// The manager of a sort.
    pub(crate) fn of(&self, manager: Manager) -> Result<Arc<dyn EpochKeys>, Fault> {
        match manager {
            Manager::Files => Ok(Arc::clone(&self.files) as Arc<dyn EpochKeys>),
            Manager::Pkcs11 => match self.token() {
                Some(token) => Ok(token),
                None => Err(Fault::new(
                    FaultKind::Unavailable,
                    "the keys are in a PKCS#11 token, and `installation.toml` names none",
                )
                .remedy(
                    "restore the table `[key-manager]` of `installation.toml` from a backup of \
                     the installation; nothing was touched",
                )),
            },
        }
    }

    /// Where the next epoch's keys are made, and what is done with them.
    pub(crate) fn next(&self) -> Manager {
        match self.token() {
            Some(_) => Manager::Pkcs11,
            None => Manager::Files,
        }
    }

    /// What an epoch in a manager's hands is.
    pub(crate) fn kind(&self, manager: Manager) -> Result<Kind, Fault> {
        Ok(Kind {
            manager,
            wrapping: self.of(manager)?.wrapping(),
            hashing: HMAC_SHA_256,
        })
    }

    /// The token, if there is one.
    pub(crate) fn token(&self) -> Option<Arc<Pkcs11>> {
        self.token
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes a token in, or lets go of the one there is.
    pub(crate) fn set_token(&self, token: Option<Arc<Pkcs11>>) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = token;
    }
}
