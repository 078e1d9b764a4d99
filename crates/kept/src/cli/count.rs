//! `kept count`: how many people and records there are, of which category and kind (5a).

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use policy::model::Policy;
use serde_json::{Value, json};
use services::Kept;
use services::count::Counted;

use super::options::Place;
use super::{Context, Exit, OnInstallation};

const EXAMPLE: &str = "\
Example:
  kept count --data D

Each category with the kinds of person that it is held for. To count is in the journal too.";

/// Counts what is held.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Count {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Count {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let counted = kept.count(&context.actor(&self.place))?;
        let law = kept.law();
        context.answer(
            |_| text(&counted, law.policy()),
            || to_json(&counted, law.policy()),
        );
        Ok(Exit::Done)
    }
}

fn text(counted: &Counted, policy: &Policy) -> String {
    let mut text = format!(
        "{:<26} {:<14} {:>9} {:>9}\n",
        "category", "kind", "people", "records"
    );
    for ((category, kind), (people, records)) in &counted.cells {
        let (category, kind) = (policy.category(*category), policy.kind(*kind));
        let _ = writeln!(
            text,
            "{:<26} {:<14} {people:>9} {records:>9}",
            category.name, kind.name
        );
    }
    let _ = writeln!(text, "{:<41} {:>9}", "people in all", counted.people);
    for (kind, people) in &counted.kinds {
        let _ = writeln!(text, "  {:<39} {people:>9}", policy.kind(*kind).name);
    }
    text
}

fn to_json(counted: &Counted, policy: &Policy) -> Value {
    let cells = counted
        .cells
        .iter()
        .map(|((category, kind), (people, records))| {
            json!({
                "category": policy.category(*category).name,
                "kind": policy.kind(*kind).name,
                "people": people,
                "records": records,
            })
        });
    let kinds = counted.kinds.iter();
    json!({
        "people": counted.people,
        "kinds": kinds.map(|(kind, people)| json!({
            "kind": policy.kind(*kind).name, "people": people,
        })).collect::<Value>(),
        "categories": cells.collect::<Value>(),
        "receipt": counted.receipt,
    })
}
