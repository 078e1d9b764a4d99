//! `kept announce`: people are told of a new version of the policy, and of data about them that
//! somebody else gave (26a, 6c).

mod send;
mod status;

use clap::{Args, Subcommand};
use domain::Fault;
use services::Kept;

use super::options::Place;
use super::{Context, Exit, OnInstallation};

const EXAMPLE: &str = "\
Examples:
  kept announce send --dry-run --data D
  kept announce send --config kept.toml --data D
  kept announce status --data D

`kept apply` puts the announcement of a version into the outbox, for the people whom its changes
concern; a server with a mail server in its configuration sends it by itself. What is sent here
first is the information about data that somebody else gave (GDPR 14), then announcements, each
person's address opened for it alone. Whoever was told has the version's longer terms and new
purposes from that day on. What was being sent when a machine stopped is sent again, one message at
the most, with the same identifier.";

/// Tells people of versions of the policy, and says who was told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Announce {
    #[command(subcommand)]
    act: AnnounceAct,
}

#[derive(Debug, Subcommand)]
enum AnnounceAct {
    /// Send what is due, by the mail server of the configuration
    Send(send::Send),
    /// Say how many were told of each version, when and how; who was not, and why
    Status(status::Status),
}

impl OnInstallation for Announce {
    fn place(&self) -> &Place {
        match &self.act {
            AnnounceAct::Send(send) => &send.place,
            AnnounceAct::Status(status) => &status.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.act {
            AnnounceAct::Send(send) => send.run(kept, context),
            AnnounceAct::Status(status) => status.run(kept, context),
        }
    }
}
