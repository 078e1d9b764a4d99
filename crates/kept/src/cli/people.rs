//! `kept people`: who there is, in clear: kinds, organisations, no value (1a).

use std::fmt::Write as _;

use clap::Args;
use domain::subject::Subject;
use domain::{Fault, Moment, SubjectId};
use policy::model::{KindId, Person, Policy};
use serde_json::{Value, json};
use services::{Destination, Kept};

use super::options::{Place, person};
use super::{Context, Exit, OnInstallation, names};

/// People that are looked at in one round.
const PEOPLE_AT_ONCE: u32 = 500;

const EXAMPLE: &str = "\
Examples:
  kept people --data D
  kept people --kind client --most 20 --data D

Identifiers, what kind of person each is today, and the organisations they belong to. No value is
opened: a name takes a role and a purpose (`kept read`). To list is in the journal too.";

/// Lists people in clear.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct People {
    /// Only people who are of this kind of the policy today
    #[arg(long, value_name = "NAME")]
    kind: Option<String>,

    /// List those that come after this one
    #[arg(long, value_name = "PERSON", value_parser = person)]
    after: Option<SubjectId>,

    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    most: u16,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for People {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let policy = law.policy();
        let kind = self.kind.as_deref();
        let kind = kind.map(|name| names::kind(policy, name)).transpose()?;
        let (found, moment) = self.found(kept, kind, context)?;
        let items = found.iter().map(|subject| one(subject, policy, moment));
        let items: Vec<Value> = items.collect();
        context.answer(|_| text(&items), || json!({ "people": items }));
        Ok(Exit::Done)
    }
}

impl People {
    fn found(
        &self,
        kept: &Kept,
        kind: Option<KindId>,
        context: &Context<'_>,
    ) -> Result<(Vec<Subject>, Moment), Fault> {
        let (mut after, most) = (self.after, usize::from(self.most));
        let actor = context.actor(&self.place);
        let mut found = Vec::new();
        loop {
            let at_once = match kind {
                Some(_) => PEOPLE_AT_ONCE,
                None => u32::from(self.most).min(PEOPLE_AT_ONCE),
            };
            let page = kept.list(after, at_once, None, &actor, Destination::Screen)?;
            after = page.next;
            let of_kind = page.people.into_iter().map(|one| one.subject);
            found.extend(of_kind.filter(|subject| {
                kind.is_none_or(|kind| kinds(subject, page.moment).any(|(one, _)| one == kind))
            }));
            if after.is_none() || found.len() >= most {
                found.truncate(most);
                return Ok((found, page.moment));
            }
        }
    }
}

/// What kinds a person is of today, each with the day since when.
fn kinds(subject: &Subject, moment: Moment) -> impl Iterator<Item = (KindId, jiff::civil::Date)> {
    let today = moment.today;
    subject
        .roles
        .iter()
        .filter(move |role| role.since <= today && role.until.is_none_or(|until| today <= until))
        .map(|role| (role.kind, role.since))
}

fn one(subject: &Subject, policy: &Policy, moment: Moment) -> Value {
    let today = moment.today;
    let belongs = subject
        .links
        .iter()
        .filter(|link| link.since <= today && link.until.is_none_or(|until| today <= until));
    json!({
        "person": subject.id.to_string(),
        "met": match subject.person {
            Some(Person::Private) => "private",
            Some(Person::Professional) => "professional",
            None => "unknown",
        },
        "kinds": kinds(subject, moment).map(|(kind, since)| json!({
            "kind": policy.kind(kind).name, "since": since.to_string(),
        })).collect::<Value>(),
        "organisations": belongs.map(|link| link.organisation.to_string()).collect::<Vec<_>>(),
    })
}

fn text(items: &[Value]) -> String {
    if items.is_empty() {
        return "nobody\n".to_owned();
    }
    let mut text = String::new();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for item in items {
        let kinds = item["kinds"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|kind| format!("{} since {}", word(&kind["kind"]), word(&kind["since"])));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let _ = write!(
            text,
            "{}  {kinds}; met: {}",
            word(&item["person"]),
            word(&item["met"])
        );
        for organisation in item["organisations"].as_array().into_iter().flatten() {
            let _ = write!(text, "; of organisation {}", word(organisation));
        }
        text.push('\n');
    }
    text
}
