//! Sessions: kept in the database, so that they can be ended; checked at every request; over when
//! nobody used them for a while, and over in any case after a day's work.

use domain::{Account, Actor, ActorKind, Fault, FaultKind, Moment, SubjectId};
use identification::token::{Token, TokenHash};
use jiff::{SignedDuration, Timestamp};
use journal::Act;
use policy::model::PurposeId;
use store::Priority;
use store::data::account::RoleRow;
use store::data::session::SessionRow;

use super::duty::{Who, not_held, review_overdue};
use super::{Access, drawn, moment_of, names_of_rows, oneself};
use crate::act::Acting;

/// The use of a session is noted this often: it need not be known to the second.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How long after it began a session may change what its account is signed in with.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(30);

names_of_rows! {
    /// A session's identifier: it names a session and opens none.
    SessionId, "a session";
}

/// How long sessions last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionLimits {
    /// Unused for so long, a session is over.
    pub idle: SignedDuration,
    /// So long after it began it is over in any case.
    pub absolute: SignedDuration,
}

impl Default for SessionLimits {
    /// Half an hour unused; a working day.
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_mins(30),
            absolute: SignedDuration::from_hours(10),
        }
    }
}

/// By what somebody was let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Strength {
    /// The password was right, and the second factor is still to come: opens nothing.
    Half = 1,
    /// A link to set up what to sign in with: opens the set-up alone.
    SetUp = 2,
    /// A password and a second factor.
    PasswordAndCode = 3,
    /// A passkey, which proves its holder itself.
    Passkey = 4,
    /// An identity that the organisation's provider vouches for.
    SingleSignOn = 5,
    /// A link to the address on file: opens what is held about oneself.
    Link = 6,
    /// A password alone, where the configuration asks for no second factor.
    PasswordAlone = 7,
}

impl Strength {
    const ALL: [Self; 7] = [
        Self::Half,
        Self::SetUp,
        Self::PasswordAndCode,
        Self::Passkey,
        Self::SingleSignOn,
        Self::Link,
        Self::PasswordAlone,
    ];

    pub(super) fn number(self) -> u8 {
        self as u8
    }

    pub(super) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }

    /// Whether staff are let into their work by it.
    #[must_use]
    pub fn opens_work(self) -> bool {
        match self {
            Self::PasswordAndCode | Self::PasswordAlone | Self::Passkey | Self::SingleSignOn => {
                true
            }
            Self::Half | Self::SetUp | Self::Link => false,
        }
    }

    /// Its name in the journal and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Half => "password",
            Self::SetUp => "set-up",
            Self::PasswordAndCode => "password-and-code",
            Self::Passkey => "passkey",
            Self::SingleSignOn => "single-sign-on",
            Self::Link => "link",
            Self::PasswordAlone => "password-alone",
        }
    }
}

/// Whose a session is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// An account's.
    Staff(Account),
    /// A person's, about whom data is held.
    Person,
}

/// A session that is open now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// The person: the holder of the account, or the one that data is held about.
    pub subject: SubjectId,
    /// Whose it is.
    pub whose: Whose,
    /// By what it was begun.
    pub strength: Strength,
    /// When it began.
    pub made: Timestamp,
    /// When it ends at the latest.
    pub ends: Timestamp,
    /// The role that is being worked in, which the account still holds and which is open.
    pub role: Option<String>,
    /// The purpose that is being worked for.
    pub purpose: Option<PurposeId>,
    token: TokenHash,
}

/// A session as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionInfo {
    /// Its identifier.
    pub id: SessionId,
    /// By what it was begun.
    pub strength: Strength,
    /// When it began.
    pub made: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When it ends at the latest.
    pub ends: Timestamp,
}

impl Session {
    pub(super) fn token(&self) -> TokenHash {
        self.token
    }

    /// Whether it began so lately that what its account is signed in with may be changed in it.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.made) < FRESH_FOR
    }

    /// Who acts in it, as the journal names them.
    ///
    /// # Errors
    /// Never for a session that was given by [`Access::session`].
    pub fn actor(&self) -> Result<Actor, Fault> {
        Ok(match &self.whose {
            Whose::Staff(handle) => Actor::new(ActorKind::Staff, handle.clone()),
            Whose::Person => Actor::new(
                ActorKind::Person,
                Account::parse(&self.subject.to_string())?,
            ),
        })
    }
}

impl Access<'_> {
    /// The session of a token, if it is open now; its use is noted. One of an account that was
    /// disabled, or whose holder's access has ended, is none.
    ///
    /// # Errors
    /// When the installation cannot be read or written.
    pub fn session(&self, token: &str, limits: &SessionLimits) -> Result<Option<Session>, Fault> {
        let Some(token) = Token::shown(token).map(|token| token.hash()) else {
            return Ok(None);
        };
        let moment = self.kept.moment()?;
        let Some((row, strength)) = self.open_row(token, limits, moment)? else {
            return Ok(None);
        };
        let Some(whose) = self.whose(&row, strength)? else {
            return Ok(None);
        };
        if moment.now.duration_since(moment_of(row.seen)) >= NOTED_EVERY {
            let at = moment.now.as_microsecond();
            let data = self.kept.vault.data();
            data.write(Priority::Ordinary, move |tx| tx.see_session(&token.0, at))?;
        }
        let (role, purpose) = self.work(&row)?;
        Ok(Some(Session {
            id: SessionId(row.id),
            subject: row.subject,
            whose,
            strength,
            made: moment_of(row.made),
            ends: moment_of(row.ends),
            role,
            purpose,
            token,
        }))
    }

    /// The row of a token whose session is not over.
    pub(super) fn open_row(
        &self,
        token: TokenHash,
        limits: &SessionLimits,
        moment: Moment,
    ) -> Result<Option<(SessionRow, Strength)>, Fault> {
        let row = self
            .kept
            .vault
            .data()
            .read(|reader| reader.session(&token.0))?;
        Ok(row.and_then(|row| {
            let strength = Strength::of_number(row.sort)?;
            let over = moment.now >= moment_of(row.ends)
                || moment.now.duration_since(moment_of(row.made)) >= limits.absolute
                || moment.now.duration_since(moment_of(row.seen)) >= limits.idle;
            (!over).then_some((row, strength))
        }))
    }

    fn whose(&self, row: &SessionRow, strength: Strength) -> Result<Option<Whose>, Fault> {
        if strength == Strength::Link {
            let law = self.kept.law();
            let held = self.kept.vault.load(row.subject, &law.names)?;
            return Ok(held.map(|_| Whose::Person));
        }
        match self.standing(row.subject)? {
            Some(account) => Ok(Some(Whose::Staff(Account::parse(&account.handle)?))),
            None => Ok(None),
        }
    }

    /// What is being done in a session: the role, if the account still holds it, and the purpose.
    fn work(&self, row: &SessionRow) -> Result<(Option<String>, Option<PurposeId>), Fault> {
        let Some(number) = row.role else {
            return Ok((None, None));
        };
        let held = self
            .kept
            .vault
            .data()
            .read(|reader| reader.roles_of(row.subject))?;
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let open = |role: &RoleRow| {
            let reviewed = moment_of(role.reviewed);
            role.role == number && review_overdue(&law, number, reviewed, moment).is_none()
        };
        if !held.iter().any(open) {
            return Ok((None, None));
        }
        let role = self.role_names()?.remove(&number);
        let purpose = row.purpose.and_then(|number| law.names.purpose.id(number));
        Ok((role, purpose))
    }

    /// Begins a session: always with a token of its own, so that one that was known before is
    /// worth nothing after.
    pub(super) fn begin(
        &self,
        subject: SubjectId,
        strength: Strength,
        lasts: SignedDuration,
        moment: Moment,
    ) -> (Token, SessionRow) {
        let at = moment.now.as_microsecond();
        let micros = i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX);
        let row = SessionRow {
            id: drawn(self.kept, moment),
            subject,
            sort: strength.number(),
            made: at,
            seen: at,
            ends: at.saturating_add(micros),
            role: None,
            purpose: None,
        };
        (Token::draw(self.kept.vault.entropy()), row)
    }

    /// Notes in which role and for which purpose somebody works from now on.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the account does not hold the role, nobody confirmed it in time,
    /// or the session is not one that work is done in.
    pub fn work_for(
        &self,
        session: &Session,
        role: &str,
        purpose: Option<PurposeId>,
    ) -> Result<(), Fault> {
        let number = self.open_role(session, role)?;
        let purpose = purpose.map(|id| self.kept.law().names.purpose.number(id));
        let token = session.token;
        let data = self.kept.vault.data();
        let there = data.write(Priority::Ordinary, move |tx| {
            tx.set_work(&token.0, Some(number), purpose)
        })?;
        match there {
            true => Ok(()),
            false => Err(session_over()),
        }
    }

    /// The number of a role that is open to whoever is signed in. Where an authorisation is in
    /// force, it is proved as for any act.
    fn open_role(&self, session: &Session, role: &str) -> Result<u32, Fault> {
        if self.kept.law().authorisation().is_some() {
            let duty = self.duty(Who::Session(session), role)?;
            return Ok(duty.role().role);
        }
        let held = self.held_role(session.subject, role)?;
        held.filter(|_| session.strength.opens_work())
            .ok_or_else(not_held)
    }

    /// Signs out: the session is over.
    ///
    /// # Errors
    /// When the installation cannot be written.
    pub fn sign_out(&self, session: &Session) -> Result<(), Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let actor = session.actor()?;
        let detail = self.detail_about(Act::SignedOut, session.subject, &actor, moment, &law)?;
        let entry = self.kept.vault.entry(&detail)?;
        let token = session.token;
        let data = self.kept.vault.data();
        data.write(Priority::Restrictive, move |tx| {
            if tx.delete_session(&token.0)? {
                tx.append(&entry)?;
            }
            Ok(())
        })
    }

    /// The sessions of a person that are not over.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn sessions(&self, subject: SubjectId) -> Result<Vec<SessionInfo>, Fault> {
        let now = self.kept.moment()?.now;
        let rows = self
            .kept
            .vault
            .data()
            .read(|reader| reader.sessions_of(subject))?;
        let open = rows.iter().filter(|row| moment_of(row.ends) > now);
        Ok(open
            .filter_map(|row| {
                Some(SessionInfo {
                    id: SessionId(row.id),
                    strength: Strength::of_number(row.sort)?,
                    made: moment_of(row.made),
                    seen: moment_of(row.seen),
                    ends: moment_of(row.ends),
                })
            })
            .collect())
    }

    /// Ends all sessions of somebody but the one that they are in; says how many.
    ///
    /// # Errors
    /// When the installation cannot be written.
    pub fn end_others(&self, session: &Session) -> Result<u64, Fault> {
        let open = self.sessions(session.subject)?.into_iter();
        let others: Vec<SessionId> = open
            .filter(|one| one.id != session.id && one.strength != Strength::Link)
            .map(|one| one.id)
            .collect();
        if others.is_empty() {
            return Ok(0);
        }
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let (subject, actor) = (session.subject, session.actor()?);
        let mut detail = self.detail_about(Act::SessionRevoked, subject, &actor, moment, &law)?;
        let ended = others.len() as u64;
        detail.count = Some(ended);
        let entry = self.kept.vault.entry(&detail)?;
        let data = self.kept.vault.data();
        data.write(Priority::Restrictive, move |tx| {
            for other in &others {
                tx.end_session(subject, other.0)?;
            }
            tx.append(&entry).map(drop)
        })?;
        Ok(ended)
    }

    /// Ends one session of a person, or all; says how many.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such session.
    pub fn revoke(
        &self,
        subject: SubjectId,
        session: Option<SessionId>,
        acting: &Acting,
    ) -> Result<u64, Fault> {
        let open = self.sessions(subject)?;
        let ended = match session {
            Some(id) => open.iter().filter(|one| one.id == id).count() as u64,
            None => open.len() as u64,
        };
        if session.is_some() && ended == 0 {
            return Err(Fault::new(FaultKind::Absent, "there is no such session")
                .remedy("see the open ones with `kept account sessions`"));
        }
        if acting.dry_run || ended == 0 {
            return Ok(ended);
        }
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let mut detail =
            self.detail_about(Act::SessionRevoked, subject, &acting.actor, moment, &law)?;
        detail.count = Some(ended);
        let entry = self.kept.vault.entry(&detail)?;
        let data = self.kept.vault.data();
        data.write(Priority::Restrictive, move |tx| {
            match session {
                Some(id) => tx.end_session(subject, id.0).map(drop)?,
                None => tx.delete_sessions(subject).map(drop)?,
            }
            tx.append(&entry).map(drop)
        })?;
        Ok(ended)
    }
}

pub(super) fn session_over() -> Fault {
    Fault::new(FaultKind::Refused, "this session is over")
        .rule("21c")
        .remedy("sign in again")
}

/// Somebody who acts in their own session.
pub(super) fn acting_in(session: &Session) -> Result<Acting, Fault> {
    match &session.whose {
        Whose::Staff(handle) => oneself(handle.as_str(), ActorKind::Staff),
        Whose::Person => oneself(&session.subject.to_string(), ActorKind::Person),
    }
}
