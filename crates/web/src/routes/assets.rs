//! The stylesheet, the icon, the scripts.

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

pub(super) async fn console_script() -> Response {
    script(crate::script::CONSOLE)
}

pub(super) async fn sign_in_script() -> Response {
    script(crate::script::SIGN_IN)
}

fn script(script: crate::script::Script) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, CACHE),
    ];
    (headers, script.source).into_response()
}

pub(super) async fn icon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, CACHE)];
    (headers, crate::ICON).into_response()
}
