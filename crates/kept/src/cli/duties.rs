//! `kept duties`: who is still to be informed of data that somebody else gave (GDPR 14; 6c).

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::announce::{Duties as Counts, OpenDuty};

use super::options::{Changing, Place};
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept duties --data D

Whoever gives data about somebody else starts a duty: the person is told within a month, and before
the first other message, or before anybody outside the house gets the data. `kept announce send`
tells them by mail, a server with a mail server in its configuration does so by itself, and `kept
told` records that they were told otherwise.";

/// Says who is still to be informed of data that somebody else gave.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Duties {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Duties {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let counts = kept.duties()?;
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let open = kept.open_duties(&acting)?;
        let tells = kept.law().policy().announcements.is_some();
        context.answer(
            |colour| text(counts, &open, tells, colour),
            || to_json(counts, &open),
        );
        Ok(Exit::Done)
    }
}

fn text(counts: Counts, open: &[OpenDuty], tells: bool, colour: bool) -> String {
    let mut text = format!(
        "to be informed: {} due, {} overdue; {} done\n",
        counts.due, counts.overdue, counts.done
    );
    for duty in open {
        let when = match duty.overdue {
            true => Paint::Error.on("overdue", colour),
            false => "by".to_owned(),
        };
        let _ = write!(
            text,
            "  {}  {when} {}  {}",
            duty.subject, duty.due, duty.origin
        );
        if let Some(why) = &duty.hindered {
            let _ = write!(text, "  not reached by mail: {why}");
        }
        text.push('\n');
    }
    if !open.is_empty() && !tells {
        text.push_str(
            "the policy does not say for which purpose people are written to: add [announcements] \
             to it, or tell them otherwise and record it with `kept told`\n",
        );
    }
    text
}

fn to_json(counts: Counts, open: &[OpenDuty]) -> Value {
    let open = open.iter().map(|duty| {
        json!({
            "person": duty.subject.to_string(),
            "origin": duty.origin,
            "since": duty.since.to_string(),
            "due": duty.due.to_string(),
            "overdue": duty.overdue,
            "not-reached": duty.hindered,
        })
    });
    json!({
        "due": counts.due,
        "overdue": counts.overdue,
        "done": counts.done,
        "next": counts.next.map(|day| day.to_string()),
        "open": open.collect::<Vec<_>>(),
    })
}
