//! `kept read`: a person, as a recipient, for a purpose.

use std::fmt::Write as _;

use clap::Args;
use domain::decide::{Request, Withheld};
use domain::term::{Awaited, Term};
use domain::{Fault, SubjectId, Terms};
use policy::authorisation::words::sentence;
use policy::model::{CategoryId, CategorySet, FieldId, Language, Policy};
use policy::words;
use serde_json::{Value, json};
use services::read::Reading as Got;
use services::{Destination, Kept, Opened, Who};

use super::options::{Place, Reading, person};
use super::{Context, Exit, OnInstallation, invalid, names};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept read 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --recipient marketing \\
    --purpose newsletters --data D
  kept read 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --role canvassing --purpose quotations --data D

What the recipient may not read for the purpose is withheld, with the rule that says so; so is what
the role is not granted, where one is named. A read that gives nothing is refused with exit code 3.
Both are in the journal.";

/// Reads a person.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Read {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// The channel through which the person is to be reached, if any
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,

    /// Only these categories of the policy; may be repeated
    #[arg(long = "category", value_name = "NAME")]
    categories: Vec<String>,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Read {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let policy = law.policy();
        let channel = self.channel.as_deref();
        let actor = context.actor(&self.place);
        let duty = match &self.reading.role {
            None => None,
            Some(name) => {
                let duty = kept.access().duty(Who::CommandLine(&actor), name)?;
                Some(duty.about(self.reading.matter))
            }
        };
        let recipient = match (&self.reading.recipient, &duty) {
            (_, Some(duty)) => duty.role().recipient(&law)?,
            (Some(name), None) => names::recipient(policy, name)?,
            (None, None) => return Err(invalid("neither a recipient nor a role was named")),
        };
        let request = Request {
            recipient,
            purpose: names::purpose(policy, &self.reading.purpose)?,
            channel: channel
                .map(|name| names::channel(policy, name))
                .transpose()?,
            categories: match self.categories.as_slice() {
                [] => CategorySet(u128::MAX),
                some => names::categories(policy, some)?,
            },
        };
        let got = match &duty {
            None => kept.read(self.person, request, &actor, Destination::Screen)?,
            Some(duty) => kept.read_as(self.person, request, duty, Destination::Screen)?,
        };
        let terms = law.terms();
        context.answer(|colour| text(&got, terms, colour), || to_json(&got, terms));
        Ok(Exit::Done)
    }
}

fn text(got: &Got, terms: Terms<'_>, colour: bool) -> String {
    let policy = terms.policy;
    let mut text = String::new();
    // As the policy lists its categories: records of one moment have no order of their own.
    let mut opened: Vec<_> = got.opened.iter().enumerate().collect();
    opened.sort_by_key(|(_, one)| one.permitted.category.index());
    for (place, one) in opened {
        let category = policy.category(one.permitted.category);
        let _ = writeln!(text, "{}", Paint::Bold.on(&category.title.en, colour));
        for (field, value) in values(one, policy) {
            let _ = writeln!(text, "  {:<28} {value}", policy.field(field).title.en);
        }
        let basis = words::basis(policy, one.permitted.basis, Language::En);
        let until = until(one.permitted.until, policy);
        let _ = writeln!(text, "  basis: {basis}; {until}");
        if let Some(reason) = granted(got, place, terms) {
            let _ = writeln!(text, "  {reason}");
        }
    }
    for one in &got.withheld {
        let _ = writeln!(
            text,
            "{} {}: {} ({})",
            Paint::Advice.on("withheld", colour),
            withheld(one, policy).join(", "),
            one.rule.sentence(terms, Language::En),
            one.rule.name(terms)
        );
    }
    let _ = writeln!(text, "entry {} of the journal", got.receipt);
    text
}

/// Why a record is open to the role that it was read in: the grant, in words.
fn granted(got: &Got, place: usize, terms: Terms<'_>) -> Option<String> {
    let reach = got.granted.get(place)?;
    let authorisation = terms.authorisation?;
    let why = sentence(authorisation, terms.policy, reach, Language::En);
    Some(format!(
        "{why} (roles.{}.grants)",
        authorisation.role(reach.role).name
    ))
}

fn to_json(got: &Got, terms: Terms<'_>) -> Value {
    let policy = terms.policy;
    let records: Vec<Value> = got
        .opened
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let values: serde_json::Map<String, Value> = values(one, policy)
                .map(|(field, value)| (policy.field(field).name.clone(), json!(value)))
                .collect();
            json!({
                "record": one.permitted.record.to_string(),
                "category": policy.category(one.permitted.category).name,
                "values": values,
                "basis": words::basis(policy, one.permitted.basis, Language::En),
                "rule": one.permitted.rule.map(|rule| &policy.rule(rule).name),
                "until": until(one.permitted.until, policy),
                "granted": granted(got, place, terms),
            })
        })
        .collect();
    let withheld: Vec<Value> = got
        .withheld
        .iter()
        .map(|one| {
            json!({
                "record": one.record.to_string(),
                "category": policy.category(one.category).name,
                "fields": withheld(one, policy),
                "rule": one.rule.name(terms),
                "why": one.rule.sentence(terms, Language::En),
            })
        })
        .collect();
    json!({ "records": records, "withheld": withheld, "receipt": got.receipt })
}

fn values<'a>(
    one: &'a Opened,
    policy: &Policy,
) -> impl Iterator<Item = (FieldId, String)> + use<'a> {
    let category = one.permitted.category;
    debug_assert!(category.index() < policy.categories.len());
    let values = one.values.disclose().0.iter();
    values.map(move |(field, value)| {
        let field = FieldId {
            category,
            field: *field,
        };
        (field, value.display())
    })
}

/// What of a record is withheld: its fields, or the category where it has none.
fn withheld(one: &Withheld, policy: &Policy) -> Vec<String> {
    let category: CategoryId = one.category;
    let fields = &policy.category(category).fields;
    let named: Vec<String> = (0..fields.len())
        .filter(|place| one.fields & 1 << place != 0)
        .map(|place| format!("{}.{}", policy.category(category).name, fields[place].name))
        .collect();
    match named.is_empty() {
        true => vec![policy.category(category).name.clone()],
        false => named,
    }
}

/// Until when something is held, in words.
pub(super) fn until(term: Term, policy: &Policy) -> String {
    match term {
        Term::Through(day) => format!("through {day}"),
        Term::Waits(Awaited::Fact(fact)) => format!("waits for {}", policy.fact(fact).name),
        Term::Waits(Awaited::EndOf(span)) => {
            format!("waits for the end of {}", policy.span(span).name)
        }
        Term::Held(Some(day)) => format!("held, looked at again on {day}"),
        Term::Held(None) => "restricted".to_owned(),
    }
}
