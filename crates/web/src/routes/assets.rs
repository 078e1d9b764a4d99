//! The stylesheet, the icon and the script of signing in.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// They change with the program only.
const CACHE: &str = "max-age=300";

pub(super) async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, CACHE),
    ];
    (headers, crate::STYLE).into_response()
}

pub(super) async fn sign_in() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, CACHE),
    ];
    (headers, crate::SIGN_IN_SCRIPT).into_response()
}

pub(super) async fn icon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, CACHE)];
    (headers, crate::ICON).into_response()
}
