//! Copies of Kept on one database tell each other how much clients took of them, so that a limit of
//! requests is one for all. No request waits for it: each copy decides by what it knows, and a client
//! exceeds its limit by no more than all copies give within one exchange, and a twentieth of it for
//! each other copy, which is not worth telling. Where the database is away, each goes on by itself.

use std::sync::Arc;
use std::time::Duration;

use domain::Fault;
use services::clock::MachineClock;
use services::requests::Exchange;
use services::{Kept, SystemEntropy};
use tokio::sync::watch;

use super::edge::Edge;
use super::logs;
use super::rate::{Naming, Rate, network};

/// How often.
const EVERY: Duration = Duration::from_secs(1);

/// By what the requests of a client are counted: where others are told, a keyed hash of its network.
pub(crate) fn naming(kept: &Arc<Kept>) -> Naming {
    match kept.is_one_of_several() {
        true => {
            let kept = Arc::clone(kept);
            Box::new(move |client| kept.client(client))
        }
        false => Box::new(network),
    }
}

/// Tells and hears, until the end. Nothing to do where nobody else works on the same data.
pub(crate) async fn run(kept: Arc<Kept>, edge: Arc<Edge>, mut end: watch::Receiver<bool>) {
    if !kept.is_one_of_several() || edge.rate().is_none() {
        return;
    }
    let mut exchange = Exchange::new(MachineClock, &SystemEntropy::default());
    let mut alone = false;
    loop {
        let (worker, told) = (Arc::clone(&kept), Arc::clone(&edge));
        let work = tokio::task::spawn_blocking(move || {
            let done = told
                .rate()
                .map_or(Ok(()), |rate| once(&worker, rate, &mut exchange));
            (exchange, done)
        });
        let Ok((after, done)) = work.await else {
            tracing::error!("requests are counted by this copy alone from now on");
            return;
        };
        exchange = after;
        match &done {
            Ok(()) if alone => tracing::info!("requests are counted together again"),
            Err(fault) if !alone => {
                let why = logs::line(fault);
                tracing::warn!(why, "requests are counted by this copy alone");
            }
            Ok(()) | Err(_) => {}
        }
        alone = done.is_err();
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn once(kept: &Kept, rate: &Rate, exchange: &mut Exchange<MachineClock>) -> Result<(), Fault> {
    // Heard first: whoever tells removes what is old.
    rate.heard(&exchange.hear(kept)?);
    let taken = rate.to_tell();
    exchange.tell(kept, taken.clone())?;
    rate.told(&taken);
    Ok(())
}
