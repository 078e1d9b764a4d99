//! Where programs are told of what happens, for roles that administer it. An address within a private
//! network is declared at the machine alone.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use policy::authorisation::Administration;
use serde::{Deserialize, Serialize};
use services::webhook::{Delivery, NewWebhook, WebhookId, WebhookInfo};
use utoipa::ToSchema;

use super::Problems;
use super::call::{Administers, Call};
use super::names;
use super::reply::Reply;

/// An address to be told of what happens.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NewAddress {
    /// The address: https
    #[schema(example = "https://shop.example/kept")]
    url: String,
    /// Which events; none: all
    #[serde(default)]
    #[schema(example = json!(["consent.withdrawn"]))]
    events: Vec<String>,
}

/// An address that is told of what happens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Webhook {
    /// Its identifier
    webhook: String,
    url: String,
    /// Which events; none: all
    events: Vec<String>,
    /// Since when it has failed without a break
    #[serde(skip_serializing_if = "Option::is_none")]
    failing: Option<String>,
    /// When it was disabled
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<String>,
    /// The secret that messages are signed with; told once
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl Webhook {
    fn of(info: &WebhookInfo, secret: Option<&str>) -> Self {
        Self {
            webhook: info.id.to_string(),
            url: info.url.clone(),
            events: info.events.clone(),
            failing: info.failing.map(|at| at.to_string()),
            disabled: info.disabled.map(|at| at.to_string()),
            secret: secret.map(str::to_owned),
        }
    }
}

/// Say where to be told of what happens
#[utoipa::path(post, operation_id = "add_webhook", path = "/webhooks", tag = "webhooks",
    params(Administers), request_body = NewAddress,
    responses((status = 201, body = Webhook), Problems))]
pub(super) async fn add(call: Call) -> Response {
    call.administer(Administration::Webhooks, |acting, call| {
        let new: NewAddress = call.body()?;
        let new = NewWebhook {
            url: new.url,
            events: new.events,
            private: false,
        };
        let (info, secret) = call.site.kept.webhooks().add(&new, acting)?;
        let secret = secret.as_ref().map(|secret| secret.as_str());
        Reply::created(Webhook::of(&info, secret))
    })
    .await
}

/// Addresses.
#[derive(Serialize, ToSchema)]
struct Webhooks {
    webhooks: Vec<Webhook>,
}

/// List the addresses that are told of what happens
#[utoipa::path(get, operation_id = "list_webhooks", path = "/webhooks", tag = "webhooks",
    params(Administers), responses((status = 200, body = Webhooks), Problems))]
pub(super) async fn list(call: Call) -> Response {
    call.administer(Administration::Webhooks, |_, call| {
        let all = call.site.kept.webhooks().list()?;
        Reply::ok(Webhooks {
            webhooks: all.iter().map(|info| Webhook::of(info, None)).collect(),
        })
    })
    .await
}

/// That something was done.
#[derive(Serialize, ToSchema)]
struct Removed {
    /// The address that is told nothing any more
    webhook: String,
}

/// Remove an address
#[utoipa::path(delete, operation_id = "remove_webhook", path = "/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = String, Path), Administers),
    responses((status = 200, body = Removed), Problems))]
pub(super) async fn remove(Path(id): Path<String>, call: Call) -> Response {
    call.administer(Administration::Webhooks, move |acting, call| {
        let id: WebhookId = names::id(&id)?;
        call.site.kept.webhooks().remove(id, acting)?;
        Reply::ok(Removed {
            webhook: id.to_string(),
        })
    })
    .await
}

/// From when on an address is told again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Since {
    /// Since when; 30 days back at the most
    #[schema(format = DateTime)]
    since: String,
}

/// How many messages are sent again.
#[derive(Serialize, ToSchema)]
struct Again {
    messages: usize,
}

/// Tell an address again what happened since a moment, and enable it
#[utoipa::path(post, operation_id = "replay_webhook", path = "/webhooks/{webhook}/replays",
    tag = "webhooks", params(("webhook" = String, Path), Administers), request_body = Since,
    responses((status = 200, body = Again), Problems))]
pub(super) async fn replay(Path(id): Path<String>, call: Call) -> Response {
    call.administer(Administration::Webhooks, move |acting, call| {
        let id: WebhookId = names::id(&id)?;
        let since: Since = call.body()?;
        let since: Option<Timestamp> = names::at(Some(&since.since), "since")?;
        let since = since.unwrap_or_default();
        let messages = call.site.kept.webhooks().replay(id, since, acting)?;
        Reply::ok(Again { messages })
    })
    .await
}

/// What an address was told.
#[derive(Serialize, ToSchema)]
struct Deliveries {
    /// The latest messages, the newest first
    messages: Vec<Message>,
}

/// A message.
#[derive(Serialize, ToSchema)]
struct Message {
    /// Its identifier, as the receiver gets it
    message: String,
    event: String,
    #[schema(format = DateTime)]
    at: String,
    tries: u32,
    /// The status of the last answer
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered: Option<String>,
    /// When it is tried next
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl From<&Delivery> for Message {
    fn from(it: &Delivery) -> Self {
        Self {
            message: it.id.clone(),
            event: it.event.clone(),
            at: it.at.to_string(),
            tries: it.tries,
            answer: it.answer,
            delivered: it.delivered.map(|at| at.to_string()),
            next: it.due.map(|at| at.to_string()),
        }
    }
}

/// See what an address was told
#[utoipa::path(get, operation_id = "list_deliveries", path = "/webhooks/{webhook}/deliveries",
    tag = "webhooks",
    params(("webhook" = String, Path), Administers,
        ("most" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = Deliveries), Problems))]
pub(super) async fn deliveries(Path(id): Path<String>, call: Call) -> Response {
    call.administer(Administration::Webhooks, move |_, call| {
        let id: WebhookId = names::id(&id)?;
        let most = call.number("most", super::page::MOST)?.unwrap_or(50);
        let found = call.site.kept.webhooks().deliveries(id, most)?;
        Reply::ok(Deliveries {
            messages: found.iter().map(Message::from).collect(),
        })
    })
    .await
}
