//! `GET /metrics`: the figures, for whoever holds the token, or from this machine alone.

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::server::guard::{self, Hosts};
use crate::site::Site;

/// The text format of Prometheus.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// At the public address: with the token. Without one that is right there is nothing here.
pub(super) async fn get(State(site): State<Site>, headers: HeaderMap) -> Response {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match (site.figures_token.as_deref(), given) {
        (Some(token), Some(given)) if alike(token, given) => figures(site).await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// At an address of this machine that serves nothing else. A page that makes a browser of this
/// machine ask by another name gets nothing.
pub(super) async fn near(State(site): State<Site>, headers: HeaderMap) -> Response {
    match guard::refuse(&Hosts::ThisMachine, &[], &Method::GET, "/metrics", &headers) {
        Some(refused) => refused.status.into_response(),
        None => figures(site).await,
    }
}

async fn figures(site: Site) -> Response {
    let rendered = tokio::task::spawn_blocking(move || site.edge.figures.render(&site.kept)).await;
    match rendered {
        Ok(text) => ([(CONTENT_TYPE, KIND)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether two tokens are alike; how soon they differ does not show in the time it takes.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut different = one.len() ^ other.len();
    for (at, byte) in other.iter().enumerate() {
        different |= usize::from(byte ^ one[at % one.len()]);
    }
    different == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_compared_whole() {
        for (one, other, same) in [
            ("abc", "abc", true),
            ("abc", "abd", false),
            ("abc", "abcabc", false),
            ("abc", "ab", false),
            ("abc", "", false),
        ] {
            assert_eq!(alike(one, other), same, "{one} {other}");
        }
    }
}
