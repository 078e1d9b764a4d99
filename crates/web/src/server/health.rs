//! `/health`: the process lives. `/ready`: the installation serves. Both say that and no more.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::logs;
use crate::site::Site;

/// An answer to `/ready` holds for so long: whoever asks more often writes no more often.
const HOLDS: Duration = Duration::from_secs(2);

pub(crate) async fn health() -> &'static str {
    "alive\n"
}

/// What was found last, and when.
#[derive(Default)]
pub(crate) struct Ready(Mutex<Option<(Instant, bool)>>);

impl Ready {
    fn known(&self) -> Option<bool> {
        let found = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.and_then(|(at, ready)| (at.elapsed() < HOLDS).then_some(ready))
    }

    fn note(&self, ready: bool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), ready));
    }
}

pub(crate) async fn ready(State(site): State<Site>) -> Response {
    let ready = match site.edge.ready.known() {
        Some(ready) => ready,
        None => look(&site).await,
    };
    match ready {
        true => "ready\n".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    }
}

async fn look(site: &Site) -> bool {
    let kept = site.kept.clone();
    let found = tokio::task::spawn_blocking(move || kept.ready()).await;
    let ready = match &found {
        Ok(Ok(())) => true,
        Ok(Err(fault)) => {
            tracing::error!(why = logs::line(fault), "not ready");
            false
        }
        Err(_) => false,
    };
    site.edge.ready.note(ready);
    ready
}
