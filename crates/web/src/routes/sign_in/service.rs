//! `/sign-in/with/…` and `/sign-in/back/…`: to a service of the organisation, and back.

use std::fmt::Write as _;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::REFRESH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Fault, FaultKind};
use serde::Deserialize;
use services::access::service::Answer as Back;
use services::access::{Attempt, CameBack};

use super::{back as to_ours, from, seconds, signed_in, start, ways};
use crate::pages::sign_in::{Said, away};
use crate::server::cookie::{self, Cookie};
use crate::server::logs;
use crate::signed_in::{STAFF, limits, session};
use crate::site::{Answer, Asked, Site, Surface, Visit};

/// The cookie of somebody who is at a service: what shows that it was begun in this browser, and
/// the page to come back to.
const BEGUN: &str = "begun";
/// It stays for ten minutes, like what was begun.
const SECONDS: u64 = 10 * 60;

/// What a button that leads to a service says.
#[derive(Deserialize)]
pub(super) struct Leave {
    to: Option<String>,
    /// Whether the identity is to be linked to the account of this session.
    link: Option<String>,
}

/// Sends somebody to a service. The page goes on by itself: a form may lead nowhere else.
pub(super) async fn leave(
    State(site): State<Site>,
    asked: Asked,
    Path(name): Path<String>,
    Form(form): Form<Leave>,
) -> Response {
    site.answer(asked, move |site, visit| {
        let service = ways(site)?.service(&name)?;
        let to = to_ours(form.to.as_ref());
        let session = match form.link {
            Some(_) => Some(session(site, visit, STAFF)?.ok_or_else(over)?),
            None => None,
        };
        let access = site.kept.access();
        let sent = access.start_provider(&service.provider, session.as_ref(), from(visit));
        let sent = match sent {
            Err(fault) if fault.kind == FaultKind::Unavailable => {
                return no_answer(site, visit, to, &fault);
            }
            sent => sent?,
        };
        let sent = match sent {
            Attempt::Passed(sent) => sent,
            Attempt::Later(until) => {
                let said = Said::Later(seconds(until, site)?);
                return start(site, visit, "", to, Some(said));
            }
            Attempt::Wrong => return start(site, visit, "", to, Some(Said::Unproven)),
        };
        let begun = carried(sent.token.reveal(), to.unwrap_or_default());
        let refresh = HeaderValue::from_str(&format!("0; url={}", sent.address));
        let refresh = refresh.map_err(|error| {
            let message = "the address of a sign-in service cannot be gone to";
            Fault::new(FaultKind::Unavailable, message).because(error)
        })?;
        Ok(
            Answer::page(away::render(&service.title, &sent.address, &visit.frame))
                .field(REFRESH, refresh)
                .cookie(Cookie::new(BEGUN, begun).lasting(SECONDS)),
        )
    })
    .await
}

/// Takes somebody back from a service.
pub(super) async fn back(
    State(site): State<Site>,
    asked: Asked,
    Path(name): Path<String>,
) -> Response {
    site.answer(asked, move |site, visit| {
        Ok(came_back(site, visit, &name)?.cookie(Cookie::gone(BEGUN)))
    })
    .await
}

fn came_back(site: &Site, visit: &Visit, name: &str) -> Result<Answer, Fault> {
    let service = ways(site)?.service(name)?;
    let begun = cookie::value(&visit.headers, BEGUN, site.edge.is_secure());
    let (token, to) = taken_out(begun.unwrap_or_default());
    let to = to_ours(to.as_ref());
    let said = |key: &str| visit.query.get(key).map(String::as_str);
    let answer = Back {
        state: said("state").unwrap_or_default(),
        code: said("code"),
        issuer: said("iss"),
    };
    let open = session(site, visit, STAFF)?;
    let came = site.kept.access().finish_provider(
        &service.provider,
        open.as_ref(),
        token,
        &answer,
        from(visit),
        &limits(site),
    );
    let came = match came {
        Err(fault) if fault.kind == FaultKind::Unavailable => {
            return no_answer(site, visit, to, &fault);
        }
        came => came?,
    };
    match came {
        Attempt::Passed(CameBack::SignedIn(token)) => Ok(signed_in(token.reveal(), to, visit)),
        Attempt::Passed(CameBack::Linked(Some(token))) => {
            Ok(signed_in(token.reveal(), None, visit))
        }
        Attempt::Passed(CameBack::Linked(None)) => Ok(Answer::go(
            visit.frame.link("/account", &[("said", "linked")]),
        )),
        Attempt::Passed(CameBack::Unknown) => start(site, visit, "", to, Some(Said::Unknown)),
        Attempt::Passed(CameBack::Unproven(why)) => {
            tracing::warn!(service = name, ?why, "a service vouches for nobody");
            unproven(site, visit, to, open.is_some())
        }
        Attempt::Wrong => unproven(site, visit, to, open.is_some()),
        Attempt::Later(until) => {
            let said = Said::Later(seconds(until, site)?);
            start(site, visit, "", to, Some(said))
        }
    }
}

/// A service that does not answer is for whoever runs the server to see to.
fn no_answer(site: &Site, visit: &Visit, to: Option<&str>, fault: &Fault) -> Result<Answer, Fault> {
    let reference = visit.frame.reference.as_deref().unwrap_or_default();
    tracing::error!(request = reference, why = logs::line(fault), "not answered");
    start(site, visit, "", to, Some(Said::NoAnswer))
}

fn unproven(site: &Site, visit: &Visit, to: Option<&str>, open: bool) -> Result<Answer, Fault> {
    match open {
        true => Ok(Answer::go(
            visit.frame.link("/account", &[("said", "unproven")]),
        )),
        false => start(site, visit, "", to, Some(Said::Unproven))
            .map(|answer| answer.status(StatusCode::UNPROCESSABLE_ENTITY)),
    }
}

/// A token and an address as one value of a cookie, which has letters and digits alone.
fn carried(token: &str, to: &str) -> String {
    let mut text = format!("{token}.");
    for byte in to.bytes().take(512) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The reverse; an address that is none is left out.
fn taken_out(text: &str) -> (&str, Option<String>) {
    let (token, hex) = text.split_once('.').unwrap_or((text, ""));
    let pairs = hex.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    (token, bytes.and_then(|it| String::from_utf8(it).ok()))
}

fn over() -> Fault {
    Fault::new(FaultKind::Refused, "this session is over")
        .rule("21c")
        .remedy("sign in again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cookie_carries_comes_out_again() {
        let text = carried("abc-_1", "/people?as=a.b&language=fr");
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        );
        let (token, to) = taken_out(&text);
        assert_eq!(
            (token, to.as_deref()),
            ("abc-_1", Some("/people?as=a.b&language=fr"))
        );
        assert_eq!(taken_out("abc.zz"), ("abc", None));
        assert_eq!(taken_out(""), ("", Some(String::new())));
    }
}
