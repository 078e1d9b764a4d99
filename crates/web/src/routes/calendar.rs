//! `GET /calendar`: what goes when.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use domain::Fault;
use jiff::Span;
use jiff::civil::Date;
use policy::model::CategoryId;
use services::overview::Calendar as Counted;

use crate::app::App;
use crate::pages::calendar::{self, Calendar, Going, Scale};
use crate::pages::home::Count;
use crate::site::{Answer, Asked, Surface, Visit};

/// Months or years on one page.
const MONTHS: i64 = 24;
const YEARS: i64 = 12;

pub(super) async fn get(State(app): State<App>, asked: Asked) -> Response {
    app.answer(asked, |app, visit| {
        page(visit, |days| app.kept.calendar(days, &app.actor))
    })
    .await
}

/// The page of what is counted for the days that it shows.
pub(super) fn page(
    visit: &Visit,
    count: impl FnOnce(&[Date]) -> Result<Counted, Fault>,
) -> Result<Answer, Fault> {
    let scale = match visit.query.get("by").map(String::as_str) {
        Some("year") => Scale::Years,
        _ => Scale::Months,
    };
    let days = days(visit.frame.now.date(), scale);
    let counted = count(&days)?;
    let fill = visit.fill();
    let going: BTreeSet<CategoryId> = counted
        .periods
        .iter()
        .flat_map(|it| it.keys().copied())
        .collect();
    let series = going.into_iter().map(|id| Going {
        category: fill.category(id),
        counts: counted
            .periods
            .iter()
            .map(|period| period.get(&id).copied().unwrap_or(0))
            .collect(),
    });
    let waiting = counted.waiting.iter().map(|(id, count)| Count {
        title: fill.category(*id),
        count: *count,
    });
    let view = Calendar {
        scale,
        columns: days[..days.len() - 1].to_vec(),
        series: series.collect(),
        waiting: waiting.collect(),
        due: counted.due,
    };
    Ok(Answer::page(calendar::render(&view, &visit.frame)))
}

/// The first day of each period, and of the one after the last.
fn days(today: Date, scale: Scale) -> Vec<Date> {
    let first = match scale {
        Scale::Months => today.first_of_month(),
        Scale::Years => today.first_of_year(),
    };
    let count = match scale {
        Scale::Months => MONTHS,
        Scale::Years => YEARS,
    };
    let later = |at| match scale {
        Scale::Months => Span::new().months(at),
        Scale::Years => Span::new().years(at),
    };
    (0..=count)
        .map(|at| first.saturating_add(later(at)))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_begin_on_their_first_day() {
        let months = days(date(2026, 3, 31), Scale::Months);
        assert_eq!(months.len(), 25);
        assert_eq!(months[0], date(2026, 3, 1));
        assert_eq!(months[24], date(2028, 3, 1));
        let years = days(date(2026, 3, 31), Scale::Years);
        assert_eq!((years[0], years[12]), (date(2026, 1, 1), date(2038, 1, 1)));
    }
}
