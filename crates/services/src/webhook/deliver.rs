//! What is on its way to programs: made ready and signed, and what becomes of it (Standard Webhooks).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::names::Sort;
use domain::{Account, Actor, ActorKind, Fault, RecordId, SubjectId};
use jiff::{SignedDuration, Timestamp};
use journal::{Act, Destination};
use serde_json::json;
use store::Priority;
use store::data::webhook::{MessageRow, WebhookRow};

use super::{WebhookId, Webhooks, moment_of};
use crate::concern::concern;

/// The account under which messages are sent; the journal names it.
const ACCOUNT: &str = "webhooks";
/// How long it is waited after each failure; after the last of them a message is not tried any more.
const WAITS: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];
/// An address that fails for so long without a break is not told any more.
const FAILING_MAX: SignedDuration = SignedDuration::from_hours(24 * 5);
/// What was sent is remembered for so long, to be sent again.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The work of telling programs, which one copy does.
const TELLING: &str = "webhooks";
/// How long it is another copy's where that went silent: longer than an answer may take.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(1);
/// The answer of an address that wants no more.
const GONE: u16 = 410;

/// A message that is to be sent now.
pub struct Outgoing {
    /// The address.
    pub url: String,
    /// Whether that may be within a private network.
    pub private: bool,
    /// The fields of the head, beside the type of the body.
    pub fields: [(&'static str, String); 3],
    /// The body: JSON.
    pub body: String,
    message: MessageRow,
    webhook: WebhookRow,
}

/// What came of sending a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was answered with this status.
    Answered(u16),
    /// No answer came.
    Unanswered,
}

impl Outgoing {
    /// The address's identifier, for the log.
    #[must_use]
    pub fn webhook(&self) -> WebhookId {
        WebhookId(self.webhook.id)
    }
}

/// The identifier of a message, as its receiver gets it.
pub(super) fn name_of(id: [u8; 16]) -> String {
    format!("msg_{}", RecordId(id))
}

impl Webhooks<'_> {
    /// Up to so many messages that are to be sent now. That each is sent stands in the journal before
    /// it is.
    ///
    /// # Errors
    /// When the installation cannot be read, or the journal cannot be written: then none is sent.
    pub fn due(&self, most: u32) -> Result<Vec<Outgoing>, Fault> {
        let kept = self.kept;
        let now = kept.moment()?.now;
        let data = kept.vault.data();
        let at = now.as_microsecond();
        let messages = data.read(|reader| reader.webhook_messages_due(at, most))?;
        // One copy tells programs: no message is on its way twice.
        if messages.is_empty() || !kept.claim(TELLING, CLAIM_LASTS)? {
            return Ok(Vec::new());
        }
        let webhooks = data.read(|reader| reader.webhooks())?;
        let mut due = Vec::with_capacity(messages.len());
        for mut message in messages {
            let webhook = webhooks.iter().find(|row| row.id == message.webhook);
            match webhook.filter(|row| row.disabled.is_none()) {
                Some(webhook) => {
                    if message.told.is_none() {
                        message.told = Some(self.told(&message)?);
                    }
                    due.extend(self.ready(message, webhook.clone(), now)?);
                }
                None => {
                    message.due = None;
                    data.write(Priority::Ordinary, move |tx| {
                        tx.put_webhook_message(&message)
                    })?;
                }
            }
        }
        Ok(due)
    }

    /// Records that an address is told.
    fn told(&self, message: &MessageRow) -> Result<u64, Fault> {
        let kept = self.kept;
        let (law, moment) = (kept.law(), kept.moment()?);
        let actor = Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?);
        let mut detail = kept.detail(Act::WebhookTold, &actor, moment, &law);
        let (webhook, event) = (WebhookId(message.webhook), &message.event);
        detail.rule = Some(format!("webhooks.{webhook} {event}"));
        detail.purpose = message.purpose;
        detail.destination = Destination::Api;
        if let Some(id) = message.subject {
            detail.subject = Some(id.0);
            if let Some(loaded) = kept.vault.load(id, &law.names)? {
                concern(&mut detail, &law, &loaded.subject, moment);
            }
        }
        kept.vault.record(&detail)
    }

    /// A message with its signature; none if its secret is gone.
    fn ready(
        &self,
        message: MessageRow,
        webhook: WebhookRow,
        now: Timestamp,
    ) -> Result<Option<Outgoing>, Fault> {
        let kept = self.kept;
        let (account, id) = (SubjectId(webhook.id), webhook.id);
        let secret = kept.vault.open_secret(account, id, &webhook.sealed)?;
        let Some(secret) = secret else {
            return Ok(None);
        };
        let law = kept.law();
        let purpose = message.purpose;
        let purpose = purpose.and_then(|number| law.names.name_of(Sort::Purpose, number));
        let body = json!({
            "type": message.event,
            "timestamp": moment_of(message.at).to_string(),
            "data": {
                "subject": message.subject.map(|id| id.to_string()),
                "purpose": purpose,
                "policy-version": message.policy_version,
            },
        })
        .to_string();
        let (name, seconds) = (name_of(message.id), now.as_second().to_string());
        let signed = door::signed(&secret, format!("{name}.{seconds}.{body}").as_bytes());
        Ok(Some(Outgoing {
            url: webhook.url.clone(),
            private: webhook.private,
            fields: [
                ("webhook-id", name),
                ("webhook-timestamp", seconds),
                (
                    "webhook-signature",
                    format!("v1,{}", STANDARD.encode(signed)),
                ),
            ],
            body,
            message,
            webhook,
        }))
    }

    /// Notes what came of sending a message: it arrived, or is tried again after a longer wait, or not
    /// any more. Says whether the address was disabled by it.
    ///
    /// # Errors
    /// When the installation cannot be written.
    pub fn sent(&self, outgoing: Outgoing, outcome: Outcome) -> Result<bool, Fault> {
        let kept = self.kept;
        let now = kept.moment()?.now;
        let at = now.as_microsecond();
        let Outgoing {
            mut message,
            webhook,
            ..
        } = outgoing;
        let arrived = matches!(outcome, Outcome::Answered(200..=299));
        message.answer = match outcome {
            Outcome::Answered(status) => Some(status),
            Outcome::Unanswered => None,
        };
        message.tries += 1;
        message.delivered = arrived.then_some(at);
        message.due = match arrived {
            true => None,
            false => next(now, message.tries).map(|next| next.as_microsecond()),
        };
        let failing = (!arrived).then(|| webhook.failing.unwrap_or(at));
        let long = failing.is_some_and(|since| now.duration_since(moment_of(since)) >= FAILING_MAX);
        let disabled = !arrived && (long || outcome == Outcome::Answered(GONE));
        let entry = match disabled {
            true => Some(self.disabled_entry(WebhookId(webhook.id))?),
            false => None,
        };
        let id = webhook.id;
        kept.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_webhook_message(&message)?;
            tx.put_webhook_state(id, failing, disabled.then_some(at))?;
            entry.as_ref().map_or(Ok(()), |it| tx.append(it).map(drop))
        })?;
        if disabled {
            kept.load_subscribers()?;
        }
        Ok(disabled)
    }

    fn disabled_entry(&self, id: WebhookId) -> Result<journal::Entry, Fault> {
        let kept = self.kept;
        let actor = Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?);
        let law = kept.law();
        let mut detail = kept.detail(Act::WebhookDisabled, &actor, kept.moment()?, &law);
        detail.rule = Some(format!("webhooks.{id}"));
        kept.vault.entry(&detail)
    }

    /// Forgets what was sent long ago.
    ///
    /// # Errors
    /// When the installation cannot be written.
    pub fn tidy(&self) -> Result<(), Fault> {
        let before = (self.kept.moment()?.now - REMEMBERED).as_microsecond();
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| {
            tx.forget_webhook_messages(before)
        })
    }
}

/// When a message is tried next that failed so often; none: not any more.
fn next(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let wait = WAITS.get(tries.checked_sub(1)? as usize)?;
    Some(now + *wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let waits: Vec<_> = (1..=10).map(|tries| next(now, tries)).collect();
        assert_eq!(waits[0], Some(now + SignedDuration::from_secs(5)));
        assert!(waits[..9].is_sorted());
        assert_eq!(waits[9], None);
    }
}
