//! `kept link`: the link by which a person sees what is held about them.

use clap::{Args, Subcommand};
use domain::{Fault, SubjectId};
use services::Kept;
use services::access::LinkFor;

use super::account::Done;
use super::options::{Changing, Place, person};
use super::{Context, Exit, OnInstallation};

const EXAMPLE: &str = "\
Examples:
  kept link issue 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D

Hand it to the person alone, at the address on file: whoever has it sees what is held about them.";

/// Issues links to people.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Link {
    #[command(subcommand)]
    act: LinkAct,
}

#[derive(Debug, Subcommand)]
enum LinkAct {
    /// Issue a link by which a person sees what is held about them
    Issue(Issue),
}

#[derive(Debug, Args)]
struct Issue {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Link {
    fn place(&self) -> &Place {
        let LinkAct::Issue(issue) = &self.act;
        &issue.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let LinkAct::Issue(issue) = &self.act;
        let acting = context.acting(&issue.place, Changing { dry_run: false });
        let link = kept
            .access()
            .issue_link(issue.person, LinkFor::OwnData, &acting)?;
        let done = Done {
            link: Some(link),
            ..Done::of(false, "a link for this person".to_owned(), None)
        };
        done.show(context);
        Ok(Exit::Done)
    }
}
