//! The server's configuration: one TOML file, overridden by the environment, checked as a whole
//! before anything is served.
//!
//! Reading is pure: the text and the environment are arguments. All that is wrong is reported at
//! once, each with its place, its reason and its remedy.

mod address;
mod finding;
mod read;
mod settings;
mod source;
mod value;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jiff::civil::Time;
use services::security::{SecurityLevel, TlsVersion, Transport};

pub use address::PublicAddress;
pub use finding::{Finding, Findings};
pub use read::read;
pub use settings::{SETTINGS, Setting, reference};

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address that people use; passkeys are bound to its host.
    pub address: PublicAddress,
    /// Where connections are taken.
    pub listen: Vec<SocketAddr>,
    /// TLS, where the server ends it itself.
    pub tls: Option<Tls>,
    /// The proxies that are believed, where there are some before the server.
    pub proxy: Option<Proxy>,
    /// How long sessions of staff last.
    pub sessions: Sessions,
    /// What a password must be.
    pub passwords: Passwords,
    /// How people and staff sign in.
    pub sign_in: SignIn,
    /// What one request, and one client, may ask for.
    pub limits: Limits,
    /// The origins of other sites whose scripts may call the programming interface.
    pub cors_sites: Vec<String>,
    /// Where weaknesses are reported (RFC 9116); none: no such page.
    pub security: Option<SecurityContact>,
    /// The log.
    pub log: Log,
    /// Who may read the figures; none: nobody.
    pub metrics: Metrics,
    /// When the night's work is done, in the controller's time zone; none: by somebody else.
    pub jobs_at: Option<Time>,
    /// Where and how often the data is backed up; none: by somebody else.
    pub backup: Option<Backup>,
    /// How messages are sent; none: nobody is written to.
    pub mail: Option<Mail>,
    /// The services by which staff may sign in.
    pub providers: Vec<Provider>,
}

/// TLS, as the server ends it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tls {
    /// The certificate with its chain, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// The lowest version that is spoken.
    pub minimum: TlsVersion,
}

/// Proxies before the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proxy {
    /// Their networks; nobody else's word about a client is believed.
    pub networks: Vec<IpNet>,
    /// In which field they name the client.
    pub header: ProxyHeader,
}

impl Proxy {
    /// Whether an address is a declared proxy's.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|it| it.contains(&address))
    }
}

/// The field in which a proxy names its client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProxyHeader {
    /// `X-Forwarded-For` with `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// How long sessions last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sessions {
    /// One that is not used for so long ends.
    pub idle_max: Duration,
    /// One ends after so long, used or not.
    pub absolute_max: Duration,
}

/// What a password must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passwords {
    /// The fewest characters.
    pub length_min: u32,
    /// The least estimated strength, 0 to 4.
    pub strength_min: u32,
    /// Whether those known to have leaked are refused.
    pub refuse_leaked: bool,
    /// A list of them beside the one that Kept brings along, one a line.
    pub leaked_list: Option<PathBuf>,
}

/// How people and staff sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignIn {
    /// Whether staff who sign in by password need a second factor.
    pub second_factor_required: bool,
    /// How long a person's link can be used.
    pub link_max: Duration,
    /// Where links are put for whoever sends them, where no mail is sent from here.
    pub link_folder: Option<PathBuf>,
}

/// What one request, and one client, may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The bytes of a request's body.
    pub body_bytes_max: usize,
    /// The bytes of a request's head.
    pub head_bytes_max: usize,
    /// How long a client may take to send a request's head.
    pub head_time_max: Duration,
    /// How long a request may take until its answer begins.
    pub time_max: Duration,
    /// The requests of one client in a minute.
    pub requests_a_minute: u32,
    /// The connections at one time.
    pub connections_max: usize,
    /// How long what was begun is waited for at the end.
    pub stop_time_max: Duration,
}

/// Where weaknesses are reported (RFC 9116).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecurityContact {
    /// `mailto:`, `tel:` or `https:`.
    pub contacts: Vec<String>,
    /// The page that says how reports are dealt with.
    pub policy: Option<String>,
}

/// The log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Log {
    /// How its lines are written.
    pub format: LogFormat,
    /// The least grave that is written.
    pub level: LogLevel,
}

/// How the log is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How grave a line of the log is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogLevel {
    /// Something is wrong with the installation or the server.
    Error,
    /// Something may become wrong.
    Warn,
    /// What happens: each request.
    Info,
    /// What happens inside.
    Debug,
}

/// Who may read the figures.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Metrics {
    /// An address of this machine that serves them and nothing else.
    pub listen: Option<SocketAddr>,
    /// A file with the token by which they are read at `/metrics`.
    pub token_file: Option<PathBuf>,
}

/// Where and how often the data is backed up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backup {
    /// The place: a folder, or `s3://BUCKET/PREFIX`.
    pub to: String,
    /// How often: a bad day loses so much data at the most.
    pub every: Duration,
    /// How many backups the place keeps.
    pub keep: u32,
}

/// How messages are sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// The mail server, as its certificate names it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: MailSecurity,
    /// The account that messages are handed over with, and the file with its password.
    pub account: Option<(String, PathBuf)>,
    /// Certificates that are trusted beside those of the system, PEM.
    pub certificates: Option<PathBuf>,
    /// Who messages are from.
    pub from: String,
    /// Where answers go, if not there.
    pub reply_to: Option<String>,
    /// The messages in a minute.
    pub a_minute_max: u32,
    /// How often the server looks whether messages are due.
    pub looks_every: Duration,
}

/// How the way to a mail server is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MailSecurity {
    /// By TLS from the first byte on.
    Tls,
    /// By TLS before anything is said.
    StartTls,
    /// Not at all: the server is on this machine.
    Machine,
}

/// A service by which staff may sign in (OpenID Connect).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provider {
    /// Its name, for addresses.
    pub name: String,
    /// Its title, for people.
    pub title: String,
    /// Its issuer identifier.
    pub issuer: String,
    /// The identifier under which it knows this server.
    pub client_id: String,
    /// The file with the secret that goes with it; none for a public client.
    pub client_secret_file: Option<PathBuf>,
    /// Whether an address that it has verified finds an account that nobody of it is linked to.
    pub link_by_address: bool,
}

impl Config {
    /// What the configuration promises at the least (21f).
    #[must_use]
    pub fn security_level(&self) -> SecurityLevel {
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let transport = match (&self.tls, &self.proxy) {
            (_, Some(_)) => Transport::Proxy,
            (Some(tls), None) => Transport::Tls(tls.minimum),
            (None, None) => Transport::Machine,
        };
        SecurityLevel {
            transport,
            password_length_min: self.passwords.length_min,
            password_strength_min: self.passwords.strength_min,
            leaked_passwords_refused: self.passwords.refuse_leaked,
            second_factor_required: self.sign_in.second_factor_required,
            session_idle_seconds_max: seconds(self.sessions.idle_max),
            session_seconds_max: seconds(self.sessions.absolute_max),
            link_seconds_max: seconds(self.sign_in.link_max),
            stored: None,
        }
    }
}
