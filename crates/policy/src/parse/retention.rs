//! Retention rules.

use super::Sort;
use super::reader::Reader;
use crate::diagnostics::Code;
use crate::model::{
    Anchor, CategoryId, CategorySet, FactId, KindId, KindSet, Limit, Precision, ProjectionId,
    PurposeId, PurposeSet, RetentionRule, SpanId, TermSource, Then, Wording,
};
use crate::parse::names::NAMES_MAX;
use crate::tree::Node;

pub(super) fn rules(root: &Reader<'_>) -> Vec<RetentionRule> {
    let rules: Vec<RetentionRule> = root
        .tables("retention")
        .into_iter()
        .take(NAMES_MAX)
        .map(rule)
        .collect();
    if rules.is_empty() && !root.has("retention") {
        root.missing("retention", "[[retention]]");
    }
    rules
}

fn rule(reader: Reader<'_>) -> RetentionRule {
    if !reader.has("keep") {
        reader.missing("keep", "keep = \"5 years\"");
    }
    let rule = RetentionRule {
        name: reader.required_text("name"),
        was: reader.was(),
        title: reader.wording("title"),
        kinds: covered(&reader, "kinds", Sort::Kind)
            .map(KindId)
            .collect::<KindSet>(),
        categories: covered(&reader, "categories", Sort::Category)
            .map(CategoryId)
            .collect::<CategorySet>(),
        purposes: covered(&reader, "purposes", Sort::Purpose)
            .map(PurposeId)
            .collect::<PurposeSet>(),
        during: reader.reference("during", Sort::Span).map(SpanId),
        keep: reader.duration("keep").unwrap_or_default(),
        from: anchors(&reader),
        at_most: limit(&reader, "at-most"),
        at_least: limit(&reader, "at-least"),
        then: then(&reader),
        source: source(&reader),
        ours: reader.boolean("ours"),
        precision: Precision {
            purposes: reader.has("purposes"),
            kinds: reader.has("kinds"),
            categories: reader.has("categories"),
        },
    };
    reader.finish();
    rule
}

/// What a rule covers in one respect: what it names, or everything if it names nothing.
fn covered(reader: &Reader<'_>, key: &'static str, sort: Sort) -> impl Iterator<Item = u8> {
    match reader.references(key, sort) {
        Some(named) => named.ids,
        None => (0u8..)
            .take(reader.context.names.list(sort).len())
            .collect(),
    }
    .into_iter()
}

fn anchors(reader: &Reader<'_>) -> Vec<Anchor> {
    if !reader.has("from") {
        reader.missing("from", "from = [\"collection\"]");
    }
    reader
        .texts("from")
        .into_iter()
        .filter_map(|(path, node, text)| anchor(reader, &path, node, text))
        .collect()
}

fn anchor(reader: &Reader<'_>, path: &str, node: &Node, text: &str) -> Option<Anchor> {
    if text == "collection" {
        return Some(Anchor::Collection);
    }
    if let Some(span) = text.strip_prefix("end-of:") {
        return reader
            .resolve(path, node, span, Sort::Span)
            .map(|id| Anchor::EndOf(SpanId(id)));
    }
    if reader.context.names.find(Sort::Fact, text).is_none() {
        let mut known = reader.context.names.list(Sort::Fact).to_vec();
        known.push("collection".to_owned());
        known.extend(
            reader
                .context
                .names
                .list(Sort::Span)
                .iter()
                .map(|s| format!("end-of:{s}")),
        );
        reader.unknown_name(path, node, text, "fact", &known);
        return None;
    }
    reader
        .resolve(path, node, text, Sort::Fact)
        .map(|id| Anchor::Fact(FactId(id)))
}

fn limit(reader: &Reader<'_>, key: &'static str) -> Option<Limit> {
    let reader = reader.table(key)?;
    if !reader.has("keep") {
        reader.missing("keep", "keep = \"5 years\"");
    }
    let limit = Limit {
        keep: reader.duration("keep").unwrap_or_default(),
        from: anchors(&reader),
        law: reader.wording("law"),
    };
    reader.finish();
    Some(limit)
}

fn then(reader: &Reader<'_>) -> Then {
    if !reader.has("then") {
        reader.missing("then", "then = \"delete\"");
    }
    let Some(text) = reader.text("then") else {
        return Then::Delete;
    };
    let path = reader.at("then");
    let Some(node) = reader.get("then") else {
        return Then::Delete;
    };
    match text.strip_prefix("anonymise:") {
        Some(name) => reader
            .resolve(&path, node, name, Sort::Projection)
            .map_or(Then::Delete, |id| Then::Anonymise(ProjectionId(id))),
        None => reader
            .listed_word(
                &path,
                node,
                &text,
                &[("delete", Then::Delete)],
                "write `delete`, or `anonymise:PROJECTION`",
            )
            .unwrap_or(Then::Delete),
    }
}

fn source(parent: &Reader<'_>) -> TermSource {
    let Some(reader) = parent.table("source") else {
        parent.missing(
            "source",
            "source = { need = { en = \"...\", fr = \"...\" } }",
        );
        return TermSource::Need(Wording::default());
    };
    let law = reader.optional_wording("law");
    let contract = reader.optional_wording("contract");
    let need = reader.optional_wording("need");
    let source = match (law, contract, need) {
        (Some(law), None, None) => TermSource::Law(law),
        (None, Some(contract), None) => TermSource::Contract(contract),
        (None, None, Some(need)) => TermSource::Need(need),
        (None, None, None) => {
            reader.missing("need", "need = { en = \"...\", fr = \"...\" }");
            TermSource::Need(Wording::default())
        }
        _ => {
            let message = "a term comes from one source: law, contract or need";
            reader.context.report(
                reader
                    .context
                    .at_key(Code::UnknownKey, &reader.path, message)
                    .help("keep the strongest of them: law before contract before need"),
            );
            TermSource::Need(Wording::default())
        }
    };
    reader.finish();
    source
}
