//! `kept announce status`.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use services::Kept;
use services::announce::{AnnouncementStatus, OutboxStatus};

use crate::cli::options::Place;
use crate::cli::quantity::people;
use crate::cli::{Context, Exit};

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) place: Place,
}

impl Status {
    pub(super) fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let status = kept.announcement_status()?;
        let law = kept.law();
        let zone = law.in_force.zone();
        context.answer(|_| text(&status, zone), || to_json(&status));
        Ok(Exit::Done)
    }
}

fn text(status: &OutboxStatus, zone: &TimeZone) -> String {
    if status.versions.is_empty() {
        return "the first version is in force: there is nothing to announce\n".to_owned();
    }
    let mut text = String::new();
    for version in &status.versions {
        one(&mut text, version, zone);
    }
    let _ = writeln!(text, "{} messages wait in the outbox", status.waiting);
    text
}

fn one(text: &mut String, version: &AnnouncementStatus, zone: &TimeZone) {
    let day = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let _ = writeln!(
        text,
        "version {}, in force since {}",
        version.version,
        day(version.applied)
    );
    if let Some(reason) = &version.reason {
        let _ = writeln!(text, "  reason: {}", reason.en);
    }
    let Some(announced) = version.announced else {
        let number = version.version;
        let _ = writeln!(
            text,
            "  not announced: `kept announce send --version {number}`\n"
        );
        return;
    };
    let so_far = if version.whole { "" } else { " so far" };
    let _ = writeln!(
        text,
        "  announced on {}: concerns {}{so_far}",
        day(announced),
        people(version.people)
    );
    if let Some((first, last)) = version.between {
        let _ = writeln!(
            text,
            "  told by mail: {}, from {} to {}",
            version.told,
            day(first),
            day(last)
        );
    }
    for (people, what) in [
        (version.told_otherwise, "told otherwise"),
        (version.waiting, "waiting"),
        (version.gone, "held no more"),
    ] {
        if people > 0 {
            let _ = writeln!(text, "  {what}: {people}");
        }
    }
    for not_told in &version.not_told {
        let _ = writeln!(
            text,
            "  not reached: {}, by {}",
            not_told.people, not_told.why
        );
    }
    text.push('\n');
}

fn to_json(status: &OutboxStatus) -> Value {
    let versions = status.versions.iter().map(|version| {
        let not_told = version.not_told.iter();
        let not_told = not_told.map(|it| json!({ "people": it.people, "why": it.why }));
        json!({
            "version": version.version,
            "applied": version.applied.to_string(),
            "reason": version.reason.as_ref().map(|it| json!({ "en": it.en, "fr": it.fr })),
            "announced": version.announced.map(|at| at.to_string()),
            "whole": version.whole,
            "people": version.people,
            "told": version.told,
            "first": version.between.map(|(first, _)| first.to_string()),
            "last": version.between.map(|(_, last)| last.to_string()),
            "told-otherwise": version.told_otherwise,
            "waiting": version.waiting,
            "not-reached": not_told.collect::<Vec<_>>(),
            "gone": version.gone,
        })
    });
    json!({ "versions": versions.collect::<Vec<_>>(), "waiting": status.waiting })
}
