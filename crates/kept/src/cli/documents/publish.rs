//! `kept documents publish`: new versions of documents, and nothing else.

use std::path::PathBuf;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::documents::NewEdition;

use crate::cli::options::{Changing, Place};
use crate::cli::{Context, Exit, OnInstallation, document_files};
use crate::io::colour::Paint;

/// Publishes new versions of documents.
#[derive(Debug, Args)]
pub(super) struct Publish {
    /// A document's file, or a policy's folder with a folder `documents` in it
    #[arg(required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Publish {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let files = document_files::read(&self.files, context.io)?;
        let acting = context.acting(&self.place, self.changing);
        let new = kept.publish_documents(&files, &acting)?;
        let dry_run = acting.dry_run;
        context.answer(
            |colour| {
                let begin = if dry_run { "would be done:" } else { "done:" };
                let begin = Paint::Good.on(begin, colour);
                match new.as_slice() {
                    [] => "nothing is new: every version is published already\n".to_owned(),
                    new => new
                        .iter()
                        .map(|one| format!("{begin} {}\n", published(one)))
                        .collect(),
                }
            },
            || json!({ "dry-run": dry_run, "published": to_json(&new) }),
        );
        Ok(Exit::Done)
    }
}

/// `terms-of-business, version 2, is published`.
fn published(one: &NewEdition) -> String {
    let edition = &one.edition;
    format!("{}, version {}, published", edition.name, edition.version)
}

/// What was published, for programs.
pub(in crate::cli) fn to_json(new: &[NewEdition]) -> Value {
    new.iter()
        .map(|one| json!({ "document": one.edition.name, "version": one.edition.version }))
        .collect()
}
