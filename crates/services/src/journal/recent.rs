//! The latest entries of the journal, for those who oversee the house: what was done, by whom, by
//! which rule. Whose data it was is told by no entry here.

use domain::{Actor, Fault};
use journal::{Act, Destination};
use policy::authorisation::Action;

use crate::kept::Kept;
use crate::trace::{Traced, traced};

/// The latest entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recent {
    /// The acts, oldest first; of what was pruned at its term nothing is told.
    pub acts: Vec<Traced>,
    /// How many entries were looked at.
    pub entries: u64,
    /// Where the showing stands in the journal.
    pub receipt: u64,
}

impl Kept {
    /// Shows the latest entries of the journal, up to `most`. To show them is an act of its own.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when the role shows no traces for the purpose;
    /// [`domain::FaultKind::Integrity`] when a detail is damaged.
    pub fn recent(
        &self,
        most: u32,
        actor: &Actor,
        destination: Destination,
    ) -> Result<Recent, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Trace, actor, moment)?;
        let found = self.vault.data().read(|reader| {
            let size = reader.frontier()?.size();
            reader.entries(size.saturating_sub(u64::from(most)), most)
        })?;
        let mut acts = Vec::with_capacity(found.len());
        for entry in &found {
            if let Some(detail) = self.opened_detail(entry)? {
                acts.push(traced(entry.seq, &detail, None, &law.names));
            }
        }
        let mut detail = self.detail(Act::TraceShown, actor, moment, &law);
        detail.destination = destination;
        detail.count = Some(found.len() as u64);
        detail.rule = Some("oversight".to_owned());
        let receipt = self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        Ok(Recent {
            acts,
            entries: found.len() as u64,
            receipt,
        })
    }
}
