//! Which key manager an installation has, and how it goes over to another: the turn of the keys
//! carries everything over (`docs/decisions/0022-key-managers.md`).

use std::sync::{Arc, PoisonError};

use domain::algorithm::{AES_256_GCM_SIV, ED25519, SHA_256, Use};
use domain::{Fault, FaultKind};

use crate::algorithms::Floors;
use crate::epoch::{Kind, Manager, Pkcs11, TokenPlace};
use crate::folder::{Installation, NamedManager};
use crate::turn::{Step, Turned};
use crate::vault::Vault;

impl Vault {
    /// The key manager that the installation's description names; none: files of the key folder.
    #[must_use]
    pub fn key_manager(&self) -> Option<NamedManager> {
        self.key_manager
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Who has the keys of the epoch in use, and by which algorithms.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_in_use(&self) -> Result<Kind, Fault> {
        self.keyring.kind(self.keyring.active_epoch())
    }

    /// Makes a token the place of the next epoch's keys, once it has shown that it does all that
    /// will be asked of it. The next turn of the keys carries everything over.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the manager, its algorithm or its module is not let in,
    /// [`FaultKind::Conflict`] when the keys are in another token, [`FaultKind::Unavailable`] when
    /// the token does not do as it says, or the description cannot be written: then nothing has
    /// changed.
    pub fn take_manager(&self, named: NamedManager) -> Result<(), Fault> {
        let place = named.token()?;
        let managers = self.keyring.managers();
        if let Some(present) = managers.token() {
            // Given again where a move was interrupted, and to turn there once more.
            return match *present.place() == place {
                true => present.try_out(self.entropy()),
                false => Err(elsewhere(present.place())),
            };
        }
        let token = Pkcs11::new(place, self.id)?;
        token.try_out(self.entropy())?;
        self.describe(|description| description.key_manager = Some(named))?;
        managers.set_token(Some(Arc::new(token)));
        Ok(())
    }

    /// Turns the keys back into files of the key folder, and lets go of the token once none of its
    /// keys is needed. A turn that was interrupted is finished first.
    ///
    /// # Errors
    /// As [`Vault::turn_keys`].
    pub fn leave_manager(
        &self,
        now: &dyn Fn() -> i64,
        told: &mut dyn FnMut(u32, Step) -> Result<(), Fault>,
    ) -> Result<Turned, Fault> {
        let turned = self.turn_keys_until(Manager::Files, now, told)?;
        self.describe(|description| description.key_manager = None)?;
        self.keyring.managers().set_token(None);
        Ok(turned)
    }

    /// Turns the keys, twice if the first turn finishes one that was going elsewhere, until they are
    /// in a manager's hands.
    ///
    /// # Errors
    /// As [`Vault::turn_keys`].
    pub fn turn_keys_until(
        &self,
        manager: Manager,
        now: &dyn Fn() -> i64,
        told: &mut dyn FnMut(u32, Step) -> Result<(), Fault>,
    ) -> Result<Turned, Fault> {
        let turned = self.turn_keys_to(manager, now, told)?;
        match self.keys_in_use()?.manager == manager {
            true => Ok(turned),
            false => self.turn_keys_to(manager, now, told),
        }
    }

    /// Writes the installation's description anew, with what has changed since it was read.
    pub(crate) fn describe(&self, change: impl FnOnce(&mut Installation)) -> Result<(), Fault> {
        let mut manager = self
            .key_manager
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut described = Installation {
            journal_origin: self.origin(),
            signing_name: self.signing_name(),
            key_manager: manager.clone(),
            ..self.description.clone()
        };
        change(&mut described);
        described.write(&self.layout)?;
        *manager = described.key_manager;
        Ok(())
    }
}

fn elsewhere(present: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Conflict,
        format!(
            "`installation.toml` names the token `{}` already",
            present.token
        ),
    )
    .remedy(
        "a token is replaced with its maker's tools, which copy its keys to another of the same \
         label; where module or PIN have moved, correct `[key-manager]` in installation.toml and \
         start Kept again",
    )
}

/// Whether this version of Kept writes nothing that ranks below an installation's floors.
///
/// # Errors
/// [`FaultKind::Refused`] when it would.
pub(crate) fn reach(floors: &Floors) -> Result<(), Fault> {
    floors.check(AES_256_GCM_SIV, Use::Seal)?;
    floors.check(SHA_256, Use::Digest)?;
    floors.check(ED25519, Use::Sign)
}
