//! `kept account`: who works with the data, in which roles, and how they come in (21a, 21c).

mod accept;
mod change;
mod review;
mod view;

use clap::{Args, Subcommand};
use domain::{Account as Handle, Fault};
use services::Kept;

pub(super) use change::{Done, link_text};

use super::options::Place;
use super::{Context, Exit, OnInstallation};

const EXAMPLE: &str = "\
Examples:
  kept account add --name 'Camille Roux' --email c.roux@quai.example --role marketing --data D
  kept account link staff-bdfgkmnp --data D
  kept account review --every '6 months' --data D
  kept account accept --as staff-bdfgkmnp --data D
  kept account disable staff-bdfgkmnp --data D

Whoever has an account is a person of the policy: their name and address have a ground and a term,
and `kept show`, `kept copy` and `kept trace` work for them too. Accounts are named by an
identifier, which stays in the journal when the name goes.";

/// Makes, changes and shows accounts.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Account {
    #[command(subcommand)]
    act: AccountAct,
}

#[derive(Debug, Subcommand)]
enum AccountAct {
    /// Make an account, and the link by which its holder sets up how to sign in
    Add(change::Add),
    /// List the accounts with their roles
    List(view::List),
    /// Show an account: roles, ways to sign in, open sessions
    Show(view::Show),
    /// End an account's access at once: roles, sessions, links and ways to sign in
    Disable(change::Disable),
    /// Open a disabled account again, without any role
    Enable(change::Enable),
    /// Grant an account a role
    Grant(change::Grant),
    /// Withdraw a role from an account
    Withdraw(change::Withdraw),
    /// Read the undertaking of confidentiality and accept it, as the account that acts
    Accept(accept::Accept),
    /// List the roles that are held, the longest unreviewed first, or confirm one
    Review(review::Review),
    /// List an account's open sessions
    Sessions(view::Sessions),
    /// End an account's sessions
    Revoke(change::Revoke),
    /// Take away something that an account signs in with: a lost key, an old telephone
    Remove(change::Remove),
    /// Issue the link by which an account's holder sets up how to sign in
    Link(change::Link),
}

impl AccountAct {
    fn command(&self) -> &dyn OnInstallation {
        match self {
            Self::Add(command) => command,
            Self::List(command) => command,
            Self::Show(command) => command,
            Self::Disable(command) => command,
            Self::Enable(command) => command,
            Self::Grant(command) => command,
            Self::Withdraw(command) => command,
            Self::Accept(command) => command,
            Self::Review(command) => command,
            Self::Sessions(command) => command,
            Self::Revoke(command) => command,
            Self::Remove(command) => command,
            Self::Link(command) => command,
        }
    }
}

impl OnInstallation for Account {
    fn place(&self) -> &Place {
        self.act.command().place()
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        self.act.command().run(kept, context)
    }
}

/// The account that a command is about.
#[derive(Clone, Debug, Args)]
struct About {
    /// The account's identifier
    #[arg(value_name = "ACCOUNT", value_parser = Handle::parse)]
    whose: Handle,
}
