//! `kept keys`: where the epochs stand, and the turn that makes old copies worthless.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::keys::{EpochState, EpochStatus, KeysStatus, Step, Turned};

use super::options::{Changing, Place};
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept keys status --data D
  kept keys rotate --data D

What was erased is unreadable here at once. Old copies of the installation are worthless once the
epoch of their time is destroyed: turn the keys every night.";

/// Shows or turns the keys.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Keys {
    #[command(subcommand)]
    act: KeysAct,
}

#[derive(Debug, Subcommand)]
enum KeysAct {
    /// Say where the epochs stand and what erasures wait for
    Status(Status),
    /// Begin a new epoch, wrap everything anew and destroy the old epoch's key
    Rotate(Rotate),
}

#[derive(Debug, Args)]
struct Status {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Rotate {
    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Keys {
    fn place(&self) -> &Place {
        match &self.act {
            KeysAct::Status(status) => &status.place,
            KeysAct::Rotate(rotate) => &rotate.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.act {
            KeysAct::Rotate(rotate) if !rotate.changing.dry_run => {
                let acting = context.acting(&rotate.place, rotate.changing);
                let bar = context.io.progress("entries wrapped anew", None);
                let turned = kept.rotate_keys(&acting, &mut |step| {
                    if let Step::Wrapping(rows) = step {
                        bar.set(rows);
                    }
                })?;
                drop(bar);
                context.answer(|_| turned_text(&turned), || turned_json(&turned));
            }
            KeysAct::Rotate(_) | KeysAct::Status(_) => {
                let status = kept.keys_status()?;
                let dry_run = matches!(self.act, KeysAct::Rotate(_));
                let now = kept.moment()?.now;
                context.answer(
                    |colour| status_text(&status, dry_run, now, colour),
                    || status_json(&status, dry_run),
                );
            }
        }
        Ok(Exit::Done)
    }
}

fn status_text(status: &KeysStatus, dry_run: bool, now: jiff::Timestamp, colour: bool) -> String {
    let mut text = String::new();
    for epoch in &status.epochs {
        let name = Paint::Bold.on(&format!("epoch {}", epoch.number), colour);
        let _ = write!(
            text,
            "{name}  {}, made {}",
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
                    ", {} old: {} record keys, {} look-ups, {} suppressions, {} months of the \
                     journal",
                    age_in_words(age),
                    rows.record_keys,
                    rows.look_ups,
                    rows.suppressions,
                    rows.period_keys
                );
            }
        }
    }
    let _ = match status.waiting {
        None => writeln!(text, "no erasure waits for the turn of the keys"),
        Some(waiting) => writeln!(
            text,
            "{} records erased since {} are unreadable here; old copies still hold them until \
             epoch {} is destroyed: run `kept keys rotate`",
            waiting.records,
            day(waiting.since),
            waiting.epoch
        ),
    };
    if dry_run && let Some(active) = active(status) {
        let _ = writeln!(
            text,
            "a turn would wrap {} entries anew and destroy the key of epoch {}",
            active.rows.all(),
            active.number
        );
    }
    text
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
    json!({ "dry-run": dry_run, "epochs": epochs, "waiting": waiting })
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

fn turned_text(turned: &Turned) -> String {
    let begun = match turned.resumed {
        true => "finished an interrupted turn",
        false => "turned the keys",
    };
    let mut text = format!(
        "{begun}: {} entries wrapped anew under epoch {}; the key of epoch {} is destroyed\n",
        turned.rows, turned.new, turned.old
    );
    if turned.dropped > 0 {
        let _ = writeln!(
            text,
            "{} keys of records that were never stored were dropped",
            turned.dropped
        );
    }
    text.push_str("what was erased before is unrecoverable from older copies too\n");
    text
}

fn turned_json(turned: &Turned) -> Value {
    json!({
        "old": turned.old,
        "new": turned.new,
        "rows": turned.rows,
        "dropped": turned.dropped,
        "resumed": turned.resumed,
    })
}
