//! Telling people: of a new version of the policy (4b, 26a), and of data about them that somebody
//! else gave (GDPR 14; 6c).
//!
//! What is owed stands in the outbox from the transaction of its cause on, as identifiers and dates.
//! Whoever sends takes one message at a time, opens the address under a recorded grant, hands the
//! message over, and records that in one transaction with what it changes for the person. A crash
//! in between loses nobody: what was being sent is sent again, with the same identifier, and it is
//! one message at the most.

mod address;
mod audience;
mod duties;
mod links;
mod outbox;
mod status;
mod words;

pub use audience::{Audience, Unreached};
pub(crate) use duties::owed_for;
pub use duties::{Duties, OpenDuty, due_by};
pub use links::LinksByMail;
pub use outbox::{Postman, Run};
pub use status::{AnnouncementStatus, MessageState, NotTold, OutboxStatus};

use domain::{Entropy, SubjectId};
use jiff::Timestamp;
use store::data::message::MessageRow;

/// What a message is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A version of the policy; the number of the version.
    Announcement = 1,
    /// Data that somebody else gave (GDPR 14); the number of the origin.
    Information = 2,
}

impl Kind {
    fn of_number(number: u8) -> Option<Self> {
        [Self::Announcement, Self::Information]
            .into_iter()
            .find(|one| *one as u8 == number)
    }

    /// Its name, for people and programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announcement => "announcement",
            Self::Information => "information",
        }
    }
}

/// How far a message is; the numbers are stored.
pub(crate) mod state {
    pub(crate) const WAITING: u8 = 1;
    pub(crate) const SENDING: u8 = 2;
    pub(crate) const SENT: u8 = 3;
    pub(crate) const GIVEN_UP: u8 = 4;
    pub(crate) const NOT_REACHED: u8 = 5;
    pub(crate) const TOLD_OTHERWISE: u8 = 6;

    /// Those in which a person has been told.
    pub(crate) const TOLD: [u8; 2] = [SENT, TOLD_OTHERWISE];
}

/// A message that a person is owed from now on.
pub(crate) fn owed(
    subject: SubjectId,
    kind: Kind,
    about: u32,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> MessageRow {
    let mut id = [0; 16];
    entropy.fill(&mut id);
    MessageRow {
        subject,
        kind: kind as u8,
        about,
        id,
        made: now.as_microsecond(),
        state: state::WAITING,
        due: Some(now.as_microsecond()),
        tries: 0,
        ended: None,
        answer: None,
        rule: None,
    }
}
