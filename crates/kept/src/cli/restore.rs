//! `kept restore`: an installation from a backup and the current copy of its keyring.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use domain::{Clock as _, Fault};
use jiff::Timestamp;
use serde_json::{Value, json};
use services::backup::{Listed, Restore as Wanted, Restored, list, restore};
use services::clock::MachineClock;

use super::backup::{named, of_table, size};
use super::options::{Changing, Place};
use super::quantity::{counted, entries, people, verb};
use super::{Alone, Context, Exit, invalid};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept restore --list --from /mnt/backup --keys D.keys
  kept restore --from /mnt/backup --keyring /mnt/copy --data NEW --keys D.keys

The latest backup of a place is joined with the current copy of the keyring in a new folder. What
was erased since stays erased; withdrawals, objections, restrictions and holds since are in force
again before anything is served. The key folder stays where it is. A restore that was interrupted
leaves a folder that says so: give it again.";

/// Restores an installation into a new folder, or lists the backups of a place.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Restore {
    /// The place of the backups: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "PLACE")]
    from: String,

    /// The place that the keyring is shipped to; the same as the backups', if left out
    #[arg(long, value_name = "PLACE")]
    keyring: Option<String>,

    /// Which backup; the latest, if left out
    #[arg(long, value_name = "BACKUP", conflicts_with = "list")]
    backup: Option<String>,

    /// Show which backups there are, and restore nothing
    #[arg(long)]
    list: bool,

    #[command(flatten)]
    place: Place,
}

impl Alone for Restore {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let keys = self.keys(context)?;
        let from = named(&self.from, context.io);
        if self.list {
            let listed = list(&from, &context.io.path(&PathBuf::from(".")), &keys)?;
            let now = MachineClock.now();
            context.answer(
                |colour| list_text(&listed, now, colour),
                || list_json(&listed),
            );
            return Ok(Exit::Done);
        }
        let root = self.place.folder(context.io)?;
        let wanted = Wanted {
            from,
            keyring: self.keyring.as_deref().map(|it| named(it, context.io)),
            backup: self.backup.clone(),
            beside: context.io.path(&PathBuf::from(".")),
            root: root.clone(),
            keys,
        };
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let bar = context.io.progress("rows", None);
        let (_kept, restored) = restore(&wanted, &acting, &mut |rows| bar.set(rows))?;
        drop(bar);
        let folder = root.display().to_string();
        context.answer(
            |colour| text(&restored, &folder, colour),
            || to_json(&restored, &folder),
        );
        Ok(Exit::Done)
    }
}

impl Restore {
    fn keys(&self, context: &Context<'_>) -> Result<PathBuf, Fault> {
        let keys = self.place.keys.as_deref().ok_or_else(|| {
            invalid("no key folder was named")
                .remedy("add `--keys FOLDER`: without the installation's keys a backup is bytes")
        })?;
        Ok(context.io.path(keys))
    }
}

fn list_text(listed: &[Listed], now: Timestamp, colour: bool) -> String {
    let mut text = String::new();
    for one in listed {
        let name = Paint::Bold.on(&one.id, colour);
        let _ = match &one.what {
            Ok(what) => writeln!(
                text,
                "{name}  {}, {}: {}, {}, {} of the journal, policy version \
                 {}, {}",
                what.at.strftime("%Y-%m-%d %H:%M UTC"),
                age(now, what.at),
                people(what.people),
                counted(what.records, "record"),
                entries(what.journal_size),
                what.policy,
                size(what.bytes)
            ),
            Err(fault) => writeln!(text, "{name}  {}", Paint::Error.on(&fault.message, colour)),
        };
    }
    if listed.is_empty() {
        text.push_str("there is no backup here\n");
    }
    text
}

/// How long ago something was, in the unit that says enough.
fn age(now: Timestamp, at: Timestamp) -> String {
    let age = now.duration_since(at);
    let old = |number: i64, unit: &str| format!("{} old", counted(number, unit));
    match (age.as_hours(), age.as_mins()) {
        (48.., _) => old(age.as_hours() / 24, "day"),
        (1.., _) => old(age.as_hours(), "hour"),
        (_, 0..) => old(age.as_mins(), "minute"),
        _ => "by the clock of a rehearsal".to_owned(),
    }
}

fn list_json(listed: &[Listed]) -> Value {
    let of = |one: &Listed| match &one.what {
        Ok(what) => json!({
            "backup": one.id,
            "at": what.at.to_string(),
            "bytes": what.bytes,
            "people": what.people,
            "records": what.records,
            "journal-entries": what.journal_size,
            "policy-version": what.policy,
        }),
        Err(fault) => json!({ "backup": one.id, "wrong": fault.to_string() }),
    };
    json!({ "backups": listed.iter().map(of).collect::<Vec<_>>() })
}

fn text(restored: &Restored, folder: &str, colour: bool) -> String {
    let mut text = format!(
        "restored {} into {folder}: {}, {} in the backup of {}, joined with the \
         keyring of {}\n",
        Paint::Bold.on(&restored.backup, colour),
        people(of_table(&restored.rows, "subject")),
        counted(of_table(&restored.rows, "record"), "record"),
        restored.at.strftime("%Y-%m-%d %H:%M UTC"),
        restored.keyring_at.strftime("%Y-%m-%d %H:%M UTC"),
    );
    let _ = writeln!(
        text,
        "erased since the backup, and not brought back: {}, {} as a whole, {} of accounts and \
         programs",
        counted(restored.swept.records, "record"),
        people(restored.swept.people),
        counted(restored.swept.secrets, "secret")
    );
    let _ = writeln!(
        text,
        "in force again: withdrawals, objections, restrictions and holds of {}; {} roles, \
         keys and accounts ended again; every session ended",
        people(restored.imposed.people),
        restored.access_ended
    );
    if restored.imposed.to_be_looked_at > 0 {
        let _ = writeln!(
            text,
            "{}: {} {} restricted until somebody has looked, as what was imposed on them could \
             not be read exactly; `kept journal` and their traces name them",
            Paint::Advice.on("warning", colour),
            people(restored.imposed.to_be_looked_at),
            verb(restored.imposed.to_be_looked_at, "is", "are")
        );
    }
    let _ = writeln!(
        text,
        "the journal: {} of the backup, {} from its shipped copy",
        entries(restored.journal_size),
        restored.entries
    );
    if let Some(origin) = &restored.new_origin {
        let _ = writeln!(
            text,
            "{}: it is shorter than it was signed, and goes on as {origin}",
            Paint::Advice.on("warning", colour)
        );
    }
    match restored.lost.is_empty() {
        true if restored.entries > 0 => text.push_str("nothing stored since the backup is lost\n"),
        true => {}
        false => {
            text.push_str("done since the backup, to be done again, as its data is lost:\n");
            for (act, times) in &restored.lost {
                let _ = writeln!(text, "  {times} {act}");
            }
        }
    }
    text
}

fn to_json(restored: &Restored, folder: &str) -> Value {
    let lost = restored.lost.iter();
    json!({
        "installation": folder,
        "backup": restored.backup,
        "at": restored.at.to_string(),
        "keyring-at": restored.keyring_at.to_string(),
        "journal-entries": restored.journal_size,
        "journal-entries-shipped": restored.entries,
        "erased-records": restored.swept.records,
        "erased-people": restored.swept.people,
        "erased-secrets": restored.swept.secrets,
        "imposed-on": restored.imposed.people,
        "to-be-looked-at": restored.imposed.to_be_looked_at,
        "access-ended": restored.access_ended,
        "lost": lost.map(|(act, times)| ((*act).to_owned(), json!(times))).collect::<serde_json::Map<_, _>>(),
        "new-origin": restored.new_origin,
        "entry": restored.receipt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_the_unit_that_says_enough() {
        let now: Timestamp = "2026-03-05T12:00:00Z".parse().unwrap();
        for (at, said) in [
            ("2026-03-05T11:59:40Z", "0 minutes old"),
            ("2026-03-05T11:58:59Z", "1 minute old"),
            ("2026-03-05T09:00:00Z", "3 hours old"),
            ("2026-02-28T12:00:00Z", "5 days old"),
            ("2027-01-01T00:00:00Z", "by the clock of a rehearsal"),
        ] {
            assert_eq!(age(now, at.parse().unwrap()), said);
        }
    }
}
