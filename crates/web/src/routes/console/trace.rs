//! `/console/trace`: whose trace is asked, and each, page by page.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::SubjectId;
use policy::authorisation::Action;
use serde::Deserialize;
use services::trace::Traced;

use crate::fill::Fill;
use crate::page::Room;
use crate::pages::console::trace::{self, Act, Trace};
use crate::signed_in::at_work;
use crate::site::{Answer, Asked, Site};

/// Acts on one page.
const ACTS: usize = 50;

/// Whose trace.
#[derive(Deserialize)]
pub(super) struct Whose {
    person: String,
}

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    at_work(site, asked, |_, visit, _| {
        Ok(Answer::page(trace::ask(false, &visit.frame)))
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(whose): Form<Whose>,
) -> Response {
    at_work(site, asked, move |_, visit, _| {
        Ok(match whose.person.trim().parse::<SubjectId>() {
            Ok(id) => {
                let path = format!("{}/{id}", Room::Trace.path());
                Answer::go(visit.frame.link(&path, &[]))
            }
            Err(_) => {
                let page = trace::ask(true, &visit.frame);
                Answer::page(page).status(StatusCode::UNPROCESSABLE_ENTITY)
            }
        })
    })
    .await
}

pub(super) async fn one(
    State(site): State<Site>,
    Path(id): Path<String>,
    asked: Asked,
) -> Response {
    at_work(site, asked, move |_, visit, at_work| {
        let id = super::super::subject(&id)?;
        let (fill, frame) = (visit.fill(), &visit.frame);
        let acts = at_work.desk.trace(id)?.acts;
        let before = visit.query.get("before").and_then(|it| it.parse().ok());
        let path = format!("{}/{id}", Room::Trace.path());
        let part = part(&acts, before);
        let earlier = part.earlier.map(|entry| {
            let entry = entry.to_string();
            frame.link(&path, &[("before", &entry)])
        });
        let reads = at_work.desk.offers(Action::Read);
        let view = Trace {
            person: id.to_string(),
            file: reads.then(|| frame.link(&format!("/console/people/{id}"), &[])),
            total: acts.len() as u64,
            acts: part.acts.iter().rev().map(|act| fill.act(act)).collect(),
            later: before.map(|_| frame.link(&path, &[])),
            earlier,
        };
        Ok(Answer::page(trace::render(&view, frame)))
    })
    .await
}

/// A page of acts, which stand oldest first.
struct Part<'a> {
    acts: &'a [Traced],
    /// Before which entry the next page goes on.
    earlier: Option<u64>,
}

/// The latest acts before an entry, as many as a page has.
fn part(acts: &[Traced], before: Option<u64>) -> Part<'_> {
    let end = match before {
        None => acts.len(),
        Some(before) => acts.partition_point(|act| act.entry < before),
    };
    let start = end.saturating_sub(ACTS);
    let acts = &acts[start..end];
    let first = acts.first().map(|act| act.entry);
    Part {
        acts,
        earlier: first.filter(|_| start > 0),
    }
}

impl Fill<'_> {
    /// An act as the trace shows it.
    fn act(self, act: &Traced) -> Act {
        let shown = self.traced(act);
        let role = act.role.as_ref().map(|name| {
            let authorisation = self.law.authorisation();
            let found = authorisation.and_then(|it| Some(it.role(it.role_named(name)?)));
            found.map_or_else(|| name.clone(), |role| self.say(&role.title))
        });
        Act {
            entry: shown.entry,
            at: shown.at,
            what: shown.act,
            who: shown.who,
            role,
            purpose: shown.purpose,
            categories: shown.categories,
            rule: act.rule.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(count: u64) -> Vec<Traced> {
        let act = |entry| Traced {
            entry,
            at: jiff::Timestamp::UNIX_EPOCH,
            act: "read",
            account: String::new(),
            actor: "staff",
            on_behalf_of: Vec::new(),
            purpose: None,
            basis: None,
            grounds: Vec::new(),
            recipient: None,
            role: None,
            origin: None,
            categories: Vec::new(),
            records: 0,
            rule: None,
            destination: "screen",
            policy_version: 1,
        };
        (0..count).map(|it| act(it * 3)).collect()
    }

    #[test]
    fn every_act_is_on_one_page() {
        let acts = acts(120);
        let (mut before, mut seen) = (None, Vec::new());
        loop {
            let page = part(&acts, before);
            seen.extend(page.acts.iter().rev().map(|act| act.entry));
            match page.earlier {
                Some(_) => before = page.earlier,
                None => break,
            }
        }
        let all: Vec<u64> = acts.iter().rev().map(|act| act.entry).collect();
        assert_eq!(seen, all);
        assert!(part(&[], None).acts.is_empty());
    }
}
