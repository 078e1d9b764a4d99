//! `kept serve`: owns an installation and carries out the commands that others give.

use std::io;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::json;
use services::Kept;
use tokio::runtime::{self, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::options::Place;
use super::{Alone, Context, Exit, run_for_client};
use crate::host::{Note, Server};

const EXAMPLE: &str = "\
Example:
  kept serve --data D &
  kept sweep --data D

One process owns an installation. While this one does, commands with the same --data run in it, many
at once, without opening the installation each time. It ends with Ctrl-C or SIGTERM, after what it
has begun.";

/// Holds an installation open for commands.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
}

impl Alone for Serve {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let folder = self.place.folder(context.io)?;
        let keys = self.place.keys.as_deref().map(|keys| context.io.path(keys));
        let kept = crate::host::own(&folder, || Kept::open(&folder, keys.as_deref()))?;
        let ending = Ending::expect()?;
        let _note = Note::leave(&folder, "serve");
        let server = commands(&folder, &Arc::new(kept))?;
        let named = folder.display().to_string();
        context.answer(
            |_| format!("commands for {named} are carried out here; end with Ctrl-C\n"),
            || json!({ "serves": named }),
        );
        context.io.finish();
        ending.wait();
        drop(server);
        Ok(Exit::Done)
    }
}

/// Begins to carry out the commands of others on an open installation.
///
/// # Errors
/// [`FaultKind::Unavailable`] when there can be no socket in the folder.
pub(super) fn commands(folder: &Path, kept: &Arc<Kept>) -> Result<Server, Fault> {
    let kept = Arc::clone(kept);
    Server::start(folder, move |request, io| {
        run_for_client(request, &kept, io)
    })
}

/// What the system tells a process that is to end: Ctrl-C or SIGTERM.
pub(super) struct Ending {
    runtime: Runtime,
    interrupt: Signal,
    terminate: Signal,
}

impl Ending {
    /// From now on to be told, instead of being ended in the middle of things.
    pub(super) fn expect() -> Result<Self, Fault> {
        let expect = || {
            let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
            let within = runtime.enter();
            let interrupt = signal(SignalKind::interrupt())?;
            let terminate = signal(SignalKind::terminate())?;
            drop(within);
            Ok(Self {
                runtime,
                interrupt,
                terminate,
            })
        };
        expect().map_err(|error: io::Error| {
            let message = "signals of the system cannot be received";
            Fault::new(FaultKind::Unavailable, message).because(error)
        })
    }

    /// Waits to be told.
    pub(super) fn wait(mut self) {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
        });
    }
}
