//! What every surface shares: the open installation, the edge of the server, and how an answer is
//! made of a page or an error.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, SET_COOKIE, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{Fault, FaultKind};
use maud::Markup;
use policy::model::Language;
use services::access::{Address, Delivery};
use services::{Kept, Law};

use crate::appearance;
use crate::fill::Fill;
use crate::frame::{Frame, Surrounding};
use crate::language;
use crate::pages::error;
use crate::phrases::Phrases;
use crate::server::config::Config;
use crate::server::cookie::Cookie;
use crate::server::guard::Scripted;
use crate::server::{Client, Edge, Reference, logs};
use crate::sign_in::Ways;

/// The installation as a server shows it.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) kept: Arc<Kept>,
    pub(crate) edge: Arc<Edge>,
    /// The configuration; the demo has none.
    pub(crate) config: Option<Arc<Config>>,
    pub(crate) figures_token: Option<Arc<str>>,
    /// Takes links to people who ask for what is held about them; none: nobody does here.
    pub(crate) delivery: Option<Arc<dyn Delivery>>,
    /// The ways in; the demo has none.
    pub(crate) ways: Option<Arc<Ways>>,
    surrounding: Surrounding,
}

impl Site {
    pub(crate) fn of_server(
        kept: Arc<Kept>,
        edge: Arc<Edge>,
        config: Arc<Config>,
        ways: Arc<Ways>,
    ) -> Self {
        Self {
            ways: Some(ways),
            delivery: None,
            kept,
            edge,
            config: Some(config),
            figures_token: None,
            surrounding: Surrounding::Public,
        }
    }

    pub(crate) fn of_demo(kept: Arc<Kept>, edge: Arc<Edge>) -> Self {
        Self {
            kept,
            edge,
            config: None,
            ways: None,
            delivery: None,
            figures_token: None,
            surrounding: Surrounding::Demo,
        }
    }

    pub(crate) fn with_delivery(mut self, delivery: Option<Arc<dyn Delivery>>) -> Self {
        self.delivery = delivery;
        self
    }

    pub(crate) fn with_figures_token(mut self, token: Option<String>) -> Self {
        self.figures_token = token.map(Into::into);
        self
    }

    fn visit(&self, asked: Asked) -> Result<Visit, Fault> {
        let law = self.kept.law();
        let moment = self.kept.moment()?;
        let chosen = asked
            .query
            .get("language")
            .is_some_and(|it| language::asked_for(it).is_some());
        let language = asked.language();
        let reading = asked.query.get("as").filter(|it| !it.is_empty()).cloned();
        let mut query: Vec<(String, String)> = asked
            .query
            .iter()
            .filter(|(name, _)| *name != "language")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        query.sort();
        let frame = Frame {
            language,
            language_chosen: chosen,
            path: asked.uri.path().to_owned(),
            query,
            reading,
            controller: law.policy().controller.name.clone(),
            policy_version: law.policy().version,
            now: law.in_force.zone().to_datetime(moment.now),
            rehearsal: self.kept.is_rehearsal(),
            surrounding: self.surrounding,
            theme: appearance::chosen(&asked.headers, self.edge.is_secure()),
            work: None,
            reference: asked.reference,
        };
        Ok(Visit {
            law,
            frame,
            query: asked.query,
            method: asked.method,
            headers: asked.headers,
            client: asked.client,
        })
    }
}

/// What a route's state is: a site, or something that has one.
///
/// A page is answered by [`Surface::answer`]: its closure runs where I/O holds nobody up, is given
/// the surface and the [`Visit`], and gives an [`Answer`] or a fault, which becomes an error page.
pub(crate) trait Surface: Clone + Send + Sync + 'static {
    /// The site.
    fn site(&self) -> &Site;

    /// Answers a request.
    fn answer(
        self,
        asked: Asked,
        work: impl FnOnce(&Self, &Visit) -> Result<Answer, Fault> + Send + 'static,
    ) -> impl Future<Output = Response> + Send {
        answered(self, asked, move |surface, visit| work(surface, visit))
    }
}

/// Answers a request; whoever answers may complete the frame of the page, and an error page stands
/// in the same.
pub(crate) async fn answered<S: Surface>(
    surface: S,
    asked: Asked,
    work: impl FnOnce(&S, &mut Visit) -> Result<Answer, Fault> + Send + 'static,
) -> Response {
    let secure = surface.site().edge.is_secure();
    let mut bare = Frame::bare(asked.language());
    bare.surrounding = surface.site().surrounding;
    bare.reference.clone_from(&asked.reference);
    let working = tokio::task::spawn_blocking(move || {
        let mut visit = surface.site().visit(asked)?;
        let answer = work(&surface, &mut visit);
        Ok(respond(answer, &visit.frame, secure))
    });
    let stopped = || Fault::new(FaultKind::Integrity, "the answer was not finished");
    let answered = working.await.unwrap_or_else(|_| Err(stopped()));
    answered.unwrap_or_else(|fault: Fault| respond(Err(fault), &bare, secure))
}

impl Surface for Site {
    fn site(&self) -> &Site {
        self
    }
}

/// What a request says, apart from its body.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) query: HashMap<String, String>,
    /// Where the client is, if that is known.
    pub(crate) client: Option<Address>,
    pub(crate) reference: Option<String>,
}

impl Asked {
    /// The language asked for in the address, or the one that the browser prefers.
    pub(crate) fn language(&self) -> Language {
        let chosen = self.query.get("language");
        let accepted = self.headers.get(ACCEPT_LANGUAGE);
        chosen
            .and_then(|chosen| language::asked_for(chosen))
            .unwrap_or_else(|| {
                let accepted = accepted.and_then(|value| value.to_str().ok());
                language::preferred(accepted.unwrap_or_default())
            })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    /// A query that cannot be read counts as none.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let reference = parts.extensions.get::<Reference>();
        let client = parts.extensions.get::<Client>();
        Ok(Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            query: query.map(|Query(query)| query).unwrap_or_default(),
            client: client.map(|it| Address(it.address)),
            reference: reference.map(|it| it.0.clone()),
        })
    }
}

/// A request while it is answered: the policy in force and the frame of the page.
pub(crate) struct Visit {
    pub(crate) law: Arc<Law>,
    pub(crate) frame: Frame,
    pub(crate) query: HashMap<String, String>,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) client: Option<Address>,
}

impl Visit {
    pub(crate) fn fill(&self) -> Fill<'_> {
        Fill {
            law: &self.law,
            language: self.frame.language,
        }
    }

    pub(crate) fn phrases(&self) -> &'static Phrases {
        Phrases::of(self.frame.language)
    }
}

/// An answer: a page, or the address to go on to, with its status and cookies.
pub(crate) struct Answer {
    body: Body,
    status: Option<StatusCode>,
    scripted: bool,
    fields: Vec<(HeaderName, HeaderValue)>,
    cookies: Vec<Cookie>,
}

enum Body {
    Page(Markup),
    Go(String),
    Whole(Response),
}

impl Answer {
    fn of(body: Body) -> Self {
        Self {
            body,
            status: None,
            scripted: false,
            fields: Vec::new(),
            cookies: Vec::new(),
        }
    }

    /// A page.
    pub(crate) fn page(page: Markup) -> Self {
        Self::of(Body::Page(page))
    }

    /// Goes on to an address of ours.
    pub(crate) fn go(address: impl Into<String>) -> Self {
        Self::of(Body::Go(address.into()))
    }

    /// A file, or something else that is no page.
    pub(crate) fn whole(response: impl IntoResponse) -> Self {
        Self::of(Body::Whole(response.into_response()))
    }

    /// With another status than 200: 422 where a form comes back with its errors.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// With a script of ours on the page.
    pub(crate) fn scripted(mut self) -> Self {
        self.scripted = true;
        self
    }

    /// With another field in its head.
    pub(crate) fn field(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.fields.push((name, value));
        self
    }

    /// Sets a cookie.
    pub(crate) fn cookie(mut self, cookie: Cookie) -> Self {
        self.cookies.push(cookie);
        self
    }
}

fn respond(answer: Result<Answer, Fault>, frame: &Frame, secure: bool) -> Response {
    let answer = answer.unwrap_or_else(|fault| failed(&fault, frame));
    let page = matches!(answer.body, Body::Page(_));
    let mut response = match answer.body {
        Body::Page(page) => Html(page.into_string()).into_response(),
        Body::Go(address) => Redirect::to(&address).into_response(),
        Body::Whole(response) => response,
    };
    if let Some(status) = answer.status {
        *response.status_mut() = status;
    }
    if answer.scripted || page && frame.surrounding == Surrounding::Console {
        response.extensions_mut().insert(Scripted);
    }
    let headers = response.headers_mut();
    headers.extend(answer.fields);
    for cookie in answer.cookies {
        if let Some(value) = cookie.header(secure) {
            headers.append(SET_COOKIE, value);
        }
    }
    headers
        .entry(CONTENT_LANGUAGE)
        .or_insert(HeaderValue::from_static(frame.lang()));
    headers.append(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    response
}

/// The page of a fault.
fn failed(fault: &Fault, frame: &Frame) -> Answer {
    // What is wrong with the installation itself goes to the log, with its causes: whoever runs
    // Kept must learn of it, and the page says less.
    if matches!(fault.kind, FaultKind::Unavailable | FaultKind::Integrity) {
        let reference = frame.reference.as_deref().unwrap_or_default();
        tracing::error!(request = reference, why = logs::line(fault), "not answered");
    }
    let view = error::Error::from(fault);
    let status = StatusCode::from_u16(view.status());
    Answer::page(error::render(&view, frame))
        .status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}
