//! `kept serve`: owns an installation, carries out the commands that others give, and serves it
//! over HTTP where it has a configuration.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use domain::{Fault, FaultKind};
use serde_json::json;
use services::Kept;
use services::security::SecurityLevel;
use tokio::runtime::{self, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use web::server::config::Config;
use web::server::{Server as Pages, logs};

use super::config_file::Configured;
use super::demo::watch;
use super::options::Place;
use super::{Alone, Context, Exit, mailer, run_for_client};
use crate::host::{Note, Server};

const EXAMPLE: &str = "\
Examples:
  kept serve --data D --config kept.toml
  kept serve --data D &

One process owns an installation. While this one does, commands with the same --data run in it, many
at once, without opening the installation each time. With a configuration it is the server, too, and
does the night's work by itself; without one it serves commands alone. It ends with Ctrl-C or
SIGTERM, after what it has begun. SIGHUP makes it read its certificate again.";

/// Holds an installation open for commands, and serves it over HTTP.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Serve {
    #[command(flatten)]
    configured: Configured,

    /// Leave the night's work, backups and the sending of messages to somebody else
    #[arg(long, requires = "config")]
    no_jobs: bool,

    #[command(flatten)]
    place: Place,
}

impl Alone for Serve {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let folder = self.place.folder(context.io)?;
        let keys = self.place.keys.as_deref().map(|keys| context.io.path(keys));
        let pages = self.pages(context)?;
        let kept = crate::host::own(&folder, || Kept::open(&folder, keys.as_deref()))?;
        kept.check_journal_open()?;
        if let Some((_, level, _)) = &pages {
            kept.accept_security(level, &context.actor(&self.place), false)?;
        }
        let mailer = match &pages {
            Some((_, _, mail)) => mailer::of(mail, Some(&kept))?,
            None => None,
        };
        let (_ended, end) = watch(Ending::expect()?)?;
        let kept = Arc::new(kept);
        let _note = Note::leave(&folder, "serve");
        let server = commands(&folder, &kept)?;
        let pages = pages.map(|(pages, _, _)| match mailer.filter(|_| !self.no_jobs) {
            Some(mailer) => pages.with_mailer(mailer),
            None => pages,
        });
        tell(&folder, pages.as_ref(), context);
        context.io.finish();
        let served = match pages {
            Some(pages) => serve(pages, kept, end),
            None => {
                // Whoever would tell is gone: that is an end, too.
                let _ = end.blocking_recv();
                Ok(())
            }
        };
        drop(server);
        served.map(|()| Exit::Done)
    }
}

impl Serve {
    /// The server that the configuration asks for, with its addresses taken, and what it promises.
    fn pages(
        &self,
        context: &mut Context<'_>,
    ) -> Result<Option<(Pages, SecurityLevel, Config)>, Fault> {
        if self.configured.config.is_none() {
            return Ok(None);
        }
        let mut config = self.configured.read(context.io)?;
        if self.no_jobs {
            config.jobs_at = None;
            config.backup = None;
        }
        let level = config.security_level();
        logs::start(config.log);
        Ok(Some((Pages::bind(config.clone())?, level, config)))
    }
}

/// What is served, and where.
fn tell(folder: &Path, pages: Option<&Pages>, context: &mut Context<'_>) {
    let data = folder.display().to_string();
    let listens: Vec<String> = pages.map_or_else(Vec::new, |pages| {
        pages.addresses().iter().map(ToString::to_string).collect()
    });
    let address = pages.map(Pages::public_address);
    let figures = pages.and_then(Pages::figures_address);
    let figures = figures.map(|it| format!("http://{it}/metrics"));
    context.answer(
        |_| {
            let mut text = String::new();
            if let Some(address) = &address {
                let _ = writeln!(text, "{address} is served at {}", listens.join(", "));
            }
            let _ = writeln!(
                text,
                "commands for {data} are carried out here; end with Ctrl-C"
            );
            text
        },
        || {
            json!({
                "serves": data,
                "address": address,
                "listens": listens,
                "metrics": figures,
            })
        },
    );
}

/// Serves until the end; what takes too long then is cut off.
fn serve(pages: Pages, kept: Arc<Kept>, end: oneshot::Receiver<()>) -> Result<(), Fault> {
    let most = pages.stop_time_max();
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Fault::new(FaultKind::Unavailable, "the pages cannot be served").because(error)
        })?;
    let served = runtime.block_on(pages.serve(kept, async {
        let _ = end.await;
    }));
    runtime.shutdown_timeout(most);
    served
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
