//! Messages handed to a mail server: MIME, SMTP, TLS.
//!
//! What a server answers is told apart by what was said to it: a refused sender or a refused
//! password is the house's affair and stops a run, a refused recipient is one person's. Its words
//! are never kept, as they name addresses; its status is.

mod envelope;
mod smtp;

use std::net::IpAddr;
use std::path::PathBuf;

pub use smtp::Smtp;

/// How a mail server is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its host, as its certificate names it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: Security,
    /// The account that messages are handed over with, and the file with its password.
    pub account: Option<(String, PathBuf)>,
    /// A file with certificates, PEM, that are trusted beside those of the system.
    pub certificates: Option<PathBuf>,
    /// Who messages are from: `Name <address>`, or an address.
    pub from: String,
    /// Where answers go, if not there.
    pub reply_to: Option<String>,
}

/// How the way to a mail server is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// By TLS from the first byte on.
    Tls,
    /// By TLS before anything is said: a server that does not offer it gets nothing.
    StartTls,
    /// Not at all: on this machine alone (21g).
    Machine,
}

impl Settings {
    /// Whether the server is on this machine.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        is_this_machine(&self.host)
    }
}

/// Whether a host is this machine, by its name or address alone.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}
