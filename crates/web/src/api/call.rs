//! One request of a program: who asks, in which role, for what; and what it asks for, read strictly.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use domain::{Fault, FaultKind, MatterId};
use policy::model::PurposeId;
use serde::de::DeserializeOwned;
use services::access::{ProgramKey, Session, Stated, Whose};
use services::desk::Desk;
use services::idempotency::Known;
use services::{Destination, Law};
use utoipa::IntoParams;

use super::names;
use super::problem::Wrong;
use super::reply::{Reply, Said};
use crate::server::{Reference, cookie, logs};
use crate::signed_in::{STAFF, limits};
use crate::site::Site;

const PURPOSE: &str = "kept-purpose";
const ROLE: &str = "kept-role";
const MATTER: &str = "kept-matter";
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The longest key of a program's own.
const KEY_MAX: usize = 255;

/// What every request about people's data states.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it documents headers")]
pub(super) struct States {
    /// What for: a purpose of the policy. May be given as the parameter `purpose` instead
    #[param(
        rename = "Kept-Purpose",
        example = "contact-relations",
        required = false
    )]
    purpose: String,
    /// In which role; left out: the only one that the key has
    #[param(rename = "Kept-Role", example = "client-relations")]
    role: Option<String>,
    /// About which contract, debit or dispute, where the role asks for one
    #[param(rename = "Kept-Matter")]
    matter: Option<String>,
}

/// What every act may state beside.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it documents headers")]
pub(super) struct Acts {
    /// A key of the program's own, up to 255 characters: what is asked twice under it is done once.
    /// It is remembered for a day
    #[param(rename = "Idempotency-Key")]
    key: Option<String>,
    /// The version of the person that was read, as its `ETag` says it: on another nothing is done
    #[param(rename = "If-Match", example = "\"3\"")]
    version: Option<String>,
}

/// Whether an act is only to be decided on.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents a parameter")]
pub(super) struct Dry {
    /// Decide and say what would happen, and change nothing
    #[param(rename = "dry-run")]
    dry_run: Option<bool>,
}

/// A request.
pub(super) struct Call {
    pub(super) site: Site,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    query: HashMap<String, String>,
    reference: String,
    body: Bytes,
}

/// Who asks.
enum Who {
    Program(ProgramKey),
    Staff(Session),
}

impl FromRequest<Site> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let reference = request.extensions().get::<Reference>();
        let reference = reference.map(|it| it.0.clone()).unwrap_or_default();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let headers = request.headers().clone();
        let query = Query::try_from_uri(&uri).map(|Query(query)| query);
        let query = query.map_err(|_| {
            let why = "the parameters of the address cannot be read";
            Wrong::new(StatusCode::BAD_REQUEST, why).answer(&reference)
        })?;
        let body = Bytes::from_request(request, site).await.map_err(|error| {
            let why = match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than this server takes",
                _ => "the body did not come whole",
            };
            let status = match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::BAD_REQUEST,
            };
            Wrong::new(status, why).answer(&reference)
        })?;
        Ok(Self {
            site: site.clone(),
            method,
            uri,
            headers,
            query,
            reference,
            body,
        })
    }
}

impl Call {
    /// A parameter of the address.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A parameter that is a number, within what is allowed.
    pub(super) fn number(&self, name: &str, most: u32) -> Result<Option<u32>, Wrong> {
        let Some(text) = self.parameter(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|it| (1..=most).contains(it));
        number.map(Some).ok_or_else(|| {
            let why = format!("`{name}` is a number from 1 to {most}");
            Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
        })
    }

    /// A field of the head.
    fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }

    /// The body, which must be JSON of this form and nothing else. What is wrong with it is told by
    /// its place: the values are not ours to repeat.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Wrong> {
        let kind = self.field(CONTENT_TYPE.as_str()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            let why = "the body is JSON here, and is to say so";
            return Err(Wrong::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why)
                .remedy("send `Content-Type: application/json`"));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let at = format!("line {}, column {}", error.line(), error.column());
            match error.is_data() {
                true => Wrong::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    format!("the body is not of the form that this address takes, at {at}"),
                )
                .remedy("see /api/openapi.json for its form"),
                false => Wrong::new(
                    StatusCode::BAD_REQUEST,
                    format!("the body is not JSON, at {at}"),
                ),
            }
        })
    }

    /// The body where there may be none: then everything in it is left out.
    pub(super) fn body_or_none<T: DeserializeOwned + Default>(&self) -> Result<T, Wrong> {
        match self.body.is_empty() {
            true => Ok(T::default()),
            false => self.body(),
        }
    }

    /// Answers whoever has a key or a session, whatever it is for: of what is about nobody.
    pub(super) async fn open(
        self,
        work: impl FnOnce(&Self, &Law) -> Result<Reply, Wrong> + Send + 'static,
    ) -> Response {
        self.answer(move |call| {
            call.who()?;
            work(call, &call.site.kept.law())
        })
        .await
    }

    /// Answers at the desk of whoever asks: what reads.
    pub(super) async fn read(
        self,
        work: impl FnOnce(&Desk<'_>, &Self) -> Result<Reply, Wrong> + Send + 'static,
    ) -> Response {
        self.answer(move |call| work(&call.desk()?, call)).await
    }

    /// Answers at the desk of whoever asks: what changes something, once under one key.
    pub(super) async fn act(
        self,
        work: impl FnOnce(&Desk<'_>, &Self) -> Result<Reply, Wrong> + Send + 'static,
    ) -> Response {
        self.answer(move |call| {
            let desk = call.desk()?;
            let desk = match call.seen()? {
                Some(version) => desk.on_version(version),
                None => desk,
            };
            let desk = desk.dry_run(call.dry_run()?);
            let begun = match call.begin(&desk)? {
                None => None,
                Some(Known::Done(outcome)) => return Said::again(&outcome),
                Some(Known::New(begun)) => Some(begun),
            };
            let done = work(&desk, call).map_err(|wrong| call.if_changed(wrong));
            match (begun, done) {
                (None, done) => done,
                (Some(begun), Ok(reply)) => {
                    call.site.kept.end_request(begun, reply.said().to_text())?;
                    Ok(reply)
                }
                (Some(begun), Err(wrong)) => {
                    call.site.kept.give_up_request(begun)?;
                    Err(wrong)
                }
            }
        })
        .await
    }

    async fn answer(
        self,
        work: impl FnOnce(&Self) -> Result<Reply, Wrong> + Send + 'static,
    ) -> Response {
        let reference = self.reference.clone();
        let working = tokio::task::spawn_blocking(move || {
            let done = work(&self);
            match done {
                Ok(reply) => reply.answer(),
                Err(wrong) => {
                    if wrong.status().is_server_error() {
                        tracing::error!(
                            request = self.reference,
                            status = wrong.status().as_u16(),
                            "not answered"
                        );
                    }
                    wrong.answer(&self.reference)
                }
            }
        });
        working.await.unwrap_or_else(|_| {
            let stopped = Fault::new(FaultKind::Integrity, "the answer was not finished");
            tracing::error!(
                request = reference,
                why = logs::line(&stopped),
                "not answered"
            );
            Wrong::from(stopped).answer(&reference)
        })
    }

    /// Who asks: a program by its key, or somebody at the console who reads what their page needs.
    fn who(&self) -> Result<Who, Wrong> {
        let access = self.site.kept.access();
        if let Some(shown) = self.field(AUTHORIZATION.as_str()) {
            let token = shown.split_once(' ').filter(|(way, _)| {
                // The name of a scheme has no case (RFC 9110).
                way.eq_ignore_ascii_case("bearer")
            });
            let key = match token {
                Some((_, token)) => access.check_key(token.trim())?,
                None => None,
            };
            return key.map(Who::Program).ok_or_else(unknown);
        }
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        let secure = self.site.edge.is_secure();
        if let Some(token) = cookie::value(&self.headers, STAFF, secure).filter(|_| reads) {
            let session = access.session(token, &limits(&self.site))?;
            let at_work = session
                .filter(|it| matches!(it.whose, Whose::Staff(_)) && it.strength.opens_work());
            return at_work.map(Who::Staff).ok_or_else(unknown);
        }
        Err(unknown())
    }

    fn purpose(&self, law: &Law) -> Result<Option<PurposeId>, Wrong> {
        let stated = self.field(PURPOSE).or_else(|| self.parameter("purpose"));
        let found = stated.map(|name| names::purpose(law.policy(), name, "Kept-Purpose"));
        found.transpose()
    }

    fn desk(&self) -> Result<Desk<'_>, Wrong> {
        let (kept, law) = (&self.site.kept, self.site.kept.law());
        let matter = self.field(MATTER).map(str::parse::<MatterId>);
        let matter = matter.transpose().map_err(|_| {
            let why = "`Kept-Matter` is not the identifier of a contract, a debit or a dispute";
            Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
        })?;
        match self.who()? {
            Who::Program(key) => {
                let stated = Stated {
                    role: self.field(ROLE),
                    purpose: self.purpose(&law)?.ok_or_else(no_purpose)?,
                    matter,
                };
                Ok(kept
                    .access()
                    .desk_of_program(&key, stated, Destination::Api)?)
            }
            Who::Staff(session) => {
                let role = session.role.as_deref().ok_or_else(no_role)?;
                let duty = kept.access().duty(services::Who::Session(&session), role)?;
                let purpose = session.purpose.ok_or_else(no_purpose)?;
                Ok(kept.desk(&duty.about(matter), purpose, Destination::Screen))
            }
        }
    }

    /// The version of the person that the request is about, where it states one.
    fn seen(&self) -> Result<Option<u64>, Wrong> {
        let Some(stated) = self.field(IF_MATCH.as_str()) else {
            return Ok(None);
        };
        let version = stated.trim().strip_prefix('"');
        let version = version.and_then(|it| it.strip_suffix('"')?.parse().ok());
        version.map(Some).ok_or_else(|| {
            let why = "`If-Match` is not an `ETag` of a person";
            Wrong::new(StatusCode::PRECONDITION_FAILED, why)
        })
    }

    /// Asks that the version be stated: of what cannot be undone.
    pub(super) fn needs_version(&self) -> Result<(), Wrong> {
        match self.seen()? {
            Some(_) => Ok(()),
            None => Err(Wrong::new(
                StatusCode::PRECONDITION_REQUIRED,
                "what cannot be undone is done to the version of the person that was read",
            )
            .remedy("read the person, and send its `ETag` as `If-Match`")),
        }
    }

    /// A conflict with the version that was stated is told as one.
    fn if_changed(&self, wrong: Wrong) -> Wrong {
        let stated = self.headers.contains_key(IF_MATCH);
        match stated && wrong.status() == StatusCode::CONFLICT {
            true => wrong.with(StatusCode::PRECONDITION_FAILED),
            false => wrong,
        }
    }

    fn dry_run(&self) -> Result<bool, Wrong> {
        match self.parameter("dry-run") {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let why = "`dry-run` is `true` or `false`";
                Err(Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why))
            }
        }
    }

    /// Begins what is asked for under a key of the program's own, if there is one.
    fn begin(&self, desk: &Desk<'_>) -> Result<Option<Known>, Wrong> {
        let Some(key) = self.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(None);
        };
        let key = key.to_str().ok().filter(|key| {
            let visible = |byte: u8| (0x21..=0x7e).contains(&byte);
            (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(visible)
        });
        let key = key.ok_or_else(|| {
            let why = "`Idempotency-Key` is 1 to 255 visible characters without blanks";
            Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why).rule(IDEMPOTENCY_KEY)
        })?;
        let states = [ROLE, MATTER, IF_MATCH.as_str()];
        let mut request = format!("{} {}", self.method, self.uri);
        request.push_str(&format!("\n{:?}", desk.actor().capacity));
        for name in states {
            request.push_str(&format!("\n{}", self.field(name).unwrap_or_default()));
        }
        request.push('\n');
        request.push_str(&String::from_utf8_lossy(&self.body));
        let known = self.site.kept.begin_request(desk.actor(), key, &request)?;
        Ok(Some(known))
    }
}

fn unknown() -> Wrong {
    Wrong::new(
        StatusCode::UNAUTHORIZED,
        "no key was shown that is good now",
    )
    .remedy("send `Authorization: Bearer KEY`; `kept key add` makes a key")
}

fn no_purpose() -> Wrong {
    Wrong::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "the request does not say what it is for",
    )
    .rule("4a")
    .remedy("send `Kept-Purpose` with a purpose of the policy")
}

fn no_role() -> Wrong {
    Wrong::new(StatusCode::FORBIDDEN, "no role is being worked in")
        .remedy("choose a role and a purpose in the console")
}
