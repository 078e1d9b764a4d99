//! `kept backup`: a copy of the data, in a place from which no key can be had.

use std::fmt::Write as _;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::{Value, json};
use services::Kept;
use services::backup::{BackedUp, Ships};

use super::options::{Changing, Place};
use super::quantity::{counted, entries, people};
use super::{Context, Exit, OnInstallation};
use crate::io::Io;
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept backup --to /mnt/backup --data D
  kept backup --to s3://a-bucket/kept --keep 30 --data D

One state of the data is copied, sealed under the key folder's `backup.key`, while reads and writes
go on; what earlier backups of the place have is not copied again, and what was written is read back
before the backup counts. The keyring is never in it: it is shipped first, to the places of
`keyring-copies` in installation.toml. A place that does not get it is reported, with exit code 6.";

/// Backs the data up.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Backup {
    /// Where to: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "PLACE")]
    to: String,

    /// How many backups the place keeps; older ones go
    #[arg(long, value_name = "NUMBER", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..))]
    keep: u32,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Backup {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let to = named(&self.to, context.io);
        let bar = context.io.progress("rows", None);
        let made = kept.back_up(&to, self.keep, &acting, &mut |rows| bar.set(rows))?;
        drop(bar);
        let missing = kept.copy_places_missing();
        context.answer(
            |colour| text(&made, &self.to, missing, colour),
            || to_json(&made, &to),
        );
        Ok(shipped(&made.copies))
    }
}

/// A place as the installation is to find it: a folder is seen from where the command was given.
pub(super) fn named(place: &str, io: &Io) -> String {
    match place.contains("://") {
        true => place.to_owned(),
        false => io.path(std::path::Path::new(place)).display().to_string(),
    }
}

/// How a command ends that shipped to places.
pub(super) fn shipped(copies: &[Ships]) -> Exit {
    match copies.iter().all(|copy| copy.outcome.is_ok()) {
        true => Exit::Done,
        false => Exit::Found(FaultKind::Unavailable),
    }
}

/// Where the keyring was shipped to, and where it could not be.
pub(super) fn copies_text(copies: &[Ships], missing: usize, colour: bool) -> String {
    let mut text = String::new();
    for copy in copies {
        let _ = match &copy.outcome {
            Ok(_) => writeln!(text, "keyring and journal shipped to {}", copy.place),
            Err(fault) => {
                let failed = Paint::Error.on("not shipped", colour);
                writeln!(text, "{failed} to {}: {fault}", copy.place)
            }
        };
    }
    text.push_str(&missing_text(missing, colour));
    text
}

/// That the keyring has too few places.
pub(super) fn missing_text(missing: usize, colour: bool) -> String {
    let warning = Paint::Advice.on("warning", colour);
    match missing {
        0 => String::new(),
        1 => format!(
            "{warning}: the keyring is shipped to one place: name another in `keyring-copies` of \
             installation.toml, or one mishap takes both\n"
        ),
        _ => format!(
            "{warning}: the keyring is shipped nowhere: without it no backup can be opened; name \
             two places in `keyring-copies` of installation.toml\n"
        ),
    }
}

pub(super) fn copies_json(copies: &[Ships]) -> Value {
    let of = |copy: &Ships| {
        json!({
            "place": copy.place,
            "journal-entries": copy.outcome.as_ref().ok().map(|it| it.journal_size),
            "failed": copy.outcome.as_ref().err().map(ToString::to_string),
        })
    };
    copies.iter().map(of).collect()
}

/// A number of bytes, as people read it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let (mut whole, mut rest, mut unit) = (bytes / 1024, bytes % 1024, 0);
    while whole >= 1024 && unit + 1 < UNITS.len() {
        (whole, rest, unit) = (whole / 1024, whole % 1024, unit + 1);
    }
    format!("{whole}.{} {}", rest * 10 / 1024, UNITS[unit])
}

/// How many rows of a table.
pub(super) fn of_table(rows: &[(String, u64)], name: &str) -> u64 {
    let row = rows.iter().find(|(table, _)| table == name);
    row.map_or(0, |(_, rows)| *rows)
}

fn text(made: &BackedUp, to: &str, missing: usize, colour: bool) -> String {
    let mut text = format!(
        "backed up to {to} as {}: {}, {}, {} of the journal\n",
        Paint::Bold.on(&made.id, colour),
        people(of_table(&made.rows, "subject")),
        counted(of_table(&made.rows, "record"), "record"),
        entries(made.journal_size)
    );
    let _ = writeln!(
        text,
        "{} in all, {} written and read back; {} of {} parts were there already",
        size(made.bytes),
        size(made.bytes_written),
        made.chunks_there,
        made.chunks
    );
    let _ = write!(
        text,
        "the place keeps {}",
        counted(made.kept.backups, "backup")
    );
    let _ = match made.kept.removed {
        0 => writeln!(text),
        removed => writeln!(text, "; {removed} older went"),
    };
    text.push_str(&copies_text(&made.copies, missing, colour));
    text
}

fn to_json(made: &BackedUp, to: &str) -> Value {
    let rows = made.rows.iter();
    json!({
        "backup": made.id,
        "place": to,
        "at": made.at.to_string(),
        "rows": rows.map(|(table, rows)| (table.clone(), json!(rows))).collect::<serde_json::Map<_, _>>(),
        "journal-entries": made.journal_size,
        "bytes": made.bytes,
        "bytes-written": made.bytes_written,
        "parts": made.chunks,
        "parts-there": made.chunks_there,
        "kept": made.kept.backups,
        "removed": made.kept.removed,
        "copies": copies_json(&made.copies),
        "entry": made.receipt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_by_people() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (5 << 20, "5.0 MiB"),
            ((3 << 30) + (512 << 20), "3.5 GiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
