//! `kept keys move`: to another key manager, by a turn of the keys.

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::Kept;
use services::keys::Manager;

use super::manager::{Token, unranked};
use super::{rotate, status};
use crate::cli::options::{Changing, Place};
use crate::cli::{Context, Exit, OnInstallation, invalid};

const EXAMPLE: &str = "\
Examples:
  kept keys move --to pkcs11 --module /usr/lib/softhsm/libsofthsm2.so --token kept \\
    --pin-file /etc/kept/pin --data D
  kept keys move --to files --reason \"the token is returned to its maker\" --data D

The token is tried out first. Then a new epoch begins in it, everything is wrapped anew, and the old
epoch's key is destroyed; a move that is interrupted goes on with the next turn. The way back, to
files that can be copied, is refused without a reason, which the journal keeps.";

/// Carries the keys over to another key manager.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Move {
    /// The key manager: pkcs11 or files
    #[arg(long, value_name = "MANAGER")]
    to: String,

    /// Why the keys may go where they can be copied
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    token: Token,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Move {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let to = Manager::of_name(&self.to).ok_or_else(|| unranked(&self.to))?;
        let named = match to {
            Manager::Pkcs11 => Some(self.token.named(context.io)?),
            Manager::Files if self.token.is_given() => {
                return Err(invalid("files have no module, token or PIN")
                    .remedy("leave out `--module`, `--token`, `--pin-file` and `--algorithm`"));
            }
            Manager::Files => None,
        };
        if self.changing.dry_run {
            if let Some(named) = &named {
                named.token()?;
            }
            status::show(kept, true, context)?;
            return Ok(Exit::Done);
        }
        let acting = context.acting(&self.place, self.changing);
        let turned = rotate::shown(context, |told| match named {
            Some(named) => kept.move_keys(named, &acting, told),
            None => kept.move_keys_to_files(self.reason.as_deref(), &acting, told),
        })?;
        context.answer(
            |_| format!("the keys are in {to}\n{}", rotate::text(&turned)),
            || json!({ "manager": to.name(), "turned": rotate::json(&turned) }),
        );
        Ok(Exit::Done)
    }
}
