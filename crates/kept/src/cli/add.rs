//! `kept add`: data keyed in by hand (6a).

use clap::{Args, ValueEnum};
use domain::collect::Collection;
use domain::{Fault, MatterId, RecordId, SubjectId};
use jiff::civil::DateTime;
use policy::model::{CategoryId, FieldId, FormId, Person, Policy};
use serde_json::json;
use services::Kept;
use services::collect::{NewData, NewPerson};
use services::form::{Brought, answered, brought, shared};

use super::options::{Changing, Place, moment, person};
use super::values::{Given, Values};
use super::{Context, Exit, OnInstallation, acted, invalid, names, quantity};

const EXAMPLE: &str = "\
Examples:
  kept add --kind contact --purpose contact-relations --origin business-card \\
    --met professional --fields card.txt --data D
  kept add --form business-card --met professional --fields card.txt --data D
  kept add --to 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --kind client --purpose payment \\
    --origin order-form --matter 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f --fields iban.txt --data D

card.txt has a line for each value, such as `identity.surname=Vasseur`. Each category becomes a
record of its own. A form of the policy says kind, purposes and origin, and takes what it asks for:
`kept register` lists the forms with what is compulsory on each. Whatever the policy does not allow
is refused with the rule, and nothing of it is stored.";

/// Takes data about one person in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Add {
    /// A person who is known already; left out: a new one
    #[arg(long, value_name = "PERSON", value_parser = person)]
    to: Option<SubjectId>,

    /// The form that it was filled in on: a form of the policy, which says the purposes, the origin
    /// and, if it is for one alone, the kind
    #[arg(long, value_name = "NAME", conflicts_with_all = ["purposes", "origin", "derived_from"])]
    form: Option<String>,

    /// As what kind of person they are met: a kind of the policy
    #[arg(long, value_name = "NAME")]
    kind: Option<String>,

    /// What the data is for: a purpose of the policy; may be repeated
    #[arg(long = "purpose", value_name = "NAME")]
    purposes: Vec<String>,

    /// Where it comes from: an origin of the policy
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,

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
        let records = self.records(kept, &acting, context).map_err(|fault| {
            let law = kept.law();
            let form = self.form.as_deref();
            match form.map(|name| names::form(law.policy(), name)) {
                Some(Ok(form)) => kept.refused_on_form(fault, self.to, form, &acting),
                _ => fault,
            }
        })?;
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
        let sentence = format!("{} of person {id}", quantity::counted(count, "record"));
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
        let form = self.form.as_deref();
        let form = form.map(|name| names::form(policy, name)).transpose()?;
        let Brought {
            purposes: stated,
            origin,
            kind,
        } = self.stated(policy, form)?;
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
        if let Some(form) = form {
            let given: Vec<FieldId> = values.iter().flat_map(fields).collect();
            answered(policy, form, &given)?;
        }
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

    /// 4a: what the data is for, where it comes from and as what the person is met: as the form
    /// says, or as the command does. Nothing comes in without.
    fn stated(&self, policy: &Policy, form: Option<FormId>) -> Result<Brought, Fault> {
        let kind = self.kind.as_deref();
        let kind = kind.map(|name| names::kind(policy, name)).transpose()?;
        if let Some(form) = form {
            return brought(policy, form, kind);
        }
        let purposes = names::purposes(policy, &self.purposes)?;
        let origin = self.origin.as_deref();
        let origin = origin.map(|name| names::origin(policy, name)).transpose()?;
        match (kind, origin) {
            (Some(kind), Some(origin)) if !self.purposes.is_empty() => Ok(Brought {
                purposes,
                origin,
                kind,
            }),
            _ => {
                let missing = [
                    (kind.is_none(), "kind of person (--kind)"),
                    (self.purposes.is_empty(), "purpose (--purpose)"),
                    (origin.is_none(), "origin (--origin)"),
                ];
                let missing = missing.iter().filter(|(is, _)| *is).map(|(_, what)| *what);
                Err(invalid(format!(
                    "the data does not state its {}",
                    missing.collect::<Vec<_>>().join(", its ")
                ))
                .rule("4a")
                .remedy("say them, or name the form that it was filled in on (--form)"))
            }
        }
    }
}

/// The fields that there are values for.
fn fields((category, given): (&CategoryId, &Given)) -> Vec<FieldId> {
    let places = (0..64u8).filter(|place| given.fields & (1 << place) != 0);
    let of = |field| FieldId {
        category: *category,
        field,
    };
    places.map(of).collect()
}
