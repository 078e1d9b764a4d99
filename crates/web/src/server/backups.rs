//! Backups at their time, and the shipping of keyring, restrictive acts and journal within seconds of
//! an act, until the end.

use std::sync::Arc;
use std::time::Duration;

use domain::{Account, Actor, ActorKind, Fault};
use jiff::{SignedDuration, Timestamp};
use services::backup::LastBackup;
use services::{Acting, Kept};
use tokio::sync::watch;
use tokio::time::Instant;

use super::config::Backup;
use super::edge::Edge;
use super::logs;

/// The account under which it is done; the journal names it.
const ACCOUNT: &str = "backup";
/// The names of the two, for logs and figures.
const BACKUP: &str = "backup";
const SHIP: &str = "ship-keyring";
/// How often it is looked whether a backup is due.
const LOOKS_EVERY: Duration = Duration::from_secs(20);
/// How often it is looked whether something is to be shipped.
const SHIPS_EVERY: Duration = Duration::from_secs(1);
/// What failed is tried again after this.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(5);
const SHIP_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Whether a backup is to be made now: the last one of this place is old enough, and none was tried
/// a moment ago.
fn is_due(
    now: Timestamp,
    backup: &Backup,
    last: Option<&LastBackup>,
    tried: Option<Timestamp>,
) -> bool {
    let every = SignedDuration::try_from(backup.every).unwrap_or(SignedDuration::MAX);
    let last = last.filter(|last| last.place == backup.to);
    let old = last.is_none_or(|last| now.duration_since(last.at) >= every);
    let again = tried.is_none_or(|tried| now.duration_since(tried) >= AGAIN_AFTER.min(every));
    old && again
}

/// Backs up whenever it is due.
pub(crate) async fn run(
    kept: Arc<Kept>,
    edge: Arc<Edge>,
    backup: Backup,
    mut end: watch::Receiver<bool>,
) {
    let mut tried = None;
    loop {
        let (worker, figures, of) = (Arc::clone(&kept), Arc::clone(&edge), backup.clone());
        let work = tokio::task::spawn_blocking(move || look(&worker, &figures, &of, tried));
        match work.await {
            Ok(Ok(after)) => tried = after,
            Ok(Err(fault)) => {
                tracing::error!(job = BACKUP, why = logs::line(&fault), "stands still");
            }
            Err(_) => tracing::error!(job = BACKUP, "was not finished"),
        }
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(LOOKS_EVERY) => {}
        }
    }
}

/// Backs up if it is due; says when it was tried last.
fn look(
    kept: &Kept,
    edge: &Edge,
    backup: &Backup,
    tried: Option<Timestamp>,
) -> Result<Option<Timestamp>, Fault> {
    let now = kept.moment()?.now;
    if !is_due(now, backup, kept.last_backup()?.as_ref(), tried) {
        return Ok(tried);
    }
    let acting = Acting::new(Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?), false);
    let outcome = kept.back_up(&backup.to, backup.keep, &acting, &mut |_| {});
    edge.figures.chore(BACKUP, outcome.is_ok());
    match outcome {
        Ok(made) => tracing::info!(job = BACKUP, backup = made.id, "done"),
        Err(fault) => tracing::error!(job = BACKUP, why = logs::line(&fault), "failed"),
    }
    Ok(Some(now))
}

/// Ships whenever a restrictive act was done that not every place has, and once at the beginning.
pub(crate) async fn ship(kept: Arc<Kept>, edge: Arc<Edge>, mut end: watch::Receiver<bool>) {
    let mut next: Option<Instant> = None;
    let mut first = true;
    loop {
        if next.is_none_or(|next| next <= Instant::now()) {
            let (worker, figures) = (Arc::clone(&kept), Arc::clone(&edge));
            let work = tokio::task::spawn_blocking(move || shipped(&worker, &figures, first));
            let good = work.await.unwrap_or(false);
            first &= !good;
            next = (!good).then(|| Instant::now() + SHIP_AGAIN_AFTER);
        }
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(SHIPS_EVERY) => {}
        }
    }
}

/// Ships if there is something to ship; says whether every place has it.
fn shipped(kept: &Kept, edge: &Edge, first: bool) -> bool {
    let wanted = first && !kept.copy_places().is_empty();
    let outcome = match kept.has_to_ship() {
        // Whatever the places hold at the beginning.
        Ok(_) if wanted => kept.ship(),
        Ok(true) => kept.ship_acts(),
        Ok(false) => return true,
        Err(fault) => Err(fault),
    };
    let faults: Vec<Fault> = match outcome {
        Ok(copies) => copies
            .into_iter()
            .filter_map(|it| it.outcome.err())
            .collect(),
        Err(fault) => vec![fault],
    };
    edge.figures.chore(SHIP, faults.is_empty());
    for fault in &faults {
        tracing::error!(job = SHIP, why = logs::line(fault), "failed");
    }
    faults.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_when_the_last_of_its_place_is_old_enough() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let backup = Backup {
            to: "/mnt/backup".to_owned(),
            every: Duration::from_secs(3600),
            keep: 3,
        };
        let last = |place: &str, text: &str| LastBackup {
            at: at(text),
            id: "x".to_owned(),
            place: place.to_owned(),
        };
        let now = at("2026-03-01T12:00:00Z");
        let due = |last: Option<LastBackup>, tried: Option<&str>| {
            is_due(now, &backup, last.as_ref(), tried.map(at))
        };
        assert!(due(None, None));
        assert!(due(Some(last("/mnt/backup", "2026-03-01T11:00:00Z")), None));
        assert!(!due(
            Some(last("/mnt/backup", "2026-03-01T11:00:01Z")),
            None
        ));
        // One that was made elsewhere by hand is none of this place.
        assert!(due(Some(last("/mnt/other", "2026-03-01T11:59:00Z")), None));
        assert!(!due(None, Some("2026-03-01T11:56:00Z")));
        assert!(due(None, Some("2026-03-01T11:55:00Z")));
    }
}
