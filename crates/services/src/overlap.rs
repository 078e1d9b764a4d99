//! Batches that are written while the next one is decided.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::thread::{Builder, Scope, ScopedJoinHandle};

use domain::{Fault, FaultKind};

/// How many batches are written at once: while one waits for the disk, the other is sealed.
const AT_ONCE: usize = 2;

/// Batches under way, in the order in which they were begun. What is left under way when a scope
/// ends is waited for there.
pub(crate) struct Overlap<'scope, 'env, R> {
    scope: &'scope Scope<'scope, 'env>,
    under_way: VecDeque<ScopedJoinHandle<'scope, R>>,
}

impl<'scope, 'env, R: Send + 'scope> Overlap<'scope, 'env, R> {
    pub(crate) const fn new(scope: &'scope Scope<'scope, 'env>) -> Self {
        Self {
            scope,
            under_way: VecDeque::new(),
        }
    }

    /// Where as many are under way as may be, waits for the oldest: to be called before
    /// [`Overlap::begin`], once the next batch is decided.
    pub(crate) fn make_room(&mut self) -> Option<R> {
        match self.under_way.len() < AT_ONCE {
            true => None,
            false => self.oldest(),
        }
    }

    /// Begins to write a batch.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the machine gives no thread.
    pub(crate) fn begin(&mut self, write: impl FnOnce() -> R + Send + 'scope) -> Result<(), Fault> {
        let thread = Builder::new()
            .name("batch".to_owned())
            .spawn_scoped(self.scope, write)
            .map_err(|error| {
                Fault::new(FaultKind::Unavailable, "the machine gives no thread").because(error)
            })?;
        self.under_way.push_back(thread);
        Ok(())
    }

    /// Waits for the oldest; none where nothing is under way.
    pub(crate) fn oldest(&mut self) -> Option<R> {
        let oldest = self.under_way.pop_front()?;
        Some(oldest.join().unwrap_or_else(|panic| resume_unwind(panic)))
    }
}
