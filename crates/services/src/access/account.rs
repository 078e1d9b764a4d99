//! Accounts: made, listed, disabled.

use std::collections::BTreeMap;

use domain::act::fact::{NewFact, record_fact};
use domain::collect::Collection;
use domain::subject::Subject;
use domain::value::{Payload, Value};
use domain::{Account, FactRef, Fault, FaultKind, Moment, Personal, SubjectId};
use door::{Batch, Beside, LookUpValue, Receipt};
use jiff::Timestamp;
use journal::Act;
use policy::authorisation::Action;
use policy::model::{Accounts, FactId, FieldId, Person, Policy};
use store::data::account::{AccountRow, RoleRow};

use super::role::check_name;
use super::standing::has_access;
use super::{
    Access, Credential, RoleState, SessionInfo, Undertook, accounts_of, moment_of, no_accounts,
};
use crate::act::{Acting, Decided, refused};
use crate::collect::{NewData, empty};
use crate::law::Law;
use crate::refused::Tried;

/// Letters of an identifier that is drawn.
const DRAWN_LETTERS: usize = 8;

/// An account to be made.
pub struct NewAccount {
    /// The name of its holder.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// Its identifier in the journal; left out: drawn. It is no name: it stays when the name goes.
    pub handle: Option<Account>,
    /// The roles that it is granted at once.
    pub roles: Vec<String>,
}

/// An account that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// Its holder.
    pub subject: SubjectId,
    /// Its identifier.
    pub handle: Account,
    /// Where it stands in the journal; none in a dry run.
    pub receipt: Option<Receipt>,
}

/// An account without the name of its holder, which is read like any person's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountInfo {
    /// Its holder.
    pub subject: SubjectId,
    /// Its identifier.
    pub handle: String,
    /// When it was made.
    pub made: Timestamp,
    /// When it was disabled.
    pub disabled: Option<Timestamp>,
    /// Whether its holder has access now: it is not disabled, and no fact has ended the access.
    pub stands: bool,
    /// The roles that it holds.
    pub roles: Vec<HeldRole>,
    /// What each of them opens today.
    pub states: Vec<RoleState>,
    /// How its holder stands with the undertaking of confidentiality, where one is asked for.
    pub undertaking: Option<Undertook>,
    /// What its holder can sign in with.
    pub credentials: Vec<Credential>,
    /// Its open sessions.
    pub sessions: Vec<SessionInfo>,
}

/// A role that is held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldRole {
    /// Its name; empty for one whose name is not known any more.
    pub role: String,
    /// When it was granted.
    pub granted: Timestamp,
    /// By which account.
    pub granted_by: String,
    /// When it was last reviewed.
    pub reviewed: Timestamp,
    /// By which account.
    pub reviewed_by: String,
}

impl NewAccount {
    /// Whether the account could be made under a policy, as far as that can be told without an
    /// installation.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the policy has no accounts, or a name or address is not usable.
    pub fn check(&self, policy: &Policy) -> Result<(), Fault> {
        let accounts = policy.accounts.ok_or_else(no_accounts)?;
        value(policy, accounts.name, &self.name)?;
        value(policy, accounts.email, &self.email)?;
        self.roles.iter().try_for_each(|role| check_name(role))
    }
}

impl Access<'_> {
    /// Makes an account: its holder, the fact that their access begins, the account and its roles,
    /// in one transaction. Nobody can sign in with it before a link was used
    /// ([`Access::issue_link`]).
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the policy has no accounts, or a name or address is not usable;
    /// [`FaultKind::Conflict`] when the address or the identifier is an account's already.
    pub fn create(&self, new: &NewAccount, acting: &Acting) -> Result<Made, Fault> {
        let kept = self.kept;
        let (law, moment) = (kept.law(), kept.moment()?);
        let accounts = accounts_of(&law)?;
        let values = values(&law, &accounts, new)?;
        if !self.holders(&law, &accounts, &new.email)?.is_empty() {
            return Err(address_taken());
        }
        let handle = match &new.handle {
            Some(handle) => handle.clone(),
            None => self.drawn_handle()?,
        };
        let taken = kept
            .vault
            .data()
            .read(|reader| reader.account_named(handle.as_str()))?;
        if taken.is_some() {
            return Err(handle_taken());
        }
        let roles = self.role_numbers(&new.roles, acting)?;

        let id = SubjectId::new(moment.now, kept.vault.entropy());
        let mut subject = empty(id, Some(Person::Professional));
        let mut decided = self.access_fact(accounts.begins, &law, &mut subject, acting, moment)?;
        let more = kept.take_in(
            &law,
            &mut subject,
            vec![values(acting, moment)],
            acting,
            moment,
        )?;
        decided.effects.changes.extend(more.effects.changes);
        decided.seal = more.seal;
        decided.details.extend(more.details);
        let added = self.detail_on(Act::SubjectAdded, &subject, &acting.actor, moment, &law);
        decided.details.insert(0, added);
        let mut made = self.detail_on(Act::AccountMade, &subject, &acting.actor, moment, &law);
        made.rule = Some(handle.as_str().to_owned());
        decided.details.push(made);
        for (role, _) in &roles {
            let mut granted =
                self.detail_on(Act::RoleGranted, &subject, &acting.actor, moment, &law);
            granted.rule = Some(format!("roles.{role}"));
            decided.details.push(granted);
        }
        let (change, ..) = kept.change(&law, subject, None, decided, acting, moment);
        let mut done = Made {
            subject: id,
            handle: handle.clone(),
            receipt: None,
        };
        if acting.dry_run {
            return Ok(done);
        }
        let row = AccountRow {
            subject: id,
            handle: handle.as_str().to_owned(),
            made: moment.now.as_microsecond(),
            disabled: None,
        };
        let by = acting.actor.account.as_str().to_owned();
        let beside: Beside = Box::new(move |tx| {
            if tx.account_named(&row.handle)?.is_some() {
                return Err(handle_taken());
            }
            tx.add_account(&row)?;
            for (_, number) in &roles {
                tx.add_role(&role_row(id, *number, row.made, &by))?;
            }
            Ok(())
        });
        let batch = Batch {
            beside: Some(beside),
            ..Batch::from(change)
        };
        done.receipt = kept.commit(&law, batch, acting, moment)?.first().copied();
        Ok(done)
    }

    /// Every account.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn list(&self) -> Result<Vec<AccountInfo>, Fault> {
        let rows = self.kept.vault.data().read(|reader| reader.accounts())?;
        rows.into_iter().map(|row| self.info(row)).collect()
    }

    /// One account.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none.
    pub fn show(&self, subject: SubjectId) -> Result<AccountInfo, Fault> {
        self.info(self.row_of(subject)?)
    }

    /// Disables an account: the fact that access ends is recorded, so that the term of what is held
    /// about its holder begins, and its roles, sessions, links and credentials end at once (21a).
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such account, [`FaultKind::Conflict`] when it is
    /// disabled already.
    pub fn disable(&self, subject: SubjectId, acting: &Acting) -> Result<Option<Receipt>, Fault> {
        let _one = self.hold();
        let kept = self.kept;
        let accounts = accounts_of(&kept.law())?;
        if self.row_of(subject)?.disabled.is_some() {
            return Err(disabled_already());
        }
        let credentials = kept
            .vault
            .data()
            .read(|reader| reader.credentials_of(subject))?;
        let tried = Tried::for_purpose(Action::RecordFacts, accounts.purpose);
        let acted = kept.act_on(subject, acting, &tried, &|law, subject, moment| {
            let mut decided = if has_access(subject, &accounts, moment) {
                self.access_fact(accounts.ends, law, subject, acting, moment)?
            } else {
                Decided::default()
            };
            let (act, id) = (Act::AccountDisabled, subject.id);
            let ended = self.detail_on(act, subject, &acting.actor, moment, law);
            decided.details.push(ended);
            let at = moment.now.as_microsecond();
            decided.beside = Some(Box::new(move |tx| {
                if !tx.disable_account(id, at)? {
                    return Err(disabled_already());
                }
                tx.close_account(id)
            }));
            Ok(decided)
        })?;
        if !acting.dry_run {
            let sealed: Vec<Vec<u8>> = credentials.into_iter().map(|row| row.sealed).collect();
            kept.vault.destroy_secrets(subject, &sealed)?;
        }
        Ok(acted.receipt)
    }

    /// Opens a disabled account again: the fact that access begins is recorded anew. It has no role
    /// and nothing to sign in with until it is given some.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such account, [`FaultKind::Conflict`] when it has
    /// access.
    pub fn enable(&self, subject: SubjectId, acting: &Acting) -> Result<Option<Receipt>, Fault> {
        let accounts = accounts_of(&self.kept.law())?;
        let row = self.row_of(subject)?;
        let tried = Tried::for_purpose(Action::RecordFacts, accounts.purpose);
        let acted = self
            .kept
            .act_on(subject, acting, &tried, &|law, subject, moment| {
                if row.disabled.is_none() && has_access(subject, &accounts, moment) {
                    return Err(Fault::new(
                        FaultKind::Conflict,
                        "this account has access already",
                    ));
                }
                let mut decided =
                    self.access_fact(accounts.begins, law, subject, acting, moment)?;
                let (act, id) = (Act::AccountMade, subject.id);
                let mut made = self.detail_on(act, subject, &acting.actor, moment, law);
                made.rule = Some(row.handle.clone());
                decided.details.push(made);
                decided.beside = Some(Box::new(move |tx| tx.enable_account(id)));
                Ok(decided)
            })?;
        Ok(acted.receipt)
    }

    /// The fact that access begins or ends, now.
    fn access_fact(
        &self,
        kind: FactId,
        law: &Law,
        subject: &mut Subject,
        acting: &Acting,
        moment: Moment,
    ) -> Result<Decided, Fault> {
        let fact = NewFact {
            id: FactRef::new(moment.now, self.kept.vault.entropy()),
            kind,
            matter: None,
            happened: moment.now,
            manner: None,
            by: acting.actor.kind,
            organisation: None,
            supersedes: None,
        };
        let effects = record_fact(&law.in_force, subject, fact, moment)
            .map_err(|refusal| refused(refusal, law))?;
        let mut detail = self.detail_on(Act::FactRecorded, subject, &acting.actor, moment, law);
        detail.rule = Some(format!("facts.{}", law.policy().fact(kind).name));
        Ok(Decided {
            effects,
            details: vec![detail],
            ..Decided::default()
        })
    }

    /// The people with accounts whose address is this one: hits of the keyed look-up, which is no
    /// read of anybody's data.
    pub(super) fn holders(
        &self,
        law: &Law,
        accounts: &Accounts,
        email: &str,
    ) -> Result<Vec<SubjectId>, Fault> {
        let Ok(value) = Value::parse(&law.policy().field(accounts.email).kind, email) else {
            return Ok(Vec::new());
        };
        let number = law.names.field.number(accounts.email);
        let form = LookUpValue::new(&value.look_up_form());
        let hits = self.kept.vault.keyring().find(number, &form)?;
        self.kept.vault.data().read(|reader| {
            let mut found = Vec::new();
            for (subject, record) in hits {
                if !found.contains(&subject)
                    && reader.has_record(subject, record)?
                    && reader.account(subject)?.is_some()
                {
                    found.push(subject);
                }
            }
            Ok(found)
        })
    }

    fn drawn_handle(&self) -> Result<Account, Fault> {
        const LETTERS: &[u8; 16] = b"bcdfghjklmnpqrst";
        let mut bytes = [0; DRAWN_LETTERS];
        self.kept.vault.entropy().fill(&mut bytes);
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte & 15)]));
        Account::parse(&format!("staff-{}", String::from_iter(letters)))
    }

    fn info(&self, row: AccountRow) -> Result<AccountInfo, Fault> {
        let names = self.role_names()?;
        let roles = self
            .kept
            .vault
            .data()
            .read(|reader| reader.roles_of(row.subject))?;
        Ok(AccountInfo {
            subject: row.subject,
            made: moment_of(row.made),
            disabled: row.disabled.map(moment_of),
            stands: self.standing(row.subject)?.is_some(),
            roles: roles.iter().map(|role| held(role, &names)).collect(),
            states: self.roles_of(row.subject)?,
            undertaking: self.undertook(row.subject)?,
            credentials: self.credentials(row.subject)?,
            sessions: self.sessions(row.subject)?,
            handle: row.handle,
        })
    }
}

/// A role that was granted now, by an account.
pub(super) fn role_row(subject: SubjectId, role: u32, at: i64, by: &str) -> RoleRow {
    RoleRow {
        subject,
        role,
        granted: at,
        granted_by: by.to_owned(),
        reviewed: at,
        reviewed_by: by.to_owned(),
    }
}

pub(super) fn held(row: &RoleRow, names: &BTreeMap<u32, String>) -> HeldRole {
    HeldRole {
        role: names.get(&row.role).cloned().unwrap_or_default(),
        granted: moment_of(row.granted),
        granted_by: row.granted_by.clone(),
        reviewed: moment_of(row.reviewed),
        reviewed_by: row.reviewed_by.clone(),
    }
}

/// Name and address as a record to be taken in.
fn values(
    law: &Law,
    accounts: &Accounts,
    new: &NewAccount,
) -> Result<impl Fn(&Acting, Moment) -> NewData, Fault> {
    let mut payload = Payload::default();
    for (id, text) in [(accounts.name, &new.name), (accounts.email, &new.email)] {
        payload.0.insert(id.field, value(law.policy(), id, text)?);
    }
    let fields = payload.fields();
    let values = Personal::new(payload);
    let accounts = *accounts;
    Ok(move |acting: &Acting, moment: Moment| NewData {
        collection: Collection {
            category: accounts.email.category,
            fields,
            origin: accounts.origin,
            brought_by: acting.actor.account.clone(),
            purposes: [accounts.purpose].into_iter().collect(),
            kind: accounts.kind,
            matter: None,
            processor: None,
            collected: moment.now,
            approved: false,
        },
        values: values.clone(),
        unique: None,
        derived_from: Vec::new(),
    })
}

fn value(policy: &Policy, id: FieldId, text: &str) -> Result<Value, Fault> {
    let field = policy.field(id);
    Value::parse(&field.kind, text).map_err(|fault| {
        Fault::new(
            FaultKind::Invalid,
            format!("the value of `{}` is not usable: {fault}", field.name),
        )
    })
}

fn address_taken() -> Fault {
    Fault::new(FaultKind::Conflict, "an account has this address already")
        .remedy("see it with `kept account list`; one that was disabled is opened again with `kept account enable`")
}

fn handle_taken() -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "an account has this identifier already",
    )
    .remedy(
        "choose another identifier: the journal names accounts by it, and never two by the same",
    )
}

fn disabled_already() -> Fault {
    Fault::new(FaultKind::Conflict, "this account is disabled already")
}
