//! The options that say on which servers an installation's databases are.

use std::path::{Path, PathBuf};

use clap::Args;
use services::open::Servers;

use crate::io::Io;

/// Databases on servers; without them they are files of the installation's folder.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Databases on servers")]
pub(super) struct Databases {
    /// Keep the data in this PostgreSQL database, `postgres://USER@HOST/DATABASE`, and not in a file
    #[arg(
        long,
        value_name = "URL",
        env = "KEPT_DATABASE",
        hide_env_values = true,
        requires = "keyring_database"
    )]
    database: Option<String>,

    /// Keep the keyring in this one: a database of its own, better on another server
    #[arg(
        long,
        value_name = "URL",
        env = "KEPT_KEYRING_DATABASE",
        hide_env_values = true,
        requires = "database"
    )]
    keyring_database: Option<String>,

    /// The file with the password of the databases' user
    #[arg(long, value_name = "FILE", requires = "database")]
    database_password: Option<PathBuf>,

    /// The file with the password of the keyring's user, where it is another one
    #[arg(long, value_name = "FILE", requires = "database")]
    keyring_password: Option<PathBuf>,

    /// The certificates, PEM, that the servers' are checked by; those that the system trusts, if
    /// left out
    #[arg(long, value_name = "FILE", requires = "database")]
    database_certificates: Option<PathBuf>,
}

impl Databases {
    /// The servers, if there are any; files are named from where the command runs.
    pub(super) fn servers(&self, io: &Io) -> Option<Servers> {
        let (url, keyring_url) = (self.database.as_ref()?, self.keyring_database.as_ref()?);
        let file = |file: &PathBuf| absolute(&io.path(file));
        Some(Servers {
            password_file: self.database_password.as_ref().map(file),
            keyring_password_file: self.keyring_password.as_ref().map(file),
            certificates: self.database_certificates.as_ref().map(file),
            ..Servers::at(url, keyring_url)
        })
    }
}

/// The description is read from elsewhere: what it names must not depend on where this runs.
fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}
