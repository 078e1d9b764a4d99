//! Who is signed in: looked up from the cookie of their session at every request, so that a session
//! that was ended is out on its next click.
//!
//! A page of the console is answered by [`for_staff`], one that reads or changes data by
//! [`at_work`], one that administers by [`administering`], and one of the portal by [`for_person`].
//! Whoever may not be there is led to where they can make it so.

use std::time::Duration;

use axum::http::Method;
use axum::response::Response;
use domain::{Actor, Fault, FaultKind, SubjectId};
use jiff::SignedDuration;
use policy::authorisation::{Administration, AdministrationSet, Authorisation};
use policy::model::{Policy, PurposeId, RoleId};
use services::InRole;
use services::access::{Session, SessionLimits, Whose};

use crate::fill::Fill;
use crate::frame::{Surrounding, Work};
use crate::pages::reading::{Choice, Offer};
use crate::say::Either;
use crate::server::config::Sessions;
use crate::server::cookie;
use crate::site::{Answer, Asked, Site, Surface, Visit, answered};

/// The cookie of a session of staff.
pub(crate) const STAFF: &str = "session";
/// The cookie of a person's session: somebody may be both, and signs out of one at a time.
pub(crate) const PERSON: &str = "me";

/// Where staff sign in.
const SIGN_IN: &str = "/sign-in";
/// Where a person asks for a link.
const ASK: &str = "/me/sign-in";
/// Where staff choose what they are doing.
const CHOOSE: &str = "/console/work";

/// Somebody of the house who is signed in.
pub(crate) struct Staff {
    pub(crate) session: Session,
    pub(crate) actor: Actor,
    /// The role that is worked in, and the purpose that is worked for, as far as they are chosen.
    role: Option<(RoleId, InRole)>,
    purpose: Option<PurposeId>,
}

/// Somebody of the house who said what they are doing.
pub(crate) struct AtWork<'a> {
    pub(crate) staff: &'a Staff,
    pub(crate) role: InRole,
    pub(crate) purpose: PurposeId,
}

/// A person who sees what is held about them.
pub(crate) struct Person {
    pub(crate) session: Session,
    pub(crate) actor: Actor,
    pub(crate) subject: SubjectId,
}

/// Answers somebody of the house who is signed in; anybody else is led to sign in, and comes back.
pub(crate) async fn for_staff(
    site: Site,
    asked: Asked,
    work: impl FnOnce(&Site, &Visit, &Staff) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    answered(site, asked, move |site, visit| {
        let Some(staff) = staff(site, visit)? else {
            return Ok(led_to(SIGN_IN, visit));
        };
        visit.frame.surrounding = Surrounding::Console;
        visit.frame.reading = None;
        visit.frame.work = Some(work_of(site, visit, &staff)?);
        work(site, visit, &staff)
    })
    .await
}

/// Answers somebody who said what they are doing; who did not is led to say it, and comes back.
pub(crate) async fn at_work(
    site: Site,
    asked: Asked,
    work: impl FnOnce(&Site, &Visit, &AtWork<'_>) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    for_staff(site, asked, move |site, visit, staff| {
        let (Some((_, role)), Some(purpose)) = (staff.role, staff.purpose) else {
            return Ok(led_to(CHOOSE, visit));
        };
        let at_work = AtWork {
            staff,
            role,
            purpose,
        };
        work(site, visit, &at_work)
    })
    .await
}

/// Answers somebody whose role administers something.
pub(crate) async fn administering(
    site: Site,
    asked: Asked,
    what: Administration,
    work: impl FnOnce(&Site, &Visit, &Staff) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    for_staff(site, asked, move |site, visit, staff| {
        if staff.role.is_none() {
            return Ok(led_to(CHOOSE, visit));
        }
        match staff.administers(visit).contains(what) {
            true => work(site, visit, staff),
            false => Err(
                Fault::new(FaultKind::Refused, "your role does not administer this")
                    .rule(format!("administers.{}", what.name()))
                    .remedy("switch to a role that does, or ask whoever gives roles"),
            ),
        }
    })
    .await
}

/// Answers a person who is signed in to see their data.
pub(crate) async fn for_person(
    site: Site,
    asked: Asked,
    work: impl FnOnce(&Site, &Visit, &Person) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    answered(site, asked, move |site, visit| match person(site, visit)? {
        Some(person) => work(site, visit, &person),
        None => Ok(led_to(ASK, visit)),
    })
    .await
}

impl Staff {
    /// What the role that is worked in administers.
    pub(crate) fn administers(&self, visit: &Visit) -> AdministrationSet {
        match (self.role, visit.law.authorisation()) {
            (Some((role, _)), Some(authorisation)) => authorisation.role(role).administers,
            _ => AdministrationSet::EMPTY,
        }
    }
}

/// The session of a cookie, if it is open.
pub(crate) fn session(
    site: &Site,
    visit: &Visit,
    cookie: &'static str,
) -> Result<Option<Session>, Fault> {
    match cookie::value(&visit.headers, cookie, site.edge.is_secure()) {
        Some(token) => site.kept.access().session(token, &limits(site)),
        None => Ok(None),
    }
}

/// How long sessions last here.
pub(crate) fn limits(site: &Site) -> SessionLimits {
    let signed = |it: Duration| SignedDuration::try_from(it).unwrap_or(SignedDuration::MAX);
    let of = |it: Sessions| SessionLimits {
        idle: signed(it.idle_max),
        absolute: signed(it.absolute_max),
    };
    let config = site.config.as_ref();
    config.map_or_else(SessionLimits::default, |config| of(config.sessions))
}

fn staff(site: &Site, visit: &Visit) -> Result<Option<Staff>, Fault> {
    let Some(session) = session(site, visit, STAFF)? else {
        return Ok(None);
    };
    if !matches!(session.whose, Whose::Staff(_)) || !session.strength.opens_work() {
        return Ok(None);
    }
    let role = session.role.as_deref().and_then(|name| {
        let id = visit.law.authorisation()?.role_named(name)?;
        Some((id, InRole::named(&visit.law, name).ok()?))
    });
    Ok(Some(Staff {
        actor: session.actor()?,
        purpose: session.purpose.filter(|_| role.is_some()),
        role,
        session,
    }))
}

fn person(site: &Site, visit: &Visit) -> Result<Option<Person>, Fault> {
    let found = session(site, visit, PERSON)?;
    let Some(session) = found.filter(|it| matches!(it.whose, Whose::Person)) else {
        return Ok(None);
    };
    Ok(Some(Person {
        actor: session.actor()?,
        subject: session.subject,
        session,
    }))
}

/// Leads elsewhere; what was asked for by `GET` is come back to.
fn led_to(address: &'static str, visit: &Visit) -> Answer {
    let here = visit.frame.here();
    let back = [("to", here.as_str())];
    let query = match visit.method {
        Method::GET | Method::HEAD => &back[..],
        _ => &[],
    };
    let mut frame = visit.frame.clone();
    frame.reading = None;
    Answer::go(frame.link(address, query))
}

/// What is being done, and what else could be, as every page of the console shows it.
fn work_of(site: &Site, visit: &Visit, staff: &Staff) -> Result<Work, Fault> {
    let fill = visit.fill();
    let held = site.kept.access().roles_held(staff.session.subject)?;
    let authorisation = visit.law.authorisation();
    let offers = authorisation.map_or_else(Vec::new, |authorisation| {
        held.iter()
            .filter_map(|held| authorisation.role_named(&held.role))
            .map(|role| offer(fill, authorisation, role))
            .collect()
    });
    let role = staff.role.and_then(|(id, _)| Some((id, authorisation?)));
    let title =
        |(id, authorisation): (RoleId, &Authorisation)| fill.say(&authorisation.role(id).title);
    let chosen = role.map(|(id, authorisation)| {
        let name = &authorisation.role(id).name;
        chosen(fill.policy(), name, staff.purpose)
    });
    Ok(Work {
        account: staff.actor.account.as_str().to_owned(),
        chosen,
        role: role.map(title),
        purpose: staff
            .purpose
            .map(|purpose| fill.say(&fill.policy().purpose(purpose).title)),
        offers,
        administers: staff.administers(visit),
        may: role
            .zip(staff.purpose)
            .map(|((role, authorisation), purpose)| {
                authorisation.actions(fill.policy(), role, purpose)
            })
            .unwrap_or_default(),
    })
}

/// The purposes of a role, or the role itself where it administers alone.
fn offer(fill: Fill<'_>, authorisation: &Authorisation, id: RoleId) -> Offer {
    let (policy, role) = (fill.policy(), authorisation.role(id));
    let title = fill.say(&role.title);
    let mut purposes: Vec<Choice> = authorisation
        .purposes(policy, id)
        .into_iter()
        .map(|purpose| Choice {
            value: chosen(policy, &role.name, Some(purpose)),
            title: fill.say(&policy.purpose(purpose).title),
        })
        .collect();
    if !role.administers.is_empty() {
        purposes.insert(
            0,
            Choice {
                value: chosen(policy, &role.name, None),
                title: Either(fill.language)
                    .of("Administration", "Administration du système")
                    .to_owned(),
            },
        );
    }
    Offer {
        recipient: title,
        purposes,
    }
}

/// A role and a purpose as forms name them.
fn chosen(policy: &Policy, role: &str, purpose: Option<PurposeId>) -> String {
    match purpose {
        Some(purpose) => format!("{role}.{}", policy.purpose(purpose).name),
        None => role.to_owned(),
    }
}
