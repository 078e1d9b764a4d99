//! The outbox at work: one message at a time is taken, its address opened, handed over, recorded.

use std::collections::HashMap;

use domain::act::relation::told;
use domain::subject::Subject;
use domain::{Fault, FaultKind, Moment, calendar};
use jiff::{SignedDuration, Timestamp};
use journal::{Act, Destination, Detail};
use policy::model::Announcements;
use store::Priority;
use store::data::message::{Claim, MessageRow};

use super::address::addressee;
use super::audience::{Announceable, about_version, announcements, kinds_of, request};
use super::words::{Announced, Given, announcement, information};
use super::{Kind, state};
use crate::act::{Acting, Decided, refused};
use crate::concern::concern;
use crate::kept::Kept;
use crate::law::Law;
use crate::mail::{Mailer, Message, NotSent};
use crate::read::Reading;
use crate::refused::Tried;

/// Nobody else takes a message for so long; after that its sender is taken for dead.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(15);
/// The work of sending, which one copy does.
const SENDING: &str = "outbox";
/// How long it is another copy's where that went silent.
const SENDING_LASTS: SignedDuration = SignedDuration::from_mins(2);
/// How long a message that was refused for now waits, try by try; after the last it is given up.
const WAITS: [SignedDuration; 7] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
];

/// How long to wait after so many tries; none: it is given up.
fn wait(tries: u32) -> Option<SignedDuration> {
    let at = usize::try_from(tries)
        .unwrap_or(usize::MAX)
        .checked_sub(1)?;
    WAITS.get(at).copied()
}

/// Who carries messages, and what addresses on the site begin with.
#[derive(Clone, Copy)]
pub struct Postman<'a> {
    /// Hands messages to the mail server.
    pub mailer: &'a dyn Mailer,
    /// The origin of the site: `https://people.example`.
    pub site: &'a str,
}

/// What became of the messages of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// The mail server took them.
    pub sent: u64,
    /// They are tried again later.
    pub later: u64,
    /// They were refused for good, or too often.
    pub given_up: u64,
    /// The person has no address, or it may not be read for this.
    pub not_reached: u64,
    /// The person had been told otherwise meanwhile.
    pub told_otherwise: u64,
    /// Why the run stopped before its end: the mail server takes nothing.
    pub stopped: Option<Fault>,
}

impl Run {
    /// How many messages were dealt with.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.sent + self.later + self.given_up + self.not_reached + self.told_otherwise
    }
}

/// What became of one message.
enum Became {
    Sent,
    Later,
    GivenUp,
    NotReached,
    ToldOtherwise,
    Stopped(Fault),
}

/// What a message is to say, versions compiled once a run.
#[derive(Default)]
struct Letters(HashMap<u32, Announceable>);

/// What comes before sending.
enum Ready {
    To(Box<Message>, Box<Subject>),
    NotReached {
        rule: String,
        subject: Option<Box<Subject>>,
    },
    ToldOtherwise,
}

impl Kept {
    /// Sends what is due, up to so many messages; `progress` hears of each. Where the mail server
    /// takes nothing, the run stops and says why: what waits goes on waiting.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the policy does not say how people are told;
    /// [`FaultKind::Unavailable`] when the installation cannot be read or written.
    pub fn send_due(
        &self,
        postman: Postman<'_>,
        acting: &Acting,
        most: u64,
        progress: &mut dyn FnMut(&Run),
    ) -> Result<Run, Fault> {
        announcements(&self.law())?;
        if !self.is_to_send()? {
            return Err(
                Fault::new(FaultKind::Conflict, "another copy of Kept is sending")
                    .remedy("let it finish; `kept announce status` shows what is left"),
            );
        }
        let mut letters = Letters::default();
        let mut run = Run::default();
        while run.messages() < most && self.is_to_send()? {
            let Some(became) = self.send_one(postman, acting, &mut letters)? else {
                break;
            };
            match became {
                Became::Sent => run.sent += 1,
                Became::Later => run.later += 1,
                Became::GivenUp => run.given_up += 1,
                Became::NotReached => run.not_reached += 1,
                Became::ToldOtherwise => run.told_otherwise += 1,
                Became::Stopped(fault) => {
                    run.stopped = Some(fault);
                    break;
                }
            }
            progress(&run);
        }
        Ok(run)
    }

    /// Whether this copy of Kept is the one that sends, of those that work on the databases: so many
    /// messages a minute are meant for all of them together.
    ///
    /// # Errors
    /// When the data cannot be written.
    pub fn is_to_send(&self) -> Result<bool, Fault> {
        self.claim(SENDING, SENDING_LASTS)
    }

    /// How many messages are due now.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn messages_due(&self) -> Result<u64, Fault> {
        let now = self.moment()?.now.as_microsecond();
        self.vault.data().read(|reader| reader.messages_due(now))
    }

    /// Tries again what was given up or reached nobody: an address may have been corrected. Says how
    /// many messages wait again.
    ///
    /// # Errors
    /// When the data cannot be written.
    pub fn send_again(&self) -> Result<u64, Fault> {
        let now = self.moment()?.now.as_microsecond();
        let moved = self.vault.data().write(Priority::Ordinary, move |tx| {
            let given_up = tx.move_messages(state::GIVEN_UP, state::WAITING, now)?;
            Ok(given_up + tx.move_messages(state::NOT_REACHED, state::WAITING, now)?)
        })?;
        Ok(moved as u64)
    }

    /// What was being sent when the process that sent it ended is sent again: whether the mail
    /// server had taken it, nobody knows.
    pub(crate) fn take_back_messages(&self) -> Result<(), Fault> {
        let data = self.vault.data();
        if data.read(|reader| reader.messages_at_work(state::SENDING))? == 0 {
            return Ok(());
        }
        // With a clock that jumped an installation is still opened; the claim lapses by itself.
        let Ok(moment) = self.moment() else {
            return Ok(());
        };
        // Another copy that sends is at work on them; this one's work ended with its process.
        if !self.claim(SENDING, SENDING_LASTS)? {
            return Ok(());
        }
        self.give_up_claim(SENDING)?;
        let now = moment.now.as_microsecond();
        data.write(Priority::Ordinary, move |tx| {
            tx.move_messages(state::SENDING, state::WAITING, now)
                .map(|_| ())
        })
    }

    fn send_one(
        &self,
        postman: Postman<'_>,
        acting: &Acting,
        letters: &mut Letters,
    ) -> Result<Option<Became>, Fault> {
        // One message on its way at a time: a crash sends one twice at the most.
        let _alone = self.hold_mail();
        let (law, moment) = (self.law(), self.moment()?);
        let how = announcements(&law)?;
        let claim = Claim {
            first: Kind::Information as u8,
            sending: state::SENDING,
            now: moment.now.as_microsecond(),
            until: (moment.now + CLAIM_LASTS).as_microsecond(),
        };
        let data = self.vault.data();
        let Some(row) = data.write(Priority::Ordinary, move |tx| tx.claim_message(claim))? else {
            return Ok(None);
        };
        let sending = Sending {
            kept: self,
            law: &law,
            how,
            acting,
            moment,
        };
        let became = sending.carry(&row, postman, letters);
        if became.is_err() {
            // It was not sent: whoever comes next takes it.
            sending.wait_again(row)?;
        }
        became.map(Some)
    }
}

/// One message on its way.
struct Sending<'a> {
    kept: &'a Kept,
    law: &'a Law,
    how: Announcements,
    acting: &'a Acting,
    moment: Moment,
}

impl Sending<'_> {
    fn carry(
        &self,
        row: &MessageRow,
        postman: Postman<'_>,
        letters: &mut Letters,
    ) -> Result<Became, Fault> {
        let (message, subject) = match self.ready(row, postman.site, letters)? {
            Ready::To(message, subject) => (message, subject),
            Ready::ToldOtherwise => {
                let row = self.over(row, state::TOLD_OTHERWISE);
                self.put(row, None)?;
                return Ok(Became::ToldOtherwise);
            }
            Ready::NotReached { rule, subject } => {
                self.not_reached(row, rule, subject.as_deref())?;
                return Ok(Became::NotReached);
            }
        };
        match postman.mailer.send(&message) {
            Ok(()) => {
                // Sent is sent: where that cannot be recorded now, the claim lapses and it goes
                // out once more, rather than never.
                let recorded = self.sent(row, &subject);
                Ok(recorded.map_or_else(Became::Stopped, |()| Became::Sent))
            }
            Err(NotSent::Down(fault)) => {
                self.wait_again(row.clone())?;
                Ok(Became::Stopped(fault))
            }
            Err(NotSent::NoAddress) => {
                self.not_reached(row, "no address".to_owned(), Some(&subject))?;
                Ok(Became::NotReached)
            }
            Err(NotSent::Never(answer)) => {
                let mut row = self.over(row, state::GIVEN_UP);
                row.answer = Some(answer);
                self.failed(row, &format!("smtp {answer}"), &subject)?;
                Ok(Became::GivenUp)
            }
            Err(NotSent::Later(answer)) => self.later(row, Some(answer), &subject),
            Err(NotSent::Unknown) => self.later(row, None, &subject),
        }
    }

    /// The message, once its address was opened under a recorded grant.
    fn ready(&self, row: &MessageRow, site: &str, letters: &mut Letters) -> Result<Ready, Fault> {
        let id = row.subject;
        let known = match self.kept.person(id, self.law) {
            Ok(loaded) => loaded.subject,
            Err(fault) if fault.kind == FaultKind::Absent => return Ok(gone()),
            Err(fault) => return Err(fault),
        };
        let kind = Kind::of_number(row.kind);
        let is_told = known.told.is_some_and(|told| told.version >= row.about);
        if kind == Some(Kind::Announcement) && is_told {
            return Ok(Ready::ToldOtherwise);
        }
        let request = request(&self.how);
        let actor = &self.acting.actor;
        let reading = match self.kept.read(id, request, actor, Destination::Mail) {
            Ok(reading) => reading,
            Err(fault) if fault.kind == FaultKind::Refused => {
                let rule = fault.rule.clone().unwrap_or_default();
                let subject = Some(Box::new(known));
                return Ok(Ready::NotReached { rule, subject });
            }
            Err(fault) if fault.kind == FaultKind::Absent => return Ok(gone()),
            Err(fault) => return Err(fault),
        };
        let Some(addressee) = addressee(&self.how, &reading) else {
            let rule = "no address".to_owned();
            let subject = Some(Box::new(reading.subject));
            return Ok(Ready::NotReached { rule, subject });
        };
        let words = match kind {
            Some(Kind::Announcement) => {
                let announced = letters.of(self.kept, row.about)?;
                let (changes, more) = announced.changes_for(&kinds_of(self.law, &reading.subject));
                let zone = self.law.in_force.zone();
                let announced = Announced {
                    policy: &announced.version.policy,
                    since: calendar::date_of(announced.version.applied, zone),
                    changes,
                    more,
                };
                announcement(&announced, site, addressee.language)
            }
            Some(Kind::Information) => match self.given(row, &reading) {
                Some(given) => information(&given, site, addressee.language),
                // Nothing of it is held any more.
                None => return Ok(gone()),
            },
            None => return Err(newer()),
        };
        let message = Message {
            to: addressee.to,
            id: row.id,
            at: self.moment.now,
            language: addressee.language,
            words,
        };
        Ok(Ready::To(Box::new(message), Box::new(reading.subject)))
    }

    /// What was given by an origin and is still held.
    fn given(&self, row: &MessageRow, reading: &Reading) -> Option<Given<'_>> {
        let policy = self.law.policy();
        let origin = self.law.names.origin.id(row.about)?;
        let held = reading.subject.records.iter();
        let held = held.filter(|held| !held.tombstone && held.origin == origin);
        let mut uses = Vec::new();
        for record in held {
            for ground in record
                .grounds
                .iter()
                .filter(|ground| ground.ended.is_none())
            {
                let used = (ground.purpose, ground.kind, record.category);
                if !uses.contains(&used) {
                    uses.push(used);
                }
            }
        }
        let made = Timestamp::from_microsecond(row.made).ok()?;
        (!uses.is_empty()).then(|| Given {
            policy,
            on: calendar::date_of(made, self.law.in_force.zone()),
            origin: &policy.origin(origin).title,
            uses,
        })
    }

    /// Records a sending, with what it changes for the person: they have been told.
    fn sent(&self, row: &MessageRow, subject: &Subject) -> Result<(), Fault> {
        let over = self.over(row, state::SENT);
        let detail = self.detail(Act::NoticeSent, row, &self.about(row), subject);
        if Kind::of_number(row.kind) != Some(Kind::Announcement) {
            return self.put(over, Some(detail));
        }
        let (version, over) = (row.about, &over);
        let done = self.kept.act_on(
            row.subject,
            self.acting,
            &Tried::of(policy::authorisation::Action::Tell),
            &|law: &Law, subject: &mut Subject, moment: Moment| {
                let effects = told(&law.in_force, subject, version, moment.today, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                let over = over.clone();
                Ok(Decided {
                    effects,
                    details: vec![detail.clone()],
                    beside: Some(Box::new(move |tx| tx.put_message(&over))),
                    ..Decided::default()
                })
            },
        );
        match done {
            // They went between the sending and its record: what was sent stands in the journal.
            Err(fault) if fault.kind == FaultKind::Absent => {
                self.kept.vault.record(&detail).map(|_| ())
            }
            done => done.map(|_| ()),
        }
    }

    fn later(
        &self,
        row: &MessageRow,
        answer: Option<u16>,
        subject: &Subject,
    ) -> Result<Became, Fault> {
        let why = match answer {
            Some(answer) => format!("smtp {answer}"),
            None => "the connection broke".to_owned(),
        };
        let Some(wait) = wait(row.tries) else {
            let mut row = self.over(row, state::GIVEN_UP);
            row.answer = answer;
            self.failed(row, &why, subject)?;
            return Ok(Became::GivenUp);
        };
        let row = MessageRow {
            state: state::WAITING,
            due: Some((self.moment.now + wait).as_microsecond()),
            answer,
            ..row.clone()
        };
        self.failed(row, &format!("{why}, tried again later"), subject)?;
        Ok(Became::Later)
    }

    fn not_reached(
        &self,
        row: &MessageRow,
        rule: String,
        subject: Option<&Subject>,
    ) -> Result<(), Fault> {
        let mut row = self.over(row, state::NOT_REACHED);
        let detail = subject.map(|it| self.detail(Act::NoticeNotSent, &row, &rule, it));
        row.rule = Some(rule);
        self.put(row, detail)
    }

    fn failed(&self, row: MessageRow, why: &str, subject: &Subject) -> Result<(), Fault> {
        let detail = self.detail(Act::NoticeNotSent, &row, why, subject);
        self.put(row, Some(detail))
    }

    /// A message that is over.
    fn over(&self, row: &MessageRow, state: u8) -> MessageRow {
        MessageRow {
            state,
            due: None,
            ended: Some(self.moment.now.as_microsecond()),
            ..row.clone()
        }
    }

    /// A message that was taken and not sent, through no fault of its own.
    fn wait_again(&self, row: MessageRow) -> Result<(), Fault> {
        let row = MessageRow {
            state: state::WAITING,
            due: Some(self.moment.now.as_microsecond()),
            tries: row.tries.saturating_sub(1),
            ..row
        };
        self.put(row, None)
    }

    fn put(&self, row: MessageRow, detail: Option<Detail>) -> Result<(), Fault> {
        let entry = detail.map(|it| self.kept.vault.entry(&it)).transpose()?;
        self.kept.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_message(&row)?;
            entry.as_ref().map(|entry| tx.append(entry)).transpose()?;
            Ok(())
        })
    }

    fn detail(&self, act: Act, row: &MessageRow, rule: &str, subject: &Subject) -> Detail {
        let names = &self.law.names;
        let mut detail = self
            .kept
            .detail(act, &self.acting.actor, self.moment, self.law);
        detail.subject = Some(row.subject.0);
        detail.purpose = Some(names.purpose.number(self.how.purpose));
        detail.recipient = Some(names.recipient.number(self.how.recipient));
        detail.categories = vec![names.category.number(self.how.email.category)];
        detail.destination = Destination::Mail;
        detail.rule = Some(rule.to_owned());
        detail.origin = (Kind::of_number(row.kind) == Some(Kind::Information)).then_some(row.about);
        detail.count = Some(u64::from(row.tries));
        concern(&mut detail, self.law, subject, self.moment);
        detail
    }

    /// What the journal says that a message was about.
    fn about(&self, row: &MessageRow) -> String {
        match Kind::of_number(row.kind) {
            Some(Kind::Announcement) => about_version(row.about),
            _ => "GDPR 14".to_owned(),
        }
    }
}

impl Letters {
    fn of(&mut self, kept: &Kept, version: u32) -> Result<&Announceable, Fault> {
        if let std::collections::hash_map::Entry::Vacant(entry) = self.0.entry(version) {
            entry.insert(kept.announceable(version)?);
        }
        self.0.get(&version).ok_or_else(newer)
    }
}

fn gone() -> Ready {
    Ready::NotReached {
        rule: "nothing held".to_owned(),
        subject: None,
    }
}

fn newer() -> Fault {
    Fault::new(FaultKind::Conflict, "the outbox is of a newer version")
        .remedy("use the version of Kept that wrote it, or a newer one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<_> = (1..=8).map(wait).collect();
        assert_eq!(waits[0], Some(SignedDuration::from_mins(5)));
        assert!(waits[..7].windows(2).all(|two| two[0] <= two[1]));
        assert_eq!(waits[7], None);
        assert_eq!(wait(0), None);
    }
}
