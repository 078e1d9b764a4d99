//! `GET /me`: everything that is held. `POST /me/copy`: the same to be taken along.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use policy::model::Policy;
use serde::Deserialize;
use services::copy::sheet::Record;

use crate::pages::{copy as page, portal};
use crate::signed_in::for_person;
use crate::site::{Answer, Asked, Site};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    for_person(site, asked, |site, visit, person| {
        let own = site.kept.own(&person.session)?;
        let copy = own.shown(visit.frame.language)?;
        let policy = visit.law.policy();
        let corrected = visit.query.contains_key("corrected");
        Ok(Answer::page(portal::data::render(
            copy.sheet(),
            policy,
            &|record| is_correctable(policy, record),
            corrected,
            &visit.frame,
        )))
    })
    .await
}

/// Whether somebody may put something of a record right themselves (12a): not of what was worked out
/// from other data, which is put right with that.
fn is_correctable(policy: &Policy, record: &Record) -> bool {
    let mut categories = policy.categories.iter();
    let category = categories.find(|it| it.name == record.category.name);
    let fields = category.map_or(&[][..], |it| &it.fields);
    !record.derived && fields.iter().any(|field| field.correctable)
}

/// In which form.
#[derive(Deserialize)]
pub(super) struct Wanted {
    form: String,
}

pub(super) async fn copy(
    State(site): State<Site>,
    asked: Asked,
    Form(wanted): Form<Wanted>,
) -> Response {
    for_person(site, asked, move |site, visit, person| {
        let own = site.kept.own(&person.session)?;
        let copy = own.taken(visit.frame.language)?;
        let (kind, name, text) = match wanted.form.as_str() {
            "json" => {
                let text = serde_json::to_string_pretty(&copy.to_json()).unwrap_or_default();
                ("application/json", "copy.json", text)
            }
            _ => (
                "text/html; charset=utf-8",
                "copy.html",
                page::render(copy.sheet()),
            ),
        };
        let mut response = text.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Ok(value) = format!("attachment; filename=\"{name}\"").parse() {
            headers.insert(CONTENT_DISPOSITION, value);
        }
        Ok(Answer::whole(response))
    })
    .await
}
