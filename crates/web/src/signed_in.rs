//! Who is signed in: looked up from the cookie of their session at every request, so that a session
//! that was ended is out on its next click.
//!
//! A page of the console is answered by [`for_staff`], one that reads or changes data by
//! [`at_work`], one that administers by [`administering`], and one of the portal by [`for_person`].
//! Whoever may not be there is led to where they can make it so.

use std::time::Duration;

use axum::http::Method;
use axum::response::Response;
use domain::{Actor, Fault, FaultKind};
use jiff::SignedDuration;
use policy::authorisation::{Action, Administration, AdministrationSet, Authorisation, Condition};
use policy::model::{Policy, PurposeId, RoleId};
use services::access::{Session, SessionLimits, Strength, Whose};
use services::desk::Desk;
use services::{Acting, Destination, Law, OnDuty, Who};

use crate::fill::Fill;
use crate::frame::{Surrounding, Work};
use crate::pages::reading::{Choice, Offer};
use crate::say::Either;
use crate::server::config::Sessions;
use crate::server::cookie;
use crate::site::{Answer, Asked, Site, Visit, answered};

/// The cookie of a session of staff.
pub(crate) const STAFF: &str = "session";
/// The cookie of a person's session: somebody may be both, and signs out of one at a time.
pub(crate) const PERSON: &str = "me";

/// Where staff sign in.
const SIGN_IN: &str = "/sign-in";
/// Where a person asks for a link.
const ASK: &str = "/me/sign-in";
/// Where staff accept the undertaking of confidentiality.
const UNDERTAKING: &str = "/console/undertaking";
/// Where staff choose what they are doing.
const CHOOSE: &str = "/console/work";

/// Somebody of the house who is signed in.
pub(crate) struct Staff {
    pub(crate) session: Session,
    pub(crate) actor: Actor,
    /// The role that is worked in, and the purpose that is worked for, as far as they are chosen.
    role: Option<RoleId>,
    purpose: Option<PurposeId>,
}

/// Somebody of the house who said what they are doing.
pub(crate) struct AtWork<'a> {
    pub(crate) staff: &'a Staff,
    /// Where they work: whatever is done there is held to the role.
    pub(crate) desk: Desk<'a>,
    pub(crate) purpose: PurposeId,
}

/// A person who sees what is held about them.
pub(crate) struct Person {
    pub(crate) session: Session,
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

/// Answers whoever may change how their account is signed in with: somebody of the house, or somebody
/// who came by a link to set it up.
pub(crate) async fn for_holder(
    site: Site,
    asked: Asked,
    work: impl FnOnce(&Site, &Visit, &Session) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    answered(site, asked, move |site, visit| {
        if let Some(staff) = staff(site, visit)? {
            visit.frame.surrounding = Surrounding::Console;
            visit.frame.reading = None;
            visit.frame.work = Some(work_of(site, visit, &staff)?);
            return work(site, visit, &staff.session);
        }
        match session(site, visit, STAFF)? {
            Some(session) if session.strength == Strength::SetUp => work(site, visit, &session),
            Some(_) | None => Ok(led_to(SIGN_IN, visit)),
        }
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
        let (Some(duty), Some(purpose)) = (staff.duty(site, visit)?, staff.purpose) else {
            return Ok(led_to(CHOOSE, visit));
        };
        if duty.unread().is_some() {
            return Ok(led_to(UNDERTAKING, visit));
        }
        let matter = visit.query.get("matter").map(|it| it.parse()).transpose()?;
        let duty = duty.about(matter);
        let desk = site.kept.desk(&duty, purpose, Destination::Screen);
        let at_work = AtWork {
            staff,
            desk,
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
    administering_one(site, asked, AdministrationSet::from_iter([what]), work).await
}

/// Answers somebody whose role administers one of some things.
pub(crate) async fn administering_one(
    site: Site,
    asked: Asked,
    of: AdministrationSet,
    work: impl FnOnce(&Site, &Visit, &Staff) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    for_staff(site, asked, move |site, visit, staff| {
        let Some(duty) = staff.duty(site, visit)? else {
            return Ok(led_to(CHOOSE, visit));
        };
        let asked = of.iter().map(|what| duty.administers(&visit.law, what));
        match asked.reduce(|one, next| one.or(next)) {
            Some(Err(fault)) => Err(fault),
            Some(Ok(())) | None => work(site, visit, staff),
        }
    })
    .await
}

fn not_administered(what: Administration) -> Fault {
    Fault::new(FaultKind::Refused, "your role does not administer this")
        .rule(format!("administers.{}", what.name()))
        .remedy("switch to a role that does, or ask whoever gives roles")
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

impl AtWork<'_> {
    /// Whether the role may do something for a purpose, with whichever data and about whomever.
    pub(crate) fn may_for(&self, law: &Law, action: Action, purpose: PurposeId) -> bool {
        let (Some(role), Some(authorisation)) = (self.staff.role, law.authorisation()) else {
            return false;
        };
        let may = authorisation.actions(law.policy(), role, purpose);
        may.contains(action)
    }

    /// Whether the role has a grant for its purpose on a condition.
    pub(crate) fn is_conditional(&self, law: &Law, condition: Condition) -> bool {
        let (Some(role), Some(authorisation)) = (self.staff.role, law.authorisation()) else {
            return false;
        };
        let for_this = |purposes: &Option<Vec<PurposeId>>| {
            let named = purposes.as_ref();
            named.is_none_or(|named| named.contains(&self.purpose))
        };
        let mut grants = authorisation.role(role).grants.iter();
        grants.any(|grant| grant.only == Some(condition) && for_this(&grant.purposes))
    }
}

impl Staff {
    /// The proof that the role that is worked in is held and open.
    fn duty(&self, site: &Site, visit: &Visit) -> Result<Option<OnDuty>, Fault> {
        let (Some(role), Some(authorisation)) = (self.role, visit.law.authorisation()) else {
            return Ok(None);
        };
        let name = &authorisation.role(role).name;
        let access = site.kept.access();
        access.duty(Who::Session(&self.session), name).map(Some)
    }

    /// Whether the role that is worked in administers something.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the right that it lacks.
    pub(crate) fn administer(&self, visit: &Visit, what: Administration) -> Result<(), Fault> {
        match self.administers(visit).contains(what) {
            true => Ok(()),
            false => Err(not_administered(what)),
        }
    }

    /// Who acts, where nothing of anybody's file is opened.
    pub(crate) fn acting(&self) -> Acting {
        Acting::new(self.actor.clone(), false)
    }

    /// What the role that is worked in administers.
    pub(crate) fn administers(&self, visit: &Visit) -> AdministrationSet {
        match (self.role, visit.law.authorisation()) {
            (Some(role), Some(authorisation)) => authorisation.role(role).administers,
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
    let role = session
        .role
        .as_deref()
        .and_then(|name| visit.law.authorisation()?.role_named(name));
    Ok(Some(Staff {
        actor: session.actor()?,
        purpose: session.purpose.filter(|_| role.is_some()),
        role,
        session,
    }))
}

fn person(site: &Site, visit: &Visit) -> Result<Option<Person>, Fault> {
    let found = session(site, visit, PERSON)?;
    let own = found.filter(|it| matches!(it.whose, Whose::Person));
    Ok(own.map(|session| Person { session }))
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
    let held = site.kept.access().roles_of(staff.session.subject)?;
    let authorisation = visit.law.authorisation();
    let (mut offers, mut closed) = (Vec::new(), Vec::new());
    for (state, authorisation) in held.iter().filter_map(|held| Some((held, authorisation?))) {
        let Some(role) = authorisation.role_named(&state.role) else {
            continue;
        };
        match state.closed {
            None => offers.push(offer(fill, authorisation, role)),
            Some(rule) => {
                let title = fill.say(&authorisation.role(role).title);
                closed.push((title, fill.why(rule)));
            }
        }
    }
    let role = staff.role.and_then(|id| Some((id, authorisation?)));
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
        closed,
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
