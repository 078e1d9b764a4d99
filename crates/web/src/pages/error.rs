//! Pages for what went wrong: what happened, which rule says so, what to do.

use domain::{Fault, FaultKind};
use maud::{Markup, html};

use crate::frame::Frame;
use crate::page;
use crate::phrases::Phrases;

/// An error, as the reader is told of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Which of the six kinds.
    pub kind: FaultKind,
    /// What happened; none where it would tell more than the reader may know.
    pub message: Option<String>,
    /// The rule that refuses.
    pub rule: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl From<&Fault> for Error {
    /// An integrity fault says nothing but its kind: the rest is for the log.
    fn from(fault: &Fault) -> Self {
        let shown = fault.kind != FaultKind::Integrity;
        Self {
            kind: fault.kind,
            message: shown.then(|| fault.message.clone()),
            rule: fault.rule.clone().filter(|_| shown),
            remedy: fault.remedy.clone().filter(|_| shown),
        }
    }
}

impl Error {
    /// There is no such page.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            kind: FaultKind::Absent,
            message: None,
            rule: None,
            remedy: None,
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.kind {
            FaultKind::Invalid => 422,
            FaultKind::Refused => 403,
            FaultKind::Conflict => 409,
            FaultKind::Absent => 404,
            FaultKind::Unavailable => 503,
            FaultKind::Integrity => 500,
        }
    }

    /// Invented errors of each kind, for tests and for looking at the page.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let fault = |kind, message: &str| Fault::new(kind, message);
        vec![
            Self::from(
                &fault(FaultKind::Invalid, "the date lies in the past").remedy("name a later one"),
            ),
            Self::from(
                &fault(FaultKind::Refused, "accounts may not read <letters>")
                    .rule("recipients.accounts"),
            ),
            Self::from(
                &fault(FaultKind::Conflict, "the person changed meanwhile")
                    .remedy("read the page again"),
            ),
            Self::absent(),
            Self::from(
                &fault(FaultKind::Unavailable, "the disk is full")
                    .remedy("make room, then try again"),
            ),
            Self::from(&fault(
                FaultKind::Integrity,
                "entry 7 does not match its commitment",
            )),
        ]
    }
}

/// The error as a document.
#[must_use]
pub fn render(view: &Error, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).error;
    let index = match view.kind {
        FaultKind::Invalid => 0,
        FaultKind::Refused => 1,
        FaultKind::Conflict => 2,
        FaultKind::Absent => 3,
        FaultKind::Unavailable => 4,
        FaultKind::Integrity => 5,
    };
    let (title, words) = say.kinds[index];
    // Messages are in English, like those of the command line.
    let body = html! {
        header.title {
            p.crumb { (view.status()) }
            h1 { (title) }
            p.lead { (words) }
        }
        @if view.message.is_some() || view.rule.is_some() {
            div.refused {
                @if let Some(message) = &view.message { p lang="en" { (sentence(message)) } }
                @if let Some(rule) = &view.rule { p { (say.rule) " " code { (rule) } } }
                @if let Some(remedy) = &view.remedy { p lang="en" { (sentence(remedy)) } }
            }
        }
        @if matches!(view.kind, FaultKind::Unavailable | FaultKind::Integrity) { (page::reference(frame)) }
        p { a href=(frame.link("/", &[])) { (say.back) } }
    };
    page::framed(frame, title, body)
}

/// A message as a sentence: a capital and a full stop.
fn sentence(message: &str) -> String {
    let message = crate::say::capital(message.trim_end_matches('.'));
    format!("{message}.")
}
