//! What is shown of accounts.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use jiff::Timestamp;
use serde_json::{Value, json};
use services::Kept;
use services::access::{AccountInfo, SessionInfo};

use super::About;
use crate::cli::options::Place;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

/// Lists accounts.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    place: Place,
}

/// Shows an account.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    about: About,

    #[command(flatten)]
    place: Place,
}

/// Lists sessions.
#[derive(Debug, Args)]
pub(super) struct Sessions {
    #[command(flatten)]
    about: About,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for List {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let accounts = kept.access().list()?;
        context.answer(
            |colour| list_text(&accounts, colour),
            || json!({ "accounts": accounts.iter().map(account_json).collect::<Vec<_>>() }),
        );
        Ok(Exit::Done)
    }
}

impl OnInstallation for Show {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let subject = kept.access().named(&self.about.whose)?;
        let account = kept.access().show(subject)?;
        context.answer(
            |colour| account_text(&account, colour),
            || account_json(&account),
        );
        Ok(Exit::Done)
    }
}

impl OnInstallation for Sessions {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let subject = kept.access().named(&self.about.whose)?;
        let sessions = kept.access().sessions(subject)?;
        context.answer(
            |_| match sessions.is_empty() {
                true => "no session is open\n".to_owned(),
                false => sessions.iter().map(session_text).collect(),
            },
            || json!({ "sessions": sessions.iter().map(session_json).collect::<Vec<_>>() }),
        );
        Ok(Exit::Done)
    }
}

fn list_text(accounts: &[AccountInfo], colour: bool) -> String {
    if accounts.is_empty() {
        return "there are no accounts\n".to_owned();
    }
    let mut text = String::new();
    for account in accounts {
        let roles: Vec<&str> = account
            .roles
            .iter()
            .map(|held| held.role.as_str())
            .collect();
        let roles = match roles.is_empty() {
            true => "no role".to_owned(),
            false => roles.join(", "),
        };
        let _ = writeln!(
            text,
            "{}  {}, {roles}",
            Paint::Bold.on(&account.handle, colour),
            state(account)
        );
    }
    text
}

fn state(account: &AccountInfo) -> String {
    match (account.disabled, account.stands) {
        (Some(at), _) => format!("disabled since {}", day(at)),
        (None, true) => format!("open since {}", day(account.made)),
        (None, false) => "without access: a fact has ended it".to_owned(),
    }
}

fn account_text(account: &AccountInfo, colour: bool) -> String {
    let mut text = format!(
        "{}  {}\n  person {}\n",
        Paint::Bold.on(&account.handle, colour),
        state(account),
        account.subject
    );
    for held in &account.roles {
        let _ = writeln!(
            text,
            "  role {}, granted {} by {}, reviewed {} by {}",
            held.role,
            day(held.granted),
            held.granted_by,
            day(held.reviewed),
            held.reviewed_by
        );
    }
    for one in &account.credentials {
        let used = match one.used {
            Some(used) => format!("used {}", day(used)),
            None => "use not noted".to_owned(),
        };
        let _ = writeln!(
            text,
            "  signs in with {}{} {}, added {}, {used}",
            one.sort.name(),
            one.name
                .iter()
                .map(|name| format!(" at {name}"))
                .collect::<String>(),
            one.id,
            day(one.made)
        );
    }
    for session in &account.sessions {
        text.push_str("  ");
        text.push_str(&session_text(session));
    }
    text
}

fn session_text(session: &SessionInfo) -> String {
    format!(
        "session {} by {}, since {}, seen {}\n",
        session.id,
        session.strength.name(),
        minute(session.made),
        minute(session.seen)
    )
}

fn session_json(session: &SessionInfo) -> Value {
    json!({
        "session": session.id.to_string(),
        "by": session.strength.name(),
        "made": session.made.to_string(),
        "seen": session.seen.to_string(),
        "ends": session.ends.to_string(),
    })
}

fn account_json(account: &AccountInfo) -> Value {
    let roles = account.roles.iter().map(|held| {
        json!({
            "role": held.role,
            "granted": held.granted.to_string(),
            "granted-by": held.granted_by,
            "reviewed": held.reviewed.to_string(),
            "reviewed-by": held.reviewed_by,
        })
    });
    let credentials = account.credentials.iter().map(|one| {
        json!({
            "id": one.id.to_string(),
            "sort": one.sort.name(),
            "service": one.name,
            "made": one.made.to_string(),
            "used": one.used.map(|at| at.to_string()),
        })
    });
    json!({
        "account": account.handle,
        "person": account.subject.to_string(),
        "made": account.made.to_string(),
        "disabled": account.disabled.map(|at| at.to_string()),
        "access": account.stands,
        "roles": roles.collect::<Vec<_>>(),
        "credentials": credentials.collect::<Vec<_>>(),
        "sessions": account.sessions.iter().map(session_json).collect::<Vec<_>>(),
    })
}

pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
