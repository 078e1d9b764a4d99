//! The rooms that the console has in common with the demo: the calendar and the journal.

use axum::extract::State;
use axum::response::Response;
use policy::authorisation::Administration;

use crate::routes::{calendar as counted, journal as state};
use crate::signed_in::{administering, at_work};
use crate::site::{Asked, Site};

/// `GET /console/calendar`: what goes when, of what the role may count.
pub(super) async fn calendar(State(site): State<Site>, asked: Asked) -> Response {
    at_work(site, asked, |_, visit, at_work| {
        counted::page(visit, |days| at_work.desk.calendar(days))
    })
    .await
}

/// `GET /console/journal`: its state.
pub(super) async fn journal(State(site): State<Site>, asked: Asked) -> Response {
    administering(site, asked, Administration::Journal, |site, visit, _| {
        state::page(&site.kept, visit, None)
    })
    .await
}

/// `POST /console/journal`: publishes a checkpoint and verifies the whole.
pub(super) async fn verify(State(site): State<Site>, asked: Asked) -> Response {
    administering(
        site,
        asked,
        Administration::Journal,
        |site, visit, staff| state::verified(&site.kept, visit, &staff.actor),
    )
    .await
}
