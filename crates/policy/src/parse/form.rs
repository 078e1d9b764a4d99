//! Forms: what is asked of whom, and what for.

use super::Sort;
use super::category::one_use;
use super::reader::Reader;
use crate::diagnostics::Code;
use crate::model::{Asked, FieldId, Form, KindId, OriginId, PurposeId, SpanId};

pub(super) fn forms(root: &Reader<'_>) -> Vec<Form> {
    root.section(Sort::Form).into_iter().map(form).collect()
}

fn form((name, reader): (String, Reader<'_>)) -> Form {
    for (key, example) in [
        ("kinds", "kinds = [\"contact\"]"),
        ("purposes", "purposes = [\"questions\"]"),
        ("origin", "origin = \"electronic-form\""),
    ] {
        if !reader.has(key) {
            reader.missing(key, example);
        }
    }
    let mut asks = asked(&reader, "required", true);
    if_left_out_is_said(&reader, !asks.is_empty());
    asks.extend(asked(&reader, "optional", false));
    let kinds = reader.references("kinds", Sort::Kind);
    let purposes = reader.references("purposes", Sort::Purpose);
    let form = Form {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        about: reader.wording("about"),
        kinds: kinds.map_or_else(Default::default, |kinds| {
            kinds.ids.into_iter().map(KindId).collect()
        }),
        purposes: purposes.map_or_else(Default::default, |purposes| {
            purposes.ids.into_iter().map(PurposeId).collect()
        }),
        origin: OriginId(reader.reference("origin", Sort::Origin).unwrap_or_default()),
        during: reader.reference("during", Sort::Span).map(SpanId),
        asks,
        if_left_out: reader.optional_wording("if-left-out"),
    };
    reader.finish();
    form
}

/// The fields that a list of categories and fields asks for.
fn asked(reader: &Reader<'_>, key: &'static str, required: bool) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (place, (path, node, text)) in reader.texts(key).into_iter().enumerate() {
        let Some(used) = one_use(reader, &path, node, text) else {
            continue;
        };
        let meant = (0..64u8).filter(|field| used.fields & (1 << field) != 0);
        asked.extend(meant.map(|field| Asked {
            field: FieldId {
                category: used.category,
                field,
            },
            required,
            place,
        }));
    }
    asked
}

/// 18b: where an answer is compulsory, people are told what follows when they leave it out.
fn if_left_out_is_said(reader: &Reader<'_>, some_required: bool) {
    if some_required && !reader.has("if-left-out") {
        let message = format!(
            "`{}` does not say what follows without an answer",
            reader.path
        );
        reader.context.report(
            reader
                .context
                .at_key(Code::MissingWording, &reader.path, message)
                .help(
                    "add `if-left-out = { en = \"...\", fr = \"...\" }` for the compulsory answers",
                ),
        );
    }
}
