//! `/console/people/{id}/{act}`: acts on a person, each a form. `GET` asks, `POST` does.
//!
//! A form carries the version of what its reader saw: whatever changed meanwhile is shown before
//! anything is done. What would destroy data at once is tried first, said, and done only once the
//! sender says that they know.

mod choice;
mod collecting;
mod copying;
mod correcting;
mod erasing;
mod given;
mod happened;
mod holding;
mod questions;
mod relation;

use axum::Form as Sent;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::subject::Subject;
use domain::{Fault, FaultKind, SubjectId};
use policy::authorisation::{Action, ActionSet};
use policy::model::Policy;
use services::act::Acted;
use services::desk::Desk;

use crate::page::Room;
use crate::pages::console::form::{self, Asked, Form, Refused};
use crate::pages::error::Error;
use crate::say::{self, Either};
use crate::signed_in::{AtWork, at_work};
use crate::site::{Answer, Asked as Request, Site, Visit};

pub(super) use collecting::{new_get, new_post, unknown};
pub(super) use given::Given;
pub(super) use questions::matters;

/// An act: how it is asked for and what it does.
struct Act {
    /// As its address names it.
    name: &'static str,
    action: Action,
    /// What it is called, in English and French.
    title: (&'static str, &'static str),
    /// What follows from it.
    lead: (&'static str, &'static str),
    /// What is said once it is done.
    done: (&'static str, &'static str),
    /// What can never be undone about it.
    confirm: Option<(&'static str, &'static str)>,
    /// Whether it is tried first, to see whether data goes with it.
    tried: bool,
    /// Whether there is anything to do it to.
    offered: fn(&Policy, &Subject) -> bool,
    ask: fn(&At<'_>) -> Result<Vec<Asked>, Fault>,
    run: fn(&At<'_>, &Desk<'_>) -> Result<Outcome, Wrong>,
}

/// What an act is about, and what its form says.
struct At<'a> {
    site: &'a Site,
    visit: &'a Visit,
    at_work: &'a AtWork<'a>,
    subject: &'a Subject,
    given: &'a Given,
}

/// What came of an act.
enum Outcome {
    Acted(Acted),
    /// What is held says so already.
    Nothing,
    File(Response),
}

/// Why nothing was done.
pub(in crate::routes::console) enum Wrong {
    /// More has to be asked.
    More,
    /// Answers cannot be used: the field and a sentence.
    Answers(Vec<(String, String)>),
    Fault(Fault),
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl At<'_> {
    fn say(&self) -> Either {
        Either(self.visit.frame.language)
    }

    fn policy(&self) -> &Policy {
        self.visit.law.policy()
    }
}

const ALWAYS: fn(&Policy, &Subject) -> bool = |_, _| true;

const ACTS: [Act; 15] = [
    happened::FACT,
    choice::CONSENT,
    choice::WITHDRAWAL,
    choice::OBJECTION,
    choice::OBJECTION_LIFTED,
    collecting::RECORD,
    correcting::CORRECTION,
    relation::TOLD,
    relation::LINK,
    relation::UNLINK,
    holding::RESTRICTION,
    holding::RESTRICTION_LIFTED,
    holding::HOLD,
    holding::HOLD_LIFTED,
    erasing::ERASURE,
];

fn named(name: &str) -> Result<&'static Act, Fault> {
    let mut all = ACTS.iter().chain([&copying::COPY]);
    all.find(|act| act.name == name)
        .ok_or_else(|| Fault::new(FaultKind::Absent, "there is no such act"))
}

/// What may be done with a person, by address and title.
pub(super) fn offered(
    visit: &Visit,
    may: ActionSet,
    id: SubjectId,
    subject: &Subject,
) -> Vec<(String, String)> {
    let say = Either(visit.frame.language);
    let policy = visit.law.policy();
    let all = ACTS.iter().chain([&copying::COPY]);
    all.filter(|act| may.contains(act.action) && (act.offered)(policy, subject))
        .map(|act| {
            let title = say.of(act.title.0, act.title.1).to_owned();
            (address(visit, id, act.name), title)
        })
        .collect()
}

/// What is said of an act that was just done.
pub(super) fn done(visit: &Visit) -> Option<String> {
    let act = named(visit.query.get("done")?).ok()?;
    let say = Either(visit.frame.language);
    Some(say.of(act.done.0, act.done.1).to_owned())
}

fn person(visit: &Visit, id: SubjectId) -> String {
    with_matter(visit, &format!("/console/people/{id}"), &[])
}

fn address(visit: &Visit, id: SubjectId, act: &str) -> String {
    with_matter(visit, &format!("/console/people/{id}/{act}"), &[])
}

/// An address that carries the matter on that was named.
fn with_matter(visit: &Visit, path: &str, query: &[(&str, &str)]) -> String {
    let matter = visit.query.get("matter").map(|it| ("matter", it.as_str()));
    let query: Vec<(&str, &str)> = query.iter().copied().chain(matter).collect();
    visit.frame.link(path, &query)
}

pub(super) async fn get(
    State(site): State<Site>,
    Path((id, act)): Path<(String, String)>,
    asked: Request,
) -> Response {
    at_work(site, asked, move |site, visit, at_work| {
        let (id, act) = (super::super::subject(&id)?, named(&act)?);
        let subject = at_work.desk.show_for(id, act.action)?.subject;
        let at = At {
            site,
            visit,
            at_work,
            subject: &subject,
            given: &Given::default(),
        };
        shown(act, &at, None)
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    Path((id, act)): Path<(String, String)>,
    asked: Request,
    Sent(given): Sent<Given>,
) -> Response {
    at_work(site, asked, move |site, visit, at_work| {
        let (id, act) = (super::super::subject(&id)?, named(&act)?);
        let subject = at_work.desk.show_for(id, act.action)?.subject;
        let at = At {
            site,
            visit,
            at_work,
            subject: &subject,
            given: &given,
        };
        match run(act, &at) {
            Ok(Outcome::File(response)) => Ok(Answer::whole(response)),
            Ok(Outcome::Acted(_) | Outcome::Nothing) => Ok(Answer::go(after(act, &at)?)),
            Err(wrong) => shown(act, &at, Some(wrong)),
        }
    })
    .await
}

/// Where one goes once it is done: to the person, or to the list if nothing is held any more.
fn after(act: &Act, at: &At<'_>) -> Result<String, Fault> {
    let id = at.subject.id;
    match at.site.kept.person(id, &at.site.kept.law()) {
        Ok(_) => {
            let path = format!("/console/people/{id}");
            Ok(with_matter(at.visit, &path, &[("done", act.name)]))
        }
        Err(fault) if fault.kind == FaultKind::Absent => {
            let list = at.visit.frame.link(Room::People.path(), &[("gone", "yes")]);
            Ok(list)
        }
        Err(fault) => Err(fault),
    }
}

fn run(act: &Act, at: &At<'_>) -> Result<Outcome, Wrong> {
    if at.given.one("version") != at.subject.version.to_string() {
        let changed = Fault::new(
            FaultKind::Conflict,
            "this person's data changed since you opened the form; nothing was done",
        );
        return Err(changed
            .remedy("look at the person again, then send the form once more")
            .into());
    }
    let knows = at.given.one("confirm") == "yes";
    if act.confirm.is_some() && !knows {
        return Err(unconfirmed(at));
    }
    // It is asked again where the act is written: whoever was quicker is met there, too.
    let desk = &at.at_work.desk.clone().on_version(at.subject.version);
    if !knows && act.tried {
        let dry = desk.clone().dry_run(true);
        if let Outcome::Acted(tried) = (act.run)(at, &dry)?
            && !tried.destroyed.is_empty()
        {
            return Err(unconfirmed(at));
        }
    }
    (act.run)(at, desk)
}

fn unconfirmed(at: &At<'_>) -> Wrong {
    let say = at.say().of(
        "Data goes with this at once. Say that you know.",
        "Des données disparaissent aussitôt. Confirmez que vous le savez.",
    );
    Wrong::Answers(vec![("confirm".to_owned(), say.to_owned())])
}

/// The form, with what was wrong with it.
fn shown(act: &Act, at: &At<'_>, wrong: Option<Wrong>) -> Result<Answer, Fault> {
    let say = at.say();
    let id = at.subject.id;
    let mut hidden = vec![("version".to_owned(), at.subject.version.to_string())];
    let more = matches!(wrong, Some(Wrong::More)) || at.given.one("step") == "2";
    if more {
        hidden.push(("step".to_owned(), "2".to_owned()));
    }
    let (mut errors, mut refused, mut status) = (Vec::new(), None, StatusCode::OK);
    match wrong {
        None | Some(Wrong::More) => {}
        Some(Wrong::Answers(wrong)) => {
            errors = wrong;
            status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Some(Wrong::Fault(fault)) => {
            let error = Error::from(&fault);
            if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) {
                return Err(fault);
            }
            status = StatusCode::from_u16(error.status()).unwrap_or(status);
            refused = Some(Refused::from(fault));
        }
    }
    let destroys = errors.iter().any(|(field, _)| field == "confirm");
    let known = (
        "What is destroyed cannot be brought back.",
        "Ce qui est détruit ne peut être rétabli.",
    );
    let confirm = act.confirm.or(destroys.then_some(known));
    let short = say::short(&id.to_string());
    let title = (at.visit.phrases().person.title)(&short);
    let view = Form {
        title: say.of(act.title.0, act.title.1).to_owned(),
        lead: say.of(act.lead.0, act.lead.1).to_owned(),
        back: (person(at.visit, id), title),
        action: address(at.visit, id, act.name),
        hidden,
        asked: (act.ask)(at)?,
        confirm: confirm.map(|(en, fr)| say.of(en, fr).to_owned()),
        button: say.of(act.title.0, act.title.1).to_owned(),
        errors,
        refused,
    };
    let page = form::render(&view, Room::People, &at.visit.frame);
    Ok(Answer::page(page).status(status))
}
