//! Running a workload: clients at once, each with its own operations, each operation timed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use domain::{Fault, FaultKind};

use super::draw::Draw;
use super::operation::{Answer, Operation};

/// What a run is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// How many operations, of all clients together.
    pub operations: usize,
    /// How many clients at once.
    pub clients: usize,
    /// What the operations are drawn by.
    pub seed: u64,
}

/// What a run came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// What it was.
    pub plan: Plan,
    /// How long it took.
    pub seconds: f64,
    /// Each operation of it, by name.
    pub each: BTreeMap<&'static str, Times>,
}

/// How long operations of one name took.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Times {
    /// Microseconds, from the shortest to the longest.
    sorted: Vec<f64>,
    /// How many records or entries they found in all.
    pub found: u64,
}

impl Measured {
    /// Operations a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.plan.operations as f64 / self.seconds
    }
}

impl Times {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The time that a share of them stayed within, in microseconds.
    #[must_use]
    pub fn within(&self, share: f64) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.sorted.get(at).copied().unwrap_or_default()
    }
}

/// Runs operations on whatever carries them out: each client draws its own and calls `connect` once.
/// `progress` hears how many operations are done.
///
/// # Errors
/// The first that an operation meets; the run then stops.
pub fn run<C, F>(
    plan: Plan,
    draw: &(dyn Fn(&mut Draw) -> Operation + Sync),
    connect: impl Fn() -> Result<C, Fault> + Sync,
    progress: &F,
) -> Result<Measured, Fault>
where
    C: FnMut(Operation) -> Result<Answer, Fault>,
    F: Fn(u64) + Sync,
{
    let (stopped, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = std::sync::Barrier::new(plan.clients + 1);
    let client = |number: usize| -> Result<Vec<Timed>, Fault> {
        let mut chance = Draw::new(plan.seed, number as u64);
        let connected = connect();
        start.wait();
        let mut carry_out = connected?;
        let mut times = Vec::new();
        for _ in (number..plan.operations).step_by(plan.clients) {
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            let operation = draw(&mut chance);
            let watch = Instant::now();
            let answer = carry_out(operation).inspect_err(|_| {
                stopped.store(true, Ordering::Relaxed);
            })?;
            let micros = watch.elapsed().as_secs_f64() * 1e6;
            times.push((operation.name(), micros, answer.found()));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
        Ok(times)
    };
    let (times, seconds) = thread::scope(|scope| {
        let clients: Vec<_> = (0..plan.clients)
            .map(|number| scope.spawn(move || client(number)))
            .collect();
        start.wait();
        let watch = Instant::now();
        let times: Result<Vec<Vec<Timed>>, Fault> = clients
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err(stopped_short())))
            .collect();
        times.map(|times| (times, watch.elapsed().as_secs_f64()))
    })?;
    let mut each: BTreeMap<&'static str, Times> = BTreeMap::new();
    for (name, micros, found) in times.into_iter().flatten() {
        let times = each.entry(name).or_default();
        times.sorted.push(micros);
        times.found += found as u64;
    }
    for times in each.values_mut() {
        times.sorted.sort_by(f64::total_cmp);
    }
    Ok(Measured {
        plan,
        seconds,
        each,
    })
}

/// An operation's name, how long it took in microseconds, what it found.
type Timed = (&'static str, f64, usize);

fn stopped_short() -> Fault {
    Fault::new(FaultKind::Unavailable, "a client stopped")
}
