//! The undertaking of confidentiality: accepted before anything is read, renewed at its interval,
//! accepted anew when a version asks for it (9b).

use domain::rule::Unaccepted;
use domain::{Actor, Fault, FaultKind, Moment, Rule, SubjectId};
use door::Receipt;
use jiff::Timestamp;
use jiff::civil::Date;
use journal::Act;
use policy::model::{DocumentId, Wording};
use store::Priority;
use store::data::undertaking::UndertakingRow;

use super::{Access, moment_of};
use crate::law::Law;

/// How the holder of an account stands with the undertaking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undertook {
    /// Which document it is.
    pub document: DocumentId,
    /// The version that was accepted last, and when.
    pub accepted: Option<(u32, Timestamp)>,
    /// The last day on which that counts.
    pub due: Option<Date>,
    /// What is missing, so that nothing is read.
    pub lacks: Option<Unaccepted>,
    /// The latest version that is published: what has to be accepted next.
    pub latest: Option<u32>,
}

/// A version of the undertaking, to be shown before it is accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UndertakingText {
    /// The number of the version.
    pub version: u32,
    /// Its title.
    pub title: Wording,
    /// What it says, see [`policy::text`].
    pub text: Wording,
    /// SHA-256 of the file that says it.
    pub digest: [u8; 32],
}

impl Undertook {
    /// The rule that closes reading, where something is missing.
    #[must_use]
    pub fn closes(&self) -> Option<Rule> {
        self.lacks.map(|lacks| Rule::Undertaking {
            document: self.document,
            lacks,
        })
    }
}

/// What is missing of an undertaking: the version that was accepted last with the last day on which
/// it counts, the latest version, whether a version after the accepted one asks to be accepted.
fn missing(
    accepted: Option<(u32, Date)>,
    latest: Option<u32>,
    newer_asks: bool,
    today: Date,
) -> Option<Unaccepted> {
    if latest.is_none() {
        return Some(Unaccepted::Unpublished);
    }
    let Some((_, due)) = accepted else {
        return Some(Unaccepted::Never);
    };
    if today > due {
        return Some(Unaccepted::Due(due));
    }
    newer_asks.then_some(Unaccepted::Newer)
}

impl Access<'_> {
    /// How the holder of an account stands with the undertaking; nothing where the authorisation in
    /// force asks for none.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn undertook(&self, subject: SubjectId) -> Result<Option<Undertook>, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        self.undertook_under(&law, subject, moment)
    }

    pub(super) fn undertook_under(
        &self,
        law: &Law,
        subject: SubjectId,
        moment: Moment,
    ) -> Result<Option<Undertook>, Fault> {
        let Some(asked) = law.authorisation().and_then(|it| it.undertaking) else {
            return Ok(None);
        };
        let number = law.names.document.number(asked.document);
        let (rows, latest) = self.kept.vault.data().read(|reader| {
            Ok((
                reader.undertakings_of(subject)?,
                reader.latest_document(number)?,
            ))
        })?;
        let last = rows.iter().filter(|row| row.document == number);
        let last = last.max_by_key(|row| (row.accepted, row.version));
        let due = last.map(|row| law.last_day(moment_of(row.accepted), asked.renewed_every));
        let newer_asks = match last {
            Some(row) if Some(row.version) < latest => {
                let published = self.kept.documents()?;
                let mut later = published.iter().filter(|one| {
                    one.document == Some(asked.document) && one.edition.version > row.version
                });
                later.any(|one| one.edition.accept_again)
            }
            Some(_) | None => false,
        };
        let accepted = last.map(|row| row.version).zip(due);
        Ok(Some(Undertook {
            document: asked.document,
            accepted: last.map(|row| (row.version, moment_of(row.accepted))),
            due,
            lacks: missing(accepted, latest, newer_asks, moment.today),
            latest,
        }))
    }

    /// The version of the undertaking that is accepted today.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when the authorisation in force asks for none, or no version of it is
    /// published.
    pub fn undertaking(&self) -> Result<UndertakingText, Fault> {
        let law = self.kept.law();
        let asked = law.authorisation().and_then(|it| it.undertaking);
        let asked = asked.ok_or_else(none_asked)?;
        let published = self.kept.documents()?;
        let versions = published
            .into_iter()
            .filter(|one| one.document == Some(asked.document));
        let latest = versions
            .max_by_key(|one| one.edition.version)
            .ok_or_else(unpublished)?;
        Ok(UndertakingText {
            version: latest.edition.version,
            title: latest.edition.title,
            text: latest.edition.text,
            digest: latest.digest,
        })
    }

    /// The holder of an account accepts the undertaking, in the version that they were shown; the
    /// journal has its digest. What they accepted before is kept as long as the account.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such account or nothing to accept,
    /// [`FaultKind::Conflict`] when a later version was published meanwhile,
    /// [`FaultKind::Refused`] when the account has no access.
    pub fn accept_undertaking(
        &self,
        actor: &Actor,
        version: u32,
        dry_run: bool,
    ) -> Result<(Undertook, Option<Receipt>), Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let row = self.row_named(&actor.account)?;
        if self.standing(row.subject)?.is_none() {
            return Err(no_access());
        }
        let text = self.undertaking()?;
        if text.version != version {
            return Err(Fault::new(
                FaultKind::Conflict,
                "another version of the undertaking is to be accepted",
            )
            .remedy("read the version that is published now, then accept that one"));
        }
        let asked = law.authorisation().and_then(|it| it.undertaking);
        let asked = asked.ok_or_else(none_asked)?;
        let number = law.names.document.number(asked.document);
        let receipt = match dry_run {
            true => None,
            false => {
                let new = UndertakingRow {
                    subject: row.subject,
                    document: number,
                    accepted: moment.now.as_microsecond(),
                    version,
                    digest: text.digest,
                };
                let act = Act::UndertakingAccepted;
                let mut detail = self.detail_about(act, row.subject, actor, moment, &law)?;
                let name = &law.policy().document(asked.document).name;
                detail.rule = Some(format!("documents.{name}, version {version}"));
                detail.digest = Some(text.digest);
                let entry = self.kept.vault.entry(&detail)?;
                let data = self.kept.vault.data();
                let seq = data.write(Priority::Ordinary, move |tx| {
                    if tx.latest_document(number)? != Some(version) {
                        return Err(unpublished());
                    }
                    tx.add_undertaking(&new)?;
                    tx.append(&entry)
                })?;
                Some(Receipt { entry: seq })
            }
        };
        let due = Some(law.last_day(moment.now, asked.renewed_every));
        let undertook = Undertook {
            document: asked.document,
            accepted: Some((version, moment.now)),
            due,
            lacks: None,
            latest: Some(version),
        };
        Ok((undertook, receipt))
    }
}

fn none_asked() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "the authorisation in force asks for no undertaking",
    )
    .remedy("name one: `undertaking` in the section [authorisation]")
}

fn unpublished() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "no version of the undertaking is published",
    )
    .remedy("publish one with `kept documents publish`")
}

pub(super) fn no_access() -> Fault {
    Fault::new(FaultKind::Refused, "this account has no access")
        .rule("21a")
        .remedy("open it again first: `kept account enable`")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_undertaking_counts_until_its_day_and_until_a_version_asks_again() {
        let (due, day_after) = (date(2027, 1, 5), date(2027, 1, 6));
        let accepted = Some((1, due));
        for (accepted, latest, newer_asks, today, expected) in [
            (accepted, None, false, due, Some(Unaccepted::Unpublished)),
            (None, Some(1), false, due, Some(Unaccepted::Never)),
            (accepted, Some(1), false, due, None),
            (accepted, Some(2), false, due, None),
            (accepted, Some(2), true, due, Some(Unaccepted::Newer)),
            (
                accepted,
                Some(1),
                false,
                day_after,
                Some(Unaccepted::Due(due)),
            ),
            (
                accepted,
                Some(2),
                true,
                day_after,
                Some(Unaccepted::Due(due)),
            ),
        ] {
            let found = missing(accepted, latest, newer_asks, today);
            assert_eq!(
                found, expected,
                "{accepted:?} {latest:?} {newer_asks} {today}"
            );
        }
    }
}
