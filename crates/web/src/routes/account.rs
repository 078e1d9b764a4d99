//! `/account`: one's own ways to sign in and open sessions.

mod passkey;
mod password;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::{Fault, FaultKind};
use jiff::Timestamp;
use serde::Deserialize;
use services::access::{Credential, CredentialSort, Session, SessionInfo, Strength, Whose};
use services::{Acting, access::CredentialId};

use super::sign_in::{services, ways};
use crate::pages::account::{self as page, Account, By, Open, Said, Sort, Way, recovery};
use crate::sign_in::Ways;
use crate::signed_in::for_holder;
use crate::site::{Answer, Asked, Site, Visit};

/// Where the account's page stands.
const PATH: &str = "/account";

/// The addresses of one's own account.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(PATH, get(show))
        .route("/account/password", post(password::set))
        .route(
            "/account/codes",
            get(password::codes).post(password::finish),
        )
        .route("/account/codes/new", post(password::begin))
        .route("/account/recovery", post(new_recovery))
        .route("/account/remove", post(remove))
        .route("/account/sessions/end", post(end))
        .route("/account/passkeys/begin", post(passkey::begin))
        .route("/account/passkeys/finish", post(passkey::finish))
}

async fn show(State(site): State<Site>, asked: Asked) -> Response {
    for_holder(site, asked, |site, visit, session| {
        let said = visit
            .query
            .get("said")
            .and_then(|said| match said.as_str() {
                "set" => Some(Said::PasswordSet),
                "removed" => Some(Said::Removed),
                "ended" => Some(Said::Ended),
                "linked" => Some(Said::Linked),
                "unproven" => Some(Said::Unproven),
                _ => None,
            });
        shown(site, visit, session, said)
    })
    .await
}

/// The page, with what became of the last act.
fn shown(
    site: &Site,
    visit: &Visit,
    session: &Session,
    said: Option<Said>,
) -> Result<Answer, Fault> {
    let (access, ways) = (site.kept.access(), ways(site)?);
    let setting_up = session.strength == Strength::SetUp;
    let credentials = access.own_credentials(session)?;
    let zone = visit.law.in_force.zone();
    let sessions = match setting_up {
        true => Vec::new(),
        false => access.sessions(session.subject)?,
    };
    let view = Account {
        handle: match &session.whose {
            Whose::Staff(handle) => handle.as_str().to_owned(),
            Whose::Person => String::new(),
        },
        setting_up,
        fresh: session.is_fresh(site.kept.moment()?.now),
        ways: credentials
            .iter()
            .filter_map(|one| way(one, ways, visit))
            .collect(),
        sessions: sessions
            .iter()
            .filter_map(|one| {
                let at = |moment: Timestamp| zone.to_datetime(moment);
                open(one, session, &at)
            })
            .collect(),
        passkeys: ways.party.is_some(),
        services: services(ways),
        length_min: ways.rules.length_min,
        second_factor: ways.second_factor,
        said,
    };
    let status = match said {
        Some(Said::Weak(_) | Said::Unlike | Said::PresentWrong | Said::Last) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Some(Said::Later(_)) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::OK,
    };
    let page = page::render(&view, &visit.frame);
    Ok(Answer::page(page).scripted().status(status))
}

/// Something to sign in with, as the page shows it.
fn way(one: &Credential, ways: &Ways, visit: &Visit) -> Option<Way> {
    let sort = match one.sort {
        CredentialSort::Passkey => Sort::Passkey,
        CredentialSort::Identity => Sort::Service,
        CredentialSort::Password => Sort::Password,
        CredentialSort::Codes => Sort::Codes,
        CredentialSort::Recovery => Sort::Recovery,
        CredentialSort::CodesPending => return None,
    };
    let title = |name: &String| match sort {
        // A service that is no longer configured has no title.
        Sort::Service => {
            let service = ways.service(name);
            service.map_or_else(|_| name.clone(), |service| service.title.clone())
        }
        _ => name.clone(),
    };
    let day = |at: Timestamp| visit.law.in_force.zone().to_datetime(at).date();
    Some(Way {
        id: one.id.to_string(),
        sort,
        name: one.name.as_ref().map(title),
        made: day(one.made),
        used: one.used.map(day),
    })
}

/// An open session, as the page shows it; one that is not yet one is none.
fn open(
    one: &SessionInfo,
    this: &Session,
    at: &impl Fn(Timestamp) -> jiff::civil::DateTime,
) -> Option<Open> {
    let by = match one.strength {
        Strength::Passkey => By::Passkey,
        Strength::SingleSignOn => By::Service,
        Strength::PasswordAndCode => By::PasswordAndCode,
        Strength::PasswordAlone => By::Password,
        Strength::SetUp => By::Link,
        Strength::Half | Strength::Link => return None,
    };
    Some(Open {
        id: one.id.to_string(),
        by,
        made: at(one.made),
        seen: at(one.seen),
        this: one.id == this.id,
    })
}

/// Back to the page, which says what was done.
fn done(visit: &Visit, said: &str) -> Answer {
    Answer::go(visit.frame.link(PATH, &[("said", said)]))
}

async fn new_recovery(State(site): State<Site>, asked: Asked) -> Response {
    for_holder(site, asked, |site, visit, session| {
        let codes = site.kept.access().new_recovery_codes(session)?;
        let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        Ok(Answer::page(recovery::render(&codes, PATH, &visit.frame)))
    })
    .await
}

/// What is taken away.
#[derive(Deserialize)]
struct Remove {
    way: String,
}

async fn remove(State(site): State<Site>, asked: Asked, Form(form): Form<Remove>) -> Response {
    for_holder(site, asked, move |site, visit, session| {
        let id: CredentialId = form.way.parse()?;
        match site.kept.access().remove_own_credential(session, id) {
            Ok(()) => Ok(done(visit, "removed")),
            Err(fault)
                if fault.kind == FaultKind::Refused
                    && session.is_fresh(site.kept.moment()?.now) =>
            {
                shown(site, visit, session, Some(Said::Last))
            }
            Err(fault) => Err(fault),
        }
    })
    .await
}

/// Which session is ended: one, or all others.
#[derive(Deserialize)]
struct End {
    session: String,
}

async fn end(State(site): State<Site>, asked: Asked, Form(form): Form<End>) -> Response {
    for_holder(site, asked, move |site, visit, session| {
        let access = site.kept.access();
        match form.session.as_str() {
            "others" => {
                access.end_others(session)?;
            }
            one => {
                let acting = Acting {
                    actor: session.actor()?,
                    dry_run: false,
                };
                access.revoke(session.subject, Some(one.parse()?), &acting)?;
            }
        }
        Ok(done(visit, "ended"))
    })
    .await
}
