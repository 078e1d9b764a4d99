//! One writer a database: it gathers what waits into one transaction and answers after the commit.

mod queue;
mod reserve;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::{Fault, FaultKind, SubjectId};

use self::queue::{Job, Order, Queue, Undo};
use self::reserve::Reserve;
use crate::entry::Appender;
use crate::entry::recent::Recent;
use crate::error::{disk_full, disk_is_full, half_written, not_emptied};
use crate::link::Link;
use crate::postgres::{is_lost, is_to_be_tried_again};
use crate::remembered::{Remembered, Touched};
use crate::session::{Session, Standing};

/// How long to wait before a batch that something else undid is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(20);

/// How a job fares when room is short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Priority {
    /// An ordinary act.
    Ordinary,
    /// An erasure, objection, withdrawal, restriction or hold: it may use the reserve of a full
    /// disk (mechanism, 8).
    Restrictive,
    /// As restrictive; besides, the write-ahead log is emptied before the answer, so that what
    /// the job destroyed is in no file any more.
    Destroys,
}

/// A transaction that a job writes in.
pub struct Tx<'c> {
    pub(crate) connection: Link<'c>,
    pub(crate) appender: &'c mut Appender,
    /// How often people, keys or policies were changed, this transaction included.
    pub(crate) changes: &'c mut u64,
    /// Whom this transaction changed.
    pub(crate) touched: &'c mut Touched,
    pub(crate) standing: Option<&'c mut Standing>,
}

impl Tx<'_> {
    /// What holds for everybody who writes to the database, where others than this process do: what
    /// was decided under anything else is to be decided again. None where nobody else writes.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.standing.as_deref().copied()
    }

    /// Notes that a person, one of their records or of their keys is changed: what is known of them
    /// is out of date once this transaction stands.
    pub(crate) fn changes_person(&mut self, id: SubjectId) {
        *self.changes += 1;
        self.touched.person(id);
    }

    /// Notes that rows of any table are changed: whoever they may be about.
    pub(crate) fn changes_everybody(&mut self) {
        *self.changes += 1;
        self.touched.everybody();
    }

    /// Whether the database is spread over several machines.
    pub(crate) fn is_distributed(&self) -> bool {
        self.standing
            .as_ref()
            .is_some_and(|standing| standing.distributed)
    }
}

/// The thread that writes one database.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    remembered: Arc<Remembered>,
    recent: Arc<Recent>,
    /// Jobs that were handed in and not answered yet.
    unanswered: AtomicU64,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts writing from an end of the journal on.
    pub(crate) fn start(
        session: Session,
        appender: Appender,
        recent: Recent,
        reserve: Option<PathBuf>,
    ) -> Result<Self, Fault> {
        let reserve = reserve.map(Reserve::hold);
        let queue = Arc::new(Queue::default());
        let waiting = Arc::clone(&queue);
        let remembered = Arc::new(Remembered::default());
        let told = Arc::clone(&remembered);
        let recent = Arc::new(recent);
        let noted = Arc::clone(&recent);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                Loop {
                    session,
                    appender,
                    standing: None,
                    reserve,
                    changes: 0,
                    touched: Touched::default(),
                    remembered: told,
                    recent: noted,
                }
                .run(&waiting);
            })
            .map_err(|error| {
                Fault::new(FaultKind::Unavailable, "the machine gives no thread").because(error)
            })?;
        Ok(Self {
            queue,
            remembered,
            recent,
            unanswered: AtomicU64::new(0),
            thread: Some(thread),
        })
    }

    pub(crate) fn write<R, F>(&self, priority: Priority, work: F) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send + 'static,
    {
        self.submit(priority, Undo::Alone, work)
    }

    /// As [`Writer::write`], for work that writes one journal entry or nothing at all.
    pub(crate) fn append<R, F>(&self, priority: Priority, work: F) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send + 'static,
    {
        self.submit(priority, Undo::WithBatch, work)
    }

    /// How often people or policies were changed, and who was read since. What is read after the
    /// count was asked is at least as new.
    pub(crate) fn remembered(&self) -> &Remembered {
        &self.remembered
    }

    /// The entries that the journal's index by person does not have yet.
    pub(crate) fn recent(&self) -> &Recent {
        &self.recent
    }

    /// How many jobs wait for their answer.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    fn submit<R, F>(&self, priority: Priority, undo: Undo, work: F) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send + 'static,
    {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let outcome = self.queue.submit(priority, undo, work);
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        outcome
    }

    pub(crate) fn truncate_log(&self) -> Result<(), Fault> {
        let (answer, answered) = sync_channel(1);
        self.queue.order(Order::TruncateLog(answer))?;
        answered.recv().map_err(|_| stopped())?
    }

    pub(crate) fn release_reserve(&self) -> Result<(), Fault> {
        let (answer, answered) = sync_channel(1);
        self.queue.order(Order::ReleaseReserve(answer))?;
        answered.recv().map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has answered nobody wrongly; there is nothing left to do.
            let _ = thread.join();
        }
    }
}

fn stopped() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the installation has stopped writing",
    )
    .remedy("start Kept again; what was acknowledged is safe")
}

/// What the writer's thread owns.
struct Loop {
    session: Session,
    appender: Appender,
    standing: Option<Standing>,
    reserve: Option<Reserve>,
    changes: u64,
    touched: Touched,
    remembered: Arc<Remembered>,
    recent: Arc<Recent>,
}

impl Loop {
    fn run(mut self, queue: &Queue) {
        // Whoever hands a job in later, or was not answered because this came to an unforeseen end,
        // is told that nothing is written any more.
        let _closing = queue.closing();
        while let Some(batch) = queue.next() {
            let mut truncations = Vec::new();
            for order in batch.orders {
                match order {
                    Order::TruncateLog(answer) => truncations.push(answer),
                    Order::ReleaseReserve(answer) => {
                        self.release_reserve();
                        let _ = answer.send(Ok(()));
                    }
                }
            }
            self.commit(batch.jobs);
            // All who handed a job in go on at once.
            drop(batch.answered);
            if !truncations.is_empty() {
                let outcome = self.session.truncate_log();
                for answer in truncations {
                    let _ = answer.send(again(&outcome));
                }
            }
        }
    }

    /// Commits a batch and answers each job.
    fn commit(&mut self, mut batch: Vec<Job>) {
        if batch.is_empty() {
            return;
        }
        // While the reserve is given up, what room there is belongs to restrictive acts.
        let ordinary = |job: &Job| job.priority == Priority::Ordinary;
        if batch.iter().any(ordinary)
            && self
                .reserve
                .as_mut()
                .is_some_and(|reserve| !reserve.take_again())
        {
            batch = refuse_ordinary(batch);
        }
        let mut outcome = self.attempt(&mut batch);
        let until = Instant::now() + self.session.patience();
        while let Err(failed) = &outcome
            && (is_to_be_tried_again(failed) || is_lost(failed))
            && Instant::now() < until
        {
            std::thread::sleep(AGAIN_AFTER);
            outcome = self.attempt(&mut batch);
        }
        if let Err(failed) = &outcome
            && disk_is_full(failed)
            && self.reserve.is_some()
        {
            // Ordinary acts fail on a full disk; restrictive ones get the reserve.
            batch = refuse_ordinary(batch);
            if !batch.is_empty() {
                self.release_reserve();
            }
            outcome = self.attempt(&mut batch);
        }
        self.answer(batch, outcome);
    }

    /// Gives up the reserve; it is taken again before the next ordinary act.
    fn release_reserve(&mut self) {
        if let Some(reserve) = &mut self.reserve {
            reserve.release();
        }
    }

    fn answer(&mut self, batch: Vec<Job>, outcome: Result<Vec<Result<(), Fault>>, Fault>) {
        match outcome {
            Ok(each) => {
                let destroys = batch
                    .iter()
                    .zip(&each)
                    .any(|(job, went)| job.priority == Priority::Destroys && went.is_ok());
                let emptied = if destroys {
                    self.truncate_log_by_all_means().map_err(not_emptied)
                } else {
                    Ok(())
                };
                for (job, went) in batch.into_iter().zip(each) {
                    let went = match job.priority {
                        Priority::Destroys => went.and_then(|()| again(&emptied)),
                        Priority::Ordinary | Priority::Restrictive => went,
                    };
                    job.task.answer(went);
                }
            }
            Err(failed) => {
                for job in batch {
                    job.task.answer(again(&Err(copy(&failed))));
                }
            }
        }
    }

    /// Runs the jobs in one transaction, each in its own savepoint.
    fn attempt(&mut self, batch: &mut [Job]) -> Result<Vec<Result<(), Fault>>, Fault> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let before = (self.appender.clone(), self.changes);
        let outcome = self.transaction(batch);
        if outcome.is_err() {
            (self.appender, self.changes) = before;
        }
        self.appender.tell(&self.recent);
        self.remembered.committed(self.changes, &self.touched);
        self.touched.clear();
        if outcome.is_err() {
            self.session.rollback()?;
        }
        outcome
    }

    fn transaction(&mut self, batch: &mut [Job]) -> Result<Vec<Result<(), Fault>>, Fault> {
        if let Some(found) = self.session.begin()? {
            self.appender = Appender::at(found.frontier);
            self.changes = found.changes;
            self.standing = Some(found.standing);
        }
        if let [job] = batch {
            return self.only(job).map(|outcome| vec![outcome]);
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch {
            outcomes.push(self.job(job)?);
        }
        self.end()?;
        Ok(outcomes)
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.appender.settle(self.session.link()?, &self.recent)?;
        self.session.commit(self.changes)
    }

    /// Runs the only job of a batch, to the end: it needs no savepoint, as what undoes it undoes the
    /// transaction.
    fn only(&mut self, job: &mut Job) -> Result<Result<(), Fault>, Fault> {
        let before = (self.appender.mark(), self.changes, self.standing);
        match self.run_job(job) {
            Ok(()) => self.end().map(Ok),
            Err(failed) if Self::ends_batch(&failed) => Err(failed),
            Err(failed) => {
                self.appender.back_to(before.0);
                (self.changes, self.standing) = (before.1, before.2);
                self.session.rollback()?;
                Ok(Err(failed))
            }
        }
    }

    fn run_job(&mut self, job: &mut Job) -> Result<(), Fault> {
        let went = job.task.run(&mut Tx {
            connection: self.session.link()?,
            appender: &mut self.appender,
            changes: &mut self.changes,
            touched: &mut self.touched,
            standing: self.standing.as_mut(),
        });
        match went {
            // A full disk has undone the whole transaction already.
            Err(failed) if self.session.is_undone() || disk_is_full(&failed) => Err(disk_full()),
            went => went,
        }
    }

    /// Whether what went wrong with a job is no matter of the job: then its batch is undone, and
    /// perhaps tried again.
    fn ends_batch(failed: &Fault) -> bool {
        disk_is_full(failed) || is_lost(failed) || is_to_be_tried_again(failed)
    }

    /// Runs one job of a batch. The outer error is the whole batch's.
    fn job(&mut self, job: &mut Job) -> Result<Result<(), Fault>, Fault> {
        let alone = job.undo == Undo::Alone;
        if alone {
            self.session.savepoint()?;
        }
        let mark = (self.appender.mark(), self.changes, self.standing);
        let mut went = self.run_job(job);
        if alone && went.is_ok() {
            went = self.session.release();
        }
        let Err(failed) = &went else { return Ok(went) };
        self.appender.back_to(mark.0);
        (self.changes, self.standing) = (mark.1, mark.2);
        if self.session.is_undone() {
            return Err(disk_full());
        }
        if Self::ends_batch(failed) {
            return went.map(Ok);
        }
        if !alone {
            return Err(half_written());
        }
        self.session.back_to_savepoint()?;
        Ok(went)
    }

    /// Empties the log, with the reserve's room where there is no other.
    fn truncate_log_by_all_means(&mut self) -> Result<(), Fault> {
        match self.session.truncate_log() {
            Err(full) if disk_is_full(&full) && self.reserve.is_some() => {
                self.release_reserve();
                self.session.truncate_log()
            }
            outcome => outcome,
        }
    }
}

/// Refuses the ordinary acts of a batch; gives the others.
fn refuse_ordinary(batch: Vec<Job>) -> Vec<Job> {
    let (others, ordinary): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .partition(|job| job.priority != Priority::Ordinary);
    for job in ordinary {
        job.task.answer(Err(disk_full()));
    }
    others
}

/// The same fault for one more asker, without the technical cause.
fn copy(failed: &Fault) -> Fault {
    let mut copied = Fault::new(failed.kind, failed.message.clone());
    copied.rule.clone_from(&failed.rule);
    copied.remedy.clone_from(&failed.remedy);
    copied
}

fn again(outcome: &Result<(), Fault>) -> Result<(), Fault> {
    match outcome {
        Ok(()) => Ok(()),
        Err(failed) => Err(copy(failed)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use domain::{FaultKind, KeyId, SubjectId};

    use super::Priority;
    use crate::keyring::KeyRow;
    use crate::{Database, Home, Place};

    #[test]
    fn a_key_that_may_be_in_the_log_still_is_not_called_gone_nor_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring.db");
        let reserve = folder.path().join("reserve");
        let place = Place::File {
            path: path.clone(),
            reserve,
        };
        let keyring = Database::open(Home::Keyring, &place).unwrap();
        let (subject, key) = (SubjectId([1; 16]), KeyId([2; 16]));
        keyring
            .write(Priority::Ordinary, move |tx| {
                tx.put_key(&KeyRow {
                    id: key,
                    subject,
                    epoch: 1,
                    wrapped: vec![3; 60],
                })
            })
            .unwrap();
        let destroy = || keyring.write(Priority::Destroys, move |tx| tx.destroy_key(subject, key));
        let reader = rusqlite::Connection::open(&path).unwrap();
        reader
            .execute_batch("BEGIN; SELECT * FROM record_key")
            .unwrap();
        let fault = destroy().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unavailable);
        assert!(fault.message.contains("may still hold its key"), "{fault}");
        assert!(fault.remedy.unwrap().contains("kept keys rotate"));
        assert!(keyring.keys_of(subject).unwrap().keys.is_empty());
        reader.execute_batch("COMMIT").unwrap();
        destroy().unwrap();
    }
}
