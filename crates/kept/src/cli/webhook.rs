//! `kept webhook`: where programs are told of what happens.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use domain::Fault;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use services::Kept;
use services::webhook::{Delivery, NewWebhook, WebhookId, WebhookInfo};

use super::account::Done;
use super::options::{Changing, Place, moment};
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept webhook add https://shop.example/kept --event consent.withdrawn \\
    --event subject.erased --data D
  kept webhook deliveries 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D
  kept webhook replay 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --since 2026-06-01T00:00 --data D

Messages have identifiers and no data of anybody. They are signed by the Standard Webhooks
specification with a secret that is shown once, and sent by the server until they arrive.";

/// Adds, lists and removes addresses that are told of what happens, and sends again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Webhook {
    #[command(subcommand)]
    act: WebhookAct,
}

#[derive(Debug, Subcommand)]
enum WebhookAct {
    /// Add an address that is told of what happens
    Add(Add),
    /// List the addresses
    List(List),
    /// Remove an address: it is told nothing any more
    Remove(Remove),
    /// Tell an address again what happened since a moment, and enable it
    Replay(Replay),
    /// Show what an address was told, and what came of it
    Deliveries(Deliveries),
}

#[derive(Debug, Args)]
struct Add {
    /// The address: https, or http on this machine
    #[arg(value_name = "URL")]
    url: String,

    /// One of the events that it is told of, instead of all; may be repeated
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,

    /// It may be within a private network, or on this machine
    #[arg(long)]
    private: bool,

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
struct Remove {
    /// The address's identifier
    webhook: WebhookId,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Replay {
    /// The address's identifier
    webhook: WebhookId,

    /// Since when, in the controller's time zone; 30 days back at the most
    #[arg(long, value_name = "DATE-TIME")]
    since: DateTime,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Deliveries {
    /// The address's identifier
    webhook: WebhookId,

    /// How many at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    most: u32,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Webhook {
    fn place(&self) -> &Place {
        match &self.act {
            WebhookAct::Add(it) => &it.place,
            WebhookAct::List(it) => &it.place,
            WebhookAct::Remove(it) => &it.place,
            WebhookAct::Replay(it) => &it.place,
            WebhookAct::Deliveries(it) => &it.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let webhooks = kept.webhooks();
        match &self.act {
            WebhookAct::Add(add) => add.run(kept, context)?,
            WebhookAct::List(_) => {
                let all = webhooks.list()?;
                context.answer(
                    |colour| list_text(&all, colour),
                    || json!({ "webhooks": all.iter().map(to_json).collect::<Vec<_>>() }),
                );
            }
            WebhookAct::Remove(remove) => {
                let acting = context.acting(&remove.place, remove.changing);
                webhooks.remove(remove.webhook, &acting)?;
                let sentence = format!("webhook {} is removed", remove.webhook);
                Done::of(acting.dry_run, sentence, None).show(context);
            }
            WebhookAct::Replay(replay) => {
                let acting = context.acting(&replay.place, replay.changing);
                let since = moment(kept, replay.since)?;
                let again = webhooks.replay(replay.webhook, since, &acting)?;
                let sentence = match again {
                    1 => "1 message is sent again".to_owned(),
                    many => format!("{many} messages are sent again"),
                };
                Done::of(acting.dry_run, sentence, None).show(context);
            }
            WebhookAct::Deliveries(asked) => {
                let found = webhooks.deliveries(asked.webhook, asked.most)?;
                context.answer(
                    |_| deliveries_text(&found),
                    || json!({ "messages": found.iter().map(message).collect::<Vec<_>>() }),
                );
            }
        }
        Ok(Exit::Done)
    }
}

impl Add {
    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<(), Fault> {
        let acting = context.acting(&self.place, self.changing);
        let new = NewWebhook {
            url: self.url.clone(),
            events: self.events.clone(),
            private: self.private,
        };
        let (info, secret) = kept.webhooks().add(&new, &acting)?;
        context.answer(
            |colour| match &secret {
                None => format!(
                    "{} a webhook\n",
                    Paint::Good.on("would be done:", colour)
                ),
                Some(secret) => format!(
                    "{} webhook {}\n\n  {}\n\n  Messages are signed with it. It is not shown again.\n",
                    Paint::Good.on("done:", colour),
                    info.id,
                    secret.as_str(),
                ),
            },
            || {
                let mut object = to_json(&info);
                object["dry-run"] = json!(acting.dry_run);
                object["secret"] = json!(secret.as_ref().map(|secret| secret.as_str()));
                if acting.dry_run {
                    object["webhook"] = Value::Null;
                }
                object
            },
        );
        Ok(())
    }
}

fn list_text(webhooks: &[WebhookInfo], colour: bool) -> String {
    if webhooks.is_empty() {
        return "nobody is told of what happens\n".to_owned();
    }
    let mut text = String::new();
    for it in webhooks {
        let state = match (it.disabled, it.failing) {
            (Some(at), _) => format!("disabled {}", at.strftime("%Y-%m-%d")),
            (None, Some(at)) => format!("failing since {}", at.strftime("%Y-%m-%d")),
            (None, None) => "in use".to_owned(),
        };
        let events = match it.events.is_empty() {
            true => "everything".to_owned(),
            false => it.events.join(", "),
        };
        let url = Paint::Bold.on(&it.url, colour);
        let (id, by) = (it.id, &it.made_by);
        let _ = writeln!(
            text,
            "{url}  {id}\n  {state}, told of {events}, made by {by}"
        );
    }
    text
}

fn to_json(it: &WebhookInfo) -> Value {
    json!({
        "webhook": it.id.to_string(),
        "url": it.url,
        "events": it.events,
        "private": it.private,
        "made": it.made.to_string(),
        "made-by": it.made_by,
        "failing": text(it.failing),
        "disabled": text(it.disabled),
    })
}

fn message(it: &Delivery) -> Value {
    json!({
        "message": it.id,
        "event": it.event,
        "at": it.at.to_string(),
        "tries": it.tries,
        "answer": it.answer,
        "delivered": text(it.delivered),
        "next": text(it.due),
    })
}

fn text(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn deliveries_text(found: &[Delivery]) -> String {
    if found.is_empty() {
        return "it was told of nothing\n".to_owned();
    }
    let mut text = String::new();
    for it in found {
        let state = match (it.delivered, it.due) {
            (Some(at), _) => format!("arrived {}", at.strftime("%Y-%m-%d %H:%M UTC")),
            (None, Some(at)) => format!("next {}", at.strftime("%Y-%m-%d %H:%M UTC")),
            (None, None) => "given up".to_owned(),
        };
        let answer = it.answer.map_or_else(
            || "no answer".to_owned(),
            |status| format!("answer {status}"),
        );
        let tries = match it.tries {
            0 => "not tried yet".to_owned(),
            1 => format!("1 try, {answer}"),
            many => format!("{many} tries, {answer}"),
        };
        let _ = writeln!(text, "{}  {}  {tries}, {state}", it.id, it.event);
    }
    text
}
