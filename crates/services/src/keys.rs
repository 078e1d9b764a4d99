//! The keys: where the epochs stand, and the turn that makes old copies worthless (10j).

use std::sync::PoisonError;

use domain::{Fault, FaultKind, RecordId};
use door::restrictive::{RestrictiveAct, RestrictiveLog};
pub use door::{Step, Turned};
use jiff::{SignedDuration, Timestamp};
use journal::Act;
pub use store::keyring::{EpochRows, EpochState};

use crate::act::Acting;
use crate::kept::Kept;

/// Where the keys stand.
#[derive(Debug)]
pub struct KeysStatus {
    /// The epochs, the oldest first.
    pub epochs: Vec<EpochStatus>,
    /// What erasures wait for to be unrecoverable from old copies too.
    pub waiting: Option<Waiting>,
}

/// One epoch.
#[derive(Debug)]
pub struct EpochStatus {
    /// Its number, from 1.
    pub number: u32,
    /// Where it is in its life.
    pub state: EpochState,
    /// When its key was made.
    pub made: Timestamp,
    /// When its key was destroyed.
    pub destroyed: Option<Timestamp>,
    /// What its key wraps.
    pub rows: EpochRows,
}

/// The second stage of erasures: unreadable here since they were acknowledged, and unrecoverable
/// from copies once the epoch is destroyed (mechanism, 1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The epoch whose destruction they wait for.
    pub epoch: u32,
    /// How many records were erased since that epoch began, at the most.
    pub records: u64,
    /// When the first of them was.
    pub since: Timestamp,
}

/// The turn of the keys, which one copy makes.
const TURNING: &str = "keys-turn";
/// How long it is another copy's where that went silent.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(2);

/// What a turn of the keys tells of while it runs.
pub type Told<'t> = &'t mut dyn FnMut(Step);

impl Kept {
    /// Where the keys stand.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn keys_status(&self) -> Result<KeysStatus, Fault> {
        let keyring = self.vault().keyring();
        let mut epochs = Vec::new();
        for row in keyring.epochs()? {
            epochs.push(EpochStatus {
                number: row.number,
                state: row.state,
                made: moment_of(row.made),
                destroyed: row.destroyed.map(moment_of),
                rows: keyring.rows_of_epoch(row.number)?,
            });
        }
        let waiting = self.waiting(&epochs)?;
        Ok(KeysStatus { epochs, waiting })
    }

    /// The oldest epoch that lives: copies of its time can be opened with its key.
    fn waiting(&self, epochs: &[EpochStatus]) -> Result<Option<Waiting>, Fault> {
        let oldest = epochs.iter().find(|epoch| {
            matches!(
                epoch.state,
                EpochState::Active | EpochState::Retiring | EpochState::Emptied
            )
        });
        let Some(oldest) = oldest else {
            return Ok(None);
        };
        let lines = RestrictiveLog::read(&self.vault().layout().restrictive())?;
        let mut erased = lines
            .iter()
            .filter(|line| line.act == RestrictiveAct::Erased && line.record != RecordId([0; 16]))
            .map(|line| moment_of(line.at))
            .filter(|at| *at >= oldest.made)
            .collect::<Vec<_>>();
        erased.sort_unstable();
        Ok(erased.first().map(|since| Waiting {
            epoch: oldest.number,
            records: erased.len() as u64,
            since: *since,
        }))
    }

    /// Turns the keys, or finishes a turn that was interrupted, while reads and writes go on. Each
    /// step is in the journal. `told` hears of each too.
    ///
    /// # Errors
    /// When a key cannot be made or destroyed, a row is damaged, or the journal cannot be written;
    /// the turn can be taken up again.
    pub fn rotate_keys(&self, acting: &Acting, told: Told<'_>) -> Result<Turned, Fault> {
        let _one = self
            .keys_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !self.claim(TURNING, CLAIM_LASTS)? {
            return Err(Fault::new(
                FaultKind::Conflict,
                "another copy of Kept is turning the keys",
            )
            .remedy("wait until it has finished; `kept keys status` shows where it stands"));
        }
        // The clock may jump while the turn runs; a step that was done is dated all the same.
        let began = self.moment()?;
        let now = || self.moment().unwrap_or(began).now.as_microsecond();
        let turned = self.vault().turn_keys(&now, &mut |epoch, step| {
            told(step);
            self.claim(TURNING, CLAIM_LASTS)?;
            match step {
                Step::Wrapping(_) => Ok(()),
                _ => self.trace_step(epoch, step, acting),
            }
        })?;
        self.give_up_claim(TURNING)?;
        Ok(turned)
    }

    fn trace_step(&self, epoch: u32, step: Step, acting: &Acting) -> Result<(), Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let act = match step {
            Step::Made => Act::KeysTurnStarted,
            Step::Destroyed => Act::KeysTurned,
            Step::Begun
            | Step::Dropped(_)
            | Step::Wrapping(_)
            | Step::Wrapped(_)
            | Step::Emptied => Act::KeysTurnStep,
        };
        let mut detail = self.detail(act, &acting.actor, moment, &law);
        detail.reference = Some(u64::from(epoch));
        detail.rule = Some(step.name().to_owned());
        detail.count = match step {
            Step::Dropped(rows) | Step::Wrapping(rows) | Step::Wrapped(rows) => Some(rows),
            Step::Made | Step::Begun | Step::Emptied | Step::Destroyed => None,
        };
        self.vault().record(&detail).map(|_| ())
    }
}

fn moment_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
