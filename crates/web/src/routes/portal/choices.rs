//! `/me/choices`: consents are withdrawn, objections made.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::subject::{ObjectedTo, Subject};
use domain::{Fault, FaultKind};
use policy::model::{Basis, Policy, PurposeId};
use serde::Deserialize;

use crate::fill::Fill;
use crate::pages::portal::choices::{self, Choices, Consent, Use};
use crate::signed_in::{Person, for_person};
use crate::site::{Answer, Asked, Site, Visit};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    for_person(site, asked, |site, visit, person| {
        let done = visit.query.contains_key("done");
        page(site, visit, person, done, None)
    })
    .await
}

/// What is done, and for which purpose.
#[derive(Deserialize)]
pub(super) struct Chosen {
    act: String,
    purpose: String,
}

pub(super) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(chosen): Form<Chosen>,
) -> Response {
    for_person(site, asked, move |site, visit, person| {
        match carried_out(site, visit, person, &chosen) {
            Ok(()) => Ok(Answer::go(
                visit.frame.link("/me/choices", &[("done", "yes")]),
            )),
            Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::Absent) => {
                let answer = page(site, visit, person, false, Some(fault.message))?;
                Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY))
            }
            Err(fault) => Err(fault),
        }
    })
    .await
}

fn carried_out(site: &Site, visit: &Visit, person: &Person, chosen: &Chosen) -> Result<(), Fault> {
    let own = site.kept.own(&person.session)?;
    let named = || purpose(visit.law.policy(), &chosen.purpose);
    match (chosen.act.as_str(), chosen.purpose.as_str()) {
        ("withdraw", _) => own.withdraw(named()?).map(drop),
        ("object", "") => own.object(ObjectedTo::Canvassing).map(drop),
        ("object", _) => own.object(ObjectedTo::Purpose(named()?)).map(drop),
        _ => Err(no_such_choice()),
    }
}

fn purpose(policy: &Policy, name: &str) -> Result<PurposeId, Fault> {
    policy.purpose_named(name).ok_or_else(no_such_choice)
}

fn no_such_choice() -> Fault {
    Fault::new(FaultKind::Invalid, "there is no such choice")
        .remedy("choose one of those on the page")
}

fn page(
    site: &Site,
    visit: &Visit,
    person: &Person,
    done: bool,
    refused: Option<String>,
) -> Result<Answer, Fault> {
    let subject = site.kept.own(&person.session)?.subject()?;
    let view = Choices {
        done,
        refused,
        ..view(visit.fill(), &subject)
    };
    let page = choices::render(&view, visit.law.policy(), &visit.frame);
    Ok(Answer::page(page))
}

fn view(fill: Fill<'_>, subject: &Subject) -> Choices {
    let policy = fill.policy();
    let objected = |to: ObjectedTo| {
        let mut standing = subject.objections.iter().filter(|it| it.lifted.is_none());
        standing.find(|it| it.to == to).map(|it| fill.day(it.made))
    };
    let consents = subject.consents.iter().rev().map(|consent| {
        let purpose = policy.purpose(consent.purpose);
        Consent {
            purpose: purpose.name.clone(),
            title: fill.say(&purpose.title),
            given: fill.day(consent.given),
            withdrawn: consent.withdrawn.map(|at| fill.day(at)),
        }
    });
    let interests = (0u8..).map(PurposeId).zip(&policy.purposes);
    let interests = interests.filter(|(id, it)| {
        let rests = it.bases.iter().any(|line| {
            let met = subject
                .roles
                .iter()
                .any(|role| line.kinds.contains(role.kind));
            met && line.basis == Basis::LegitimateInterests
        });
        rests && is_held_for(subject, *id)
    });
    Choices {
        consents: consents.collect(),
        canvassing: objected(ObjectedTo::Canvassing),
        uses: interests
            .map(|(id, it)| Use {
                purpose: it.name.clone(),
                title: fill.say(&it.title),
                about: fill.say(&it.about),
                objected: objected(ObjectedTo::Purpose(id)),
            })
            .collect(),
        done: false,
        refused: None,
    }
}

/// Whether something of somebody is held for a purpose.
fn is_held_for(subject: &Subject, purpose: PurposeId) -> bool {
    let held = subject.records.iter().filter(|held| !held.tombstone);
    let mut grounds = held.flat_map(|held| &held.grounds);
    grounds.any(|ground| ground.purpose == purpose)
}
