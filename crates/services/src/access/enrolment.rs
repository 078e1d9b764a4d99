//! Setting up what to sign in with: a password, then an application that shows codes, with recovery
//! codes for the day it is lost.

use domain::{Fault, FaultKind};
use identification::password::{Password, PasswordHash, Rules, Weakness};
use identification::recovery;
use identification::token::Token;
use identification::totp::{Enrolment, Seed};
use jiff::Timestamp;
use journal::{Act, Detail, Entry};
use zeroize::Zeroizing;

use super::credential::{CredentialSort, NewCredential};
use super::failures::Tried;
use super::session::{Session, SessionLimits, Strength, acting_in};
use super::{Access, Address, Attempt};

/// What came of setting a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordChange {
    /// It is set.
    Done,
    /// It will not do, and why.
    Weak(Weakness),
    /// The present one is another.
    PresentWrong,
    /// The present one was wrong too often: nothing is looked at before this moment.
    Later(Timestamp),
}

/// An application that is being set up.
pub struct TotpSetUp {
    /// What is scanned or typed.
    pub shown: Enrolment,
}

/// Recovery codes, told once, and the session that goes on.
pub struct NewCodes {
    /// Ten codes, each good once.
    pub codes: Vec<Zeroizing<String>>,
    /// The token of the session from now on, where setting up was completed: the one before is
    /// worth nothing.
    pub session: Option<Token>,
}

impl Access<'_> {
    /// Sets the account's password. Whoever is signed in proves that they know the present one;
    /// whoever came by a link need not. All other sessions of the account end.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may.
    pub fn set_password(
        &self,
        session: &Session,
        new: &str,
        present: Option<&str>,
        rules: &Rules,
        from: Address,
    ) -> Result<PasswordChange, Fault> {
        self.may_set_up(session)?;
        let account = self.row_of(session.subject)?;
        let password = Password::new(new);
        let law = self.kept.law();
        let own = [
            account.handle.as_str(),
            law.policy().controller.name.as_str(),
        ];
        if let Some(weakness) = password.weakness(&own, rules)? {
            return Ok(PasswordChange::Weak(weakness));
        }
        let kept = self.secret(session.subject, CredentialSort::Password)?;
        if let (Some((_, secret)), true) = (&kept, session.strength.opens_work()) {
            // Who has come by somebody's session does not find their password out in it.
            let tried = Tried::SigningIn(&account.handle, Some(account.subject));
            let guarded = self.guarded(&tried, from)?;
            if let Some(until) = guarded.closed_until {
                return Ok(PasswordChange::Later(until));
            }
            let known = PasswordHash::from_bytes(secret)?;
            if !known.verify(&Password::new(present.unwrap_or_default()))? {
                self.failed(&guarded)?;
                return Ok(PasswordChange::PresentWrong);
            }
        }
        let hash = password.hash(self.kept.vault.entropy())?;
        let _one = self.hold();
        let moment = self.kept.moment()?;
        let entry = self.added(session, CredentialSort::Password)?;
        let subject = session.subject;
        let stays = session.id;
        let others: Vec<_> = self
            .sessions(subject)?
            .into_iter()
            .filter(|one| one.id != stays && one.strength != Strength::Link)
            .collect();
        self.replace_credentials(
            subject,
            vec![NewCredential::new(
                CredentialSort::Password,
                hash.as_bytes(),
            )],
            &[CredentialSort::Password],
            moment,
            Box::new(move |tx| {
                for other in &others {
                    tx.end_session(subject, other.id.0)?;
                }
                tx.append(&entry).map(drop)
            }),
        )?;
        Ok(PasswordChange::Done)
    }

    /// Completes setting up with the password alone, where the configuration asks for no second
    /// factor: the session becomes one for work, with another token; none where it does not become
    /// one, because there is no password, or because it is one.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may.
    pub fn finish_without_codes(
        &self,
        session: &Session,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Option<Token>, Fault> {
        self.may_set_up(session)?;
        match self.secret(session.subject, CredentialSort::Password)? {
            Some(_) => self.set_up_with(session, Strength::PasswordAlone, from, limits),
            None => Ok(None),
        }
    }

    /// The application that is being set up, to be shown again; none if none is.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may.
    pub fn pending_codes(&self, session: &Session) -> Result<Option<TotpSetUp>, Fault> {
        self.may_set_up(session)?;
        let account = self.row_of(session.subject)?;
        let pending = self.secret(session.subject, CredentialSort::CodesPending)?;
        let Some(seed) = pending.and_then(|(_, secret)| Seed::from_bytes(&secret)) else {
            return Ok(None);
        };
        let law = self.kept.law();
        let shown = seed.enrolment(&law.policy().controller.name, &account.handle)?;
        Ok(Some(TotpSetUp { shown }))
    }

    /// Begins the set-up of an application that shows codes; it counts once it has shown one.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may.
    pub fn start_codes(&self, session: &Session) -> Result<TotpSetUp, Fault> {
        self.may_set_up(session)?;
        let account = self.row_of(session.subject)?;
        let seed = Seed::draw(self.kept.vault.entropy());
        let law = self.kept.law();
        let shown = seed.enrolment(&law.policy().controller.name, &account.handle)?;
        let _one = self.hold();
        self.replace_credentials(
            session.subject,
            vec![NewCredential::new(
                CredentialSort::CodesPending,
                seed.as_bytes(),
            )],
            &[CredentialSort::CodesPending],
            self.kept.moment()?,
            Box::new(|_| Ok(())),
        )?;
        Ok(TotpSetUp { shown })
    }

    /// Completes it with a code that the application shows. It takes the place of the application
    /// before, and new recovery codes that of the old. Where a password is set, setting up is done:
    /// the session becomes one for work, with another token.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may.
    pub fn finish_codes(
        &self,
        session: &Session,
        code: &str,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Attempt<NewCodes>, Fault> {
        self.may_set_up(session)?;
        let account = self.row_of(session.subject)?;
        let tried = Tried::SigningIn(&account.handle, Some(account.subject));
        let guarded = self.guarded(&tried, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let moment = self.kept.moment()?;
        let pending = self.secret(session.subject, CredentialSort::CodesPending)?;
        let seed = pending.and_then(|(_, secret)| Seed::from_bytes(&secret));
        let Some(seed) = seed else {
            return Ok(Attempt::Wrong);
        };
        let Some(step) = seed.verify(code, moment.now, None) else {
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        };
        let new = recovery::draw(self.kept.vault.entropy());
        let one = self.hold();
        let entries = [
            self.added(session, CredentialSort::Codes)?,
            self.added(session, CredentialSort::Recovery)?,
        ];
        let codes = NewCredential {
            step: i64::try_from(step).ok(),
            ..NewCredential::new(CredentialSort::Codes, seed.as_bytes())
        };
        let kept = NewCredential::new(CredentialSort::Recovery, &new.kept.encode());
        self.replace_credentials(
            session.subject,
            vec![codes, kept],
            &[
                CredentialSort::CodesPending,
                CredentialSort::Codes,
                CredentialSort::Recovery,
            ],
            moment,
            Box::new(move |tx| {
                entries
                    .iter()
                    .try_for_each(|entry| tx.append(entry).map(drop))
            }),
        )?;
        drop(one);
        let has_password = self
            .secret(session.subject, CredentialSort::Password)?
            .is_some();
        let session = match session.strength == Strength::SetUp && has_password {
            true => Some(self.enter(
                &account,
                Strength::PasswordAndCode,
                Strength::SetUp.name(),
                &guarded,
                limits,
                Some(session.token().0),
            )?),
            false => None,
        };
        Ok(Attempt::Passed(NewCodes {
            codes: new.codes,
            session,
        }))
    }

    /// Draws new recovery codes in the place of the old ones, for whoever has an application that
    /// shows codes.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may; [`FaultKind::Conflict`] when the
    /// account has no such application: recovery codes stand in for it.
    pub fn new_recovery_codes(&self, session: &Session) -> Result<Vec<Zeroizing<String>>, Fault> {
        self.may_set_up(session)?;
        let _one = self.hold();
        if self
            .secret(session.subject, CredentialSort::Codes)?
            .is_none()
        {
            return Err(Fault::new(
                FaultKind::Conflict,
                "recovery codes stand in for an application that shows codes, and there is none",
            )
            .remedy("set one up first"));
        }
        let new = recovery::draw(self.kept.vault.entropy());
        let entry = self.added(session, CredentialSort::Recovery)?;
        self.replace_credentials(
            session.subject,
            vec![NewCredential::new(
                CredentialSort::Recovery,
                &new.kept.encode(),
            )],
            &[CredentialSort::Recovery],
            self.kept.moment()?,
            Box::new(move |tx| tx.append(&entry).map(drop)),
        )?;
        Ok(new.codes)
    }

    /// Whether a session may change what its account is signed in with: one that began a while ago
    /// may be somebody else's by now, who must not make themselves at home.
    pub(super) fn may_set_up(&self, session: &Session) -> Result<(), Fault> {
        let not = |message, remedy| {
            let fault = Fault::new(FaultKind::Refused, message);
            Err(fault.rule("21c").remedy(remedy))
        };
        let opens = session.strength == Strength::SetUp || session.strength.opens_work();
        if !opens {
            return not(
                "this session cannot change what is signed in with",
                "sign in first",
            );
        }
        match session.is_fresh(self.kept.moment()?.now) {
            true => Ok(()),
            false => not(
                "what is signed in with is changed within half an hour of signing in",
                "sign out, sign in again, then change it",
            ),
        }
    }

    /// The entry that says that something to sign in with was added.
    pub(super) fn added(&self, session: &Session, sort: CredentialSort) -> Result<Entry, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let actor = acting_in(session)?.actor;
        let act = Act::CredentialAdded;
        let mut detail: Detail = self.detail_about(act, session.subject, &actor, moment, &law)?;
        detail.rule = Some(sort.name().to_owned());
        self.kept.vault.entry(&detail)
    }
}
