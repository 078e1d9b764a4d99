//! The keys: where the epochs stand, and the turn that makes old copies worthless (10j).

use std::fs;
use std::path::PathBuf;
use std::sync::PoisonError;

use domain::{Fault, FaultKind, RecordId};
use door::restrictive::RestrictiveAct;
pub use door::{Kind, Manager, NamedManager, Step, TokenPlace, Turned};
use jiff::{SignedDuration, Timestamp};
use journal::Act;
pub use store::keyring::{EpochRows, EpochState};

use crate::act::Acting;
use crate::backup::CopyState;
use crate::kept::Kept;

/// Where the keys stand.
#[derive(Debug)]
pub struct KeysStatus {
    /// The epochs, the oldest first.
    pub epochs: Vec<EpochStatus>,
    /// The key manager that has the next epoch's keys; none: files of the key folder.
    pub manager: Option<NamedManager>,
    /// The key folder.
    pub folder: PathBuf,
    /// What erasures wait for to be unrecoverable from old copies too.
    pub waiting: Option<Waiting>,
    /// The places that the keyring is shipped to, and what they hold.
    pub copies: Vec<CopyState>,
}

/// One epoch.
#[derive(Debug)]
pub struct EpochStatus {
    /// Its number, from 1.
    pub number: u32,
    /// Where it is in its life.
    pub state: EpochState,
    /// Which manager has its keys and by which algorithms; none where an algorithm is none that is
    /// let in any more.
    pub kind: Option<Kind>,
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

/// When a step of a turn is done, microseconds UTC.
type Now<'t> = &'t dyn Fn() -> i64;

/// What a turn tells of each step, with its epoch.
type StepTold<'t> = &'t mut dyn FnMut(u32, Step) -> Result<(), Fault>;

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
                kind: keyring.kind(row.number).ok(),
                made: moment_of(row.made),
                destroyed: row.destroyed.map(moment_of),
                rows: keyring.rows_of_epoch(row.number)?,
            });
        }
        let waiting = self.waiting(&epochs)?;
        let keys = &self.vault().layout().keys;
        let copies = self.copy_states()?;
        Ok(KeysStatus {
            epochs,
            manager: self.vault().key_manager(),
            folder: fs::canonicalize(keys).unwrap_or_else(|_| keys.clone()),
            waiting,
            copies,
        })
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
        let lines = self.vault().restrictive().acts()?;
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
        self.turn(acting, told, &|now, told| self.vault().turn_keys(now, told))
    }

    /// Carries the keys over to a token by a turn. The token has shown before that it does all that
    /// will be asked of it; a turn that is interrupted goes on to it.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the manager, its algorithm or its module is not let in,
    /// [`FaultKind::Conflict`] when the keys are in another token; those of [`Kept::rotate_keys`].
    pub fn move_keys(
        &self,
        to: NamedManager,
        acting: &Acting,
        told: Told<'_>,
    ) -> Result<Turned, Fault> {
        self.vault().take_manager(to)?;
        let turned = self.turn(acting, told, &|now, told| {
            self.vault().turn_keys_until(Manager::Pkcs11, now, told)
        })?;
        self.note_stored_level(&acting.actor)?;
        Ok(turned)
    }

    /// Carries the keys back into files, from where they can be copied: weaker, so never done
    /// without a reason, which is kept.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when no reason is given, [`FaultKind::Conflict`] when the keys are in
    /// files; those of [`Kept::rotate_keys`].
    pub fn move_keys_to_files(
        &self,
        reason: Option<&str>,
        acting: &Acting,
        told: Told<'_>,
    ) -> Result<Turned, Fault> {
        if self.vault().keys_in_use()?.manager == Manager::Files
            && self.vault().key_manager().is_none()
        {
            let message = "the keys are in files of the key folder";
            return Err(Fault::new(FaultKind::Conflict, message)
                .remedy("turn them with `kept keys rotate`"));
        }
        self.accept_keys_in_files(reason, &acting.actor)?;
        self.turn(acting, told, &|now, told| {
            self.vault().leave_manager(now, told)
        })
    }

    /// Does a turn, each of whose steps is in the journal.
    fn turn(
        &self,
        acting: &Acting,
        told: Told<'_>,
        how: &dyn Fn(Now<'_>, StepTold<'_>) -> Result<Turned, Fault>,
    ) -> Result<Turned, Fault> {
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
        let turned = how(&now, &mut |epoch, step| {
            told(step);
            self.claim(TURNING, CLAIM_LASTS)?;
            match step {
                Step::Wrapping(_) => Ok(()),
                Step::Emptied => {
                    self.trace_step(epoch, step, acting)?;
                    // The epoch before is the one whose key is to be destroyed.
                    self.ship_without_epoch(epoch.saturating_sub(1))
                }
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
