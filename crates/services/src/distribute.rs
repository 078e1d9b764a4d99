//! Spreading an installation's databases over several machines, with Citus (decision 25).

use domain::Fault;
pub use door::Plans;
use journal::Act;
pub use store::distribution::{Call, Plan, SHARDS};

use crate::act::Acting;
use crate::kept::Kept;

/// What was called, or would be.
#[derive(Debug)]
pub struct Distributed {
    /// The calls on each database; none where all was done before.
    pub plans: Plans,
    /// Where it stands in the journal; none in a dry run, or where there was nothing to do.
    pub receipt: Option<u64>,
}

impl Kept {
    /// Spreads both databases over `shards` shards a table, or what is missing of that. Nobody writes
    /// meanwhile.
    ///
    /// # Errors
    /// [`domain::FaultKind::Conflict`] when the databases are files, a server has no Citus or no
    /// machine to spread them over, a table is kept in another way, or Citus refuses;
    /// [`domain::FaultKind::Unavailable`] when a server does not answer.
    pub fn distribute(&self, shards: u32, acting: &Acting) -> Result<Distributed, Fault> {
        let plans = self.vault().plan_distribution(shards)?;
        if acting.dry_run || plans.is_empty() {
            return Ok(Distributed {
                plans,
                receipt: None,
            });
        }
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::DatabasesDistributed, &acting.actor, moment, &law);
        detail.count = Some(plans.len() as u64);
        // Before it is done: the journal's own table is among those that move.
        let receipt = self.vault().record(&detail)?;
        Ok(Distributed {
            plans: self.vault().distribute(shards)?,
            receipt: Some(receipt),
        })
    }
}
