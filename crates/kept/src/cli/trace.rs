//! `kept trace`: everything that was done with a person's data (9d).

use std::fmt::Write as _;

use clap::Args;
use domain::{Fault, SubjectId};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use services::trace::{Trace as Whole, Traced};
use services::{Destination, Kept};

use super::options::{Place, person};
use super::{Context, Exit, OnInstallation};

const EXAMPLE: &str = "\
Example:
  kept trace 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D

Who, when, which act, for which purpose, on which basis, in which role, on which categories, under
which version of the policy. To show a trace is an act itself: it is the last line. What is past the
trace's own term is told no more, and its place in the journal stays proved.";

/// Shows what was done with a person's data.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Trace {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Trace {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let actor = context.actor(&self.place);
        let trace = kept.trace(self.person, &actor, Destination::Screen)?;
        let law = kept.law();
        let zone = law.in_force.zone();
        context.answer(|_| text(&trace, zone), || to_json(&trace, zone));
        Ok(Exit::Done)
    }
}

fn when(act: &Traced, zone: &TimeZone) -> String {
    act.at
        .display_with_offset(zone.to_offset(act.at))
        .to_string()
}

fn text(trace: &Whole, zone: &TimeZone) -> String {
    let mut text = String::new();
    for act in &trace.acts {
        let _ = write!(
            text,
            "{:>6}  {}  {:<18} {}",
            act.entry,
            zone.to_datetime(act.at).strftime("%Y-%m-%d %H:%M:%S"),
            act.act,
            act.account
        );
        for behind in &act.on_behalf_of {
            let _ = write!(text, " for {behind}");
        }
        text.push('\n');
        let mut words = Vec::new();
        let named = [
            ("purpose", act.purpose.as_deref()),
            ("basis", act.basis),
            ("as", act.recipient.as_deref()),
            ("role", act.role.as_deref()),
            ("from", act.origin.as_deref()),
            ("rule", act.rule.as_deref()),
        ];
        words.extend(
            named
                .into_iter()
                .filter_map(|(name, value)| Some(format!("{name} {}", value?))),
        );
        if !act.grounds.is_empty() {
            let grounds = act.grounds.iter().map(|(purpose, basis)| match basis {
                Some(basis) => format!("{purpose} ({basis})"),
                None => purpose.clone(),
            });
            words.push(format!(
                "held for {}",
                grounds.collect::<Vec<_>>().join(", ")
            ));
        }
        if !act.categories.is_empty() {
            words.push(act.categories.join(", "));
        }
        if act.records > 0 {
            words.push(super::quantity::counted(act.records, "record"));
        }
        if act.destination != "none" {
            words.push(format!("to {}", act.destination));
        }
        words.push(format!("policy version {}", act.policy_version));
        let _ = writeln!(text, "        {}", words.join("; "));
    }
    text
}

fn to_json(trace: &Whole, zone: &TimeZone) -> Value {
    let acts = trace.acts.iter().map(|act| {
        json!({
            "entry": act.entry,
            "at": when(act, zone),
            "act": act.act,
            "account": act.account,
            "actor": act.actor,
            "on-behalf-of": act.on_behalf_of,
            "purpose": act.purpose,
            "basis": act.basis,
            "grounds": act.grounds.iter().map(|(purpose, basis)| {
                json!({ "purpose": purpose, "basis": basis })
            }).collect::<Value>(),
            "recipient": act.recipient,
            "role": act.role,
            "origin": act.origin,
            "categories": act.categories,
            "records": act.records,
            "rule": act.rule,
            "destination": act.destination,
            "policy-version": act.policy_version,
        })
    });
    json!({ "acts": acts.collect::<Vec<_>>(), "receipt": trace.receipt })
}
