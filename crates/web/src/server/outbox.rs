//! The outbox: what people are owed goes out, message by message, as fast as the mail server is to
//! be asked.

use std::sync::Arc;
use std::time::Duration;

use domain::{Account, Actor, ActorKind, Fault};
use services::announce::{Postman, Run};
use services::mail::Mailer;
use services::{Acting, Kept};
use tokio::sync::watch;

use super::edge::Edge;
use super::logs;

/// The account under which messages are sent; the journal names it.
const ACCOUNT: &str = "outbox";
/// Where the mail server takes nothing, it is asked again after twice as long each time, up to this.
const PAUSE_MAX: Duration = Duration::from_secs(30 * 60);
/// The window in which messages are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// Who carries messages, and how fast.
#[derive(Clone)]
pub(crate) struct Outbox {
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) site: String,
    pub(crate) a_minute_max: u32,
    pub(crate) looks_every: Duration,
}

/// Sends what is due until the end.
pub(crate) async fn run(
    kept: Arc<Kept>,
    edge: Arc<Edge>,
    outbox: Outbox,
    mut end: watch::Receiver<bool>,
) {
    let mut failures = 0;
    loop {
        let (worker, figures, at_work) = (Arc::clone(&kept), Arc::clone(&edge), outbox.clone());
        let work = tokio::task::spawn_blocking(move || look(&worker, &figures, &at_work));
        let outcome = work.await.unwrap_or(Outcome::Failed);
        failures = match outcome {
            Outcome::Failed => failures + 1,
            Outcome::Empty | Outcome::Full => 0,
        };
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(pause(&outbox, outcome, failures)) => {}
        }
    }
}

/// How a look at the outbox ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Nothing is due any more.
    Empty,
    /// As much was sent as may be in a minute.
    Full,
    /// The mail server takes nothing, or the installation could not be used.
    Failed,
}

/// How long to wait until the next look.
fn pause(outbox: &Outbox, outcome: Outcome, failures: u32) -> Duration {
    match outcome {
        Outcome::Empty => outbox.looks_every,
        Outcome::Full => MINUTE,
        Outcome::Failed => {
            let doubled = 1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX);
            outbox.looks_every.saturating_mul(doubled).min(PAUSE_MAX)
        }
    }
}

fn look(kept: &Kept, edge: &Edge, outbox: &Outbox) -> Outcome {
    match work(kept, outbox) {
        Ok(None) => Outcome::Empty,
        Ok(Some(run)) => {
            edge.figures.chore("outbox", run.stopped.is_none());
            tracing::info!(
                sent = run.sent,
                later = run.later,
                given_up = run.given_up,
                not_reached = run.not_reached,
                "messages dealt with"
            );
            match &run.stopped {
                Some(fault) => {
                    tracing::error!(why = logs::line(fault), "messages wait");
                    Outcome::Failed
                }
                None if run.messages() >= u64::from(outbox.a_minute_max) => Outcome::Full,
                None => Outcome::Empty,
            }
        }
        Err(fault) => {
            edge.figures.chore("outbox", false);
            tracing::error!(why = logs::line(&fault), "messages wait");
            Outcome::Failed
        }
    }
}

/// Sends what is due; none where nothing is.
fn work(kept: &Kept, outbox: &Outbox) -> Result<Option<Run>, Fault> {
    // A policy that does not say how people are told sends nothing, and nothing is wrong with it.
    if kept.law().policy().announcements.is_none() {
        return Ok(None);
    }
    let acting = Acting {
        actor: Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?),
        dry_run: false,
    };
    kept.go_on_announcing(&acting, &mut |_| {})?;
    if kept.messages_due()? == 0 || !kept.is_to_send()? {
        return Ok(None);
    }
    let postman = Postman {
        mailer: outbox.mailer.as_ref(),
        site: &outbox.site,
    };
    let most = u64::from(outbox.a_minute_max);
    kept.send_due(postman, &acting, most, &mut |_| {}).map(Some)
}

#[cfg(test)]
mod tests {
    use services::mail::{Message, NotSent};

    use super::*;

    struct Nobody;

    impl Mailer for Nobody {
        fn send(&self, _: &Message) -> Result<(), NotSent> {
            Err(NotSent::NoAddress)
        }
    }

    #[test]
    fn a_server_that_takes_nothing_is_asked_less_and_less_often() {
        let outbox = Outbox {
            mailer: Arc::new(Nobody),
            site: String::new(),
            a_minute_max: 120,
            looks_every: Duration::from_secs(20),
        };
        let after = |failures| pause(&outbox, Outcome::Failed, failures);
        assert_eq!(after(1), Duration::from_secs(40));
        assert_eq!(after(3), Duration::from_secs(160));
        assert_eq!(after(40), PAUSE_MAX);
        assert_eq!(pause(&outbox, Outcome::Empty, 0), outbox.looks_every);
        assert_eq!(pause(&outbox, Outcome::Full, 0), MINUTE);
    }
}
