//! `/console/organisations`: the list, each of them, and the events of one.

use axum::Form as Sent;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::subject::Fact;
use domain::{Fault, FaultKind, OrganisationId};
use policy::authorisation::Action;
use policy::model::FactId;
use services::fact::Happened;

use super::act::Given;
use super::people::{hit, naming};
use crate::fill::Fill;
use crate::page::Room;
use crate::pages::console::form::{self, Answer as Answered, Asked as Question, Form, Refused};
use crate::pages::console::organisations::{self, Listed, Organisation, Organisations};
use crate::pages::error::Error;
use crate::pages::person::Event;
use crate::say::{self, Either};
use crate::signed_in::{AtWork, at_work};
use crate::site::{Answer, Asked, Site, Visit};

/// Organisations on one page.
const ROWS: u32 = 25;
/// People of one organisation on its page.
const PEOPLE: usize = 25;

fn id_of(text: &str) -> Result<OrganisationId, Fault> {
    text.parse().map_err(|_| {
        Fault::new(FaultKind::Absent, "there is no such organisation")
            .remedy("choose one from the list")
    })
}

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    at_work(site, asked, |_, visit, at_work| {
        let fill = visit.fill();
        let after = visit.query.get("after").map(|id| id_of(id)).transpose()?;
        let listed = at_work.desk.organisations(after, ROWS + 1)?;
        let more = listed.len() > ROWS as usize;
        let rows: Vec<Listed> = listed
            .into_iter()
            .take(ROWS as usize)
            .map(|one| Listed {
                id: one.id.to_string(),
                open: one
                    .open
                    .iter()
                    .map(|span| fill.say(&fill.policy().span(*span).title))
                    .collect(),
                people: one.people,
            })
            .collect();
        let next = rows.last().map(|one| one.id.clone()).filter(|_| more);
        let view = Organisations {
            rows,
            next,
            further: after.is_some(),
            adds: at_work.desk.offers(Action::Link),
        };
        Ok(Answer::page(organisations::list(&view, &visit.frame)))
    })
    .await
}

pub(super) async fn post(State(site): State<Site>, asked: Asked) -> Response {
    at_work(site, asked, |_, visit, at_work| {
        let id = at_work.desk.add_organisation()?;
        let path = format!("{}/{id}", Room::Organisations.path());
        Ok(Answer::go(visit.frame.link(&path, &[])))
    })
    .await
}

pub(super) async fn one(
    State(site): State<Site>,
    Path(id): Path<String>,
    asked: Asked,
) -> Response {
    at_work(site, asked, move |_, visit, at_work| {
        let fill = visit.fill();
        let shown = at_work.desk.organisation(id_of(&id)?)?;
        let mut people = Vec::new();
        for id in shown.people.iter().take(PEOPLE) {
            let view = at_work.desk.view(*id, naming(fill), None)?;
            let name = fill.name(view.name(fill.policy()));
            people.push(hit(fill, &view.subject, name, view.moment));
        }
        let records = at_work.desk.offers(Action::RecordFacts);
        let path = format!("{}/{}/fact", Room::Organisations.path(), shown.id);
        let done = visit.query.contains_key("done");
        let done = done.then(|| Either(fill.language).of("It is done.", "C’est fait."));
        let view = Organisation {
            id: shown.id.to_string(),
            facts: facts(fill, &shown.facts),
            more: shown.people.len().saturating_sub(people.len()),
            people,
            record: records.then(|| visit.frame.link(&path, &[])),
            done: done.map(str::to_owned),
        };
        Ok(Answer::page(organisations::one(&view, &visit.frame)))
    })
    .await
}

fn facts(fill: Fill<'_>, facts: &[Fact]) -> Vec<Event> {
    let mut standing: Vec<&Fact> = facts
        .iter()
        .filter(|fact| fact.superseded_by.is_none())
        .collect();
    standing.sort_by_key(|fact| std::cmp::Reverse(fact.happened));
    let events = standing.into_iter().map(|fact| Event {
        day: fill.day(fact.happened),
        what: fill.say(&fill.policy().fact(fact.kind).title),
        matter: fact.matter.map(|matter| matter.to_string()),
        of_organisation: true,
    });
    events.collect()
}

pub(super) async fn fact_get(
    State(site): State<Site>,
    Path(id): Path<String>,
    asked: Asked,
) -> Response {
    at_work(site, asked, move |_, visit, at_work| {
        let form = form_of(visit, at_work, id_of(&id)?, &Given::default())?;
        Ok(Answer::page(form::render(
            &form,
            Room::Organisations,
            &visit.frame,
        )))
    })
    .await
}

pub(super) async fn fact_post(
    State(site): State<Site>,
    Path(id): Path<String>,
    asked: Asked,
    Sent(given): Sent<Given>,
) -> Response {
    at_work(site, asked, move |_, visit, at_work| {
        let id = id_of(&id)?;
        let mut form = form_of(visit, at_work, id, &given)?;
        let status = match record(visit, at_work, id, &given) {
            Ok(None) => StatusCode::OK,
            Ok(Some(address)) => return Ok(Answer::go(address)),
            Err(fault) if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) => {
                return Err(fault);
            }
            Err(fault) => {
                let status = Error::from(&fault).status();
                form.refused = Some(Refused::from(fault));
                StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN)
            }
        };
        let page = form::render(&form, Room::Organisations, &visit.frame);
        Ok(Answer::page(page).status(status))
    })
    .await
}

/// The kinds of fact that happen to organisations.
fn kinds(visit: &Visit) -> Vec<(FactId, String)> {
    let facts = (0u8..).map(FactId).zip(&visit.law.policy().facts);
    facts
        .filter(|(_, fact)| fact.of_organisation && fact.recorded_by.staff)
        .map(|(id, fact)| (id, fact.name.clone()))
        .collect()
}

/// First what happened, then when, in which manner and about what.
fn form_of(
    visit: &Visit,
    at_work: &AtWork<'_>,
    id: OrganisationId,
    given: &Given,
) -> Result<Form, Fault> {
    let (fill, frame) = (visit.fill(), &visit.frame);
    let say = Either(fill.language);
    let policy = fill.policy();
    let own = |name: &str| given.some(name).map(str::to_owned);
    let titled = kinds(visit);
    let choices = titled
        .iter()
        .map(|(kind, name)| (name.clone(), fill.say(&policy.fact(*kind).title)));
    let what = say.of("What happened", "Ce qui s’est passé");
    let mut asked = vec![Question::new(
        "kind",
        what,
        Answered::One(choices.collect(), own("kind")),
    )];
    let chosen = own("kind").and_then(|name| titled.iter().find(|(_, it)| *it == name));
    if let Some((kind, _)) = chosen {
        let fact = policy.fact(*kind);
        let now = frame.now.strftime("%Y-%m-%dT%H:%M").to_string();
        let at = own("at").unwrap_or(now);
        asked.push(Question::new(
            "at",
            say.of("When", "Quand"),
            Answered::Line("datetime-local", at),
        ));
        if !fact.manners.is_empty() {
            let manners = fact
                .manners
                .iter()
                .map(|it| (it.clone(), it.clone()))
                .collect();
            let manner = say.of("In which manner", "De quelle manière");
            asked.push(Question::new(
                "manner",
                manner,
                Answered::One(manners, own("manner")),
            ));
        }
        if fact.about_matter {
            let known = at_work.desk.organisation(id)?.facts;
            let mut matters: Vec<(String, String)> = Vec::new();
            for fact in known {
                let Some(matter) = fact.matter.map(|it| it.to_string()) else {
                    continue;
                };
                if matters.iter().all(|(id, _)| *id != matter) {
                    let day = say::day(fill.day(fact.happened), fill.language);
                    let title = fill.say(&policy.fact(fact.kind).title);
                    let short = say::short(&matter);
                    matters.push((matter, format!("{title}, {day} (…{short})")));
                }
            }
            let new = say.of("a new one", "une nouvelle affaire");
            matters.push(("new".to_owned(), new.to_owned()));
            let about = say.of("About which contract", "À propos de quel contrat");
            asked.push(Question::new(
                "about",
                about,
                Answered::One(matters, own("about")),
            ));
        }
    }
    let path = format!("{}/{id}", Room::Organisations.path());
    let title = say
        .of("Record an event", "Enregistrer un événement")
        .to_owned();
    let short = say::short(&id.to_string());
    let hidden = chosen.map(|_| ("step".to_owned(), "2".to_owned()));
    Ok(Form {
        lead: say
            .of(
                "It takes effect for all its people at once, and moves the terms that count from it.",
                "Il prend effet aussitôt pour toutes ses personnes et fait courir les délais qui en dépendent.",
            )
            .to_owned(),
        back: (frame.link(&path, &[]), format!("…{short}")),
        action: frame.link(&format!("{path}/fact"), &[]),
        hidden: hidden.into_iter().collect(),
        asked,
        confirm: None,
        button: title.clone(),
        title,
        errors: Vec::new(),
        refused: None,
    })
}

/// Records what was given; nothing, where more has to be asked.
fn record(
    visit: &Visit,
    at_work: &AtWork<'_>,
    id: OrganisationId,
    given: &Given,
) -> Result<Option<String>, Fault> {
    let desk = &at_work.desk;
    let unusable = || {
        Fault::new(FaultKind::Invalid, "an answer is missing or cannot be used")
            .remedy("answer each question of the form")
    };
    let kinds = kinds(visit);
    let kind = kinds.iter().find(|(_, name)| name == given.one("kind"));
    let (kind, _) = kind.ok_or_else(unusable)?;
    if given.one("step") != "2" {
        return Ok(None);
    }
    let at = given.moment("at", visit).map_err(|_| unusable())?;
    let happened = Happened {
        kind: *kind,
        matter: match given.some("about") {
            None => None,
            Some("new") => Some(desk.new_matter()?),
            Some(matter) => Some(matter.parse().map_err(|_| unusable())?),
        },
        at: at.ok_or_else(unusable)?,
        manner: given.some("manner").map(str::to_owned),
        supersedes: None,
    };
    desk.record_organisation_fact(id, &happened)?;
    let path = format!("{}/{id}", Room::Organisations.path());
    Ok(Some(visit.frame.link(&path, &[("done", "fact")])))
}
