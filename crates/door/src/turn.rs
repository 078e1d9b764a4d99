//! The turn of the keys: a new epoch, everything wrapped anew, the old epoch destroyed
//! (mechanism, 2). Reads and writes go on meanwhile. Where it stands is in the epochs' states, so
//! that an interrupted turn is taken up where it stopped.

use domain::{Entropy, Fault, FaultKind};
use store::keyring::{EpochRow, EpochState, LookUpRow, SuppressionRow};
use store::{Database, Priority};

use crate::epoch::Manager;
use crate::keyring::Keyring;
use crate::vault::Vault;

/// Rows that are wrapped anew in one transaction.
const ROWS_AT_ONCE: u32 = 500;
/// How often the emptying of a write-ahead log is tried while readers hold it up.
const TRIES_MAX: u32 = 50;

/// A step of a turn, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The next epoch's key was made.
    Made,
    /// New keys are wrapped with the next epoch's.
    Begun,
    /// This many keys that no stored record refers to were dropped.
    Dropped(u64),
    /// This many rows of the old epoch were wrapped anew so far; more follow.
    Wrapping(u64),
    /// All rows of the old epoch, this many, were wrapped anew.
    Wrapped(u64),
    /// Nothing is left at the old epoch, and no log holds anything of it.
    Emptied,
    /// The old epoch's key is destroyed.
    Destroyed,
}

impl Step {
    /// The step's name in the journal and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Begun => "begun",
            Self::Dropped(_) => "dropped",
            Self::Wrapping(_) => "wrapping",
            Self::Wrapped(_) => "wrapped",
            Self::Emptied => "emptied",
            Self::Destroyed => "destroyed",
        }
    }
}

/// What a turn did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Turned {
    /// The epoch that was destroyed.
    pub old: u32,
    /// The epoch that is active now.
    pub new: u32,
    /// How many rows were wrapped anew.
    pub rows: u64,
    /// How many keys were dropped that no stored record refers to.
    pub dropped: u64,
    /// Whether an interrupted turn was finished rather than a new one made.
    pub resumed: bool,
}

impl Vault {
    /// Turns the keys, or finishes a turn that was interrupted. One turn at a time. `told` hears
    /// of each step, with the epoch that is turned to.
    ///
    /// # Errors
    /// When a key cannot be made or destroyed, or a row is damaged; the turn can be taken up
    /// again.
    pub fn turn_keys(
        &self,
        now: &dyn Fn() -> i64,
        told: &mut dyn FnMut(u32, Step) -> Result<(), Fault>,
    ) -> Result<Turned, Fault> {
        // Never down by itself: another copy of Kept may know of a token that this one does not.
        let manager = self.keys_in_use()?.manager;
        self.turn_keys_to(self.keyring.managers().next().max(manager), now, told)
    }

    /// As [`Vault::turn_keys`], with the new epoch's keys in a manager's hands; an interrupted turn
    /// is finished where it was going.
    pub(crate) fn turn_keys_to(
        &self,
        manager: Manager,
        now: &dyn Fn() -> i64,
        told: &mut dyn FnMut(u32, Step) -> Result<(), Fault>,
    ) -> Result<Turned, Fault> {
        let keyring = &self.keyring;
        let epochs = keyring.epochs()?;
        let in_state = |state| epochs.iter().copied().find(|row| row.state == state);
        let active = in_state(EpochState::Active).ok_or_else(no_epoch)?;
        let interrupted = in_state(EpochState::Retiring).or(in_state(EpochState::Emptied));
        let (old, new, resumed) = match interrupted {
            Some(old) => (old, active, true),
            None => {
                let made = in_state(EpochState::Made);
                let new = keyring.next_epoch(active, made, manager, now, self.entropy())?;
                told(new.number, Step::Made)?;
                keyring.begin_epoch(active, new)?;
                told(new.number, Step::Begun)?;
                (active, new, made.is_some())
            }
        };
        // An erasure whose end could not be written waits no longer than until here.
        self.finish_erasures()?;
        let dropped = self.drop_orphans(now())?;
        told(new.number, Step::Dropped(dropped))?;
        let rows = keyring.wrap_anew(old.number, self.entropy(), &mut |rows| {
            told(new.number, Step::Wrapping(rows))
        })?;
        told(new.number, Step::Wrapped(rows))?;
        keyring.end_epoch(old)?;
        empty_log(&keyring.database)?;
        empty_log(&self.data)?;
        told(new.number, Step::Emptied)?;
        keyring.destroy_epoch(old.number)?;
        // Told before it is noted: a crash between the two tells it twice rather than never.
        told(new.number, Step::Destroyed)?;
        keyring.put_epoch(EpochRow {
            state: EpochState::Destroyed,
            destroyed: Some(now()),
            ..old
        })?;
        Ok(Turned {
            old: old.number,
            new: new.number,
            rows,
            dropped,
            resumed,
        })
    }
}

impl Keyring {
    /// The epoch to turn to: one that an interrupted turn made, or a new one.
    fn next_epoch(
        &self,
        active: EpochRow,
        made: Option<EpochRow>,
        manager: Manager,
        now: &dyn Fn() -> i64,
        entropy: &dyn Entropy,
    ) -> Result<EpochRow, Fault> {
        match made {
            Some(made) => Ok(made),
            None => {
                let number = active.number + 1;
                self.make_epoch(number, manager, EpochState::Made, now(), entropy)
            }
        }
    }

    /// Wraps everything of an old epoch with the active one's key, until nothing is left.
    fn wrap_anew(
        &self,
        old: u32,
        entropy: &dyn Entropy,
        told: &mut dyn FnMut(u64) -> Result<(), Fault>,
    ) -> Result<u64, Fault> {
        let mut rows = self.turn_record_keys(old, entropy, told)?;
        rows += self.turn_look_ups(old, entropy)?;
        rows += self.turn_suppressions(old, entropy)?;
        rows += self.turn_periods(old, entropy)?;
        self.database.finish_commits()?;
        match self
            .database
            .read(|reader| reader.left_in_epoch(old))?
            .all()
        {
            0 => Ok(rows),
            left => Err(Fault::new(
                FaultKind::Integrity,
                format!("{left} entries of the keyring could not be taken out of epoch {old}"),
            )
            .remedy("run `kept keys rotate` again; if it stays, restore the keyring's copy")),
        }
    }

    fn turn_record_keys(
        &self,
        old: u32,
        entropy: &dyn Entropy,
        told: &mut dyn FnMut(u64) -> Result<(), Fault>,
    ) -> Result<u64, Fault> {
        let (mut turned, mut after) = (0, None);
        loop {
            let rows = self
                .database
                .read(|reader| reader.keys_after(after, ROWS_AT_ONCE))?;
            let Some(last) = rows.last() else {
                return Ok(turned);
            };
            after = Some((last.subject, last.id));
            let of_old: Vec<_> = rows.iter().filter(|row| row.epoch == old).collect();
            if of_old.is_empty() {
                continue;
            }
            let keys = self.unwrap_keys(&of_old)?;
            let each = of_old.iter().zip(&keys);
            let each: Vec<_> = each.map(|(row, key)| (row.subject, row.id, key)).collect();
            let new = self.wrap_keys(&each, entropy)?;
            turned += new.len() as u64;
            self.database.write(Priority::Ordinary, move |tx| {
                new.iter().try_for_each(|row| tx.turn_key(row))
            })?;
            told(turned)?;
        }
    }

    fn turn_look_ups(&self, old: u32, entropy: &dyn Entropy) -> Result<u64, Fault> {
        let mut turned = 0;
        loop {
            let rows = self
                .database
                .read(|reader| reader.look_ups_of_epoch(old, ROWS_AT_ONCE))?;
            if rows.is_empty() {
                return Ok(turned);
            }
            turned += rows.len() as u64;
            let epoch = self.active_epoch();
            let wrapped = rows.iter().map(|row| row.wrapped.clone()).collect();
            let hashes = self.turned_hashes(old, wrapped, entropy)?;
            let pairs: Vec<_> = rows
                .into_iter()
                .zip(hashes)
                .map(|(row, turned)| {
                    let new = LookUpRow {
                        token: turned.token,
                        wrapped: turned.wrapped,
                        epoch,
                        ..row.clone()
                    };
                    (new, row)
                })
                .collect();
            self.database.write(Priority::Ordinary, move |tx| {
                pairs
                    .iter()
                    .try_for_each(|(new, old)| tx.turn_look_up(old, new))
            })?;
        }
    }

    fn turn_suppressions(&self, old: u32, entropy: &dyn Entropy) -> Result<u64, Fault> {
        let mut turned = 0;
        loop {
            let rows = self
                .database
                .read(|reader| reader.suppressions_of_epoch(old, ROWS_AT_ONCE))?;
            if rows.is_empty() {
                return Ok(turned);
            }
            turned += rows.len() as u64;
            let epoch = self.active_epoch();
            let wrapped = rows.iter().map(|row| row.wrapped.clone()).collect();
            let hashes = self.turned_hashes(old, wrapped, entropy)?;
            let pairs: Vec<_> = rows
                .into_iter()
                .zip(hashes)
                .map(|(row, turned)| {
                    let new = SuppressionRow {
                        token: turned.token,
                        wrapped: turned.wrapped,
                        epoch,
                        ..row.clone()
                    };
                    (new, row)
                })
                .collect();
            self.database.write(Priority::Ordinary, move |tx| {
                pairs
                    .iter()
                    .try_for_each(|(new, old)| tx.turn_suppression(old, new))
            })?;
        }
    }

    fn turn_periods(&self, old: u32, entropy: &dyn Entropy) -> Result<u64, Fault> {
        let mut rows = self.database.read(|reader| reader.period_keys())?;
        rows.retain(|row| row.epoch == old);
        let new = self.turned_periods(&rows, entropy)?;
        let turned = new.len() as u64;
        self.database.write(Priority::Ordinary, move |tx| {
            new.iter().try_for_each(|row| tx.turn_period_key(row))
        })?;
        Ok(turned)
    }
}

/// Empties a write-ahead log; readers hold it up for moments only.
fn empty_log(database: &Database) -> Result<(), Fault> {
    for _ in 1..TRIES_MAX {
        match database.truncate_log() {
            Err(busy) if busy.kind == FaultKind::Unavailable => std::thread::yield_now(),
            outcome => return outcome,
        }
    }
    database.truncate_log()
}

fn no_epoch() -> Fault {
    Fault::new(FaultKind::Integrity, "the keyring has no active epoch")
        .remedy("restore the keyring from its latest copy")
}
