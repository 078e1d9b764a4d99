//! The part of the security level that the installation says of itself: who has its keys, and by
//! which algorithms what is stored is sealed, wrapped and hashed.

use domain::algorithm::AES_256_GCM_SIV;
use domain::{Actor, Fault};
use door::Manager;
use journal::Act;
use journal::merkle::sha256;
use serde::{Deserialize, Serialize};

use super::{SecurityLevel, Weaker, checked, refused, unwritable};
use crate::kept::Kept;

/// How what is stored is protected.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StoredLevel {
    /// The sort of key manager, by name.
    pub key_manager: String,
    /// How the weakest algorithm that seals, wraps or hashes look-ups ranks, in bits.
    pub strength_bits: u16,
}

impl StoredLevel {
    /// In which respects it is weaker than the one in force, each told to `note`.
    pub(super) fn compare(
        &self,
        in_force: &Self,
        note: &mut dyn FnMut(bool, &str, String, String),
    ) {
        let rank = |it: &Self| Manager::of_name(&it.key_manager);
        note(
            rank(self) < rank(in_force),
            "key-manager",
            in_force.key_manager.clone(),
            self.key_manager.clone(),
        );
        let bits = |it: &Self| format!("{} bits", it.strength_bits);
        note(
            self.strength_bits < in_force.strength_bits,
            "key-manager.algorithm",
            bits(in_force),
            bits(self),
        );
    }
}

impl Kept {
    /// A configuration's level with what the installation says of itself.
    pub(super) fn with_stored(&self, level: &SecurityLevel) -> Result<SecurityLevel, Fault> {
        let kind = self.vault.keys_in_use()?;
        let weakest = AES_256_GCM_SIV
            .rank
            .min(kind.wrapping.rank)
            .min(kind.hashing.rank);
        let mut level = level.clone();
        level.stored = Some(StoredLevel {
            key_manager: kind.manager.name().to_owned(),
            strength_bits: weakest.0,
        });
        Ok(level)
    }

    /// Takes into force how what is stored is protected now, where a level is in force.
    pub(crate) fn note_stored_level(&self, actor: &Actor) -> Result<(), Fault> {
        match self.security_levels()?.pop() {
            Some(last) => self.accept_security(&last.level, actor, false),
            None => Ok(()),
        }
    }

    /// Takes into force that keys go into files, from a manager that they could not leave; the
    /// journal says so, with the reason.
    pub(crate) fn accept_keys_in_files(
        &self,
        reason: Option<&str>,
        actor: &Actor,
    ) -> Result<(), Fault> {
        let in_force = self.vault.keys_in_use()?.manager;
        if in_force == Manager::Files {
            return Ok(());
        }
        let weaker = vec![Weaker {
            setting: "key-manager".to_owned(),
            in_force: in_force.name().to_owned(),
            asked: Manager::Files.name().to_owned(),
        }];
        let Some(reason) = reason else {
            return Err(refused(&weaker).remedy(
                "leave the keys where they are, or say why with `--reason TEXT`, which is kept",
            ));
        };
        let reason = checked(reason)?;
        let mut levels = self.security_levels()?;
        match levels.pop() {
            Some(last) => {
                let mut level = self.with_stored(&last.level)?;
                levels.push(last);
                if let Some(stored) = &mut level.stored {
                    Manager::Files.name().clone_into(&mut stored.key_manager);
                }
                self.put_level(levels, level, weaker, Some(reason), actor)
                    .map(|_| ())
            }
            None => self.trace_keys_in_files(&weaker, &reason, actor),
        }
    }

    /// What the journal keeps where no server was started yet, and so no level is in force.
    fn trace_keys_in_files(
        &self,
        weaker: &[Weaker],
        reason: &str,
        actor: &Actor,
    ) -> Result<(), Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::SecurityLowered, actor, moment, &law);
        let said = serde_json::to_vec(&(weaker, reason)).map_err(unwritable)?;
        detail.digest = Some(sha256(&[&said]));
        detail.count = Some(weaker.len() as u64);
        self.vault.record(&detail).map(|_| ())
    }
}
