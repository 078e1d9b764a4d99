//! Keys of programs: shown once, kept as a hash, for a part of what somebody may do, until a day.

use std::collections::BTreeMap;

use domain::{Account, Actor, ActorKind, Fault, FaultKind, Moment};
use door::Receipt;
use identification::token::Token;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use journal::Act;
use policy::model::PurposeId;
use serde::{Deserialize, Serialize};
use store::Priority;
use store::data::program::ProgramKeyRow;

use super::duty::{RoleState, review_overdue};
use super::{Access, drawn, moment_of, names_of_rows};
use crate::act::Acting;
use crate::law::Law;

/// The longest life of a key: a forgotten one ends by itself.
pub const LIFE_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);
/// The use of a key is noted this often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// What a key may be limited to, at the most.
const SCOPES_MAX: usize = 64;

names_of_rows! {
    /// A key's identifier: it names a key and opens nothing.
    KeyId, "a key";
}

/// A part of what may be done: only in these roles, only these actions, only for these purposes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scopes {
    /// In which roles; at least one.
    pub roles: Vec<String>,
    /// Which actions; none: all that the roles may do.
    pub actions: Vec<String>,
    /// For which purposes; none: all that the roles may read for.
    pub purposes: Vec<PurposeId>,
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The program's identifier in the journal.
    pub program: Account,
    /// What the key is for.
    pub scopes: Scopes,
    /// Until when; at most [`LIFE_MAX`] ahead.
    pub ends: Timestamp,
}

/// A key as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyInfo {
    /// Its identifier.
    pub id: KeyId,
    /// The program's identifier.
    pub program: String,
    /// What it is for.
    pub scopes: Scopes,
    /// When it was made.
    pub made: Timestamp,
    /// By which account.
    pub made_by: String,
    /// Until when it is good.
    pub ends: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
    /// When it was last reviewed; at first, when it was made.
    pub reviewed: Timestamp,
    /// By which account.
    pub reviewed_by: String,
    /// The last day on which it opens anything without another review (21a).
    pub due: Option<Date>,
    /// Whether that day has passed.
    pub overdue: bool,
}

/// A key that is good now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgramKey {
    /// Its identifier.
    pub id: KeyId,
    /// Who acts by it.
    pub actor: Actor,
    /// What it is for: of its roles, those that are open.
    pub scopes: Scopes,
    /// Its roles that are closed, and why.
    pub closed: Vec<RoleState>,
}

/// Scopes as they are stored: numbers, which outlive a rename.
#[derive(Serialize, Deserialize)]
struct StoredScopes {
    roles: Vec<u32>,
    actions: Vec<String>,
    purposes: Vec<u32>,
}

impl Access<'_> {
    /// Makes a key for a program; it is told once.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it is for nothing, or ends too late or has ended.
    pub fn make_key(
        &self,
        new: &NewKey,
        acting: &Acting,
    ) -> Result<(KeyInfo, Option<Token>), Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        check(new, moment.now)?;
        let stored = self.stored(&new.scopes, acting, &law)?;
        let made_by = acting.actor.account.as_str().to_owned();
        let info = KeyInfo {
            id: KeyId(drawn(self.kept, moment)),
            program: new.program.as_str().to_owned(),
            scopes: new.scopes.clone(),
            made: moment.now,
            made_by: made_by.clone(),
            ends: new.ends,
            revoked: None,
            used: None,
            reviewed: moment.now,
            reviewed_by: made_by,
            due: law.review_due(moment.now),
            overdue: false,
        };
        if acting.dry_run {
            return Ok((info, None));
        }
        let row = ProgramKeyRow {
            id: info.id.0,
            handle: info.program.clone(),
            made: moment.now.as_microsecond(),
            made_by: info.made_by.clone(),
            ends: new.ends.as_microsecond(),
            revoked: None,
            used: None,
            scopes: stored,
            reviewed: None,
            reviewed_by: None,
        };
        let mut detail = self.kept.detail(Act::KeyMade, &acting.actor, moment, &law);
        detail.rule = Some(format!("keys.{}", info.program));
        let entry = self.kept.vault.entry(&detail)?;
        let still = self.kept.still_acting(acting)?;
        let token = Token::draw(self.kept.vault.entropy());
        let hash = token.hash();
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| {
            still(tx)?;
            tx.add_program_key(&hash.0, &row)?;
            tx.append(&entry).map(drop)
        })?;
        Ok((info, Some(token)))
    }

    /// The key that a program shows, if it is good now; its use is noted.
    ///
    /// # Errors
    /// When the installation cannot be read or written.
    pub fn check_key(&self, shown: &str) -> Result<Option<ProgramKey>, Fault> {
        let Some(hash) = Token::shown_key(shown).map(|token| token.hash()) else {
            return Ok(None);
        };
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let now = moment.now;
        let data = self.kept.vault.data();
        let row = data.read(|reader| reader.program_key(&hash.0))?;
        let good = |row: &ProgramKeyRow| row.revoked.is_none() && moment_of(row.ends) > now;
        let Some(row) = row.filter(good) else {
            return Ok(None);
        };
        let noted = row.used.map(moment_of);
        if noted.is_none_or(|noted| now.duration_since(noted) >= NOTED_EVERY) {
            let (id, at) = (row.id, now.as_microsecond());
            data.write(Priority::Ordinary, move |tx| tx.use_program_key(id, at))?;
        }
        let names = self.role_names()?;
        let mut scopes = scopes(&row.scopes, &names, &law)?;
        let closed = closed_of(&row, &names, &law, moment)?;
        scopes
            .roles
            .retain(|role| closed.iter().all(|closed| closed.role != *role));
        Ok(Some(ProgramKey {
            id: KeyId(row.id),
            actor: Actor::new(ActorKind::Program, Account::parse(&row.handle)?),
            scopes,
            closed,
        }))
    }

    /// Every key that was made.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, Fault> {
        let (law, names) = (self.kept.law(), self.role_names()?);
        let today = self.kept.moment()?.today;
        let rows = self
            .kept
            .vault
            .data()
            .read(|reader| reader.program_keys())?;
        rows.into_iter()
            .map(|row| {
                let reviewed = moment_of(row.reviewed.unwrap_or(row.made));
                let due = law.review_due(reviewed);
                Ok(KeyInfo {
                    id: KeyId(row.id),
                    scopes: scopes(&row.scopes, &names, &law)?,
                    program: row.handle,
                    made: moment_of(row.made),
                    reviewed_by: row.reviewed_by.unwrap_or_else(|| row.made_by.clone()),
                    made_by: row.made_by,
                    ends: moment_of(row.ends),
                    revoked: row.revoked.map(moment_of),
                    used: row.used.map(moment_of),
                    reviewed,
                    due,
                    overdue: due.is_some_and(|due| today > due),
                })
            })
            .collect()
    }

    /// Confirms that a key is still needed.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such key, or it was revoked.
    pub fn confirm_key(&self, id: KeyId, acting: &Acting) -> Result<Option<Receipt>, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let found = self.keys()?.into_iter().find(|key| key.id == id);
        let key = found.filter(|key| key.revoked.is_none());
        let key = key.ok_or_else(no_such_key)?;
        if acting.dry_run {
            return Ok(None);
        }
        let mut detail = self
            .kept
            .detail(Act::KeyReviewed, &acting.actor, moment, &law);
        detail.rule = Some(format!("keys.{}", key.program));
        let entry = self.kept.vault.entry(&detail)?;
        let still = self.kept.still_acting(acting)?;
        let at = moment.now.as_microsecond();
        let by = acting.actor.account.as_str().to_owned();
        let data = self.kept.vault.data();
        let entry = data.write(Priority::Ordinary, move |tx| {
            still(tx)?;
            if !tx.confirm_program_key(id.0, at, &by)? {
                return Err(no_such_key());
            }
            tx.append(&entry)
        })?;
        Ok(Some(Receipt { entry }))
    }

    /// Revokes a key at once.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such key, or it was revoked already.
    pub fn revoke_key(&self, id: KeyId, acting: &Acting) -> Result<(), Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let found = self.keys()?.into_iter().find(|key| key.id == id);
        let Some(key) = found.filter(|key| key.revoked.is_none()) else {
            return Err(no_such_key());
        };
        if acting.dry_run {
            return Ok(());
        }
        let mut detail = self
            .kept
            .detail(Act::KeyRevoked, &acting.actor, moment, &law);
        detail.rule = Some(format!("keys.{}", key.program));
        let entry = self.kept.vault.entry(&detail)?;
        let still = self.kept.still_acting(acting)?;
        let at = moment.now.as_microsecond();
        let data = self.kept.vault.data();
        data.write(Priority::Restrictive, move |tx| {
            still(tx)?;
            if !tx.revoke_program_key(id.0, at)? {
                return Err(no_such_key());
            }
            tx.append(&entry).map(drop)
        })
    }

    fn stored(&self, scopes: &Scopes, acting: &Acting, law: &Law) -> Result<String, Fault> {
        let roles = self.role_numbers(&scopes.roles, acting)?;
        let stored = StoredScopes {
            roles: roles.into_iter().map(|(_, number)| number).collect(),
            actions: scopes.actions.clone(),
            purposes: scopes
                .purposes
                .iter()
                .map(|id| law.names.purpose.number(*id))
                .collect(),
        };
        serde_json::to_string(&stored).map_err(|error| damaged().because(error))
    }
}

/// A purpose or a role that is not there any more opens nothing; a key that was limited to it
/// alone opens nothing at all, rather than everything.
pub(super) fn scopes(
    stored: &str,
    names: &BTreeMap<u32, String>,
    law: &Law,
) -> Result<Scopes, Fault> {
    let stored: StoredScopes =
        serde_json::from_str(stored).map_err(|error| damaged().because(error))?;
    let purposes: Vec<PurposeId> = stored
        .purposes
        .iter()
        .filter_map(|number| law.names.purpose.id(*number))
        .collect();
    let lost = purposes.is_empty() && !stored.purposes.is_empty();
    let roles = match lost {
        true => Vec::new(),
        false => stored
            .roles
            .iter()
            .filter_map(|number| names.get(number).cloned())
            .collect(),
    };
    Ok(Scopes {
        roles,
        actions: stored.actions,
        purposes,
    })
}

/// The roles of a key that are closed: nobody confirmed in time that it is needed.
fn closed_of(
    row: &ProgramKeyRow,
    names: &BTreeMap<u32, String>,
    law: &Law,
    moment: Moment,
) -> Result<Vec<RoleState>, Fault> {
    let reviewed = moment_of(row.reviewed.unwrap_or(row.made));
    let numbers = numbers(&row.scopes)?;
    let closed = numbers.into_iter().filter_map(|number| {
        let closed = review_overdue(law, number, reviewed, moment);
        closed.map(|rule| RoleState {
            role: names.get(&number).cloned().unwrap_or_default(),
            number,
            due: law.review_due(reviewed),
            closed: Some(rule),
            unread: None,
        })
    });
    Ok(closed.collect())
}

/// Whether a key is for a role.
pub(super) fn is_for(row: &ProgramKeyRow, role: u32) -> Result<bool, Fault> {
    Ok(numbers(&row.scopes)?.contains(&role))
}

/// The numbers of the roles that a key is for.
fn numbers(stored: &str) -> Result<Vec<u32>, Fault> {
    let stored: StoredScopes =
        serde_json::from_str(stored).map_err(|error| damaged().because(error))?;
    Ok(stored.roles)
}

fn check(new: &NewKey, now: Timestamp) -> Result<(), Fault> {
    let invalid = |message: &str| Fault::new(FaultKind::Invalid, message);
    let scopes = &new.scopes;
    if scopes.roles.is_empty() {
        return Err(invalid("a key is for something: no role was named")
            .remedy("name the roles whose rights the program needs"));
    }
    if scopes.roles.len() + scopes.actions.len() + scopes.purposes.len() > SCOPES_MAX {
        return Err(invalid("a key is limited to too many things")
            .remedy("make one key for each of the program's tasks"));
    }
    let word = |text: &String| {
        (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    };
    if !scopes.actions.iter().all(word) {
        return Err(invalid("this cannot be the name of an action")
            .remedy("actions are small letters and hyphens: `read`"));
    }
    if new.ends <= now {
        return Err(invalid("the key would have ended already").remedy("choose a later day"));
    }
    if new.ends.duration_since(now) > LIFE_MAX {
        return Err(invalid("a key lasts a year at the most")
            .rule("21c")
            .remedy("choose an earlier day, and make a new key before it"));
    }
    Ok(())
}

fn no_such_key() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "there is no such key, or it was revoked already",
    )
    .remedy("see the keys with `kept key list`")
}

fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "what a key is for cannot be read")
        .remedy("revoke the key and make a new one")
}
