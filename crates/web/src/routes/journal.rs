//! `GET /journal`: its state. `POST /journal`: publishes a checkpoint and verifies the whole.

use axum::extract::State;
use axum::response::Response;
use domain::{Actor, Fault, FaultKind};
use services::journal::{Latest, Outside};
use services::{Acting, Kept};

use crate::app::App;
use crate::fill::Fill;
use crate::pages::journal::{self, Entry, Journal, Said, Verified};
use crate::site::{Answer, Asked, Surface, Visit};

/// Entries on the page, and people of one entry.
const ENTRIES: u32 = 30;
const PEOPLE: usize = 3;

pub(super) async fn get(State(app): State<App>, asked: Asked) -> Response {
    app.answer(asked, |app, visit| page(&app.kept, visit, None))
        .await
}

pub(super) async fn post(State(app): State<App>, asked: Asked) -> Response {
    app.answer(asked, |app, visit| verified(&app.kept, visit, &app.actor))
        .await
}

/// The page after the whole was verified.
pub(super) fn verified(kept: &Kept, visit: &Visit, actor: &Actor) -> Result<Answer, Fault> {
    let acting = Acting::new(actor.clone(), false);
    // What is verified is what is signed: publishing signs nothing that does not hold together.
    let published = kept.publish_checkpoint(&[], &acting);
    if let Err(fault) = published
        && fault.kind != FaultKind::Integrity
    {
        return Err(fault);
    }
    let verified = kept.verify_journal(&Outside::default(), &mut |_, _| {})?;
    let findings = verified.report.findings.iter();
    let verified = Verified {
        entries: verified.report.entries,
        findings: findings.map(ToString::to_string).collect(),
    };
    page(kept, visit, Some(verified))
}

/// The page.
pub(super) fn page(
    kept: &Kept,
    visit: &Visit,
    verified: Option<Verified>,
) -> Result<Answer, Fault> {
    let fill = visit.fill();
    let state = kept.journal_state(ENTRIES, PEOPLE)?;
    let view = Journal {
        size: state.size,
        root: state.root,
        checkpoint: state.checkpoint,
        key: state.verifier,
        entries: state.entries.iter().map(|it| entry(fill, it)).collect(),
        verified,
    };
    Ok(Answer::page(journal::render(&view, &visit.frame)))
}

fn entry(fill: Fill<'_>, latest: &Latest) -> Entry {
    Entry {
        number: latest.entry,
        said: latest.said.as_ref().map(|said| Said {
            at: fill.law.in_force.zone().to_datetime(said.at),
            act: fill.phrases().act(said.act).to_owned(),
            who: said.account.clone(),
        }),
        subjects: latest.people.iter().map(ToString::to_string).collect(),
        more: latest.more_people as u64,
    }
}
