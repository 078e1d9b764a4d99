//! `kept clock`: what time it is, in a rehearsal and in a live installation.

use clap::{Args, Subcommand};
use domain::{Actor, Fault, Moment};
use jiff::civil::DateTime;
use jiff::{Span, Timestamp};
use serde_json::json;
use services::Kept;

use super::options::Place;
use super::{Context, Exit, OnInstallation, invalid};

const EXAMPLE: &str = "\
Examples:
  kept clock show --data R
  kept clock move 2027-02-01T09:00 --data R
  kept clock move --by '13 months' --data R
  kept clock confirm --data D

Only a rehearsal's clock is moved, and only forward. A live installation runs on the machine's
clock; when that has jumped ahead, nothing is read or destroyed until somebody confirms it.";

/// Shows, moves or confirms the clock.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Clock {
    #[command(subcommand)]
    act: ClockAct,
}

#[derive(Debug, Subcommand)]
enum ClockAct {
    /// Say what time it is in the installation
    Show(Show),
    /// Move a rehearsal's clock forward
    Move(Move),
    /// Confirm that the machine's clock is right, after it has jumped ahead
    Confirm(Confirm),
}

#[derive(Debug, Args)]
struct Show {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Move {
    /// Where to: a date or date-time in the controller's time zone
    #[arg(
        value_name = "DATE-TIME",
        required_unless_present = "by",
        conflicts_with = "by"
    )]
    to: Option<DateTime>,

    /// How far: `1 day`, `13 months`, `5 years`
    #[arg(long, value_name = "SPAN")]
    by: Option<Span>,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Confirm {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Clock {
    fn place(&self) -> &Place {
        match &self.act {
            ClockAct::Show(show) => &show.place,
            ClockAct::Move(to) => &to.place,
            ClockAct::Confirm(confirm) => &confirm.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let actor: Actor = context.actor(self.place());
        let moment = match &self.act {
            ClockAct::Show(_) => kept.moment()?,
            ClockAct::Move(to) => kept.move_clock(to.moment(kept)?, &actor)?,
            ClockAct::Confirm(_) => kept.confirm_clock(&actor)?,
        };
        show(kept, moment, context);
        Ok(Exit::Done)
    }
}

impl Move {
    /// The moment to move to: spans are added to the controller's calendar.
    fn moment(&self, kept: &Kept) -> Result<Timestamp, Fault> {
        let law = kept.law();
        let zone = law.in_force.zone();
        let to = match (self.to, self.by) {
            (Some(to), _) => Some(to),
            (None, Some(by)) => {
                let now = zone.to_datetime(kept.moment()?.now);
                now.checked_add(by).ok()
            }
            (None, None) => None,
        };
        to.and_then(|to| zone.to_timestamp(to).ok()).ok_or_else(|| {
            invalid("that is no moment that a clock can show")
                .remedy("name a date-time, or a span such as `13 months`")
        })
    }
}

fn show(kept: &Kept, moment: Moment, context: &mut Context<'_>) {
    let law = kept.law();
    let there = law.in_force.zone().to_datetime(moment.now);
    let zone = &law.policy().controller.time_zone;
    let clock = if kept.is_rehearsal() {
        "a rehearsal's clock"
    } else {
        "the machine's clock"
    };
    context.answer(
        |_| format!("{} {zone}, {clock}\n", there.strftime("%Y-%m-%d %H:%M:%S")),
        || {
            json!({
                "now": moment.now.to_string(),
                "today": moment.today.to_string(),
                "time-zone": zone,
                "rehearsal": kept.is_rehearsal(),
            })
        },
    );
}
