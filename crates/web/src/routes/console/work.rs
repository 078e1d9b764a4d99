//! `/console/work`: staff say what they are doing: in which role, for which purpose.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use domain::{Fault, FaultKind};
use policy::model::PurposeId;
use serde::Deserialize;

use crate::appearance::is_ours;
use crate::pages::console::work;
use crate::signed_in::for_staff;
use crate::site::{Answer, Asked, Site, Visit};

/// Where somebody goes who came from nowhere.
const HOME: &str = "/console";

/// What is chosen, and the page to come back to.
#[derive(Deserialize)]
pub(super) struct Choice {
    work: String,
    back: Option<String>,
}

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| {
        let back = visit.query.get("to").filter(|to| is_ours(to));
        let page = work::render(back.map(String::as_str), &visit.frame);
        Ok(Answer::page(page))
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(choice): Form<Choice>,
) -> Response {
    for_staff(site, asked, move |site, visit, staff| {
        let (role, purpose) = chosen(visit, &choice.work)?;
        let access = site.kept.access();
        access.work_for(&staff.session, role, purpose)?;
        let back = choice.back.as_deref().filter(|back| is_ours(back));
        Ok(Answer::go(back.unwrap_or(HOME)))
    })
    .await
}

/// What the form names: `role.purpose`, or the role alone.
fn chosen<'a>(visit: &Visit, text: &'a str) -> Result<(&'a str, Option<PurposeId>), Fault> {
    let Some((role, purpose)) = text.split_once('.') else {
        return Ok((text, None));
    };
    let mut purposes = (0u8..).map(PurposeId).zip(&visit.law.policy().purposes);
    let found = purposes.find(|(_, it)| it.name == purpose);
    let (id, _) = found.ok_or_else(|| {
        Fault::new(FaultKind::Invalid, "the policy has no such purpose")
            .remedy("choose one from the list")
    })?;
    Ok((role, Some(id)))
}
