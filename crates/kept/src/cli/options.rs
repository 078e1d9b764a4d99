//! Options that several commands share, grouped in their help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::{Account, Fault, MatterId, SubjectId};
use jiff::Timestamp;
use jiff::civil::DateTime;
use policy::model::Language;
use services::Kept;

use super::invalid;
use crate::io::Io;

/// Which installation, and who acts.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Installation")]
pub struct Place {
    /// The installation's folder
    #[arg(long, value_name = "FOLDER", env = "KEPT_DATA", hide_env_values = true)]
    pub data: Option<PathBuf>,

    /// Its key folder, if it is not where the installation says
    #[arg(long, value_name = "FOLDER", env = "KEPT_KEYS", hide_env_values = true)]
    pub keys: Option<PathBuf>,

    /// Who acts: an account, the login name if left out
    #[arg(long = "as", value_name = "ACCOUNT", value_parser = Account::parse)]
    pub account: Option<Account>,
}

impl Place {
    /// The installation's folder.
    ///
    /// # Errors
    /// [`domain::FaultKind::Invalid`] when none was named.
    pub fn folder(&self, io: &Io) -> Result<PathBuf, Fault> {
        let data = self.data.as_ref().ok_or_else(|| {
            invalid("no installation was named")
                .remedy("add `--data FOLDER`, or set KEPT_DATA to the installation's folder")
        })?;
        Ok(io.path(data))
    }
}

/// By whom and for which purpose data is read: the two that every decision asks for.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Reading")]
pub struct Reading {
    /// What the data is read for: a purpose of the policy
    #[arg(long, value_name = "NAME")]
    pub purpose: String,

    /// Who reads: a recipient of the policy
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "role",
        conflicts_with = "role"
    )]
    pub recipient: Option<String>,

    /// The role in which it is read: one of the authorisation, which narrows what its recipient reads
    #[arg(long, value_name = "NAME")]
    pub role: Option<String>,

    /// The one matter that it is read for, where the role reads within one alone: a dispute, say
    #[arg(long, value_name = "MATTER", requires = "role", value_parser = matter)]
    pub matter: Option<MatterId>,
}

/// For what changes data.
#[derive(Clone, Copy, Debug, Args)]
pub struct Changing {
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// A language, as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Tongue {
    En,
    Fr,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::En,
            Tongue::Fr => Self::Fr,
        }
    }
}

/// A person's identifier.
pub(super) fn person(text: &str) -> Result<SubjectId, Fault> {
    text.parse()
}

/// A matter's identifier.
fn matter(text: &str) -> Result<MatterId, Fault> {
    text.parse()
}

/// A moment in the controller's time zone, from a date or date-time.
pub(super) fn moment(kept: &Kept, at: DateTime) -> Result<Timestamp, Fault> {
    let law = kept.law();
    law.in_force.zone().to_timestamp(at).map_err(|error| {
        invalid("there is no such moment in the controller's time zone").because(error)
    })
}
