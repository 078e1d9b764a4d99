//! `kept demo`: an installation of invented people, in the browser.

mod house;
mod told;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use clap::Args;
use domain::{Fault, FaultKind};
use tokio::runtime;
use tokio::sync::oneshot;
use web::server::config::{Log, LogFormat, LogLevel};
use web::server::logs;

use super::serve::{Ending, commands};
use super::{Alone, Context, Exit};
use crate::host::Note;
use house::House;

const EXAMPLE: &str = "\
Examples:
  kept demo
  kept demo --port 8080 --people 500
  kept demo --policy policies/sports-club
  kept demo --data D

A rehearsal of a few thousand people who do not exist, over ten years that never were. The pages are
for this machine alone. Other commands work on it meanwhile: name its folder with --data. It ends
with Ctrl-C.";

/// The demo logs what goes wrong, and no more.
const LOG: Log = Log {
    format: LogFormat::Text,
    level: LogLevel::Warn,
};
/// The first port that is tried where none is named.
const PORT: u16 = 7878;
/// How many ports after it are tried, before any that is free will do.
const PORTS_TRIED: u16 = 20;

/// Makes an installation of invented people, and shows it in the browser.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Demo {
    /// The port of this machine; 7878 or the next free one, if left out
    #[arg(long, value_name = "NUMBER")]
    port: Option<u16>,

    /// A folder for the installation, which stays; used again if there is one in it
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,

    /// Leave the temporary folder in its place at the end
    #[arg(long, conflicts_with = "data")]
    keep: bool,

    /// A folder with a policy.toml and a demo.toml, instead of those that Kept brings along
    #[arg(long, value_name = "FOLDER")]
    policy: Option<PathBuf>,

    /// How many people there are to be; as many as the script says, if left out
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    people: Option<u32>,
}

impl Alone for Demo {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let pages = self.bind()?;
        logs::start(LOG);
        let (ended, mut end) = watch(Ending::expect()?)?;
        let house = House::enter(self, context, &ended)?;
        let Some(house) = house else {
            return Ok(Exit::Done);
        };
        let note = Note::leave(&house.root, "demo");
        let server = commands(&house.root, &house.kept)?;
        told::ready(&house, &pages.address(), context);
        context.io.finish();
        let kept = Arc::clone(&house.kept);
        let pages = pages.suggesting(house.notes.people_to_see());
        let runtime = runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| unavailable("the pages cannot be served").because(error))?;
        runtime.block_on(pages.serve(kept, async move {
            let _ = (&mut end).await;
        }))?;
        drop(runtime);
        drop(server);
        drop(note);
        told::ended(house.leave(), context);
        Ok(Exit::Done)
    }
}

impl Demo {
    /// The port that was named, or the first free one from ours on.
    fn bind(&self) -> Result<web::Demo, Fault> {
        if let Some(port) = self.port {
            return web::Demo::bind(port);
        }
        for port in PORT..=PORT + PORTS_TRIED {
            match web::Demo::bind(port) {
                Err(fault) if fault.kind == FaultKind::Conflict => {}
                bound => return bound,
            }
        }
        web::Demo::bind(0)
    }
}

/// What a thread of its own learns of the end: a mark for work to look at, and a word for servers.
pub(super) fn watch(ending: Ending) -> Result<(Arc<AtomicBool>, oneshot::Receiver<()>), Fault> {
    let ended = Arc::new(AtomicBool::new(false));
    let (tell, end) = oneshot::channel();
    let mark = Arc::clone(&ended);
    thread::Builder::new()
        .name("ending".to_owned())
        .spawn(move || {
            ending.wait();
            mark.store(true, Ordering::SeqCst);
            let _ = tell.send(());
        })
        .map_err(|error| unavailable("no thread can be started").because(error))?;
    Ok((ended, end))
}

fn unavailable(message: &str) -> Fault {
    Fault::new(FaultKind::Unavailable, message)
}
