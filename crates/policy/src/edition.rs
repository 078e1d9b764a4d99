//! The versions of documents: each from a file of its own, apart from the policy, so that a new
//! version of one changes neither the policy nor any other (3b).

use sha2::{Digest as _, Sha256};

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Edition, Policy, Wording};
use crate::parse::{self, Context, Sort};
use crate::{forget_what_follows_from_syntax, text, tree};

/// What reading the file of a document comes to.
#[derive(Debug)]
pub struct EditionOutcome {
    /// The version; none if there is an error.
    pub edition: Option<Edition>,
    /// All that is wrong, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
}

/// The digest of a document's file: SHA-256, as anybody can compute it from the file itself.
#[must_use]
pub fn edition_digest(source: &[u8]) -> [u8; 32] {
    Sha256::digest(source).into()
}

/// Reads one version of a document that was published: whatever the policy says of it now.
#[must_use]
pub fn published_edition(source: &str) -> Option<Edition> {
    let (entries, broken) = tree::parse(source);
    let (edition, context) = parse::edition(&entries);
    let (found, _) = context.into_parts();
    (broken.is_empty() && found.is_empty()).then_some(edition)
}

/// Reads one version of a document that a policy declares. `published` are the versions of
/// documents that are published already, under the names that they have in the policy: what one of
/// them said is said for ever, and the next one has a higher number.
#[must_use]
pub fn compile_edition(source: &str, policy: &Policy, published: &[Edition]) -> EditionOutcome {
    let (entries, mut diagnostics) = tree::parse(source);
    let readable = diagnostics.is_empty();
    let (edition, context) = parse::edition(&entries);
    declared(&edition, policy, &context);
    in_both_languages(&edition, &context);
    follows(&edition, published, &context);
    let (found, _) = context.into_parts();
    diagnostics.extend(found);
    if !readable {
        forget_what_follows_from_syntax(&mut diagnostics);
    }
    diagnostics.sort_by_key(|d| d.labels.first().map_or(0, |label| label.span.start));
    diagnostics.dedup();
    EditionOutcome {
        edition: diagnostics.is_empty().then_some(edition),
        diagnostics,
    }
}

/// The policy says which documents there are.
fn declared(edition: &Edition, policy: &Policy, context: &Context) {
    let known = || {
        policy
            .documents
            .iter()
            .map(|document| document.name.as_str())
    };
    if edition.name.is_empty() || known().any(|name| name == edition.name) {
        return;
    }
    let message = format!("the policy declares no document `{}`", edition.name);
    let help = parse::suggestion(&edition.name, known(), "it declares");
    let section = Sort::Document.section();
    context.report(
        context
            .at_value(Code::UndeclaredDocument, "document.name", message)
            .help(format!(
                "{help}; or add `[{section}.{}]` to the policy",
                edition.name
            )),
    );
}

/// Who reads it in one language reads as much as in the other.
fn in_both_languages(edition: &Edition, context: &Context) {
    let Wording { en, fr } = &edition.text;
    let (in_english, in_french) = (text::headings(en), text::headings(fr));
    if en.is_empty() || fr.is_empty() || in_english == in_french {
        return;
    }
    let message =
        format!("the English text has {in_english} headings, the French one has {in_french}");
    context.report(
        context
            .at_key(Code::LanguagesDiffer, "document.text", message)
            .help("give both the same parts in the same order"),
    );
}

/// Nothing that was published changes; what follows has a higher number and no earlier day.
fn follows(edition: &Edition, published: &[Edition], context: &Context) {
    let mine = || published.iter().filter(|one| one.name == edition.name);
    let Some(last) = mine().max_by_key(|one| one.version) else {
        return;
    };
    let next = last.version.saturating_add(1);
    if let Some(same) = mine().find(|one| one.version == edition.version) {
        if !same.is_same(edition) {
            let message = format!(
                "version {} of `{}` is published, and says something else",
                edition.version, edition.name
            );
            context.report(
                context
                    .at_value(Code::EditionOutOfOrder, "document.version", message)
                    .help(format!(
                        "write `version = {next}`, and say in `reason` why it changed"
                    )),
            );
        }
    } else if edition.version < last.version {
        let message = format!(
            "version {} does not follow version {}, which is published",
            edition.version, last.version
        );
        context.report(
            context
                .at_value(Code::EditionOutOfOrder, "document.version", message)
                .help(format!("write `version = {next}`")),
        );
    } else if edition.published < last.published {
        let message = format!(
            "it says that it was published before version {}, which it follows",
            last.version
        );
        context.report(
            context
                .at_value(Code::EditionOutOfOrder, "document.published", message)
                .help("write the day on which this version is published"),
        );
    }
}
