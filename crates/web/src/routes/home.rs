//! `GET /`: the overview.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::Fault;

use crate::app::{App, Passed};
use crate::fill::Fill;
use crate::pages::home::{self, Count, Home, Moved, Suggestion, Went};
use crate::site::{Answer, Asked, Surface, Visit};

pub(super) async fn get(State(app): State<App>, asked: Asked) -> Response {
    app.answer(asked, |app, visit| page(app, visit, None)).await
}

/// The overview, with what was wrong with a movement of the clock.
pub(super) fn page(app: &App, visit: &Visit, refused: Option<String>) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let overview = app.kept.overview(&app.actor)?;
    let policy = fill.policy();
    let view = Home {
        people: overview.people,
        records: overview.categories.values().sum(),
        entries: overview.entries,
        uninformed: overview.duties.overdue,
        next: overview.next.map(|at| fill.last_day(at)),
        kinds: greatest_first(
            overview
                .kinds
                .iter()
                .map(|(id, count)| (fill.say(&policy.kind(*id).title), *count)),
        ),
        categories: greatest_first(
            overview
                .categories
                .iter()
                .map(|(id, count)| (fill.category(*id), *count)),
        ),
        suggestions: app
            .suggestions
            .iter()
            .map(|(person, why)| Suggestion {
                id: person.to_string(),
                why: fill.say(why),
            })
            .collect(),
        moved: app.passed().map(|passed| moved(fill, &passed)),
        refused,
    };
    Ok(Answer::page(home::render(&view, &visit.frame)))
}

fn greatest_first(counts: impl Iterator<Item = (String, u64)>) -> Vec<Count> {
    let mut counts: Vec<Count> = counts
        .map(|(title, count)| Count { title, count })
        .collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.title.cmp(&b.title)));
    counts
}

fn moved(fill: Fill<'_>, passed: &Passed) -> Moved {
    let mut rows: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for (went, count) in &passed.swept.went {
        let row = rows.entry((&went.category, &went.rule)).or_default();
        match went.outcome {
            services::sweep::Outcome::Deleted => row.0 += count,
            services::sweep::Outcome::Anonymised => row.1 += count,
        }
    }
    let title = |name: &str| {
        let mut categories = fill.policy().categories.iter();
        let found = categories.find(|category| category.name == name);
        found.map_or_else(|| name.to_owned(), |category| fill.say(&category.title))
    };
    Moved {
        from: passed.from,
        to: passed.to,
        went: rows
            .into_iter()
            .map(|((category, rule), (deleted, anonymised))| Went {
                category: title(category),
                rule: rule.to_owned(),
                deleted,
                anonymised,
            })
            .collect(),
    }
}
