//! Where requests may come from, and what a browser may do with an answer.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY,
    HOST, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_DNS_PREFETCH_CONTROL, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::config::PublicAddress;
use super::edge::Refused;

/// Nothing is loaded but the page's own style and pictures, nothing is run, and a form goes
/// nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The same for a page that runs a script of ours: a file of this server, which may ask us, and what
/// it makes of the page is never text that becomes markup.
const SCRIPTED: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Half a year and more, as OWASP advises. Not for the hosts below: those may be others'.
const ENCRYPTED_ONLY: &str = "max-age=31536000";

const CROSS_ORIGIN_OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_EMBEDDER: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const CROSS_ORIGIN_RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const CROSS_DOMAIN: HeaderName = HeaderName::from_static("x-permitted-cross-domain-policies");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const FETCH_SITE: &str = "sec-fetch-site";
const FETCH_MODE: &str = "sec-fetch-mode";
/// Where scripts of declared sites may call.
const FOR_PROGRAMS: &str = "/api/";

/// Marks an answer as a page that has a script of ours, in its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scripted;

/// By which names the server may be called.
#[derive(Clone, Debug)]
pub(crate) enum Hosts {
    /// This machine's own names, at any port.
    ThisMachine,
    /// The public address.
    Public(PublicAddress),
}

/// Puts the same headers on every answer.
pub(crate) fn put_headers(response: &mut Response, secure: bool) {
    let policy = match response.extensions().get::<Scripted>() {
        Some(Scripted) => SCRIPTED,
        None => POLICY,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (X_DNS_PREFETCH_CONTROL, "off"),
        (CROSS_ORIGIN_OPENER, "same-origin"),
        (CROSS_ORIGIN_EMBEDDER, "require-corp"),
        (CROSS_ORIGIN_RESOURCE, "same-origin"),
        (CROSS_DOMAIN, "none"),
        (
            PERMISSIONS,
            "camera=(), geolocation=(), microphone=(), browsing-topics=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let value = HeaderValue::from_static(ENCRYPTED_ONLY);
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    // What was read for a purpose stays in no cache.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// The declared site whose script calls the programming interface, if one does.
pub(crate) fn cross_site(sites: &[String], path: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let declared = sites
        .iter()
        .any(|site| site.as_bytes() == origin.as_bytes());
    (declared && path.starts_with(FOR_PROGRAMS)).then(|| origin.clone())
}

/// Lets a declared site's script read the answer. No cookie goes along: a program has a key.
pub(crate) fn put_cors(response: &mut Response, site: &HeaderValue, preflight: bool) {
    if preflight {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, site.clone());
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let exposed = "etag, link, location, retry-after, x-request-id";
    let asked = "authorization, content-type, idempotency-key, if-match, kept-matter, \
        kept-purpose, kept-role";
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(exposed),
    );
    if preflight {
        let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(asked),
        );
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}

/// Why a request is refused, if it is.
///
/// The host must be ours: a stranger's name that was made to point here (DNS rebinding) is not.
/// What changes something must come from a page of ours: the browser says so in `Sec-Fetch-Site`,
/// or in `Origin` if it is an older one. A client that sends neither is no browser, and nobody
/// else's page can make it act.
pub(crate) fn refuse(
    hosts: &Hosts,
    sites: &[String],
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Option<Refused> {
    let forbidden = |why, detail| Some(Refused::new(StatusCode::FORBIDDEN, why, detail));
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host = text(HOST.as_str()).unwrap_or("");
    match hosts {
        Hosts::ThisMachine if is_this_machine(host) => {}
        Hosts::ThisMachine => {
            let detail = "This address is not the demo's own: open it as http://localhost.";
            return forbidden("host", detail);
        }
        Hosts::Public(address) if is_named(address, host) => {}
        Hosts::Public(_) => {
            let detail = "This server does not answer to this name: use its public address.";
            let status = StatusCode::MISDIRECTED_REQUEST;
            return Some(Refused::new(status, "host", detail));
        }
    }
    if cross_site(sites, path, headers).is_some() {
        return None;
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        // A page of ours may be linked to. It may not be loaded into another site's page, not even
        // unseen: every read stands in the journal, and it is not for others to write there.
        let embedded = text(FETCH_SITE) == Some("cross-site")
            && text(FETCH_MODE).is_some_and(|mode| mode != "navigate");
        return match embedded {
            true => forbidden(
                "site",
                "Another site's page may link here and load nothing.",
            ),
            false => None,
        };
    }
    let own = match (text(FETCH_SITE), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => match hosts {
            Hosts::ThisMachine => origin.split_once("://").is_some_and(|(_, at)| at == host),
            Hosts::Public(address) => origin == address.origin(),
        },
        (None, None) => true,
    };
    match own {
        true => None,
        false => forbidden(
            "site",
            "This was sent from another site, and changes nothing here.",
        ),
    }
}

/// Whether a host is the public address's; the scheme's own port may be named or left out.
fn is_named(address: &PublicAddress, host: &str) -> bool {
    let default = if address.is_secure() { ":443" } else { ":80" };
    let host = host.strip_suffix(default).unwrap_or(host);
    host.eq_ignore_ascii_case(&address.authority())
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
        refused_at(&Hosts::ThisMachine, "/", method, headers).is_some()
    }

    fn refused_at(
        hosts: &Hosts,
        path: &str,
        method: Method,
        headers: &[(&'static str, &'static str)],
    ) -> Option<u16> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        let sites = ["https://app.example".to_owned()];
        refuse(hosts, &sites, &method, path, &headers).map(|it| it.status.as_u16())
    }

    fn public() -> Hosts {
        Hosts::Public(PublicAddress::parse("https://people.example").unwrap())
    }

    #[test]
    fn the_server_answers_to_its_public_address_alone() {
        for (host, refuses) in [
            ("people.example", false),
            ("People.Example:443", false),
            ("people.example:8443", true),
            ("localhost", true),
            ("other.example", true),
            ("", true),
        ] {
            let found = refused_at(&public(), "/", Method::GET, &[("host", host)]);
            assert_eq!(found, refuses.then_some(421), "{host}");
        }
        let host = ("host", "people.example");
        for (origin, refuses) in [
            ("https://people.example", false),
            ("http://people.example", true),
            ("https://app.example", true),
        ] {
            let sent = refused_at(&public(), "/", Method::POST, &[host, ("origin", origin)]);
            assert_eq!(sent.is_some(), refuses, "{origin}");
        }
    }

    #[test]
    fn a_declared_site_may_call_the_programming_interface_and_nothing_else() {
        let host = ("host", "people.example");
        for (origin, path, refuses) in [
            ("https://app.example", "/api/v1/subjects", false),
            ("https://app.example", "/people", true),
            ("https://other.example", "/api/v1/subjects", true),
            ("https://app.example.other", "/api/v1/subjects", true),
        ] {
            let headers = [
                host,
                ("origin", origin),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "cors"),
            ];
            for method in [Method::POST, Method::GET, Method::OPTIONS] {
                let found = refused_at(&public(), path, method, &headers);
                assert_eq!(found.is_some(), refuses, "{origin} {path}");
            }
        }
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

    #[test]
    fn a_page_runs_no_script_unless_it_says_so() {
        let policy = |runs: bool| {
            let mut response = Response::new(axum::body::Body::empty());
            if runs {
                response.extensions_mut().insert(Scripted);
            }
            put_headers(&mut response, true);
            let value = response.headers().get(CONTENT_SECURITY_POLICY).cloned();
            value.unwrap().to_str().unwrap().to_owned()
        };
        assert!(!policy(false).contains("script"));
        assert!(policy(true).contains("script-src 'self';"));
        for unsafe_word in ["unsafe-inline", "unsafe-eval", "http", "*"] {
            assert!(!policy(true).contains(unsafe_word), "{unsafe_word}");
        }
    }
}
