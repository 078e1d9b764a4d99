//! Passkeys: made in a session of their holder, shown to sign in. Whoever shows one types nothing:
//! it says itself whose it is, so that nothing is asked that could tell who has an account.

use domain::{Account, Actor, ActorKind, Fault, FaultKind, Moment, SubjectId};
use door::HashedFor;
use identification::passkey::{Passkey, Proof, RelyingParty, Shown, Unfit};
use identification::token::Token;
use journal::Act;
use store::Priority;
use store::data::credential::CredentialRow;

use super::credential::{CredentialSort, NewCredential};
use super::failures::Tried;
use super::flow::Step;
use super::session::{Session, SessionLimits, Strength};
use super::{Access, Address, Attempt};

/// Passkeys that one account may have.
const KEYS_MAX: usize = 20;

/// A question that a browser puts to whoever is before it.
pub struct Begun {
    /// Is shown again with the answer, within ten minutes.
    pub token: Token,
    /// The question, as JSON (WebAuthn, 5.4 and 5.5).
    pub asked: String,
}

impl Access<'_> {
    /// Asks for a new passkey for the account of a session.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the session is not one that may, [`FaultKind::Conflict`] when the
    /// account has as many as it may.
    pub fn start_passkey(
        &self,
        session: &Session,
        party: &RelyingParty,
        from: Address,
    ) -> Result<Begun, Fault> {
        self.may_set_up(session)?;
        let account = self.row_of(session.subject)?;
        let present = self.passkeys(session.subject)?;
        if present.len() >= KEYS_MAX {
            return Err(
                Fault::new(FaultKind::Conflict, "this account has 20 passkeys already")
                    .remedy("remove one that is not used any more"),
            );
        }
        let present: Vec<Passkey> = present.into_iter().map(|(_, key)| key).collect();
        let holder = self.holder(session.subject);
        let (asked, state) = party.start_registration(holder, &account.handle, &present)?;
        Ok(Begun {
            token: self.begun(&Step::new_passkey(session.id, state), from)?,
            asked: asked.0,
        })
    }

    /// Takes the new passkey, under the name that its holder gives it. Where it completes setting
    /// up, the session becomes one for work: its new token is given.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the answer is none, or to no question of this session;
    /// [`FaultKind::Refused`] when the session is not one that may.
    #[expect(
        clippy::too_many_arguments,
        reason = "an answer, whose it is, and where from"
    )]
    pub fn finish_passkey(
        &self,
        session: &Session,
        party: &RelyingParty,
        begun: &str,
        answer: &str,
        name: &str,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Option<Token>, Fault> {
        self.may_set_up(session)?;
        let moment = self.kept.moment()?;
        let state = match self.take_begun(begun, moment.now)? {
            Some(Step::NewPasskey(id, state)) if id == session.id.0 => state,
            Some(_) | None => return Err(Unfit::NoAnswer.into()),
        };
        let key = party.finish_registration(&state, answer, name)?;
        let finder = self.passkey_finder(&key.finder());
        let one = self.hold();
        let data = self.kept.vault.data();
        if data
            .read(|reader| reader.credential_found(&finder))?
            .is_some()
        {
            return Err(
                Fault::new(FaultKind::Conflict, "this passkey signs in already")
                    .remedy("make another one, on another device"),
            );
        }
        let new = NewCredential {
            finder: Some(finder),
            ..NewCredential::new(CredentialSort::Passkey, &key.encode()?)
        };
        let entry = self.added(session, CredentialSort::Passkey)?;
        self.replace_credentials(
            session.subject,
            vec![new],
            &[],
            moment,
            Box::new(move |tx| tx.append(&entry).map(drop)),
        )?;
        drop(one);
        self.set_up_with(session, Strength::Passkey, from, limits)
    }

    /// Asks whoever is there for a passkey of theirs.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn start_passkey_sign_in(
        &self,
        party: &RelyingParty,
        from: Address,
    ) -> Result<Attempt<Begun>, Fault> {
        let guarded = self.guarded(&Tried::Showing, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let (asked, state) = party.start_proof()?;
        Ok(Attempt::Passed(Begun {
            token: self.begun(&Step::Proof(state), from)?,
            asked: asked.0,
        }))
    }

    /// Lets in whoever showed theirs. A key whose counter went back has a copy somewhere: it lets
    /// nobody in, and the trace of its holder says so.
    ///
    /// # Errors
    /// When the installation cannot be read or written.
    pub fn finish_passkey_sign_in(
        &self,
        party: &RelyingParty,
        begun: &str,
        answer: &str,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Attempt<Token>, Fault> {
        let guarded = self.guarded(&Tried::Showing, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let moment = self.kept.moment()?;
        let Some(Step::Proof(state)) = self.take_begun(begun, moment.now)? else {
            return Ok(Attempt::Wrong);
        };
        let found = match Shown::parse(answer) {
            Some(shown) => self.shown(&shown)?.map(|(row, key)| (shown, row, key)),
            None => None,
        };
        let account = match &found {
            Some((_, row, _)) => self.standing(row.subject)?,
            None => None,
        };
        let (Some((shown, row, key)), Some(account)) = (found, account) else {
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        };
        // A key cannot be guessed: it waits for no failures with passwords.
        let tried = Tried::SigningIn(&account.handle, Some(account.subject));
        let guarded = self.guarded(&tried, from)?;
        let proof = match party.finish_proof(state, &shown, &key) {
            Proof::Right(counter) => self.counted_up(&row, counter, moment)?,
            other => other,
        };
        if proof == Proof::Copied {
            self.suspect(&row, moment)?;
        }
        if !matches!(proof, Proof::Right(_)) {
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        }
        let by = CredentialSort::Passkey.name();
        let session = self.enter(&account, Strength::Passkey, by, &guarded, limits, None)?;
        Ok(Attempt::Passed(session))
    }

    /// Notes the use of a key; one of two that count alike is a copy.
    fn counted_up(
        &self,
        row: &CredentialRow,
        counter: Option<u32>,
        moment: Moment,
    ) -> Result<Proof, Fault> {
        let (subject, id, at) = (row.subject, row.id, moment.now.as_microsecond());
        let data = self.kept.vault.data();
        let counts = data.write(Priority::Ordinary, move |tx| {
            tx.use_credential(subject, id, at, counter.map(i64::from))
        })?;
        Ok(match counts {
            true => Proof::Right(counter),
            false => Proof::Copied,
        })
    }

    /// The entry that says that there is a copy of a key.
    fn suspect(&self, row: &CredentialRow, moment: Moment) -> Result<(), Fault> {
        let law = self.kept.law();
        let actor = Actor::new(ActorKind::Job, Account::parse("sign-in")?);
        let act = Act::CredentialSuspected;
        let mut detail = self.detail_about(act, row.subject, &actor, moment, &law)?;
        detail.rule = Some(CredentialSort::Passkey.name().to_owned());
        let entry = self.kept.vault.entry(&detail)?;
        let data = self.kept.vault.data();
        data.write(Priority::Restrictive, move |tx| tx.append(&entry).map(drop))
    }

    /// The key that was shown, if it is one of ours and says that it is its holder's.
    fn shown(&self, shown: &Shown) -> Result<Option<(CredentialRow, Passkey)>, Fault> {
        let finder = self.passkey_finder(&shown.finder());
        let data = self.kept.vault.data();
        let row = data.read(|reader| reader.credential_found(&finder))?;
        let Some(row) = row.filter(|row| {
            row.sort == CredentialSort::Passkey.number()
                && shown.holder() == Some(self.holder(row.subject))
        }) else {
            return Ok(None);
        };
        Ok(self.opened(&row)?.map(|key| (row, key)))
    }

    /// The passkeys of an account.
    pub(super) fn passkeys(
        &self,
        subject: SubjectId,
    ) -> Result<Vec<(CredentialRow, Passkey)>, Fault> {
        let rows = self.credential_rows(subject)?.into_iter();
        let rows = rows.filter(|row| row.sort == CredentialSort::Passkey.number());
        let keys = rows.map(|row| Ok(self.opened(&row)?.map(|key| (row, key))));
        keys.filter_map(Result::transpose).collect()
    }

    fn opened(&self, row: &CredentialRow) -> Result<Option<Passkey>, Fault> {
        let vault = &self.kept.vault;
        let secret = vault.open_secret(row.subject, row.id, &row.sealed)?;
        Ok(secret.and_then(|secret| Passkey::decode(&secret)))
    }

    /// The account as keys know it: what stays on somebody's telephone names nobody.
    fn holder(&self, subject: SubjectId) -> [u8; 16] {
        let vault = &self.kept.vault;
        vault.keyed_hash(HashedFor::Credential, &format!("holder\n{subject}"))
    }

    fn passkey_finder(&self, id: &str) -> [u8; 16] {
        let vault = &self.kept.vault;
        vault.keyed_hash(HashedFor::Credential, &format!("passkey\n{id}"))
    }

    /// Completes setting up with something that is enough by itself: the session becomes one for
    /// work. In one that is, nothing changes.
    pub(super) fn set_up_with(
        &self,
        session: &Session,
        strength: Strength,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Option<Token>, Fault> {
        if session.strength != Strength::SetUp {
            return Ok(None);
        }
        let account = self.row_of(session.subject)?;
        let tried = Tried::SigningIn(&account.handle, Some(account.subject));
        let guarded = self.guarded(&tried, from)?;
        let (by, old) = (Strength::SetUp.name(), Some(session.token().0));
        let token = self.enter(&account, strength, by, &guarded, limits, old)?;
        Ok(Some(token))
    }
}
