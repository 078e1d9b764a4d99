//! Tells programs of what happened: looks for messages that are due, and sends them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::Fault;
use rustls::crypto::aws_lc_rs;
use services::Kept;
use services::webhook::address::is_private;
use services::webhook::{Outcome, Outgoing};
use tokio::sync::watch;
use tokio::task::JoinSet;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::edge::Edge;
use super::logs;

/// How often it is looked whether something is to be sent.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// How often what was sent long ago is forgotten.
const TIDIES_EVERY: Duration = Duration::from_secs(60 * 60);
/// How many messages are on their way at one time.
const AT_ONCE: u32 = 64;
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(15);

/// Leads to public addresses alone. It is asked for each connection, so that a name cannot lead
/// elsewhere after it was looked at.
#[derive(Debug)]
struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        let private = |address: &SocketAddr| is_private(address.ip());
        match found.iter().any(private) {
            true => Err(Error::HostNotFound),
            false => Ok(found),
        }
    }
}

/// Sends messages: to public addresses, or to any.
struct Sender {
    public: Agent,
    any: Agent,
}

impl Sender {
    fn new() -> Self {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        // No redirection is followed: it could lead anywhere within the network.
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(WITHIN))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent("Kept")
            .build();
        let resolver = PublicOnly(DefaultResolver::default());
        Self {
            public: Agent::with_parts(config.clone(), DefaultConnector::new(), resolver),
            any: Agent::new_with_config(config),
        }
    }

    fn send(&self, message: &Outgoing) -> Outcome {
        let agent = match message.private {
            true => &self.any,
            false => &self.public,
        };
        let mut request = agent
            .post(&message.url)
            .header("content-type", "application/json");
        for (name, value) in &message.fields {
            request = request.header(*name, value);
        }
        match request.send(message.body.as_bytes()) {
            Ok(answer) => Outcome::Answered(answer.status().as_u16()),
            Err(_) => Outcome::Unanswered,
        }
    }
}

/// Tells programs of what happened, until the end.
pub(crate) async fn run(kept: Arc<Kept>, edge: Arc<Edge>, mut end: watch::Receiver<bool>) {
    let sender = Arc::new(Sender::new());
    let mut tidied: Option<Instant> = None;
    loop {
        let tidies = tidied.is_none_or(|at| at.elapsed() >= TIDIES_EVERY);
        let worker = Arc::clone(&kept);
        let due = tokio::task::spawn_blocking(move || {
            if tidies {
                worker.webhooks().tidy()?;
            }
            worker.webhooks().due(AT_ONCE)
        });
        match due.await {
            Ok(Ok(due)) => {
                if tidies {
                    tidied = Some(Instant::now());
                }
                send_all(&kept, &edge, &sender, due).await;
            }
            Ok(Err(fault)) => {
                tracing::error!(why = logs::line(&fault), "programs are not told");
            }
            Err(_) => tracing::error!("programs are not told"),
        }
        tokio::select! {
            _ = end.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(LOOKS_EVERY) => {}
        }
    }
}

async fn send_all(kept: &Arc<Kept>, edge: &Arc<Edge>, sender: &Arc<Sender>, due: Vec<Outgoing>) {
    let mut sending = JoinSet::new();
    for message in due {
        let (kept, edge, sender) = (Arc::clone(kept), Arc::clone(edge), Arc::clone(sender));
        sending.spawn_blocking(move || {
            let webhook = message.webhook();
            let outcome = sender.send(&message);
            edge.figures
                .chore("webhook", matches!(outcome, Outcome::Answered(200..=299)));
            match kept.webhooks().sent(message, outcome) {
                Ok(false) => {}
                Ok(true) => tracing::error!(
                    webhook = %webhook,
                    "a webhook failed for long, or is gone: it is told nothing any more"
                ),
                Err(fault) => not_noted(&fault),
            }
        });
    }
    while let Some(done) = sending.join_next().await {
        if done.is_err() {
            tracing::error!("a message was not sent to its end");
        }
    }
}

fn not_noted(fault: &Fault) {
    tracing::error!(
        why = logs::line(fault),
        "what became of a message is not noted"
    );
}
