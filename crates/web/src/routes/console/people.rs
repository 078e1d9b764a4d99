//! `/console/people`: the list of those whom one may look at; a search, which is sent in the body.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use domain::subject::Subject;
use domain::sweep::next_due;
use domain::value::Value;
use domain::{Fault, FaultKind, Moment, SubjectId};
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, FieldType};
use serde::Deserialize;

use crate::fill::Fill;
use crate::pages::console::people::{self, People, Sought};
use crate::pages::people::Row;
use crate::pages::reading::{Choice, Name};
use crate::routes::people::{look_up_fields, row};
use crate::say::Either;
use crate::signed_in::{AtWork, at_work};
use crate::site::{Answer, Asked, Site, Visit};

/// People on one page.
const ROWS: u32 = 25;
/// The name, as the form names what is searched by; a field cannot be called so.
const BY_NAME: &str = "*name";

/// A search. It holds what somebody is known by: it is not printed.
#[derive(Deserialize)]
pub(super) struct Search {
    field: String,
    value: String,
}

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    at_work(site, asked, |_, visit, at_work| {
        list(visit, at_work, None, None)
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(search): Form<Search>,
) -> Response {
    at_work(site, asked, move |_, visit, at_work| {
        match search.field.as_str() {
            BY_NAME => by_name(visit, at_work, &search.value),
            _ => by_value(visit, at_work, &search),
        }
    })
    .await
}

/// A page of everybody whom the role may look at.
fn list(
    visit: &Visit,
    at_work: &AtWork<'_>,
    chosen: Option<&str>,
    sought: Option<Sought>,
) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let after = visit.query.get("after").map(|id| super::super::subject(id));
    let after: Option<SubjectId> = after.transpose()?;
    let view = match at_work.desk.offers(Action::Read) {
        true => {
            let list = at_work.desk.list(after, ROWS)?;
            People {
                rows: list.people.iter().map(|one| row(fill, one, true)).collect(),
                next: list.next.map(|id| id.to_string()),
                further: after.is_some(),
                ..empty(visit, at_work)
            }
        }
        false => empty(visit, at_work),
    };
    shown(
        People {
            chosen: chosen.map(str::to_owned),
            sought,
            ..view
        },
        visit,
    )
}

fn shown(view: People, visit: &Visit) -> Result<Answer, Fault> {
    Ok(Answer::page(people::render(&view, &visit.frame)))
}

fn empty(visit: &Visit, at_work: &AtWork<'_>) -> People {
    let new = visit.frame.link("/console/people/new", &[]);
    People {
        by: by(visit, at_work),
        chosen: None,
        sought: None,
        rows: Vec::new(),
        next: None,
        further: false,
        more: false,
        gone: visit.query.contains_key("gone"),
        add: at_work.desk.offers(Action::Collect).then_some(new),
    }
}

/// By what the role finds somebody for its purpose.
fn by(visit: &Visit, at_work: &AtWork<'_>) -> Vec<Choice> {
    let fill = visit.fill();
    if !at_work.desk.offers(Action::Find) {
        return Vec::new();
    }
    let name = (!naming(fill).is_empty()).then(|| Choice {
        value: BY_NAME.to_owned(),
        title: Either(fill.language).of("Name", "Nom").to_owned(),
    });
    let fields = look_up_fields(fill).map(|(id, name)| Choice {
        value: name.to_owned(),
        title: fill.say(&fill.policy().field(id).title),
    });
    name.into_iter().chain(fields).collect()
}

/// The categories that say who somebody is.
pub(super) fn naming(fill: Fill<'_>) -> CategorySet {
    let categories = (0u8..).map(CategoryId).zip(&fill.policy().categories);
    let named = categories.filter(|(_, it)| {
        let mut fields = it.fields.iter();
        fields.any(|field| field.kind == FieldType::PersonName)
    });
    named.map(|(id, _)| id).collect()
}

fn by_name(visit: &Visit, at_work: &AtWork<'_>, value: &str) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let desk = &at_work.desk;
    let found = match desk.search(value, ROWS as usize) {
        Ok(found) => found,
        Err(fault) if fault.kind == FaultKind::Invalid => {
            let refused = Sought::Refused(visit.phrases().people.no_value.to_owned());
            return list(visit, at_work, Some(BY_NAME), Some(refused));
        }
        Err(fault) => return Err(fault),
    };
    let more = found.more;
    let mut rows = Vec::with_capacity(found.people.len());
    for (id, name) in found.people {
        let shown = desk.show(id)?;
        rows.push(hit(fill, &shown.subject, fill.name(Ok(name)), shown.moment));
    }
    results(visit, at_work, BY_NAME, rows, more)
}

fn by_value(visit: &Visit, at_work: &AtWork<'_>, search: &Search) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let say = &visit.phrases().people;
    let mut fields = look_up_fields(fill);
    let Some((id, name)) = fields.find(|(_, name)| *name == search.field) else {
        let refused = Sought::Refused(say.no_field.to_owned());
        return list(visit, at_work, None, Some(refused));
    };
    let field = fill.policy().field(id);
    let Ok(value) = Value::parse(&field.kind, &search.value) else {
        let refused = Sought::Refused(say.no_value.to_owned());
        return list(visit, at_work, Some(name), Some(refused));
    };
    let found = at_work.desk.find(id, &value)?;
    if let [id] = found.as_slice() {
        let address = format!("/console/people/{id}");
        return Ok(Answer::go(visit.frame.link(&address, &[])));
    }
    let mut rows = Vec::with_capacity(found.len());
    for id in found {
        let view = at_work.desk.view(id, naming(fill), None)?;
        let named = fill.name(view.name(fill.policy()));
        rows.push(hit(fill, &view.subject, named, view.moment));
    }
    results(visit, at_work, name, rows, false)
}

/// Those who were found; nobody, where nobody was.
fn results(
    visit: &Visit,
    at_work: &AtWork<'_>,
    by: &str,
    rows: Vec<Row>,
    more: bool,
) -> Result<Answer, Fault> {
    let view = empty(visit, at_work);
    let title = view.by.iter().find(|it| it.value == by);
    let title = title.map_or_else(String::new, |it| it.title.clone());
    let sought = match rows.is_empty() {
        true => Sought::Nobody(title),
        false => Sought::Found,
    };
    let view = People {
        chosen: Some(by.to_owned()),
        sought: Some(sought),
        rows,
        more,
        ..view
    };
    shown(view, visit)
}

/// Somebody who was found, with what they are today.
pub(super) fn hit(fill: Fill<'_>, subject: &Subject, name: Name, moment: Moment) -> Row {
    let kinds = subject.roles.iter().filter(|role| role.until.is_none());
    let held = || subject.records.iter().filter(|held| !held.tombstone);
    let in_force = &fill.law.in_force;
    let next = held().filter_map(|one| next_due(in_force, subject, one, moment));
    Row {
        id: subject.id.to_string(),
        name,
        kinds: kinds
            .map(|role| fill.say(&fill.policy().kind(role.kind).title))
            .collect(),
        records: held().count() as u64,
        next: next.min().map(|at| fill.last_day(at)),
    }
}
