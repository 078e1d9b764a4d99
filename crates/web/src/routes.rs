//! The addresses, one file each.

mod account;
mod assets;
mod beside;
mod calendar;
mod console;
mod documents;
mod figures;
mod front;
mod home;
mod interface;
mod journal;
mod log;
mod people;
mod person;
mod portal;
mod privacy;
mod sign_in;
mod time;
mod versions;
mod well_known;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use domain::{Fault, FaultKind};

use crate::api;
use crate::app::App;
use crate::appearance;
use crate::pages::error::{self, Error};
use crate::server::{Edge, health, surround};
use crate::site::{Answer, Asked, Site, Surface};

/// The addresses of the server.
pub(crate) fn server(site: Site) -> Router {
    let limits = site.config.as_ref().map(|config| config.limits);
    let body_max = limits.map_or(0, |limits| limits.body_bytes_max);
    let routes = Router::new()
        .route("/", get(front::get))
        .route("/metrics", get(figures::get))
        .route("/api", get(interface::get))
        .merge(console::routes())
        .merge(api::router())
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(portal::routes())
        .merge(public());
    surrounded(routes, Arc::clone(&site.edge), body_max).with_state(site)
}

/// The addresses of the demo.
pub(crate) fn demo(app: App, body_max: usize) -> Router {
    let edge = Arc::clone(&app.site().edge);
    let routes = Router::new()
        .route("/", get(home::get))
        .route("/time", post(time::post))
        .route("/people", get(people::get).post(people::post))
        .route("/people/{id}", get(person::get))
        .route("/people/{id}/beside", get(beside::get))
        .route("/calendar", get(calendar::get))
        .route("/journal", get(journal::get).post(journal::post))
        .merge(public());
    surrounded(routes, edge, body_max).with_state(app)
}

/// The address at which figures are served, and nothing else.
pub(crate) fn figures(site: Site) -> Router {
    Router::new()
        .route("/metrics", get(figures::near))
        .with_state(site)
}

/// What anybody may read, on every surface.
fn public<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Site: FromRef<S>,
{
    Router::new()
        .route("/privacy", get(privacy::get))
        .route("/privacy/versions", get(versions::list))
        .route("/privacy/versions/{version}", get(versions::one))
        .route(
            "/privacy/versions/{version}/since/{earlier}",
            get(versions::difference),
        )
        .route("/documents", get(documents::list))
        .route("/documents/{name}", get(documents::one))
        .route("/appearance", post(appearance::post))
        .route("/.well-known/security.txt", get(well_known::security))
        .route("/.well-known/gpc.json", get(well_known::gpc))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/verifier", get(log::verifier))
        .route("/log/statements", get(log::statements))
        .route("/log/statements/{name}", get(log::statement))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/style.css", get(assets::style))
        .route("/icon.svg", get(assets::icon))
}

/// Puts around all routes what holds for each.
fn surrounded<S>(routes: Router<S>, edge: Arc<Edge>, body_max: usize) -> Router<S>
where
    S: Surface,
{
    routes
        .fallback(nowhere::<S>)
        .layer(DefaultBodyLimit::max(body_max))
        .layer(from_fn_with_state(edge, surround))
}

async fn nowhere<S: Surface>(surface: State<S>, asked: Asked) -> Response {
    surface
        .0
        .answer(asked, |_, visit| {
            let page = error::render(&Error::absent(), &visit.frame);
            Ok(Answer::page(page).status(StatusCode::NOT_FOUND))
        })
        .await
}

/// A person's identifier in an address.
fn subject(id: &str) -> Result<domain::SubjectId, Fault> {
    // To a reader, an identifier that is none and one of nobody are the same.
    id.parse().map_err(|_| {
        Fault::new(FaultKind::Absent, "nothing is held about such a person")
            .remedy("choose somebody from the list")
    })
}
