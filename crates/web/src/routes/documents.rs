//! `GET /documents` and `GET /documents/{name}`: what stands apart from the policy, each document in
//! each of its versions (3b).

use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Fault, FaultKind};
use policy::model::{Audience, Policy};
use services::documents::Published;

use crate::frame::Frame;
use crate::pages::documents::{self, Document, Listed};
use crate::site::{Answer, Asked, Site, Surface, Visit};

pub(super) async fn list(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let published = site.kept.documents()?;
        let policy = visit.law.policy();
        let listed: Vec<Listed<'_>> = public(site, policy)?
            .iter()
            .filter_map(|name| {
                let mine = published.iter().filter(|one| one.edition.name == *name);
                let latest = mine.max_by_key(|one| one.edition.version)?;
                Some(Listed {
                    edition: &latest.edition,
                })
            })
            .collect();
        let page = documents::render_list(policy, &listed, &unread(visit));
        Ok(Answer::page(page))
    })
    .await
}

pub(super) async fn one(
    State(site): State<Site>,
    Path(name): Path<String>,
    asked: Asked,
) -> Response {
    site.answer(asked, move |site, visit| {
        let published = site.kept.documents()?;
        let public = public(site, visit.law.policy())?;
        let versions: Vec<&Published> = published
            .iter()
            .filter(|one| one.edition.name == name && public.contains(&name))
            .collect();
        let latest = versions.last().ok_or_else(nowhere)?;
        let shown = match visit.query.get("version") {
            None => latest,
            Some(version) => {
                let version = version.parse().ok();
                let mut versions = versions.iter();
                versions
                    .find(|one| Some(one.edition.version) == version)
                    .ok_or_else(nowhere)?
            }
        };
        let others: Vec<_> = versions
            .iter()
            .rev()
            .filter(|other| other.edition.version != shown.edition.version)
            .map(|other| &other.edition)
            .collect();
        let view = Document {
            edition: &shown.edition,
            digest: &shown.digest,
            others: &others,
            superseded: shown.edition.version != latest.edition.version,
        };
        Ok(Answer::page(documents::render(&view, &unread(visit))))
    })
    .await
}

/// The names of the documents that are published to everyone, in the policy's order.
pub(super) fn public(site: &Site, policy: &Policy) -> Result<Vec<String>, Fault> {
    let published = site.kept.documents()?;
    let documents = policy.documents.iter();
    Ok(documents
        .filter(|document| document.audience == Audience::People)
        .filter(|document| {
            published
                .iter()
                .any(|one| one.edition.name == document.name)
        })
        .map(|document| document.name.clone())
        .collect())
}

/// The public reads as nobody.
fn unread(visit: &Visit) -> Frame {
    Frame {
        reading: None,
        ..visit.frame.clone()
    }
}

fn nowhere() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "there is no such document, or no such version of it",
    )
    .remedy("choose one from the list of documents")
}
