//! The duty to inform of data that somebody else gave (GDPR 14; 6c): it begins with the data, and
//! is done once the person was told, by message or otherwise.

use domain::{Fault, SubjectId, calendar};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use journal::Act;
use policy::model::Duration;
use store::data::message::MessageRow;

use super::{Kind, owed, state};
use crate::act::Acting;
use crate::collect::NewData;
use crate::kept::Kept;
use crate::law::Law;

/// Within a month at the latest (GDPR 14(3)(a)).
const WITHIN: Duration = Duration { months: 1, days: 0 };
/// Duties that are listed at the most.
const LISTED_MAX: u32 = 10_000;

/// How many people are to be informed, and how many were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Duties {
    /// To be done, their day not past.
    pub due: u64,
    /// To be done, past their day.
    pub overdue: u64,
    /// Done.
    pub done: u64,
    /// The day by which the next is to be done, if one is.
    pub next: Option<Date>,
}

/// A duty that is not done yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenDuty {
    /// To whom.
    pub subject: SubjectId,
    /// About data from where: the origin's name.
    pub origin: String,
    /// Since when.
    pub since: Timestamp,
    /// The last day.
    pub due: Date,
    /// Whether that day is past.
    pub overdue: bool,
    /// Why a message did not reach them: a rule, or what the mail server answered.
    pub hindered: Option<String>,
}

/// The last day on which somebody can be told in time of data received at a moment.
#[must_use]
pub fn due_by(received: Timestamp, zone: &TimeZone) -> Date {
    WITHIN.after(calendar::date_of(received, zone))
}

/// What a person is owed for records that are taken in: once for each origin that is somebody else.
pub(crate) fn owed_for(
    kept: &Kept,
    law: &Law,
    subject: SubjectId,
    records: &[NewData],
    now: Timestamp,
) -> Vec<MessageRow> {
    let policy = law.policy();
    let origins = records.iter().map(|data| data.collection.origin);
    let mut origins: Vec<u32> = origins
        .filter(|origin| policy.origin(*origin).is_indirect())
        .map(|origin| law.names.origin.number(origin))
        .collect();
    origins.sort_unstable();
    origins.dedup();
    let owed = |about| owed(subject, Kind::Information, about, now, kept.vault.entropy());
    origins.into_iter().map(owed).collect()
}

impl Kept {
    /// How many people are to be informed of data that somebody else gave, and how many were.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn duties(&self) -> Result<Duties, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let kind = Kind::Information as u8;
        let counts = self
            .vault
            .data()
            .read(|reader| reader.messages_since(kind))?;
        let mut duties = Duties::default();
        for (made, at, people) in counts {
            if state::TOLD.contains(&at) {
                duties.done += people;
                continue;
            }
            let due = due_by(at_moment(made), law.in_force.zone());
            match due < moment.today {
                true => duties.overdue += people,
                false => {
                    duties.due += people;
                    duties.next = duties.next.into_iter().chain([due]).min();
                }
            }
        }
        Ok(duties)
    }

    /// The duties that are not done, those that are due first at the head. An act of its own in the
    /// journal.
    ///
    /// # Errors
    /// When the data cannot be read, or the journal cannot be written.
    pub fn open_duties(&self, acting: &Acting) -> Result<Vec<OpenDuty>, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let kind = Kind::Information as u8;
        let rows = self
            .vault
            .data()
            .read(|reader| reader.messages_open(kind, state::TOLD, LISTED_MAX))?;
        let mut detail = self.detail(Act::Counted, &acting.actor, moment, &law);
        detail.count = Some(rows.len() as u64);
        detail.rule = Some("GDPR 14".to_owned());
        self.vault.record(&detail)?;
        let open = |row: MessageRow| {
            let since = at_moment(row.made);
            let due = due_by(since, law.in_force.zone());
            let name = law.names.name_of(domain::names::Sort::Origin, row.about);
            OpenDuty {
                subject: row.subject,
                origin: name.unwrap_or_default().to_owned(),
                since,
                due,
                overdue: due < moment.today,
                hindered: row
                    .rule
                    .or(row.answer.map(|answer| format!("smtp {answer}"))),
            }
        };
        Ok(rows.into_iter().map(open).collect())
    }

    /// Whether somebody is still to be informed of data about them that somebody else gave: until
    /// then it goes to nobody outside the house (GDPR 14(3)(c)).
    pub(crate) fn is_uninformed(&self, id: SubjectId) -> Result<bool, Fault> {
        let messages = self.vault.data().read(|reader| reader.messages_of(id))?;
        let open = |row: &MessageRow| {
            row.kind == Kind::Information as u8 && !state::TOLD.contains(&row.state)
        };
        Ok(messages.iter().any(open))
    }
}

fn at_moment(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_one_of_the_calendar_where_the_controller_is() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let due = |at: &str| due_by(at.parse().unwrap(), &zone);
        assert_eq!(due("2026-01-31T12:00:00Z"), date(2026, 2, 28));
        assert_eq!(due("2026-03-15T12:00:00Z"), date(2026, 4, 15));
        // Midnight in Paris comes before midnight UTC.
        assert_eq!(due("2026-03-15T23:30:00Z"), date(2026, 4, 16));
    }
}
