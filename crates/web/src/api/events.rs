//! What happened: events of people and of organisations, and the matters that they are about.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{OrganisationId, SubjectId};
use serde::{Deserialize, Serialize};
use services::desk::Desk;
use services::fact::Happened;
use utoipa::ToSchema;

use super::Problems;
use super::call::{Acts, Call, Dry, States};
use super::data::when;
use super::names;
use super::problem::Wrong;
use super::reply::{Done, Reply};
use super::subjects::done;

/// What happened.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NewFact {
    /// What: a kind of event of the policy
    #[schema(example = "contract-signed")]
    kind: String,
    /// When; left out: now
    #[serde(default)]
    #[schema(format = DateTime)]
    happened: Option<String>,
    /// The contract, debit or dispute that it is about
    #[serde(default)]
    matter: Option<String>,
    /// Whether it begins a new contract, debit or dispute
    #[serde(default)]
    new_matter: bool,
    /// In which manner, where its kind has manners
    #[serde(default)]
    manner: Option<String>,
    /// The event that this one takes the place of
    #[serde(default)]
    supersedes: Option<String>,
}

impl NewFact {
    fn happened(&self, desk: &Desk<'_>) -> Result<Happened, Wrong> {
        let law = desk.kept().law();
        let matter = self.matter.as_deref();
        let matter = matter.map(|id| names::id_at(id, "matter")).transpose()?;
        let matter = match (matter, self.new_matter) {
            (Some(_), true) => {
                let why = "an event is about a known matter, or begins a new one";
                return Err(Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why));
            }
            (None, true) => Some(desk.new_matter()?),
            (known, false) => known,
        };
        let supersedes = self.supersedes.as_deref();
        Ok(Happened {
            kind: names::fact(law.policy(), &self.kind, "kind")?,
            matter,
            at: when(self.happened.as_ref(), "happened", desk.kept().moment()?)?,
            manner: self.manner.clone(),
            supersedes: supersedes
                .map(|id| names::id_at(id, "supersedes"))
                .transpose()?,
        })
    }
}

/// An event that was recorded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Recorded {
    /// The event's identifier
    fact: String,
    /// The contract, debit or dispute that it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<String>,
    #[serde(flatten)]
    done: Done,
}

/// Record what happened to a person
///
/// Whatever had expired before is ended first: a late event revives nothing.
#[utoipa::path(post, path = "/subjects/{subject}/facts", tag = "events",
    params(("subject" = String, Path), States, Acts, Dry), request_body = NewFact,
    responses((status = 201, body = Recorded), Problems))]
pub(super) async fn of_person(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let happened = call.body::<NewFact>()?.happened(desk)?;
        let (fact, acted) = desk.record_fact(id, &happened)?;
        let recorded = Recorded {
            fact: fact.to_string(),
            matter: happened.matter.map(|matter| matter.to_string()),
            done: Done::of(&acted),
        };
        done(desk, id, Reply::created(recorded))
    })
    .await
}

/// An event of an organisation that was recorded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct RecordedOfAll {
    /// The event's identifier
    fact: String,
    /// The contract, debit or dispute that it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<String>,
    /// How many people it reaches
    people: usize,
    /// Whether it was only decided on
    dry_run: bool,
    /// The place of the act in the journal
    entry: Option<u64>,
    /// Records that went at once
    destroyed: Vec<String>,
}

/// Record what happened to an organisation
///
/// It reaches the people who are linked to it, each within their link.
#[utoipa::path(post, path = "/organisations/{organisation}/facts", tag = "organisations",
    params(("organisation" = String, Path), States, Acts, Dry), request_body = NewFact,
    responses((status = 201, body = RecordedOfAll), Problems))]
pub(super) async fn of_organisation(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: OrganisationId = names::id(&id)?;
        let happened = call.body::<NewFact>()?.happened(desk)?;
        let (fact, acted) = desk.record_organisation_fact(id, &happened)?;
        Reply::created(RecordedOfAll {
            fact: fact.to_string(),
            matter: happened.matter.map(|matter| matter.to_string()),
            people: acted.people,
            dry_run: acted.receipt.is_none(),
            entry: acted.receipt.map(|receipt| receipt.entry),
            destroyed: acted.destroyed.iter().map(ToString::to_string).collect(),
        })
    })
    .await
}
