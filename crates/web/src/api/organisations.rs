//! Organisations and who belongs to them. An organisation is no person and has no personal data.

use axum::extract::Path;
use axum::response::Response;
use domain::{OrganisationId, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Problems;
use super::call::{Acts, Call, Dry, States};
use super::names;
use super::page::Cursor;
use super::reply::{Done, Reply};
use super::subjects::{Page, done};

/// An organisation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Organisation {
    /// Its identifier
    organisation: String,
    /// What happened to it
    facts: Vec<Fact>,
    /// Those of its people whom the role may read
    people: Vec<String>,
}

/// An event of an organisation or a person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Fact {
    /// Its identifier
    fact: String,
    /// What happened
    kind: String,
    /// When
    #[schema(format = DateTime)]
    happened: String,
    /// The contract, debit or dispute that it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<String>,
    /// Whether another took its place
    superseded: bool,
}

impl Fact {
    pub(super) fn of(policy: &policy::model::Policy, fact: &domain::subject::Fact) -> Self {
        Self {
            fact: fact.id.to_string(),
            kind: policy.fact(fact.kind).name.clone(),
            happened: fact.happened.to_string(),
            matter: fact.matter.map(|matter| matter.to_string()),
            superseded: fact.superseded_by.is_some(),
        }
    }
}

/// An organisation that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct AddedOrganisation {
    /// Its identifier
    organisation: String,
}

/// Make an organisation
#[utoipa::path(post, operation_id = "add_organisation", path = "/organisations", tag = "organisations", params(States, Acts, Dry),
    responses((status = 201, body = AddedOrganisation), Problems))]
pub(super) async fn create(call: Call) -> Response {
    call.act(|desk, _| {
        let id = desk.add_organisation()?;
        let added = AddedOrganisation {
            organisation: id.to_string(),
        };
        Ok(Reply::created(added)?.at(format!("/api/v1/organisations/{id}")))
    })
    .await
}

/// See an organisation
#[utoipa::path(get, operation_id = "read_organisation", path = "/organisations/{organisation}", tag = "organisations",
    params(("organisation" = String, Path), States),
    responses((status = 200, body = Organisation), Problems))]
pub(super) async fn read(Path(id): Path<String>, call: Call) -> Response {
    call.read(move |desk, _| {
        let id: OrganisationId = names::id(&id)?;
        let shown = desk.organisation(id)?;
        let law = desk.kept().law();
        let facts = shown.facts.iter();
        Reply::ok(Organisation {
            organisation: id.to_string(),
            facts: facts.map(|fact| Fact::of(law.policy(), fact)).collect(),
            people: shown.people.iter().map(ToString::to_string).collect(),
        })
    })
    .await
}

/// Organisations.
#[derive(Serialize, ToSchema)]
struct Organisations {
    organisations: Vec<ListedOrganisation>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct ListedOrganisation {
    /// Its identifier
    organisation: String,
    /// The spans that are open for it: with its contract, it is a client
    open: Vec<String>,
    /// How many of its people the role may count
    people: u64,
}

/// List organisations
#[utoipa::path(get, operation_id = "list_organisations", path = "/organisations", tag = "organisations", params(States, Page),
    responses((status = 200, body = Organisations), Problems))]
pub(super) async fn list(call: Call) -> Response {
    call.read(|desk, call| {
        let cursor = Cursor::of(call)?;
        let mut listed = desk.organisations(cursor.after(OrganisationId), cursor.most + 1)?;
        let more = listed.len() > cursor.most as usize;
        listed.truncate(cursor.most as usize);
        let law = desk.kept().law();
        let last = listed.last().filter(|_| more);
        let next = last.map(|one| cursor.next("/api/v1/organisations", &one.id.0));
        let organisations = listed.iter().map(|one| ListedOrganisation {
            organisation: one.id.to_string(),
            open: one
                .open
                .iter()
                .map(|span| law.policy().span(*span).name.clone())
                .collect(),
            people: one.people,
        });
        let organisations = Organisations {
            organisations: organisations.collect(),
        };
        Ok(Reply::ok(organisations)?.next(next))
    })
    .await
}

/// A link to an organisation.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NewLink {
    /// Which
    organisation: String,
    /// From which day on; left out: today
    #[serde(default)]
    #[schema(format = Date)]
    since: Option<String>,
}

/// Link a person to an organisation
#[utoipa::path(post, path = "/subjects/{subject}/organisations", tag = "organisations",
    params(("subject" = String, Path), States, Acts, Dry), request_body = NewLink,
    responses((status = 201, body = Done), Problems))]
pub(super) async fn link(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let new: NewLink = call.body()?;
        let organisation = names::id_at(&new.organisation, "organisation")?;
        let acted = desk.link(id, organisation, names::at(new.since.as_ref(), "since")?)?;
        done(desk, id, Reply::created(Done::of(&acted)))
    })
    .await
}

/// The end of a link.
#[derive(Deserialize, Default, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct EndOfLink {
    /// Through which day it lasts; left out: today
    #[serde(default)]
    #[schema(format = Date)]
    until: Option<String>,
}

/// End a person's link to an organisation
#[utoipa::path(post, path = "/subjects/{subject}/organisations/{organisation}/ends",
    tag = "organisations",
    params(("subject" = String, Path), ("organisation" = String, Path), States, Acts, Dry),
    request_body = Option<EndOfLink>, responses((status = 200, body = Done), Problems))]
pub(super) async fn unlink(
    Path((id, organisation)): Path<(String, String)>,
    call: Call,
) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let organisation: OrganisationId = names::id(&organisation)?;
        let end: EndOfLink = call.body_or_none()?;
        let acted = desk.unlink(id, organisation, names::at(end.until.as_ref(), "until")?)?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}
