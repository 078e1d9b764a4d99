//! `kept object`: objections (13d, GDPR 21).

use clap::Args;
use domain::subject::ObjectedTo;
use domain::{Fault, SubjectId};
use jiff::civil::DateTime;
use serde_json::json;
use services::Kept;

use super::options::{Changing, Place, moment, person};
use super::{Context, Exit, OnInstallation, acted, names};

const EXAMPLE: &str = "\
Examples:
  kept object 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D
  kept object 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --to contact-relations --data D

Without --to the objection is to canvassing: it stops on every channel, at once, and outlives an
erasure as a fingerprint of the person's addresses that no list brings back. Messages that the
person is owed still go.";

/// Records that a person objects.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Object {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// One purpose of the policy that rests on legitimate interests, instead of all canvassing
    #[arg(long, value_name = "PURPOSE")]
    to: Option<String>,

    /// When it was received, in the controller's time zone; now, if left out
    #[arg(long, value_name = "DATE-TIME", conflicts_with = "lift")]
    on: Option<DateTime>,

    /// The person takes it back; what it ended stays ended
    #[arg(long)]
    lift: bool,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Object {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let (to, what) = match &self.to {
            None => (ObjectedTo::Canvassing, "canvassing"),
            Some(name) => {
                let purpose = names::purpose(kept.law().policy(), name)?;
                (ObjectedTo::Purpose(purpose), name.as_str())
            }
        };
        if self.lift {
            let done = kept.lift_objection(self.person, to, &acting)?;
            let sentence = format!("objection to {what} taken back");
            acted::show(&done, acting.dry_run, &sentence, &[], context);
        } else {
            let made = self.on.map(|on| moment(kept, on)).transpose()?;
            let (id, done) = kept.object(self.person, to, made, &acting)?;
            let sentence = format!("objection {id} to {what}");
            let more = [("objection", json!(id.to_string()))];
            acted::show(&done, acting.dry_run, &sentence, &more, context);
        }
        Ok(Exit::Done)
    }
}
