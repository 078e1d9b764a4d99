//! An error as programs get it: a problem of RFC 9457, which names the rule and says what to do. It
//! never repeats a value that was sent.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{Fault, FaultKind};
use serde::Serialize;
use utoipa::ToSchema;

/// The kind of body that a problem is.
const KIND: &str = "application/problem+json";
/// Where the kinds of problem are explained.
const EXPLAINED: &str = "/api#problem-";
/// After how long what is not there now may be asked for again, in seconds.
const LATER: u64 = 5;

/// A problem, as it is sent (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Where this kind of problem is explained: an address of this server
    #[schema(example = "/api#problem-refused")]
    r#type: String,
    /// The kind of problem, in words
    #[schema(example = "A rule refuses")]
    title: String,
    /// The status of the answer
    #[schema(example = 403)]
    status: u16,
    /// What happened
    detail: String,
    /// The rule that refuses: of the policy, of the authorisation, or a promise
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "roles.marketing.grants")]
    rule: Option<String>,
    /// What to do
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// The identifier of the request, as the server's log has it
    request: String,
}

/// What went wrong, before it is sent.
#[derive(Debug)]
pub(crate) struct Wrong {
    status: StatusCode,
    name: &'static str,
    detail: String,
    rule: Option<String>,
    remedy: Option<String>,
    retry: Option<u64>,
}

/// Every kind of problem: status, name, title. The page of the interface explains each.
pub(crate) const KINDS: [(u16, &str, &str); 14] = [
    (400, "malformed", "The request cannot be read"),
    (401, "unauthenticated", "Nobody is known by this key"),
    (403, "refused", "A rule refuses"),
    (404, "absent", "There is no such thing"),
    (405, "method", "Not by this method"),
    (408, "slow", "The request took too long"),
    (409, "conflict", "Something changed meanwhile"),
    (412, "changed", "It is not the version that was read"),
    (413, "large", "The body is too large"),
    (415, "media-type", "The body is of another kind"),
    (422, "invalid", "The request says something that cannot be"),
    (
        428,
        "version-needed",
        "The version that was read is to be stated",
    ),
    (429, "many", "Too many requests"),
    (503, "unavailable", "It cannot be done now"),
];
/// What the installation itself has to be looked at for.
const STOPPED: (&str, &str) = ("stopped", "The installation has to be looked at");
/// What whoever asked can do about it.
const LOOK: &str = "tell whoever runs the installation: its log says what is wrong, beside the number \
                    of this request";

impl Wrong {
    /// Something wrong that no fault of the product says.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let known = KINDS.iter().find(|(code, ..)| *code == status.as_u16());
        let otherwise = match status.is_server_error() {
            true => STOPPED.0,
            false => KINDS[0].1,
        };
        Self {
            status,
            name: known.map_or(otherwise, |(_, name, _)| name),
            detail: detail.into(),
            rule: None,
            remedy: None,
            retry: None,
        }
    }

    /// Says what to do.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Names the rule.
    pub(crate) fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// The same with another status.
    pub(crate) fn with(self, status: StatusCode) -> Self {
        let other = Self::new(status, "");
        Self {
            status,
            name: other.name,
            ..self
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer.
    pub(crate) fn answer(self, request: &str) -> Response {
        let title = KINDS.iter().find(|(_, name, _)| *name == self.name);
        let problem = Problem {
            r#type: format!("{EXPLAINED}{}", self.name),
            title: title.map_or(STOPPED.1, |(.., title)| title).to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            rule: self.rule,
            remedy: self.remedy,
            request: request.to_owned(),
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (self.status, [(CONTENT_TYPE, KIND)], body).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            let way = HeaderValue::from_static("Bearer realm=\"kept\"");
            headers.insert(WWW_AUTHENTICATE, way);
        }
        if let Some(seconds) = self.retry {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Fault> for Wrong {
    /// The one mapping of the six kinds of fault to answers.
    fn from(fault: Fault) -> Self {
        let status = match fault.kind {
            FaultKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            FaultKind::Refused => StatusCode::FORBIDDEN,
            FaultKind::Conflict => StatusCode::CONFLICT,
            FaultKind::Absent => StatusCode::NOT_FOUND,
            FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            FaultKind::Integrity => StatusCode::INTERNAL_SERVER_ERROR,
        };
        // What is wrong with the installation itself is for its operator: the log has it.
        let (detail, remedy) = match fault.kind {
            FaultKind::Integrity => (
                "the installation has to be looked at".to_owned(),
                Some(LOOK.to_owned()),
            ),
            _ => (fault.message, fault.remedy),
        };
        Self {
            rule: fault.rule,
            remedy,
            retry: (fault.kind == FaultKind::Unavailable).then_some(LATER),
            ..Self::new(status, detail)
        }
    }
}
