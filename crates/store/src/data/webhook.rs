//! Where programs are told of what happens, and what is on its way to them: identifiers and dates.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// An address that is told of what happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookRow {
    /// Its identifier.
    pub id: [u8; 16],
    /// The address.
    pub url: String,
    /// Which events, with blanks between; none: all.
    pub events: String,
    /// Whether it may be within a private network.
    pub private: bool,
    /// When it was made, microseconds UTC.
    pub made: i64,
    /// By which account.
    pub made_by: String,
    /// Since when it has failed without a break.
    pub failing: Option<i64>,
    /// When it was disabled, because it failed for long or said that it is gone.
    pub disabled: Option<i64>,
    /// The secret that messages are signed with, sealed.
    pub sealed: Vec<u8>,
}

/// A message to an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageRow {
    /// The address.
    pub webhook: [u8; 16],
    /// The message.
    pub id: [u8; 16],
    /// What happened.
    pub event: String,
    /// When, microseconds UTC.
    pub at: i64,
    /// To whom, where it happened to a person.
    pub subject: Option<SubjectId>,
    /// The purpose that it is about, as a number of the registry.
    pub purpose: Option<u32>,
    /// The version of the policy under which it happened.
    pub policy_version: u32,
    /// When it is next to be tried; none: no more.
    pub due: Option<i64>,
    /// How often it was tried.
    pub tries: u32,
    /// The place in the journal of its sending, once it was first tried.
    pub told: Option<u64>,
    /// When it was delivered.
    pub delivered: Option<i64>,
    /// The status of the last answer; none where none came.
    pub answer: Option<u16>,
}

fn webhook(row: &Row<'_>) -> Result<WebhookRow, Fault> {
    Ok(WebhookRow {
        id: row.get(0)?,
        url: row.get(1)?,
        events: row.get(2)?,
        private: row.get::<i64>(3)? != 0,
        made: row.get(4)?,
        made_by: row.get(5)?,
        failing: row.get(6)?,
        disabled: row.get(7)?,
        sealed: row.get(8)?,
    })
}

fn message(row: &Row<'_>) -> Result<MessageRow, Fault> {
    Ok(MessageRow {
        webhook: row.get(0)?,
        id: row.get(1)?,
        event: row.get(2)?,
        at: row.get(3)?,
        subject: row.get::<Option<[u8; 16]>>(4)?.map(SubjectId),
        purpose: row.get(5)?,
        policy_version: row.get(6)?,
        due: row.get(7)?,
        tries: row.get(8)?,
        told: row.get(9)?,
        delivered: row.get(10)?,
        answer: row.get(11)?,
    })
}

impl Reader<'_> {
    /// Every address, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn webhooks(&self) -> Result<Vec<WebhookRow>, Fault> {
        all(self.connection, sql::WEBHOOKS, (), webhook)
    }

    /// Up to so many messages that are to be tried by a moment, those that wait longest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn webhook_messages_due(&self, now: i64, most: u32) -> Result<Vec<MessageRow>, Fault> {
        all(
            self.connection,
            sql::WEBHOOK_MESSAGES_DUE,
            (now, most),
            message,
        )
    }

    /// The latest messages to an address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn webhook_messages_to(&self, id: [u8; 16], most: u32) -> Result<Vec<MessageRow>, Fault> {
        all(
            self.connection,
            sql::WEBHOOK_MESSAGES_TO,
            (id, most),
            message,
        )
    }
}

impl Tx<'_> {
    /// Adds an address.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_webhook(&mut self, row: &WebhookRow) -> Result<(), Fault> {
        let values = (
            &row.id,
            &row.url,
            &row.events,
            i64::from(row.private),
            row.made,
            &row.made_by,
            &row.sealed,
        );
        put(self.connection, sql::WEBHOOK_ADD, values)
    }

    /// Removes an address and all that was on its way to it; says whether it was there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_webhook(&mut self, id: [u8; 16]) -> Result<bool, Fault> {
        run(self.connection, sql::WEBHOOK_MESSAGES_DELETE, [id])?;
        run(self.connection, sql::WEBHOOK_DELETE, [id]).map(|changed| changed == 1)
    }

    /// Notes how an address answers: since when it fails, when it was disabled.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_webhook_state(
        &mut self,
        id: [u8; 16],
        failing: Option<i64>,
        disabled: Option<i64>,
    ) -> Result<(), Fault> {
        put(self.connection, sql::WEBHOOK_STATE, (failing, disabled, id))
    }

    /// Adds a message.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_webhook_message(&mut self, row: &MessageRow) -> Result<(), Fault> {
        let values = (
            &row.webhook,
            &row.id,
            &row.event,
            row.at,
            row.subject.as_ref().map(SubjectId::as_bytes),
            row.purpose,
            row.policy_version,
            row.due,
        );
        put(self.connection, sql::WEBHOOK_MESSAGE_ADD, values)
    }

    /// Notes what became of a message.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_webhook_message(&mut self, row: &MessageRow) -> Result<(), Fault> {
        let values = (
            row.due,
            row.tries,
            row.told,
            row.delivered,
            row.answer,
            &row.webhook,
            &row.id,
        );
        put(self.connection, sql::WEBHOOK_MESSAGE_PUT, values)
    }

    /// Sends the messages to an address again that happened since a moment; says how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn send_webhook_messages_again(
        &mut self,
        id: [u8; 16],
        since: i64,
        now: i64,
    ) -> Result<usize, Fault> {
        run(
            self.connection,
            sql::WEBHOOK_MESSAGES_AGAIN,
            (now, id, since),
        )
    }

    /// Forgets the messages that happened before a moment and are not on their way any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_webhook_messages(&mut self, before: i64) -> Result<(), Fault> {
        put(self.connection, sql::WEBHOOK_MESSAGES_OVER, [before])
    }
}
