//! The demo: its pages, served on this machine to this machine.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use domain::{Account, Actor, ActorKind, Fault, FaultKind, SubjectId};
use policy::model::Wording;
use services::Kept;
use tokio::sync::watch;

use crate::app::App;
use crate::routes;
use crate::server::{Edge, Limits, listen, serve};
use crate::site::Site;

/// The account under which the demo reads and acts; the journal names it.
const ACCOUNT: &str = "demo";
/// No form of the demo sends more, in bytes.
const BODY_MAX: usize = 8 * 1024;
/// No page takes longer, however many people there are.
const TIME_MAX: Duration = Duration::from_secs(600);
const LIMITS: Limits = Limits {
    head_bytes_max: 16 * 1024,
    head_time_max: Duration::from_secs(10),
    connections_max: 256,
    stop_time_max: Duration::from_secs(10),
};

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
        let taken = |fault: Fault| {
            let message = format!("port {port} cannot be had on this machine");
            Fault::new(fault.kind, message)
                .remedy("name another with `--port`, or 0 for any that is free")
                .because(fault)
        };
        let listener = serve::bound((Ipv4Addr::LOCALHOST, port).into()).map_err(taken)?;
        let address = listener.local_addr().map_err(|error| {
            Fault::new(FaultKind::Unavailable, "the port's number cannot be had").because(error)
        })?;
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
        let edge = Arc::new(Edge::of_demo(TIME_MAX, BODY_MAX));
        let site = Site::of_demo(kept, Arc::clone(&edge));
        let router = routes::demo(App::new(site, actor, self.suggestions), BODY_MAX);
        let (tell, ended) = watch::channel(false);
        tokio::spawn(async move {
            end.await;
            let _ = tell.send(true);
        });
        let listeners = vec![serve::taken(self.listener)?];
        listen::serve(listeners, router, None, edge, LIMITS, ended).await;
        Ok(())
    }
}
