//! `kept access account`: what an account may do today, by the roles that it holds (9c).

use std::fmt::Write as _;

use clap::Args;
use domain::{Account as Handle, Fault, Rule, Terms};
use policy::model::Language;
use serde_json::{Value, json};
use services::Kept;
use services::access::RoleState;

use super::{Rules, What};
use crate::cli::options::Place;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

/// Says what an account may do.
#[derive(Debug, Args)]
pub(super) struct Account {
    /// The account's identifier
    #[arg(value_name = "ACCOUNT", value_parser = Handle::parse)]
    whose: Handle,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Account {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let access = kept.access();
        let account = access.show(access.named(&self.whose)?)?;
        let Some(authorisation) = law.authorisation() else {
            // Says that there are no roles, and what to do.
            return services::InRole::named(&law, "").map(|_| Exit::Done);
        };
        let rules = Rules {
            policy: law.policy(),
            authorisation,
        };
        let held: Vec<Held<'_>> = account
            .states
            .iter()
            .map(|state| Held {
                state,
                // A role that is gone opens nothing.
                what: authorisation
                    .role_named(&state.role)
                    .and_then(|_| What::ask(&rules, &state.role).ok()),
                stands: account.stands,
            })
            .collect();
        let (terms, handle) = (law.terms(), self.whose.as_str());
        context.answer(
            |colour| text(handle, account.stands, &held, terms, colour),
            || {
                let roles: Vec<Value> = held.iter().map(|one| one.json(terms)).collect();
                json!({ "account": handle, "access": account.stands, "roles": roles })
            },
        );
        Ok(Exit::Done)
    }
}

/// A role that is held, and what it opens.
struct Held<'a> {
    state: &'a RoleState,
    what: Option<What<'a>>,
    stands: bool,
}

impl Held<'_> {
    fn json(&self, terms: Terms<'_>) -> Value {
        let closed = |rule: Option<Rule>| rule.map(|rule| rule.name(terms));
        let open = self.stands && self.state.closed.is_none() && self.what.is_some();
        let may = self.what.as_ref().filter(|_| open).map(What::json);
        json!({
            "role": self.state.role,
            "closed": closed(self.state.closed),
            "unread": closed(self.state.unread),
            "may": may.map(|may| may["may"].clone()),
        })
    }
}

fn text(handle: &str, stands: bool, held: &[Held<'_>], terms: Terms<'_>, colour: bool) -> String {
    let mut text = format!("{}\n", Paint::Bold.on(handle, colour));
    if !stands {
        text.push_str("has no access: it may do nothing\n");
        return text;
    }
    if held.is_empty() {
        text.push_str("holds no role: it may do nothing\n");
    }
    for one in held {
        let closing = [one.state.closed, one.state.unread];
        for rule in closing.into_iter().flatten() {
            let why = rule.sentence(terms, Language::En);
            let _ = writeln!(
                text,
                "\n{}: {} ({})",
                one.state.role,
                Paint::Error.on(&why, colour),
                rule.name(terms)
            );
        }
        if one.state.closed.is_some() {
            continue;
        }
        text.push('\n');
        match &one.what {
            Some(what) => text.push_str(&what.text(colour)),
            None => {
                let _ = writeln!(
                    text,
                    "{}: the authorisation in force does not have this role any more",
                    one.state.role
                );
            }
        }
    }
    text
}
