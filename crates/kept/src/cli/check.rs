//! `kept check`: all that is wrong with a policy, at once.

use std::path::PathBuf;

use clap::Args;
use domain::{Fault, FaultKind};
use policy::{Diagnostic, Outcome};
use serde_json::{Value, json};

use super::policy_file::{self, PolicyFile};
use super::{Alone, Context, Exit};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept check policies/assess-manager
  kept check policy.toml --json

Errors keep a policy from running: the exit code is then 2. Advice does not: it says where law or
guidance asks for more than the policy gives, and can be acknowledged in the file, with a reason.
`kept explain CODE` says more about each.";

/// Says all that is wrong with a policy.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Check {
    /// A policy file, or a folder with a policy.toml in it
    policy: PathBuf,

    /// Show the advice that the file acknowledges, too
    #[arg(long)]
    acknowledged: bool,
}

impl Alone for Check {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let file = policy_file::read(&self.policy, context.io)?;
        let outcome = policy::compile(&file.source);
        let count = Count::of(&outcome);
        context.answer(
            |colour| self.text(&file, &outcome, count, colour),
            || json(&file, &outcome, count),
        );
        Ok(if count.errors == 0 {
            Exit::Done
        } else {
            Exit::Found(FaultKind::Invalid)
        })
    }
}

impl Check {
    fn text(&self, file: &PolicyFile, outcome: &Outcome, count: Count, colour: bool) -> String {
        let shown: Vec<Diagnostic> = outcome
            .diagnostics
            .iter()
            .filter(|diagnostic| self.acknowledged || diagnostic.acknowledged.is_none())
            .cloned()
            .collect();
        let found = policy::render(&shown, &file.source, &file.name, colour);
        format!("{found}{}: {}\n", file.name, count.sentence(colour))
    }
}

/// How much was found.
#[derive(Clone, Copy)]
struct Count {
    errors: usize,
    advice: usize,
    acknowledged: usize,
}

impl Count {
    fn of(outcome: &Outcome) -> Self {
        let errors = outcome.errors().count();
        let advice = outcome.open_advice().count();
        Self {
            errors,
            advice,
            acknowledged: outcome.diagnostics.len() - errors - advice,
        }
    }

    fn sentence(self, colour: bool) -> String {
        let verdict = match self.errors {
            0 => Paint::Good.on("the policy runs", colour),
            1 => Paint::Error.on("1 error, the policy does not run", colour),
            n => Paint::Error.on(&format!("{n} errors, the policy does not run"), colour),
        };
        let advice = match self.advice {
            0 => String::new(),
            1 => "; 1 piece of advice".to_owned(),
            n => format!("; {n} pieces of advice"),
        };
        let acknowledged = match self.acknowledged {
            0 => String::new(),
            n => format!("; {n} acknowledged"),
        };
        format!("{verdict}{advice}{acknowledged}")
    }
}

fn json(file: &PolicyFile, outcome: &Outcome, count: Count) -> Value {
    json!({
        "file": file.name,
        "runs": count.errors == 0,
        "errors": count.errors,
        "advice": count.advice,
        "acknowledged": count.acknowledged,
        "diagnostics": policy::to_json(&outcome.diagnostics, &file.source),
    })
}
