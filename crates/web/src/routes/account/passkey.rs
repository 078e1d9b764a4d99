//! `/account/passkeys/…`: a browser makes a passkey. What goes to and fro is JSON, for our script.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Fault, FaultKind};
use serde::Deserialize;

use super::super::sign_in::{HOME, answer_with, asked_for, from, refused, ways};
use super::PATH;
use crate::say::Either;
use crate::signed_in::{for_holder, limits};
use crate::site::{Answer, Asked, Site, Visit};

pub(super) async fn begin(State(site): State<Site>, asked: Asked) -> Response {
    for_holder(site, asked, |site, visit, session| {
        let Some(party) = &ways(site)?.party else {
            return Ok(not_made(visit));
        };
        let access = site.kept.access();
        match access.start_passkey(session, party, from(visit)) {
            Ok(begun) => asked_for(&begun),
            Err(fault) => failed(fault, visit),
        }
    })
    .await
}

/// What the script sends back.
#[derive(Deserialize)]
pub(super) struct Finish {
    token: String,
    answer: String,
    name: Option<String>,
}

pub(super) async fn finish(
    State(site): State<Site>,
    asked: Asked,
    Form(form): Form<Finish>,
) -> Response {
    for_holder(site, asked, move |site, visit, session| {
        let Some(party) = &ways(site)?.party else {
            return Ok(not_made(visit));
        };
        let made = site.kept.access().finish_passkey(
            session,
            party,
            &form.token,
            &form.answer,
            form.name.as_deref().unwrap_or_default(),
            from(visit),
            &limits(site),
        );
        match made {
            Ok(Some(token)) => {
                let home = visit.frame.link(HOME, &[]);
                Ok(answer_with(Some(token.reveal()), &home))
            }
            Ok(None) => Ok(answer_with(None, &visit.frame.link(PATH, &[]))),
            Err(fault) => failed(fault, visit),
        }
    })
    .await
}

/// What is told of a passkey that was not taken; what is wrong with the installation goes its way.
fn failed(fault: Fault, visit: &Visit) -> Result<Answer, Fault> {
    let say = Either(visit.frame.language);
    match fault.kind {
        FaultKind::Invalid | FaultKind::Refused => Ok(not_made(visit)),
        FaultKind::Conflict => Ok(refused(
            StatusCode::CONFLICT,
            say.of(
                "This passkey signs in already, or there are too many. Take one away first.",
                "Cette clé d’accès sert déjà, ou il y en a trop. Retirez-en d’abord une.",
            ),
        )),
        FaultKind::Absent | FaultKind::Unavailable | FaultKind::Integrity => Err(fault),
    }
}

fn not_made(visit: &Visit) -> Answer {
    let say = Either(visit.frame.language);
    refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        say.of(
            "The passkey was not made as it was asked for. Begin again, or use another device.",
            "La clé d’accès n’a pas été créée comme demandé. Recommencez, ou utilisez un autre appareil.",
        ),
    )
}
