//! Accounts, in clear: whose, since when, the roles held. Names and addresses are sealed records of
//! the account's person.

use domain::{Fault, SubjectId};

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::sql;
use crate::value::Row;
use crate::writer::Tx;

/// An account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    /// The person whose it is.
    pub subject: SubjectId,
    /// Its identifier in the journal; never used again for another.
    pub handle: String,
    /// When it was made, microseconds UTC.
    pub made: i64,
    /// When it was disabled.
    pub disabled: Option<i64>,
}

/// A role that an account holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleRow {
    /// Whose account.
    pub subject: SubjectId,
    /// The number of the role's name.
    pub role: u32,
    /// When it was granted, microseconds UTC.
    pub granted: i64,
    /// By which account.
    pub granted_by: String,
    /// When it was last reviewed; at first, when it was granted.
    pub reviewed: i64,
    /// By which account.
    pub reviewed_by: String,
}

fn account(row: &Row<'_>) -> Result<AccountRow, Fault> {
    Ok(AccountRow {
        subject: SubjectId(row.get(0)?),
        handle: row.get(1)?,
        made: row.get(2)?,
        disabled: row.get(3)?,
    })
}

fn role(row: &Row<'_>) -> Result<RoleRow, Fault> {
    Ok(RoleRow {
        subject: SubjectId(row.get(0)?),
        role: row.get(1)?,
        granted: row.get(2)?,
        granted_by: row.get(3)?,
        reviewed: row.get(4)?,
        reviewed_by: row.get(5)?,
    })
}

impl Reader<'_> {
    /// A person's account.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account(&self, subject: SubjectId) -> Result<Option<AccountRow>, Fault> {
        one(
            self.connection,
            sql::ACCOUNT_GET,
            [subject.as_bytes()],
            account,
        )
    }

    /// The account of an identifier.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account_named(&self, handle: &str) -> Result<Option<AccountRow>, Fault> {
        one(self.connection, sql::ACCOUNT_NAMED, [handle], account)
    }

    /// Every account, in the order of the identifiers.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, Fault> {
        all(self.connection, sql::ACCOUNTS, (), account)
    }

    /// Every role that is held.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn roles(&self) -> Result<Vec<RoleRow>, Fault> {
        all(self.connection, sql::ROLES, (), role)
    }

    /// The roles that an account holds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn roles_of(&self, subject: SubjectId) -> Result<Vec<RoleRow>, Fault> {
        all(self.connection, sql::ROLES_OF, [subject.as_bytes()], role)
    }
}

impl Tx<'_> {
    /// A person's account, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account(&self, subject: SubjectId) -> Result<Option<AccountRow>, Fault> {
        one(
            self.connection,
            sql::ACCOUNT_GET,
            [subject.as_bytes()],
            account,
        )
    }

    /// The account of an identifier, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account_named(&self, handle: &str) -> Result<Option<AccountRow>, Fault> {
        one(self.connection, sql::ACCOUNT_NAMED, [handle], account)
    }

    /// Whether an account holds a role, inside the transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn holds_role(&self, subject: SubjectId, role: u32) -> Result<bool, Fault> {
        let values = (subject.as_bytes(), role);
        one(self.connection, sql::ROLE_HELD, values, |_| Ok(())).map(|held| held.is_some())
    }

    /// Adds an account.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_account(&mut self, row: &AccountRow) -> Result<(), Fault> {
        let values = (row.subject.as_bytes(), &row.handle, row.made);
        put(self.connection, sql::ACCOUNT_ADD, values)
    }

    /// Disables an account; says whether it was not already.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn disable_account(&mut self, subject: SubjectId, at: i64) -> Result<bool, Fault> {
        let values = (at, subject.as_bytes());
        run(self.connection, sql::ACCOUNT_DISABLE, values).map(|changed| changed == 1)
    }

    /// Opens a disabled account again; it has nothing to sign in with yet.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn enable_account(&mut self, subject: SubjectId) -> Result<(), Fault> {
        put(self.connection, sql::ACCOUNT_ENABLE, [subject.as_bytes()])
    }

    /// Gives an account a role; says whether it did not have it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_role(&mut self, row: &RoleRow) -> Result<bool, Fault> {
        let values = (
            row.subject.as_bytes(),
            row.role,
            row.granted,
            &row.granted_by,
            row.reviewed,
            &row.reviewed_by,
        );
        run(self.connection, sql::ROLE_ADD, values).map(|changed| changed == 1)
    }

    /// Notes that a role was looked at and is still needed; says whether it is held.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn confirm_role(
        &mut self,
        subject: SubjectId,
        role: u32,
        at: i64,
        by: &str,
    ) -> Result<bool, Fault> {
        let values = (at, by, subject.as_bytes(), role);
        run(self.connection, sql::ROLE_REVIEWED, values).map(|changed| changed == 1)
    }

    /// Takes a role from an account; says whether it was held.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete_role(&mut self, subject: SubjectId, role: u32) -> Result<bool, Fault> {
        let values = (subject.as_bytes(), role);
        run(self.connection, sql::ROLE_DELETE, values).map(|changed| changed == 1)
    }

    /// Takes from an account all that opens a door: roles, credentials, sessions, links, addresses.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn close_account(&mut self, subject: SubjectId) -> Result<(), Fault> {
        for statement in [
            sql::ROLES_DELETE,
            sql::CREDENTIALS_DELETE,
            sql::SESSIONS_DELETE,
            sql::LINKS_DELETE,
            sql::ADDRESSES_DELETE,
        ] {
            run(self.connection, statement, [subject.as_bytes()])?;
        }
        Ok(())
    }

    /// Removes an account of whose person nothing is held any more.
    pub(crate) fn delete_account(&mut self, subject: SubjectId) -> Result<(), Fault> {
        self.close_account(subject)?;
        run(
            self.connection,
            sql::UNDERTAKINGS_DELETE,
            [subject.as_bytes()],
        )?;
        put(self.connection, sql::ACCOUNT_DELETE, [subject.as_bytes()])
    }
}
