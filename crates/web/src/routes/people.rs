//! `GET /people`: the list. `POST /people`: look-up by an exact value, which leads to the person.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use domain::Fault;
use domain::value::Value;
use policy::model::{CategoryId, FieldId};
use services::Destination;
use services::list::Listed;

use super::time::Fields;
use crate::app::App;
use crate::fill::Fill;
use crate::pages::people::{self, People, Row};
use crate::pages::reading::{Choice, Name};
use crate::site::{Answer, Asked, Surface, Visit};

/// People on one page.
const ROWS: u32 = 25;

/// What came of a look-up that found nobody.
#[derive(Default)]
struct Sought {
    not_found: Option<String>,
    refused: Option<String>,
}

pub(super) async fn get(State(app): State<App>, asked: Asked) -> Response {
    app.answer(asked, |app, visit| page(app, visit, Sought::default()))
        .await
}

pub(super) async fn post(
    State(app): State<App>,
    asked: Asked,
    Form(fields): Form<Fields>,
) -> Response {
    app.answer(asked, move |app, visit| look_up(app, visit, &fields))
        .await
}

fn page(app: &App, visit: &Visit, sought: Sought) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let reader = fill.reader(visit.frame.reading.as_deref())?;
    let after = visit.query.get("after").map(|id| super::subject(id));
    let after = after.transpose()?;
    let list = app
        .kept
        .list(after, ROWS, reader, &app.actor, Destination::Screen)?;
    let view = People {
        reading: fill.reading(reader),
        look_up: look_up_fields(fill)
            .map(|(id, name)| Choice {
                value: name.to_owned(),
                title: fill.say(&fill.policy().field(id).title),
            })
            .collect(),
        not_found: sought.not_found,
        refused: sought.refused,
        total: list.total.unwrap_or_default(),
        rows: list
            .people
            .iter()
            .map(|one| row(fill, one, reader.is_some()))
            .collect(),
        next: list.next.map(|id| id.to_string()),
        further: after.is_some(),
    };
    Ok(Answer::page(people::render(&view, &visit.frame)))
}

pub(super) fn row(fill: Fill<'_>, one: &Listed, asked: bool) -> Row {
    let subject = &one.subject;
    let kinds = subject.roles.iter().filter(|role| role.until.is_none());
    Row {
        id: subject.id.to_string(),
        name: match &one.name {
            Err(_) if !asked => Name::Unasked,
            name => fill.name(name.clone()),
        },
        kinds: kinds
            .map(|role| fill.say(&fill.policy().kind(role.kind).title))
            .collect(),
        records: subject
            .records
            .iter()
            .filter(|held| !held.tombstone)
            .count() as u64,
        next: one.next.map(|at| fill.last_day(at)),
    }
}

/// The fields by whose exact value somebody can be found.
pub(super) fn look_up_fields(fill: Fill<'_>) -> impl Iterator<Item = (FieldId, &str)> {
    let categories = (0u8..).map(CategoryId).zip(&fill.policy().categories);
    categories.flat_map(|(category, it)| {
        (0u8..)
            .zip(&it.fields)
            .filter(|(_, field)| field.look_up)
            .map(move |(at, field)| {
                (
                    FieldId {
                        category,
                        field: at,
                    },
                    field.name.as_str(),
                )
            })
    })
}

fn look_up(app: &App, visit: &Visit, fields: &Fields) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let say = &visit.phrases().people;
    let refused = |why: &str| Sought {
        refused: Some(why.to_owned()),
        ..Sought::default()
    };
    let named = fields.get("field").map_or("", String::as_str);
    let Some((id, _)) = look_up_fields(fill).find(|(_, name)| *name == named) else {
        return page(app, visit, refused(say.no_field));
    };
    let field = fill.policy().field(id);
    let text = fields.get("value").map_or("", String::as_str);
    let Ok(value) = Value::parse(&field.kind, text) else {
        return page(app, visit, refused(say.no_value));
    };
    let found = app.kept.find(id, &value, &app.actor)?;
    match found.first() {
        Some(id) => Ok(Answer::go(visit.frame.link(&format!("/people/{id}"), &[]))),
        None => {
            let sought = Sought {
                not_found: Some(fill.say(&field.title)),
                ..Sought::default()
            };
            page(app, visit, sought)
        }
    }
}
