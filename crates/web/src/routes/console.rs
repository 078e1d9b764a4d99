//! `/console`: where staff work.

mod accounts;
mod act;
mod health;
mod keys;
mod organisations;
mod people;
mod person;
mod policy;
mod rooms;
mod trace;
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
        .route(
            "/console/organisations",
            get(organisations::get).post(organisations::post),
        )
        .route("/console/organisations/{id}", get(organisations::one))
        .route(
            "/console/organisations/{id}/fact",
            get(organisations::fact_get).post(organisations::fact_post),
        )
        .route("/console/calendar", get(rooms::calendar))
        .route("/console/journal", get(rooms::journal).post(rooms::verify))
        .route("/console/trace", get(trace::get).post(trace::post))
        .route("/console/trace/{id}", get(trace::one))
        .route("/console/accounts", get(accounts::list))
        .route(
            "/console/accounts/new",
            get(accounts::new_get).post(accounts::new_post),
        )
        .route(
            "/console/accounts/{handle}",
            get(accounts::one).post(accounts::post),
        )
        .route("/console/keys", get(keys::get).post(keys::post))
        .route("/console/keys/new", get(keys::new_get).post(keys::new_post))
        .route("/console/health", get(health::get))
        .route("/console/policy", get(policy::purposes))
        .route("/console/policy/terms", get(policy::terms))
        .route("/console/policy/versions", get(policy::versions))
        .route("/console/policy/who", get(policy::who))
        .route("/console/policy/what", get(policy::what))
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
