//! Handing messages to one mail server, over one connection at a time.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::{Fault, FaultKind};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use services::mail::{Mailer, Message, NotSent};

use crate::envelope::{Sender, sealed};
use crate::{Security, Settings};

/// How long a server may take to answer.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Statuses by which a server refuses the house, whatever the recipient: it shuts down (421), or
/// wants another account, another password or encryption (RFC 4954, 6; RFC 3207, 4).
const OF_THE_HOUSE: [u16; 6] = [421, 454, 530, 534, 535, 538];

/// A mail server that messages are handed to.
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    sender: Sender,
    hello: ClientId,
    open: Mutex<Option<SmtpConnection>>,
}

impl Smtp {
    /// Reads what the settings name; no connection is made yet.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when a file cannot be used, or an address is none;
    /// [`FaultKind::Refused`] when messages would leave the machine in plain text (21g).
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        if settings.security == Security::Machine && !settings.is_this_machine() {
            return Err(Fault::new(
                FaultKind::Refused,
                "messages would leave the machine in plain text",
            )
            .rule("21g")
            .remedy("set `mail.security` to \"tls\" or \"starttls\""));
        }
        let tls = match settings.security {
            Security::Machine => None,
            Security::Tls | Security::StartTls => Some(tls(settings)?),
        };
        let credentials = settings
            .account
            .as_ref()
            .map(|(user, file)| -> Result<_, Fault> {
                let password = read(file)?.trim_end_matches(['\r', '\n']).to_owned();
                Ok(Credentials::new(user.clone(), password))
            });
        let from = mailbox(&settings.from, "mail.from")?;
        let reply_to = settings.reply_to.as_deref();
        let reply_to = reply_to
            .map(|it| mailbox(it, "mail.reply-to"))
            .transpose()?;
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls,
            credentials: credentials.transpose()?,
            hello: ClientId::Domain(from.email.domain().to_owned()),
            sender: Sender { from, reply_to },
            open: Mutex::default(),
        })
    }

    /// A connection over which messages can be handed over.
    fn connect(&self) -> Result<SmtpConnection, NotSent> {
        let from_the_start = match self.security {
            Security::Tls => self.tls.as_ref(),
            Security::StartTls | Security::Machine => None,
        };
        let server = (self.host.as_str(), self.port);
        let connected =
            SmtpConnection::connect(server, Some(TIME_MAX), &self.hello, from_the_start, None);
        let mut connection = connected.map_err(|error| down("cannot be reached", &error))?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            let encrypted = connection.starttls(tls, &self.hello);
            encrypted.map_err(|error| down("does not encrypt", &error))?;
        }
        if let Some(credentials) = &self.credentials {
            let known = connection.auth(DEFAULT_MECHANISMS, credentials);
            known.map_err(|error| down("does not take the account or its password", &error))?;
        }
        Ok(connection)
    }

    /// Hands one message over; what was said before decides whose affair a refusal is.
    fn hand_over(
        &self,
        connection: &mut SmtpConnection,
        to: &Address,
        bytes: &[u8],
    ) -> Result<(), NotSent> {
        let from = self.sender.from.email.clone();
        let offers = |it: Extension| connection.server_info().supports_feature(it);
        let beyond_ascii = !AsRef::<str>::as_ref(to).is_ascii();
        if beyond_ascii && !offers(Extension::SmtpUtfEight) {
            return Err(NotSent::NoAddress);
        }
        let parameters = match beyond_ascii {
            true => vec![MailParameter::SmtpUtfEight],
            false => Vec::new(),
        };
        let sender = connection.command(Mail::new(Some(from), parameters));
        sender.map_err(|error| down("takes no messages from this sender", &error))?;
        let recipient = connection.command(Rcpt::new(to.clone(), Vec::new()));
        recipient.map_err(|error| of_the_message(&error, before_data))?;
        let data = connection.command(Data);
        data.map_err(|error| of_the_message(&error, before_data))?;
        let taken = connection.message(bytes);
        taken.map_err(|error| of_the_message(&error, |_| NotSent::Unknown))?;
        Ok(())
    }
}

impl Mailer for Smtp {
    fn send(&self, message: &Message) -> Result<(), NotSent> {
        let (to, bytes) = sealed(&self.sender, message).ok_or(NotSent::NoAddress)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let used = open.take().filter(|it| !it.has_broken());
        let mut connection = match used.and_then(still_there) {
            Some(connection) => connection,
            None => self.connect()?,
        };
        match self.hand_over(&mut connection, &to, &bytes) {
            Ok(()) => {
                *open = Some(connection);
                Ok(())
            }
            Err(refused @ (NotSent::Later(_) | NotSent::Never(_) | NotSent::NoAddress)) => {
                if connection.command(Rset).is_ok() {
                    *open = Some(connection);
                }
                Err(refused)
            }
            Err(broken) => {
                connection.abort();
                Err(broken)
            }
        }
    }
}

/// A connection that the server has not closed meanwhile.
fn still_there(mut connection: SmtpConnection) -> Option<SmtpConnection> {
    connection.test_connected().then_some(connection)
}

/// Whose affair a refusal is: the message's, by its status, or else the connection's.
fn of_the_message(error: &Error, broken: impl FnOnce(&Error) -> NotSent) -> NotSent {
    match status(error) {
        Some(status) if OF_THE_HOUSE.contains(&status) => down("takes no messages now", error),
        Some(status) if error.is_permanent() => NotSent::Never(status),
        Some(status) => NotSent::Later(status),
        None => broken(error),
    }
}

/// The connection broke before the message was handed over.
fn before_data(error: &Error) -> NotSent {
    down("broke the connection", error)
}

fn status(error: &Error) -> Option<u16> {
    error
        .status()
        .and_then(|code| code.to_string().parse().ok())
}

/// The server takes nothing: its status is told, its words are not.
fn down(what: &str, error: &Error) -> NotSent {
    let message = match status(error) {
        Some(status) => format!("the mail server {what} (status {status})"),
        None => format!("the mail server {what}"),
    };
    let mut fault = Fault::new(FaultKind::Unavailable, message)
        .remedy("check the settings under [mail] and the server; what waits goes on waiting");
    // What went wrong with the way to the server names no person; what the server said may.
    if error.status().is_none() && !error.is_response() {
        fault = fault.because(std::io::Error::other(error.to_string()));
    }
    NotSent::Down(fault)
}

fn tls(settings: &Settings) -> Result<TlsParameters, Fault> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.certificates {
        let text = read(file)?;
        for certificate in certificates(&text) {
            let certificate = Certificate::from_pem(certificate.as_bytes());
            builder = builder.add_root_certificate(certificate.map_err(|_| no_certificate(file))?);
        }
    }
    builder.build().map_err(|error| {
        Fault::new(
            FaultKind::Invalid,
            "the mail server's host has no form of a name",
        )
        .remedy("name it with `mail.host`, as its certificate does")
        .because(std::io::Error::other(error.to_string()))
    })
}

/// The certificates of a PEM file, one by one.
fn certificates(text: &str) -> impl Iterator<Item = String> {
    const END: &str = "-----END CERTIFICATE-----";
    let parts = text.split_inclusive(END).map(str::to_owned);
    parts.filter(|part| part.contains(END))
}

fn no_certificate(file: &Path) -> Fault {
    let message = format!("{} holds no certificate", file.display());
    Fault::new(FaultKind::Invalid, message)
        .remedy("name a file with certificates in PEM with `mail.certificates`")
}

fn mailbox(text: &str, setting: &str) -> Result<Mailbox, Fault> {
    text.parse().map_err(|_| {
        Fault::new(FaultKind::Invalid, format!("`{setting}` is no address"))
            .remedy("write `Name <address>`, or an address alone")
    })
}

fn read(file: &Path) -> Result<String, Fault> {
    fs::read_to_string(file).map_err(|error| {
        Fault::new(
            FaultKind::Invalid,
            format!("{} cannot be read", file.display()),
        )
        .remedy("check the files that the settings under [mail] name")
        .because(error)
    })
}
