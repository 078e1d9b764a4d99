//! `kept keys algorithms`: the published order (21f).

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use domain::algorithm::{Algorithm, RANKED, Use};
use serde_json::json;

use crate::cli::{Alone, Context, Exit};

/// Lists the algorithms that Kept knows.
#[derive(Debug, Args)]
pub(super) struct Algorithms {}

impl Alone for Algorithms {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        context.answer(
            |_| text(),
            || {
                let ranked: Vec<_> = RANKED.iter().map(as_json).collect();
                let floors: serde_json::Map<_, _> = Use::ALL
                    .iter()
                    .map(|used| (used.name().to_owned(), json!(used.least().0)))
                    .collect();
                json!({ "algorithms": ranked, "floors": floors })
            },
        );
        Ok(Exit::Done)
    }
}

fn as_json(one: &Algorithm) -> serde_json::Value {
    json!({
        "number": one.number,
        "name": one.name,
        "rank": one.rank.0,
        "uses": names(one),
        "source": one.source,
        "named-in": one.named_in,
    })
}

fn names(one: &Algorithm) -> Vec<&'static str> {
    one.uses.iter().map(|used| used.name()).collect()
}

fn text() -> String {
    let mut text = String::from("number  rank  algorithm        used to               source\n");
    for one in &RANKED {
        let uses = match one.uses {
            [] => "nothing: refused".to_owned(),
            _ => names(one).join(", "),
        };
        let _ = writeln!(
            text,
            "{:>6}  {:>4}  {:<15}  {uses:<20}  {}",
            one.number, one.rank.0, one.title, one.source
        );
    }
    let floors: Vec<String> = Use::ALL
        .iter()
        .map(|used| format!("{} {}", used.name(), used.least().0))
        .collect();
    let _ = writeln!(text, "\nnothing is let in below: {}", floors.join(", "));
    text
}
