//! Several copies of Kept on one database: each takes notice of what the others did, what is decided
//! under a law that another of them replaced is decided again, and work that one does is left alone
//! by the rest.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use domain::{Fault, FaultKind, SubjectId};
use jiff::SignedDuration;
use store::data::claim::Claimant;
use store::{Priority, Standing};

use crate::kept::{Kept, StillActing, another_law};
use crate::law::Law;

/// How long whoever waits for a piece of work waits until it asks again.
const ASKS_AGAIN_AFTER: Duration = Duration::from_millis(250);

impl Kept {
    /// Whether other copies of Kept may work on the same database.
    #[must_use]
    pub fn is_one_of_several(&self) -> bool {
        self.vault.data().is_shared()
    }

    /// Takes notice of what other copies did: another policy or authorisation that is in force,
    /// another epoch of the keys, addresses that programs are told at. Nothing to do where nobody
    /// else writes.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn catch_up(&self) -> Result<(), Fault> {
        let data = self.vault.data();
        if !data.is_shared() {
            return Ok(());
        }
        let standing = data.read(|reader| reader.standing())?;
        if !is_standing(&self.law(), standing) {
            let _alone = self
                .applying
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            let law = Law::load(data)?;
            *self.law.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(law);
        }
        self.load_subscribers()?;
        self.vault.keyring().catch_up()
    }

    /// Notes who was changed by other copies since this was last asked, for what is kept of people in
    /// memory. Nothing to do where nobody else writes.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub(crate) fn note_changes_elsewhere(&self) -> Result<(), Fault> {
        let data = self.vault.data();
        if !data.is_shared() {
            return Ok(());
        }
        let mut known = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let now: HashMap<SubjectId, u64> = data
            .read(|reader| reader.subject_versions())?
            .into_iter()
            .collect();
        let changed = differing(&known, &now);
        self.names.changed(&changed);
        self.standing.changed(&changed);
        *known = now;
        Ok(())
    }

    /// What is asked in the transaction of an act: whether the law that it was decided under is in
    /// force still, whichever copy of Kept replaced it.
    pub(crate) fn under(&self, law: &Law) -> StillActing {
        let decided = standing_of(law);
        Box::new(move |tx| match tx.standing() {
            Some(now) if !is_same(decided, now) => Err(another_law()),
            _ => Ok(()),
        })
    }

    /// After an act that was in conflict with something: takes notice of what it may have been, so
    /// that the next try is decided on what is.
    pub(crate) fn noticing<R>(&self, written: Result<R, Fault>) -> Result<R, Fault> {
        if let Err(fault) = &written
            && fault.kind == FaultKind::Conflict
        {
            self.catch_up()?;
        }
        written
    }

    /// Claims a piece of work for a while, so that no other copy does it too; says whether it is
    /// this one's. A claim that is not renewed lapses, so that a copy that died keeps nothing.
    ///
    /// # Errors
    /// When the data cannot be written.
    pub fn claim(&self, work: &'static str, lasts: SignedDuration) -> Result<bool, Fault> {
        let data = self.vault.data();
        if !data.is_shared() {
            return Ok(true);
        }
        let now = self.moment()?.now;
        let by = Claimant {
            who: self.copy,
            now: now.as_microsecond(),
            until: (now + lasts).as_microsecond(),
        };
        data.write(Priority::Ordinary, move |tx| tx.claim(work, by))
    }

    /// Gives up a piece of work that this copy claimed.
    ///
    /// # Errors
    /// When the data cannot be written.
    pub fn give_up_claim(&self, work: &'static str) -> Result<(), Fault> {
        let data = self.vault.data();
        if !data.is_shared() {
            return Ok(());
        }
        let who = self.copy;
        data.write(Priority::Ordinary, move |tx| tx.give_up_claim(work, who))
    }

    /// Claims a piece of work as [`Kept::claim`] does, and waits while another copy is at it, as long
    /// as `patience`; none where it still is then. It is this copy's for as long as the value lives
    /// and is asked whether it still is.
    ///
    /// # Errors
    /// When the data cannot be written.
    pub(crate) fn claim_in_turn(
        &self,
        work: &'static str,
        lasts: SignedDuration,
        patience: Duration,
    ) -> Result<Option<Claimed<'_>>, Fault> {
        let until = Instant::now() + patience;
        while !self.claim(work, lasts)? {
            if Instant::now() >= until {
                return Ok(None);
            }
            std::thread::sleep(ASKS_AGAIN_AFTER);
        }
        Ok(Some(Claimed {
            kept: self,
            work,
            lasts,
            renewed: Cell::new(Instant::now()),
        }))
    }
}

/// A piece of work that this copy claimed. It is given up with the value.
pub(crate) struct Claimed<'k> {
    kept: &'k Kept,
    work: &'static str,
    lasts: SignedDuration,
    renewed: Cell<Instant>,
}

impl Claimed<'_> {
    /// Whether it is this copy's still; renews the claim when a sixth of its time is over.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when it lapsed and another copy took over; when the data cannot be
    /// written.
    pub(crate) fn still(&self) -> Result<(), Fault> {
        if self.renewed.get().elapsed() < self.lasts.unsigned_abs() / 6 {
            return Ok(());
        }
        match self.kept.claim(self.work, self.lasts)? {
            true => {
                self.renewed.set(Instant::now());
                Ok(())
            }
            false => Err(Fault::new(
                FaultKind::Conflict,
                "another copy of Kept has taken this work over",
            )
            .remedy("nothing: it goes on from there; this copy had been silent for too long")),
        }
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        // One that cannot be given up lapses.
        let _ = self.kept.give_up_claim(self.work);
    }
}

/// Those whose versions are not the same, or who are known on one side only.
fn differing(before: &HashMap<SubjectId, u64>, now: &HashMap<SubjectId, u64>) -> Vec<SubjectId> {
    let changed = now
        .iter()
        .filter(|(id, version)| before.get(id) != Some(version));
    let gone = before.iter().filter(|(id, _)| !now.contains_key(id));
    changed.chain(gone).map(|(id, _)| *id).collect()
}

fn standing_of(law: &Law) -> Standing {
    Standing {
        policy: Some(law.policy().version),
        authorisation: law.authorisation().map(|it| it.version),
        ..Standing::default()
    }
}

fn is_standing(law: &Law, now: Standing) -> bool {
    is_same(standing_of(law), now)
}

fn is_same(one: Standing, other: Standing) -> bool {
    one.policy == other.policy && one.authorisation == other.authorisation
}
