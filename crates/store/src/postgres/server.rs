//! Which server, and how it is reached: over a socket of this machine, or over TLS (21g).

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::{Fault, FaultKind};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A database on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address, as `libpq` writes it: `postgres://user@host/database`; several hosts stand with
    /// commas between them, and the one that takes writes is used. No password.
    pub url: String,
    /// The file with the password of its user, if it wants one.
    pub password: Option<PathBuf>,
    /// The certificates that its own is checked by, PEM; none: those that the system trusts.
    pub certificates: Option<PathBuf>,
    /// How many connections are held at the most, the writer's not counted.
    pub connections: u32,
    /// How long to wait for a connection, and for a server to come back.
    pub connect: Duration,
    /// How long one statement may take.
    pub statement: Duration,
}

impl Server {
    /// Connections where nothing else is said.
    pub const CONNECTIONS: u32 = 16;
    /// Waiting for a connection where nothing else is said.
    pub const CONNECT: Duration = Duration::from_secs(10);
    /// Waiting for a statement where nothing else is said.
    pub const STATEMENT: Duration = Duration::from_secs(30);

    /// A database at an address, all else as usual.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            password: None,
            certificates: None,
            connections: Self::CONNECTIONS,
            connect: Self::CONNECT,
            statement: Self::STATEMENT,
        }
    }

    /// Checks the address, without reaching for it.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it is none, holds a password, or asks for a way to another
    /// machine without TLS (21g).
    pub fn check(&self) -> Result<(), Fault> {
        self.config().map(|_| ())
    }

    /// How the database is called in messages: hosts and database, nothing else.
    #[must_use]
    pub fn name(&self) -> String {
        let Ok(config) = self.config() else {
            return "the database server".to_owned();
        };
        let hosts: Vec<String> = config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        match config.get_dbname() {
            Some(database) => format!("database {database} on {}", hosts.join(", ")),
            None => format!("the database on {}", hosts.join(", ")),
        }
    }

    /// The address as the client library takes it.
    fn config(&self) -> Result<Config, Fault> {
        if !self.url.starts_with("postgres://") && !self.url.starts_with("postgresql://") {
            return Err(invalid(
                "the address of a database begins with `postgres://`",
            ));
        }
        let mut config: Config = self
            .url
            .parse()
            // What is wrong with it is not repeated: a password may stand there.
            .map_err(|_| invalid("the address of the database cannot be read"))?;
        if config.get_password().is_some() {
            return Err(
                invalid("the address of the database holds a password").remedy(
                    "put the password into a file that only Kept may read, and name the file",
                ),
            );
        }
        if config.get_hosts().is_empty() {
            return Err(invalid("the address of the database names no host"));
        }
        if config.get_user().is_none() {
            return Err(invalid("the address of the database names no user"));
        }
        if config.get_hosts().iter().all(is_here) {
            if config.get_ssl_mode() == SslMode::Prefer {
                config.ssl_mode(SslMode::Disable);
            }
        } else if self.url.contains("sslmode=") && config.get_ssl_mode() != SslMode::Require {
            return Err(invalid("the way to the database would not be encrypted")
                .rule("21g")
                .remedy(
                    "leave `sslmode` out: to another machine Kept speaks TLS only, and checks the \
                     server's certificate",
                ));
        } else {
            config.ssl_mode(SslMode::Require);
        }
        config
            .application_name("kept")
            .connect_timeout(self.connect)
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .keepalives_idle(Duration::from_secs(30));
        Ok(config)
    }

    /// What the client library needs to connect.
    pub(super) fn way(&self) -> Result<(Config, Option<MakeRustlsConnect>), Fault> {
        let mut config = self.config()?;
        if let Some(file) = &self.password {
            let password =
                fs::read_to_string(file).map_err(|error| unreadable(file).because(error))?;
            config.password(password.trim_end_matches(['\r', '\n']));
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(self.tls()?),
        };
        Ok((config, tls))
    }

    fn tls(&self) -> Result<MakeRustlsConnect, Fault> {
        let mut roots = RootCertStore::empty();
        match &self.certificates {
            Some(file) => {
                let found = CertificateDer::pem_file_iter(file)
                    .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                    .map_err(|error| unreadable(file).because(error))?;
                roots.add_parsable_certificates(found);
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            return Err(Fault::new(
                FaultKind::Invalid,
                "there is no certificate to check the database server by",
            )
            .remedy("name a file with the certificate of its authority, in PEM"));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid("TLS cannot be set up").because(error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

/// Whether a host is this machine: a socket of its own, or the loop.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    }
}

fn invalid(message: &str) -> Fault {
    Fault::new(FaultKind::Invalid, message)
        .remedy("write it as `postgres://USER@HOST/DATABASE`; see docs/databases.md")
}

fn unreadable(file: &Path) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("{} cannot be read", file.display()),
    )
    .remedy("check the file's name and rights")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    fn mode(url: &str) -> SslMode {
        Server::at(url).config().unwrap().get_ssl_mode()
    }

    #[test]
    fn to_another_machine_only_tls() {
        assert_eq!(mode("postgres://kept@db.example/kept"), SslMode::Require);
        assert_eq!(
            mode("postgres://kept@10.0.0.7,127.0.0.1/kept"),
            SslMode::Require
        );
        assert_eq!(mode("postgres://kept@127.0.0.1/kept"), SslMode::Disable);
        assert_eq!(
            mode("postgres://kept@%2Frun%2Fpostgresql/kept"),
            SslMode::Disable
        );
        assert_eq!(
            mode("postgres://kept@localhost/kept?sslmode=require"),
            SslMode::Require
        );
        for weaker in ["disable", "prefer"] {
            let url = format!("postgres://kept@db.example/kept?sslmode={weaker}");
            let refused = Server::at(url).check().unwrap_err();
            assert_eq!(refused.kind, FaultKind::Invalid);
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_and_not_repeated() {
        for wrong in [
            "db.example/kept",
            "postgres://kept:secret@db.example/kept",
            "postgres:///kept?user=kept",
            "postgres://db.example/kept",
            "postgres://kept@db.example:port/kept",
        ] {
            let refused = Server::at(wrong).check().unwrap_err();
            let said = format!("{refused} {:?}", refused.remedy);
            assert!(!said.contains("secret"), "{wrong}");
        }
    }
}
