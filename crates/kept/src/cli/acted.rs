//! How the outcome of an act on a person is shown.

use domain::act::Change;
use serde_json::{Map, Value, json};
use services::act::Acted;

use super::Context;
use super::quantity::counted;
use crate::io::colour::Paint;

/// Shows what an act did: `done` is the sentence for people, `more` what else programs get.
pub(super) fn show(
    acted: &Acted,
    dry_run: bool,
    done: &str,
    more: &[(&str, Value)],
    context: &mut Context<'_>,
) {
    context.answer(
        |colour| text(acted, dry_run, done, colour),
        || to_json(acted, dry_run, more),
    );
}

fn text(acted: &Acted, dry_run: bool, done: &str, colour: bool) -> String {
    let begin = if dry_run { "would be done:" } else { "done:" };
    let mut text = format!("{} {done}\n", Paint::Good.on(begin, colour));
    let ended = ended(acted);
    if ended > 0 {
        text.push_str(&format!("  {} ended\n", counted(ended, "ground")));
    }
    let gone = acted.destroyed.len();
    if gone > 0 {
        let verb = if dry_run {
            "would be destroyed"
        } else {
            "destroyed"
        };
        let records = counted(gone, "record");
        text.push_str(&format!(
            "  {records} {verb}: nothing keeps them any more\n"
        ));
    }
    if let Some(receipt) = acted.receipt {
        text.push_str(&format!("  entry {} of the journal\n", receipt.entry));
    }
    text
}

fn to_json(acted: &Acted, dry_run: bool, more: &[(&str, Value)]) -> Value {
    let mut object: Map<String, Value> = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    object.insert("dry-run".to_owned(), json!(dry_run));
    object.insert("ended".to_owned(), json!(ended(acted)));
    object.insert("destroyed".to_owned(), json!(acted.destroyed.len()));
    let receipt = acted.receipt.map(|receipt| receipt.entry);
    object.insert("receipt".to_owned(), json!(receipt));
    Value::Object(object)
}

fn ended(acted: &Acted) -> usize {
    let changes = acted.effects.changes.iter();
    changes
        .filter(|change| matches!(change, Change::GroundEnded { .. }))
        .count()
}
