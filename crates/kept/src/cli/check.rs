//! `kept check`: all that is wrong with a policy, at once.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::{Fault, FaultKind};
use policy::{Diagnostic, Outcome};
use serde_json::{Value, json};
use services::documents::DocumentFile;

use super::policy_file::{self, PolicyFile};
use super::{Alone, Context, Exit, document_files};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept check policies/assess-manager
  kept check policy.toml --json

Errors keep a policy from running: the exit code is then 2. Advice does not: it says where law or
guidance asks for more than the policy gives, and can be acknowledged in the file, with a reason.
`kept explain CODE` says more about each.";

/// Says all that is wrong with a policy and the documents beside it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Check {
    /// A policy file, or a folder with a policy.toml and its documents in it
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
        let documents = documents(&self.policy, &outcome, context)?;
        context.answer(
            |colour| {
                let mut text = self.text(&file, &outcome, count, colour);
                for document in &documents {
                    text.push_str(&document.text(colour));
                }
                text
            },
            || json(&file, &outcome, count, &documents),
        );
        let sound = documents
            .iter()
            .all(|document| document.diagnostics.is_empty());
        Ok(if count.errors == 0 && sound {
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

/// A document beside the policy, with what is wrong in its file.
struct Checked {
    file: DocumentFile,
    diagnostics: Vec<Diagnostic>,
}

/// The documents beside a policy: what they may be called stands in it, so it has to run.
fn documents(
    policy: &Path,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<Vec<Checked>, Fault> {
    let Some(compiled) = &outcome.policy else {
        return Ok(Vec::new());
    };
    let files = document_files::beside(policy, context.io)?;
    let checked = files.into_iter().map(|file| Checked {
        diagnostics: policy::compile_edition(&file.source, compiled, &[]).diagnostics,
        file,
    });
    Ok(checked.collect())
}

impl Checked {
    fn text(&self, colour: bool) -> String {
        let found = policy::render(
            &self.diagnostics,
            &self.file.source,
            &self.file.name,
            colour,
        );
        let verdict = match self.diagnostics.len() {
            0 => Paint::Good.on("the document can be published", colour),
            1 => Paint::Error.on("1 error", colour),
            n => Paint::Error.on(&format!("{n} errors"), colour),
        };
        format!("{found}{}: {verdict}\n", self.file.name)
    }
}

fn json(file: &PolicyFile, outcome: &Outcome, count: Count, documents: &[Checked]) -> Value {
    json!({
        "file": file.name,
        "runs": count.errors == 0,
        "errors": count.errors,
        "advice": count.advice,
        "acknowledged": count.acknowledged,
        "diagnostics": policy::to_json(&outcome.diagnostics, &file.source),
        "documents": documents.iter().map(|document| json!({
            "file": document.file.name,
            "errors": document.diagnostics.len(),
            "diagnostics": policy::to_json(&document.diagnostics, &document.file.source),
        })).collect::<Value>(),
    })
}
