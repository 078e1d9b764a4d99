//! `kept apply`: puts a changed policy, or the authorisation beside it, into force.

use std::path::PathBuf;

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::apply::Applied;
use services::authorisation::AuthorisationApplied;
use services::documents::NewEdition;
use services::{Acting, Kept};

use super::confirm::Confirming;
use super::documents::publish;
use super::options::{Changing, Place};
use super::quantity::{people, verb};
use super::{Context, Exit, OnInstallation, document_files, plan, policy_file};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept apply policies/assess-manager --data D --dry-run
  kept apply policies/assess-manager --data D

Whatever had expired under the old policy is ended first. What the new one shortens is shorter at
once; what it lengthens, or a new purpose, reaches a person from the day they are told. New versions
of the documents beside the policy are published with it: `kept documents publish` publishes one
without a new policy. `kept plan` shows all of it beforehand.

An authorisation.toml beside the policy comes into force with it, or alone where the policy is the
one in force; it opens and closes from that moment on.

What it ends cannot be brought back, by anybody. On a terminal you are asked to type `yes`;
elsewhere say `--yes`, or nothing is changed and the exit code is 2.";

/// Puts a policy into force.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Apply {
    /// The policy, with a higher version: a file, or a folder with a policy.toml and its documents
    /// in it
    policy: PathBuf,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    confirming: Confirming,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Apply {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let file = policy_file::read(&self.policy, context.io)?;
        let beside = policy_file::beside(&file, context.io)?;
        let acting = context.acting(&self.place, self.changing);
        if let Some(new) = plan::alone(&file, beside.as_ref(), kept)? {
            let applied = kept.apply_authorisation(&new, &acting)?;
            answer_alone(applied, acting.dry_run, context);
            return Ok(Exit::Done);
        }
        let candidate = plan::candidate(&file, beside, kept)?;
        let documents = document_files::beside(&self.policy, context.io)?;
        // Before anything changes: what cannot be published keeps the policy from coming into force.
        let mut editions = kept.new_editions(&documents, candidate.policy())?;
        if !acting.dry_run {
            self.confirming.confirm(context, || {
                let dry_run = Acting {
                    dry_run: true,
                    ..acting.clone()
                };
                let would = kept.apply(&candidate, &dry_run, &mut |_| {})?;
                Ok(text(&would, &editions, true, false))
            })?;
        }
        let bar = context.io.progress("people looked at", None);
        let applied = kept.apply(&candidate, &acting, &mut |done| bar.set(done))?;
        drop(bar);
        let dry_run = acting.dry_run;
        if !dry_run {
            editions = kept.publish_documents(&documents, &acting)?;
        }
        context.answer(
            |colour| text(&applied, &editions, dry_run, colour),
            || {
                json!({
                    "dry-run": dry_run,
                    "version": applied.version,
                    "ended": applied.ended,
                    "destroyed": applied.destroyed,
                    "announced": applied.announced,
                    "published": publish::to_json(&editions),
                    "receipt": (!dry_run).then_some(applied.entry),
                })
            },
        );
        Ok(Exit::Done)
    }
}

fn text(applied: &Applied, editions: &[NewEdition], dry_run: bool, colour: bool) -> String {
    let (begin, one, many) = if dry_run {
        (String::new(), "would be", "would be")
    } else {
        (format!("{} ", Paint::Good.on("done:", colour)), "is", "are")
    };
    let mut text = format!(
        "{begin}version {} {one} in force\n  \
         {} grounds that had expired {many} ended for good\n  \
         {} records that it does not declare any more {many} destroyed\n",
        applied.version, applied.ended, applied.destroyed
    );
    for edition in editions {
        let (name, version) = (&edition.edition.name, edition.edition.version);
        text.push_str(&format!("  {name}, version {version}, {one} published\n"));
    }
    if !dry_run {
        text.push_str(&match applied.announced {
            Some(0) => "  it concerns nobody who would be told by mail\n".to_owned(),
            Some(many) => format!(
                "  {} {} told by mail: by the server, or by `kept announce send`\n",
                people(many),
                verb(many, "is", "are")
            ),
            None => {
                "  the policy does not say how people are told: `kept told` records it\n".to_owned()
            }
        });
        text.push_str(&format!("  entry {} of the journal\n", applied.entry));
    }
    text
}

fn answer_alone(applied: AuthorisationApplied, dry_run: bool, context: &mut Context<'_>) {
    let version = applied.version;
    context.answer(
        |colour| match applied.entry {
            Some(entry) => format!(
                "{} authorisation version {version} is in force\n  entry {entry} of the journal\n",
                Paint::Good.on("done:", colour)
            ),
            None => format!("authorisation version {version} would be in force\n"),
        },
        || {
            json!({
                "dry-run": dry_run,
                "authorisation-version": version,
                "receipt": applied.entry,
            })
        },
    );
}
