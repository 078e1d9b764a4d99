//! How telling people stands: who was told, when and how; who was not, and why.

use domain::{Fault, SubjectId};
use jiff::Timestamp;
use policy::model::Wording;
use store::data::message::{MessageCount, MessageRow};

use super::{Kind, state};
use crate::kept::Kept;

/// How the announcement of a version stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnnouncementStatus {
    /// Which version.
    pub version: u32,
    /// Since when it is in force.
    pub applied: Timestamp,
    /// Why it differs from the one before.
    pub reason: Option<Wording>,
    /// When its announcement began; none: it was not announced.
    pub announced: Option<Timestamp>,
    /// Whether everybody was looked at.
    pub whole: bool,
    /// How many people it concerns.
    pub people: u64,
    /// How many were told by a message.
    pub told: u64,
    /// The first and the last moment of it.
    pub between: Option<(Timestamp, Timestamp)>,
    /// How many were told otherwise.
    pub told_otherwise: u64,
    /// How many messages wait.
    pub waiting: u64,
    /// Who was not told, and why.
    pub not_told: Vec<NotTold>,
    /// How many of those it concerned are held no more.
    pub gone: u64,
}

/// People who were not told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotTold {
    /// How many.
    pub people: u64,
    /// Why: a rule, `no address`, or what the mail server answered.
    pub why: String,
}

/// How the outbox stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutboxStatus {
    /// The versions after the first, the latest last.
    pub versions: Vec<AnnouncementStatus>,
    /// Messages that wait, of every kind.
    pub waiting: u64,
}

/// What a person is or was to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageState {
    /// What about.
    pub kind: Kind,
    /// The number of the version, or of the origin's name.
    pub about: u32,
    /// How far it is: `waiting`, `sent`, `given-up`, `not-reached`, `told-otherwise`.
    pub state: &'static str,
    /// When it was over.
    pub ended: Option<Timestamp>,
}

impl Kept {
    /// How the announcements of all versions stand.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn announcement_status(&self) -> Result<OutboxStatus, Fault> {
        let data = self.vault.data();
        let counts = data.read(|reader| reader.message_counts())?;
        let begun = data.read(|reader| reader.announcements())?;
        let mut versions = Vec::new();
        for version in self.versions()?.into_iter().skip(1) {
            let number = version.policy.version;
            let row = begun.iter().find(|row| row.version == number);
            let mut status = AnnouncementStatus {
                version: number,
                applied: version.applied,
                reason: version.policy.reason,
                announced: row.and_then(|row| Timestamp::from_microsecond(row.made).ok()),
                whole: row.is_some_and(|row| row.seen.is_none()),
                people: row.map_or(0, |row| row.people),
                told: 0,
                between: None,
                told_otherwise: 0,
                waiting: 0,
                not_told: Vec::new(),
                gone: 0,
            };
            let mine = counts.iter();
            let mine = mine.filter(|it| it.kind == Kind::Announcement as u8 && it.about == number);
            let mut there = 0;
            for count in mine {
                there += count.messages;
                status.add(count);
            }
            status.gone = status.people.saturating_sub(there);
            versions.push(status);
        }
        let waits = |it: &&MessageCount| matches!(it.state, state::WAITING | state::SENDING);
        let waiting = counts.iter().filter(waits).map(|it| it.messages).sum();
        Ok(OutboxStatus { versions, waiting })
    }

    /// What a person is or was to be told by a message.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn messages_of(&self, id: SubjectId) -> Result<Vec<MessageState>, Fault> {
        let rows = self.vault.data().read(|reader| reader.messages_of(id))?;
        let known = |row: MessageRow| {
            Some(MessageState {
                kind: Kind::of_number(row.kind)?,
                about: row.about,
                state: word(row.state),
                ended: row
                    .ended
                    .and_then(|at| Timestamp::from_microsecond(at).ok()),
            })
        };
        Ok(rows.into_iter().filter_map(known).collect())
    }
}

impl AnnouncementStatus {
    fn add(&mut self, count: &MessageCount) {
        match count.state {
            state::SENT => {
                self.told += count.messages;
                let at = |at: Option<i64>| at.and_then(|at| Timestamp::from_microsecond(at).ok());
                if let (Some(first), Some(last)) = (at(count.first), at(count.last)) {
                    let (a, b) = self.between.unwrap_or((first, last));
                    self.between = Some((a.min(first), b.max(last)));
                }
            }
            state::TOLD_OTHERWISE => self.told_otherwise += count.messages,
            state::GIVEN_UP | state::NOT_REACHED => {
                let answer = count.answer.map(|answer| format!("smtp {answer}"));
                let why = count.rule.clone().or(answer);
                self.not_told.push(NotTold {
                    people: count.messages,
                    why: why.unwrap_or_else(|| "the connection broke".to_owned()),
                });
            }
            _ => self.waiting += count.messages,
        }
    }
}

/// The word for a state.
fn word(number: u8) -> &'static str {
    match number {
        state::SENT => "sent",
        state::GIVEN_UP => "given-up",
        state::NOT_REACHED => "not-reached",
        state::TOLD_OTHERWISE => "told-otherwise",
        _ => "waiting",
    }
}
