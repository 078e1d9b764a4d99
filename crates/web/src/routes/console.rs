//! `/console`: where staff work.

mod work;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::pages::console::work as page;
use crate::signed_in::for_staff;
use crate::site::{Answer, Asked, Site};

/// The addresses of the console.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/console", get(home))
        .route("/console/work", get(work::get).post(work::post))
}

async fn home(State(site): State<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| {
        Ok(Answer::page(page::render(None, &visit.frame)))
    })
    .await
}
