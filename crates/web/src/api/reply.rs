//! A good answer: JSON, with the version and the address of what it is about.

use axum::http::header::{CONTENT_TYPE, ETAG, LINK, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::act::Acted;
use services::desk::Desk;
use utoipa::ToSchema;

use super::problem::Wrong;

/// An answer.
pub(super) struct Reply {
    said: Said,
    next: Option<String>,
}

/// What is said of an act, and is said again when it is asked for twice: identifiers and a state, no
/// value of anybody's.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Said {
    status: u16,
    body: Value,
    location: Option<String>,
    version: Option<u64>,
}

/// What an act did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Done {
    /// Whether it was only decided on, and nothing changed
    dry_run: bool,
    /// The place of the act in the journal; none in a dry run
    entry: Option<u64>,
    /// Records that went at once, because nothing keeps them any more
    destroyed: Vec<String>,
}

impl Done {
    pub(super) fn of(acted: &Acted) -> Self {
        Self {
            dry_run: acted.receipt.is_none(),
            entry: acted.receipt.map(|receipt| receipt.entry),
            destroyed: acted.destroyed.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Reply {
    /// What was asked for.
    pub(super) fn ok(body: impl Serialize) -> Result<Self, Wrong> {
        Self::of(StatusCode::OK, body)
    }

    /// Something was made.
    pub(super) fn created(body: impl Serialize) -> Result<Self, Wrong> {
        Self::of(StatusCode::CREATED, body)
    }

    fn of(status: StatusCode, body: impl Serialize) -> Result<Self, Wrong> {
        let body = serde_json::to_value(body).map_err(|_| {
            let why = "the answer cannot be written as JSON";
            Wrong::new(StatusCode::INTERNAL_SERVER_ERROR, why)
        })?;
        let said = Said {
            status: status.as_u16(),
            body,
            location: None,
            version: None,
        };
        Ok(Self { said, next: None })
    }

    /// With the address of what was made.
    pub(super) fn at(mut self, location: String) -> Self {
        self.said.location = Some(location);
        self
    }

    /// Without an address.
    pub(super) fn nowhere(mut self) -> Self {
        self.said.location = None;
        self
    }

    /// With the version of the person that it is about.
    pub(super) fn version(mut self, version: u64) -> Self {
        self.said.version = Some(version);
        self
    }

    /// With the version that a person has now, if they are there still.
    pub(super) fn version_of(self, desk: &Desk<'_>, id: domain::SubjectId) -> Self {
        let kept = desk.kept();
        match kept.person(id, &kept.law()) {
            Ok(loaded) => self.version(loaded.subject.version),
            Err(_) => self,
        }
    }

    /// With the address at which the list goes on.
    pub(super) fn next(mut self, next: Option<String>) -> Self {
        self.next = next;
        self
    }

    pub(super) fn said(&self) -> &Said {
        &self.said
    }

    pub(super) fn answer(self) -> Response {
        let status = StatusCode::from_u16(self.said.status).unwrap_or(StatusCode::OK);
        let kind = [(CONTENT_TYPE, "application/json")];
        let mut response = (status, kind, self.said.body.to_string()).into_response();
        let headers = response.headers_mut();
        let mut put = |name, value: Option<String>| {
            if let Some(value) = value.and_then(|it| HeaderValue::from_str(&it).ok()) {
                headers.insert(name, value);
            }
        };
        put(LOCATION, self.said.location);
        put(ETAG, self.said.version.map(|it| format!("\"{it}\"")));
        put(LINK, self.next.map(|it| format!("<{it}>; rel=\"next\"")));
        response
    }
}

impl Said {
    /// As it is kept for a day.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Says again what was said before.
    pub(super) fn again(text: &str) -> Result<Reply, Wrong> {
        let said = serde_json::from_str(text).map_err(|_| {
            let why = "what came of the request cannot be read any more";
            Wrong::new(StatusCode::CONFLICT, why)
        })?;
        Ok(Reply { said, next: None })
    }
}
