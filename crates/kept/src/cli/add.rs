//! `kept add`: data keyed in by hand (6a).

use clap::{Args, ValueEnum};
use domain::collect::Collection;
use domain::{Fault, MatterId, RecordId, SubjectId};
use jiff::civil::DateTime;
use policy::model::{CategoryId, Person, Policy, PurposeSet};
use serde_json::json;
use services::Kept;
use services::collect::{NewData, NewPerson};

use super::options::{Changing, Place, moment, person};
use super::values::Values;
use super::{Context, Exit, OnInstallation, acted, names};

const EXAMPLE: &str = "\
Examples:
  kept add --kind contact --purpose contact-relations --origin business-card \\
    --met professional --fields card.txt --data D
  kept add --to 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --kind client --purpose payment \\
    --origin order-form --matter 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f --fields iban.txt --data D

card.txt has a line for each value, such as `identity.surname=Vasseur`. Each category becomes a
record of its own. Whatever the policy does not allow is refused with the rule, and nothing of it is
stored.";

/// Takes data about one person in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Add {
    /// A person who is known already; left out: a new one
    #[arg(long, value_name = "PERSON", value_parser = person)]
    to: Option<SubjectId>,

    /// As what kind of person they are met: a kind of the policy
    #[arg(long, value_name = "NAME")]
    kind: String,

    /// What the data is for: a purpose of the policy; may be repeated
    #[arg(long = "purpose", value_name = "NAME", required = true)]
    purposes: Vec<String>,

    /// Where it comes from: an origin of the policy
    #[arg(long, value_name = "NAME")]
    origin: String,

    /// Whether a new person is met as a private person or at work; private, if left out
    #[arg(long, value_enum, conflicts_with = "to")]
    met: Option<Met>,

    /// When it was collected, in the controller's time zone; now, if left out
    #[arg(long, value_name = "DATE-TIME")]
    collected: Option<DateTime>,

    /// The contract, debit or dispute that it belongs to
    #[arg(long, value_name = "MATTER")]
    matter: Option<MatterId>,

    /// Who carries the processing out, if it is not the controller: a processor of the policy
    #[arg(long, value_name = "NAME")]
    processor: Option<String>,

    /// A record of the person that this was derived from by analysis; may be repeated. It falls
    /// with it
    #[arg(long, value_name = "RECORD", requires = "to")]
    derived_from: Vec<RecordId>,

    #[command(flatten)]
    values: Values,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// How a person is met.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Met {
    /// As a private person
    Private,
    /// At work
    Professional,
}

impl From<Met> for Person {
    fn from(met: Met) -> Self {
        match met {
            Met::Private => Self::Private,
            Met::Professional => Self::Professional,
        }
    }
}

impl OnInstallation for Add {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let records = self.records(kept, &acting, context)?;
        let count = records.len();
        let (id, done) = match self.to {
            Some(id) => (id, kept.add_records(id, records, &acting)?),
            None => {
                let new = NewPerson {
                    person: self.met.map(Person::from),
                    records,
                };
                kept.add_person(new, &acting)?
            }
        };
        let sentence = format!("{} of person {id}", acted::counted(count, "record"));
        let more = [("person", json!(id.to_string())), ("records", json!(count))];
        acted::show(&done, acting.dry_run, &sentence, &more, context);
        Ok(Exit::Done)
    }
}

impl Add {
    fn records(
        &self,
        kept: &Kept,
        acting: &services::Acting,
        context: &Context<'_>,
    ) -> Result<Vec<NewData>, Fault> {
        let law = kept.law();
        let policy = law.policy();
        let stated = names::purposes(policy, &self.purposes)?;
        let kind = names::kind(policy, &self.kind)?;
        let origin = names::origin(policy, &self.origin)?;
        let processor = self.processor.as_deref();
        let processor = processor
            .map(|name| names::processor(policy, name))
            .transpose()?;
        let collected = match self.collected {
            Some(at) => moment(kept, at)?,
            None => kept.moment()?.now,
        };
        let values = self.values.by_category(policy, context.io)?;
        let categories: Vec<CategoryId> = values.keys().copied().collect();
        Ok(values
            .into_iter()
            .map(|(category, given)| NewData {
                derived_from: self.derived_from.clone(),
                collection: Collection {
                    category,
                    fields: given.fields,
                    origin,
                    brought_by: acting.actor.account.clone(),
                    purposes: shared(policy, stated, category, &categories),
                    kind,
                    matter: self.matter,
                    processor,
                    collected,
                    approved: false,
                },
                values: given.values,
                unique: None,
            })
            .collect())
    }
}

/// The stated purposes that use a category. A purpose that uses none of what was given is stated
/// for the first, so that the refusal names it; a category that none uses likewise.
fn shared(
    policy: &Policy,
    stated: PurposeSet,
    category: CategoryId,
    given: &[CategoryId],
) -> PurposeSet {
    let users = |category: CategoryId| policy.tables.used_by[category.index()];
    let mut purposes = stated.and(users(category));
    let idle = stated
        .iter()
        .filter(|purpose| given.iter().all(|one| !users(*one).contains(*purpose)));
    if given.first() == Some(&category) {
        for purpose in idle {
            purposes.insert(purpose);
        }
    }
    if purposes.is_empty() {
        stated
    } else {
        purposes
    }
}
