//! What holds for every request and every answer: where requests may come from, and what a
//! browser may do with a page.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing is loaded but the page's own style and pictures, nothing is run, and a form goes
/// nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const CROSS_ORIGIN_OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const FETCH_SITE: &str = "sec-fetch-site";
const FETCH_MODE: &str = "sec-fetch-mode";

/// Lets a request through if this machine's own browser made it on a page of ours, and puts the
/// same headers on every answer.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let refused = refuse(request.method(), request.headers());
    let mut response = match refused {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CROSS_ORIGIN_OPENER, "same-origin"),
        (CROSS_ORIGIN_RESOURCE, "same-origin"),
        (PERMISSIONS, "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What was read for a purpose stays in no cache.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Why a request is refused, if it is.
///
/// The host must be this machine's own name: a stranger's name that was made to point here (DNS
/// rebinding) is not. What changes something must come from a page of ours: the browser says so in
/// `Sec-Fetch-Site`, or in `Origin` if it is an older one. A client that sends neither is no
/// browser, and nobody else's page can make it act.
fn refuse(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host = text(HOST.as_str()).unwrap_or("");
    if !is_this_machine(host) {
        return Some("This address is not the demo's own: open it as http://localhost.\n");
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        // A page of ours may be linked to. It may not be loaded into another site's page, not even
        // unseen: every read stands in the journal, and it is not for others to write there.
        let embedded = text(FETCH_SITE) == Some("cross-site")
            && text(FETCH_MODE).is_some_and(|mode| mode != "navigate");
        return embedded.then_some("Another site's page may link here and load nothing.\n");
    }
    let own = match (text(FETCH_SITE), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, at)| at == host),
        (None, None) => true,
    };
    (!own).then_some("This was sent from another site, and changes nothing here.\n")
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        refuse(&method, &headers).is_some()
    }

    #[test]
    fn only_pages_of_ours_change_something() {
        let host = ("host", "localhost:8000");
        for (headers, refuses) in [
            (vec![host], false),
            (vec![host, ("sec-fetch-site", "same-origin")], false),
            (vec![host, ("sec-fetch-site", "none")], false),
            (vec![host, ("sec-fetch-site", "same-site")], true),
            (vec![host, ("sec-fetch-site", "cross-site")], true),
            (vec![host, ("origin", "http://localhost:8000")], false),
            (vec![host, ("origin", "http://localhost:8001")], true),
            (vec![host, ("origin", "null")], true),
            (vec![host, ("origin", "https://elsewhere.example")], true),
        ] {
            assert_eq!(refused(Method::POST, &headers), refuses, "{headers:?}");
            assert!(!refused(Method::GET, &headers), "{headers:?}");
        }
    }

    #[test]
    fn another_site_may_link_here_and_load_nothing() {
        let host = ("host", "localhost:8000");
        for (site, mode, refuses) in [
            ("cross-site", "navigate", false),
            ("cross-site", "no-cors", true),
            ("cross-site", "cors", true),
            ("same-origin", "no-cors", false),
            ("none", "navigate", false),
        ] {
            let headers = [host, ("sec-fetch-site", site), ("sec-fetch-mode", mode)];
            assert_eq!(refused(Method::GET, &headers), refuses, "{site} {mode}");
        }
    }

    #[test]
    fn a_strangers_name_for_this_machine_is_refused() {
        for (host, refuses) in [
            ("localhost", false),
            ("127.0.0.1:80", false),
            ("[::1]:8000", false),
            ("[::1]", false),
            ("rebound.example:8000", true),
            ("localhost.rebound.example", true),
            ("", true),
        ] {
            assert_eq!(refused(Method::GET, &[("host", host)]), refuses, "{host}");
        }
        assert!(refused(Method::GET, &[]));
    }
}
