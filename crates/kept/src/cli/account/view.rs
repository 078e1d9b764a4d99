//! What is shown of accounts.

use std::fmt::Write as _;

use clap::Args;
use domain::{Fault, Rule, Terms};
use jiff::Timestamp;
use policy::model::Language;
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
        let law = kept.law();
        context.answer(
            |colour| list_text(&accounts, colour),
            || {
                let accounts = accounts.iter();
                let accounts = accounts.map(|one| account_json(one, law.terms()));
                json!({ "accounts": accounts.collect::<Vec<_>>() })
            },
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
        let law = kept.law();
        context.answer(
            |colour| account_text(&account, law.terms(), colour),
            || account_json(&account, law.terms()),
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

fn account_text(account: &AccountInfo, terms: Terms<'_>, colour: bool) -> String {
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
        let state = account.states.iter().find(|one| one.role == held.role);
        let Some(state) = state else { continue };
        if let Some(due) = state.due.filter(|_| state.closed.is_none()) {
            let _ = writeln!(text, "    open until {due}, unless it is confirmed again");
        }
        if let Some(rule) = state.closed {
            text.push_str(&closed_text(rule, terms, colour));
        }
    }
    if let Some(undertook) = &account.undertaking {
        if let (Some((version, at)), Some(due)) = (undertook.accepted, undertook.due) {
            let _ = writeln!(
                text,
                "  undertaking of confidentiality, version {version}, accepted {}, until {due}",
                day(at)
            );
        }
        // Who reads nothing in any role has nothing to undertake.
        let rule = undertook.closes();
        let rule = rule.filter(|_| account.states.iter().any(|one| one.unread.is_some()));
        if let Some(rule) = rule {
            text.push_str(&closed_text(rule, terms, colour));
        }
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

fn closed_text(rule: Rule, terms: Terms<'_>, colour: bool) -> String {
    format!(
        "    {} ({})\n",
        Paint::Error.on(&rule.sentence(terms, Language::En), colour),
        rule.name(terms)
    )
}

fn closed_json(rule: Option<Rule>, terms: Terms<'_>) -> Value {
    let closed = rule.map(|rule| {
        json!({
            "rule": rule.name(terms),
            "why": rule.sentence(terms, Language::En),
        })
    });
    json!(closed)
}

fn account_json(account: &AccountInfo, terms: Terms<'_>) -> Value {
    let roles = account.roles.iter().map(|held| {
        let state = account.states.iter().find(|one| one.role == held.role);
        let due = state.and_then(|state| state.due);
        json!({
            "due": due.map(|due| due.to_string()),
            "closed": closed_json(state.and_then(|state| state.closed), terms),
            "unread": closed_json(state.and_then(|state| state.unread), terms),
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
    let undertaking = account.undertaking.as_ref().map(|undertook| {
        json!({
            "version": undertook.accepted.map(|(version, _)| version),
            "accepted": undertook.accepted.map(|(_, at)| at.to_string()),
            "due": undertook.due.map(|due| due.to_string()),
            "latest": undertook.latest,
            "missing": closed_json(undertook.closes(), terms),
        })
    });
    json!({
        "undertaking": undertaking,
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
