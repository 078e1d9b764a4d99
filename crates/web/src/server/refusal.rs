//! What is answered where no page is reached: the request itself is at fault, too large, too late,
//! or one too many.

use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use policy::model::Language;

use crate::api::problem::Wrong;
use crate::frame::Frame;
use crate::language;
use crate::pages::refused;

/// What of a request decides how it is refused.
#[derive(Clone)]
pub(crate) struct Manner {
    language: Language,
    for_programs: bool,
}

impl Manner {
    pub(crate) fn of(path: &str, headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|it: &HeaderValue| it.to_str().ok())
        };
        let accepts = text(ACCEPT).unwrap_or_default();
        Self {
            language: language::preferred(text(ACCEPT_LANGUAGE).unwrap_or_default()),
            for_programs: path.starts_with("/api/") || accepts.starts_with("application/json"),
        }
    }

    /// The refusal as a page, or as a problem for programs (RFC 9457). `why` is for those who
    /// operate the server or write a program; people are told in their language.
    pub(crate) fn refuse(&self, status: StatusCode, why: &str, reference: &str) -> Response {
        if self.for_programs {
            return Wrong::new(status, why.trim_end()).answer(reference);
        }
        let mut frame = Frame::bare(self.language);
        frame.reference = Some(reference.to_owned());
        let page = refused::render(status.as_u16(), &frame);
        let mut response = (status, Html(page.into_string())).into_response();
        response
            .headers_mut()
            .insert(CONTENT_LANGUAGE, HeaderValue::from_static(frame.lang()));
        response
    }
}
