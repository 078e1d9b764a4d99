//! `GET /people/{id}/beside`: one person as two readers see them.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::app::App;
use crate::pages::beside;
use crate::site::{Answer, Asked, Surface};

pub(super) async fn get(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    app.answer(asked, move |app, visit| {
        let id = super::subject(&id)?;
        let fill = visit.fill();
        let one = fill
            .reader(visit.frame.reading.as_deref())?
            .or_else(|| fill.other_reader(None));
        let other = fill
            .reader(visit.query.get("beside").map(String::as_str))?
            .or_else(|| fill.other_reader(one));
        let view = |reader| app.kept.view(id, reader, &app.actor);
        let left = view(one.map(|one| fill.request(one)))?;
        let right = view(other.map(|other| fill.request(other)))?;
        let view = fill.beside((one, &left), (other, &right));
        Ok(Answer::page(beside::render(&view, &visit.frame)))
    })
    .await
}
