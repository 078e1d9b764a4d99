//! `GET /people/{id}`: one person, as the stated reader sees them.

use axum::extract::{Path, State};
use axum::response::Response;
use services::Destination;
use services::trace::Trace;

use crate::app::App;
use crate::pages::person;
use crate::site::{Answer, Asked, Surface};

pub(super) async fn get(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    app.answer(asked, move |app, visit| {
        let id = super::subject(&id)?;
        let fill = visit.fill();
        let reader = fill.reader(visit.frame.reading.as_deref())?;
        let request = reader.map(|reader| fill.request(reader));
        let view = app.kept.view(id, request, &app.actor)?;
        let Trace { acts, .. } = app.kept.trace(id, &app.actor, Destination::Screen)?;
        let standings = app.kept.standings(&view.subject)?;
        let view = fill.person(&view, reader, &acts, &standings);
        Ok(Answer::page(person::render(&view, &visit.frame)))
    })
    .await
}
