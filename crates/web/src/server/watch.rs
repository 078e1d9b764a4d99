//! What is looked after while the server runs, whatever the hour: strangers are told of in the journal,
//! names in memory go at their term.

use std::sync::Arc;
use std::time::Duration;

use services::Kept;
use tokio::sync::watch;

use super::logs;

/// How often.
const EVERY: Duration = Duration::from_secs(20);

/// Looks after it until the end.
pub(crate) async fn run(kept: Arc<Kept>, mut end: watch::Receiver<bool>) {
    loop {
        let over = tokio::select! {
            _ = end.wait_for(|ended| *ended) => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        let worker = Arc::clone(&kept);
        let work = tokio::task::spawn_blocking(move || {
            let told = worker.access().tell_of_strangers();
            told.and_then(|()| worker.tidy_names())
        });
        match work.await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => tracing::error!(why = logs::line(&fault), "not looked after"),
            Err(_) => tracing::error!("not looked after"),
        }
        if over {
            return;
        }
    }
}
