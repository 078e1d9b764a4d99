//! `kept sweep`: what is due goes.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::sweep::{Outcome, Swept, Went};

use super::options::{Changing, Place};
use super::quantity::{people, verb};
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept sweep --data D --dry-run
  kept sweep --data D

What is past its term is unreadable already; the sweep destroys its keys and rows, or counts it into
a statistic first, where the policy says so. The report says by which rule.";

/// Destroys what nothing keeps any more.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Sweep {
    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Sweep {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let bar = context.io.progress("records swept", None);
        let swept = kept.sweep(&acting, &mut |done| bar.set(done))?;
        drop(bar);
        context.answer(
            |colour| text(&swept, acting.dry_run, colour),
            || to_json(&swept, acting.dry_run),
        );
        Ok(Exit::Done)
    }
}

fn text(swept: &Swept, dry_run: bool, colour: bool) -> String {
    if swept.went.is_empty() {
        return "nothing is due\n".to_owned();
    }
    let mut text = String::new();
    for (went, records) in &swept.went {
        let Went {
            category,
            rule,
            outcome,
        } = went;
        let rule = Paint::Bold.on(rule, colour);
        let _ = writeln!(
            text,
            "{records:>8}  {category}, {}, by {rule}",
            word(*outcome)
        );
    }
    let (went, erased) = if dry_run {
        ("would go", "nothing would be held any more")
    } else {
        ("went", "nothing is held any more")
    };
    let _ = writeln!(
        text,
        "{:>8}  {} {went}; about {} {erased}",
        swept.records(),
        verb(swept.records(), "record", "records"),
        people(swept.people)
    );
    text
}

fn to_json(swept: &Swept, dry_run: bool) -> Value {
    let went: Vec<Value> = swept
        .went
        .iter()
        .map(
            |(
                Went {
                    category,
                    rule,
                    outcome,
                },
                records,
            )| {
                json!({
                    "rule": rule,
                    "category": category,
                    "outcome": word(*outcome),
                    "records": records,
                })
            },
        )
        .collect();
    json!({
        "dry-run": dry_run,
        "records": swept.records(),
        "people": swept.people,
        "went": went,
    })
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Deleted => "deleted",
        Outcome::Anonymised => "anonymised",
    }
}
