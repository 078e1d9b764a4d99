//! Serving the demo's pages on this machine.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use domain::{Account, Actor, ActorKind, Fault, FaultKind, SubjectId};
use policy::model::Wording;
use services::Kept;

use crate::app::App;
use crate::routes::router;

/// The account under which the demo reads and acts; the journal names it.
const ACCOUNT: &str = "demo";

/// The demo's pages, bound to a port of this machine and not yet served.
pub struct Demo {
    listener: TcpListener,
    address: SocketAddr,
    suggestions: Vec<(SubjectId, Wording)>,
}

impl Demo {
    /// Takes a port of this machine; 0 takes any that is free. Nobody else on the network reaches
    /// it.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when the port is taken, [`FaultKind::Unavailable`] when it cannot
    /// be had.
    pub fn bind(port: u16) -> Result<Self, Fault> {
        let taken = |error: std::io::Error| {
            let kind = match error.kind() {
                std::io::ErrorKind::AddrInUse => FaultKind::Conflict,
                _ => FaultKind::Unavailable,
            };
            Fault::new(kind, format!("port {port} cannot be had on this machine"))
                .remedy("name another with `--port`, or 0 for any that is free")
                .because(error)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(taken)?;
        listener.set_nonblocking(true).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self {
            listener,
            address,
            suggestions: Vec::new(),
        })
    }

    /// Where the pages are, for people: `http://localhost:8000/`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://localhost:{}/", self.address.port())
    }

    /// Names people who are worth a look on the first page, with the reason, which names nobody.
    #[must_use]
    pub fn suggesting(mut self, people: Vec<(SubjectId, Wording)>) -> Self {
        self.suggestions = people;
        self
    }

    /// Serves the pages until `end` is over, then finishes what was begun.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when connections can be taken no longer.
    pub async fn serve(
        self,
        kept: Arc<Kept>,
        end: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Fault> {
        let actor = Actor::new(ActorKind::Staff, Account::parse(ACCOUNT)?);
        let broken = |error: std::io::Error| {
            Fault::new(FaultKind::Unavailable, "the pages can be served no longer").because(error)
        };
        let listener = tokio::net::TcpListener::from_std(self.listener).map_err(broken)?;
        axum::serve(listener, router(App::new(kept, actor, self.suggestions)))
            .with_graceful_shutdown(end)
            .await
            .map_err(broken)
    }
}
