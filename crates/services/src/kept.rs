//! An open installation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use domain::{Actor, Clock, Fault, FaultKind, Moment, SubjectId};
use door::{Batch, Beside, Loaded, Receipt, Still, Vault, detail};
use jiff::Timestamp;
use journal::{Act, Detail, Entry};
use store::Priority;

use crate::access::duty::duty_changed;
use crate::access::strangers::Strangers;
use crate::act::Acting;
use crate::backup::Shipping;
use crate::capacity::told;
use crate::clock::{Floor, RehearsalClock};
use crate::concern::owed_basis;
use crate::law::Law;
use crate::overview::going::Goings;
use crate::search::NameIndexes;
use crate::select::Standing;
use crate::webhook::Subscribers;

/// An open installation: its vault, the policy in force, its clock.
pub struct Kept {
    pub(crate) vault: Vault,
    pub(crate) law: RwLock<Arc<Law>>,
    /// Shared by every commit, taken alone while a new policy takes effect: no act is decided by
    /// one policy and written under another (mechanism, 10).
    pub(crate) applying: RwLock<()>,
    pub(crate) time: Time,
    /// Held by what needs the published journal to stand still: verification, checkpoints,
    /// pruning.
    pub(crate) journal_work: Mutex<()>,
    /// Held by a turn of the keys: there is one at a time.
    pub(crate) keys_work: Mutex<()>,
    /// Held while a backup is made: there is one at a time.
    pub(crate) backup_work: Mutex<()>,
    /// What was shipped to the places outside.
    pub(crate) shipping: Shipping,
    /// Held while what an account signs in with changes, and while failures are counted.
    pub(crate) sign_in_work: Mutex<()>,
    /// Names in memory, for finding people by them.
    pub(crate) names: NameIndexes,
    /// What people are held for, in memory, for selecting them by it.
    pub(crate) standing: Standing,
    /// When records go, as it was last worked out.
    pub(crate) goings: Goings,
    /// Held while a message is on its way: there is one at a time.
    pub(crate) mail_work: Mutex<()>,
    /// Requests of those whom nobody knows, in the running minute.
    pub(crate) strangers: Strangers,
    /// Where other copies change people too: which version of whom is known here.
    pub(crate) versions: Mutex<HashMap<SubjectId, u64>>,
    /// Which of the copies of Kept on one database this is; nothing where it is alone.
    pub(crate) copy: [u8; 16],
    /// Which programs are told of what happens.
    pub(crate) subscribers: RwLock<Subscribers>,
}

/// Says no in a transaction whose act nobody may do any more.
pub(crate) type StillActing = Box<dyn Fn(&store::Tx<'_>) -> Result<(), Fault> + Send>;

/// Which clock an installation runs on.
pub(crate) enum Time {
    /// The machine's, with a floor.
    Machine { clock: Arc<dyn Clock>, floor: Floor },
    /// A rehearsal's.
    Rehearsal(RehearsalClock),
}

impl Kept {
    /// The vault.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The policy in force, as of now.
    #[must_use]
    pub fn law(&self) -> Arc<Law> {
        Arc::clone(&self.law.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether time is simulated here.
    #[must_use]
    pub fn is_rehearsal(&self) -> bool {
        matches!(self.time, Time::Rehearsal(_))
    }

    /// The present moment.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the machine's clock jumped.
    pub fn moment(&self) -> Result<Moment, Fault> {
        Ok(self.law().in_force.moment(self.now()?))
    }

    /// What time it is: of a [`Kept::moment`] that alone.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn now(&self) -> Result<Timestamp, Fault> {
        let now = match &self.time {
            Time::Machine { clock, floor } => floor.check(clock.now(), false)?,
            Time::Rehearsal(clock) => clock.now(),
        };
        // What is stored has microseconds; what is decided on must not have more.
        Ok(domain::dossier::stored(now))
    }

    /// Makes decided changes, all of them or none.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when a person, or the policy in force, changed since the decision, or
    /// the role in which it is done is not held any more;
    /// [`FaultKind::Unavailable`] when something cannot be written.
    pub(crate) fn commit(
        &self,
        law: &Law,
        batch: impl Into<Batch>,
        acting: &Acting,
        moment: Moment,
    ) -> Result<Vec<Receipt>, Fault> {
        let applied = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        if !self.law().is_that_of(law) {
            return Err(another_law());
        }
        let mut batch = self.tell_of(batch.into(), law, moment);
        if self.vault.data().is_shared() {
            let under = self.under(law);
            batch.beside = Some(guarded(under, batch.beside.take()));
        }
        if acting.actor.capacity.is_some() {
            let still = self.still_acting(acting).map_err(changed)?;
            batch.beside = Some(guarded(still, batch.beside.take()));
        }
        let people: Vec<SubjectId> = batch.changes.iter().map(|it| it.subject.id).collect();
        let written = self.vault.change(batch, moment.now, &law.names);
        self.names.changed(&people);
        self.standing.changed(&people);
        drop(applied);
        self.noticing(written)
    }

    /// What is asked again in the transaction in which a grant is recorded: that whoever acts holds
    /// the role that they act in.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when they do not any more.
    pub(crate) fn still(&self, actor: &Actor) -> Result<Option<Still>, Fault> {
        let duty = self.access().proved(actor)?;
        Ok(duty.map(|duty| -> Still { Box::new(move |tx| duty.stands(tx)) }))
    }

    /// Asks, in the transaction of what is done, whether whoever does it holds their role still.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when they do not any more.
    pub(crate) fn still_acting(&self, acting: &Acting) -> Result<StillActing, Fault> {
        let duty = self.access().proved(&acting.actor)?;
        Ok(Box::new(move |tx| match &duty {
            Some(duty) if !duty.stands(tx)? => Err(duty_changed()),
            Some(_) | None => Ok(()),
        }))
    }

    /// Writes entries of what changes nothing, if the law is still the one that it was decided by.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when another policy or authorisation is in force.
    pub(crate) fn record_under(&self, law: &Law, entries: Vec<Entry>) -> Result<u64, Fault> {
        let applied = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        if !self.law().is_that_of(law) {
            return Err(another_law());
        }
        let under = self.under(law);
        let written = self.vault.data().write(Priority::Ordinary, move |tx| {
            under(tx)?;
            let mut places = entries.iter().map(|entry| tx.append(entry));
            places.try_fold(0, |_, place| place)
        });
        drop(applied);
        self.noticing(written)
    }

    /// Loads a person.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when nothing is held about such a person.
    pub fn person(&self, id: SubjectId, law: &Law) -> Result<Loaded, Fault> {
        self.vault.load(id, &law.names)?.ok_or_else(nobody)
    }

    /// Waits for other work on the published journal, and keeps it away until the guard goes.
    pub(crate) fn hold_journal(&self) -> MutexGuard<'_, ()> {
        self.journal_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for other work on the outbox, and keeps it away until the guard goes.
    pub(crate) fn hold_mail(&self) -> MutexGuard<'_, ()> {
        self.mail_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The journal's detail of an act, to be completed.
    pub(crate) fn detail(&self, act: Act, actor: &Actor, moment: Moment, law: &Law) -> Detail {
        let mut detail = detail(act, actor, moment, law.policy().version);
        detail.basis = owed_basis(act);
        told(&mut detail, actor, law);
        detail
    }
}

pub(crate) fn another_law() -> Fault {
    Fault::new(FaultKind::Conflict, "a new policy has come into force").remedy("decide again")
}

/// A role that is held no more when its act is to be written: the act is decided again, and refused
/// there with its trace.
fn changed(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::Refused => duty_changed(),
        _ => fault,
    }
}

/// What is written beside a change, once whoever makes it was seen to hold their role still.
fn guarded(still: StillActing, mut beside: Option<Beside>) -> Beside {
    Box::new(move |tx| {
        still(tx)?;
        beside.as_mut().map_or(Ok(()), |beside| beside(tx))
    })
}

/// Nothing is held about such a person; the same for one who was erased and one who never was.
pub(crate) fn nobody() -> Fault {
    Fault::new(FaultKind::Absent, "nothing is held about such a person")
        .remedy("check the identifier; data that was erased cannot be brought back")
}
