//! `kept may`: whether somebody may be contacted, or their data used, for a purpose.

use clap::Args;
use domain::{Fault, SubjectId};
use policy::model::Language;
use policy::words;
use serde_json::json;
use services::Kept;

use super::options::{Place, person};
use super::{Context, Exit, OnInstallation, names};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept may 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --purpose newsletters --channel email --data D

Yes comes with the legal basis. No comes with the rule that says so and exit code 3.";

/// Says whether a use is open.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct May {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// What for: a purpose of the policy
    #[arg(long, value_name = "NAME")]
    purpose: String,

    /// Through which channel of the policy, if the person is to be reached
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for May {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let policy = law.policy();
        let purpose = names::purpose(policy, &self.purpose)?;
        let channel = self.channel.as_deref();
        let channel = channel
            .map(|name| names::channel(policy, name))
            .transpose()?;
        let basis = kept.may(self.person, purpose, channel, &context.actor(&self.place))?;
        let basis = words::basis(policy, basis, Language::En);
        context.answer(
            |colour| {
                format!(
                    "{} on the basis of {basis}\n",
                    Paint::Good.on("yes,", colour)
                )
            },
            || json!({ "may": true, "basis": basis }),
        );
        Ok(Exit::Done)
    }
}
