//! The databases of an installation on servers: the part of its description that says how they are
//! reached.

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{Fault, FaultKind};
use serde::{Deserialize, Serialize};
use store::Server;

/// The table `[database]` of `installation.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Servers {
    /// The address of the data: `postgres://USER@HOST/DATABASE`.
    pub url: String,
    /// The address of the keyring, which is a database of its own, better on another server.
    pub keyring_url: String,
    /// The file with the password of the data's user; relative to the installation's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// The file with the password of the keyring's user; left out: the same as the data's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyring_password_file: Option<PathBuf>,
    /// The certificates that the servers' own are checked by, PEM; left out: those that the system
    /// trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<PathBuf>,
    /// How many connections each database is given at the most, the writer's not counted.
    #[serde(default = "connections")]
    pub connections: u32,
    /// How long to wait for a connection, and for a server to come back; seconds.
    #[serde(default = "connect_seconds")]
    pub connect_seconds: u32,
    /// How long one statement may take; seconds.
    #[serde(default = "statement_seconds")]
    pub statement_seconds: u32,
}

/// Both databases, ready to be reached.
pub(crate) struct Reached {
    pub(crate) data: Server,
    pub(crate) keyring: Server,
}

impl Servers {
    /// Two databases, all else as usual.
    #[must_use]
    pub fn at(url: impl Into<String>, keyring_url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            keyring_url: keyring_url.into(),
            password_file: None,
            keyring_password_file: None,
            certificates: None,
            connections: connections(),
            connect_seconds: connect_seconds(),
            statement_seconds: statement_seconds(),
        }
    }

    /// Checks the addresses, without reaching for them.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when one is wrong, or both are the same.
    pub fn check(&self, root: &Path) -> Result<(), Fault> {
        let Reached { data, keyring } = self.reached(root);
        data.check()?;
        keyring.check()?;
        if data.url == keyring.url {
            return Err(Fault::new(
                FaultKind::Invalid,
                "data and keyring are to be in the same database",
            )
            .remedy("give the keyring a database of its own: no backup may hold both"));
        }
        Ok(())
    }

    /// The same as it is described elsewhere: files are named from the root of the file system.
    #[must_use]
    pub(crate) fn seen_from(&self, root: &Path) -> Self {
        let within = |file: &PathBuf| root.join(file);
        Self {
            password_file: self.password_file.as_ref().map(within),
            keyring_password_file: self.keyring_password_file.as_ref().map(within),
            certificates: self.certificates.as_ref().map(within),
            ..self.clone()
        }
    }

    /// Both databases, with the files in an installation's folder.
    pub(crate) fn reached(&self, root: &Path) -> Reached {
        let within = |file: &PathBuf| root.join(file);
        let server = |url: &str, password: Option<&PathBuf>| Server {
            url: url.to_owned(),
            password: password.map(within),
            certificates: self.certificates.as_ref().map(within),
            connections: self.connections,
            connect: Duration::from_secs(self.connect_seconds.into()),
            statement: Duration::from_secs(self.statement_seconds.into()),
        };
        let password = self.password_file.as_ref();
        let of_keyring = self.keyring_password_file.as_ref();
        Reached {
            data: server(&self.url, password),
            keyring: server(&self.keyring_url, of_keyring.or(password)),
        }
    }
}

fn connections() -> u32 {
    Server::CONNECTIONS
}

fn connect_seconds() -> u32 {
    seconds(Server::CONNECT)
}

fn statement_seconds() -> u32 {
    seconds(Server::STATEMENT)
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}
