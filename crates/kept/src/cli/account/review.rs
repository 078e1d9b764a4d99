//! The review of rights: a list to confirm or to withdraw (21a).

use std::fmt::Write as _;

use clap::Args;
use domain::{Account as Handle, Fault};
use policy::model::Duration;
use serde_json::{Value, json};
use services::Kept;
use services::access::ReviewLine;

use super::change::Done;
use super::view::day;
use crate::cli::options::{Changing, Place};
use crate::cli::{Context, Exit, OnInstallation, invalid};
use crate::io::colour::Paint;

/// Lists the roles that are held, or confirms one.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// The account whose role is still needed
    #[arg(value_name = "ACCOUNT", value_parser = Handle::parse, requires = "role")]
    whose: Option<Handle>,

    /// The role that is still needed
    role: Option<String>,

    /// How often roles are reviewed, such as "6 months", if not as the authorisation says: shows
    /// which ones are overdue
    #[arg(long, value_name = "TERM", value_parser = term, conflicts_with = "role")]
    every: Option<Duration>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

fn term(text: &str) -> Result<Duration, Fault> {
    Duration::parse(text).map_err(|fault| {
        invalid("this is not a term").remedy(format!("write `6 months`, say: {fault}"))
    })
}

impl OnInstallation for Review {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        if let (Some(account), Some(role)) = (&self.whose, &self.role) {
            let acting = context.acting(&self.place, self.changing);
            let subject = kept.access().named(account)?;
            let receipt = kept.access().confirm(subject, role, &acting)?;
            let sentence = format!("{} still needs the role {role}", account.as_str());
            Done::of(
                acting.dry_run,
                sentence,
                receipt.map(|receipt| receipt.entry),
            )
            .show(context);
            return Ok(Exit::Done);
        }
        let lines = kept.access().review(self.every)?;
        context.answer(
            |colour| text(&lines, colour),
            || json!({ "roles": lines.iter().map(line_json).collect::<Vec<_>>() }),
        );
        Ok(Exit::Done)
    }
}

fn text(lines: &[ReviewLine], colour: bool) -> String {
    if lines.is_empty() {
        return "nobody holds a role\n".to_owned();
    }
    let mut text = String::new();
    for line in lines {
        let due = match (line.due, line.overdue) {
            (None, _) => String::new(),
            (Some(due), true) => format!(
                ", {}",
                Paint::Error.on(&format!("overdue since {}", day(due)), colour)
            ),
            (Some(due), false) => format!(", due {}", day(due)),
        };
        let _ = writeln!(
            text,
            "{}  {}, reviewed {} by {}{due}",
            Paint::Bold.on(&line.handle, colour),
            line.role.role,
            day(line.role.reviewed),
            line.role.reviewed_by
        );
    }
    text.push_str(
        "\nConfirm with `kept account review ACCOUNT ROLE`, withdraw with `kept account withdraw \
         ACCOUNT ROLE`.\n",
    );
    text
}

fn line_json(line: &ReviewLine) -> Value {
    json!({
        "account": line.handle,
        "role": line.role.role,
        "granted": line.role.granted.to_string(),
        "reviewed": line.role.reviewed.to_string(),
        "reviewed-by": line.role.reviewed_by,
        "due": line.due.map(|due| due.to_string()),
        "overdue": line.overdue,
    })
}
