//! `kept keys rotate`: the turn of the keys.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::keys::{Step, Told, Turned};

use super::status;
use crate::cli::options::{Changing, Place};
use crate::cli::quantity::{counted, entries, verb};
use crate::cli::{Context, Exit, OnInstallation};

#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Rotate {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        if self.changing.dry_run {
            status::show(kept, true, context)?;
            return Ok(Exit::Done);
        }
        let acting = context.acting(&self.place, self.changing);
        let turned = shown(context, |told| kept.rotate_keys(&acting, told))?;
        context.answer(|_| text(&turned), || json(&turned));
        Ok(Exit::Done)
    }
}

/// Does a turn while a bar shows how far it is.
pub(super) fn shown(
    context: &mut Context<'_>,
    turn: impl FnOnce(Told<'_>) -> Result<Turned, Fault>,
) -> Result<Turned, Fault> {
    let bar = context.io.progress("entries wrapped anew", None);
    turn(&mut |step| {
        if let Step::Wrapping(rows) = step {
            bar.set(rows);
        }
    })
}

pub(super) fn text(turned: &Turned) -> String {
    let begun = match turned.resumed {
        true => "finished an interrupted turn",
        false => "turned the keys",
    };
    let mut text = format!(
        "{begun}: {} wrapped anew under epoch {}; the key of epoch {} is destroyed\n",
        entries(turned.rows),
        turned.new,
        turned.old
    );
    if turned.dropped > 0 {
        let _ = writeln!(
            text,
            "{} of records that were never stored {} dropped",
            counted(turned.dropped, "key"),
            verb(turned.dropped, "was", "were")
        );
    }
    text.push_str("what was erased before is unrecoverable from older copies too\n");
    text
}

pub(super) fn json(turned: &Turned) -> Value {
    json!({
        "old": turned.old,
        "new": turned.new,
        "rows": turned.rows,
        "dropped": turned.dropped,
        "resumed": turned.resumed,
    })
}
