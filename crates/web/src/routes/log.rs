//! `GET /log/…`: the published journal as outsiders read it (C2SP tlog-tiles). The prefix of the
//! log is `/log`.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::{Fault, FaultKind};

use crate::site::{Answer, Asked, Site, Surface};

const TEXT: &str = "text/plain; charset=utf-8";
/// A tile, once published, never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A checkpoint is soon followed by another.
const SHORTLY: &str = "public, max-age=60";

pub(super) async fn checkpoint(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, _| {
        let text = site.kept.published_checkpoint()?.ok_or_else(absent)?;
        Ok(file(TEXT, SHORTLY, text))
    })
    .await
}

pub(super) async fn verifier(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, _| {
        Ok(file(
            TEXT,
            SHORTLY,
            format!("{}\n", site.kept.published_key()),
        ))
    })
    .await
}

/// The names of the statements, one a line: roll-overs of the signing key, new origins.
pub(super) async fn statements(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, _| {
        let names = site.kept.published_statements()?;
        let names: String = names.iter().map(|(name, _)| format!("{name}\n")).collect();
        Ok(file(TEXT, SHORTLY, names))
    })
    .await
}

/// One of them, a signed note.
pub(super) async fn statement(
    State(site): State<Site>,
    Path(wanted): Path<String>,
    asked: Asked,
) -> Response {
    site.answer(asked, move |site, _| {
        let mut statements = site.kept.published_statements()?.into_iter();
        let found = statements.find(|(name, _)| *name == wanted);
        let (_, text) = found.ok_or_else(absent)?;
        Ok(file(TEXT, FOR_EVER, text))
    })
    .await
}

pub(super) async fn tile(
    State(site): State<Site>,
    Path(path): Path<String>,
    asked: Asked,
) -> Response {
    site.answer(asked, move |site, _| {
        let tile = site.kept.published_tile(&format!("tile/{path}"))?;
        let bytes = tile.ok_or_else(absent)?;
        Ok(file("application/octet-stream", FOR_EVER, bytes))
    })
    .await
}

fn file(kind: &'static str, cache: &'static str, body: impl IntoResponse) -> Answer {
    Answer::whole(([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], body))
}

fn absent() -> Fault {
    Fault::new(FaultKind::Absent, "nothing of that name was published yet")
}
