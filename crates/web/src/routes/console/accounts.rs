//! `/console/accounts`: the list with what is due for review, each account, and making one.

use axum::Form as Sent;
use axum::extract::{Path, State as Of};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Account as Handle, Fault, FaultKind, SubjectId};
use jiff::{SignedDuration, Timestamp};
use policy::authorisation::{Administration, AdministrationSet};
use services::access::{
    AccountInfo, HeldRole, IssuedLink, LinkFor, NewAccount, ReviewLine, SessionInfo,
};

use super::act::Given;
use crate::fill::Fill;
use crate::page::Room;
use crate::pages::console::accounts::{self, Account, Accounts, Due, Held, Listed, Session, State};
use crate::pages::console::form::{self, Answer as Answered, Asked as Question, Form, Refused};
use crate::pages::error::Error;
use crate::say::Either;
use crate::signed_in::{Staff, administering, administering_one};
use crate::site::{Answer, Asked, Site, Visit};

/// How long before its day a review is told of.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who may look at accounts: those who make them, and those who give them roles.
fn either() -> AdministrationSet {
    AdministrationSet::from_iter([Administration::Accounts, Administration::Rights])
}

fn address(visit: &Visit, handle: &str) -> String {
    let path = format!("{}/{handle}", Room::Accounts.path());
    visit.frame.link(&path, &[])
}

pub(super) async fn list(Of(site): Of<Site>, asked: Asked) -> Response {
    administering_one(site, asked, either(), |site, visit, staff| {
        let (fill, access) = (visit.fill(), site.kept.access());
        let now = site.kept.moment()?.now;
        let listed = |info: AccountInfo| Listed {
            address: address(visit, &info.handle),
            made: fill.day(info.made),
            state: state(fill, &info),
            roles: info.roles.iter().map(|it| fill.role(&it.role)).collect(),
            sessions: info.sessions.len(),
            handle: info.handle,
        };
        let review = access.review(None)?;
        let makes = staff.administer(visit, Administration::Accounts).is_ok();
        let view = Accounts {
            rows: access.list()?.into_iter().map(listed).collect(),
            review: review.iter().filter_map(|it| due(visit, it, now)).collect(),
            make: makes.then(|| address(visit, "new")),
        };
        Ok(Answer::page(accounts::list(&view, &visit.frame)))
    })
    .await
}

/// A role that is to be confirmed, if its day is near or past.
fn due(visit: &Visit, line: &ReviewLine, now: Timestamp) -> Option<Due> {
    let fill = visit.fill();
    let due = line.due?;
    (due.duration_since(now) <= AHEAD).then(|| Due {
        address: address(visit, &line.handle),
        handle: line.handle.clone(),
        role: fill.role(&line.role.role),
        due: fill.last_day(due),
        overdue: line.overdue,
    })
}

fn state(fill: Fill<'_>, info: &AccountInfo) -> State {
    match (info.disabled, info.stands) {
        (Some(at), _) => State::Disabled(fill.day(at)),
        (None, false) => State::Ended,
        (None, true) if info.credentials.is_empty() => State::Waiting,
        (None, true) => State::Open,
    }
}

impl Fill<'_> {
    /// The title of a role.
    pub(super) fn role(self, name: &str) -> String {
        let authorisation = self.law.authorisation();
        let role = authorisation.and_then(|it| Some(it.role(it.role_named(name)?)));
        role.map_or_else(|| name.to_owned(), |role| self.say(&role.title))
    }
}

fn named(site: &Site, handle: &str) -> Result<SubjectId, Fault> {
    let handle = Handle::parse(handle).map_err(|_| {
        Fault::new(FaultKind::Absent, "there is no such account").remedy("choose one from the list")
    })?;
    site.kept.access().named(&handle)
}

pub(super) async fn one(Of(site): Of<Site>, Path(handle): Path<String>, asked: Asked) -> Response {
    administering_one(site, asked, either(), move |site, visit, staff| {
        let subject = named(site, &handle)?;
        let done = visit.query.get("done").map(String::as_str);
        let view = Account {
            done: done.and_then(|act| done_words(act, visit)),
            ..account(site, visit, staff, subject)?
        };
        Ok(Answer::page(accounts::one(&view, &visit.frame)))
    })
    .await
}

fn account(
    site: &Site,
    visit: &Visit,
    staff: &Staff,
    subject: SubjectId,
) -> Result<Account, Fault> {
    let (fill, access) = (visit.fill(), site.kept.access());
    let info = access.show(subject)?;
    let review = access.review(None)?;
    let of = |role: &HeldRole| {
        let mut lines = review.iter();
        let line = lines.find(|line| line.subject == subject && line.role.role == role.role);
        Held {
            name: role.role.clone(),
            title: fill.role(&role.role),
            granted: (fill.day(role.granted), role.granted_by.clone()),
            reviewed: (fill.day(role.reviewed), role.reviewed_by.clone()),
            due: line.and_then(|line| line.due).map(|at| fill.last_day(at)),
            overdue: line.is_some_and(|line| line.overdue),
        }
    };
    let authorisation = visit.law.authorisation();
    let all = authorisation.into_iter().flat_map(|it| &it.roles);
    let grantable = all
        .filter(|role| info.roles.iter().all(|held| held.role != role.name))
        .map(|role| (role.name.clone(), fill.say(&role.title)));
    let may = |what| staff.administer(visit, what).is_ok();
    Ok(Account {
        address: address(visit, &info.handle),
        made: fill.day(info.made),
        state: state(fill, &info),
        roles: info.roles.iter().map(of).collect(),
        grantable: grantable.collect(),
        credentials: info
            .credentials
            .iter()
            .map(|it| {
                let used = it.used.map(|at| fill.day(at));
                (means(it.sort.name(), fill), used)
            })
            .collect(),
        sessions: info
            .sessions
            .iter()
            .map(|it| session(fill, it, staff))
            .collect(),
        accounts: may(Administration::Accounts),
        rights: may(Administration::Rights),
        link: None,
        done: None,
        refused: None,
        handle: info.handle,
    })
}

fn session(fill: Fill<'_>, info: &SessionInfo, staff: &Staff) -> Session {
    let zone = fill.law.in_force.zone();
    Session {
        id: info.id.to_string(),
        by: means(info.strength.name(), fill),
        made: zone.to_datetime(info.made),
        seen: zone.to_datetime(info.seen),
        own: info.id == staff.session.id,
    }
}

/// A means of signing in, by its name in the journal.
fn means(name: &str, fill: Fill<'_>) -> String {
    let say = Either(fill.language);
    let words = match name {
        "password" => say.of("Password", "Mot de passe"),
        "codes" => say.of("Application with codes", "Application de codes"),
        "codes-pending" => say.of(
            "Application being set up",
            "Application en cours de configuration",
        ),
        "recovery-codes" => say.of("Recovery code", "Code de secours"),
        "passkey" => say.of("Passkey", "Clé d’accès"),
        "single-sign-on" => say.of("Single sign-on", "Authentification unique"),
        "password-and-code" => say.of("Password and code", "Mot de passe et code"),
        "set-up" => say.of("Link to set up", "Lien de configuration"),
        "link" => say.of("Link to own data", "Lien vers ses propres données"),
        other => other,
    };
    words.to_owned()
}

pub(super) async fn post(
    Of(site): Of<Site>,
    Path(handle): Path<String>,
    asked: Asked,
    Sent(given): Sent<Given>,
) -> Response {
    administering_one(site, asked, either(), move |site, visit, staff| {
        let subject = named(site, &handle)?;
        let name = given.one("act");
        let (status, view) = match act(site, visit, staff, subject, &given) {
            Ok(None) => {
                let path = format!("{}/{handle}", Room::Accounts.path());
                return Ok(Answer::go(visit.frame.link(&path, &[("done", name)])));
            }
            Ok(Some(link)) => {
                let view = account(site, visit, staff, subject)?;
                (StatusCode::OK, with_link(site, visit, view, &link))
            }
            Err(fault) if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) => {
                return Err(fault);
            }
            Err(fault) => {
                let status = StatusCode::from_u16(Error::from(&fault).status());
                let view = Account {
                    refused: Some(Refused::from(fault)),
                    ..account(site, visit, staff, subject)?
                };
                (status.unwrap_or(StatusCode::FORBIDDEN), view)
            }
        };
        Ok(Answer::page(accounts::one(&view, &visit.frame)).status(status))
    })
    .await
}

/// The page with a link, which is told once.
fn with_link(site: &Site, visit: &Visit, view: Account, link: &IssuedLink) -> Account {
    let path = link.path();
    let public = site.config.as_ref().map(|config| config.address.of(&path));
    Account {
        link: Some((
            public.unwrap_or(path),
            visit.law.in_force.zone().to_datetime(link.ends),
        )),
        ..view
    }
}

/// Does what the form asks; some of it gives a link.
fn act(
    site: &Site,
    visit: &Visit,
    staff: &Staff,
    subject: SubjectId,
    given: &Given,
) -> Result<Option<IssuedLink>, Fault> {
    let (access, acting) = (site.kept.access(), staff.acting());
    let role = given.one("role");
    let needs = match given.one("act") {
        "grant" | "withdraw" | "confirm" => Administration::Rights,
        _ => Administration::Accounts,
    };
    staff.administer(visit, needs)?;
    match given.one("act") {
        "grant" => drop(access.grant(subject, role, &acting)?),
        "withdraw" => drop(access.withdraw(subject, role, &acting)?),
        "confirm" => drop(access.confirm(subject, role, &acting)?),
        "link" => {
            return access
                .issue_link(subject, LinkFor::SetUp, &acting)
                .map(Some);
        }
        "end" => drop(access.revoke(subject, Some(given.one("session").parse()?), &acting)?),
        "end-all" => drop(access.revoke(subject, None, &acting)?),
        "enable" => drop(access.enable(subject, &acting)?),
        "disable" if given.one("confirm") == "yes" => drop(access.disable(subject, &acting)?),
        _ => {
            return Err(Fault::new(FaultKind::Invalid, "nothing was asked for")
                .remedy("use the buttons of the page; to disable an account, say that you know"));
        }
    }
    Ok(None)
}

fn done_words(act: &str, visit: &Visit) -> Option<String> {
    let say = Either(visit.frame.language);
    let words = match act {
        "grant" => say.of("The role is granted.", "Le rôle est accordé."),
        "withdraw" => say.of("The role is withdrawn.", "Le rôle est retiré."),
        "confirm" => say.of("The role is confirmed.", "Le rôle est confirmé."),
        "end" => say.of("The session is over.", "La session est terminée."),
        "end-all" => say.of(
            "All sessions are over.",
            "Toutes les sessions sont terminées.",
        ),
        "enable" => say.of("The account is open again.", "Le compte est rouvert."),
        "disable" => say.of("The account is disabled.", "Le compte est désactivé."),
        _ => return None,
    };
    Some(words.to_owned())
}

pub(super) async fn new_get(Of(site): Of<Site>, asked: Asked) -> Response {
    administering(site, asked, Administration::Accounts, |_, visit, staff| {
        let form = new_form(visit, staff, &Given::default());
        Ok(Answer::page(form::render(
            &form,
            Room::Accounts,
            &visit.frame,
        )))
    })
    .await
}

pub(super) async fn new_post(
    Of(site): Of<Site>,
    asked: Asked,
    Sent(given): Sent<Given>,
) -> Response {
    administering(
        site,
        asked,
        Administration::Accounts,
        move |site, visit, staff| {
            let fault = match make(site, visit, staff, &given) {
                Ok((subject, link)) => {
                    let view = account(site, visit, staff, subject)?;
                    let page = accounts::one(&with_link(site, visit, view, &link), &visit.frame);
                    return Ok(Answer::page(page));
                }
                Err(fault) => fault,
            };
            if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) {
                return Err(fault);
            }
            let status = StatusCode::from_u16(Error::from(&fault).status());
            let form = Form {
                refused: Some(Refused::from(fault)),
                ..new_form(visit, staff, &given)
            };
            let page = form::render(&form, Room::Accounts, &visit.frame);
            Ok(Answer::page(page).status(status.unwrap_or(StatusCode::FORBIDDEN)))
        },
    )
    .await
}

/// Makes an account, and the link by which its holder comes in.
fn make(
    site: &Site,
    visit: &Visit,
    staff: &Staff,
    given: &Given,
) -> Result<(SubjectId, IssuedLink), Fault> {
    let (access, acting) = (site.kept.access(), staff.acting());
    let roles: Vec<String> = given.all("role").map(str::to_owned).collect();
    if !roles.is_empty() {
        staff.administer(visit, Administration::Rights)?;
    }
    let new = NewAccount {
        name: given.one("name").to_owned(),
        email: given.one("email").to_owned(),
        handle: given.some("handle").map(Handle::parse).transpose()?,
        roles,
    };
    let made = access.create(&new, &acting)?;
    let link = access.issue_link(made.subject, LinkFor::SetUp, &acting)?;
    Ok((made.subject, link))
}

fn new_form(visit: &Visit, staff: &Staff, given: &Given) -> Form {
    let (fill, frame) = (visit.fill(), &visit.frame);
    let say = Either(fill.language);
    let line = |name: &str, kind, label: &str| {
        Question::new(
            name,
            label,
            Answered::Line(kind, given.one(name).to_owned()),
        )
    };
    let mut asked = vec![
        line("name", "text", say.of("Name of the holder", "Nom du titulaire")),
        line("email", "email", say.of("E-mail address, to sign in with", "Adresse électronique de connexion")),
        line("handle", "text", say.of("Identifier", "Identifiant"))
            .hint(say.of(
                "The journal names the account by it; left open, one is drawn that says nothing of the holder.",
                "Le journal désigne le compte par lui ; sans réponse, un identifiant qui ne dit rien du titulaire est tiré au sort.",
            ))
            .optional(),
    ];
    if staff.administer(visit, Administration::Rights).is_ok() {
        let all = visit
            .law
            .authorisation()
            .into_iter()
            .flat_map(|it| &it.roles);
        let roles = all.map(|role| (role.name.clone(), fill.say(&role.title)));
        let ticked = given.all("role").map(str::to_owned).collect();
        let label = say.of("Roles", "Rôles");
        asked.push(Question::new("role", label, Answered::Any(roles.collect(), ticked)).optional());
    }
    let title = say.of("Make an account", "Créer un compte").to_owned();
    let room = Room::Accounts;
    Form {
        lead: say
            .of(
                "Its holder becomes a person in the sense of the policy. A link to set up what to sign in with is shown once.",
                "Son titulaire devient une personne au sens de la politique. Un lien pour configurer la connexion s’affiche une seule fois.",
            )
            .to_owned(),
        back: (frame.link(room.path(), &[]), room.title(frame.language).to_owned()),
        action: address(visit, "new"),
        hidden: Vec::new(),
        asked,
        confirm: None,
        button: title.clone(),
        title,
        errors: Vec::new(),
        refused: None,
    }
}
