//! How messages are sent: the settings under `[mail]`.

use super::Reader;
use crate::server::config::{Mail, MailSecurity, PublicAddress};

/// The settings that say nothing without `mail.host`.
const OTHERS: [&str; 9] = [
    "mail.port",
    "mail.security",
    "mail.user",
    "mail.password-file",
    "mail.certificates",
    "mail.from",
    "mail.reply-to",
    "mail.rate",
    "mail.every",
];

impl Reader<'_> {
    pub(super) fn mail(&mut self) -> Option<Mail> {
        let host = self.parsed("mail.host", |text| {
            let named = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            match named && !text.contains([':', '/', '@']) {
                true => Ok(text.to_owned()),
                false => Err("the name of a host is meant: `mail.example`"),
            }
        });
        let Some(host) = host else {
            let given = OTHERS.iter().find(|path| self.source.get(path).is_some());
            if let Some(path) = given.filter(|_| self.source.get("mail.host").is_none()) {
                self.wrong(path, "no mail server is named", "add `mail.host`");
            }
            return None;
        };
        let words = [
            ("tls", MailSecurity::Tls),
            ("starttls", MailSecurity::StartTls),
            ("machine", MailSecurity::Machine),
        ];
        let security = self.word("mail.security", &words);
        if security == MailSecurity::Machine && !PublicAddress::is_machine(&host) {
            let message = "messages would leave the machine in plain text";
            let help = "write `security = \"tls\"` or `\"starttls\"`; `machine` is for a mail server \
                on this machine";
            self.plain("mail.security", message, help);
        }
        let usual = match security {
            MailSecurity::Tls => 465,
            MailSecurity::StartTls => 587,
            MailSecurity::Machine => 25,
        };
        let port = self.number("mail.port", (1, 65_535), usual);
        let from = self.parsed("mail.from", address);
        if from.is_none() && self.source.get("mail.from").is_none() {
            let help = "add `mail.from`: `from = \"The name <privacy@people.example>\"`";
            self.wrong("mail.host", "messages would be from nobody", help);
        }
        let user = self.parsed("mail.user", |text| match text {
            "" => Err("a text is meant"),
            _ => Ok(text.to_owned()),
        });
        let account = match (user, self.file("mail.password-file")) {
            (Some(user), Some(file)) => Some((user, file)),
            (None, None) => None,
            (Some(_), None) => {
                let help = "add `mail.password-file`";
                self.wrong("mail.user", "an account needs its password", help);
                None
            }
            (None, Some(_)) => {
                let help = "add `mail.user`";
                self.wrong("mail.password-file", "a password needs its account", help);
                None
            }
        };
        Some(Mail {
            host,
            port: u16::try_from(port).unwrap_or(465),
            security,
            account,
            certificates: self.file("mail.certificates"),
            from: from?,
            reply_to: self.parsed("mail.reply-to", address),
            a_minute_max: self.number("mail.rate", (1, 100_000), 120),
            looks_every: self.duration("mail.every", (1, 3600), 20),
        })
    }
}

/// An address of a sender, with or without a name: on one line, with one `@`.
fn address(text: &str) -> Result<String, &'static str> {
    let bare = text
        .split_once('<')
        .map_or(Some(text), |(_, rest)| rest.strip_suffix('>'));
    let sound = bare.is_some_and(|bare| {
        let parts: Vec<&str> = bare.split('@').collect();
        parts.len() == 2
            && parts
                .iter()
                .all(|part| !part.is_empty() && !part.contains(' '))
    });
    match sound && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err("an address is meant: `The name <privacy@people.example>`"),
    }
}
