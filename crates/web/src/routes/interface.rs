//! `GET /api`: the programming interface, to be read by people.

use axum::extract::State;
use axum::response::Response;

use crate::api;
use crate::pages::interface;
use crate::site::{Answer, Asked, Site, Surface};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |_, visit| {
        Ok(Answer::page(interface::render(&api::view(), &visit.frame)))
    })
    .await
}
