//! Every setting: its name in the file, in the environment, what holds if it is left out.

use std::fmt::Write as _;

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in the file, `section.key`.
    pub path: &'static str,
    /// What it is, as the reference says it.
    pub kind: &'static str,
    /// What holds if it is left out.
    pub default: &'static str,
    /// What it says.
    pub about: &'static str,
}

const fn setting(
    path: &'static str,
    kind: &'static str,
    default: &'static str,
    about: &'static str,
) -> Setting {
    Setting {
        path,
        kind,
        default,
        about,
    }
}

/// All settings, in the order of the reference.
pub const SETTINGS: &[Setting] = &[
    setting(
        "address",
        "URL",
        "needed",
        "The address that people use, without a path. Passkeys are bound to its host",
    ),
    setting(
        "listen",
        "list of address:port",
        "`127.0.0.1:7879`",
        "Where connections are taken",
    ),
    setting(
        "tls.certificate",
        "file",
        "none",
        "The certificate with its chain, PEM; read again when it changes",
    ),
    setting(
        "tls.key",
        "file",
        "none",
        "The certificate's private key, PEM",
    ),
    setting(
        "tls.minimum",
        "`1.2` or `1.3`",
        "`1.3`",
        "The lowest version of TLS that is spoken",
    ),
    setting(
        "proxy.networks",
        "list of networks",
        "none",
        "The networks of the proxies before the server; only their word about a client is believed",
    ),
    setting(
        "proxy.header",
        "`x-forwarded-for` or `forwarded`",
        "`x-forwarded-for`",
        "In which field they name the client",
    ),
    setting(
        "sessions.idle",
        "duration, 1 min to 12 h",
        "`30 min`",
        "A session of staff that is not used for so long ends",
    ),
    setting(
        "sessions.absolute",
        "duration, 5 min to 168 h",
        "`12 h`",
        "A session of staff ends after so long, used or not",
    ),
    setting(
        "passwords.length",
        "number, 8 to 128",
        "`12`",
        "The fewest characters of a password",
    ),
    setting(
        "passwords.strength",
        "number, 0 to 4",
        "`4`",
        "The least estimated strength of a password (zxcvbn's scale)",
    ),
    setting(
        "passwords.refuse-leaked",
        "true or false",
        "`true`",
        "Whether passwords that are known to have leaked are refused",
    ),
    setting(
        "passwords.leaked-list",
        "file",
        "none",
        "Such passwords beside those that Kept brings along: their SHA-1 hashes, sorted, one a line",
    ),
    setting(
        "sign-in.second-factor",
        "true or false",
        "`true`",
        "Whether staff who sign in by password need a second factor",
    ),
    setting(
        "sign-in.link",
        "duration, 1 min to 24 h",
        "`15 min`",
        "How long the link by which a person signs in can be used",
    ),
    setting(
        "sign-in.link-folder",
        "folder",
        "none",
        "Where such links are put, one file each, for whoever sends them, if not by `mail`",
    ),
    setting(
        "limits.body",
        "bytes, 1 KiB to 1 GiB",
        "`1 MiB`",
        "The size of a request's body",
    ),
    setting(
        "limits.head",
        "bytes, 8 KiB to 64 KiB",
        "`16 KiB`",
        "The size of a request's head",
    ),
    setting(
        "limits.head-time",
        "duration, 1 s to 1 min",
        "`10 s`",
        "How long a client may take to send a request's head",
    ),
    setting(
        "limits.time",
        "duration, 1 s to 10 min",
        "`30 s`",
        "How long a request may take",
    ),
    setting(
        "limits.requests",
        "number, 10 to 1000000",
        "`600`",
        "The requests of one client in a minute",
    ),
    setting(
        "limits.connections",
        "number, 8 to 100000",
        "`1024`",
        "The connections at one time",
    ),
    setting(
        "limits.stop-time",
        "duration, 1 s to 10 min",
        "`20 s`",
        "How long what was begun is waited for when the server ends",
    ),
    setting(
        "cors.sites",
        "list of origins",
        "none",
        "Other sites whose scripts may call the programming interface",
    ),
    setting(
        "security.contacts",
        "list of mailto:, tel: or https:",
        "none",
        "Where weaknesses are reported; published in security.txt",
    ),
    setting(
        "security.policy",
        "https URL",
        "none",
        "The page that says how reports are dealt with",
    ),
    setting(
        "log.format",
        "`text` or `json`",
        "`text`",
        "How the log is written, to standard error",
    ),
    setting(
        "log.level",
        "`error`, `warn`, `info` or `debug`",
        "`info`",
        "The least grave that is written",
    ),
    setting(
        "metrics.listen",
        "address:port of this machine",
        "none",
        "Where the figures are served, and nothing else",
    ),
    setting(
        "metrics.token-file",
        "file",
        "none",
        "The token by which the figures are read at /metrics of the public address",
    ),
    setting(
        "jobs.at",
        "time, or `never`",
        "`03:30`",
        "When the night's work is done, in the controller's time zone",
    ),
    setting(
        "backup.to",
        "folder, or `s3://BUCKET/PREFIX`",
        "none",
        "Where the data is backed up to; none: somebody else does it",
    ),
    setting(
        "backup.every",
        "duration, 5 min to 168 h",
        "`1 h`",
        "How often: a bad day loses so much data at the most",
    ),
    setting(
        "backup.keep",
        "number, 1 to 10000",
        "`48`",
        "How many backups the place keeps; older ones go",
    ),
    setting(
        "mail.host",
        "name of a host",
        "none",
        "The mail server that messages to people are handed to; none: nobody is written to",
    ),
    setting(
        "mail.port",
        "number, 1 to 65535",
        "`465`, `587` or `25`, by `mail.security`",
        "Its port",
    ),
    setting(
        "mail.security",
        "`tls`, `starttls` or `machine`",
        "`tls`",
        "How the way to it is protected: by TLS from the first byte, by TLS before anything is said, or not, on this machine alone",
    ),
    setting(
        "mail.user",
        "text",
        "none",
        "The account that messages are handed over with",
    ),
    setting(
        "mail.password-file",
        "file",
        "none",
        "The file with its password",
    ),
    setting(
        "mail.certificates",
        "file",
        "none",
        "Certificates that are trusted beside those of the system, PEM",
    ),
    setting(
        "mail.from",
        "address, with a name or without",
        "needed with `mail.host`",
        "Who messages are from: `The name <privacy@people.example>`",
    ),
    setting(
        "mail.reply-to",
        "address, with a name or without",
        "`mail.from`",
        "Where answers go",
    ),
    setting(
        "mail.rate",
        "number, 1 to 100000",
        "`120`",
        "The messages in a minute",
    ),
    setting(
        "mail.every",
        "duration, 1 s to 1 h",
        "`20 s`",
        "How often the server looks whether messages are due",
    ),
];

/// The keys of one of `[[providers]]`, which have no name in the environment.
pub(super) const PROVIDER: &[Setting] = &[
    setting("name", "word", "needed", "Its name, for addresses"),
    setting("title", "text", "the name", "What people read"),
    setting("issuer", "https URL", "needed", "Its issuer identifier"),
    setting(
        "client-id",
        "text",
        "needed",
        "The identifier under which it knows this server",
    ),
    setting(
        "client-secret-file",
        "file",
        "none",
        "The file with the secret that goes with it",
    ),
    setting(
        "link-by-address",
        "true or false",
        "`false`",
        "Whether an address that it has verified finds an account, once",
    ),
];

/// Variables of the environment that are Kept's and no settings.
pub(super) const OTHER_VARIABLES: [&str; 7] = [
    "KEPT_CONFIG",
    "KEPT_DATA",
    "KEPT_DATABASE",
    "KEPT_KEYRING_DATABASE",
    "KEPT_KEY_MANAGER_PIN",
    "KEPT_KEYS",
    "KEPT_UPDATE",
];

impl Setting {
    /// Its name in the environment: `KEPT_TLS_MINIMUM`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("KEPT_{}", self.path.replace(['.', '-'], "_").to_uppercase())
    }
}

/// The reference of all settings, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(
        "| setting | environment | value | if left out | what it says |\n|---|---|---|---|---|\n",
    );
    for it in SETTINGS {
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} | {} | {} |",
            it.path,
            it.variable(),
            it.kind,
            it.default,
            it.about
        );
    }
    text.push_str(
        "\nA service by which staff sign in is one `[[providers]]`, in the file only:\n\n\
         | key | value | if left out | what it says |\n|---|---|---|---|\n",
    );
    for it in PROVIDER {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            it.path, it.kind, it.default, it.about
        );
    }
    text
}
