//! `kept journal roll-key`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::{Value, json};
use services::Kept;
use services::journal::Rolled;

use super::copies_to_json;
use crate::cli::options::{Changing, Place};
use crate::cli::quantity::entries;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept journal roll-key --data D --to /mnt/notary

The old key signs all there is, both keys sign a statement, and the new key signs from there on.
Who trusts the old key goes on to the new one by the statement, `kept journal verify` included.
Besides the folders named here, those of `checkpoint-copies` in installation.toml get a copy of
the statement and of the checkpoints. Make a new copy of the key folder afterwards: the old one
opens nothing any more.";

/// Rolls the signing key over.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct RollKey {
    /// A folder outside to copy statement and checkpoints to; may be repeated
    #[arg(long, value_name = "FOLDER")]
    to: Vec<PathBuf>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for RollKey {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let to: Vec<PathBuf> = self.to.iter().map(|path| context.io.path(path)).collect();
        let rolled = kept.roll_signing_key(&to, &acting)?;
        context.answer(|colour| text(&rolled, colour), || to_json(&rolled));
        Ok(match failures(&rolled).is_empty() {
            true => Exit::Done,
            false => Exit::Found(FaultKind::Unavailable),
        })
    }
}

/// What could not be copied to a place outside.
fn failures(rolled: &Rolled) -> Vec<&Fault> {
    let checkpoint = rolled.checkpoint.iter().flat_map(|one| &one.copies);
    let copies = rolled.copies.iter().chain(checkpoint);
    copies.filter_map(|copy| copy.failed.as_ref()).collect()
}

fn text(rolled: &Rolled, colour: bool) -> String {
    let Some(new) = &rolled.new else {
        return format!(
            "{} a new key would sign from {} on, in the place of\n  {}\n",
            Paint::Good.on("would be done:", colour),
            entries(rolled.from_size),
            rolled.old
        );
    };
    let mut text = format!(
        "{} from {} on another key signs\n  old  {}\n  new  {new}\n",
        Paint::Good.on("done:", colour),
        entries(rolled.from_size),
        rolled.old
    );
    for copy in &rolled.copies {
        if copy.failed.is_none() {
            let _ = writeln!(text, "copied to {}", copy.path.display());
        }
    }
    for fault in failures(rolled) {
        let _ = writeln!(text, "{} {fault}", Paint::Error.on("failed:", colour));
    }
    text
}

fn to_json(rolled: &Rolled) -> Value {
    json!({
        "old": rolled.old.to_string(),
        "new": rolled.new.as_ref().map(ToString::to_string),
        "from-size": rolled.from_size,
        "statement": rolled.statement,
        "checkpoint": rolled.checkpoint.as_ref().map(|one| &one.text),
        "entry": rolled.receipt,
        "copies": copies_to_json(&rolled.copies),
    })
}
