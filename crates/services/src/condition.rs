//! The condition of an installation, for those who operate it: figures, nobody's data.

use domain::Fault;
use jiff::{SignedDuration, Timestamp};
use store::Priority;

use crate::backup::LastBackup;
use crate::kept::Kept;
use crate::keys::EpochState;

/// Where a probe of writing leaves its mark.
const PROBE: &str = "write-probe";

/// How an installation does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Entries of the journal.
    pub entries: u64,
    /// Entries that the latest published checkpoint does not cover yet.
    pub unpublished: u64,
    /// Writes that wait for their turn.
    pub queued: u64,
    /// How long the oldest epoch that lives has lived: copies of that time can be opened.
    pub epoch_age: SignedDuration,
    /// For how long something has been due that the sweep has not looked at.
    pub sweep_lateness: SignedDuration,
    /// When the night's work was last done.
    pub nightly_done: Option<Timestamp>,
    /// The last backup that was made.
    pub last_backup: Option<LastBackup>,
}

impl Kept {
    /// How the installation does.
    ///
    /// # Errors
    /// [`domain::FaultKind::Unavailable`] when the clock jumped or something cannot be read.
    pub fn condition(&self) -> Result<Condition, Fault> {
        let now = self.moment()?.now;
        let data = self.vault.data();
        let (entries, due) =
            data.read(|reader| Ok((reader.frontier()?.size(), reader.earliest_due()?)))?;
        let oldest = self.vault.keyring().epochs()?.into_iter().find(|epoch| {
            matches!(
                epoch.state,
                EpochState::Active | EpochState::Retiring | EpochState::Emptied
            )
        });
        let since = |at: i64| {
            let at = Timestamp::from_microsecond(at).unwrap_or(now);
            now.duration_since(at).max(SignedDuration::ZERO)
        };
        Ok(Condition {
            entries,
            unpublished: entries.saturating_sub(self.published_size()?),
            queued: data.queued(),
            epoch_age: oldest.map_or(SignedDuration::ZERO, |epoch| since(epoch.made)),
            sweep_lateness: due.map_or(SignedDuration::ZERO, since),
            nightly_done: self.nightly_done()?,
            last_backup: self.last_backup()?,
        })
    }

    /// Whether the installation can serve: its clock is sound, and what an act needs can be written.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn ready(&self) -> Result<(), Fault> {
        let now = self.moment()?.now.as_microsecond().to_be_bytes();
        self.vault
            .data()
            .write(Priority::Ordinary, move |tx| tx.put_meta(PROBE, &now))
    }
}
