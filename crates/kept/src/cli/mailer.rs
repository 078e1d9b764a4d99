//! The mail server that a configuration names, ready for messages.

use std::sync::Arc;

use domain::{Fault, FaultKind};
use mail::{Security, Settings, Smtp};
use services::Kept;
use services::mail::Mailer;
use web::server::config::{Config, Mail, MailSecurity};

use super::invalid;

/// The mailer of a configuration; none where it names no mail server.
///
/// # Errors
/// [`FaultKind::Invalid`] when a file that is named cannot be used; [`FaultKind::Refused`] when a
/// rehearsal would write to the world.
pub(super) fn of(config: &Config, kept: Option<&Kept>) -> Result<Option<Arc<dyn Mailer>>, Fault> {
    let Some(mail) = &config.mail else {
        return Ok(None);
    };
    let settings = settings(mail);
    // The people of a rehearsal are invented, and their addresses may be somebody's.
    if kept.is_some_and(Kept::is_rehearsal) && !settings.is_this_machine() {
        return Err(Fault::new(
            FaultKind::Refused,
            "a rehearsal sends no mail beyond this machine",
        )
        .rule("rehearsal")
        .remedy("name a mail server on this machine, one that keeps what it gets"));
    }
    Ok(Some(Arc::new(Smtp::new(&settings)?)))
}

/// The same where there has to be one.
///
/// # Errors
/// As there; [`FaultKind::Invalid`] when the configuration names none.
pub(super) fn needed(config: &Config, kept: &Kept) -> Result<(Arc<dyn Mailer>, u32), Fault> {
    let rate = config.mail.as_ref().map_or(0, |mail| mail.a_minute_max);
    let mailer = of(config, Some(kept))?.ok_or_else(|| {
        invalid("the configuration names no mail server")
            .remedy("add `mail.host` and `mail.from`; docs/server.md shows them")
    })?;
    Ok((mailer, rate))
}

fn settings(mail: &Mail) -> Settings {
    Settings {
        host: mail.host.clone(),
        port: mail.port,
        security: match mail.security {
            MailSecurity::Tls => Security::Tls,
            MailSecurity::StartTls => Security::StartTls,
            MailSecurity::Machine => Security::Machine,
        },
        account: mail.account.clone(),
        certificates: mail.certificates.clone(),
        from: mail.from.clone(),
        reply_to: mail.reply_to.clone(),
    }
}
