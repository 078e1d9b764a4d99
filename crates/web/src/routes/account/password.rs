//! A password is set; an application that shows codes is set up.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use services::access::{Attempt, PasswordChange, Strength, Weakness};

use super::super::sign_in::{HOME, from, seconds, signed_in, ways};
use super::{PATH, done, shown};
use crate::pages::account::codes::{self, Codes};
use crate::pages::account::{Said, Weak, recovery};
use crate::pages::sign_in as tried;
use crate::server::cookie::Cookie;
use crate::signed_in::{STAFF, for_holder, limits};
use crate::site::{Answer, Asked, Site};

/// A new password, and the present one of whoever has one.
#[derive(Deserialize)]
pub(super) struct New {
    present: Option<String>,
    new: String,
    again: String,
}

pub(super) async fn set(State(site): State<Site>, asked: Asked, Form(form): Form<New>) -> Response {
    for_holder(site, asked, move |site, visit, session| {
        if form.new != form.again {
            return shown(site, visit, session, Some(Said::Unlike));
        }
        let (access, ways, from) = (site.kept.access(), ways(site)?, from(visit));
        let present = form.present.as_deref();
        let said = match access.set_password(session, &form.new, present, &ways.rules, from)? {
            PasswordChange::Done => None,
            PasswordChange::Weak(weakness) => Some(Said::Weak(weak(weakness))),
            PasswordChange::PresentWrong => Some(Said::PresentWrong),
            PasswordChange::Later(until) => Some(Said::Later(seconds(until, site)?)),
        };
        if said.is_some() {
            return shown(site, visit, session, said);
        }
        let has_codes = access
            .own_credentials(session)?
            .iter()
            .any(|one| one.sort == services::access::CredentialSort::Codes);
        let setting_up = session.strength == Strength::SetUp;
        if setting_up && !ways.second_factor {
            let token = access.finish_without_codes(session, from, &limits(site))?;
            if let Some(token) = token {
                return Ok(signed_in(token.reveal(), None, visit));
            }
        }
        if ways.second_factor && (setting_up || !has_codes) {
            access.start_codes(session)?;
            return Ok(Answer::go(visit.frame.link("/account/codes", &[])));
        }
        Ok(done(visit, "set"))
    })
    .await
}

fn weak(weakness: Weakness) -> Weak {
    match weakness {
        Weakness::Short => Weak::Short,
        Weakness::Long => Weak::Long,
        Weakness::Plain => Weak::Plain,
        Weakness::Guessable => Weak::Guessable,
        Weakness::Leaked => Weak::Leaked,
        Weakness::Own => Weak::Own,
    }
}

/// Begins the set-up of another application.
pub(super) async fn begin(State(site): State<Site>, asked: Asked) -> Response {
    for_holder(site, asked, |site, visit, session| {
        site.kept.access().start_codes(session)?;
        Ok(Answer::go(visit.frame.link("/account/codes", &[])))
    })
    .await
}

pub(super) async fn codes(State(site): State<Site>, asked: Asked) -> Response {
    for_holder(site, asked, |site, visit, session| {
        let Some(pending) = site.kept.access().pending_codes(session)? else {
            return Ok(Answer::go(visit.frame.link(PATH, &[])));
        };
        let view = Codes {
            svg: &pending.shown.svg,
            typed: &pending.shown.typed,
            said: None,
        };
        Ok(Answer::page(codes::render(&view, &visit.frame)))
    })
    .await
}

/// A code that the new application shows.
#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

pub(super) async fn finish(
    State(site): State<Site>,
    asked: Asked,
    Form(form): Form<Code>,
) -> Response {
    for_holder(site, asked, move |site, visit, session| {
        let (access, from, limits) = (site.kept.access(), from(visit), limits(site));
        let (said, status) = match access.finish_codes(session, &form.code, from, &limits)? {
            Attempt::Passed(new) => {
                let codes: Vec<&str> = new.codes.iter().map(|code| code.as_str()).collect();
                let next = if new.session.is_some() { HOME } else { PATH };
                let answer = Answer::page(recovery::render(&codes, next, &visit.frame));
                return Ok(match &new.session {
                    Some(token) => answer.cookie(Cookie::new(STAFF, token.reveal())),
                    None => answer,
                });
            }
            Attempt::Wrong => (tried::Said::Wrong, StatusCode::UNPROCESSABLE_ENTITY),
            Attempt::Later(until) => (
                tried::Said::Later(seconds(until, site)?),
                StatusCode::TOO_MANY_REQUESTS,
            ),
        };
        let Some(pending) = access.pending_codes(session)? else {
            return Ok(Answer::go(visit.frame.link(PATH, &[])));
        };
        let view = Codes {
            svg: &pending.shown.svg,
            typed: &pending.shown.typed,
            said: Some(said),
        };
        Ok(Answer::page(codes::render(&view, &visit.frame)).status(status))
    })
    .await
}
