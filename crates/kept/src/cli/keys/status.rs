//! `kept keys status`: who has the keys, where the epochs stand and what erasures wait for.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::keys::{EpochState, EpochStatus, KeysStatus, Kind, Manager};

use crate::cli::backup::missing_text;
use crate::cli::options::Place;
use crate::cli::quantity::{counted, entries, verb};
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Status {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        show(kept, false, context)?;
        Ok(Exit::Done)
    }
}

/// Says where the keys stand; in a dry run, what a turn would do, too.
pub(super) fn show(kept: &Kept, dry_run: bool, context: &mut Context<'_>) -> Result<(), Fault> {
    let status = kept.keys_status()?;
    let now = kept.moment()?.now;
    context.answer(
        |colour| {
            let mut text = status_text(&status, dry_run, now, colour);
            text.push_str(&missing_text(kept.copy_places_missing(), colour));
            text
        },
        || status_json(&status, dry_run),
    );
    Ok(())
}

fn status_text(status: &KeysStatus, dry_run: bool, now: jiff::Timestamp, colour: bool) -> String {
    let mut text = manager_text(status);
    for epoch in &status.epochs {
        let name = Paint::Bold.on(&format!("epoch {}", epoch.number), colour);
        let _ = write!(
            text,
            "{name}  {}, {}, made {}",
            epoch.kind.map_or("who had its keys is not known", held_by),
            word(epoch.state),
            day(epoch.made)
        );
        match epoch.destroyed {
            Some(destroyed) => {
                let _ = writeln!(text, ", destroyed {}", day(destroyed));
            }
            None => {
                let age = now.duration_since(epoch.made).as_hours();
                let rows = epoch.rows;
                let _ = writeln!(
                    text,
                    ", {} old: {}, {}, {}, {} of the journal",
                    age_in_words(age),
                    counted(rows.record_keys, "record key"),
                    counted(rows.look_ups, "look-up"),
                    counted(rows.suppressions, "suppression"),
                    counted(rows.period_keys, "month")
                );
            }
        }
    }
    let _ = match status.waiting {
        None => writeln!(text, "no erasure waits for the turn of the keys"),
        Some(waiting) => writeln!(
            text,
            "{} erased since {} {} unreadable here; old copies still hold {} until epoch {} is \
             destroyed: run `kept keys rotate`",
            counted(waiting.records, "record"),
            day(waiting.since),
            verb(waiting.records, "is", "are"),
            verb(waiting.records, "it", "them"),
            waiting.epoch
        ),
    };
    for copy in &status.copies {
        let word = match copy.current {
            true => Paint::Good.on("current", colour),
            false => Paint::Error.on("behind", colour),
        };
        let _ = match &copy.at {
            Ok(Some(at)) => writeln!(text, "copy in {}: {word}, of {}", copy.place, day(*at)),
            Ok(None) => writeln!(text, "copy in {}: {word}, none was shipped yet", copy.place),
            Err(fault) => writeln!(text, "copy in {}: {word}: {fault}", copy.place),
        };
    }
    if dry_run && let Some(active) = active(status) {
        let _ = writeln!(
            text,
            "a turn would wrap {} anew and destroy the key of epoch {}",
            entries(active.rows.all()),
            active.number
        );
    }
    text
}

/// Who has the keys, and what is where.
fn manager_text(status: &KeysStatus) -> String {
    let folder = status.folder.display();
    match &status.manager {
        None => format!("the keys are files of {folder}: whoever may read them may copy them\n"),
        Some(named) => {
            let pin = match &named.pin_file {
                Some(file) => format!("its PIN in {}", file.display()),
                None => "its PIN from a credential or the environment".to_owned(),
            };
            format!(
                "the keys of epochs are made in the token `{}` by {}, {pin}, and cannot leave it\n\
                 the look-up key and the journal's signing key are files of {folder}\n",
                named.token,
                named.module.display()
            )
        }
    }
}

fn held_by(kind: Kind) -> &'static str {
    match kind.manager {
        Manager::Files => "file",
        Manager::Pkcs11 => "token",
    }
}

fn active(status: &KeysStatus) -> Option<&EpochStatus> {
    status
        .epochs
        .iter()
        .find(|epoch| epoch.state == EpochState::Active)
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn age_in_words(hours: i64) -> String {
    match hours {
        ..48 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

fn word(state: EpochState) -> &'static str {
    match state {
        EpochState::Made => "made, not in use yet",
        EpochState::Active => "in use",
        EpochState::Retiring => "being left: the turn is not finished",
        EpochState::Emptied => "left: its key is still to be destroyed",
        EpochState::Destroyed => "destroyed",
    }
}

fn status_json(status: &KeysStatus, dry_run: bool) -> Value {
    let epochs: Vec<Value> = status
        .epochs
        .iter()
        .map(|epoch| {
            json!({
                "number": epoch.number,
                "state": state_name(epoch.state),
                "manager": epoch.kind.map(|kind| kind.manager.name()),
                "wrapping": epoch.kind.map(|kind| kind.wrapping.name),
                "look-up": epoch.kind.map(|kind| kind.hashing.name),
                "made": epoch.made.to_string(),
                "destroyed": epoch.destroyed.map(|at| at.to_string()),
                "record-keys": epoch.rows.record_keys,
                "look-ups": epoch.rows.look_ups,
                "suppressions": epoch.rows.suppressions,
                "period-keys": epoch.rows.period_keys,
            })
        })
        .collect();
    let waiting = status.waiting.map(|waiting| {
        json!({
            "epoch": waiting.epoch,
            "records": waiting.records,
            "since": waiting.since.to_string(),
        })
    });
    let copies = status.copies.iter().map(|copy| {
        json!({
            "place": copy.place,
            "current": copy.current,
            "at": copy.at.as_ref().ok().and_then(Option::as_ref).map(ToString::to_string),
            "failed": copy.at.as_ref().err().map(ToString::to_string),
        })
    });
    let copies: Vec<Value> = copies.collect();
    let manager = match &status.manager {
        None => json!({ "kind": Manager::Files.name() }),
        Some(named) => json!({
            "kind": named.kind,
            "algorithm": named.algorithm,
            "module": named.module,
            "token": named.token,
            "pin-file": named.pin_file,
        }),
    };
    json!({
        "dry-run": dry_run,
        "manager": manager,
        "folder": status.folder,
        "epochs": epochs,
        "waiting": waiting,
        "copies": copies,
    })
}

fn state_name(state: EpochState) -> &'static str {
    match state {
        EpochState::Made => "made",
        EpochState::Active => "active",
        EpochState::Retiring => "retiring",
        EpochState::Emptied => "emptied",
        EpochState::Destroyed => "destroyed",
    }
}
