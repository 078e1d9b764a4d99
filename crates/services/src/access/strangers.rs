//! Requests of those whom nobody knows: refused, and told in the journal by one entry a minute with
//! their number (mechanism, 12).

use std::sync::{Mutex, PoisonError};

use domain::{Account, Actor, ActorKind, Fault};
use journal::Act;

use super::Access;

/// The account under which they are told.
const ACCOUNT: &str = "edge";
const MINUTE: i64 = 60;

/// Those of the running minute: which minute, and how many.
#[derive(Default)]
pub(crate) struct Strangers(Mutex<(i64, u64)>);

impl Strangers {
    /// Counts one; gives the number of an earlier minute, which is over.
    fn count(&self, minute: i64, more: u64) -> u64 {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counted.0 == minute {
            true => {
                counted.1 += more;
                0
            }
            false => std::mem::replace(&mut *counted, (minute, more)).1,
        }
    }
}

impl Access<'_> {
    /// Counts a request that was refused because nobody was known by it.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn count_stranger(&self) -> Result<(), Fault> {
        self.count_strangers(1)
    }

    /// Tells of the strangers of a minute that is over.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn tell_of_strangers(&self) -> Result<(), Fault> {
        self.count_strangers(0)
    }

    fn count_strangers(&self, more: u64) -> Result<(), Fault> {
        let kept = self.kept;
        let moment = kept.moment()?;
        let minute = moment.now.as_second().div_euclid(MINUTE);
        let before = kept.strangers.count(minute, more);
        if before == 0 {
            return Ok(());
        }
        let actor = Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?);
        let mut detail = kept.detail(Act::RefusedUnknown, &actor, moment, &kept.law());
        detail.count = Some(before);
        kept.vault.record(&detail).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_told_once_it_is_over() {
        let strangers = Strangers::default();
        assert_eq!(strangers.count(7, 1), 0);
        assert_eq!(strangers.count(7, 1), 0);
        assert_eq!(strangers.count(8, 1), 2);
        assert_eq!(strangers.count(9, 0), 1);
        assert_eq!(strangers.count(10, 0), 0);
    }
}
