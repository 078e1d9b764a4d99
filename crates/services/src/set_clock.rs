//! Moving a rehearsal's clock; confirming that a live installation's clock is right (mechanism, 16).

use domain::{Actor, Fault, FaultKind, Moment};
use jiff::Timestamp;
use journal::Act;
use store::Priority;

use crate::kept::{Kept, Time};
use crate::open::REHEARSAL_NOW;

impl Kept {
    /// Moves a rehearsal's clock forward. What comes due by that is unreadable at once; a sweep
    /// destroys it.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] in a live installation, [`FaultKind::Invalid`] when the moment lies
    /// behind the present one: what has expired has, and does not come back.
    pub fn move_clock(&self, to: Timestamp, actor: &Actor) -> Result<Moment, Fault> {
        let Time::Rehearsal(clock) = &self.time else {
            return Err(Fault::new(
                FaultKind::Refused,
                "only a rehearsal's clock can be moved, and this installation is no rehearsal",
            )
            .rule("real clock")
            .remedy("make a rehearsal with `kept init --rehearsal`"));
        };
        let (law, moment) = (self.law(), self.moment()?);
        let to = domain::dossier::stored(to);
        if to <= moment.now {
            return Err(
                Fault::new(FaultKind::Invalid, "a clock is only moved forward")
                    .remedy("name a later moment; `kept clock show` says what time it is"),
            );
        }
        let mut detail = self.detail(Act::ClockMoved, actor, moment, &law);
        detail.reference = u64::try_from(to.as_microsecond()).ok();
        let entry = self.vault.entry(&detail)?;
        // The entry and the stored clock are durable together, and before anybody sees the new time.
        self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_meta(REHEARSAL_NOW, &to.as_microsecond().to_be_bytes())?;
            tx.append(&entry).map(|_| ())
        })?;
        clock.move_to(to);
        self.moment()
    }

    /// Confirms that the machine's clock is right, although it is far ahead of the last act.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] in a rehearsal, [`FaultKind::Unavailable`] when the clock has gone
    /// back: that cannot be confirmed, since what was done since would then lie in the future.
    pub fn confirm_clock(&self, actor: &Actor) -> Result<Moment, Fault> {
        let Time::Machine { clock, floor } = &self.time else {
            return Err(Fault::new(
                FaultKind::Refused,
                "a rehearsal's clock is moved, not confirmed",
            )
            .rule("real clock")
            .remedy("use `kept clock move`"));
        };
        floor.check(clock.now(), true)?;
        let (law, moment) = (self.law(), self.moment()?);
        // From now on the last act is this one, and the floor stands there, after a restart too.
        self.vault
            .record(&self.detail(Act::ClockConfirmed, actor, moment, &law))?;
        Ok(moment)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Account, ActorKind};
    use tempfile::TempDir;

    use super::*;
    use crate::open::NewInstallation;

    fn installation(folder: &TempDir, rehearsal: Option<&str>) -> Kept {
        let new = NewInstallation {
            root: folder.path().join("D"),
            keys: None,
            policy: policy::diagnostics::explain::MINIMAL.to_owned(),
            authorisation: None,
            rehearsal: rehearsal.map(at),
            database: None,
        };
        Kept::init(new, &actor()).unwrap()
    }

    fn actor() -> Actor {
        Actor::new(ActorKind::CommandLine, Account::parse("s.martin").unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_rehearsals_clock_goes_forward_and_stays_where_it_was_put() {
        let folder = TempDir::new().unwrap();
        let kept = installation(&folder, Some("2026-03-02T12:00:00Z"));
        let moved = kept
            .move_clock(at("2027-04-02T12:00:00Z"), &actor())
            .unwrap();
        assert_eq!(moved.now, at("2027-04-02T12:00:00Z"));
        for back in ["2027-04-02T12:00:00Z", "2026-03-02T12:00:00Z"] {
            let fault = kept.move_clock(at(back), &actor()).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Invalid);
        }
        assert_eq!(
            kept.confirm_clock(&actor()).unwrap_err().kind,
            FaultKind::Refused
        );
        drop(kept);
        let kept = Kept::open(&folder.path().join("D"), None).unwrap();
        assert_eq!(kept.moment().unwrap().now, at("2027-04-02T12:00:00Z"));
    }

    #[test]
    fn a_live_installations_clock_is_confirmed_and_never_moved() {
        let folder = TempDir::new().unwrap();
        let kept = installation(&folder, None);
        let fault = kept
            .move_clock(at("2099-01-01T00:00:00Z"), &actor())
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        let before = kept.moment().unwrap().now;
        assert!(kept.confirm_clock(&actor()).unwrap().now >= before);
    }
}
