//! `kept told`: a person was told of a version of the policy (26a).

use clap::Args;
use domain::{Fault, SubjectId};
use jiff::civil::Date;
use services::Kept;

use super::options::{Changing, Place, person};
use super::{Context, Exit, OnInstallation, acted};

const EXAMPLE: &str = "\
Example:
  kept told 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --version 2 --from 2026-09-01 --data D

What a version lengthens, or a purpose that it brings, reaches a person from the day they were told;
what it shortens is shorter at once.";

/// Records that a person was told of a version of the policy.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, disable_version_flag = true)]
pub struct Told {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// Which version; the one in force, if left out
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,

    /// The day from which it applies to them; today, if left out
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Told {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let done = kept.told(self.person, self.version, self.from, &acting)?;
        let version = self.version.unwrap_or_else(|| kept.law().policy().version);
        let sentence = format!("told of version {version}");
        acted::show(&done, acting.dry_run, &sentence, &[], context);
        Ok(Exit::Done)
    }
}
