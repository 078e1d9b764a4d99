//! `GET /`: the first page of the server, for the public.

use axum::extract::State;
use axum::response::Response;

use crate::pages::front;
use crate::site::{Answer, Asked, Site, Surface};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let has_checkpoint = site.kept.published_checkpoint()?.is_some();
        Ok(Answer::page(front::render(
            visit.law.policy(),
            has_checkpoint,
            &visit.frame,
        )))
    })
    .await
}
