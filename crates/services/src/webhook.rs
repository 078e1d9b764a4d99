//! Telling programs of what happens: addresses that are told, messages with identifiers alone, written
//! in the transaction of what they tell of, and sent by the server's jobs until they arrive (Standard
//! Webhooks).

pub mod address;
mod deliver;
pub mod event;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Fault, FaultKind, Moment, RecordId, SubjectId};
use door::{Batch, NewSecret};
use jiff::Timestamp;
use journal::Act;
use store::Priority;
use store::data::webhook::{MessageRow, WebhookRow};
use zeroize::Zeroizing;

use crate::access::names_of_rows;
use crate::act::Acting;
use crate::kept::Kept;
use crate::law::Law;

pub use deliver::{Outcome, Outgoing};

/// Before the secret that messages are signed with.
const SECRET_BEGINS: &str = "whsec_";
/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

names_of_rows! {
    /// The identifier of an address that is told of what happens.
    WebhookId, "a webhook";
}

/// An address about to be added.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// The address: `https`, or `http` on this machine.
    pub url: String,
    /// Which events; none: all.
    pub events: Vec<String>,
    /// Whether it may be within a private network, this machine included.
    pub private: bool,
}

/// An address that is told of what happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookInfo {
    /// Its identifier.
    pub id: WebhookId,
    /// The address.
    pub url: String,
    /// Which events; none: all.
    pub events: Vec<String>,
    /// Whether it may be within a private network.
    pub private: bool,
    /// When it was made.
    pub made: Timestamp,
    /// By which account.
    pub made_by: String,
    /// Since when it has failed without a break.
    pub failing: Option<Timestamp>,
    /// When it was disabled.
    pub disabled: Option<Timestamp>,
}

/// A message that was sent, or is on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// The message's identifier, as its receiver gets it.
    pub id: String,
    /// What it tells of.
    pub event: String,
    /// When that happened.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it arrived.
    pub delivered: Option<Timestamp>,
    /// When it is tried next; none: it arrived, or is not tried any more.
    pub due: Option<Timestamp>,
    /// The status of the last answer; none where none came.
    pub answer: Option<u16>,
}

/// The addresses that are told of what happens, as they are looked at by every commit.
pub(crate) type Subscribers = Arc<Vec<(WebhookId, Vec<String>)>>;

/// Everything about telling programs of what happens.
#[derive(Clone, Copy)]
pub struct Webhooks<'k> {
    kept: &'k Kept,
}

impl Kept {
    /// Telling programs of what happens.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks<'_> {
        Webhooks { kept: self }
    }

    /// Adds the messages that a change brings to what is written with it.
    pub(crate) fn tell_of(&self, mut batch: Batch, law: &Law, moment: Moment) -> Batch {
        let told = self.subscribers();
        if told.is_empty() {
            return batch;
        }
        let bulk = batch.bulk.as_ref().map(|(detail, _)| detail);
        let mut messages = Vec::new();
        for change in &batch.changes {
            let subject = Some(change.subject.id);
            let made = change.decided_on.is_none().then_some(Act::SubjectAdded);
            let acts = change.details.iter().chain(bulk);
            let acts = acts.map(|detail| (detail.act, detail.purpose));
            let mut events: Vec<(&str, Option<u32>)> = made
                .map(|act| (act, None))
                .into_iter()
                .chain(acts)
                .filter_map(|(act, purpose)| Some((event::of(act)?, purpose)))
                .collect();
            events.sort_unstable();
            events.dedup_by_key(|(event, _)| *event);
            for (event, purpose) in events {
                messages.extend(self.messages(&told, event, (subject, purpose), law, moment));
            }
        }
        if messages.is_empty() {
            return batch;
        }
        let mut before = batch.beside.take();
        batch.beside = Some(Box::new(move |tx| {
            if let Some(before) = &mut before {
                before(tx)?;
            }
            messages
                .iter()
                .try_for_each(|row| tx.add_webhook_message(row))
        }));
        batch
    }

    /// The messages of something that happened, one for each address that is told of it.
    pub(crate) fn messages(
        &self,
        told: &Subscribers,
        event: &str,
        (subject, purpose): (Option<SubjectId>, Option<u32>),
        law: &Law,
        moment: Moment,
    ) -> Vec<MessageRow> {
        let wants = |events: &[String]| events.is_empty() || events.iter().any(|it| it == event);
        let told = told.iter().filter(|(_, events)| wants(events));
        told.map(|(webhook, _)| MessageRow {
            webhook: webhook.0,
            id: RecordId::new(moment.now, self.vault.entropy()).0,
            event: event.to_owned(),
            at: moment.now.as_microsecond(),
            subject,
            purpose,
            policy_version: law.policy().version,
            due: Some(moment.now.as_microsecond()),
            tries: 0,
            told: None,
            delivered: None,
            answer: None,
        })
        .collect()
    }

    /// Who is told of what.
    pub(crate) fn subscribers(&self) -> Subscribers {
        let told = self.subscribers.read();
        Arc::clone(&told.unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Looks up who is told of what.
    pub(crate) fn load_subscribers(&self) -> Result<(), Fault> {
        let rows = self.vault.data().read(|reader| reader.webhooks())?;
        let told = rows.iter().filter(|row| row.disabled.is_none());
        let told = told.map(|row| (WebhookId(row.id), words(&row.events)));
        let told: Subscribers = Arc::new(told.collect());
        let mut place = self.subscribers.write();
        **place.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut()) = told;
        Ok(())
    }
}

impl Webhooks<'_> {
    /// Adds an address. Its secret is told once: what is sent is signed with it.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the address is none that may be told, or an event is none.
    pub fn add(
        &self,
        new: &NewWebhook,
        acting: &Acting,
    ) -> Result<(WebhookInfo, Option<Zeroizing<String>>), Fault> {
        let kept = self.kept;
        address::check(&new.url)?;
        new.events.iter().try_for_each(|name| event::check(name))?;
        let (law, moment) = (kept.law(), kept.moment()?);
        let id = RecordId::new(moment.now, kept.vault.entropy()).0;
        let row = WebhookRow {
            id,
            url: new.url.clone(),
            events: new.events.join(" "),
            private: new.private,
            made: moment.now.as_microsecond(),
            made_by: acting.actor.account.as_str().to_owned(),
            failing: None,
            disabled: None,
            sealed: Vec::new(),
        };
        let info = info(&row);
        if acting.dry_run {
            return Ok((info, None));
        }
        let mut secret = Zeroizing::new(vec![0; SECRET_BYTES]);
        kept.vault.entropy().fill(secret.as_mut_slice());
        let shown = Zeroizing::new(format!("{SECRET_BEGINS}{}", STANDARD.encode(&*secret)));
        let mut detail = kept.detail(Act::WebhookAdded, &acting.actor, moment, &law);
        detail.rule = Some(format!("webhooks.{}", info.id));
        let entry = kept.vault.entry(&detail)?;
        let secret = NewSecret {
            account: SubjectId(id),
            id,
            secret,
        };
        let secrets = vec![secret];
        let written = kept.vault.store_secrets(
            secrets,
            moment.now,
            Priority::Ordinary,
            move |tx, sealed| {
                let mut row = row.clone();
                row.sealed = sealed.first().cloned().unwrap_or_default();
                tx.add_webhook(&row)?;
                tx.append(&entry).map(drop)
            },
        );
        written?;
        kept.load_subscribers()?;
        Ok((info, Some(shown)))
    }

    /// Every address.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn list(&self) -> Result<Vec<WebhookInfo>, Fault> {
        let data = self.kept.vault.data();
        let rows = data.read(|reader| reader.webhooks())?;
        Ok(rows.iter().map(info).collect())
    }

    fn row(&self, id: WebhookId) -> Result<WebhookRow, Fault> {
        let data = self.kept.vault.data();
        let rows = data.read(|reader| reader.webhooks())?;
        let found = rows.into_iter().find(|row| row.id == id.0);
        found.ok_or_else(no_such_webhook)
    }

    /// Removes an address: what was on its way to it is not sent, and its secret is destroyed.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none.
    pub fn remove(&self, id: WebhookId, acting: &Acting) -> Result<(), Fault> {
        let row = self.row(id)?;
        if acting.dry_run {
            return Ok(());
        }
        self.write(Act::WebhookRemoved, id, None, acting, move |tx| {
            match tx.delete_webhook(id.0)? {
                true => Ok(()),
                false => Err(no_such_webhook()),
            }
        })?;
        let vault = &self.kept.vault;
        vault.destroy_secrets(SubjectId(id.0), &[row.sealed])
    }

    /// Sends to an address again what happened since a moment, and enables it if it was disabled;
    /// says how many messages.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such address.
    pub fn replay(&self, id: WebhookId, since: Timestamp, acting: &Acting) -> Result<usize, Fault> {
        self.row(id)?;
        let data = self.kept.vault.data();
        let all = data.read(|reader| reader.webhook_messages_to(id.0, u32::MAX))?;
        let since = since.as_microsecond();
        let again = all.iter().filter(|row| row.at >= since).count();
        if acting.dry_run {
            return Ok(again);
        }
        let now = self.kept.moment()?.now.as_microsecond();
        let count = Some(again as u64);
        self.write(Act::WebhookReplayed, id, count, acting, move |tx| {
            tx.put_webhook_state(id.0, None, None)?;
            tx.send_webhook_messages_again(id.0, since, now).map(drop)
        })?;
        Ok(again)
    }

    /// The latest messages to an address.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such address.
    pub fn deliveries(&self, id: WebhookId, most: u32) -> Result<Vec<Delivery>, Fault> {
        self.row(id)?;
        let data = self.kept.vault.data();
        let rows = data.read(|reader| reader.webhook_messages_to(id.0, most))?;
        Ok(rows.iter().map(delivery).collect())
    }

    fn write(
        &self,
        act: Act,
        id: WebhookId,
        count: Option<u64>,
        acting: &Acting,
        mut write: impl FnMut(&mut store::Tx<'_>) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), Fault> {
        let kept = self.kept;
        let (law, moment) = (kept.law(), kept.moment()?);
        let mut detail = kept.detail(act, &acting.actor, moment, &law);
        detail.rule = Some(format!("webhooks.{id}"));
        detail.count = count;
        let entry = kept.vault.entry(&detail)?;
        let still = kept.still_acting(acting)?;
        kept.vault.data().write(Priority::Ordinary, move |tx| {
            still(tx)?;
            write(tx)?;
            tx.append(&entry).map(drop)
        })?;
        kept.load_subscribers()
    }
}

fn words(events: &str) -> Vec<String> {
    events.split_whitespace().map(str::to_owned).collect()
}

fn moment_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}

fn info(row: &WebhookRow) -> WebhookInfo {
    WebhookInfo {
        id: WebhookId(row.id),
        url: row.url.clone(),
        events: words(&row.events),
        private: row.private,
        made: moment_of(row.made),
        made_by: row.made_by.clone(),
        failing: row.failing.map(moment_of),
        disabled: row.disabled.map(moment_of),
    }
}

fn delivery(row: &MessageRow) -> Delivery {
    Delivery {
        id: deliver::name_of(row.id),
        event: row.event.clone(),
        at: moment_of(row.at),
        tries: row.tries,
        delivered: row.delivered.map(moment_of),
        due: row.due.map(moment_of),
        answer: row.answer,
    }
}

fn no_such_webhook() -> Fault {
    Fault::new(FaultKind::Absent, "there is no such webhook")
        .remedy("see them with `kept webhook list`")
}
