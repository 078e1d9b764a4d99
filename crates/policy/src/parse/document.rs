//! The documents that a policy declares, and how their acceptance is kept; and the file of one
//! version of a document.

use jiff::civil::date;

use super::Sort;
use super::reader::Reader;
use crate::diagnostics::Code;
use crate::model::{Acceptances, Audience, CategoryId, Document, Edition, FieldId};

const AUDIENCES: &[(&str, Audience)] = &[("people", Audience::People), ("staff", Audience::Staff)];

pub(super) fn documents(root: &Reader<'_>) -> Vec<Document> {
    root.section(Sort::Document)
        .into_iter()
        .map(|(name, reader)| {
            let document = Document {
                name,
                was: reader.was(),
                title: reader.wording("title"),
                audience: reader.word("for", AUDIENCES).unwrap_or_default(),
            };
            reader.finish();
            document
        })
        .collect()
}

pub(super) fn acceptances(root: &Reader<'_>) -> Option<Acceptances> {
    let reader = root.table("acceptances")?;
    if !reader.has("category") {
        reader.missing("category", "category = \"...\"");
    }
    let category = reader.reference("category", Sort::Category).map(CategoryId);
    let field = |key| {
        let example = format!("{key} = \"...\"");
        if !reader.has(key) {
            reader.missing(key, &example);
        }
        field_of(&reader, category?, key)
    };
    let (document, version) = (field("document"), field("version"));
    let (at, digest) = (field("at"), field("digest"));
    let acceptances = (|| {
        Some(Acceptances {
            category: category?,
            document: document?,
            version: version?,
            at: at?,
            digest: digest?,
        })
    })();
    reader.finish();
    acceptances
}

/// The field of a category that a key names.
fn field_of(reader: &Reader<'_>, category: CategoryId, key: &'static str) -> Option<FieldId> {
    let node = reader.get(key)?;
    let name = reader.text(key)?;
    let names = &reader.context.names;
    let found = names.field(category, &name);
    if found.is_none() {
        let known = names.fields(category);
        reader.unknown_name(
            &reader.at(key),
            node,
            &name,
            "field of that category",
            known,
        );
    }
    found
}

/// One version of a document, from its file.
pub(super) fn edition(root: &Reader<'_>) -> Edition {
    let reader = root.required_table("document");
    let name = reader.required_text("name");
    let version = super::house::version(&reader, "a document");
    if !reader.has("published") {
        reader.missing("published", "published = 2026-01-05");
    }
    let published = reader.date("published").unwrap_or_else(|| date(1970, 1, 1));
    let reason = reader.optional_wording("reason");
    if version > 1 && reason.is_none() {
        reader.missing("reason", "reason = { en = \"...\", fr = \"...\" }");
    }
    let accept_again = reader.boolean("accept-again");
    if version == 1 && accept_again {
        let path = reader.at("accept-again");
        let message = "nobody has accepted a version before the first";
        reader.context.report(
            reader
                .context
                .at_value(Code::EditionOutOfOrder, &path, message)
                .help("take `accept-again` away"),
        );
    }
    let edition = Edition {
        name,
        version,
        published,
        reason,
        accept_again,
        title: reader.wording("title"),
        text: reader.wording("text"),
    };
    reader.finish();
    edition
}
