//! `kept journal prove`.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::journal::{Shown, check_proof, verifier};

use crate::cli::options::{Changing, Place};
use crate::cli::{Alone, Context, Exit, OnInstallation, invalid};

const EXAMPLE: &str = "\
Examples:
  kept journal prove 1207 --data D > entry-1207.tlog-proof
  kept journal prove --check entry-1207.tlog-proof --key 'kept/...+1a2b3c4d+AZ...'

The proof is that of C2SP tlog-proof; docs/journal-format.md says how to check it without Kept. The
key is the line in the file journal/verifier of the installation: take it from a source of your own.
Making a proof opens the entry's detail, and is in the journal itself.";

/// Proves an entry, or checks a proof.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Prove {
    /// The number of the entry
    #[arg(
        value_name = "ENTRY",
        required_unless_present = "check",
        conflicts_with = "check"
    )]
    entry: Option<u64>,

    /// Of a bulk act: the number of one person's part, from 0
    #[arg(long, value_name = "PART", requires = "entry")]
    part: Option<u64>,

    /// Check the proof in this file; no installation is needed
    #[arg(long, value_name = "FILE", requires = "key")]
    check: Option<PathBuf>,

    /// The journal's public key, to check with
    #[arg(long, value_name = "VERIFIER", requires = "check")]
    key: Option<String>,

    #[command(flatten)]
    place: Place,
}

impl Prove {
    /// Whether a proof is to be checked, not made.
    pub(super) fn is_check(&self) -> bool {
        self.check.is_some()
    }
}

impl OnInstallation for Prove {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let entry = self.entry.unwrap_or_default();
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let proof = kept.prove_entry(entry, self.part, &acting)?;
        let check = format!(
            "kept journal prove --check entry-{entry}.tlog-proof --key '{}'",
            proof.verifier
        );
        let shown = proof.shown();
        context.answer(
            |_| proof.text.clone(),
            || {
                let mut json = to_json(&shown);
                json["proof"] = proof.text.clone().into();
                json["key"] = proof.verifier.to_string().into();
                json["check"] = check.clone().into();
                json
            },
        );
        if !context.for_programs {
            let note = format!("{}to check it: {check}\n", text(&shown));
            context.io.complain(&note);
        }
        Ok(Exit::Done)
    }
}

impl Alone for Prove {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let (Some(file), Some(key)) = (&self.check, &self.key) else {
            return Err(invalid("a proof and a key are needed"));
        };
        let path = context.io.path(file);
        let bytes = fs::read(&path).map_err(|error| {
            invalid(format!("{} cannot be read", path.display()))
                .remedy("name the file that the proof is in")
                .because(error)
        })?;
        let shown = check_proof(&String::from_utf8_lossy(&bytes), &verifier(key)?)?;
        context.answer(|_| text(&shown), || to_json(&shown));
        Ok(Exit::Done)
    }
}

fn text(shown: &Shown) -> String {
    let mut text = format!(
        "entry {} of {}: {} by {} {} at {}\n",
        shown.entry, shown.size, shown.act, shown.actor, shown.account, shown.at
    );
    if let Some(subject) = &shown.subject {
        text.push_str(&format!("about {subject}\n"));
    }
    if let Some(rule) = &shown.rule {
        text.push_str(&format!("by the rule {rule}\n"));
    }
    text.push_str(&format!("in the journal {}\n", shown.origin));
    text
}

fn to_json(shown: &Shown) -> Value {
    json!({
        "entry": shown.entry,
        "size": shown.size,
        "origin": shown.origin,
        "act": shown.act,
        "actor": shown.actor,
        "account": shown.account,
        "at": shown.at.to_string(),
        "subject": shown.subject,
        "records": shown.records,
        "categories": shown.categories,
        "purpose": shown.purpose,
        "basis": shown.basis,
        "count": shown.count,
        "rule": shown.rule,
        "policy-version": shown.policy_version,
    })
}
