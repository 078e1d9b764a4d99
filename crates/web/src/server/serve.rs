//! The server as a whole: bound, then served.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use domain::{Fault, FaultKind};
use services::Kept;
use services::access::{Delivery, Folder};
use services::announce::LinksByMail;
use services::mail::Mailer;
use tokio::sync::watch;

use super::backups;
use super::config::Config;
use super::edge::Edge;
use super::exchange;
use super::jobs;
use super::listen::{self, Limits};
use super::outbox::{self, Outbox};
use super::tls::Certificates;
use super::watch as looked_after;
use super::webhooks;
use crate::routes;
use crate::sign_in::Ways;
use crate::site::Site;

/// A server that has its addresses and its certificates, and does not serve yet.
pub struct Server {
    config: Arc<Config>,
    listeners: Vec<std::net::TcpListener>,
    figures_listener: Option<std::net::TcpListener>,
    figures_token: Option<String>,
    certificates: Option<Arc<Certificates>>,
    outbox: Option<Outbox>,
    ways: Arc<Ways>,
}

impl Server {
    /// Takes the addresses and reads the certificates.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when an address is taken, [`FaultKind::Unavailable`] when it cannot
    /// be had, [`FaultKind::Invalid`] when a file that is named cannot be used.
    pub fn bind(config: Config) -> Result<Self, Fault> {
        if let Some(backup) = &config.backup {
            services::backup::check_place(&backup.to)?;
        }
        let certificates = config.tls.as_ref().map(Certificates::load).transpose()?;
        let figures_token = config.metrics.token_file.as_deref().map(token);
        let listeners = config.listen.iter().copied().map(bound);
        Ok(Self {
            figures_token: figures_token.transpose()?,
            listeners: listeners.collect::<Result<_, _>>()?,
            figures_listener: config.metrics.listen.map(bound).transpose()?,
            certificates: certificates.map(Arc::new),
            ways: Arc::new(Ways::of(&config)?),
            config: Arc::new(config),
            outbox: None,
        })
    }

    /// The same, which sends what people are owed by a mailer, as the configuration says how fast.
    #[must_use]
    pub fn with_mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.outbox = self.config.mail.as_ref().map(|mail| Outbox {
            mailer,
            site: self.config.address.origin(),
            a_minute_max: mail.a_minute_max,
            looks_every: mail.looks_every,
        });
        self
    }

    /// Where connections are taken: the addresses that were asked for, with the ports that were
    /// given where any would do.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let known = self.listeners.iter().map(|it| it.local_addr().ok());
        known.flatten().collect()
    }

    /// The address that people use.
    #[must_use]
    pub fn public_address(&self) -> String {
        self.config.address.origin()
    }

    /// How long what was begun is waited for at the end.
    #[must_use]
    pub fn stop_time_max(&self) -> std::time::Duration {
        self.config.limits.stop_time_max
    }

    /// Where figures are served, if at an address of their own.
    #[must_use]
    pub fn figures_address(&self) -> Option<SocketAddr> {
        self.figures_listener.as_ref()?.local_addr().ok()
    }

    /// Serves until `end` is over, then finishes what was begun, within its time.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when connections cannot be taken.
    pub async fn serve(
        self,
        kept: Arc<Kept>,
        end: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Fault> {
        let edge = Arc::new(Edge::of(&self.config, exchange::naming(&kept)));
        let (tell, ended) = watch::channel(false);
        tokio::spawn(async move {
            end.await;
            let _ = tell.send(true);
        });
        let config = Arc::clone(&self.config);
        let delivery = delivery(&kept, &config, self.outbox.as_ref());
        let site = Site::of_server(kept, Arc::clone(&edge), config, self.ways);
        let site = site.with_delivery(delivery);
        let site = site.with_figures_token(self.figures_token);
        let limits = limits(&self.config);
        let mut serving = tokio::task::JoinSet::new();
        if let Some(listener) = self.figures_listener {
            let router = routes::figures(site.clone());
            let listeners = vec![taken(listener)?];
            let edge = Arc::clone(&edge);
            serving.spawn(listen::serve(
                listeners,
                router,
                None,
                edge,
                limits,
                ended.clone(),
            ));
        }
        let telling = webhooks::run(Arc::clone(&site.kept), Arc::clone(&edge), ended.clone());
        serving.spawn(telling);
        serving.spawn(looked_after::run(Arc::clone(&site.kept), ended.clone()));
        if let Some(at) = self.config.jobs_at {
            let jobs = jobs::run(Arc::clone(&site.kept), Arc::clone(&edge), at, ended.clone());
            serving.spawn(jobs);
        }
        serving.spawn(jobs::catch_up(Arc::clone(&site.kept), ended.clone()));
        let exchange = exchange::run(Arc::clone(&site.kept), Arc::clone(&edge), ended.clone());
        serving.spawn(exchange);
        if let Some(backup) = self.config.backup.clone() {
            let kept = Arc::clone(&site.kept);
            serving.spawn(backups::run(kept, Arc::clone(&edge), backup, ended.clone()));
        }
        serving.spawn(backups::ship(
            Arc::clone(&site.kept),
            Arc::clone(&edge),
            ended.clone(),
        ));
        serving.spawn(jobs::tidy(Arc::clone(&site.kept), ended.clone()));
        if let Some(outbox) = self.outbox {
            let kept = Arc::clone(&site.kept);
            serving.spawn(outbox::run(kept, Arc::clone(&edge), outbox, ended.clone()));
        }
        let listeners = self.listeners.into_iter().map(taken);
        serving.spawn(listen::serve(
            listeners.collect::<Result<_, _>>()?,
            routes::server(site),
            self.certificates,
            edge,
            limits,
            ended,
        ));
        while let Some(done) = serving.join_next().await {
            done.map_err(|error| {
                let message = "the server stopped in the middle of its work";
                Fault::new(FaultKind::Integrity, message).because(error)
            })?;
        }
        Ok(())
    }
}

fn limits(config: &Config) -> Limits {
    Limits {
        head_bytes_max: config.limits.head_bytes_max,
        head_time_max: config.limits.head_time_max,
        connections_max: config.limits.connections_max,
        stop_time_max: config.limits.stop_time_max,
    }
}

/// Takes an address of this machine.
pub(crate) fn bound(address: SocketAddr) -> Result<std::net::TcpListener, Fault> {
    let not_had = |error: std::io::Error| {
        let kind = match error.kind() {
            std::io::ErrorKind::AddrInUse => FaultKind::Conflict,
            _ => FaultKind::Unavailable,
        };
        Fault::new(kind, format!("{address} cannot be had on this machine"))
            .remedy("stop what listens there, or name another address")
            .because(error)
    };
    let listener = std::net::TcpListener::bind(address).map_err(not_had)?;
    listener.set_nonblocking(true).map_err(not_had)?;
    Ok(listener)
}

/// Hands a listener to the runtime.
pub(crate) fn taken(listener: std::net::TcpListener) -> Result<tokio::net::TcpListener, Fault> {
    tokio::net::TcpListener::from_std(listener).map_err(|error| {
        Fault::new(FaultKind::Unavailable, "connections cannot be taken").because(error)
    })
}

/// The token in a file.
fn token(path: &std::path::Path) -> Result<String, Fault> {
    let read = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("{} cannot be read", path.display());
        Fault::new(FaultKind::Invalid, message)
            .remedy("name a file with a token in it, with `metrics.token-file`")
            .because(error)
    })?;
    let token = read.trim().to_owned();
    match token.len() >= 16 && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(token),
        false => {
            let message = format!("{} holds no token", path.display());
            Err(Fault::new(FaultKind::Invalid, message)
                .remedy("put 16 characters or more in it: `head -c 32 /dev/urandom | base64`"))
        }
    }
}

/// Takes links to people: by mail, or into a folder from where something else does.
fn delivery(
    kept: &Arc<Kept>,
    config: &Config,
    outbox: Option<&Outbox>,
) -> Option<Arc<dyn Delivery>> {
    if let Some(outbox) = outbox {
        return Some(Arc::new(LinksByMail {
            kept: Arc::clone(kept),
            mailer: Arc::clone(&outbox.mailer),
            site: outbox.site.clone(),
        }));
    }
    let folder = config.sign_in.link_folder.clone()?;
    Some(Arc::new(Folder(folder)))
}
