//! `kept show`: what is known of a person without opening a value.

use std::fmt::Write as _;

use clap::Args;
use domain::subject::{Held, HoldScope, ObjectedTo, Subject};
use domain::term::{End, ground_end};
use domain::{Fault, Moment, SubjectId};
use jiff::Timestamp;
use policy::model::Person;
use serde_json::{Value, json};
use services::accept::Standing;
use services::{Destination, Kept, Law};

use super::options::{Place, person};
use super::read::until;
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept show 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D

Roles, facts, consents, objections, holds, and for each record why it is held and until when, with
their identifiers. No value is opened: that takes a role and a purpose (`kept read`).";

/// Shows a person in clear.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Show {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Show {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let shown = kept.show(
            self.person,
            &context.actor(&self.place),
            Destination::Screen,
        )?;
        let standings = kept.standings(&shown.subject)?;
        let law = kept.law();
        let made = Made {
            law: &law,
            subject: &shown.subject,
            standings: &standings,
            moment: shown.moment,
        };
        let whole = made.to_json();
        context.answer(|colour| text(&whole, colour), || whole.clone());
        Ok(Exit::Done)
    }
}

struct Made<'a> {
    law: &'a Law,
    subject: &'a Subject,
    standings: &'a [Standing],
    moment: Moment,
}

impl Made<'_> {
    fn when(&self, at: Timestamp) -> String {
        let zone = self.law.in_force.zone();
        at.display_with_offset(zone.to_offset(at)).to_string()
    }

    fn to_json(&self) -> Value {
        let (subject, policy) = (self.subject, self.law.policy());
        let purpose = |id| policy.purpose(id).name.as_str();
        json!({
            "person": subject.id.to_string(),
            "met": match subject.person {
                Some(Person::Private) => "private",
                Some(Person::Professional) => "professional",
                None => "unknown",
            },
            "roles": subject.roles.iter().map(|role| json!({
                "kind": policy.kind(role.kind).name,
                "since": role.since.to_string(),
                "until": role.until.map(|until| until.to_string()),
            })).collect::<Value>(),
            "organisations": subject.links.iter().map(|link| json!({
                "organisation": link.organisation.to_string(),
                "since": link.since.to_string(),
                "until": link.until.map(|until| until.to_string()),
            })).collect::<Value>(),
            "facts": subject.facts.iter().chain(&subject.organisation_facts).map(|fact| json!({
                "fact": fact.id.to_string(),
                "kind": policy.fact(fact.kind).name,
                "happened": self.when(fact.happened),
                "matter": fact.matter.map(|matter| matter.to_string()),
                "organisation": fact.organisation.map(|id| id.to_string()),
                "superseded": fact.superseded_by.is_some(),
            })).collect::<Value>(),
            "consents": subject.consents.iter().map(|one| json!({
                "consent": one.id.to_string(),
                "purpose": purpose(one.purpose),
                "channels": one.channels.iter()
                    .map(|id| policy.channel(id).name.as_str()).collect::<Vec<_>>(),
                "given": self.when(one.given),
                "withdrawn": one.withdrawn.map(|at| self.when(at)),
                "policy-version": one.policy_version,
                "proof": one.proof.map(|record| record.to_string()),
            })).collect::<Value>(),
            "accepted": self.standings.iter().map(|one| json!({
                "document": policy.document(one.acceptance.document).name,
                "version": one.acceptance.version,
                "on": self.when(one.acceptance.accepted),
                "asked-for-version": one.asked_for,
                "proof": one.acceptance.proof.to_string(),
            })).collect::<Value>(),
            "objections": subject.objections.iter().map(|one| json!({
                "objection": one.id.to_string(),
                "to": match one.to {
                    ObjectedTo::Canvassing => "canvassing",
                    ObjectedTo::Purpose(id) => purpose(id),
                },
                "made": self.when(one.made),
                "lifted": one.lifted.map(|at| self.when(at)),
            })).collect::<Value>(),
            "restrictions": subject.restrictions.iter().map(|one| json!({
                "restriction": one.id.to_string(),
                "since": self.when(one.since),
                "lifted": one.lifted.map(|at| self.when(at)),
            })).collect::<Value>(),
            "holds": subject.holds.iter().map(|one| json!({
                "hold": one.id.to_string(),
                "purpose": purpose(one.purpose),
                "scope": self.scope(one.scope),
                "placed": self.when(one.placed),
                "review": one.review.to_string(),
                "overdue": one.lifted.is_none() && one.review < self.moment.today,
                "lifted": one.lifted.map(|at| self.when(at)),
            })).collect::<Value>(),
            "told": subject.told.map(|told| json!({
                "version": told.version, "from": told.on.to_string(),
            })),
            "records": subject.records.iter().map(|held| self.record(held)).collect::<Value>(),
        })
    }

    fn scope(&self, scope: HoldScope) -> String {
        let policy = self.law.policy();
        match scope {
            HoldScope::Everything => "everything".to_owned(),
            HoldScope::Matter(matter) => format!("matter {matter}"),
            HoldScope::Categories(categories) => {
                let declared = policy.categories.len();
                let named = categories.iter().filter(|id| id.index() < declared);
                named
                    .map(|id| policy.category(id).name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            }
        }
    }

    fn record(&self, held: &Held) -> Value {
        let policy = self.law.policy();
        let grounds = held.grounds.iter().map(|ground| {
            let end = ground_end(&self.law.in_force, self.subject, held, ground, self.moment);
            let (until, rule) = match end {
                End::Lives { until: term, rule } => (
                    until(term, policy),
                    format!("retention {}", policy.rule(rule).name),
                ),
                End::Over { at, rule } => {
                    (format!("over since {}", self.when(at)), rule.name(policy))
                }
            };
            json!({
                "purpose": policy.purpose(ground.purpose).name,
                "as": policy.kind(ground.kind).name,
                "until": until,
                "rule": rule,
            })
        });
        json!({
            "record": held.id.to_string(),
            "category": policy.category(held.category).name,
            "collected": self.when(held.collected),
            "origin": policy.origin(held.origin).name,
            "brought-by": held.brought_by.as_str(),
            "processor": held.processor.map(|id| policy.processor(id).name.as_str()),
            "matter": held.matter.map(|matter| matter.to_string()),
            "policy-version": held.policy_version,
            "grounds": grounds.collect::<Value>(),
        })
    }
}

/// The same for people: a heading for each list that has something in it.
fn text(whole: &Value, colour: bool) -> String {
    let mut text = String::new();
    for (name, value) in whole.as_object().into_iter().flatten() {
        match value {
            Value::Array(items) if items.is_empty() => {}
            Value::Null => {}
            Value::Array(items) => {
                let _ = writeln!(text, "{}", Paint::Bold.on(name, colour));
                for item in items {
                    lines(item, 1, &mut text);
                }
            }
            other => {
                let _ = writeln!(text, "{} {}", Paint::Bold.on(name, colour), word(other));
            }
        }
    }
    text
}

/// One item: its words on one line, what is nested on lines below.
fn lines(item: &Value, depth: usize, text: &mut String) {
    let Some(object) = item.as_object() else {
        return;
    };
    let plain: Vec<String> = object
        .iter()
        .filter(|(_, value)| !value.is_null() && !value.is_array() && *value != &json!(false))
        .map(|(name, value)| match (name.as_str(), word(value)) {
            // A term says itself how it ends: `through`, `waits for`, `over since`.
            ("until", term) if !term.starts_with(|c: char| c.is_ascii_digit()) => term,
            (name, word) => format!("{name} {word}"),
        })
        .collect();
    let _ = writeln!(text, "{}{}", "  ".repeat(depth), plain.join(", "));
    for nested in object.values().filter_map(Value::as_array).flatten() {
        if nested.is_object() {
            lines(nested, depth + 1, text);
        }
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| format!("{name} {}", word(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}
