//! `/console`: where staff work.

mod act;
mod people;
mod person;
mod undertaking;
mod work;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::assets;
use crate::pages::console::{home as page, work as choosing};
use crate::script;
use crate::signed_in::for_staff;
use crate::site::{Answer, Asked, Site};

/// The addresses of the console.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(script::CONSOLE.path, get(assets::console_script))
        .route("/console", get(home))
        .route("/console/people", get(people::get).post(people::post))
        .route("/console/people/new", get(act::new_get).post(act::new_post))
        .route("/console/people/{id}", get(person::get))
        .route("/console/people/{id}/{act}", get(act::get).post(act::post))
        .route(
            "/console/undertaking",
            get(undertaking::get).post(undertaking::post),
        )
        .route("/console/work", get(work::get).post(work::post))
}

/// The first page: what is to be chosen first, then the rooms.
async fn home(State(site): State<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| {
        let frame = &visit.frame;
        let chosen = frame.work.as_ref().is_some_and(|it| it.chosen.is_some());
        Ok(Answer::page(match chosen {
            true => page::render(frame),
            false => choosing::render(None, frame),
        }))
    })
    .await
}
