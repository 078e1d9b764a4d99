//! Recipients, what they may read, and processors.

use super::Sort;
use super::category::uses_of;
use super::reader::Reader;
use crate::model::{Processor, Purpose, PurposeId, Recipient, Transfer, Use};
use crate::tree::{Node, Value, element};

pub(super) fn recipients(root: &Reader<'_>, purposes: &[Purpose]) -> Vec<Recipient> {
    root.section(Sort::Recipient)
        .into_iter()
        .map(|(name, reader)| recipient(name, reader, purposes))
        .collect()
}

fn recipient(name: String, reader: Reader<'_>, purposes: &[Purpose]) -> Recipient {
    if !reader.has("internal") {
        reader.missing("internal", "internal = true");
    }
    let recipient = Recipient {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        internal: reader.boolean("internal"),
        reads: reader
            .table("reads")
            .map_or_else(Vec::new, |table| reads(&table, purposes)),
        transfer: transfer(&reader),
    };
    reader.finish();
    recipient
}

/// What is read for each purpose: a list, or all that the purpose uses.
fn reads(reader: &Reader<'_>, purposes: &[Purpose]) -> Vec<(PurposeId, Vec<Use>)> {
    reader
        .pairs()
        .filter_map(|(name, node)| {
            let path = reader.at(name);
            let purpose = key_names_purpose(reader, &path, name);
            let all = purpose
                .and_then(|id| purposes.get(id.index()))
                .map(|p| p.uses.clone());
            let uses = read_list(reader, &path, node, all.unwrap_or_default());
            Some((purpose?, uses?))
        })
        .collect()
}

fn key_names_purpose(reader: &Reader<'_>, path: &str, name: &str) -> Option<PurposeId> {
    let place = Node {
        span: reader.context.places.key(path),
        value: Value::Boolean(true),
    };
    reader
        .resolve(path, &place, name, Sort::Purpose)
        .map(PurposeId)
}

fn read_list(reader: &Reader<'_>, path: &str, node: &Node, all: Vec<Use>) -> Option<Vec<Use>> {
    match &node.value {
        Value::Text(text) if text == "all" => Some(all),
        Value::List(items) => {
            let texts = items
                .iter()
                .enumerate()
                .filter_map(|(number, item)| {
                    let path = element(path, number, item);
                    match &item.value {
                        Value::Text(text) => Some((path, item, text.as_str())),
                        _ => {
                            reader.wrong_type(&path, item, "a category or one field of it");
                            None
                        }
                    }
                })
                .collect();
            Some(uses_of(reader, texts))
        }
        _ => {
            reader.wrong_type(path, node, "`\"all\"` or a list of categories and fields");
            None
        }
    }
}

pub(super) fn processors(root: &Reader<'_>) -> Vec<Processor> {
    root.section(Sort::Processor)
        .into_iter()
        .map(|(name, reader)| {
            let processor = Processor {
                name,
                was: reader.was(),
                title: reader.wording("title"),
                about: reader.wording("about"),
                transfer: transfer(&reader),
            };
            reader.finish();
            processor
        })
        .collect()
}

fn transfer(reader: &Reader<'_>) -> Option<Transfer> {
    let reader = reader.table("transfer")?;
    let transfer = Transfer {
        country: reader.required_text("country"),
        safeguard: reader.wording("safeguard"),
    };
    reader.finish();
    Some(transfer)
}
