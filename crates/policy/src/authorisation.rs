//! `authorisation.toml`: which role may do what, for which purpose, with which data, about whom and
//! on which condition. The policy is the ceiling, and this only narrows it (9c; semantics, 19).
//!
//! [`compile`] takes its text together with the policy that it narrows. All of it is worked out
//! then: [`Authorisation::cell`] looks an answer up.

pub mod action;
mod check;
pub mod compare;
pub mod lines;
pub mod model;
pub mod reach;
pub(crate) mod table;
pub mod words;

pub use action::{Action, ActionSet, Administration, AdministrationSet};
pub use lines::Line;
pub use model::{Authorisation, Condition, Grant, Role, Undertaking};
pub use reach::Reach;
pub use table::Cell;

use crate::diagnostics::{Code, Diagnostic, errors, open_advice};
use crate::model::Policy;
use crate::{check as shared, forget_what_follows_from_syntax, parse, tree};

/// What compiling an authorisation comes to.
#[derive(Debug)]
pub struct Outcome {
    /// The authorisation; none if there is an error among the diagnostics.
    pub authorisation: Option<Authorisation>,
    /// All that is wrong, and all advice, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        errors(&self.diagnostics)
    }

    /// The advice that nobody has answered.
    pub fn open_advice(&self) -> impl Iterator<Item = &Diagnostic> {
        open_advice(&self.diagnostics)
    }
}

/// Compiles an authorisation from its text, with the policy that is its ceiling. Everything that is
/// wrong is reported at once.
#[must_use]
pub fn compile(source: &str, policy: &Policy) -> Outcome {
    compile_with(source, policy, None)
}

/// Compiles an authorisation that is to follow another: its version has to be higher, and roles
/// that were renamed have to say so. One of the same text follows itself.
#[must_use]
pub fn compile_after(source: &str, policy: &Policy, in_force: &Authorisation) -> Outcome {
    compile_with(source, policy, Some(in_force))
}

fn compile_with(source: &str, policy: &Policy, in_force: Option<&Authorisation>) -> Outcome {
    let (entries, mut diagnostics) = tree::parse(source);
    let readable = diagnostics
        .iter()
        .all(|diagnostic| diagnostic.code != Code::Syntax);
    let (mut authorisation, context) = parse::authorisation(source, &entries, policy);
    authorisation.table = table::build(&authorisation, policy);
    check::errors(&authorisation, policy, &context);
    if let Some(in_force) = in_force {
        check::succession(in_force, &authorisation, &context);
    }
    check::advice(&authorisation, policy, &context);
    let (found, places) = context.into_parts();
    diagnostics.extend(found);
    if !readable {
        forget_what_follows_from_syntax(&mut diagnostics);
    }
    shared::acknowledge(
        &authorisation.acknowledged,
        &places,
        readable,
        &mut diagnostics,
    );
    diagnostics.sort_by_key(|d| d.labels.first().map_or(0, |label| label.span.start));
    diagnostics.dedup();
    let clean = diagnostics.iter().all(|diagnostic| !diagnostic.is_error());
    Outcome {
        authorisation: clean.then_some(authorisation),
        diagnostics,
    }
}
