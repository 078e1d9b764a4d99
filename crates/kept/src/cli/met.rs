//! `kept met`: whether a person is met as a private person or at work.

use clap::Args;
use domain::{Fault, SubjectId};
use serde_json::json;
use services::Kept;

use super::add::Met as How;
use super::options::{Changing, Place, person};
use super::{Context, Exit, OnInstallation, acted};

const EXAMPLE: &str = "\
Example:
  kept met 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e professional --data D

The law asks a private person first where it lets a professional be informed. Unknown counts as
private, the stricter.";

/// Says how a person is met.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Met {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// How they are met
    #[arg(value_enum)]
    how: How,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Met {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let done = kept.set_person(self.person, Some(self.how.into()), &acting)?;
        let how = match self.how {
            How::Private => "private",
            How::Professional => "professional",
        };
        let sentence = format!("met as {how}");
        acted::show(
            &done,
            acting.dry_run,
            &sentence,
            &[("met", json!(how))],
            context,
        );
        Ok(Exit::Done)
    }
}
