//! `POST /time`: moves a rehearsal's clock, forward only, and sweeps what came due.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use domain::{Fault, FaultKind, calendar};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::Duration;
use services::Acting;

use super::home;
use crate::app::{App, Passed};
use crate::site::{Answer, Asked, Surface, Visit};

/// The form: a duration or a day.
pub(super) type Fields = std::collections::HashMap<String, String>;

pub(super) async fn post(
    State(app): State<App>,
    asked: Asked,
    Form(fields): Form<Fields>,
) -> Response {
    app.answer(asked, move |app, visit| match go(app, visit, &fields) {
        // What was wrong with the form is said beside it.
        Err(fault) if fault.kind == FaultKind::Invalid => {
            home::page(app, visit, Some(visit.phrases().home.not_moved.to_owned()))
        }
        gone => gone,
    })
    .await
}

fn go(app: &App, visit: &Visit, fields: &Fields) -> Result<Answer, Fault> {
    let from = visit.frame.now.date();
    let to = asked_for(visit, fields)?;
    app.kept.move_clock(to, &app.actor)?;
    let acting = Acting::new((*app.actor).clone(), false);
    let swept = app.kept.sweep(&acting, &mut |_| {})?;
    app.has_passed(Passed {
        from,
        to: visit.fill().day(to),
        swept,
    });
    Ok(Answer::go(format!("{}#time", visit.frame.link("/", &[]))))
}

/// The moment asked for: the same time of day so much later, or the beginning of a day.
fn asked_for(visit: &Visit, fields: &Fields) -> Result<Timestamp, Fault> {
    let zone = visit.law.in_force.zone();
    let invalid = || Fault::new(FaultKind::Invalid, "a clock is only moved forward");
    let now = visit.frame.now;
    let to = match (fields.get("by"), fields.get("to")) {
        (Some(by), _) => {
            let by = Duration::parse(by).map_err(|_| invalid())?;
            let later = by.after(now.date()).to_datetime(now.time());
            zone.to_timestamp(later).map_err(|_| invalid())?
        }
        (None, Some(to)) => {
            let day: Date = to.parse().map_err(|_| invalid())?;
            calendar::start_of(day, zone)
        }
        (None, None) => return Err(invalid()),
    };
    let now = zone.to_timestamp(now).map_err(|_| invalid())?;
    if to > now { Ok(to) } else { Err(invalid()) }
}
