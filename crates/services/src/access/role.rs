//! Roles: granted, withdrawn, reviewed (21a).

use std::collections::BTreeMap;

use domain::names::Sort;
use domain::{ActorKind, Fault, FaultKind, SubjectId};
use door::Receipt;
use jiff::Timestamp;
use journal::Act;
use policy::authorisation::{Action, Administration};
use policy::model::Duration;
use store::Priority;

use super::account::{held, role_row};
use super::{Access, HeldRole};
use crate::act::Acting;
use crate::in_role::InRole;
use crate::refused::Tried;

/// The longest name of a role.
const NAME_MAX: usize = 64;

/// A role that somebody holds, to be confirmed or withdrawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewLine {
    /// Whose account.
    pub subject: SubjectId,
    /// Its identifier.
    pub handle: String,
    /// The role.
    pub role: HeldRole,
    /// When it is to be looked at again, where rights are reviewed at an interval.
    pub due: Option<Timestamp>,
    /// Whether that has passed: until it is confirmed, the role opens nothing.
    pub overdue: bool,
}

impl Access<'_> {
    /// Grants a role; none is granted twice.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when there is no such role, [`FaultKind::Conflict`] when the account
    /// holds it already or is disabled.
    pub fn grant(
        &self,
        subject: SubjectId,
        role: &str,
        acting: &Acting,
    ) -> Result<Option<Receipt>, Fault> {
        let row = self.row_of(subject)?;
        if acting.actor.account.as_str() == row.handle {
            return Err(
                Fault::new(FaultKind::Refused, "nobody grants a role to themselves")
                    .rule("21a")
                    .remedy("another account that administers rights grants it"),
            );
        }
        if row.disabled.is_some() {
            return Err(Fault::new(FaultKind::Conflict, "this account is disabled")
                .remedy("open it again first: `kept account enable`"));
        }
        let held = self.held_role(subject, role)?;
        if held.is_some() {
            return Err(
                Fault::new(FaultKind::Conflict, "the account holds this role already")
                    .remedy("confirm it with `kept account review`"),
            );
        }
        let number = self.role_numbers(&[role.to_owned()], acting)?;
        let number = number.first().map_or(0, |(_, number)| *number);
        let by = acting.actor.account.as_str().to_owned();
        self.write_role(Act::RoleGranted, subject, role, acting, move |tx, at| {
            tx.add_role(&role_row(subject, number, at, &by))
        })
    }

    /// Withdraws a role; what was being done in it ends at once.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when the account does not hold it.
    pub fn withdraw(
        &self,
        subject: SubjectId,
        role: &str,
        acting: &Acting,
    ) -> Result<Option<Receipt>, Fault> {
        self.row_of(subject)?;
        let number = self.held_role(subject, role)?.ok_or_else(not_held)?;
        self.write_role(Act::RoleWithdrawn, subject, role, acting, move |tx, _| {
            tx.delete_role(subject, number)
        })
    }

    /// Confirms that an account still needs a role. Whoever acts for an account, in a session or by
    /// its name at the command line, may not confirm a role of its own, and has to review it: by a
    /// role that administers rights, or the one that the authorisation names in `reviewed-by`.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when the account does not hold it, [`FaultKind::Refused`] when whoever
    /// acts may not confirm it.
    pub fn confirm(
        &self,
        subject: SubjectId,
        role: &str,
        acting: &Acting,
    ) -> Result<Option<Receipt>, Fault> {
        let number = self.held_role(subject, role)?.ok_or_else(not_held)?;
        self.may_review(subject, role, acting).or_else(|fault| {
            let (law, moment) = (self.kept.law(), self.kept.moment()?);
            let (tried, now) = (Tried::of(Action::Read), (law.as_ref(), moment));
            Err(self
                .kept
                .refused_write(fault, Some(subject), &tried, acting, now))
        })?;
        let by = acting.actor.account.as_str().to_owned();
        self.write_role(Act::ReviewDone, subject, role, acting, move |tx, at| {
            tx.confirm_role(subject, number, at, &by)
        })
    }

    /// Whether whoever acts may confirm a role of an account. The owner of the machine may confirm
    /// any: it is the way back for an installation in which nobody else may any more.
    fn may_review(&self, subject: SubjectId, role: &str, acting: &Acting) -> Result<(), Fault> {
        let law = self.kept.law();
        let handle = acting.actor.account.as_str();
        let data = self.kept.vault.data();
        let named = data.read(|reader| reader.account_named(handle))?;
        let Some(reviewer) = named.map(|row| row.subject) else {
            return match acting.actor.kind {
                ActorKind::CommandLine | ActorKind::Job => Ok(()),
                ActorKind::Staff | ActorKind::Person | ActorKind::Program => Err(no_reviewer(role)),
            };
        };
        if reviewer == subject {
            return Err(
                Fault::new(FaultKind::Refused, "nobody confirms a role of their own")
                    .rule("21a")
                    .remedy("whoever else reviews it does: `kept access review` says who"),
            );
        }
        let Some(authorisation) = law.authorisation() else {
            return Ok(());
        };
        let wanted = authorisation.role_named(role);
        let wanted = wanted.and_then(|id| authorisation.role(id).reviewed_by);
        let reviews = |name: &str| {
            authorisation.role_named(name).is_some_and(|id| {
                let administers = authorisation.role(id).administers;
                wanted == Some(id) || administers.contains(Administration::Rights)
            })
        };
        // By any of the roles that are open to them.
        let roles = self.roles_of(reviewer)?;
        let mut open = roles.iter().filter(|one| one.closed.is_none());
        let reviews = open.any(|one| reviews(&one.role));
        match reviews {
            true => Ok(()),
            false => Err(no_reviewer(role)),
        }
    }

    /// Every role that is held, the longest unreviewed first, and since when it is overdue: by
    /// `every`, or else by the interval of the authorisation in force.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn review(&self, every: Option<Duration>) -> Result<Vec<ReviewLine>, Fault> {
        let moment = self.kept.moment()?;
        let law = self.kept.law();
        let every = every.or(law.authorisation().map(|it| it.reviewed_every));
        let names = self.role_names()?;
        let (accounts, roles) = self
            .kept
            .vault
            .data()
            .read(|reader| Ok((reader.accounts()?, reader.roles()?)))?;
        let mut lines = Vec::with_capacity(roles.len());
        for row in roles {
            let Some(account) = accounts.iter().find(|one| one.subject == row.subject) else {
                continue;
            };
            let role = held(&row, &names);
            let due = every.and_then(|every| self.due(role.reviewed, every));
            lines.push(ReviewLine {
                subject: row.subject,
                handle: account.handle.clone(),
                overdue: due.is_some_and(|due| due <= moment.now),
                due,
                role,
            });
        }
        lines.sort_by(|a, b| (a.role.reviewed, &a.handle).cmp(&(b.role.reviewed, &b.handle)));
        Ok(lines)
    }

    /// The roles that an account holds.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn roles_held(&self, subject: SubjectId) -> Result<Vec<HeldRole>, Fault> {
        let names = self.role_names()?;
        let data = self.kept.vault.data();
        let rows = data.read(|reader| reader.roles_of(subject))?;
        Ok(rows.iter().map(|row| held(row, &names)).collect())
    }

    /// When what was reviewed at a moment is to be reviewed again: at the end of that day, in the
    /// controller's time zone.
    #[must_use]
    pub fn due(&self, reviewed: Timestamp, every: Duration) -> Option<Timestamp> {
        let law = self.kept.law();
        let zone = law.in_force.zone();
        let day = every.after(zone.to_datetime(reviewed).date());
        let next = day.tomorrow().ok()?.at(0, 0, 0, 0);
        zone.to_timestamp(next).ok()
    }

    /// Names of roles with their numbers. Where an authorisation is in force, its roles are all
    /// there are; before there is one, a name that has no number gets one.
    pub(super) fn role_numbers(
        &self,
        roles: &[String],
        acting: &Acting,
    ) -> Result<Vec<(String, u32)>, Fault> {
        let law = self.kept.law();
        let mut names = self.role_names()?;
        let mut numbers = Vec::with_capacity(roles.len());
        for role in roles {
            if law.authorisation().is_some() {
                InRole::named(&law, role)?;
            }
            check_name(role)?;
            let known = names.iter().find(|(_, name)| *name == role);
            let number = match known.map(|(number, _)| *number) {
                Some(number) => number,
                None => {
                    let number = names.last_key_value().map_or(1, |(last, _)| last + 1);
                    names.insert(number, role.clone());
                    if !acting.dry_run {
                        self.register(number, role)?;
                    }
                    number
                }
            };
            if !numbers.iter().any(|(_, known)| *known == number) {
                numbers.push((role.clone(), number));
            }
        }
        Ok(numbers)
    }

    fn register(&self, number: u32, role: &str) -> Result<(), Fault> {
        let role = role.to_owned();
        self.kept.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_name(Sort::Role.code(), number, &role)
        })
    }

    /// The present names of roles, by number. Under an authorisation they are those that were
    /// registered when it came into force, kept in memory: each key and each duty asks for them.
    /// Before there is one, any role may be named at any moment, by another process too.
    pub(super) fn role_names(&self) -> Result<BTreeMap<u32, String>, Fault> {
        let law = self.kept.law();
        if law.authorisation().is_some() {
            let names = law.names.all_of(Sort::Role);
            return Ok(names
                .map(|(number, name)| (number, name.to_owned()))
                .collect());
        }
        let rows = self.kept.vault.data().read(|reader| reader.names())?;
        Ok(rows
            .into_iter()
            .filter(|(sort, ..)| *sort == Sort::Role.code())
            .map(|(_, number, name)| (number, name))
            .collect())
    }

    /// The number of a role that an account holds.
    pub(crate) fn held_role(&self, subject: SubjectId, role: &str) -> Result<Option<u32>, Fault> {
        let names = self.role_names()?;
        let rows = self
            .kept
            .vault
            .data()
            .read(|reader| reader.roles_of(subject))?;
        Ok(rows
            .iter()
            .map(|row| row.role)
            .find(|number| names.get(number).is_some_and(|name| name == role)))
    }

    fn write_role(
        &self,
        act: Act,
        subject: SubjectId,
        role: &str,
        acting: &Acting,
        mut write: impl FnMut(&mut store::Tx<'_>, i64) -> Result<bool, Fault> + Send + 'static,
    ) -> Result<Option<Receipt>, Fault> {
        if acting.dry_run {
            return Ok(None);
        }
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let mut detail = self.detail_about(act, subject, &acting.actor, moment, &law)?;
        detail.rule = Some(format!("roles.{role}"));
        let entry = self.kept.vault.entry(&detail)?;
        let still = self.kept.still_acting(acting)?;
        let at = moment.now.as_microsecond();
        let seq = self
            .kept
            .vault
            .data()
            .write(Priority::Restrictive, move |tx| {
                still(tx)?;
                if !write(tx, at)? {
                    return Err(changed());
                }
                tx.append(&entry)
            })?;
        Ok(Some(Receipt { entry: seq }))
    }
}

/// A role is named like everything else in a policy.
pub(super) fn check_name(role: &str) -> Result<(), Fault> {
    let fits = role.len() <= NAME_MAX
        && role.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
    if fits {
        Ok(())
    } else {
        Err(
            Fault::new(FaultKind::Invalid, "this cannot be the name of a role")
                .remedy("names are lower-case words joined by hyphens"),
        )
    }
}

fn no_reviewer(role: &str) -> Fault {
    Fault::new(FaultKind::Refused, "whoever acts does not review this role")
        .rule(format!("roles.{role}.reviewed-by"))
        .remedy("whoever administers rights does, or the role that the authorisation names for it")
}

fn not_held() -> Fault {
    Fault::new(FaultKind::Absent, "the account does not hold this role")
        .remedy("see its roles with `kept account show`")
}

fn changed() -> Fault {
    Fault::new(FaultKind::Conflict, "the account's roles changed meanwhile")
        .remedy("look again, then decide again")
}
