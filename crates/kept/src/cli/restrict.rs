//! `kept restrict`: data that is kept and used for nothing but what the law allows (14a).

use clap::Args;
use domain::{Fault, RestrictionId, SubjectId};
use policy::model::CategorySet;
use serde_json::json;
use services::Kept;

use super::options::{Changing, Place, person};
use super::{Context, Exit, OnInstallation, acted, names};

const EXAMPLE: &str = "\
Examples:
  kept restrict 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --category contact-details --data D
  kept restrict 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e \\
    --lift 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f --data D";

/// Restricts the processing of a person's data.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Restrict {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// Only these categories; may be repeated; all, if left out
    #[arg(long = "category", value_name = "NAME", conflicts_with = "lift")]
    categories: Vec<String>,

    /// Lift this restriction
    #[arg(long, value_name = "RESTRICTION")]
    lift: Option<RestrictionId>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Restrict {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        if let Some(restriction) = self.lift {
            let done = kept.lift_restriction(self.person, restriction, &acting)?;
            acted::show(&done, acting.dry_run, "restriction lifted", &[], context);
            return Ok(Exit::Done);
        }
        let law = kept.law();
        let categories: CategorySet = match self.categories.as_slice() {
            [] => (0..law.policy().categories.len())
                .filter_map(|at| u8::try_from(at).ok())
                .map(policy::model::CategoryId)
                .collect(),
            some => names::categories(law.policy(), some)?,
        };
        let (id, done) = kept.restrict(self.person, categories, &acting)?;
        let sentence = format!("restriction {id}");
        let more = [("restriction", json!(id.to_string()))];
        acted::show(&done, acting.dry_run, &sentence, &more, context);
        Ok(Exit::Done)
    }
}
