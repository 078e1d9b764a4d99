//! A few at a time: hashing a password takes much memory on purpose, and whoever sends many must not
//! take all there is.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::{Fault, FaultKind};

/// How long a turn is waited for: whoever comes when so many wait is told to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// So many may do something at a time.
pub(crate) struct Turns {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A turn; it is over when this is dropped.
pub(crate) struct Turn<'t>(&'t Turns);

impl Turns {
    pub(crate) const fn new(at_a_time: usize) -> Self {
        Self {
            free: Mutex::new(at_a_time),
            freed: Condvar::new(),
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when there is none for a while.
    pub(crate) fn take(&self) -> Result<Turn<'_>, Fault> {
        self.take_within(PATIENCE)
    }

    fn take_within(&self, patience: Duration) -> Result<Turn<'_>, Fault> {
        let until = Instant::now() + patience;
        let mut free = self.lock();
        while *free == 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Fault::new(
                    FaultKind::Unavailable,
                    "too many passwords are being checked at the moment",
                )
                .remedy("try again in a moment"));
            }
            let waited = self.freed.wait_timeout(free, left);
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        Ok(Turn(self))
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.lock() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn so_many_at_a_time_and_everybody_in_the_end() {
        let turns = Turns::new(2);
        let (now, most, done) = (
            AtomicUsize::new(0),
            AtomicUsize::new(0),
            AtomicUsize::new(0),
        );
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let _turn = turns.take_within(Duration::from_secs(60)).unwrap();
                    let at = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(at, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(done.load(Ordering::SeqCst), 16);
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[test]
    fn whoever_comes_when_all_are_taken_is_told_to_come_again() {
        let turns = Turns::new(1);
        let turn = turns.take().unwrap();
        let refused = turns.take_within(Duration::ZERO).err().unwrap();
        assert_eq!(refused.kind, FaultKind::Unavailable);
        drop(turn);
        assert!(turns.take_within(Duration::ZERO).is_ok());
    }
}
