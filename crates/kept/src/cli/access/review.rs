//! `kept access review`: what closes soon unless somebody acts, and what has closed (9b, 21a).

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use domain::rule::Unaccepted;
use serde_json::{Value, json};
use services::Kept;
use services::access::{Due, DueWhat};

use crate::cli::options::Place;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

/// Lists what is due.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// How many days ahead it looks
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    within: u16,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Review {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let due = kept.access().due_within(self.within)?;
        context.answer(
            |colour| text(&due, self.within, colour),
            || json!({ "due": due.iter().map(due_json).collect::<Vec<_>>() }),
        );
        Ok(Exit::Done)
    }
}

fn text(due: &[Due], within: u16, colour: bool) -> String {
    if due.is_empty() {
        return format!("nothing closes within {within} days\n");
    }
    let mut text = String::new();
    for one in due {
        let when = match (one.day, one.overdue) {
            (Some(day), true) => Paint::Error.on(&format!("closed since {day}"), colour),
            (None, true) => Paint::Error.on("closed", colour),
            (Some(day), false) => format!("closes after {day}"),
            (None, false) => String::new(),
        };
        let (what, remedy) = words(&one.what);
        let _ = writeln!(text, "{when}  {what}\n  {remedy}");
    }
    text
}

/// What it is, and what to do.
fn words(what: &DueWhat) -> (String, String) {
    match what {
        DueWhat::Role {
            account,
            role,
            reviewed_by,
        } => {
            let by = match reviewed_by {
                Some(by) => format!("whoever has the role {by}, or administers rights"),
                None => "whoever administers rights".to_owned(),
            };
            (
                format!("the role {role} of {account}"),
                format!("{by}: `kept account review {account} {role}`, or `withdraw`"),
            )
        }
        DueWhat::Key { program, key } => (
            format!("the key of {program}"),
            format!("`kept key review {key}`, or `revoke`"),
        ),
        DueWhat::Undertaking { account, lacks } => {
            let why = match lacks {
                Some(Unaccepted::Unpublished) => " (not published)",
                Some(Unaccepted::Never) => " (never accepted)",
                Some(Unaccepted::Newer) => " (a new version)",
                Some(Unaccepted::Due(_)) | None => "",
            };
            (
                format!("the undertaking of confidentiality of {account}{why}"),
                format!("{account} accepts it: `kept account accept --as {account}`"),
            )
        }
    }
}

fn due_json(due: &Due) -> Value {
    let mut line = match &due.what {
        DueWhat::Role {
            account,
            role,
            reviewed_by,
        } => json!({
            "what": "role", "account": account, "role": role, "reviewed-by": reviewed_by,
        }),
        DueWhat::Key { program, key } => json!({
            "what": "key", "program": program, "key": key.to_string(),
        }),
        DueWhat::Undertaking { account, .. } => json!({
            "what": "undertaking", "account": account,
        }),
    };
    line["due"] = json!(due.day.map(|day| day.to_string()));
    line["overdue"] = json!(due.overdue);
    line
}
