//! `GET /privacy/versions`, one of them, and the difference between two (26a).

use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Fault, calendar};
use policy::compare;
use services::overview::Version;

use super::privacy::{notice, nowhere, unread};
use crate::pages::versions::{Difference, Listed, Versions, render_difference, render_list};
use crate::site::{Answer, Asked, Site, Surface, Visit};

pub(super) async fn list(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let versions = site.kept.versions()?;
        let before = |at: usize| at.checked_sub(1).and_then(|at| versions.get(at));
        let listed = versions.iter().enumerate().rev();
        let listed = listed.map(|(at, one)| listed_one(one, before(at), visit));
        let view = Versions {
            policy: visit.law.policy(),
            versions: listed.collect(),
        };
        let frame = unread(visit, &visit.law.policy().controller.name);
        Ok(Answer::page(render_list(&view, &frame)))
    })
    .await
}

fn listed_one<'a>(one: &'a Version, before: Option<&Version>, visit: &Visit) -> Listed<'a> {
    let changes = |before: &Version| {
        let changes = compare::compare(&before.policy, &one.policy);
        (before.policy.version, changes)
    };
    Listed {
        version: one.policy.version,
        published: one.policy.published,
        since: calendar::date_of(one.applied, visit.law.in_force.zone()),
        reason: one.policy.reason.as_ref(),
        changes: before.map(changes),
    }
}

pub(super) async fn one(
    State(site): State<Site>,
    Path(version): Path<String>,
    asked: Asked,
) -> Response {
    site.answer(asked, move |site, visit| {
        notice(site, visit, version.parse().ok())
    })
    .await
}

pub(super) async fn difference(
    State(site): State<Site>,
    Path((version, earlier)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    site.answer(asked, move |site, visit| {
        let versions = site.kept.versions()?;
        let to = named(&versions, &version)?;
        let from = named(&versions, &earlier)?;
        if from.policy.version >= to.policy.version {
            return Err(nowhere());
        }
        let changes = compare::compare(&from.policy, &to.policy);
        let numbers: Vec<u32> = versions.iter().rev().map(|it| it.policy.version).collect();
        let view = Difference {
            from: &from.policy,
            to: &to.policy,
            changes: &changes,
            versions: &numbers,
        };
        let frame = unread(visit, &to.policy.controller.name);
        Ok(Answer::page(render_difference(&view, &frame)))
    })
    .await
}

fn named<'a>(versions: &'a [Version], number: &str) -> Result<&'a Version, Fault> {
    let number = number.parse().ok();
    let mut versions = versions.iter();
    versions
        .find(|it| Some(it.policy.version) == number)
        .ok_or_else(nowhere)
}
