//! Accounts, rights, sign-in: who works with the data, and how they prove it (21a, 21c).
//!
//! Accounts are people of the policy: name and address are sealed records with a ground and a term,
//! and the rows here hold identifiers, numbers, states and dates. [`Kept::access`] gives all of it.

pub mod account;
mod at_work;
mod credential;
pub mod due;
pub mod duty;
mod enrolment;
mod failures;
mod flow;
pub mod key;
pub mod link;
pub mod passkey;
pub mod provider;
pub mod role;
pub mod session;
pub mod sign_in;
mod standing;
pub(crate) mod strangers;
pub mod undertaking;

use std::sync::{MutexGuard, PoisonError};

use domain::subject::Subject;
use domain::{Account, Actor, ActorKind, Fault, FaultKind, Moment, SubjectId};
use door::details::basis_number;
use jiff::Timestamp;
use journal::{Act, Detail};
use policy::model::Accounts;
use store::data::account::AccountRow;

use crate::act::Acting;
use crate::concern::concern;
use crate::kept::Kept;
use crate::law::Law;

pub use account::{AccountInfo, HeldRole, Made, NewAccount};
pub use at_work::Stated;
pub use credential::{Credential, CredentialId, CredentialSort};
pub use due::{Due, DueWhat};
pub use duty::{OnDuty, RoleState, Who};
pub use enrolment::{NewCodes, PasswordChange, TotpSetUp};
pub use identification::passkey::RelyingParty;
pub use identification::password::Weakness;
pub use identification::provider as service;
pub use identification::{common::Leaked, password::Rules};
pub use key::{KeyId, KeyInfo, NewKey, ProgramKey, Scopes};
pub use link::{Delivery, Folder, IssuedLink, Letter, LinkFor};
pub use passkey::Begun;
pub use provider::{CameBack, SentTo};
pub use role::ReviewLine;
pub use session::{Session, SessionId, SessionInfo, SessionLimits, Strength, Whose};
pub use sign_in::{Address, Attempt, Pending};
pub use undertaking::{UndertakingText, Undertook};

/// Everything about accounts, rights and sign-in of an open installation.
#[derive(Clone, Copy)]
pub struct Access<'k> {
    kept: &'k Kept,
}

impl Kept {
    /// Accounts, rights and sign-in.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access { kept: self }
    }
}

impl<'k> Access<'k> {
    /// How the policy in force has accounts.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it has none.
    pub fn accounts_of_policy(&self) -> Result<Accounts, Fault> {
        accounts_of(&self.kept.law())
    }

    /// The account of an identifier.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none.
    pub fn named(&self, handle: &Account) -> Result<SubjectId, Fault> {
        self.row_named(handle).map(|row| row.subject)
    }

    fn row_named(&self, handle: &Account) -> Result<AccountRow, Fault> {
        let found = self.kept.vault.data();
        found
            .read(|reader| reader.account_named(handle.as_str()))?
            .ok_or_else(no_such_account)
    }

    fn row_of(&self, subject: SubjectId) -> Result<AccountRow, Fault> {
        let found = self.kept.vault.data();
        found
            .read(|reader| reader.account(subject))?
            .ok_or_else(no_such_account)
    }

    /// The journal's detail of an act about a person; of one who is gone, it says no more than who.
    fn detail_about(
        &self,
        act: Act,
        subject: SubjectId,
        actor: &Actor,
        moment: Moment,
        law: &Law,
    ) -> Result<Detail, Fault> {
        if let Some(loaded) = self.kept.vault.load(subject, &law.names)? {
            return Ok(self.detail_on(act, &loaded.subject, actor, moment, law));
        }
        let mut detail = self.kept.detail(act, actor, moment, law);
        detail.subject = Some(subject.0);
        Ok(detail)
    }

    /// As [`Access::detail_about`], of a person as they are at hand.
    fn detail_on(
        &self,
        act: Act,
        subject: &Subject,
        actor: &Actor,
        moment: Moment,
        law: &Law,
    ) -> Detail {
        let mut detail = self.kept.detail(act, actor, moment, law);
        detail.subject = Some(subject.id.0);
        match &law.policy().accounts {
            // Somebody new: their records come with the account.
            Some(accounts) if subject.records.is_empty() => begins(&mut detail, law, accounts),
            Some(_) | None => concern(&mut detail, law, subject, moment),
        }
        detail
    }

    /// One change of what can be signed in with at a time: what is read before stands while it is
    /// written.
    fn hold(&self) -> MutexGuard<'k, ()> {
        self.kept
            .sign_in_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Completes the entry of an account that is made: what its holder's data is taken in for (9d).
fn begins(detail: &mut Detail, law: &Law, accounts: &Accounts) {
    let lines = &law.policy().purpose(accounts.purpose).bases;
    let line = lines.iter().find(|line| line.kinds.contains(accounts.kind));
    detail.categories = vec![law.names.category.number(accounts.email.category)];
    detail.purpose = Some(law.names.purpose.number(accounts.purpose));
    detail.basis = line.map(|line| basis_number(line.basis));
}

/// Somebody who acts for themselves in their own account.
fn oneself(handle: &str, kind: ActorKind) -> Result<Acting, Fault> {
    let actor = Actor::new(kind, Account::parse(handle)?);
    Ok(Acting::new(actor, false))
}

fn accounts_of(law: &Law) -> Result<Accounts, Fault> {
    law.policy().accounts.ok_or_else(no_accounts)
}

fn no_accounts() -> Fault {
    Fault::new(FaultKind::Invalid, "the policy has no accounts")
        .remedy("add a section `[accounts]` to it: see docs/policy-language.md")
}

fn no_such_account() -> Fault {
    Fault::new(FaultKind::Absent, "there is no such account")
        .remedy("see the accounts with `kept account list`")
}

fn moment_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}

/// An identifier of 16 bytes, drawn anew.
fn drawn(kept: &Kept, moment: Moment) -> [u8; 16] {
    domain::RecordId::new(moment.now, kept.vault.entropy()).0
}

macro_rules! names_of_rows {
    ($($(#[$doc:meta])* $name:ident, $what:literal);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub [u8; 16]);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&domain::RecordId(self.0), f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = domain::Fault;

            fn from_str(text: &str) -> Result<Self, domain::Fault> {
                text.parse::<domain::RecordId>().map(|id| Self(id.0)).map_err(|_| {
                    domain::Fault::new(
                        domain::FaultKind::Invalid,
                        concat!("this is not the identifier of ", $what),
                    )
                })
            }
        }
    )+};
}
pub(crate) use names_of_rows;
