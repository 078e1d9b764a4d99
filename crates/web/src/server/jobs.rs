//! What is done at its time: the night's work where the controller is, and what a minute leaves of
//! signing in.

use std::sync::Arc;
use std::time::Duration;

use domain::{Account, Actor, ActorKind, Fault};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use services::nightly::Chore;
use services::{Acting, Kept};
use tokio::sync::watch;

use super::edge::Edge;
use super::logs;

/// The account under which it is done; the journal names it.
const ACCOUNT: &str = "nightly";
/// How often it is looked whether it is time.
const LOOKS_EVERY: Duration = Duration::from_secs(20);
/// How often what is over of signing in is removed.
const TIDIES_EVERY: Duration = Duration::from_secs(60);
/// How long the night's work is another copy's where that went silent.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(20);
/// How often it is looked what other copies did.
const CATCHES_UP_EVERY: Duration = Duration::from_secs(1);
/// What failed is tried again after this.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// The latest moment at or before `now` at which the clock shows a time of day.
fn latest(now: Timestamp, at: Time, zone: &TimeZone) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    [Some(today), today.yesterday().ok()]
        .into_iter()
        .flatten()
        .filter_map(|day| zone.to_timestamp(day.to_datetime(at)).ok())
        .find(|moment| *moment <= now)
}

/// Whether the night's work is to be done now: its latest moment has come since it was last done,
/// and it was not tried a moment ago. A night that was missed is made up for.
fn is_due(
    now: Timestamp,
    at: Time,
    zone: &TimeZone,
    done: Timestamp,
    tried: Option<Timestamp>,
) -> bool {
    let Some(moment) = latest(now, at, zone) else {
        return false;
    };
    let again = tried.is_none_or(|tried| tried < moment || now - tried >= AGAIN_AFTER);
    done < moment && again
}

/// Does the night's work, every night, until the end.
pub(crate) async fn run(
    kept: Arc<Kept>,
    edge: Arc<Edge>,
    at: Time,
    mut end: watch::Receiver<bool>,
) {
    let mut state = State {
        since: kept.moment().map(|it| it.now).ok(),
        tried: None,
    };
    loop {
        let (worker, figures) = (Arc::clone(&kept), Arc::clone(&edge));
        let work = tokio::task::spawn_blocking(move || state.look(&worker, &figures, at));
        match work.await {
            Ok(after) => state = after,
            Err(_) => tracing::error!("the night's work was not finished"),
        }
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(pause(&kept, at)) => {}
        }
    }
}

/// How long to wait until it is looked again: not long, as the machine may sleep meanwhile, and not
/// beyond the moment.
fn pause(kept: &Kept, at: Time) -> Duration {
    let Ok(moment) = kept.moment() else {
        return LOOKS_EVERY;
    };
    let law = kept.law();
    let zone = law.in_force.zone();
    let tomorrow = moment.now + SignedDuration::from_hours(24);
    let next = latest(tomorrow, at, zone).map(|next| next.duration_since(moment.now));
    let until = next.and_then(|until| Duration::try_from(until).ok());
    until.map_or(LOOKS_EVERY, |until| {
        until.clamp(Duration::from_millis(100), LOOKS_EVERY)
    })
}

/// Removes every minute what is over of signing in, and writes the failures of the minute down
/// (mechanism, 12), until the end.
pub(crate) async fn tidy(kept: Arc<Kept>, mut end: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(TIDIES_EVERY) => {}
        }
        let worker = Arc::clone(&kept);
        let tidied = tokio::task::spawn_blocking(move || worker.access().tidy()).await;
        match tidied {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => tracing::error!(why = logs::line(&fault), "sign-ins are not tidied"),
            Err(_) => tracing::error!("sign-ins are not tidied"),
        }
    }
}

/// Takes notice of what other copies of Kept on the same database did, until the end. An act that
/// runs into it takes notice at once; this is for what only looks.
pub(crate) async fn catch_up(kept: Arc<Kept>, mut end: watch::Receiver<bool>) {
    if !kept.is_one_of_several() {
        return;
    }
    loop {
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(CATCHES_UP_EVERY) => {}
        }
        let worker = Arc::clone(&kept);
        match tokio::task::spawn_blocking(move || worker.catch_up()).await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => {
                tracing::warn!(why = logs::line(&fault), "what others did is not known");
            }
            Err(_) => tracing::error!("what others did is not known"),
        }
    }
}

/// What is known of it in this process.
#[derive(Clone, Copy)]
struct State {
    /// The moment from which nights count where none was done yet.
    since: Option<Timestamp>,
    tried: Option<Timestamp>,
}

impl State {
    fn look(mut self, kept: &Kept, edge: &Edge, at: Time) -> Self {
        match self.work(kept, edge, at) {
            Ok(()) => {}
            Err(fault) => {
                tracing::error!(why = logs::line(&fault), "the night's work stands still")
            }
        }
        self.since = self.since.or_else(|| kept.moment().ok().map(|it| it.now));
        self
    }

    fn work(&mut self, kept: &Kept, edge: &Edge, at: Time) -> Result<(), Fault> {
        let now = kept.moment()?.now;
        let since = self.since.unwrap_or(now);
        let done = kept.nightly_done()?.unwrap_or(since);
        let law = kept.law();
        if !is_due(now, at, law.in_force.zone(), done, self.tried) {
            return Ok(());
        }
        self.tried = Some(now);
        // One copy of Kept does the night's work; the others publish what they have of the journal.
        let mine = kept.claim(ACCOUNT, CLAIM_LASTS)?;
        let chores: &[Chore] = match mine {
            true => &Chore::ALL,
            false => &[Chore::Publish],
        };
        let acting = Acting::new(Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?), false);
        let mut all = true;
        for chore in chores.iter().copied() {
            let name = chore.name();
            let outcome = kept.chore(chore, &acting);
            edge.figures.chore(name, outcome.is_ok());
            match outcome {
                Ok(()) => tracing::info!(job = name, "done"),
                Err(fault) => {
                    all = false;
                    tracing::error!(job = name, why = logs::line(&fault), "failed");
                }
            }
        }
        match all && mine {
            true => kept.note_nightly_done(),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_night_is_worked_once_where_the_controller_is() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let half_past_three = time(3, 30, 0, 0);
        let due = |now: &str, done: &str, tried: Option<&str>| {
            is_due(at(now), half_past_three, &zone, at(done), tried.map(at))
        };
        // 03:30 in Paris is 02:30 UTC in winter, 01:30 in summer.
        assert!(!due("2026-01-10T02:29:59Z", "2026-01-09T02:31:00Z", None));
        assert!(due("2026-01-10T02:30:00Z", "2026-01-09T02:31:00Z", None));
        assert!(due("2026-07-10T01:30:00Z", "2026-07-09T01:31:00Z", None));
        assert!(!due("2026-01-10T12:00:00Z", "2026-01-10T02:31:00Z", None));
        // A server that was off at night makes up for it, once.
        assert!(due("2026-01-10T09:00:00Z", "2026-01-06T02:31:00Z", None));
        // What failed is tried again half an hour later.
        let done = "2026-01-09T02:31:00Z";
        let tried = Some("2026-01-10T02:30:10Z");
        assert!(!due("2026-01-10T02:45:00Z", done, tried));
        assert!(due("2026-01-10T03:00:10Z", done, tried));
        assert!(due(
            "2026-01-11T02:30:00Z",
            done,
            Some("2026-01-11T02:29:00Z")
        ));
        // In the night when clocks go forward 02:30 does not exist; the work is done all the same.
        let gap = time(2, 30, 0, 0);
        let spring = at("2026-03-29T01:30:00Z");
        assert_eq!(latest(spring, gap, &zone), Some(spring));
    }
}
