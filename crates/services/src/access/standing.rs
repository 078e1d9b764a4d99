//! Whether an account stands: who it belongs to is held, and their access has begun and not ended.

use domain::subject::Subject;
use domain::{Fault, Moment, SubjectId};
use policy::model::{Accounts, FactId};
use store::data::account::AccountRow;

use super::{Access, accounts_of};

/// Whether a person has access at a moment: the latest fact that begins it is later than any that
/// ends it. What an employer or a directory records elsewhere counts the moment it is recorded.
pub(super) fn has_access(subject: &Subject, accounts: &Accounts, moment: Moment) -> bool {
    let latest = |kind: FactId| {
        subject
            .facts
            .iter()
            .filter(|fact| fact.kind == kind && fact.superseded_by.is_none())
            .filter(|fact| fact.happened <= moment.now)
            .map(|fact| (fact.happened, fact.recorded))
            .max()
    };
    match (latest(accounts.begins), latest(accounts.ends)) {
        (Some(begun), Some(ended)) => begun > ended,
        (begun, None) => begun.is_some(),
        (None, Some(_)) => false,
    }
}

impl Access<'_> {
    /// A person's account, if it stands now.
    pub(super) fn standing(&self, subject: SubjectId) -> Result<Option<AccountRow>, Fault> {
        Ok(self.stands(subject)?.map(|(row, _)| row))
    }

    /// As [`Access::standing`], with the version of what is held about the person.
    pub(super) fn stands(&self, subject: SubjectId) -> Result<Option<(AccountRow, u64)>, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let Ok(accounts) = accounts_of(&law) else {
            return Ok(None);
        };
        let row = self
            .kept
            .vault
            .data()
            .read(|reader| reader.account(subject))?;
        let Some(row) = row.filter(|row| row.disabled.is_none()) else {
            return Ok(None);
        };
        let loaded = self.kept.vault.load(subject, &law.names)?;
        let stands = loaded.filter(|one| has_access(&one.subject, &accounts, moment));
        Ok(stands.map(|one| (row, one.subject.version)))
    }
}
