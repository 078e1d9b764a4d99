//! `kept drill`: a backup restored into an empty place, looked at, and removed again.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use domain::{Fault, FaultKind};
use jiff::SignedDuration;
use serde_json::{Value, json};
use services::Kept;
use services::backup::{Drill as Wanted, Drilled};

use super::backup::named;
use super::new_file::{self, Readers};
use super::options::{Changing, Place};
use super::quantity::{counted, entries};
use super::{Context, Exit, OnInstallation, invalid};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept drill --data D
  kept drill --from /mnt/backup --keyring /mnt/copy --report drill.md --data D

Everything is as on a bad day: the latest backup is joined with the shipped copy of the keyring, in
a temporary folder that is removed again. Then it is looked at: the journal verifies, what is held
opens, what was erased is not there, what was imposed is in force. The report says how long it took
and what would have been lost; it names nobody. If anything is wrong the exit code is 7.";

/// Restores a backup for show, checks it, and reports.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Drill {
    /// The place of the backups; that of the last backup, if left out
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// The place that the keyring is shipped to; one of installation.toml, if left out
    #[arg(long, value_name = "PLACE")]
    keyring: Option<String>,

    /// Which backup; the latest, if left out
    #[arg(long, value_name = "BACKUP")]
    backup: Option<String>,

    /// A new file that the report is written to
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Drill {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let report = self.report.as_deref().map(|path| context.io.path(path));
        report.as_deref().map_or(Ok(()), new_file::free)?;
        let from = match &self.from {
            Some(from) => named(from, context.io),
            None => {
                let last = kept.last_backup()?;
                let none = || {
                    invalid("no backup was made yet")
                        .remedy("make one with `kept backup --to PLACE`")
                };
                last.ok_or_else(none)?.place
            }
        };
        let named_keyring = self.keyring.as_deref().map(|it| named(it, context.io));
        let wanted = Wanted {
            from,
            keyring: named_keyring.or_else(|| kept.copy_places().first().cloned()),
            backup: self.backup.clone(),
        };
        let work = tempfile::Builder::new()
            .prefix("kept-drill-")
            .tempdir()
            .map_err(|error| {
                Fault::new(FaultKind::Unavailable, "there is no room for a drill")
                    .remedy("make room in the folder for temporary files, or set TMPDIR to another")
                    .because(error)
            })?;
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let bar = context.io.progress("rows", None);
        let folder = work.path().join("restored");
        let drilled = kept.drill(&wanted, &folder, &acting, &mut |rows| bar.set(rows));
        drop(bar);
        // Nothing stays behind, whatever came of it.
        let removed = work.close();
        let drilled = drilled?;
        removed.map_err(|error| {
            Fault::new(
                FaultKind::Unavailable,
                "the drill's folder cannot be removed",
            )
            .remedy("remove `kept-drill-…` from the folder for temporary files by hand")
            .because(error)
        })?;
        if let Some(path) = &report {
            new_file::write(path, markdown(&drilled).as_bytes(), Readers::Everybody)?;
        }
        context.answer(|colour| text(&drilled, colour), || to_json(&drilled));
        Ok(match drilled.is_good() {
            true => Exit::Done,
            false => Exit::Found(FaultKind::Integrity),
        })
    }
}

fn text(drilled: &Drilled, colour: bool) -> String {
    let mut text = String::new();
    for finding in &drilled.findings {
        let word = match finding.good {
            true => Paint::Good.on("good", colour),
            false => Paint::Error.on("wrong", colour),
        };
        let _ = writeln!(text, "{word}  {}: {}", finding.what, finding.how);
    }
    let _ = writeln!(
        text,
        "restored {} in {}, looked at in {}",
        drilled.restored.backup,
        seconds(drilled.took),
        seconds(drilled.looked)
    );
    let _ = writeln!(
        text,
        "a bad day now would lose the data of {} ({} of the journal) and {}",
        span(drilled.data_age),
        entries(drilled.entries_since),
        counted(drilled.acts_behind, "restrictive act")
    );
    text
}

/// The report: what was done, what was found, how long it took, what would be lost.
fn markdown(drilled: &Drilled) -> String {
    let restored = &drilled.restored;
    let mut text = format!(
        "# Recovery drill of {}\n\nA backup was restored into an empty place, looked at and removed \
         again: **{}**. Made by `kept drill`; it names nobody.\n\n",
        drilled.at.strftime("%Y-%m-%d %H:%M UTC"),
        match drilled.is_good() {
            true => "all is as it is to be",
            false => "something is wrong",
        }
    );
    let _ = write!(
        text,
        "| what | |\n|---|---|\n| backup | `{}`, of {} |\n| keyring | copy of {} |\n| journal | {} \
         entries of the backup, {} from the shipped copy |\n",
        restored.backup,
        restored.at.strftime("%Y-%m-%d %H:%M UTC"),
        restored.keyring_at.strftime("%Y-%m-%d %H:%M UTC"),
        restored.journal_size,
        restored.entries
    );
    let _ = write!(
        text,
        "| time to restore | {} |\n| time to look | {} |\n",
        seconds(drilled.took),
        seconds(drilled.looked)
    );
    text.push_str("\n## What was looked at\n\n| what | | how |\n|---|---|---|\n");
    for finding in &drilled.findings {
        let word = if finding.good { "good" } else { "**wrong**" };
        let _ = writeln!(text, "| {} | {word} | {} |", finding.what, finding.how);
    }
    let _ = write!(
        text,
        "\n## What a bad day would have lost\n\n- Data: what was stored in the {} since the backup; \
         the journal has had {} since.\n- Restrictive acts (erasures, objections, withdrawals, \
         restrictions, holds): {}.\n",
        span(drilled.data_age),
        entries(drilled.entries_since),
        match drilled.acts_behind {
            0 => "none".to_owned(),
            behind => format!("{behind}, which were not shipped yet"),
        }
    );
    text.push_str("\n## What was in the backup\n\n| table | rows |\n|---|---|\n");
    for (table, rows) in restored.rows.iter().filter(|(_, rows)| *rows > 0) {
        let _ = writeln!(text, "| {table} | {rows} |");
    }
    text
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

/// A span of time in whole days, hours or minutes.
fn span(span: SignedDuration) -> String {
    match span.as_hours() {
        48.. => counted(span.as_hours() / 24, "day"),
        1.. => counted(span.as_hours(), "hour"),
        _ => counted(span.as_mins(), "minute"),
    }
}

fn to_json(drilled: &Drilled) -> Value {
    let findings = drilled
        .findings
        .iter()
        .map(|finding| json!({ "what": finding.what, "good": finding.good, "how": finding.how }));
    json!({
        "good": drilled.is_good(),
        "backup": drilled.restored.backup,
        "at": drilled.at.to_string(),
        "findings": findings.collect::<Vec<_>>(),
        "restore-seconds": drilled.took.as_secs_f64(),
        "look-seconds": drilled.looked.as_secs_f64(),
        "data-age-seconds": drilled.data_age.as_secs(),
        "entries-since": drilled.entries_since,
        "restrictive-acts-behind": drilled.acts_behind,
        "entry": drilled.receipt,
    })
}
