//! The outbox: messages that people are owed, as identifiers and dates. No address stands here; it is
//! opened at the moment of sending.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// A message that a person is owed: one of a kind, about one thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageRow {
    /// Whom it is to.
    pub subject: SubjectId,
    /// Its kind: a number of the caller's.
    pub kind: u8,
    /// What it is about: the number of a version, of a name.
    pub about: u32,
    /// Its identifier, the same however often it is tried.
    pub id: [u8; 16],
    /// Since when it is owed, microseconds UTC.
    pub made: i64,
    /// How far it is: a number of the caller's.
    pub state: u8,
    /// When it is next tried; none once it is over.
    pub due: Option<i64>,
    /// How often it was tried.
    pub tries: u32,
    /// When it was over.
    pub ended: Option<i64>,
    /// What the mail server answered last, where it did not take it.
    pub answer: Option<u16>,
    /// The rule that keeps it from being sent.
    pub rule: Option<String>,
}

/// How many messages are alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageCount {
    /// Their kind.
    pub kind: u8,
    /// What they are about.
    pub about: u32,
    /// How far they are.
    pub state: u8,
    /// What the mail server answered.
    pub answer: Option<u16>,
    /// The rule that keeps them from being sent.
    pub rule: Option<String>,
    /// How many.
    pub messages: u64,
    /// When the first of them was over.
    pub first: Option<i64>,
    /// When the last of them was over.
    pub last: Option<i64>,
}

/// The announcement of a version of the policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnnouncementRow {
    /// Which version.
    pub version: u32,
    /// When it was begun, microseconds UTC.
    pub made: i64,
    /// How many people it concerns, as far as they were looked at.
    pub people: u64,
    /// The last person who was looked at, empty before the first; none once all were.
    pub seen: Option<Vec<u8>>,
}

/// What the caller's numbers of states mean here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The kind that goes before all others to the same person.
    pub first: u8,
    /// The state of what is being sent.
    pub sending: u8,
    /// The moment, microseconds UTC.
    pub now: i64,
    /// Until when nobody else takes it.
    pub until: i64,
}

fn message(row: &Row<'_>) -> Result<MessageRow, Fault> {
    Ok(MessageRow {
        subject: SubjectId(row.get(0)?),
        kind: row.get(1)?,
        about: row.get(2)?,
        id: row.get(3)?,
        made: row.get(4)?,
        state: row.get(5)?,
        due: row.get(6)?,
        tries: row.get(7)?,
        ended: row.get(8)?,
        answer: row.get(9)?,
        rule: row.get(10)?,
    })
}

fn announcement(row: &Row<'_>) -> Result<AnnouncementRow, Fault> {
    Ok(AnnouncementRow {
        version: row.get(0)?,
        made: row.get(1)?,
        people: row.get(2)?,
        seen: row.get(3)?,
    })
}

impl Reader<'_> {
    /// The messages that a person is or was owed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn messages_of(&self, subject: SubjectId) -> Result<Vec<MessageRow>, Fault> {
        all(
            self.connection,
            sql::MESSAGES_OF,
            [subject.as_bytes()],
            message,
        )
    }

    /// How many messages there are, those alike counted together.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn message_counts(&self) -> Result<Vec<MessageCount>, Fault> {
        all(self.connection, sql::MESSAGE_COUNTS, (), |row| {
            Ok(MessageCount {
                kind: row.get(0)?,
                about: row.get(1)?,
                state: row.get(2)?,
                answer: row.get(3)?,
                rule: row.get(4)?,
                messages: row.get(5)?,
                first: row.get(6)?,
                last: row.get(7)?,
            })
        })
    }

    /// How many messages of a kind are in each state, by the moment since when they are owed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn messages_since(&self, kind: u8) -> Result<Vec<(i64, u8, u64)>, Fault> {
        all(self.connection, sql::MESSAGES_SINCE, [kind], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
    }

    /// The messages of a kind that are in none of two states, those owed longest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn messages_open(
        &self,
        kind: u8,
        over: [u8; 2],
        most: u32,
    ) -> Result<Vec<MessageRow>, Fault> {
        let values = (kind, over[0], over[1], most);
        all(self.connection, sql::MESSAGES_OPEN, values, message)
    }

    /// How many messages are due by a moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn messages_due(&self, now: i64) -> Result<u64, Fault> {
        let due = one(self.connection, sql::MESSAGES_DUE, [now], |row| row.get(0))?;
        Ok(due.unwrap_or_default())
    }

    /// How many messages that are not over are in a state.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn messages_at_work(&self, state: u8) -> Result<u64, Fault> {
        let at_work = one(self.connection, sql::MESSAGES_AT_WORK, [state], |row| {
            row.get(0)
        })?;
        Ok(at_work.unwrap_or_default())
    }

    /// The announcements that were begun, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn announcements(&self) -> Result<Vec<AnnouncementRow>, Fault> {
        all(self.connection, sql::ANNOUNCEMENTS, (), announcement)
    }
}

impl Tx<'_> {
    /// Puts a message into the outbox, unless it is there; says whether it was not.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_message(&mut self, row: &MessageRow) -> Result<bool, Fault> {
        let values = (
            row.subject.as_bytes(),
            row.kind,
            row.about,
            row.id,
            row.made,
            row.state,
            row.due,
        );
        run(self.connection, sql::MESSAGE_ADD, values).map(|added| added == 1)
    }

    /// Takes the next message that is due, so that nobody else does.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn claim_message(&mut self, claim: Claim) -> Result<Option<MessageRow>, Fault> {
        let values = (claim.now, claim.first);
        let next = one(self.connection, sql::MESSAGE_NEXT, values, message)?;
        let Some(mut row) = next else { return Ok(None) };
        row.state = claim.sending;
        row.due = Some(claim.until);
        row.tries += 1;
        self.put_message(&row)?;
        Ok(Some(row))
    }

    /// Writes how far a message is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_message(&mut self, row: &MessageRow) -> Result<(), Fault> {
        let values = (
            row.state,
            row.due,
            row.tries,
            row.ended,
            row.answer,
            row.rule.as_deref(),
            row.subject.as_bytes(),
            row.kind,
            row.about,
        );
        put(self.connection, sql::MESSAGE_PUT, values)
    }

    /// Moves all messages of one state to another, to be tried from a moment on; says how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn move_messages(&mut self, from: u8, to: u8, due: i64) -> Result<usize, Fault> {
        run(self.connection, sql::MESSAGES_MOVE, (to, due, from))
    }

    /// Ends the messages of a kind to a person that are in none of two states; says how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn end_messages(
        &mut self,
        subject: SubjectId,
        kind: u8,
        over: [u8; 2],
        at: i64,
    ) -> Result<usize, Fault> {
        let values = (over[1], at, subject.as_bytes(), kind, over[0]);
        run(self.connection, sql::MESSAGES_END, values)
    }

    /// Forgets the messages to a person.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) fn delete_messages(&mut self, subject: SubjectId) -> Result<(), Fault> {
        put(self.connection, sql::MESSAGES_DELETE, [subject.as_bytes()])
    }

    /// Begins the announcement of a version, unless it was.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_announcement(&mut self, version: u32, made: i64) -> Result<(), Fault> {
        let seen: &[u8] = &[];
        put(
            self.connection,
            sql::ANNOUNCEMENT_ADD,
            (version, made, seen),
        )
    }

    /// Notes how far an announcement is: more people it concerns, and the last one looked at.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_announcement(
        &mut self,
        version: u32,
        more: u64,
        seen: Option<&[u8]>,
    ) -> Result<(), Fault> {
        put(
            self.connection,
            sql::ANNOUNCEMENT_PUT,
            (more, seen, version),
        )
    }
}
