//! `/console/keys`: the keys of programs: made, told once, revoked.

use axum::Form as Sent;
use axum::extract::State as Of;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Account, Fault, FaultKind};
use jiff::Span;
use jiff::civil::Date;
use policy::authorisation::{Action, Administration};
use policy::model::PurposeId;
use services::access::{KeyInfo, NewKey, Scopes};

use super::act::Given;
use crate::page::Room;
use crate::pages::console::form::{self, Answer as Answered, Asked as Question, Form, Refused};
use crate::pages::console::keys::{self, Key, Keys, Made, State};
use crate::pages::error::Error;
use crate::say::Either;
use crate::signed_in::{Staff, administering};
use crate::site::{Answer, Asked, Site, Visit};

pub(super) async fn get(Of(site): Of<Site>, asked: Asked) -> Response {
    administering(site, asked, Administration::Webhooks, |site, visit, _| {
        let done = visit.query.contains_key("done");
        let say = Either(visit.frame.language);
        let words = say.of("The key is revoked.", "La clé est révoquée.");
        let view = Keys {
            done: done.then(|| words.to_owned()),
            ..view(site, visit)?
        };
        Ok(Answer::page(keys::render(&view, &visit.frame)))
    })
    .await
}

fn view(site: &Site, visit: &Visit) -> Result<Keys, Fault> {
    let fill = visit.fill();
    let now = site.kept.moment()?.now;
    let key = |info: KeyInfo| Key {
        id: info.id.to_string(),
        roles: info.scopes.roles.iter().map(|it| fill.role(it)).collect(),
        actions: info
            .scopes
            .actions
            .iter()
            .map(|name| match Action::named(name) {
                Some(action) => fill.say(&action.title()),
                None => name.clone(),
            })
            .collect(),
        purposes: info
            .scopes
            .purposes
            .iter()
            .map(|id| fill.say(&fill.policy().purpose(*id).title))
            .collect(),
        made: (fill.day(info.made), info.made_by),
        used: info.used.map(|at| fill.day(at)),
        state: match info.revoked {
            Some(at) => State::Revoked(fill.day(at)),
            None if info.ends <= now => State::Ended(fill.last_day(info.ends)),
            None => State::Good(fill.last_day(info.ends)),
        },
        program: info.program,
    };
    let mut rows: Vec<Key> = site.kept.access().keys()?.into_iter().map(key).collect();
    rows.reverse();
    Ok(Keys {
        rows,
        make: visit.frame.link("/console/keys/new", &[]),
        made: None,
        done: None,
        refused: None,
    })
}

/// Revokes a key.
pub(super) async fn post(Of(site): Of<Site>, asked: Asked, Sent(given): Sent<Given>) -> Response {
    administering(
        site,
        asked,
        Administration::Webhooks,
        move |site, visit, staff| {
            let access = site.kept.access();
            let id = given.one("key").parse();
            match id.and_then(|id| access.revoke_key(id, &staff.acting())) {
                Ok(()) => {
                    let list = visit.frame.link(Room::Keys.path(), &[("done", "yes")]);
                    Ok(Answer::go(list))
                }
                Err(fault)
                    if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) =>
                {
                    Err(fault)
                }
                Err(fault) => {
                    let status = StatusCode::from_u16(Error::from(&fault).status());
                    let view = Keys {
                        refused: Some(Refused::from(fault)),
                        ..view(site, visit)?
                    };
                    let page = Answer::page(keys::render(&view, &visit.frame));
                    Ok(page.status(status.unwrap_or(StatusCode::CONFLICT)))
                }
            }
        },
    )
    .await
}

pub(super) async fn new_get(Of(site): Of<Site>, asked: Asked) -> Response {
    administering(site, asked, Administration::Webhooks, |_, visit, _| {
        let form = form_of(visit, &Given::default());
        Ok(Answer::page(form::render(&form, Room::Keys, &visit.frame)))
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
        Administration::Webhooks,
        move |site, visit, staff| {
            let fault = match make(site, visit, staff, &given) {
                Ok(made) => {
                    let view = Keys {
                        made: Some(made),
                        ..view(site, visit)?
                    };
                    return Ok(Answer::page(keys::render(&view, &visit.frame)));
                }
                Err(fault) => fault,
            };
            if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) {
                return Err(fault);
            }
            let status = StatusCode::from_u16(Error::from(&fault).status());
            let form = Form {
                refused: Some(Refused::from(fault)),
                ..form_of(visit, &given)
            };
            let page = form::render(&form, Room::Keys, &visit.frame);
            Ok(Answer::page(page).status(status.unwrap_or(StatusCode::FORBIDDEN)))
        },
    )
    .await
}

fn make(site: &Site, visit: &Visit, staff: &Staff, given: &Given) -> Result<Made, Fault> {
    let policy = visit.law.policy();
    let no_day = || {
        Fault::new(FaultKind::Invalid, "the last day is missing, or is no day")
            .remedy("name a day within a year")
    };
    let last: Date = given.one("until").parse().map_err(|_| no_day())?;
    let zone = visit.law.in_force.zone();
    let after = last.tomorrow().map_err(|_| no_day())?.at(0, 0, 0, 0);
    let all = (0u8..).map(PurposeId).zip(&policy.purposes);
    let ticked = all.filter(|(_, it)| given.all("purpose").any(|name| name == it.name));
    let owned = |name: &str| given.all(name).map(str::to_owned).collect::<Vec<_>>();
    let new = NewKey {
        program: Account::parse(given.one("program").trim())?,
        scopes: Scopes {
            roles: owned("role"),
            actions: owned("action"),
            purposes: ticked.map(|(id, _)| id).collect(),
        },
        ends: zone.to_timestamp(after).map_err(|_| no_day())?,
    };
    let (info, token) = site.kept.access().make_key(&new, &staff.acting())?;
    let shown = token.map(|token| token.reveal_key().as_str().to_owned());
    Ok(Made {
        program: info.program,
        shown: shown.unwrap_or_default(),
        ends: last,
    })
}

fn form_of(visit: &Visit, given: &Given) -> Form {
    let (fill, frame) = (visit.fill(), &visit.frame);
    let say = Either(fill.language);
    let owned = |name: &str| given.all(name).map(str::to_owned).collect::<Vec<_>>();
    let roles = visit
        .law
        .authorisation()
        .into_iter()
        .flat_map(|it| &it.roles);
    let reads = roles.filter(|role| role.recipient.is_some());
    let roles = reads.map(|role| (role.name.clone(), fill.say(&role.title)));
    let actions = Action::ALL.iter();
    let actions = actions.map(|it| (it.name().to_owned(), fill.say(&it.title())));
    let purposes = fill.policy().purposes.iter();
    let purposes = purposes.map(|it| (it.name.clone(), fill.say(&it.title)));
    let in_half_a_year = frame.now.date().saturating_add(Span::new().months(6));
    let until = given.some("until");
    let until = until.map_or_else(|| in_half_a_year.to_string(), str::to_owned);
    let nothing = say.of(
        "Nothing ticked: all that the roles may.",
        "Rien de coché : tout ce que peuvent les rôles.",
    );
    let asked = vec![
        Question::new(
            "program",
            say.of(
                "Identifier of the program in the journal",
                "Identifiant du programme dans le journal",
            ),
            Answered::Line("text", given.one("program").to_owned()),
        ),
        Question::new(
            "role",
            say.of("In which roles", "Dans quels rôles"),
            Answered::Any(roles.collect(), owned("role")),
        ),
        Question::new(
            "action",
            say.of("What it may do", "Ce qu’il peut faire"),
            Answered::Any(actions.collect(), owned("action")),
        )
        .hint(nothing)
        .optional(),
        Question::new(
            "purpose",
            say.of("For which purposes", "Pour quelles finalités"),
            Answered::Any(purposes.collect(), owned("purpose")),
        )
        .hint(nothing)
        .optional(),
        Question::new(
            "until",
            say.of("Last day", "Dernier jour"),
            Answered::Line("date", until),
        )
        .hint(say.of("A year at the most.", "Un an au plus.")),
    ];
    let title = say.of("Make a key", "Créer une clé").to_owned();
    let room = Room::Keys;
    Form {
        lead: say
            .of("The key is shown once.", "La clé s’affiche une seule fois.")
            .to_owned(),
        back: (
            frame.link(room.path(), &[]),
            room.title(frame.language).to_owned(),
        ),
        action: frame.link("/console/keys/new", &[]),
        hidden: Vec::new(),
        asked,
        confirm: None,
        button: title.clone(),
        title,
        errors: Vec::new(),
        refused: None,
    }
}
