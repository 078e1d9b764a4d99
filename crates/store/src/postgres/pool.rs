//! The connections that readers share.

use std::sync::{Condvar, Mutex, PoisonError};

use domain::Fault;

use super::client::Client;
use super::fault::timed_out;
use super::server::Server;

/// Connections to a server, lent one at a time; made when they are wanted, up to a number.
pub(crate) struct Pool {
    server: Server,
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Client>,
    lent: u32,
}

impl Pool {
    pub(crate) fn new(server: Server) -> Self {
        Self {
            server,
            state: Mutex::default(),
            given_back: Condvar::new(),
        }
    }

    /// The server that they lead to.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Lends a connection for some work; waits for one when all are lent.
    pub(crate) fn lend<R>(
        &self,
        work: impl FnOnce(&Client) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let client = self.take()?;
        let lent = Lent {
            pool: self,
            client: Some(client),
        };
        match &lent.client {
            Some(client) => work(client),
            None => Err(timed_out()),
        }
    }

    fn take(&self) -> Result<Client, Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(client) = state.idle.pop() {
                state.lent += 1;
                drop(state);
                if client.is_usable() {
                    return Ok(client);
                }
                drop(client);
                return self.connect();
            }
            if state.lent < self.server.connections.max(1) {
                state.lent += 1;
                drop(state);
                return self.connect();
            }
            let (waited, timeout) = self
                .given_back
                .wait_timeout(state, self.server.connect)
                .unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if timeout.timed_out() && state.idle.is_empty() {
                return Err(timed_out());
            }
        }
    }

    /// Makes a connection for a place that is taken already.
    fn connect(&self) -> Result<Client, Fault> {
        let connected = Client::connect(&self.server);
        if connected.is_err() {
            self.give_back(None);
        }
        connected
    }

    fn give_back(&self, client: Option<Client>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.lent -= 1;
        state.idle.extend(client);
        drop(state);
        self.given_back.notify_one();
    }
}

/// A connection on loan; it comes back however the work ends.
struct Lent<'p> {
    pool: &'p Pool,
    client: Option<Client>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        // One that is in the middle of something, or closed, is found so when it is taken again.
        let panicked = std::thread::panicking();
        self.pool
            .give_back(self.client.take().filter(|_| !panicked));
    }
}
