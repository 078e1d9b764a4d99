//! `kept journal new-origin`.

use std::path::PathBuf;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::json;
use services::Kept;

use super::hex;
use crate::cli::options::{Changing, Place};
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept journal new-origin --reason 'disk lost, copy of Monday restored' --data D --to /mnt/notary

For a journal that came back from a copy older than its last checkpoint, when there is no later
copy. Nothing is read or done on it before. The statement says what had been signed and what is
there, and the reason stands in the journal: name nobody in it. Checkpoints kept outside over what
was lost then count as a loss that was owned up to.";

/// Goes on from what came back, under another origin.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct BeginOrigin {
    /// What happened, in a few words
    #[arg(long, value_name = "WORDS")]
    reason: String,

    /// A folder outside to copy statement and checkpoint to; may be repeated
    #[arg(long, value_name = "FOLDER")]
    to: Vec<PathBuf>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for BeginOrigin {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let to: Vec<PathBuf> = self.to.iter().map(|path| context.io.path(path)).collect();
        let done = kept.begin_origin(&self.reason, &to, &acting)?;
        let said = &done.said;
        let lost = said.old_size - said.kept_size;
        let copies = done.checkpoint.iter().flat_map(|one| &one.copies);
        let failed = done.copies.iter().chain(copies);
        let failed: Vec<String> = failed
            .filter_map(|copy| copy.failed.as_ref())
            .map(ToString::to_string)
            .collect();
        context.answer(
            |colour| {
                let begin = match done.receipt {
                    Some(_) => "done:",
                    None => "would be done:",
                };
                let mut text = format!(
                    "{} the journal goes on from entry {} as {}; {lost} entries that were signed are \
                     owned up to as lost\n",
                    Paint::Good.on(begin, colour),
                    said.kept_size,
                    said.origin,
                );
                for fault in &failed {
                    text.push_str(&format!("{} {fault}\n", Paint::Error.on("failed:", colour)));
                }
                text
            },
            || {
                json!({
                    "origin": said.origin,
                    "old-origin": said.old_origin,
                    "old-size": said.old_size,
                    "old-root": hex(&said.old_root),
                    "kept-size": said.kept_size,
                    "kept-root": hex(&said.kept_root),
                    "statement": done.statement,
                    "checkpoint": done.checkpoint.as_ref().map(|one| &one.text),
                    "entry": done.receipt,
                    "failed": failed,
                })
            },
        );
        Ok(match failed.is_empty() {
            true => Exit::Done,
            false => Exit::Found(FaultKind::Unavailable),
        })
    }
}
