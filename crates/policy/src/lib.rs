//! The policy language: parse, check, compile, compare, explain. Pure.
//!
//! [`compile`] takes the text of a policy and gives the compiled [`model::Policy`] or everything
//! that is wrong with it, at once. It never panics and does no I/O.

pub mod authorisation;
mod check;
pub mod compare;
pub mod diagnostics;
mod duration;
mod edition;
mod lookup;
pub mod model;
mod parse;
pub mod register;
mod tables;
pub mod text;
mod tree;
pub mod words;

pub use authorisation::Authorisation;
pub use compare::{Change, compare};
pub use diagnostics::{Code, Diagnostic, Explanation, Level, explain, render, to_json};
pub use duration::DurationFault;
pub use edition::{EditionOutcome, compile_edition, edition_digest, published_edition};
use model::Policy;
pub use register::{Register, register};

/// What compiling a policy comes to.
#[derive(Debug)]
pub struct Outcome {
    /// The policy; none if there is an error among the diagnostics.
    pub policy: Option<Policy>,
    /// All that is wrong, and all advice, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        diagnostics::errors(&self.diagnostics)
    }

    /// The advice that nobody has answered.
    pub fn open_advice(&self) -> impl Iterator<Item = &Diagnostic> {
        diagnostics::open_advice(&self.diagnostics)
    }
}

/// Compiles a policy from its text.
///
/// Everything that is wrong is reported at once: a syntax error, a missing name or a wrong value
/// hides nothing that stands elsewhere in the file.
#[must_use]
pub fn compile(source: &str) -> Outcome {
    compile_with(source, None)
}

/// Compiles a policy that is to follow another: besides what [`compile`] checks, its version has to
/// be higher, and what was renamed has to say so (`was`), or the data held under the old name would
/// be lost to the new one. A policy of the same text follows itself.
#[must_use]
pub fn compile_after(source: &str, in_force: &Policy) -> Outcome {
    compile_with(source, Some(in_force))
}

fn compile_with(source: &str, in_force: Option<&Policy>) -> Outcome {
    let (entries, mut diagnostics) = tree::parse(source);
    let readable = diagnostics
        .iter()
        .all(|diagnostic| diagnostic.code != Code::Syntax);
    let (mut policy, context) = parse::policy(source, &entries);
    policy.tables = tables::build(&policy);
    check::errors(&policy, &context);
    if let Some(in_force) = in_force {
        check::succession(in_force, &policy, &context);
    }
    check::advice(&policy, &context);
    let (found, places) = context.into_parts();
    diagnostics.extend(found);
    if !readable {
        forget_what_follows_from_syntax(&mut diagnostics);
    }
    check::acknowledge(&policy.acknowledged, &places, readable, &mut diagnostics);
    diagnostics.sort_by_key(|d| d.labels.first().map_or(0, |label| label.span.start));
    diagnostics.dedup();
    let clean = diagnostics.iter().all(|diagnostic| !diagnostic.is_error());
    Outcome {
        policy: clean.then_some(policy),
        diagnostics,
    }
}

/// What a broken line would have said is not known: what is missing may stand in it, and what was
/// made of it is of no interest.
fn forget_what_follows_from_syntax(diagnostics: &mut Vec<Diagnostic>) {
    let start = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span.start);
    let broken: Vec<_> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::Syntax)
        .filter_map(start)
        .collect();
    diagnostics.retain(|diagnostic| match diagnostic.code {
        Code::Syntax => true,
        // Keys that follow a broken header fall to the table before it, or to the whole file.
        Code::UnknownKey => diagnostic.at.contains('.'),
        // A name that is nearly one of those known is misspelt, wherever the broken line stands.
        Code::UnknownName => diagnostic
            .help
            .as_ref()
            .is_some_and(|help| help.starts_with(parse::DID_YOU_MEAN)),
        code => {
            !code.is_about_absence() && !start(diagnostic).is_some_and(|at| broken.contains(&at))
        }
    });
}
