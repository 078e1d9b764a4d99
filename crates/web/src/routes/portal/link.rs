//! A link to the address on file, and its use (21c). Asking is answered at once and alike, whoever has
//! the address: what follows is done afterwards.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::value::Value;
use jiff::SignedDuration;
use policy::model::FieldType;
use serde::Deserialize;
use services::access::{Address, Attempt, Delivery, Strength};

use super::HOME;
use crate::pages::portal::link::{self, AskedFor};
use crate::pages::sign_in::Said;
use crate::routes::sign_in::{from, seconds};
use crate::server::cookie::Cookie;
use crate::server::logs;
use crate::signed_in::{PERSON, for_person, limits, session};
use crate::site::{Answer, Asked, Site, Surface};

pub(super) async fn show(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let open = session(site, visit, PERSON)?;
        if open.is_some_and(|it| it.strength == Strength::Link) {
            return Ok(Answer::go(visit.frame.link(HOME, &[])));
        }
        Ok(Answer::page(link::ask(None, &visit.frame)))
    })
    .await
}

/// Whose data is asked for.
#[derive(Deserialize)]
pub(super) struct Whose {
    email: String,
}

pub(super) async fn ask(
    State(site): State<Site>,
    asked: Asked,
    Form(form): Form<Whose>,
) -> Response {
    site.answer(asked, move |site, visit| {
        let said = match (&site.delivery, Value::parse(&FieldType::Email, &form.email)) {
            (None, _) => AskedFor::Unsent,
            (Some(_), Err(_)) => AskedFor::NoAddress,
            (Some(delivery), Ok(_)) => {
                send(site, Arc::clone(delivery), form.email, from(visit));
                AskedFor::Sent
            }
        };
        let status = match said {
            AskedFor::Sent => StatusCode::OK,
            AskedFor::NoAddress => StatusCode::UNPROCESSABLE_ENTITY,
            AskedFor::Unsent => StatusCode::SERVICE_UNAVAILABLE,
        };
        let page = link::ask(Some(said), &visit.frame);
        Ok(Answer::page(page).status(status))
    })
    .await
}

/// Makes the link and sends it, after the answer.
fn send(site: &Site, delivery: Arc<dyn Delivery>, email: String, from: Address) {
    let kept = Arc::clone(&site.kept);
    let lasts = site.config.as_ref().map(|it| it.sign_in.link_max);
    let lasts = lasts.and_then(|it| SignedDuration::try_from(it).ok());
    tokio::runtime::Handle::current().spawn_blocking(move || {
        let lasts = lasts.unwrap_or(SignedDuration::from_mins(15));
        let asked = kept
            .access()
            .ask_link(&email, from, lasts, delivery.as_ref());
        if let Err(fault) = asked {
            tracing::error!(why = logs::line(&fault), "a link was not made");
        }
    });
}

pub(super) async fn show_enter(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |_, visit| {
        Ok(Answer::page(link::enter(None, &visit.frame)).scripted())
    })
    .await
}

/// What stood behind the `#` of a link.
#[derive(Deserialize)]
pub(super) struct Handed {
    token: String,
}

pub(super) async fn enter(
    State(site): State<Site>,
    asked: Asked,
    Form(form): Form<Handed>,
) -> Response {
    site.answer(asked, move |site, visit| {
        let access = site.kept.access();
        let said = match access.use_link(form.token.trim(), from(visit))? {
            Attempt::Passed(token) => {
                let begun = access.session(token.reveal(), &limits(site))?;
                match begun.is_some_and(|it| it.strength == Strength::Link) {
                    true => {
                        let cookie = Cookie::new(PERSON, token.reveal());
                        return Ok(Answer::go(visit.frame.link(HOME, &[])).cookie(cookie));
                    }
                    // A link of another sort.
                    false => Said::Wrong,
                }
            }
            Attempt::Wrong => Said::Wrong,
            Attempt::Later(until) => Said::Later(seconds(until, site)?),
        };
        let status = match said {
            Said::Later(_) => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let page = link::enter(Some(said), &visit.frame);
        Ok(Answer::page(page).scripted().status(status))
    })
    .await
}

pub(super) async fn sign_out(State(site): State<Site>, asked: Asked) -> Response {
    for_person(site, asked, |site, visit, person| {
        site.kept.access().sign_out(&person.session)?;
        let next = visit.frame.link("/privacy", &[]);
        Ok(Answer::go(next).cookie(Cookie::gone(PERSON)))
    })
    .await
}
