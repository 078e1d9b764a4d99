//! What is due: roles and keys to be confirmed, undertakings to be renewed, the next first (9b, 21a).

use domain::Fault;
use domain::rule::Unaccepted;
use jiff::civil::Date;

use super::duty::reads;
use super::{Access, KeyId};

/// Something that closes unless somebody does what it asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// What.
    pub what: DueWhat,
    /// The last day on which it is open; none: it is closed as it stands.
    pub day: Option<Date>,
    /// Whether it is closed.
    pub overdue: bool,
}

/// What can be due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DueWhat {
    /// A role that an account holds, to be confirmed or withdrawn.
    Role {
        /// The account's identifier.
        account: String,
        /// The role.
        role: String,
        /// The role whose holders review it, where the authorisation names one.
        reviewed_by: Option<String>,
    },
    /// A program's key, to be confirmed or revoked.
    Key {
        /// The program's identifier.
        program: String,
        /// The key.
        key: KeyId,
    },
    /// The undertaking of confidentiality, to be accepted by the holder of an account.
    Undertaking {
        /// The account's identifier.
        account: String,
        /// What is missing, where it is closed.
        lacks: Option<Unaccepted>,
    },
}

impl Access<'_> {
    /// All that is closed, or closes within a number of days unless somebody acts: the longest
    /// overdue first.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn due_within(&self, days: u16) -> Result<Vec<Due>, Fault> {
        let (law, today) = (self.kept.law(), self.kept.moment()?.today);
        let horizon = today
            .checked_add(jiff::Span::new().days(i32::from(days)))
            .unwrap_or(Date::MAX);
        let dated = |what, day: Date| Due {
            what,
            day: Some(day),
            overdue: today > day,
        };
        let mut due = Vec::new();
        for line in self.review(None)? {
            let Some(day) = law.review_due(line.role.reviewed) else {
                continue;
            };
            let authorisation = law.authorisation();
            let reviewed_by = authorisation.and_then(|it| {
                let by = it.role(it.role_named(&line.role.role)?).reviewed_by?;
                Some(it.role(by).name.clone())
            });
            let what = DueWhat::Role {
                account: line.handle,
                role: line.role.role,
                reviewed_by,
            };
            due.push(dated(what, day));
        }
        for key in self.keys()? {
            let good = key.revoked.is_none() && key.ends > self.kept.moment()?.now;
            if let Some(day) = key.due.filter(|_| good) {
                let what = DueWhat::Key {
                    program: key.program,
                    key: key.id,
                };
                due.push(dated(what, day));
            }
        }
        for account in self.list()?.into_iter().filter(|one| one.stands) {
            let rows = self
                .kept
                .vault
                .data()
                .read(|reader| reader.roles_of(account.subject))?;
            if !rows.iter().any(|row| reads(&law, row.role)) {
                continue;
            }
            if let Some(undertook) = self.undertook(account.subject)? {
                due.push(Due {
                    what: DueWhat::Undertaking {
                        account: account.handle,
                        lacks: undertook.lacks,
                    },
                    day: undertook.due,
                    overdue: undertook.lacks.is_some(),
                });
            }
        }
        due.retain(|one| one.overdue || one.day.is_some_and(|day| day <= horizon));
        due.sort_by_key(|one| (!one.overdue, one.day));
        Ok(due)
    }
}
