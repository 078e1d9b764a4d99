//! `/console/policy`: the policy in force, its versions, and the answers of the authorisation.

use axum::extract::State as Of;
use axum::response::Response;
use domain::{Fault, FaultKind};
use policy::compare::compare;
use policy::model::{CategoryId, FieldId, Policy};

use crate::pages::console::policy::{self as page, View, Who};
use crate::signed_in::for_staff;
use crate::site::{Answer, Asked, Site, Visit};

fn shown(view: View<'_>, visit: &Visit) -> Answer {
    let (law, frame) = (&visit.law, &visit.frame);
    Answer::page(page::render(view, law.policy(), law.authorisation(), frame))
}

pub(super) async fn purposes(Of(site): Of<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| Ok(shown(View::Purposes, visit))).await
}

pub(super) async fn terms(Of(site): Of<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| Ok(shown(View::Terms, visit))).await
}

pub(super) async fn versions(Of(site): Of<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |site, visit, _| {
        let all = site.kept.policies()?;
        let version = |name: &str| -> Result<Option<&Policy>, Fault> {
            let Some(text) = visit.query.get(name) else {
                return Ok(None);
            };
            let found = all
                .iter()
                .find(|policy| policy.version.to_string() == *text);
            found.map(Some).ok_or_else(unknown)
        };
        let changes = match (version("from")?, version("to")?) {
            (Some(from), Some(to)) => Some((from.version, to.version, compare(from, to))),
            _ => None,
        };
        let compared = changes.as_ref();
        let compared = compared.map(|(from, to, changes)| (*from, *to, changes.as_slice()));
        Ok(shown(
            View::Versions {
                all: &all,
                compared,
            },
            visit,
        ))
    })
    .await
}

pub(super) async fn who(Of(site): Of<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| {
        let policy = visit.law.policy();
        let asked = match (visit.query.get("data"), visit.query.get("purpose")) {
            (Some(data), Some(purpose)) => Some(asked_who(policy, data, purpose)?),
            _ => None,
        };
        Ok(shown(View::Who(asked.as_ref()), visit))
    })
    .await
}

/// What is asked: `category` or `category.field`, and a purpose.
fn asked_who(policy: &Policy, data: &str, purpose: &str) -> Result<Who, Fault> {
    let (category, field) = match data.split_once('.') {
        None => (data, None),
        Some((category, field)) => (category, Some(field)),
    };
    let id: CategoryId = policy.category_named(category).ok_or_else(unknown)?;
    let field = field.map(|name| {
        let mut fields = (0u8..).zip(&policy.category(id).fields);
        let found = fields.find(|(_, field)| field.name == name);
        let of = |(field, _)| FieldId {
            category: id,
            field,
        };
        found.map(of).ok_or_else(unknown)
    });
    Ok(Who {
        category: id,
        field: field.transpose()?,
        purpose: policy.purpose_named(purpose).ok_or_else(unknown)?,
    })
}

pub(super) async fn what(Of(site): Of<Site>, asked: Asked) -> Response {
    for_staff(site, asked, |_, visit, _| {
        let authorisation = visit.law.authorisation();
        let role = match (visit.query.get("role"), authorisation) {
            (Some(name), Some(it)) => Some(it.role_named(name).ok_or_else(unknown)?),
            _ => None,
        };
        Ok(shown(View::What(role), visit))
    })
    .await
}

fn unknown() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "neither the policy nor the authorisation has this",
    )
    .remedy("choose from the lists of the page")
}
