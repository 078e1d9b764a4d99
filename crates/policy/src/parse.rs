//! From the source's tree to the model: every section is read, and every error noted, before
//! anything is decided; a part that cannot be read is left out and reading goes on.

mod accounts;
mod announcements;
mod authorisation;
mod category;
mod document;
mod fact;
mod form;
mod house;
mod names;
mod purpose;
mod reader;
mod recipient;
mod retention;
mod right;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Edition, Policy, Tables};
use crate::tree::{Entry, Places};
pub(crate) use authorisation::authorisation;
pub(crate) use names::{Names, Sort};
use reader::Reader;
pub(crate) use reader::{DID_YOU_MEAN, suggestion};
pub(crate) use right::{GROUNDS, RIGHTS};

/// What reading a policy needs and gathers.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where everything stands.
    pub(crate) places: Places,
    /// What is defined.
    pub(crate) names: Names,
    /// What the file is, for sentences.
    what: &'static str,
    /// What is wrong so far.
    diagnostics: RefCell<Vec<Diagnostic>>,
    /// Paths of things that refer to a name which is not there: what they lack is not reported.
    broken: RefCell<BTreeSet<String>>,
}

impl Context {
    fn new(what: &'static str, places: Places, names: Names, found: Vec<Diagnostic>) -> Self {
        Self {
            places,
            names,
            what,
            diagnostics: RefCell::new(found),
            broken: RefCell::default(),
        }
    }

    /// Notes what is wrong.
    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// A diagnostic that underlines a key.
    pub(crate) fn at_key(&self, code: Code, path: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, path, message).label(self.places.key(path), "")
    }

    /// A diagnostic that underlines a value.
    pub(crate) fn at_value(
        &self,
        code: Code,
        path: &str,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, path, message).label(self.places.value(path), "")
    }

    fn at_span(&self, code: Code, path: &str, span: Range<usize>, message: String) -> Diagnostic {
        Diagnostic::new(code, path, message).label(span, "")
    }

    /// Remembers that something refers to a name which is not there.
    fn mark_broken(&self, path: &str) {
        self.broken.borrow_mut().insert(path.to_owned());
    }

    /// Whether something at or under this path refers to a name which is not there.
    pub(crate) fn is_broken(&self, path: &str) -> bool {
        let under = format!("{path}.");
        let list = format!("{path}[");
        self.broken
            .borrow()
            .range(path.to_owned()..)
            .take_while(|other| other.starts_with(path))
            .any(|other| other == path || other.starts_with(&under) || other.starts_with(&list))
    }

    /// Everything that was noted, and where everything stands.
    pub(crate) fn into_parts(self) -> (Vec<Diagnostic>, Places) {
        (self.diagnostics.into_inner(), self.places)
    }
}

/// Reads a whole policy. What is returned may have gaps where errors were noted; it has no tables.
pub(crate) fn policy(source: &str, entries: &[Entry]) -> (Policy, Context) {
    let context = context(entries, "the policy");
    let root = Reader::root(&context, entries);
    let policy = read(&root, Sha256::digest(source.as_bytes()).into());
    root.finish();
    (policy, context)
}

/// Reads the file of one version of a document, with gaps where errors were noted.
pub(crate) fn edition(entries: &[Entry]) -> (Edition, Context) {
    let context = context(entries, "the document's file");
    let root = Reader::root(&context, entries);
    let edition = document::edition(&root);
    root.finish();
    (edition, context)
}

fn context(entries: &[Entry], what: &'static str) -> Context {
    let places = Places::of(entries);
    let (names, found) = Names::collect(entries, &places);
    Context::new(what, places, names, found)
}

fn read(root: &Reader<'_>, digest: [u8; 32]) -> Policy {
    let head = house::head(root);
    let purposes = purpose::purposes(root);
    Policy {
        version: head.version,
        published: head.published,
        reason: head.reason,
        digest,
        smallest_group: head.smallest_group,
        statistic_raises_odds: head.statistic_raises_odds,
        consent_proofs: head.consent_proofs,
        trace_kept: head.trace_kept,
        accounts: accounts::accounts(root),
        announcements: announcements::announcements(root),
        controller: house::controller(root),
        officer: house::officer(root),
        authority: house::authority(root),
        security: house::security(root),
        statements: house::statements(root),
        kinds: house::kinds(root),
        channels: house::channels(root),
        origins: house::origins(root),
        documents: document::documents(root),
        acceptances: document::acceptances(root),
        forms: form::forms(root),
        categories: category::categories(root),
        facts: fact::facts(root),
        spans: fact::spans(root),
        recipients: recipient::recipients(root, &purposes),
        purposes,
        processors: recipient::processors(root),
        projections: category::projections(root),
        rules: retention::rules(root),
        rights: right::rights(root),
        acknowledged: right::acknowledged(root),
        tables: Tables::default(),
    }
}
