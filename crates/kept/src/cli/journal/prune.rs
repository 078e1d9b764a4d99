//! `kept journal prune`.

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::Kept;
use services::journal::Pruned;

use crate::cli::options::{Changing, Place};
use crate::cli::quantity::entries;
use crate::cli::{Context, Exit, OnInstallation};

const EXAMPLE: &str = "\
Examples:
  kept journal prune --data D --dry-run
  kept journal prune --data D

Details go by the month, at the term that the policy sets (`trace-kept`); a checkpoint is published
first. Commitments and proofs stay, and `kept journal verify` holds as before.";

/// Prunes the journal.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Prune {
    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Prune {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let pruned = kept.prune_journal(&acting)?;
        context.answer(
            |_| text(&pruned, acting.dry_run),
            || {
                json!({
                    "dry-run": acting.dry_run,
                    "before": pruned.before.to_string(),
                    "entries": pruned.details,
                    "without-details": pruned.entries,
                })
            },
        );
        Ok(Exit::Done)
    }
}

fn text(pruned: &Pruned, dry_run: bool) -> String {
    let Pruned {
        before, details, ..
    } = pruned;
    match (*details, dry_run) {
        (0, _) => format!("no details from before {before} are held\n"),
        (_, true) => format!(
            "the details of {} from before {before} would go\n",
            entries(*details)
        ),
        (_, false) => format!(
            "the details of {} from before {before} went\n",
            entries(*details)
        ),
    }
}
