//! `kept journal verify`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::{Value, json};
use services::Kept;
use services::journal::{Outside, Verified, verifier};

use super::hex;
use crate::cli::options::Place;
use crate::cli::quantity::{counted, entries};
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept journal verify --data D
  kept journal verify --data D --against /mnt/notary --against last-audit.checkpoint

Every finding names its place. It ends with exit code 7 when there is any.";

/// Verifies the journal.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Verify {
    /// A checkpoint or statement kept outside, or a folder of them; may be repeated
    #[arg(long, value_name = "FILE-OR-FOLDER")]
    against: Vec<PathBuf>,

    /// A public key that is known from elsewhere to be the journal's; may be repeated
    #[arg(long, value_name = "VERIFIER")]
    key: Vec<String>,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Verify {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let outside = Outside {
            kept: self
                .against
                .iter()
                .map(|path| context.io.path(path))
                .collect(),
            keys: self
                .key
                .iter()
                .map(|key| verifier(key))
                .collect::<Result<_, _>>()?,
        };
        let mut bar = None;
        let io = &context.io;
        let verified = kept.verify_journal(&outside, &mut |done, total| {
            bar.get_or_insert_with(|| io.progress("entries verified", Some(total)))
                .set(done);
        })?;
        drop(bar);
        context.answer(|colour| text(&verified, colour), || to_json(&verified));
        Ok(match verified.is_whole() {
            true => Exit::Done,
            false => Exit::Found(FaultKind::Integrity),
        })
    }
}

fn text(verified: &Verified, colour: bool) -> String {
    let report = &verified.report;
    let mut text = String::new();
    for finding in &report.findings {
        let place = Paint::Error.on(&finding.place.to_string(), colour);
        let _ = writeln!(text, "{place}: {}", finding.damage);
    }
    if report.findings_left_out > 0 {
        let _ = writeln!(text, "and {} more", report.findings_left_out);
    }
    let verdict = match verified.is_whole() {
        true => Paint::Bold.on("the journal is whole", colour),
        false => Paint::Error.on("the journal is not whole", colour),
    };
    let _ = writeln!(
        text,
        "{verdict}: {}, {} opened, {} pruned, {} of bulk acts, {}",
        entries(report.entries),
        counted(report.details_opened, "detail"),
        report.details_pruned,
        counted(report.parts_opened, "part"),
        counted(report.tiles, "tile")
    );
    let _ = match (verified.published, verified.outside) {
        (0, 0) => writeln!(
            text,
            "no checkpoint was published yet: nothing outside vouches for it"
        ),
        (published, 0) => writeln!(
            text,
            "checkpoint of {}; compared with none kept outside, which alone shows \
             a rewriting by whoever has the keys",
            entries(published)
        ),
        (published, outside) => writeln!(
            text,
            "checkpoint of {}; compared with {outside} kept outside",
            entries(published)
        ),
    };
    for place in &verified.unread {
        let _ = writeln!(text, "not read: {}", place.display());
    }
    let _ = writeln!(text, "root {}", hex(&report.root));
    text
}

fn to_json(verified: &Verified) -> Value {
    let report = &verified.report;
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "place": finding.place.to_string(),
                "damage": finding.damage.to_string(),
            })
        })
        .collect();
    json!({
        "whole": verified.is_whole(),
        "findings": findings,
        "findings-left-out": report.findings_left_out,
        "entries": report.entries,
        "details-opened": report.details_opened,
        "details-pruned": report.details_pruned,
        "parts-opened": report.parts_opened,
        "tiles": report.tiles,
        "checkpoints-met": report.checkpoints_met,
        "declared-lost": report.declared_lost,
        "published": verified.published,
        "outside": verified.outside,
        "not-read": verified.unread,
        "root": hex(&report.root),
    })
}
