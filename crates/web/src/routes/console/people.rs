//! `/console/people`: the list of those whom one may look at; a search, which is sent in the body.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use domain::value::Value;
use domain::{Fault, SubjectId};
use policy::authorisation::Action;
use serde::Deserialize;

use crate::pages::console::people::{self, People, Sought};
use crate::pages::reading::Choice;
use crate::routes::people::{look_up_fields, row};
use crate::signed_in::{AtWork, at_work};
use crate::site::{Answer, Asked, Site, Visit};

/// People on one page.
const ROWS: u32 = 25;

/// A search.
#[derive(Deserialize)]
pub(super) struct Search {
    field: String,
    value: String,
}

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    at_work(site, asked, |site, visit, at_work| {
        list(site, visit, at_work, None, None)
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(search): Form<Search>,
) -> Response {
    at_work(site, asked, move |site, visit, at_work| {
        find(site, visit, at_work, &search)
    })
    .await
}

fn list(
    site: &Site,
    visit: &Visit,
    at_work: &AtWork<'_>,
    chosen: Option<&str>,
    sought: Option<Sought>,
) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let after = visit.query.get("after").map(|id| super::super::subject(id));
    let after: Option<SubjectId> = after.transpose()?;
    let reader = at_work.reader(&visit.law)?;
    let list = site
        .kept
        .list(after, ROWS, Some(reader), &at_work.staff.actor)?;
    let last = list.people.last().map(|one| one.subject.id.to_string());
    let view = People {
        by: by(visit),
        chosen: chosen.map(str::to_owned),
        sought,
        rows: list.people.iter().map(|one| row(fill, one, true)).collect(),
        next: last.filter(|_| list.more),
        further: after.is_some(),
        add: add(visit),
    };
    Ok(Answer::page(people::render(&view, &visit.frame)))
}

/// By what the role finds somebody for its purpose.
fn by(visit: &Visit) -> Vec<Choice> {
    let fill = visit.fill();
    let work = visit.frame.work.as_ref();
    if !work.is_some_and(|it| it.may.contains(Action::Find)) {
        return Vec::new();
    }
    look_up_fields(fill)
        .map(|(id, name)| Choice {
            value: name.to_owned(),
            title: fill.say(&fill.policy().field(id).title),
        })
        .collect()
}

fn add(visit: &Visit) -> Option<String> {
    let work = visit.frame.work.as_ref()?;
    let may = work.may.contains(Action::Collect);
    may.then(|| visit.frame.link("/console/people/new", &[]))
}

fn find(
    site: &Site,
    visit: &Visit,
    at_work: &AtWork<'_>,
    search: &Search,
) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let say = &visit.phrases().people;
    let mut fields = look_up_fields(fill);
    let Some((id, name)) = fields.find(|(_, name)| *name == search.field) else {
        let refused = Sought::Refused(say.no_field.to_owned());
        return list(site, visit, at_work, None, Some(refused));
    };
    let field = fill.policy().field(id);
    let Ok(value) = Value::parse(&field.kind, &search.value) else {
        let refused = Sought::Refused(say.no_value.to_owned());
        return list(site, visit, at_work, Some(name), Some(refused));
    };
    let found = site.kept.find(id, &value, &at_work.staff.actor)?;
    match found.first() {
        Some(id) => {
            let address = format!("/console/people/{id}");
            Ok(Answer::go(visit.frame.link(&address, &[])))
        }
        None => {
            let nobody = Sought::Nobody(fill.say(&field.title));
            list(site, visit, at_work, Some(name), Some(nobody))
        }
    }
}
