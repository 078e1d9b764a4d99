//! From what was given to a checked configuration.

mod backup;
mod mail;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use jiff::civil::Time;
use services::security::TlsVersion;

use super::address::PublicAddress;
use super::finding::{Finding, Findings};
use super::settings::SETTINGS;
use super::source::{Given, Place, Raw, Source};
use super::{
    Config, Limits, Log, LogFormat, LogLevel, Metrics, Passwords, Provider, Proxy, ProxyHeader,
    SecurityContact, Sessions, SignIn, Tls, value,
};

const PLAINTEXT: &str = "what is said in plain text beyond the machine can be read and changed on \
    its way (21g; GDPR 32)";
/// The address that is listened at if none is named.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7879);

/// Reads a configuration: the text of the file, the folder that its paths start from, and the
/// environment.
///
/// # Errors
/// Everything that is wrong.
pub fn read(
    text: &str,
    folder: &Path,
    environment: &[(String, String)],
) -> Result<Config, Findings> {
    let mut findings = Findings::default();
    let source = Source::gather(text, environment, &mut findings);
    let mut reader = Reader {
        source: &source,
        folder,
        findings,
    };
    let config = reader.config();
    match config.filter(|_| reader.findings.is_empty()) {
        Some(config) => Ok(config),
        None => Err(reader.findings),
    }
}

struct Reader<'a> {
    source: &'a Source,
    folder: &'a Path,
    findings: Findings,
}

impl Reader<'_> {
    fn config(&mut self) -> Option<Config> {
        let address = self.parsed("address", PublicAddress::parse);
        if address.is_none() && self.source.get("address").is_none() {
            let finding = Finding::new(Place::Nowhere, "the public address is missing");
            self.findings.push(
                finding.help("write `address = \"https://people.example\"`, or set KEPT_ADDRESS"),
            );
        }
        let listen = self.list("listen", |text| {
            text.parse::<SocketAddr>()
                .map_err(|_| "an address with a port is meant: `0.0.0.0:443`")
        });
        let listen = if listen.is_empty() {
            vec![LISTEN]
        } else {
            listen
        };
        let tls = self.tls();
        let proxy = self.proxy();
        if let Some(address) = &address {
            self.no_plain_text(address, &listen, tls.is_some(), proxy.is_some());
        }
        let minute = 60;
        let hour = 60 * minute;
        let sessions = Sessions {
            idle_max: self.duration("sessions.idle", (minute, 12 * hour), 30 * minute),
            absolute_max: self.duration("sessions.absolute", (5 * minute, 168 * hour), 12 * hour),
        };
        if sessions.idle_max > sessions.absolute_max {
            self.wrong(
                "sessions.idle",
                "a session would end before it could be idle for so long",
                "name a shorter time than `sessions.absolute`",
            );
        }
        let passwords = self.passwords();
        let sign_in = SignIn {
            second_factor_required: self.boolean("sign-in.second-factor", true),
            link_max: self.duration("sign-in.link", (minute, 24 * hour), 15 * minute),
            link_folder: self.file("sign-in.link-folder"),
        };
        let limits = self.limits();
        let cors_sites = self.list("cors.sites", |text| {
            let site = PublicAddress::parse(text)?;
            match site.is_secure() || site.is_this_machine() {
                true => Ok(site.origin()),
                false => Err("a site is an `https` origin"),
            }
        });
        let security = self.security();
        let log = self.log();
        let metrics = self.metrics();
        let jobs_at = self.jobs_at();
        let backup = self.backup();
        let mail = self.mail();
        let providers = self.providers();
        Some(Config {
            address: address?,
            listen,
            tls,
            proxy,
            sessions,
            passwords,
            sign_in,
            limits,
            cors_sites,
            security,
            log,
            metrics,
            jobs_at,
            backup,
            mail,
            providers,
        })
    }

    fn tls(&mut self) -> Option<Tls> {
        let minimum = self.parsed("tls.minimum", |text| {
            TlsVersion::of_name(text).ok_or("this version has no rank: `1.2` and `1.3` have one")
        });
        let certificate = self.file("tls.certificate");
        let key = self.file("tls.key");
        match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Tls {
                certificate,
                key,
                minimum: minimum.unwrap_or(TlsVersion::Tls13),
            }),
            (Some(_), None) => {
                self.wrong(
                    "tls.certificate",
                    "a certificate needs its key",
                    "add `tls.key`",
                );
                None
            }
            (None, Some(_)) => {
                self.wrong(
                    "tls.key",
                    "a key needs its certificate",
                    "add `tls.certificate`",
                );
                None
            }
            (None, None) => None,
        }
    }

    fn proxy(&mut self) -> Option<Proxy> {
        let networks = self.list("proxy.networks", |text| {
            let one = text.parse::<std::net::IpAddr>().map(IpNet::from);
            let network = text.parse::<IpNet>().or(one);
            let network = network.map_err(|_| "a network is meant: `10.0.0.0/8`")?;
            match network.prefix_len() {
                0 => Err("this is everybody's network: name the proxies' own"),
                _ => Ok(network),
            }
        });
        let header = self.word(
            "proxy.header",
            &[
                ("x-forwarded-for", ProxyHeader::XForwardedFor),
                ("forwarded", ProxyHeader::Forwarded),
            ],
        );
        (!networks.is_empty()).then_some(Proxy { networks, header })
    }

    /// 21g: no plain text beyond the machine.
    fn no_plain_text(
        &mut self,
        address: &PublicAddress,
        listen: &[SocketAddr],
        tls: bool,
        proxy: bool,
    ) {
        if !address.is_secure() && (tls || proxy || !address.is_this_machine()) {
            let help = "begin it with `https://`; plain HTTP is for `http://localhost` alone";
            self.plain("address", "the public address is one of plain HTTP", help);
        }
        if tls || proxy {
            return;
        }
        let ends = "name `tls.certificate` and `tls.key`, or the `proxy.networks` of the proxy that \
            ends TLS";
        if address.is_secure() {
            self.plain("address", "nothing here ends TLS for this address", ends);
        }
        if let Some(beyond) = listen.iter().find(|it| !it.ip().is_loopback()) {
            let message = format!("{beyond} would take plain HTTP from beyond this machine");
            self.plain("listen", &message, ends);
        }
    }

    fn plain(&mut self, path: &str, message: &str, help: &str) {
        let place = self.place(path);
        self.findings
            .push(Finding::new(place, message).why(PLAINTEXT).help(help));
    }

    fn passwords(&mut self) -> Passwords {
        Passwords {
            length_min: self.number("passwords.length", (8, 128), 12),
            strength_min: self.number("passwords.strength", (0, 4), 4),
            refuse_leaked: self.boolean("passwords.refuse-leaked", true),
            leaked_list: self.file("passwords.leaked-list"),
        }
    }

    fn limits(&mut self) -> Limits {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Limits {
            body_bytes_max: self.bytes("limits.body", (1 << 10, 1 << 30), 1 << 20),
            head_bytes_max: self.bytes("limits.head", (8 << 10, 64 << 10), 16 << 10),
            head_time_max: self.duration("limits.head-time", (1, 60), 10),
            time_max: self.duration("limits.time", (1, 600), 30),
            requests_a_minute: self.number("limits.requests", (10, 1_000_000), 600),
            connections_max: count(self.number("limits.connections", (8, 100_000), 1024)),
            stop_time_max: self.duration("limits.stop-time", (1, 600), 20),
        }
    }

    fn security(&mut self) -> Option<SecurityContact> {
        let contacts = self.list("security.contacts", |text| {
            let schemes = ["mailto:", "tel:", "https://"];
            match schemes
                .iter()
                .any(|it| text.len() > it.len() && text.starts_with(it))
                && text.bytes().all(|byte| byte.is_ascii_graphic())
            {
                true => Ok(text.to_owned()),
                false => {
                    Err("a contact is a `mailto:`, `tel:` or `https:` address (RFC 9116, 2.5.3)")
                }
            }
        });
        let policy = self.parsed("security.policy", |text| {
            match text.starts_with("https://") && text.bytes().all(|it| it.is_ascii_graphic()) {
                true => Ok(text.to_owned()),
                false => Err("an `https` address is meant"),
            }
        });
        (!contacts.is_empty()).then_some(SecurityContact { contacts, policy })
    }

    fn log(&mut self) -> Log {
        let format = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let level = [
            ("info", LogLevel::Info),
            ("error", LogLevel::Error),
            ("warn", LogLevel::Warn),
            ("debug", LogLevel::Debug),
        ];
        Log {
            format: self.word("log.format", &format),
            level: self.word("log.level", &level),
        }
    }

    fn metrics(&mut self) -> Metrics {
        let listen = self.parsed("metrics.listen", |text| {
            text.parse::<SocketAddr>()
                .map_err(|_| "an address with a port is meant: `127.0.0.1:9464`")
        });
        if listen.is_some_and(|it| !it.ip().is_loopback()) {
            let message = "figures are served in plain text on this machine alone";
            let help = "name an address of this machine; from elsewhere figures are read at \
                /metrics of the public address, with `metrics.token-file`";
            self.plain("metrics.listen", message, help);
        }
        Metrics {
            listen,
            token_file: self.file("metrics.token-file"),
        }
    }

    fn jobs_at(&mut self) -> Option<Time> {
        let wrong = "a time of day is meant: `03:30`, or `never`";
        let at = self.parsed("jobs.at", |text| match text {
            "never" => Ok(None),
            _ => text.parse::<Time>().map(Some).map_err(|_| wrong),
        });
        at.unwrap_or(Some(jiff::civil::time(3, 30, 0, 0)))
    }

    fn providers(&mut self) -> Vec<Provider> {
        let mut providers: Vec<Provider> = Vec::new();
        for given in &self.source.providers {
            let mut text = |key: &str| {
                let given = given.get(key)?;
                match &given.raw {
                    Raw::Text(text) if !text.is_empty() => Some(text.clone()),
                    _ => {
                        let place = given.place.clone();
                        self.findings.push(Finding::new(place, "a text is meant"));
                        None
                    }
                }
            };
            let (name, issuer) = (text("name"), text("issuer"));
            let (client_id, title) = (text("client-id"), text("title"));
            let secret = text("client-secret-file").map(|it| self.folder.join(it));
            let link_by_address = match given.get("link-by-address").map(|it| (&it.raw, it)) {
                None => false,
                Some((Raw::Boolean(it), _)) => *it,
                Some((_, given)) => {
                    let finding = Finding::new(given.place.clone(), "`true` or `false` is meant");
                    self.findings.push(finding);
                    false
                }
            };
            let (Some(name), Some(issuer), Some(client_id)) = (name, issuer, client_id) else {
                let finding = Finding::new(Place::Nowhere, "a provider lacks a key");
                self.findings
                    .push(finding.help("it needs `name`, `issuer` and `client-id`"));
                continue;
            };
            let place = |key: &str| given.get(key).map_or(Place::Nowhere, |it| it.place.clone());
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if !name.bytes().all(plain) || providers.iter().any(|it| it.name == name) {
                let finding = Finding::new(place("name"), "this name cannot stand in an address");
                let help = "use `a-z`, `0-9` and `-`, and each name once";
                self.findings.push(finding.help(help));
            }
            let local = PublicAddress::parse(&issuer).is_ok_and(|it| it.is_this_machine());
            if !issuer.starts_with("https://") && !local {
                let finding = Finding::new(place("issuer"), "an issuer is an `https` address");
                self.findings.push(finding.why(PLAINTEXT));
            }
            providers.push(Provider {
                title: title.unwrap_or_else(|| name.clone()),
                name,
                issuer,
                client_id,
                client_secret_file: secret,
                link_by_address,
            });
        }
        providers
    }

    // What follows reads one setting of a kind.

    fn place(&self, path: &str) -> Place {
        let given = self.source.get(path);
        given.map_or(Place::Nowhere, |it| it.place.clone())
    }

    fn wrong(&mut self, path: &str, message: impl Into<String>, help: &str) {
        let place = self.place(path);
        self.findings.push(Finding::new(place, message).help(help));
    }

    /// A setting that is not what it is to be.
    fn unfit(&mut self, path: &str, given: &Given, message: impl Into<String>) {
        let setting = SETTINGS.iter().find(|it| it.path == path);
        let kind = setting.map_or("", |it| it.kind);
        let finding = Finding::new(given.place.clone(), message);
        self.findings
            .push(finding.help(format!("`{path}` is: {kind}")));
    }

    fn parsed<T, E: Into<String>>(
        &mut self,
        path: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let given = self.source.get(path)?;
        match &given.raw {
            Raw::Text(text) => match parse(text.trim()) {
                Ok(value) => Some(value),
                Err(message) => {
                    self.unfit(path, given, message);
                    None
                }
            },
            other => {
                self.unfit(
                    path,
                    given,
                    format!("a text is meant, and this is {}", kind(other)),
                );
                None
            }
        }
    }

    fn word<T: Copy>(&mut self, path: &str, words: &[(&str, T)]) -> T {
        let found = self.parsed(path, |text| {
            let word = words.iter().find(|(word, _)| *word == text);
            word.map(|(_, value)| *value)
                .ok_or("there is no such value")
        });
        found.unwrap_or(words[0].1)
    }

    fn file(&mut self, path: &str) -> Option<PathBuf> {
        let folder = self.folder.to_owned();
        self.parsed(path, |text| match text {
            "" => Err("a file is meant"),
            _ => Ok(folder.join(text)),
        })
    }

    fn duration(&mut self, path: &str, bounds: (u64, u64), default: u64) -> Duration {
        let found = self.parsed(path, |text| value::duration(text, bounds.0, bounds.1));
        found.unwrap_or(Duration::from_secs(default))
    }

    fn bytes(&mut self, path: &str, bounds: (usize, usize), default: usize) -> usize {
        let Some(given) = self.source.get(path) else {
            return default;
        };
        let text = match &given.raw {
            Raw::Integer(number) => number.to_string(),
            Raw::Text(text) => text.clone(),
            other => kind(other).to_owned(),
        };
        value::bytes(&text, bounds.0, bounds.1).unwrap_or_else(|message| {
            self.unfit(path, given, message);
            default
        })
    }

    fn number(&mut self, path: &str, bounds: (u32, u32), default: u32) -> u32 {
        let Some(given) = self.source.get(path) else {
            return default;
        };
        let number = match &given.raw {
            Raw::Integer(number) => u32::try_from(*number).ok(),
            Raw::Text(text) => text.trim().parse().ok(),
            Raw::Boolean(_) | Raw::List(_) | Raw::Other(_) => None,
        };
        match number.filter(|it| (bounds.0..=bounds.1).contains(it)) {
            Some(number) => number,
            None => {
                let message = format!("a number from {} to {} is meant", bounds.0, bounds.1);
                self.unfit(path, given, message);
                default
            }
        }
    }

    fn boolean(&mut self, path: &str, default: bool) -> bool {
        let Some(given) = self.source.get(path) else {
            return default;
        };
        match &given.raw {
            Raw::Boolean(it) => *it,
            Raw::Text(text) if text == "true" => true,
            Raw::Text(text) if text == "false" => false,
            _ => {
                self.unfit(path, given, "`true` or `false` is meant");
                default
            }
        }
    }

    fn list<T>(&mut self, path: &str, parse: impl Fn(&str) -> Result<T, &'static str>) -> Vec<T> {
        let Some(given) = self.source.get(path) else {
            return Vec::new();
        };
        let parts: Vec<Given> = match &given.raw {
            Raw::List(list) => list.clone(),
            // In the environment, and for a list of one.
            Raw::Text(text) => text
                .split(',')
                .map(|part| Given {
                    raw: Raw::Text(part.trim().to_owned()),
                    place: given.place.clone(),
                })
                .collect(),
            Raw::Integer(_) | Raw::Boolean(_) | Raw::Other(_) => vec![given.clone()],
        };
        let mut values = Vec::new();
        for part in &parts {
            let parsed = match &part.raw {
                Raw::Text(text) => parse(text),
                _ => Err("a text is meant"),
            };
            match parsed {
                Ok(value) => values.push(value),
                Err(message) => self.unfit(path, part, message),
            }
        }
        if parts.is_empty() {
            self.unfit(
                path,
                given,
                "the list is empty: leave it out, or name something",
            );
        }
        values
    }
}

fn kind(raw: &Raw) -> &'static str {
    match raw {
        Raw::Text(_) => "a text",
        Raw::Integer(_) => "a whole number",
        Raw::Boolean(_) => "true or false",
        Raw::List(_) => "a list",
        Raw::Other(kind) => kind,
    }
}

#[cfg(test)]
mod tests;
