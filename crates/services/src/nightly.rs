//! What an installation does every night: destroys what is due, turns the keys, publishes the
//! journal, prunes its details.

use domain::Fault;
use jiff::Timestamp;
use store::Priority;

use crate::act::Acting;
use crate::kept::Kept;

/// When the night's work was last done, all of it.
const DONE: &str = "nightly-done";

/// One piece of the night's work, in the order in which they are done: what was swept is worthless
/// in old copies once the keys have turned, and the checkpoint covers both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chore {
    /// Destroys what is past its term.
    Sweep,
    /// Begins a new epoch and destroys the old one's key (10j).
    TurnKeys,
    /// Publishes a checkpoint, here and in the places outside.
    Publish,
    /// Deletes details that are past the policy's term.
    Prune,
}

impl Chore {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Sweep, Self::TurnKeys, Self::Publish, Self::Prune];

    /// Its name, for logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::TurnKeys => "turn-keys",
            Self::Publish => "publish-checkpoint",
            Self::Prune => "prune-journal",
        }
    }
}

impl Kept {
    /// Does one chore.
    ///
    /// # Errors
    /// As the use case says; another night takes it up again.
    pub fn chore(&self, chore: Chore, acting: &Acting) -> Result<(), Fault> {
        match chore {
            Chore::Sweep => self.sweep(acting, &mut |_| {}).map(|_| ()),
            Chore::TurnKeys => self.rotate_keys(acting, &mut |_| {}).map(|_| ()),
            Chore::Publish => {
                let published = self.publish_checkpoint(&[], acting)?;
                let failed = published.copies.into_iter().find_map(|copy| copy.failed);
                failed.map_or(Ok(()), Err)
            }
            Chore::Prune => self.prune_journal(acting).map(|_| ()),
        }
    }

    /// When the night's work was last done, all of it.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn nightly_done(&self) -> Result<Option<Timestamp>, Fault> {
        let kept = self.vault.data().read(|reader| reader.meta(DONE))?;
        Ok(kept
            .and_then(|bytes| bytes.try_into().ok())
            .and_then(|bytes| Timestamp::from_microsecond(i64::from_be_bytes(bytes)).ok()))
    }

    /// Notes that the night's work is done, all of it.
    ///
    /// # Errors
    /// When the data cannot be written.
    pub fn note_nightly_done(&self) -> Result<(), Fault> {
        let at = self.moment()?.now.as_microsecond().to_be_bytes();
        self.vault
            .data()
            .write(Priority::Ordinary, move |tx| tx.put_meta(DONE, &at))
    }
}
