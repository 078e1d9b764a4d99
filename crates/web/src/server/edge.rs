//! What stands around every request: its identifier, its client, the limits, the headers of its
//! answer, the log and the figures.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use domain::Entropy;
use services::SystemEntropy;

use super::client::{Client, Peer, client};
use super::config::{Config, Proxy};
use super::figures::Figures;
use super::guard::{self, Hosts};
use super::health::Ready;
use super::rate::{Naming, Rate};
use super::refusal::Manner;

/// The field in which an answer carries the request's identifier.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What is asked of the server itself, by whoever watches it from near.
const WATCHED: [&str; 2] = ["/health", "/ready"];

/// The edge of a server: what it holds requests to.
pub(crate) struct Edge {
    pub(crate) hosts: Hosts,
    pub(crate) cors_sites: Vec<String>,
    pub(crate) ready: Ready,
    pub(crate) figures: Figures,
    proxy: Option<Proxy>,
    /// Whether connections are plain and proxies are before the server.
    plain_behind_proxy: bool,
    rate: Option<Rate>,
    time_max: Duration,
    body_bytes_max: u64,
    /// Whether requests are logged.
    logs: bool,
    entropy: SystemEntropy,
}

/// The identifier of a request, in its extensions: the log and its answer carry it.
#[derive(Clone, Debug)]
pub(crate) struct Reference(pub(crate) String);

impl Edge {
    /// The edge of the demo: this machine's own browser, and no limits but those of size and time.
    pub(crate) fn of_demo(time_max: Duration, body_bytes_max: usize) -> Self {
        Self {
            hosts: Hosts::ThisMachine,
            cors_sites: Vec::new(),
            ready: Ready::default(),
            figures: Figures::new(),
            proxy: None,
            plain_behind_proxy: false,
            rate: None,
            time_max,
            body_bytes_max: body_bytes_max as u64,
            logs: false,
            entropy: SystemEntropy::default(),
        }
    }

    /// The edge of a server with a configuration, which knows clients by their names.
    pub(crate) fn of(config: &Config, naming: Naming) -> Self {
        Self {
            hosts: Hosts::Public(config.address.clone()),
            cors_sites: config.cors_sites.clone(),
            ready: Ready::default(),
            figures: Figures::new(),
            plain_behind_proxy: config.tls.is_none() && config.proxy.is_some(),
            proxy: config.proxy.clone(),
            rate: Some(Rate::new(config.limits.requests_a_minute, naming)),
            time_max: config.limits.time_max,
            body_bytes_max: config.limits.body_bytes_max as u64,
            logs: true,
            entropy: SystemEntropy::default(),
        }
    }

    /// Whether browsers reach it over encrypted connections.
    pub(crate) fn is_secure(&self) -> bool {
        match &self.hosts {
            Hosts::ThisMachine => false,
            Hosts::Public(address) => address.is_secure(),
        }
    }

    /// How often each client may ask; none where there is no limit.
    pub(crate) fn rate(&self) -> Option<&Rate> {
        self.rate.as_ref()
    }

    /// A new identifier of a request. It is ours alone: what a client sends is not taken over.
    fn reference(&self) -> String {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Why a request is not looked at, if it is not.
    fn refuse(&self, request: &Request, from: Option<Client>) -> Option<Refused> {
        if let Some(refused) = self.refuse_way(request, from) {
            return Some(refused);
        }
        if let Some(refused) = guard::refuse(
            &self.hosts,
            &self.cors_sites,
            request.method(),
            request.uri().path(),
            request.headers(),
        ) {
            return Some(refused);
        }
        let told = request.headers().get(axum::http::header::CONTENT_LENGTH);
        let length = told.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.body_bytes_max) {
            let why = "The body is larger than this server takes.";
            return Some(Refused::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                why,
            ));
        }
        let wait = from.and_then(|client| self.rate.as_ref()?.take(client.address).err());
        wait.map(|wait| {
            let why = "There were too many requests from this client.";
            Refused {
                retry: Some(wait),
                ..Refused::new(StatusCode::TOO_MANY_REQUESTS, "too-many", why)
            }
        })
    }
}

impl Edge {
    /// Why the way that a request came by is refused: where proxies are declared, they are the way,
    /// and say that it was encrypted from its beginning (21g).
    fn refuse_way(&self, request: &Request, from: Option<Client>) -> Option<Refused> {
        let (proxy, client) = (self.proxy.as_ref()?, from?);
        let peer = request.extensions().get::<Peer>()?;
        if self.plain_behind_proxy && !proxy.trusts(peer.address.ip()) {
            let why = "Connections are taken from the declared proxies alone.";
            return Some(Refused::new(StatusCode::FORBIDDEN, "not-a-proxy", why));
        }
        let why = "The proxy does not say that the client's connection is encrypted.";
        (!client.encrypted).then(|| Refused::new(StatusCode::FORBIDDEN, "plain-text", why))
    }
}

/// A refusal before anything was looked at.
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    /// For the figures.
    pub(crate) why: &'static str,
    /// For whoever operates the server or writes a program.
    pub(crate) detail: &'static str,
    pub(crate) retry: Option<Duration>,
}

impl Refused {
    pub(crate) fn new(status: StatusCode, why: &'static str, detail: &'static str) -> Self {
        Self {
            status,
            why,
            detail,
            retry: None,
        }
    }
}

/// Surrounds a request: the outermost layer of every route.
pub(crate) async fn surround(
    State(edge): State<std::sync::Arc<Edge>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let reference = edge.reference();
    let method = named(request.method());
    let path = request.uri().path();
    let watched = WATCHED.contains(&path);
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let manner = Manner::of(path, request.headers());
    let site = guard::cross_site(&edge.cors_sites, path, request.headers());
    let peer = request.extensions().get::<Peer>().copied();
    let from = peer.map(|peer| client(peer, request.headers(), edge.proxy.as_ref()));
    let refused = match watched {
        true => None,
        false => edge.refuse(&request, from),
    };
    request
        .extensions_mut()
        .insert(Reference(reference.clone()));
    if let Some(client) = from {
        request.extensions_mut().insert(client);
    }
    let preflight = request.method() == Method::OPTIONS && site.is_some();
    let mut response = match refused {
        Some(refused) => {
            edge.figures.refused(refused.why);
            let mut response = manner.refuse(refused.status, refused.detail, &reference);
            if let Some(wait) = refused.retry {
                let seconds = HeaderValue::from(wait.as_secs().saturating_add(1));
                response.headers_mut().insert(RETRY_AFTER, seconds);
            }
            response
        }
        None if preflight => Response::new(axum::body::Body::empty()),
        None => match tokio::time::timeout(edge.time_max, next.run(request)).await {
            Ok(response) if watched => response,
            Ok(response) => dressed(response, &manner, &reference),
            Err(_) => {
                edge.figures.refused("too-slow");
                let why = "The request took longer than this server waits.";
                manner.refuse(StatusCode::REQUEST_TIMEOUT, why, &reference)
            }
        },
    };
    guard::put_headers(&mut response, edge.is_secure());
    if let Some(site) = site {
        guard::put_cors(&mut response, &site, preflight);
    }
    if let Ok(id) = HeaderValue::from_str(&reference) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, took) = (response.status().as_u16(), began.elapsed());
    edge.figures.answered(method, &route, status, took);
    if edge.logs {
        log(&reference, method, &route, status, took, watched);
    }
    response
}

fn log(reference: &str, method: &str, route: &str, status: u16, took: Duration, watched: bool) {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if watched {
        tracing::debug!(
            request = reference,
            method,
            route,
            status,
            milliseconds,
            "answered"
        );
    } else {
        tracing::info!(
            request = reference,
            method,
            route,
            status,
            milliseconds,
            "answered"
        );
    }
}

/// A method as figures and log name it: one that nobody knows has no name of its own there.
fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// What the framework refuses by itself has a line of text for its body: people get a page instead,
/// programs a problem.
fn dressed(response: Response, manner: &Manner, reference: &str) -> Response {
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE);
    let bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let why = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            "There is something at this address, and not by this method."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than this server takes.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The body is not of a kind that is read here.",
        StatusCode::NOT_FOUND => "There is nothing at this address.",
        _ => "The request cannot be read.",
    };
    let mut refused = manner.refuse(status, why, reference);
    if let Some(allowed) = response.headers().get(ALLOW) {
        refused.headers_mut().insert(ALLOW, allowed.clone());
    }
    refused
}
