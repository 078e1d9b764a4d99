//! `kept key`: keys of programs (21c).

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use domain::{Account, Fault};
use jiff::Timestamp;
use jiff::civil::DateTime;
use policy::model::Policy;
use serde_json::{Value, json};
use services::Kept;
use services::access::{KeyId, KeyInfo, NewKey, Scopes};

use super::account::Done;
use super::options::{Changing, Place, moment};
use super::{Context, Exit, OnInstallation, names};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept key add website --role marketing --purpose newsletters --until 2026-12-31 --data D
  kept key list --data D
  kept key review 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D
  kept key revoke 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D

A key is shown once, opens a part of what its roles may do, and ends by itself. The journal names
the program by its identifier.";

/// Makes, lists and revokes keys of programs.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Key {
    #[command(subcommand)]
    act: KeyAct,
}

#[derive(Debug, Subcommand)]
enum KeyAct {
    /// Make a key for a program
    Add(Add),
    /// List the keys
    List(List),
    /// Confirm that a key is still needed
    Review(Review),
    /// Revoke a key at once
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Add {
    /// The program's identifier
    #[arg(value_name = "PROGRAM", value_parser = Account::parse)]
    program: Account,

    /// A role whose rights the program has; may be repeated
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,

    /// One of the actions that it may do, instead of all that the roles may; may be repeated
    #[arg(long = "action", value_name = "NAME")]
    actions: Vec<String>,

    /// One of the purposes that it may read for, instead of all of the roles'; may be repeated
    #[arg(long = "purpose", value_name = "NAME")]
    purposes: Vec<String>,

    /// Until when, in the controller's time zone: a year ahead at the most
    #[arg(long, value_name = "DATE-TIME")]
    until: DateTime,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Review {
    /// The key's identifier
    key: KeyId,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The key's identifier
    key: KeyId,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Key {
    fn place(&self) -> &Place {
        match &self.act {
            KeyAct::Add(add) => &add.place,
            KeyAct::List(list) => &list.place,
            KeyAct::Review(review) => &review.place,
            KeyAct::Revoke(revoke) => &revoke.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.act {
            KeyAct::Add(add) => add.run(kept, context)?,
            KeyAct::List(_) => {
                let (keys, now) = (kept.access().keys()?, kept.moment()?.now);
                let law = kept.law();
                context.answer(
                    |colour| list_text(&keys, now, law.policy(), colour),
                    || {
                        let keys = keys.iter().map(|key| key_json(key, law.policy()));
                        json!({ "keys": keys.collect::<Vec<_>>() })
                    },
                );
            }
            KeyAct::Review(review) => {
                let acting = context.acting(&review.place, review.changing);
                let receipt = kept.access().confirm_key(review.key, &acting)?;
                let sentence = format!("key {} is still needed", review.key);
                let entry = receipt.map(|receipt| receipt.entry);
                Done::of(acting.dry_run, sentence, entry).show(context);
            }
            KeyAct::Revoke(revoke) => {
                let acting = context.acting(&revoke.place, revoke.changing);
                kept.access().revoke_key(revoke.key, &acting)?;
                let sentence = format!("key {} is revoked", revoke.key);
                Done::of(acting.dry_run, sentence, None).show(context);
            }
        }
        Ok(Exit::Done)
    }
}

impl Add {
    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<(), Fault> {
        let acting = context.acting(&self.place, self.changing);
        let law = kept.law();
        let policy = law.policy();
        let purposes = self.purposes.iter();
        let new = NewKey {
            program: self.program.clone(),
            scopes: Scopes {
                roles: self.roles.clone(),
                actions: self.actions.clone(),
                purposes: purposes
                    .map(|name| names::purpose(policy, name))
                    .collect::<Result<_, Fault>>()?,
            },
            ends: moment(kept, self.until)?,
        };
        let (info, token) = kept.access().make_key(&new, &acting)?;
        let shown = token.map(|token| token.reveal_key());
        context.answer(
            |colour| {
                let begin = match acting.dry_run {
                    true => "would be done:",
                    false => "done:",
                };
                let begin = Paint::Good.on(begin, colour);
                let mut text = match acting.dry_run {
                    true => format!("{begin} a key for {}\n", info.program),
                    false => format!("{begin} key {} for {}\n", info.id, info.program),
                };
                if let Some(shown) = &shown {
                    let _ = write!(
                        text,
                        "\n  {}\n\n  It is good until {}, and is not shown again.\n",
                        shown.as_str(),
                        info.ends.strftime("%Y-%m-%d %H:%M UTC"),
                    );
                }
                text
            },
            || {
                let mut object = key_json(&info, policy);
                object["dry-run"] = json!(acting.dry_run);
                if acting.dry_run {
                    object["key"] = Value::Null;
                }
                object["secret"] = json!(shown.as_ref().map(|shown| shown.as_str()));
                object
            },
        );
        Ok(())
    }
}

fn list_text(keys: &[KeyInfo], now: Timestamp, policy: &Policy, colour: bool) -> String {
    if keys.is_empty() {
        return "there are no keys\n".to_owned();
    }
    let mut text = String::new();
    for key in keys {
        let state = match key.revoked {
            Some(at) => format!("revoked {}", day(at)),
            None if key.ends <= now => format!("ended {}", day(key.ends)),
            None => format!("good until {}", day(key.ends)),
        };
        let used = match key.used {
            Some(used) => format!("last used {}", day(used)),
            None => "never used".to_owned(),
        };
        let due = match (key.due, key.revoked) {
            (Some(due), None) if key.overdue => {
                let closed = format!("nobody confirmed it by {due}: it opens nothing");
                format!("\n  {}", Paint::Error.on(&closed, colour))
            }
            (Some(due), None) => format!("\n  open until {due}, unless it is confirmed again"),
            (None, _) | (_, Some(_)) => String::new(),
        };
        let _ = writeln!(
            text,
            "{}  {}\n  {state}, {used}, made by {}\n  as {}{}{}{due}",
            Paint::Bold.on(&key.program, colour),
            key.id,
            key.made_by,
            key.scopes.roles.join(", "),
            only("may", &key.scopes.actions),
            only("for", &purposes(key, policy)),
        );
    }
    text
}

fn only(word: &str, names: &[String]) -> String {
    match names.is_empty() {
        true => String::new(),
        false => format!("; only {word} {}", names.join(", ")),
    }
}

fn purposes(key: &KeyInfo, policy: &Policy) -> Vec<String> {
    let purposes = key.scopes.purposes.iter();
    purposes
        .map(|id| policy.purpose(*id).name.clone())
        .collect()
}

fn key_json(key: &KeyInfo, policy: &Policy) -> Value {
    json!({
        "key": key.id.to_string(),
        "program": key.program,
        "roles": key.scopes.roles,
        "actions": key.scopes.actions,
        "purposes": purposes(key, policy),
        "made": key.made.to_string(),
        "made-by": key.made_by,
        "ends": key.ends.to_string(),
        "revoked": key.revoked.map(|at| at.to_string()),
        "used": key.used.map(|at| at.to_string()),
        "reviewed": key.reviewed.to_string(),
        "reviewed-by": key.reviewed_by,
        "due": key.due.map(|due| due.to_string()),
        "overdue": key.overdue,
    })
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
