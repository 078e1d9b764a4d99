//! What accounts sign in with: sealed, listed by sort and date only.

use domain::{Fault, FaultKind, Moment, SubjectId};
use door::NewSecret;
use jiff::Timestamp;
use journal::Act;
use store::Priority;
use store::data::credential::CredentialRow;
use zeroize::Zeroizing;

use super::session::{Session, acting_in};
use super::{Access, drawn, moment_of, names_of_rows};
use crate::act::Acting;

names_of_rows! {
    /// A credential's identifier.
    CredentialId, "something to sign in with";
}

/// What can be signed in with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[repr(u8)]
pub enum CredentialSort {
    /// A password.
    Password = 1,
    /// An application that shows codes.
    Codes = 2,
    /// Recovery codes.
    Recovery = 3,
    /// A passkey.
    Passkey = 4,
    /// An identity at the organisation's provider.
    Identity = 5,
    /// An application that is being set up and has shown no code yet.
    CodesPending = 6,
}

impl CredentialSort {
    const ALL: [Self; 6] = [
        Self::Password,
        Self::Codes,
        Self::Recovery,
        Self::Passkey,
        Self::Identity,
        Self::CodesPending,
    ];

    pub(super) fn number(self) -> u8 {
        self as u8
    }

    fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }

    /// Its name in the journal and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Codes => "codes",
            Self::Recovery => "recovery-codes",
            Self::Passkey => "passkey",
            Self::Identity => "single-sign-on",
            Self::CodesPending => "codes-pending",
        }
    }
}

/// Something that an account can be signed in with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credential {
    /// Its identifier.
    pub id: CredentialId,
    /// What it is.
    pub sort: CredentialSort,
    /// When it was added.
    pub made: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// Of an identity, the name of the service that vouches for it; of a passkey, the name that its
    /// holder gave it, where its holder looks.
    pub name: Option<String>,
}

/// A secret to be added to an account.
pub(super) struct NewCredential {
    pub(super) sort: CredentialSort,
    pub(super) secret: Zeroizing<Vec<u8>>,
    pub(super) finder: Option<[u8; 16]>,
    pub(super) step: Option<i64>,
}

impl NewCredential {
    pub(super) fn new(sort: CredentialSort, secret: &[u8]) -> Self {
        Self {
            sort,
            secret: Zeroizing::new(secret.to_vec()),
            finder: None,
            step: None,
        }
    }
}

/// Whether somebody with these gets in.
fn lets_in(sorts: &[CredentialSort]) -> bool {
    let has = |sort| sorts.contains(&sort);
    has(CredentialSort::Passkey)
        || has(CredentialSort::Identity)
        || has(CredentialSort::Password) && has(CredentialSort::Codes)
}

/// A credential's row with its secret, opened.
pub(super) type WithSecret = (CredentialRow, Zeroizing<Vec<u8>>);

/// What is written together with credentials.
pub(super) type Also = Box<dyn FnMut(&mut store::Tx<'_>) -> Result<(), Fault> + Send>;

impl Access<'_> {
    /// What an account can be signed in with.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn credentials(&self, subject: SubjectId) -> Result<Vec<Credential>, Fault> {
        let mut found = Vec::new();
        for row in self.credential_rows(subject)? {
            let Some(sort) = CredentialSort::of_number(row.sort) else {
                continue;
            };
            let name = match sort {
                CredentialSort::Identity => {
                    let vault = &self.kept.vault;
                    let secret = vault.open_secret(subject, row.id, &row.sealed)?;
                    secret.and_then(|secret| String::from_utf8(secret.to_vec()).ok())
                }
                CredentialSort::CodesPending => continue,
                _ => None,
            };
            found.push(Credential {
                id: CredentialId(row.id),
                sort,
                made: moment_of(row.made),
                used: row.used.map(moment_of),
                name,
            });
        }
        Ok(found)
    }

    /// What somebody can sign in with themselves: passkeys with the names that they gave them.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn own_credentials(&self, session: &Session) -> Result<Vec<Credential>, Fault> {
        let mut found = self.credentials(session.subject)?;
        for (row, key) in self.passkeys(session.subject)? {
            let own = found.iter_mut().find(|one| one.id.0 == row.id);
            if let Some(one) = own.filter(|_| !key.name().is_empty()) {
                one.name = Some(key.name().to_owned());
            }
        }
        Ok(found)
    }

    /// Takes something to sign in with from one's own account.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when nothing that lets in would be left, or the session is not one
    /// that may; [`FaultKind::Absent`] when the account has no such thing.
    pub fn remove_own_credential(&self, session: &Session, id: CredentialId) -> Result<(), Fault> {
        self.may_set_up(session)?;
        let left = self.credentials(session.subject)?.into_iter();
        let left: Vec<CredentialSort> = left
            .filter(|one| one.id != id)
            .map(|one| one.sort)
            .collect();
        if !lets_in(&left) {
            return Err(
                Fault::new(FaultKind::Refused, "nothing would be left to sign in with")
                    .rule("21c")
                    .remedy("set up another way to sign in first"),
            );
        }
        self.remove_credential(session.subject, id, &acting_in(session)?)
    }

    /// Takes something to sign in with from an account: a lost key, an old telephone.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when the account has no such thing.
    pub fn remove_credential(
        &self,
        subject: SubjectId,
        id: CredentialId,
        acting: &Acting,
    ) -> Result<(), Fault> {
        let _one = self.hold();
        let rows = self.credential_rows(subject)?;
        let Some(row) = rows.into_iter().find(|row| row.id == id.0) else {
            return Err(Fault::new(
                FaultKind::Absent,
                "the account has no such thing to sign in with",
            )
            .remedy("see what it has with `kept account show`"));
        };
        if acting.dry_run {
            return Ok(());
        }
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let mut detail =
            self.detail_about(Act::CredentialRemoved, subject, &acting.actor, moment, &law)?;
        detail.rule = CredentialSort::of_number(row.sort).map(|sort| sort.name().to_owned());
        let entry = self.kept.vault.entry(&detail)?;
        let data = self.kept.vault.data();
        data.write(Priority::Restrictive, move |tx| {
            tx.delete_credential(subject, id.0)?;
            tx.append(&entry).map(drop)
        })?;
        self.kept.vault.destroy_secrets(subject, &[row.sealed])
    }

    pub(super) fn credential_rows(&self, subject: SubjectId) -> Result<Vec<CredentialRow>, Fault> {
        let data = self.kept.vault.data();
        data.read(|reader| reader.credentials_of(subject))
    }

    /// The row of a sort, the latest, with its secret.
    pub(super) fn secret(
        &self,
        subject: SubjectId,
        sort: CredentialSort,
    ) -> Result<Option<WithSecret>, Fault> {
        let rows = self.credential_rows(subject)?;
        let Some(row) = rows.into_iter().rfind(|row| row.sort == sort.number()) else {
            return Ok(None);
        };
        let secret = self.kept.vault.open_secret(subject, row.id, &row.sealed)?;
        Ok(secret.map(|secret| (row, secret)))
    }

    /// Adds credentials, in the place of those of some sorts, with whatever else is to be written
    /// in the same transaction; the caller holds [`Access::hold`].
    pub(super) fn replace_credentials(
        &self,
        subject: SubjectId,
        new: Vec<NewCredential>,
        instead_of: &[CredentialSort],
        moment: Moment,
        mut also: Also,
    ) -> Result<(), Fault> {
        let old: Vec<CredentialRow> = self
            .credential_rows(subject)?
            .into_iter()
            .filter(|row| instead_of.iter().any(|sort| sort.number() == row.sort))
            .collect();
        let gone: Vec<[u8; 16]> = old.iter().map(|row| row.id).collect();
        let mut rows = Vec::with_capacity(new.len());
        let mut secrets = Vec::with_capacity(new.len());
        for one in new {
            let id = drawn(self.kept, moment);
            let row = CredentialRow {
                subject,
                id,
                sort: one.sort.number(),
                made: moment.now.as_microsecond(),
                used: None,
                step: one.step,
                sealed: Vec::new(),
            };
            rows.push((row, one.finder));
            secrets.push(NewSecret {
                account: subject,
                id,
                secret: one.secret,
            });
        }
        let vault = &self.kept.vault;
        vault.store_secrets(
            secrets,
            moment.now,
            Priority::Ordinary,
            move |tx, sealed| {
                for id in &gone {
                    tx.delete_credential(subject, *id)?;
                }
                for ((row, finder), sealed) in rows.iter().zip(sealed) {
                    let row = CredentialRow {
                        sealed: sealed.clone(),
                        ..row.clone()
                    };
                    tx.add_credential(&row, finder.as_ref().map(<[u8; 16]>::as_slice))?;
                }
                also(tx)
            },
        )?;
        let sealed: Vec<Vec<u8>> = old.into_iter().map(|row| row.sealed).collect();
        vault.destroy_secrets(subject, &sealed)
    }
}
