//! `kept documents`: what stands apart from the policy, every version of each (3b).

mod list;
pub(super) mod publish;
mod show;

use clap::{Args, Subcommand};
use domain::Fault;
use policy::model::Policy;
use services::Kept;
use services::documents::DocumentFile;

use super::options::Place;
use super::{Context, Exit, OnInstallation, invalid};

const EXAMPLE: &str = "\
Examples:
  kept documents --data D
  kept documents show terms-of-business --version 1 --language fr --data D
  kept documents show terms-of-business --source --data D | sha256sum
  kept documents publish policies/assess-manager/documents/terms-of-business.toml --data D

Each document is published by itself: a new version of one changes neither the policy nor any other
document, and every version stays readable. `kept accept` records that a person accepted one.";

/// Lists, shows and publishes the documents that stand apart from the policy.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Documents {
    #[command(subcommand)]
    act: Option<DocumentsAct>,

    #[command(flatten)]
    list: list::List,
}

#[derive(Debug, Subcommand)]
enum DocumentsAct {
    /// List the documents with every version of each; so does `kept documents` alone
    List(list::List),
    /// Show one version of a document
    Show(show::Show),
    /// Publish new versions of documents, and nothing else
    Publish(publish::Publish),
}

impl Documents {
    fn command(&self) -> &dyn OnInstallation {
        match &self.act {
            None => &self.list,
            Some(DocumentsAct::List(command)) => command,
            Some(DocumentsAct::Show(command)) => command,
            Some(DocumentsAct::Publish(command)) => command,
        }
    }
}

impl OnInstallation for Documents {
    fn place(&self) -> &Place {
        self.command().place()
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        self.command().run(kept, context)
    }
}

/// Documents that are to be the first of a new installation have no errors.
pub(super) fn check(files: &[DocumentFile], policy: &Policy) -> Result<(), Fault> {
    for file in files {
        let outcome = policy::compile_edition(&file.source, policy, &[]);
        if let Some(first) = outcome.diagnostics.first() {
            return Err(invalid(format!("{}: {}", file.name, first.message))
                .remedy("`kept check` on the policy's folder shows what to mend"));
        }
    }
    Ok(())
}

/// A digest as it is shown.
fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
