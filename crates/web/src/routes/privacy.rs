//! `GET /privacy`: the notice of the policy in force, or of another version of it.

use axum::extract::State;
use axum::response::Response;
use domain::{Fault, FaultKind, calendar};
use services::Law;
use services::overview::Version;

use crate::frame::Frame;
use crate::pages::privacy::{self, Changed, OtherVersion, Privacy};
use crate::site::{Answer, Asked, Site, Surface, Visit};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let wanted = match visit.query.get("version") {
            Some(version) => version.parse().ok(),
            None => Some(visit.law.policy().version),
        };
        notice(site, visit, wanted)
    })
    .await
}

/// The notice of one version as a page.
pub(super) fn notice(site: &Site, visit: &Visit, wanted: Option<u32>) -> Result<Answer, Fault> {
    let versions = site.kept.versions()?;
    let current = visit.law.policy().version;
    let shown = versions
        .iter()
        .find(|version| Some(version.policy.version) == wanted);
    let policy = &shown.ok_or_else(nowhere)?.policy;
    let others: Vec<OtherVersion> = versions
        .iter()
        .rev()
        .map(|other| &other.policy)
        .filter(|other| other.version != policy.version)
        .map(|other| OtherVersion {
            version: other.version,
            published: other.published,
            reason: other.reason.clone(),
        })
        .collect();
    let superseded = policy.version != current;
    let changed = match superseded {
        true => None,
        false => changed(&versions, &visit.law, visit.frame.now.date()),
    };
    let view = Privacy {
        policy,
        others: &others,
        superseded,
        changed,
        documents: &super::documents::public(site, visit.law.policy())?,
    };
    let frame = unread(visit, &policy.controller.name);
    Ok(Answer::page(privacy::render(&view, &frame)))
}

/// The public reads as nobody.
pub(super) fn unread(visit: &Visit, controller: &str) -> Frame {
    Frame {
        reading: None,
        controller: controller.to_owned(),
        ..visit.frame.clone()
    }
}

/// When the policy in force took the place of another, while the policy says that this is said.
fn changed(versions: &[Version], law: &Law, today: jiff::civil::Date) -> Option<Changed> {
    let [.., before, now] = versions else {
        return None;
    };
    let shown = now.policy.announcements?.shown;
    let on = calendar::date_of(now.applied, law.in_force.zone());
    (today <= shown.after(on)).then_some(Changed {
        on,
        from: before.policy.version,
    })
}

pub(super) fn nowhere() -> Fault {
    Fault::new(FaultKind::Absent, "there is no such version of the policy")
        .remedy("read the current one; it lists the others")
}
