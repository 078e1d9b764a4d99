//! Pruning: the journal's details go at their term; the commitments and every proof stay
//! (mechanism, 12).

use domain::Fault;
use journal::{Detail, Period, Span};
use store::Priority;

use crate::vault::Vault;

impl Vault {
    /// Prunes the details of every period before one: the rows first, with the entry that says
    /// so, then the periods' keys. Returns how many entries are pruned in all, `None` where there
    /// was nothing to prune. `detail` is the entry's, to which the range is added.
    ///
    /// # Errors
    /// When the journal or the keyring cannot be written; pruning can be repeated.
    pub fn prune(&self, before: Period, mut detail: Detail) -> Result<Option<u64>, Fault> {
        let end = self
            .data
            .read(|reader| reader.first_entry_since(before.0))?;
        // A later pruning repeats the whole range: the entry of an earlier one is pruned too.
        detail.span = end.checked_sub(1).map(|last| Span { first: 0, last });
        let entry = self.entry(&detail)?;
        let pruned = self.data.write(Priority::Restrictive, move |tx| {
            let pruned = tx.prune_details(end)?;
            if pruned > 0 {
                tx.append(&entry)?;
            }
            Ok(pruned)
        })?;
        for period in self.keyring.periods() {
            if period < before {
                self.keyring.destroy_period(period)?;
            }
        }
        Ok((pruned > 0).then_some(end))
    }
}
