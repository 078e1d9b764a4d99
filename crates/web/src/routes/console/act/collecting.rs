//! Taking data in: more about a person, or somebody new.

use axum::Form as Sent;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::collect::Collection;
use domain::subject::Subject;
use domain::{Fault, FaultKind, SubjectId};
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, Person, PurposeId, PurposeSet};
use services::collect::{NewData, NewPerson};
use services::desk::Desk;

use super::given::missing;
use super::questions::Pair;
use super::{ALWAYS, Act, At, Given, Outcome, Wrong};
use crate::page::Room;
use crate::pages::console::form::{self, Asked, Form, Refused};
use crate::pages::error::Error;
use crate::signed_in::{AtWork, at_work};
use crate::site::{Answer, Asked as Request, Site, Visit};

pub(super) const RECORD: Act = Act {
    name: "record",
    action: Action::Collect,
    title: ("Add data", "Ajouter des données"),
    lead: (
        "Only what a purpose needs, from an origin that the policy knows, on a legal basis.",
        "Seulement ce qu’exige une finalité, d’une origine que connaît la politique, sur une base légale.",
    ),
    done: ("The data is taken in.", "Les données sont enregistrées."),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask: |at| Ok(ask(at)),
    run,
};

/// First which categories, then their fields and where they come from.
fn ask(at: &At<'_>) -> Vec<Asked> {
    let say = at.say();
    let purpose = at.at_work.purpose;
    let uses = at.policy().tables.uses[purpose.index()];
    let chosen = at.ticked_categories("category").and(uses);
    let mut asked = vec![
        at.any("category", ("What", "Quoi"), at.categories(uses))
            .hint(say.of("What your purpose uses.", "Ce qu’utilise votre finalité.")),
    ];
    if chosen.is_empty() {
        return asked;
    }
    for category in chosen.iter() {
        asked.extend(at.fields(category, fields_of(at, purpose, category)));
    }
    let mut purposes = at.any(
        "purpose",
        ("What for", "Pour quelles finalités"),
        purposes(at, chosen),
    );
    if let crate::pages::console::form::Answer::Any(_, ticked) = &mut purposes.answer
        && ticked.is_empty()
    {
        ticked.push(at.policy().purpose(purpose).name.clone());
    }
    asked.push(purposes);
    asked.push(at.one("origin", ("Where it comes from", "Origine"), at.origins()));
    asked.push(at.one("kind", ("Met as", "Rencontrée en tant que"), kinds(at)));
    asked.push(at.moment("collected", ("Collected on", "Collectées le")));
    let during = chosen
        .iter()
        .any(|id| at.policy().category(id).only_during.is_some());
    if during {
        let matters = at.matters().into_iter();
        let matters = matters.map(|(matter, title)| (matter.to_string(), title));
        asked.push(
            at.one(
                "about",
                ("About which matter", "À propos de quelle affaire"),
                matters.collect(),
            )
            .optional(),
        );
    }
    asked
}

fn fields_of(at: &At<'_>, purpose: PurposeId, category: CategoryId) -> u64 {
    let tables = &at.policy().tables;
    tables.use_fields[purpose.index()][category.index()]
}

/// The purposes that use what is taken in, and for which the role takes data in.
fn purposes(at: &At<'_>, categories: CategorySet) -> Vec<Pair> {
    let policy = at.policy();
    let collects = |id: PurposeId| at.at_work.may_for(&at.visit.law, Action::Collect, id);
    at.purposes(|id| {
        let uses = policy.tables.uses[id.index()];
        !uses.and(categories).is_empty() && (id == at.at_work.purpose || collects(id))
    })
}

fn kinds(at: &At<'_>) -> Vec<Pair> {
    let fill = at.visit.fill();
    let concerns = at.policy().purpose(at.at_work.purpose).concerns;
    concerns
        .iter()
        .map(|id| at.policy().kind(id))
        .map(|kind| (kind.name.clone(), fill.say(&kind.title)))
        .collect()
}

/// The data that the form brings.
fn data(at: &At<'_>) -> Result<Vec<NewData>, Wrong> {
    let uses = at.policy().tables.uses[at.at_work.purpose.index()];
    let chosen = at.ticked_categories("category").and(uses);
    if chosen.is_empty() {
        return Err(missing("category", at.visit));
    }
    if at.given.one("step") != "2" {
        return Err(Wrong::More);
    }
    let ticked = |id: &PurposeId| {
        let name = &at.policy().purpose(*id).name;
        at.given.all("purpose").any(|given| given == name)
    };
    let all = (0..at.policy().purposes.len()).filter_map(|it| u8::try_from(it).ok());
    let purposes: PurposeSet = all.map(PurposeId).filter(ticked).collect();
    let (origin, kind) = (at.origin("origin")?, at.kind("kind")?);
    let collected = at.given.moment("collected", at.visit)?;
    let collected = collected.map_or_else(|| at.site.kept.moment().map(|it| it.now), Ok)?;
    let matter = at.matter("about")?;
    let mut data = Vec::new();
    for category in chosen.iter() {
        let which = fields_of(at, at.at_work.purpose, category);
        let Some(values) = at.values(category, which)? else {
            continue;
        };
        let it = at.policy().category(category);
        let uses = at.policy().tables.used_by[category.index()];
        data.push(NewData {
            collection: Collection {
                category,
                fields: at.given_fields(category, which),
                origin,
                brought_by: at.at_work.staff.actor.account.clone(),
                purposes: purposes.and(uses),
                kind,
                matter: matter.filter(|_| it.only_during.is_some()),
                processor: None,
                collected,
                approved: false,
            },
            values,
            unique: None,
            derived_from: Vec::new(),
        });
    }
    match data.is_empty() {
        true => Err(missing("category", at.visit)),
        false => Ok(data),
    }
}

fn run(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let acted = desk.add_records(at.subject.id, data(at)?)?;
    Ok(Outcome::Acted(acted))
}

/// `GET /console/people/new`.
pub(in crate::routes::console) async fn new_get(
    State(site): State<Site>,
    asked: Request,
) -> Response {
    at_work(site, asked, |site, visit, at_work| {
        let (subject, given) = (unknown(), Given::default());
        shown(&about(site, visit, at_work, &subject, &given), None)
    })
    .await
}

/// `POST /console/people/new`.
pub(in crate::routes::console) async fn new_post(
    State(site): State<Site>,
    asked: Request,
    Sent(given): Sent<Given>,
) -> Response {
    at_work(site, asked, move |site, visit, at_work| {
        let subject = unknown();
        let at = about(site, visit, at_work, &subject, &given);
        match add(&at) {
            Ok(address) => Ok(Answer::go(address)),
            Err(wrong) => shown(&at, Some(wrong)),
        }
    })
    .await
}

fn about<'a>(
    site: &'a Site,
    visit: &'a Visit,
    at_work: &'a AtWork<'a>,
    subject: &'a Subject,
    given: &'a Given,
) -> At<'a> {
    At {
        site,
        visit,
        at_work,
        subject,
        given,
    }
}

fn add(at: &At<'_>) -> Result<String, Wrong> {
    if !at
        .at_work
        .may_for(&at.visit.law, Action::Collect, at.at_work.purpose)
    {
        return Err(not_here().into());
    }
    let records = data(at)?;
    let person = match at.given.one("person") {
        "professional" => Some(Person::Professional),
        "private" => Some(Person::Private),
        _ => return Err(missing("person", at.visit)),
    };
    let new = NewPerson { person, records };
    let (id, _) = at.at_work.desk.add_person(new)?;
    let path = format!("/console/people/{id}");
    Ok(at.visit.frame.link(&path, &[("done", RECORD.name)]))
}

fn not_here() -> Fault {
    Fault::new(
        FaultKind::Refused,
        "your role takes in no data for this purpose",
    )
    .rule("9c")
    .remedy("switch to a purpose for which it does")
}

fn shown(at: &At<'_>, wrong: Option<Wrong>) -> Result<Answer, Fault> {
    let say = at.say();
    let step = matches!(wrong, Some(Wrong::More)) || at.given.one("step") == "2";
    let (mut errors, mut refused, mut status) = (Vec::new(), None, StatusCode::OK);
    match wrong {
        None | Some(Wrong::More) => {}
        Some(Wrong::Answers(wrong)) => {
            errors = wrong;
            status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Some(Wrong::Fault(fault)) => {
            let kind = StatusCode::from_u16(Error::from(&fault).status());
            status = kind.unwrap_or(status);
            refused = Some(Refused::from(fault));
        }
    }
    let mut asked = Vec::new();
    if step {
        let met = vec![
            (
                "professional".to_owned(),
                say.of("At work", "Dans le cadre professionnel").to_owned(),
            ),
            (
                "private".to_owned(),
                say.of("As a private person", "À titre privé").to_owned(),
            ),
        ];
        asked.push(at.one(
            "person",
            ("How the person is met", "Cadre de la rencontre"),
            met,
        ));
    }
    asked.extend(ask(at));
    let title = say.of("Add a person", "Ajouter une personne").to_owned();
    let room = Room::People;
    let frame = &at.visit.frame;
    let view = Form {
        lead: say.of(RECORD.lead.0, RECORD.lead.1).to_owned(),
        back: (
            frame.link(room.path(), &[]),
            room.title(frame.language).to_owned(),
        ),
        action: frame.link("/console/people/new", &[]),
        hidden: step
            .then(|| ("step".to_owned(), "2".to_owned()))
            .into_iter()
            .collect(),
        asked,
        confirm: None,
        button: title.clone(),
        title,
        errors,
        refused,
    };
    Ok(Answer::page(form::render(&view, room, frame)).status(status))
}

/// Somebody of whom nothing is held yet.
pub(in crate::routes::console) fn unknown() -> Subject {
    Subject {
        id: SubjectId([0; 16]),
        version: 0,
        person: None,
        roles: Vec::new(),
        links: Vec::new(),
        facts: Vec::new(),
        organisation_facts: Vec::new(),
        consents: Vec::new(),
        objections: Vec::new(),
        restrictions: Vec::new(),
        holds: Vec::new(),
        told: None,
        acceptances: Vec::new(),
        records: Vec::new(),
    }
}
