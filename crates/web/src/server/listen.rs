//! Taking connections: within limits, with TLS where the server ends it, until the end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::client::Peer;
use super::edge::Edge;
use super::tls::Certificates;

/// A client must finish its handshake within this time.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// After a failure to take a connection, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// The limits of connections.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) head_bytes_max: usize,
    pub(crate) head_time_max: Duration,
    pub(crate) connections_max: usize,
    pub(crate) stop_time_max: Duration,
}

/// What all connections share.
#[derive(Clone)]
struct Door {
    router: Router,
    certificates: Option<Arc<Certificates>>,
    edge: Arc<Edge>,
    limits: Limits,
    places: Arc<Semaphore>,
    end: watch::Receiver<bool>,
}

/// Serves connections until `end` says so, then finishes what was begun, within its time.
pub(crate) async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    certificates: Option<Arc<Certificates>>,
    edge: Arc<Edge>,
    limits: Limits,
    mut end: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let mut tasks = JoinSet::new();
    for listener in listeners {
        let door = Door {
            router: router.clone(),
            certificates: certificates.clone(),
            edge: Arc::clone(&edge),
            limits,
            places: Arc::clone(&places),
            end: end.clone(),
        };
        tasks.spawn(accept(listener, door));
    }
    if let Some(certificates) = certificates {
        tasks.spawn(certificates.watch());
    }
    // An end that can no longer be told of is one.
    let _ = end.wait_for(|ended| *ended).await;
    // The listeners close: nothing new is taken.
    tasks.shutdown().await;
    // Every place is free again when every connection has ended.
    let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
    let finished = tokio::time::timeout(limits.stop_time_max, places.acquire_many(all)).await;
    if finished.is_err() {
        tracing::warn!("connections were cut: they took longer than `limits.stop-time`");
    }
}

async fn accept(listener: TcpListener, door: Door) {
    loop {
        // Where there is no place, clients wait in the system's queue.
        let Ok(place) = Arc::clone(&door.places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, address)) => {
                tokio::spawn(connection(stream, address, door.clone(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// One connection: its handshake is its own, and holds nobody else up.
async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    door: Door,
    place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let edge = Arc::clone(&door.edge);
    let _counted = edge.figures.connected();
    let encrypted = door.certificates.is_some();
    let peer = Peer { address, encrypted };
    match door.certificates.clone() {
        None => talk(stream, peer, door).await,
        Some(certificates) => {
            let acceptor = TlsAcceptor::from(certificates.current());
            match tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => talk(stream, peer, door).await,
                // Whoever scans ports fails here all day: it is counted and not logged.
                Ok(Err(_)) | Err(_) => door.edge.figures.handshake_failed(),
            }
        }
    }
    drop(place);
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, peer: Peer, door: Door) {
    let Door {
        router,
        limits,
        mut end,
        ..
    } = door;
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let router = router.clone();
        async move {
            let answered: Result<Response<Body>, Infallible> =
                router.oneshot(request.map(Body::new)).await;
            answered
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time_max)
        .max_buf_size(limits.head_bytes_max)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // A client that leaves or talks nonsense ends its own connection, and nothing else.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = end.wait_for(|ended| *ended) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
