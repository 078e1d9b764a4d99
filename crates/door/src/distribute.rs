//! Spreading an installation's databases over several machines.

use domain::Fault;
use store::Home;
use store::distribution::Plan;

use crate::vault::Vault;

/// What is called on each database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plans {
    /// On the data.
    pub data: Plan,
    /// On the keyring.
    pub keyring: Plan,
}

impl Plans {
    /// How many calls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.calls().count() + self.keyring.calls().count()
    }

    /// Whether everything is done already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Vault {
    /// What is to be called to spread both databases; nothing where that is done.
    ///
    /// # Errors
    /// [`domain::FaultKind::Conflict`] when they are files, a server has no Citus or no machine to
    /// spread them over, or a table is kept in another way.
    pub fn plan_distribution(&self, shards: u32) -> Result<Plans, Fault> {
        let layout = self.layout();
        Ok(Plans {
            data: layout.data_place().distribution(Home::Data, shards)?,
            keyring: layout.keyring_place().distribution(Home::Keyring, shards)?,
        })
    }

    /// Spreads both databases, while nobody writes to them; gives what was called. Each is done as a
    /// whole or not at all, and what is missing can be done later.
    ///
    /// # Errors
    /// As [`Vault::plan_distribution`]; [`domain::FaultKind::Conflict`] when Citus refuses a call.
    pub fn distribute(&self, shards: u32) -> Result<Plans, Fault> {
        let layout = self.layout();
        let keyring = layout.keyring_place().distribute(Home::Keyring, shards)?;
        let data = layout.data_place().distribute(Home::Data, shards)?;
        Ok(Plans { data, keyring })
    }
}
