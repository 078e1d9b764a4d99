//! `/sign-in/passkey/…`: a browser shows a passkey. What goes to and fro is JSON, for our script.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use domain::Fault;
use serde::Deserialize;
use serde_json::{Value, json};
use services::access::{Attempt, Begun};

use super::{HOME, back, from, seconds, ways};
use crate::pages::sign_in::wait;
use crate::say::Either;
use crate::server::cookie::Cookie;
use crate::server::logs;
use crate::signed_in::{STAFF, limits};
use crate::site::{Answer, Asked, Site, Surface, Visit};

/// An answer to our script.
fn told(status: StatusCode, what: &Value) -> Answer {
    let head = [(CONTENT_TYPE, "application/json")];
    Answer::whole((status, head, what.to_string()))
}

/// A question, for the script.
pub(in crate::routes) fn asked_for(begun: &Begun) -> Result<Answer, Fault> {
    let asked: Value = serde_json::from_str(&begun.asked).map_err(|error| {
        let message = "a passkey cannot be asked for";
        Fault::new(domain::FaultKind::Integrity, message).because(error)
    })?;
    let token = begun.token.reveal();
    Ok(told(
        StatusCode::OK,
        &json!({ "token": token, "asked": asked }),
    ))
}

/// Where the script goes on, in a session that has begun.
pub(in crate::routes) fn answer_with(token: Option<&str>, go: &str) -> Answer {
    let answer = told(StatusCode::OK, &json!({ "go": go }));
    match token {
        Some(token) => answer.cookie(Cookie::new(STAFF, token)),
        None => answer,
    }
}

/// Why it does not go on, in the reader's language.
pub(in crate::routes) fn refused(status: StatusCode, error: &str) -> Answer {
    told(status, &json!({ "error": error }))
}

/// What is told of a fault: it is logged where the installation is at fault.
fn failed(fault: &Fault, visit: &Visit) -> Answer {
    let reference = visit.frame.reference.as_deref().unwrap_or_default();
    tracing::error!(request = reference, why = logs::line(fault), "not answered");
    let say = Either(visit.frame.language);
    let error = say.of(
        "This does not work at the moment. Try again later, or sign in another way.",
        "Cela ne fonctionne pas pour l’instant. Réessayez plus tard, ou connectez-vous autrement.",
    );
    refused(StatusCode::SERVICE_UNAVAILABLE, error)
}

pub(super) async fn begin(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let Some(party) = &ways(site)?.party else {
            return Ok(none_here(visit));
        };
        match site.kept.access().start_passkey_sign_in(party, from(visit)) {
            Ok(Attempt::Passed(begun)) => asked_for(&begun),
            Ok(Attempt::Later(until)) => Ok(later(seconds(until, site)?, visit)),
            Ok(Attempt::Wrong) => Ok(none_here(visit)),
            Err(fault) => Ok(failed(&fault, visit)),
        }
    })
    .await
}

/// What the script sends back.
#[derive(Deserialize)]
pub(super) struct Finish {
    token: String,
    answer: String,
    to: Option<String>,
}

pub(super) async fn finish(
    State(site): State<Site>,
    asked: Asked,
    Form(form): Form<Finish>,
) -> Response {
    site.answer(asked, move |site, visit| {
        let Some(party) = &ways(site)?.party else {
            return Ok(none_here(visit));
        };
        let (access, from, limits) = (site.kept.access(), from(visit), limits(site));
        let (token, answer) = (&form.token, &form.answer);
        match access.finish_passkey_sign_in(party, token, answer, from, &limits) {
            Ok(Attempt::Passed(token)) => {
                let home = visit.frame.link(HOME, &[]);
                let go = back(form.to.as_ref()).unwrap_or(&home);
                Ok(answer_with(Some(token.reveal()), go))
            }
            Ok(Attempt::Later(until)) => Ok(later(seconds(until, site)?, visit)),
            Ok(Attempt::Wrong) => Ok(none_here(visit)),
            Err(fault) => Ok(failed(&fault, visit)),
        }
    })
    .await
}

fn none_here(visit: &Visit) -> Answer {
    let say = Either(visit.frame.language);
    let error = say.of(
        "This passkey opens no account here. Try another, or sign in another way.",
        "Cette clé d’accès n’ouvre aucun compte ici. Essayez-en une autre, ou connectez-vous autrement.",
    );
    refused(StatusCode::UNPROCESSABLE_ENTITY, error)
}

fn later(seconds: u64, visit: &Visit) -> Answer {
    let say = Either(visit.frame.language);
    refused(StatusCode::TOO_MANY_REQUESTS, &wait(seconds, say))
}
