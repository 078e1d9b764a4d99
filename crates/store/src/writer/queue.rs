//! Where jobs wait for the writer. Those of one batch wait together, and are woken together once the
//! batch is answered: to wake them one by one costs the writer more than some of the jobs do.

use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use domain::Fault;

use super::{Priority, Tx, stopped};

/// Jobs that one transaction takes at the most.
const BATCH_MAX: usize = 1024;

/// What somebody wants done, and how they are told.
pub(super) trait Task: Send {
    /// Does it in the transaction, perhaps more than once.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault>;

    /// Tells the asker how it went, once that is certain.
    fn answer(self: Box<Self>, outcome: Result<(), Fault>);
}

/// How much of a job can be undone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// It is undone alone: it has a savepoint.
    Alone,
    /// It writes one journal entry or nothing at all: if that fails, the whole batch does.
    WithBatch,
}

/// Something to be done in a transaction.
pub(super) struct Job {
    pub(super) priority: Priority,
    pub(super) undo: Undo,
    pub(super) task: Box<dyn Task>,
}

/// Something to be done between two transactions.
pub(super) enum Order {
    /// The write-ahead log is to be emptied.
    TruncateLog(SyncSender<Result<(), Fault>>),
    /// The reserve is to be given up.
    ReleaseReserve(SyncSender<Result<(), Fault>>),
}

/// What the writer does next.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) jobs: Vec<Job>,
    pub(super) orders: Vec<Order>,
    /// Wakes those who handed the jobs in when it goes: each has been answered then, or never is.
    pub(super) answered: Answering,
}

/// Jobs on their way to the writer.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    batches: VecDeque<Batch>,
    /// Whether the writer has nothing to do.
    idle: bool,
    closed: bool,
}

impl Queue {
    /// Hands a job in, and waits until it is answered.
    pub(super) fn submit<R, F>(&self, priority: Priority, undo: Undo, work: F) -> Result<R, Fault>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send + 'static,
    {
        let slot = Arc::new(Mutex::new(None));
        let job = Job {
            priority,
            undo,
            task: Box::new(Handed {
                work,
                value: None,
                slot: Arc::clone(&slot),
            }),
        };
        self.hand_in(job)?.wait();
        let told = locked(&slot).take();
        let Told { outcome, value, .. } = told.ok_or_else(stopped)?;
        outcome?;
        value.ok_or_else(stopped)
    }

    fn hand_in(&self, job: Job) -> Result<Arc<Answered>, Fault> {
        let mut waiting = self.open()?;
        let full = |batch: &Batch| batch.jobs.len() >= BATCH_MAX;
        if waiting.batches.back().is_none_or(full) {
            waiting.batches.push_back(Batch::default());
        }
        let batch = waiting.batches.back_mut().ok_or_else(stopped)?;
        batch.jobs.push(job);
        let answered = Arc::clone(&batch.answered.0);
        self.wake(waiting);
        Ok(answered)
    }

    /// Hands something in that is done between two transactions.
    pub(super) fn order(&self, order: Order) -> Result<(), Fault> {
        let mut waiting = self.open()?;
        if waiting.batches.is_empty() {
            waiting.batches.push_back(Batch::default());
        }
        let batch = waiting.batches.back_mut().ok_or_else(stopped)?;
        batch.orders.push(order);
        self.wake(waiting);
        Ok(())
    }

    fn open(&self) -> Result<MutexGuard<'_, Waiting>, Fault> {
        let waiting = locked(&self.waiting);
        match waiting.closed {
            true => Err(stopped()),
            false => Ok(waiting),
        }
    }

    fn wake(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let idle = std::mem::take(&mut waiting.idle);
        drop(waiting);
        if idle {
            self.arrived.notify_one();
        }
    }

    /// What the writer does next; waits for it. None once the queue is closed and everything that
    /// was handed in before is done.
    pub(super) fn next(&self) -> Option<Batch> {
        let mut waiting = locked(&self.waiting);
        loop {
            if let Some(batch) = waiting.batches.pop_front() {
                return Some(batch);
            }
            if waiting.closed {
                return None;
            }
            waiting.idle = true;
            waiting = self
                .arrived
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes nothing in any more.
    pub(super) fn close(&self) {
        locked(&self.waiting).closed = true;
        self.arrived.notify_one();
    }

    /// Closes the queue when it goes, and lets go of whoever waits in it.
    pub(super) fn closing(&self) -> Closing<'_> {
        Closing(self)
    }
}

/// See [`Queue::closing`].
pub(super) struct Closing<'q>(&'q Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
        let left = std::mem::take(&mut locked(&self.0.waiting).batches);
        drop(left);
    }
}

/// Work that was handed in, with where its asker looks for the answer.
struct Handed<R, F> {
    work: F,
    value: Option<R>,
    slot: Arc<Mutex<Option<Told<R, F>>>>,
}

/// What came of one job, with the work: whoever made it lets go of it, and not the writer, whom
/// others wait for.
struct Told<R, F> {
    outcome: Result<(), Fault>,
    value: Option<R>,
    _work: F,
}

impl<R, F> Task for Handed<R, F>
where
    R: Send,
    F: FnMut(&mut Tx<'_>) -> Result<R, Fault> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.value = Some((self.work)(tx)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Fault>) {
        let Self { work, value, slot } = *self;
        *locked(&slot) = Some(Told {
            outcome,
            value,
            _work: work,
        });
    }
}

/// Whether the jobs of a batch were answered.
#[derive(Default)]
struct Answered {
    over: Mutex<bool>,
    told: Condvar,
}

impl Answered {
    fn wait(&self) {
        let over = locked(&self.over);
        let waited = self.told.wait_while(over, |over| !*over);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Wakes those who wait for a batch when it goes.
#[derive(Default)]
pub(super) struct Answering(Arc<Answered>);

impl Drop for Answering {
    fn drop(&mut self) {
        *locked(&self.0.over) = true;
        self.0.told.notify_all();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
