//! `kept keys`: where the epochs stand, the turn that makes old copies worthless, and the manager
//! that has the keys.

mod algorithms;
pub(super) mod manager;
mod move_;
mod rotate;
mod ship;
mod status;

use clap::{Args, Subcommand};

use super::Sort;

const EXAMPLE: &str = "\
Examples:
  kept keys status --data D
  kept keys rotate --data D
  kept keys ship --data D
  kept keys move --to pkcs11 --module /usr/lib/softhsm/libsofthsm2.so --token kept --data D
  kept keys algorithms

What was erased is unreadable here at once. Old copies of the installation are worthless once the
epoch of their time is destroyed: turn the keys every night. A copy of a key made while its epoch
lived defeats that; the keys in a PKCS#11 token cannot be copied. Every place of `keyring-copies` in
installation.toml must have a copy of the keyring without the old epoch before its key is destroyed.";

/// Shows, turns or moves the keys.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Keys {
    #[command(subcommand)]
    act: KeysAct,
}

#[derive(Debug, Subcommand)]
enum KeysAct {
    /// Say who has the keys, where the epochs stand and what erasures wait for
    Status(status::Status),
    /// Ship keyring, restrictive acts and journal to their places now
    Ship(ship::Ship),
    /// Begin a new epoch, wrap everything anew and destroy the old epoch's key
    Rotate(rotate::Rotate),
    /// Carry the keys over to another key manager, by a turn
    Move(move_::Move),
    /// List the algorithms that Kept knows, with their ranks
    Algorithms(algorithms::Algorithms),
}

impl Keys {
    pub(super) fn sort(&self) -> Sort<'_> {
        match &self.act {
            KeysAct::Status(command) => Sort::OnInstallation(command),
            KeysAct::Ship(command) => Sort::OnInstallation(command),
            KeysAct::Rotate(command) => Sort::OnInstallation(command),
            KeysAct::Move(command) => Sort::OnInstallation(command),
            KeysAct::Algorithms(command) => Sort::Alone(command),
        }
    }
}
