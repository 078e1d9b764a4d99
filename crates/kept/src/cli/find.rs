//! `kept find`: people by the exact value of a field.

use clap::Args;
use domain::Fault;
use domain::value::Value;
use serde_json::json;
use services::Kept;

use super::options::Place;
use super::{Context, Exit, OnInstallation, invalid, names};

const EXAMPLE: &str = "\
Example:
  kept find --field contact-details.email o.vasseur@example.org --data D

Only fields that the policy lets people be found by, and only exact values: what is stored is a
keyed hash. A person who is found may still not be read: that is another question, with a role and
a purpose.";

/// Finds people by an exact value.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Find {
    /// The field: `category.field`
    #[arg(long, value_name = "FIELD")]
    field: String,

    /// The value
    value: String,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Find {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let id = names::field(law.policy(), &self.field)?;
        let field = law.policy().field(id);
        if !field.look_up {
            return Err(invalid(format!(
                "nobody is found by `{}`: it is not looked up",
                field.name
            ))
            .remedy("the policy says which fields are, with `look-up = true`"));
        }
        let value = Value::parse(&field.kind, &self.value)
            .map_err(|fault| invalid(format!("the value is not usable: {fault}")))?;
        let found = kept.find(id, &value, &context.actor(&self.place))?;
        context.answer(
            |_| match found.as_slice() {
                [] => "nobody\n".to_owned(),
                people => people.iter().map(|id| format!("{id}\n")).collect(),
            },
            || json!({ "people": found.iter().map(ToString::to_string).collect::<Vec<_>>() }),
        );
        Ok(Exit::Done)
    }
}
