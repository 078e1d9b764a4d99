//! `GET /privacy`: the notice of the policy in force, or of another version of it.

use axum::extract::State;
use axum::response::Response;
use domain::{Fault, FaultKind};

use crate::frame::Frame;
use crate::pages::privacy::{self, OtherVersion, Privacy};
use crate::site::{Answer, Asked, Site, Surface};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, visit| {
        let policies = site.kept.policies()?;
        let current = visit.law.policy().version;
        let wanted = match visit.query.get("version") {
            Some(version) => version.parse().ok(),
            None => Some(current),
        };
        let shown = policies
            .iter()
            .find(|policy| Some(policy.version) == wanted);
        let policy = shown.ok_or_else(|| {
            Fault::new(FaultKind::Absent, "there is no such version of the policy")
                .remedy("read the current one; it lists the others")
        })?;
        let others: Vec<OtherVersion> = policies
            .iter()
            .rev()
            .filter(|other| other.version != policy.version)
            .map(|other| OtherVersion {
                version: other.version,
                published: other.published,
                reason: other.reason.clone(),
            })
            .collect();
        let view = Privacy {
            policy,
            others: &others,
            superseded: policy.version != current,
            documents: &super::documents::public(site, visit.law.policy())?,
        };
        // The public reads as nobody.
        let frame = Frame {
            reading: None,
            controller: policy.controller.name.clone(),
            ..visit.frame.clone()
        };
        Ok(Answer::page(privacy::render(&view, &frame)))
    })
    .await
}
