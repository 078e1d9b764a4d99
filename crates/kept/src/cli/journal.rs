//! `kept journal`: the trace of every act, verified, published, proved, pruned.

mod checkpoint;
mod origin;
mod prove;
mod prune;
mod roll;
mod verify;

use clap::{Args, Subcommand};
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::journal::Copied;

use super::options::Place;
use super::{Context, Exit, OnInstallation, Sort};

const EXAMPLE: &str = "\
Examples:
  kept journal checkpoint --data D --to /mnt/notary
  kept journal verify --data D --against /mnt/notary
  kept journal prove 1207 --data D > entry-1207.tlog-proof
  kept journal prune --data D --dry-run
  kept journal roll-key --data D --to /mnt/notary

The journal shows any change before the last checkpoint that is kept outside, by anyone, the
administrator included. Without one outside it only shows damage.";

/// Verifies, publishes, proves or prunes the journal.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Journal {
    #[command(subcommand)]
    act: JournalAct,
}

#[derive(Debug, Subcommand)]
enum JournalAct {
    /// Verify every entry, tile and signature, here and outside
    Verify(verify::Verify),
    /// Sign the journal's state and copy it to places outside
    Checkpoint(checkpoint::Checkpoint),
    /// Replace the key that signs checkpoints, by a statement that both keys sign
    RollKey(roll::RollKey),
    /// Go on under another origin, where a copy brought back less than was signed
    NewOrigin(origin::BeginOrigin),
    /// Prove one entry to an outsider, or check such a proof
    Prove(prove::Prove),
    /// Delete the details of entries that are past the policy's term for the trace
    Prune(prune::Prune),
}

impl Journal {
    /// Where it is carried out: the check of a proof needs no installation.
    pub(super) fn sort(&self) -> Sort<'_> {
        match &self.act {
            JournalAct::Prove(prove) if prove.is_check() => Sort::Alone(prove),
            _ => Sort::OnInstallation(self),
        }
    }

    fn command(&self) -> &dyn OnInstallation {
        match &self.act {
            JournalAct::Verify(command) => command,
            JournalAct::Checkpoint(command) => command,
            JournalAct::RollKey(command) => command,
            JournalAct::NewOrigin(command) => command,
            JournalAct::Prove(command) => command,
            JournalAct::Prune(command) => command,
        }
    }
}

impl OnInstallation for Journal {
    fn place(&self) -> &Place {
        self.command().place()
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        self.command().run(kept, context)
    }
}

/// A hash as it is shown.
fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where a file was copied to, and where it could not be, and why.
fn copies_to_json(copies: &[Copied]) -> Value {
    let of = |copy: &Copied| {
        json!({
            "path": copy.path,
            "failed": copy.failed.as_ref().map(ToString::to_string),
        })
    };
    copies.iter().map(of).collect()
}
