//! What the routes share: the open installation, who acts, and how an answer is made of a page or
//! an error.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{Actor, Fault, FaultKind, SubjectId};
use jiff::civil::{Date, DateTime};
use maud::Markup;
use policy::model::{Language, Wording};
use services::sweep::Swept;
use services::{Kept, Law};

use crate::fill::Fill;
use crate::frame::Frame;
use crate::language;
use crate::pages::error;
use crate::phrases::Phrases;

/// The application: one installation and one actor, whoever sits at the browser.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) kept: Arc<Kept>,
    pub(crate) actor: Arc<Actor>,
    /// People who are worth a look, and why.
    pub(crate) suggestions: Arc<[(SubjectId, Wording)]>,
    /// What the last movement of the clock did, until the next one.
    passed: Arc<Mutex<Option<Passed>>>,
}

/// A movement of the clock, and what the sweep took that followed it.
#[derive(Clone)]
pub(crate) struct Passed {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) swept: Swept,
}

/// What a request says, apart from its body.
pub(crate) struct Asked {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) query: HashMap<String, String>,
}

/// A request while it is answered: the policy in force and the frame of the page.
pub(crate) struct Visit {
    pub(crate) law: Arc<Law>,
    pub(crate) frame: Frame,
    pub(crate) query: HashMap<String, String>,
}

/// A page, or the address to go on to.
pub(crate) enum Answer {
    Page(Markup),
    Go(String),
}

impl App {
    pub(crate) fn new(
        kept: Arc<Kept>,
        actor: Actor,
        suggestions: Vec<(SubjectId, Wording)>,
    ) -> Self {
        Self {
            kept,
            actor: Arc::new(actor),
            suggestions: suggestions.into(),
            passed: Arc::default(),
        }
    }

    pub(crate) fn passed(&self) -> Option<Passed> {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.clone()
    }

    pub(crate) fn has_passed(&self, what: Passed) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = Some(what);
    }

    /// Answers a request: use cases do I/O, so they run where that holds nobody up.
    pub(crate) async fn answer(
        self,
        asked: Asked,
        work: impl FnOnce(&Self, &Visit) -> Result<Answer, Fault> + Send + 'static,
    ) -> Response {
        let language = language_of(&asked);
        let working = tokio::task::spawn_blocking(move || {
            let visit = self.visit(asked)?;
            let answer = work(&self, &visit);
            Ok(respond(answer, &visit.frame))
        });
        let stopped = || Fault::new(FaultKind::Integrity, "the answer was not finished");
        let answered = working.await.unwrap_or_else(|_| Err(stopped()));
        answered.unwrap_or_else(|fault: Fault| respond(Err(fault), &bare(language)))
    }

    fn visit(&self, asked: Asked) -> Result<Visit, Fault> {
        let law = self.kept.law();
        let moment = self.kept.moment()?;
        let chosen = asked
            .query
            .get("language")
            .is_some_and(|it| language::asked_for(it).is_some());
        let language = language_of(&asked);
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
        };
        Ok(Visit {
            law,
            frame,
            query: asked.query,
        })
    }
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

fn language_of(asked: &Asked) -> Language {
    let chosen = asked.query.get("language");
    let accepted = asked.headers.get(ACCEPT_LANGUAGE);
    chosen
        .and_then(|chosen| language::asked_for(chosen))
        .unwrap_or_else(|| {
            let accepted = accepted.and_then(|value| value.to_str().ok());
            language::preferred(accepted.unwrap_or_default())
        })
}

/// The frame of an error that came before anything was known.
fn bare(language: Language) -> Frame {
    Frame {
        language,
        language_chosen: false,
        path: "/".to_owned(),
        query: Vec::new(),
        reading: None,
        controller: "Kept".to_owned(),
        policy_version: 0,
        now: DateTime::default(),
        rehearsal: false,
    }
}

fn respond(answer: Result<Answer, Fault>, frame: &Frame) -> Response {
    let (status, page) = match answer {
        Ok(Answer::Go(address)) => return Redirect::to(&address).into_response(),
        Ok(Answer::Page(page)) => (StatusCode::OK, page),
        Err(fault) => {
            log(&fault);
            let view = error::Error::from(&fault);
            let status = StatusCode::from_u16(view.status());
            (
                status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                error::render(&view, frame),
            )
        }
    };
    let mut response = (status, Html(page.into_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(frame.lang()));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    response
}

/// What is wrong with the installation itself goes to the log, with its causes: whoever runs Kept
/// must learn of it, and the page says less. Faults carry no personal data.
fn log(fault: &Fault) {
    match fault.kind {
        FaultKind::Unavailable | FaultKind::Integrity => {}
        FaultKind::Invalid | FaultKind::Refused | FaultKind::Conflict | FaultKind::Absent => return,
    }
    let mut line = fault.message.clone();
    let mut cause = std::error::Error::source(fault);
    while let Some(one) = cause {
        line.push_str(&format!(": {one}"));
        cause = one.source();
    }
    eprintln!("kept: {line}");
}
