//! `/console/undertaking`: staff read the undertaking of confidentiality and accept it (9b).

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::appearance::is_ours;
use crate::pages::console::undertaking;
use crate::signed_in::for_staff;
use crate::site::{Answer, Asked, Site};

/// The version that was read, and the page to come back to.
#[derive(Deserialize)]
pub(super) struct Accepted {
    version: u32,
    back: Option<String>,
}

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |site, visit, _| {
        let text = site.kept.access().undertaking()?;
        let back = visit.query.get("to").filter(|to| is_ours(to));
        let page = undertaking::render(&text, back.map(String::as_str), &visit.frame);
        Ok(Answer::page(page))
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(accepted): Form<Accepted>,
) -> Response {
    for_staff(site, asked, move |site, _, staff| {
        let access = site.kept.access();
        access.accept_undertaking(&staff.actor, accepted.version, false)?;
        let back = accepted.back.as_deref().filter(|back| is_ours(back));
        Ok(Answer::go(back.unwrap_or("/console")))
    })
    .await
}
