//! `/sign-in`: how staff come in, and `/sign-out`.

mod passkey;
mod service;

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::{Fault, FaultKind};
use jiff::Timestamp;
use serde::Deserialize;
use services::access::{Address, Attempt, Session, Strength};

use super::assets;
use crate::appearance::is_ours;
use crate::pages::sign_in::{self as page, Said, ServiceLink, SignIn, code, link};
use crate::script;
use crate::server::cookie::{self, Cookie};
use crate::sign_in::Ways;
use crate::signed_in::{STAFF, limits, session};
use crate::site::{Answer, Asked, Site, Surface, Visit};

pub(super) use passkey::{answer_with, asked_for, refused};

/// Where somebody goes who came from nowhere.
pub(super) const HOME: &str = "/console";

/// The addresses of signing in and out.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/sign-in", get(show).post(password))
        .route("/sign-in/code", get(show_code).post(second))
        .route("/sign-in/set-up", get(show_link).post(use_link))
        .route("/sign-in/passkey/begin", post(passkey::begin))
        .route("/sign-in/passkey/finish", post(passkey::finish))
        .route("/sign-in/with/{name}", post(service::leave))
        .route("/sign-in/back/{name}", get(service::back))
        .route("/sign-out", post(sign_out))
        .route(script::SIGN_IN.path, get(assets::sign_in_script))
}

/// The ways in of a site.
pub(super) fn ways(site: &Site) -> Result<&Ways, Fault> {
    site.ways.as_deref().ok_or_else(|| {
        Fault::new(FaultKind::Absent, "nobody signs in here")
            .remedy("serve the installation with a configuration")
    })
}

/// Where a request came from.
pub(super) fn from(visit: &Visit) -> Address {
    let nowhere = Address(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    visit.client.unwrap_or(nowhere)
}

/// The page to come back to, if it is one of ours.
fn back(to: Option<&String>) -> Option<&str> {
    to.map(String::as_str).filter(|to| is_ours(to))
}

/// Goes on to work, in a session that has begun.
pub(super) fn signed_in(token: &str, to: Option<&str>, visit: &Visit) -> Answer {
    let home = visit.frame.link(HOME, &[]);
    Answer::go(to.map_or(home, str::to_owned)).cookie(Cookie::new(STAFF, token))
}

/// The seconds until a moment, as a page says them.
pub(super) fn seconds(until: Timestamp, site: &Site) -> Result<u64, Fault> {
    let left = until.duration_since(site.kept.moment()?.now);
    Ok(u64::try_from(left.as_secs()).unwrap_or_default() + 1)
}

/// The services as pages name them.
pub(super) fn services(ways: &Ways) -> Vec<ServiceLink> {
    let services = ways.services.iter().map(|it| ServiceLink {
        name: it.provider.name().to_owned(),
        title: it.title.clone(),
    });
    services.collect()
}

/// The first page, with what became of the last try.
fn start(
    site: &Site,
    visit: &Visit,
    who: &str,
    to: Option<&str>,
    said: Option<Said>,
) -> Result<Answer, Fault> {
    let ways = ways(site)?;
    let view = SignIn {
        who,
        to,
        said,
        passkeys: ways.party.is_some(),
        services: services(ways),
    };
    let answer = Answer::page(page::render(&view, &visit.frame)).scripted();
    Ok(answer.status(status(said)))
}

fn status(said: Option<Said>) -> StatusCode {
    match said {
        None | Some(Said::Out) => StatusCode::OK,
        Some(Said::Later(_)) => StatusCode::TOO_MANY_REQUESTS,
        Some(Said::NoAnswer) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Said::Wrong | Said::Unknown | Said::Unproven) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

async fn show(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let to = back(visit.query.get("to"));
        let open = session(site, visit, STAFF)?;
        if open.is_some_and(|it| it.strength.opens_work()) {
            return Ok(Answer::go(to.unwrap_or(HOME)));
        }
        let said = visit.query.get("out").map(|_| Said::Out);
        start(site, visit, "", to, said)
    })
    .await
}

/// Address and password.
#[derive(Deserialize)]
struct First {
    who: String,
    password: String,
    to: Option<String>,
}

async fn password(State(site): State<Site>, asked: Asked, Form(form): Form<First>) -> Response {
    site.answer(asked, move |site, visit| {
        let (access, from) = (site.kept.access(), from(visit));
        let to = back(form.to.as_ref());
        let pending = match access.sign_in_password(&form.who, &form.password, from)? {
            Attempt::Passed(pending) => pending,
            Attempt::Wrong => return start(site, visit, &form.who, to, Some(Said::Wrong)),
            Attempt::Later(until) => {
                let said = Said::Later(seconds(until, site)?);
                return start(site, visit, &form.who, to, Some(said));
            }
        };
        if !ways(site)?.second_factor
            && let Some(token) = access.sign_in_without_code(&pending, from, &limits(site))?
        {
            return Ok(signed_in(token.reveal(), to, visit));
        }
        let query: Vec<(&str, &str)> = to.iter().map(|to| ("to", *to)).collect();
        let next = visit.frame.link("/sign-in/code", &query);
        Ok(Answer::go(next).cookie(Cookie::new(STAFF, pending.token.reveal())))
    })
    .await
}

async fn show_code(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let half = session(site, visit, STAFF)?;
        if half.is_none_or(|it| it.strength != Strength::Half) {
            return Ok(Answer::go(visit.frame.link("/sign-in", &[])));
        }
        let to = back(visit.query.get("to"));
        Ok(Answer::page(code::render(to, None, &visit.frame)))
    })
    .await
}

/// The second factor.
#[derive(Deserialize)]
struct Second {
    code: String,
    to: Option<String>,
}

async fn second(State(site): State<Site>, asked: Asked, Form(form): Form<Second>) -> Response {
    site.answer(asked, move |site, visit| {
        let to = back(form.to.as_ref());
        let pending = cookie::value(&visit.headers, STAFF, site.edge.is_secure());
        let access = site.kept.access();
        let pending = pending.unwrap_or_default();
        let said = match access.sign_in_code(pending, &form.code, from(visit), &limits(site))? {
            Attempt::Passed(token) => return Ok(signed_in(token.reveal(), to, visit)),
            Attempt::Wrong => Said::Wrong,
            Attempt::Later(until) => Said::Later(seconds(until, site)?),
        };
        let page = code::render(to, Some(said), &visit.frame);
        Ok(Answer::page(page).status(status(Some(said))))
    })
    .await
}

async fn show_link(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |_, visit| {
        Ok(Answer::page(link::render(None, &visit.frame)).scripted())
    })
    .await
}

/// What stood behind the `#` of a link.
#[derive(Deserialize)]
struct Handed {
    token: String,
}

async fn use_link(State(site): State<Site>, asked: Asked, Form(form): Form<Handed>) -> Response {
    site.answer(asked, move |site, visit| {
        let access = site.kept.access();
        let said = match access.use_link(form.token.trim(), from(visit))? {
            Attempt::Passed(token) => {
                let begun: Option<Session> = access.session(token.reveal(), &limits(site))?;
                match begun.is_some_and(|it| it.strength == Strength::SetUp) {
                    true => {
                        let cookie = Cookie::new(STAFF, token.reveal());
                        return Ok(Answer::go(visit.frame.link("/account", &[])).cookie(cookie));
                    }
                    // A link of another sort.
                    false => Said::Wrong,
                }
            }
            Attempt::Wrong => Said::Wrong,
            Attempt::Later(until) => Said::Later(seconds(until, site)?),
        };
        let page = link::render(Some(said), &visit.frame);
        Ok(Answer::page(page).scripted().status(status(Some(said))))
    })
    .await
}

/// The page to come back to after signing in again.
#[derive(Deserialize)]
struct Out {
    to: Option<String>,
}

async fn sign_out(State(site): State<Site>, asked: Asked, Form(form): Form<Out>) -> Response {
    site.answer(asked, move |site, visit| {
        if let Some(session) = session(site, visit, STAFF)? {
            site.kept.access().sign_out(&session)?;
        }
        let to = back(form.to.as_ref()).map(|to| ("to", to));
        let query: Vec<(&str, &str)> = [("out", "yes")].into_iter().chain(to).collect();
        let next = visit.frame.link("/sign-in", &query);
        Ok(Answer::go(next).cookie(Cookie::gone(STAFF)))
    })
    .await
}
