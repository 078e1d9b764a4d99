//! Answers commands for clients, in the process that owns the installation.

use std::io::{self, BufWriter};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::{Fault, FaultKind};

use super::frame::{self, Kind, Remote, Shared, Stream};
use super::{Request, socket};
use crate::io::{Forgiving, Io, ProgressSink, Silent, Terminal};
use crate::{defect, failure};

/// What carries a request out: it is given the surroundings of the client and gives the exit code.
type Act = dyn Fn(&Request, &mut Io) -> u8 + Send + Sync;

/// A socket that answers, until it is dropped.
#[must_use]
pub struct Server {
    folder: PathBuf,
    ending: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// As many clients are served at once; one more is told to come again.
    const CLIENTS_MAX: usize = 64;
    /// A client who connects must ask within this time.
    const ASK_WITHIN: Duration = Duration::from_secs(10);
    /// Whoever is asked something answers within this time, or has said no.
    const ANSWER_WITHIN: Duration = Duration::from_secs(120);
    /// A client who does not read for so long is taken to have left.
    const READ_WITHIN: Duration = Duration::from_secs(60);

    /// Begins to answer; the caller owns the installation in this folder.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the socket cannot be made.
    pub fn start(
        folder: &Path,
        act: impl Fn(&Request, &mut Io) -> u8 + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        let listener = socket::bind(folder).map_err(|error| no_socket(folder).because(error))?;
        let ending = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ending);
        let act: Arc<Act> = Arc::new(act);
        let accepting = thread::Builder::new()
            .name("socket".to_owned())
            .spawn(move || accept(&listener, &seen, &act))
            .map_err(|error| no_socket(folder).because(error))?;
        Ok(Self {
            folder: folder.to_owned(),
            ending,
            accepting: Some(accepting),
        })
    }
}

impl Drop for Server {
    /// Accepts nothing more, and waits for what was accepted to be done.
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a client.
        let woken = socket::connect(&self.folder).is_ok();
        let _ = socket::remove(&self.folder);
        if let Some(accepting) = self.accepting.take().filter(|_| woken) {
            let _ = accepting.join();
        }
    }
}

fn no_socket(folder: &Path) -> Fault {
    let folder = folder.display();
    Fault::new(
        FaultKind::Unavailable,
        format!("no socket can be made in {folder}"),
    )
    .remedy("look at the folder's rights; it must be on a file system that has sockets")
}

fn accept(listener: &UnixListener, ending: &AtomicBool, act: &Arc<Act>) {
    let mut clients: Vec<JoinHandle<()>> = Vec::new();
    for client in listener.incoming() {
        if ending.load(Ordering::SeqCst) {
            break;
        }
        clients.retain(|client| !client.is_finished());
        let busy = clients.len() >= Server::CLIENTS_MAX;
        let act = Arc::clone(act);
        let started = client.and_then(|client| {
            thread::Builder::new()
                .name("client".to_owned())
                .spawn(move || {
                    // A client who leaves or talks nonsense is nobody else's trouble.
                    let _ = serve(client, busy, &*act);
                })
        });
        match started {
            Ok(client) => clients.push(client),
            // No thread or no descriptor is left: others will come free.
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
    for client in clients {
        let _ = client.join();
    }
}

fn serve(client: UnixStream, busy: bool, act: &Act) -> io::Result<()> {
    client.set_read_timeout(Some(Server::ASK_WITHIN))?;
    client.set_write_timeout(Some(Server::READ_WITHIN))?;
    let mut reader = client.try_clone()?;
    let (kind, bytes) = frame::read(&mut reader)?;
    if kind != Kind::Request {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let request: Request = serde_json::from_slice(&bytes)?;
    let socket: Shared = Arc::new(Mutex::new(client));
    frame::send(&socket, Kind::Accepted, &[])?;
    let mut io = surroundings(&socket, &request);
    let code = match refusal(&request, busy) {
        Some(fault) => {
            failure::show(&fault, request.is_for_programs(), &mut io);
            fault.kind.exit_code()
        }
        None => defect::caught(&mut io, |io| act(&request, io)),
    };
    io.finish();
    frame::send(&socket, Kind::Exit, &[code])?;
    reader.shutdown(Shutdown::Both)
}

/// The client's surroundings, as the command sees them.
fn surroundings(socket: &Shared, request: &Request) -> Io {
    let stream = |kind| {
        let socket = Arc::clone(socket);
        Forgiving::new(Stream { socket, kind })
    };
    let progress: Arc<dyn ProgressSink> = if request.terminal.err {
        Arc::new(Remote(Arc::clone(socket)))
    } else {
        Arc::new(Silent)
    };
    Io::new(
        BufWriter::new(stream(Kind::Out)),
        stream(Kind::Err),
        Terminal { ..request.terminal },
        request.folder.clone(),
        progress,
    )
    .asking(asker(Arc::clone(socket)))
}

/// Asks the client; whoever has left or does not answer has said no.
fn asker(socket: Shared) -> impl FnMut(&str) -> Option<String> + Send + 'static {
    move |question| {
        frame::send(&socket, Kind::Ask, question.as_bytes()).ok()?;
        let mut answers = socket.lock().ok()?.try_clone().ok()?;
        answers.set_read_timeout(Some(Server::ANSWER_WITHIN)).ok()?;
        match frame::read(&mut answers) {
            Ok((Kind::Answer, bytes)) => String::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

fn refusal(request: &Request, busy: bool) -> Option<Fault> {
    if request.version != Request::VERSION {
        return Some(
            Fault::new(
                FaultKind::Conflict,
                "the process that owns the installation is another version of Kept",
            )
            .remedy("end it and start this version, or use the same version as it"),
        );
    }
    busy.then(|| {
        Fault::new(
            FaultKind::Unavailable,
            "the process that owns the installation has too much to do at once",
        )
        .remedy("run the command again in a moment")
    })
}
