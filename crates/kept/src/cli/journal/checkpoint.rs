//! `kept journal checkpoint`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::{Value, json};
use services::Kept;
use services::journal::Published;

use super::{copies_to_json, hex};
use crate::cli::options::{Changing, Place};
use crate::cli::quantity::entries;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept journal checkpoint --data D --to /mnt/notary

Besides the folders named here, those of `checkpoint-copies` in installation.toml get a copy. A copy
that fails is reported, with exit code 6, and stops no other.";

/// Publishes a checkpoint.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Checkpoint {
    /// A folder outside to copy it to; may be repeated
    #[arg(long, value_name = "FOLDER")]
    to: Vec<PathBuf>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Checkpoint {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let to: Vec<PathBuf> = self.to.iter().map(|path| context.io.path(path)).collect();
        let published = kept.publish_checkpoint(&to, &acting)?;
        context.answer(|colour| text(&published, colour), || to_json(&published));
        let failed = published.copies.iter().any(|copy| copy.failed.is_some());
        Ok(match failed {
            true => Exit::Found(FaultKind::Unavailable),
            false => Exit::Done,
        })
    }
}

fn text(published: &Published, colour: bool) -> String {
    let verb = match published.receipt {
        Some(_) => "published",
        None => "would publish",
    };
    let mut text = format!(
        "{verb} a checkpoint of {}, root {}\n",
        entries(published.size),
        hex(&published.root)
    );
    for copy in &published.copies {
        let _ = match &copy.failed {
            None => writeln!(text, "copied to {}", copy.path.display()),
            Some(fault) => {
                writeln!(text, "{} {fault}", Paint::Error.on("failed:", colour))
            }
        };
    }
    text
}

fn to_json(published: &Published) -> Value {
    json!({
        "size": published.size,
        "root": hex(&published.root),
        "checkpoint": published.text,
        "entry": published.receipt,
        "copies": copies_to_json(&published.copies),
    })
}
