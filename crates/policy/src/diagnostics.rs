//! Diagnostics: what is wrong with a policy, or might be better, with its place and its remedy.

pub mod code;
pub mod explain;
mod index;
mod json;
mod render;

use std::ops::Range;

pub use code::{Code, Level};
pub use explain::{Explanation, explain};
pub use index::index;
pub use json::to_json;
pub use render::render;

/// One thing that is wrong with a policy (an error) or that law or guidance sees otherwise (advice).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The stable code; `kept explain` has a page for it.
    pub code: Code,
    /// Whether the policy cannot run, or runs all the same.
    pub level: Level,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What it is about, as a path in the policy: `retention.10d`.
    pub at: String,
    /// The places in the source; the first is the main one.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Why it matters.
    pub why: Option<&'static str>,
    /// The law, guidance or promise that says so.
    pub source: Option<&'static str>,
    /// The reason for which the controller goes on all the same, if this advice is acknowledged.
    pub acknowledged: Option<String>,
}

/// A place in the source, with what is to be said of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Bytes of the source.
    pub span: Range<usize>,
    /// What is said; may be empty.
    pub text: String,
}

/// The errors among diagnostics.
pub(crate) fn errors(all: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    all.iter().filter(|diagnostic| diagnostic.is_error())
}

/// The advice that nobody has answered.
pub(crate) fn open_advice(all: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    all.iter()
        .filter(|diagnostic| !diagnostic.is_error() && diagnostic.acknowledged.is_none())
}

impl Diagnostic {
    /// A diagnostic of a code, which brings its level, reason and source along.
    pub(crate) fn new(code: Code, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            level: code.level(),
            message: message.into(),
            at: at.into(),
            labels: Vec::new(),
            help: None,
            why: code.why(),
            source: code.source(),
            acknowledged: None,
        }
    }

    /// Points at a place; the first one pointed at is the main one.
    pub(crate) fn label(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it stands in the way: an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}
