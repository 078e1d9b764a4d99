//! `kept distribute`: the databases spread over several machines, with Citus.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::distribute::{Distributed, Plan, SHARDS};

use super::options::{Changing, Place};
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept distribute --dry-run --data D
  kept distribute --shards 64 --data D

For an installation on PostgreSQL whose two databases have the extension Citus, its machines
added. Each database is done as a whole, while nobody writes to it. Run it again after an upgrade:
it does what is missing. See docs/citus.md.";

/// Spreads the databases over several machines.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Distribute {
    /// How many shards a table is divided into; a few for each processor of all machines together
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = SHARDS,
        value_parser = clap::value_parser!(u32).range(1..=64_000)
    )]
    shards: u32,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Distribute {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let done = kept.distribute(self.shards, &acting)?;
        context.answer(|colour| text(&done, colour), || to_json(&done));
        Ok(Exit::Done)
    }
}

fn text(done: &Distributed, colour: bool) -> String {
    if done.plans.is_empty() {
        return "both databases are distributed already: nothing is missing\n".to_owned();
    }
    let word = match done.receipt {
        Some(_) => "done:",
        None => "would be done:",
    };
    let mut text = format!(
        "{} {} calls of Citus\n",
        Paint::Good.on(word, colour),
        done.plans.len()
    );
    for (name, plan) in [("data", &done.plans.data), ("keyring", &done.plans.keyring)] {
        if !plan.is_empty() {
            let _ = writeln!(text, "{}", Paint::Bold.on(name, colour));
        }
        for call in plan.calls() {
            let _ = writeln!(text, "  {};", call.text);
        }
    }
    text
}

fn to_json(done: &Distributed) -> Value {
    let calls = |plan: &Plan| {
        plan.calls()
            .map(|call| call.text.clone())
            .collect::<Vec<_>>()
    };
    json!({
        "dry-run": done.receipt.is_none() && !done.plans.is_empty(),
        "data": calls(&done.plans.data),
        "keyring": calls(&done.plans.keyring),
        "entry": done.receipt,
    })
}
