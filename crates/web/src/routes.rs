//! The addresses of the demo, one file each.

mod assets;
mod beside;
mod calendar;
mod documents;
mod home;
mod journal;
mod people;
mod person;
mod privacy;
mod time;

use std::collections::HashMap;
use std::convert::Infallible;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Query};
use axum::http::request::Parts;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, post};
use domain::{Fault, FaultKind};

use crate::app::{App, Asked};
use crate::guard::guard;

/// No form of the demo sends more, in bytes.
const BODY_MAX: usize = 8 * 1024;

/// All addresses.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(home::get))
        .route("/time", post(time::post))
        .route("/people", get(people::get).post(people::post))
        .route("/people/{id}", get(person::get))
        .route("/people/{id}/beside", get(beside::get))
        .route("/calendar", get(calendar::get))
        .route("/journal", get(journal::get).post(journal::post))
        .route("/privacy", get(privacy::get))
        .route("/documents", get(documents::list))
        .route("/documents/{name}", get(documents::one))
        .route("/style.css", get(assets::style))
        .route("/icon.svg", get(assets::icon))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(guard))
        .with_state(app)
}

async fn nowhere(app: axum::extract::State<App>, asked: Asked) -> Response {
    app.0
        .answer(asked, |_, _| {
            Err(Fault::new(
                FaultKind::Absent,
                "there is nothing at this address",
            ))
        })
        .await
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    /// A query that cannot be read counts as none.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        Ok(Self {
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            query: query.map(|Query(query)| query).unwrap_or_default(),
        })
    }
}

/// A person's identifier in an address.
fn subject(id: &str) -> Result<domain::SubjectId, Fault> {
    // To a reader, an identifier that is none and one of nobody are the same.
    id.parse().map_err(|_| {
        Fault::new(FaultKind::Absent, "nothing is held about such a person")
            .remedy("choose somebody from the list")
    })
}
