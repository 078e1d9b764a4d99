//! Signing in with a password, then a second factor. What is answered, and what it costs to answer,
//! is the same whether there is such an account or not.

use std::net::IpAddr;

use domain::{Account, Actor, ActorKind, Fault, SubjectId};
use identification::password::{Password, PasswordHash};
use identification::recovery::RecoveryHashes;
use identification::token::Token;
use identification::totp::Seed;
use jiff::{SignedDuration, Timestamp};
use journal::Act;
use store::Priority;
use store::data::account::AccountRow;

use super::credential::{CredentialSort, NewCredential};
use super::failures::{Guarded, Tried};
use super::session::{SessionLimits, Strength};
use super::{Access, accounts_of};

/// How long the second factor may take.
const SECOND_FACTOR_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// Where somebody is: of an address of version 6 the network, which one machine may have all of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Address(pub IpAddr);

impl Address {
    pub(crate) fn text(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// What a try came to.
#[derive(Debug)]
pub enum Attempt<T> {
    /// It was right.
    Passed(T),
    /// It was wrong; what of it is not said.
    Wrong,
    /// There were too many wrong ones: nothing is looked at before this moment.
    Later(Timestamp),
}

/// A password was right; the second factor is awaited.
#[derive(Debug)]
pub struct Pending {
    /// Is shown again with the second factor, within five minutes.
    pub token: Token,
}

impl Access<'_> {
    /// The first step: address (or identifier) and password.
    ///
    /// # Errors
    /// When the installation cannot be read or written.
    pub fn sign_in_password(
        &self,
        who: &str,
        password: &str,
        from: Address,
    ) -> Result<Attempt<Pending>, Fault> {
        let account = self.account_of(who)?;
        let known = account.as_ref().map(|row| row.subject);
        let guarded = self.guarded(&Tried::SigningIn(who, known), from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let password = Password::new(password);
        let kept = match known {
            Some(subject) => self.secret(subject, CredentialSort::Password)?,
            None => None,
        };
        let hash = match &kept {
            Some((_, secret)) => PasswordHash::from_bytes(secret)?,
            None => PasswordHash::of_nobody(),
        };
        let right = hash.verify(&password)?;
        let Some(subject) = known.filter(|_| right && kept.is_some()) else {
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        };
        if hash.is_outdated() {
            self.renew_hash(subject, &password)?;
        }
        let moment = self.kept.moment()?;
        let (token, row) = self.begin(subject, Strength::Half, SECOND_FACTOR_WITHIN, moment);
        let hash = token.hash();
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| tx.add_session(&hash.0, &row))?;
        Ok(Attempt::Passed(Pending { token }))
    }

    /// The second step: a code of the application, or a recovery code, which is used up. The token
    /// of the first step is worth nothing afterwards, and a session begins with another.
    ///
    /// # Errors
    /// When the installation cannot be read or written.
    pub fn sign_in_code(
        &self,
        pending: &str,
        code: &str,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Attempt<Token>, Fault> {
        let moment = self.kept.moment()?;
        let Some(shown) = Token::shown(pending).map(|token| token.hash()) else {
            return Ok(Attempt::Wrong);
        };
        let open = self.open_row(shown, limits, moment)?;
        let Some((half, Strength::Half)) = open else {
            return Ok(Attempt::Wrong);
        };
        let Some(account) = self.standing(half.subject)? else {
            return Ok(Attempt::Wrong);
        };
        // Counted of the account, whatever was typed first: a second factor has few figures.
        let tried = Tried::SigningIn(&account.handle, Some(account.subject));
        let guarded = self.guarded(&tried, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let _one = self.hold();
        let Some(by) = self.second_factor(account.subject, code)? else {
            drop(_one);
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        };
        let session = self.enter(
            &account,
            Strength::PasswordAndCode,
            by.name(),
            &guarded,
            limits,
            Some(shown.0),
        )?;
        Ok(Attempt::Passed(session))
    }

    /// Lets in whoever showed a password, where the configuration asks for no second factor and
    /// their account has none. The token of the first step is worth nothing afterwards.
    ///
    /// # Errors
    /// When the installation cannot be read or written.
    pub fn sign_in_without_code(
        &self,
        pending: &Pending,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Option<Token>, Fault> {
        let shown = pending.token.hash();
        let open = self.open_row(shown, limits, self.kept.moment()?)?;
        let Some((half, Strength::Half)) = open else {
            return Ok(None);
        };
        let Some(account) = self.standing(half.subject)? else {
            return Ok(None);
        };
        if self
            .secret(account.subject, CredentialSort::Codes)?
            .is_some()
        {
            return Ok(None);
        }
        let tried = Tried::SigningIn(&account.handle, Some(account.subject));
        let guarded = self.guarded(&tried, from)?;
        let (strength, by) = (Strength::PasswordAlone, CredentialSort::Password.name());
        let token = self.enter(&account, strength, by, &guarded, limits, Some(shown.0))?;
        Ok(Some(token))
    }

    /// Whether a second factor is right; uses it up.
    fn second_factor(
        &self,
        subject: SubjectId,
        code: &str,
    ) -> Result<Option<CredentialSort>, Fault> {
        let moment = self.kept.moment()?;
        if let Some((row, secret)) = self.secret(subject, CredentialSort::Codes)? {
            let last = row.step.and_then(|step| u64::try_from(step).ok());
            let seed = Seed::from_bytes(&secret);
            if let Some(step) = seed.and_then(|seed| seed.verify(code, moment.now, last)) {
                let step = i64::try_from(step).ok();
                let (id, at) = (row.id, moment.now.as_microsecond());
                let data = self.kept.vault.data();
                let fresh = data.write(Priority::Ordinary, move |tx| {
                    tx.use_credential(subject, id, at, step)
                })?;
                return Ok(fresh.then_some(CredentialSort::Codes));
            }
        }
        let recovery = self.secret(subject, CredentialSort::Recovery)?;
        let left = recovery
            .and_then(|(_, secret)| RecoveryHashes::decode(&secret))
            .and_then(|hashes| hashes.used(code));
        let Some(left) = left else {
            return Ok(None);
        };
        let new = NewCredential::new(CredentialSort::Recovery, &left.encode());
        self.replace_credentials(
            subject,
            vec![new],
            &[CredentialSort::Recovery],
            moment,
            Box::new(|_| Ok(())),
        )?;
        Ok(Some(CredentialSort::Recovery))
    }

    /// Lets somebody in: a session begins, failures from here are forgotten, the address is known
    /// from now on, and the journal says so.
    pub(super) fn enter(
        &self,
        account: &AccountRow,
        strength: Strength,
        by: &str,
        guarded: &Guarded,
        limits: &SessionLimits,
        instead_of: Option<[u8; 32]>,
    ) -> Result<Token, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let subject = account.subject;
        let (token, row) = self.begin(subject, strength, limits.absolute, moment);
        let actor = Actor::new(ActorKind::Staff, Account::parse(&account.handle)?);
        let mut detail = self.detail_about(Act::SignedIn, subject, &actor, moment, &law)?;
        detail.rule = Some(by.to_owned());
        let entry = self.kept.vault.entry(&detail)?;
        let (hash, pair, address) = (token.hash(), guarded.pair(), guarded.address);
        let at = moment.now.as_microsecond();
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| {
            if let Some(old) = &instead_of {
                tx.delete_session(old)?;
            }
            if let Some(pair) = &pair {
                tx.forget_failures(pair)?;
            }
            tx.see_address(subject, &address, at)?;
            tx.add_session(&hash.0, &row)?;
            tx.append(&entry).map(drop)
        })?;
        Ok(token)
    }

    /// The account that somebody means by an address or an identifier, if it stands.
    pub(super) fn account_of(&self, who: &str) -> Result<Option<AccountRow>, Fault> {
        let law = self.kept.law();
        let accounts = accounts_of(&law)?;
        let who = who.trim();
        let subject = match who.contains('@') {
            true => self.holders(&law, &accounts, who)?.first().copied(),
            false => {
                let data = self.kept.vault.data();
                let row = data.read(|reader| reader.account_named(who))?;
                row.map(|row| row.subject)
            }
        };
        match subject {
            Some(subject) => self.standing(subject),
            None => Ok(None),
        }
    }

    fn renew_hash(&self, subject: SubjectId, password: &Password) -> Result<(), Fault> {
        let _one = self.hold();
        let hash = password.hash(self.kept.vault.entropy())?;
        let new = NewCredential::new(CredentialSort::Password, hash.as_bytes());
        self.replace_credentials(
            subject,
            vec![new],
            &[CredentialSort::Password],
            self.kept.moment()?,
            Box::new(|_| Ok(())),
        )
    }
}
