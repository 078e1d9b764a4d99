//! `kept check`: all that is wrong with a policy and what lies beside it, at once.

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
`kept explain CODE` says more about each. An authorisation.toml beside the policy is checked too.";

/// Says all that is wrong with a policy, and with the authorisation and the documents beside it.
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
        let beside = policy_file::beside(&file, context.io)?;
        let outcome = policy::compile(&file.source);
        let authorisation = match (beside, &outcome.policy) {
            (Some(beside), Some(policy)) => {
                let outcome = policy::authorisation::compile(&beside.source, policy);
                Beside::Checked(Checked::new(beside, outcome.diagnostics, "authorisation"))
            }
            (Some(beside), None) => Beside::Waits(beside.name),
            (None, _) => Beside::Nothing,
        };
        let documents = documents(&self.policy, &outcome, context)?;
        let policy = Checked::new(file, outcome.diagnostics, "policy");
        let errors = policy.count.errors + authorisation.errors();
        context.answer(
            |colour| {
                let mut text = self.text(&policy, colour);
                match &authorisation {
                    Beside::Nothing => {}
                    Beside::Waits(name) => {
                        text.push_str(&format!("{name}: is checked once the policy runs\n"));
                    }
                    Beside::Checked(beside) => text.push_str(&self.text(beside, colour)),
                }
                for document in &documents {
                    text.push_str(&document.text(colour));
                }
                text
            },
            || {
                let mut json = policy.json();
                json["authorisation"] = match &authorisation {
                    Beside::Checked(beside) => beside.json(),
                    Beside::Nothing | Beside::Waits(_) => Value::Null,
                };
                json["documents"] = documents.iter().map(CheckedDocument::json).collect();
                json
            },
        );
        let sound = documents
            .iter()
            .all(|document| document.diagnostics.is_empty());
        Ok(if errors == 0 && sound {
            Exit::Done
        } else {
            Exit::Found(FaultKind::Invalid)
        })
    }
}

impl Check {
    fn text(&self, checked: &Checked, colour: bool) -> String {
        let shown: Vec<Diagnostic> = checked
            .diagnostics
            .iter()
            .filter(|diagnostic| self.acknowledged || diagnostic.acknowledged.is_none())
            .cloned()
            .collect();
        let file = &checked.file;
        let found = policy::render(&shown, &file.source, &file.name, colour);
        let sentence = checked.count.sentence(checked.what, colour);
        format!("{found}{}: {sentence}\n", file.name)
    }
}

/// What lies beside the policy.
enum Beside {
    /// No authorisation.
    Nothing,
    /// One that cannot be checked, since the policy does not run.
    Waits(String),
    /// One that was checked.
    Checked(Checked),
}

impl Beside {
    fn errors(&self) -> usize {
        match self {
            Self::Checked(checked) => checked.count.errors,
            Self::Nothing | Self::Waits(_) => 0,
        }
    }
}

/// A file, with what was found in it.
struct Checked {
    file: PolicyFile,
    what: &'static str,
    diagnostics: Vec<Diagnostic>,
    count: Count,
}

impl Checked {
    fn new(file: PolicyFile, diagnostics: Vec<Diagnostic>, what: &'static str) -> Self {
        Self {
            count: Count::of(&diagnostics),
            file,
            what,
            diagnostics,
        }
    }

    fn json(&self) -> Value {
        json!({
            "file": self.file.name,
            "runs": self.count.errors == 0,
            "errors": self.count.errors,
            "advice": self.count.advice,
            "acknowledged": self.count.acknowledged,
            "diagnostics": policy::to_json(&self.diagnostics, &self.file.source),
        })
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
    fn of(diagnostics: &[Diagnostic]) -> Self {
        let count =
            |of: &dyn Fn(&Diagnostic) -> bool| diagnostics.iter().filter(|it| of(it)).count();
        let errors = count(&Diagnostic::is_error);
        let acknowledged = count(&|it| !it.is_error() && it.acknowledged.is_some());
        Self {
            errors,
            advice: diagnostics.len() - errors - acknowledged,
            acknowledged,
        }
    }

    fn sentence(self, what: &str, colour: bool) -> String {
        let errors = match self.errors {
            1 => "1 error".to_owned(),
            n => format!("{n} errors"),
        };
        let verdict = match self.errors {
            0 => Paint::Good.on(&format!("the {what} runs"), colour),
            _ => Paint::Error.on(&format!("{errors}, the {what} does not run"), colour),
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
struct CheckedDocument {
    file: DocumentFile,
    diagnostics: Vec<Diagnostic>,
}

/// The documents beside a policy: what they may be called stands in it, so it has to run.
fn documents(
    policy: &Path,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<Vec<CheckedDocument>, Fault> {
    let Some(compiled) = &outcome.policy else {
        return Ok(Vec::new());
    };
    let files = document_files::beside(policy, context.io)?;
    let checked = files.into_iter().map(|file| CheckedDocument {
        diagnostics: policy::compile_edition(&file.source, compiled, &[]).diagnostics,
        file,
    });
    Ok(checked.collect())
}

impl CheckedDocument {
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

    fn json(&self) -> Value {
        json!({
            "file": self.file.name,
            "errors": self.diagnostics.len(),
            "diagnostics": policy::to_json(&self.diagnostics, &self.file.source),
        })
    }
}
