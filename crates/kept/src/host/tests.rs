//! Commands reach an installation both ways. The installation here is a lock and a number.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::io::testing::Written;

/// Something that one process owns.
struct Counter {
    _lock: File,
    count: AtomicU64,
}

impl Counter {
    fn open(folder: &Path) -> Result<Self, Fault> {
        let lock = File::options()
            .create(true)
            .append(true)
            .open(folder.join("lock"))
            .unwrap();
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                _lock: lock,
                count: AtomicU64::new(0),
            }),
            Err(TryLockError::WouldBlock) => Err(Fault::new(
                FaultKind::Conflict,
                "the installation is in use",
            )),
            Err(TryLockError::Error(error)) => panic!("{error}"),
        }
    }

    /// The commands: `count`, `show`, `fail`, `panic`.
    fn act(&self, request: &Request, io: &mut Io) -> u8 {
        match request.command() {
            "count" => {
                let bar = io.progress("counted", Some(1));
                let count = self.count.fetch_add(1, Ordering::SeqCst) + 1;
                bar.set(count);
                drop(bar);
                io.print(&format!("{count}\n"));
                0
            }
            "show" => {
                io.print(&format!(
                    "{} as {} in {}\n",
                    self.count.load(Ordering::SeqCst),
                    request.login,
                    io.folder().display()
                ));
                0
            }
            "ask" => {
                let answer = io.ask("Sure? ").unwrap_or_else(|| "nothing".to_owned());
                io.print(&format!("{answer} was answered\n"));
                0
            }
            "fail" => {
                io.print("half\n");
                io.complain("error: the other half\n");
                6
            }
            _ => panic!("at Odile Vasseur"),
        }
    }
}

fn request(command: &str, io: &Io) -> Request {
    let arguments = ["kept", "--json", command].map(Into::into);
    Request::new(&arguments, "s.martin", io).unwrap()
}

/// Runs a command in a folder, whichever way it goes.
fn run(folder: &Path, command: &str) -> (Result<u8, Fault>, Written) {
    let (mut io, written) = Written::io();
    let request = request(command, &io);
    let outcome = work(
        folder,
        &request,
        &mut io,
        || Counter::open(folder),
        |counter, io| counter.act(&request, io),
    );
    io.finish();
    (outcome, written)
}

fn serve(folder: &Path) -> Server {
    let counter = Counter::open(folder).unwrap();
    Server::start(folder, move |request, io| counter.act(request, io)).unwrap()
}

#[test]
fn without_an_owner_a_command_owns_the_installation_while_it_runs() {
    let folder = TempDir::new().unwrap();
    for _ in 0..2 {
        let (outcome, written) = run(folder.path(), "count");
        assert_eq!(outcome.unwrap(), 0);
        assert_eq!(written.out(), "1\n");
    }
}

#[test]
fn with_an_owner_that_listens_a_command_runs_there_in_the_clients_surroundings() {
    let folder = TempDir::new().unwrap();
    let server = serve(folder.path());
    assert_eq!(run(folder.path(), "count").1.out(), "1\n");
    assert_eq!(run(folder.path(), "count").1.out(), "2\n");
    assert_eq!(
        run(folder.path(), "show").1.out(),
        "2 as s.martin in here\n"
    );
    drop(server);
    assert_eq!(
        run(folder.path(), "show").1.out(),
        "0 as s.martin in here\n"
    );
}

#[test]
fn a_question_is_put_to_whoever_gave_the_command_wherever_it_is_carried_out() {
    let folder = TempDir::new().unwrap();
    let ask = || {
        let (mut io, written) = Written::io_that_answers("yes");
        let request = request("ask", &io);
        let outcome = work(
            folder.path(),
            &request,
            &mut io,
            || Counter::open(folder.path()),
            |counter, io| counter.act(&request, io),
        );
        io.finish();
        assert_eq!(outcome.unwrap(), 0);
        assert_eq!(written.err(), "Sure? ");
        written.out()
    };
    let here = ask();
    let server = serve(folder.path());
    assert_eq!(
        (here.as_str(), ask().as_str()),
        ("yes was answered\n", "yes was answered\n")
    );
    // Whoever cannot be asked answers nothing.
    assert_eq!(run(folder.path(), "ask").1.out(), " was answered\n");
    drop(server);
    assert_eq!(run(folder.path(), "ask").1.out(), "nothing was answered\n");
}

#[test]
fn output_errors_progress_and_exit_code_come_back() {
    let folder = TempDir::new().unwrap();
    let _server = serve(folder.path());
    let (outcome, written) = run(folder.path(), "fail");
    assert_eq!(outcome.unwrap(), 6);
    assert_eq!(
        (written.out().as_str(), written.err().as_str()),
        ("half\n", "error: the other half\n")
    );
    let (_, written) = run(folder.path(), "count");
    let seen: Vec<_> = written
        .progress()
        .iter()
        .map(|p| p.as_ref().map(|p| p.done))
        .collect();
    assert_eq!(seen[..3], [Some(0), Some(1), None]);
}

#[test]
fn an_owner_that_does_not_listen_is_named() {
    let folder = TempDir::new().unwrap();
    let _counter = Counter::open(folder.path()).unwrap();
    let _note = Note::leave(folder.path(), "import");
    let fault = run(folder.path(), "count").0.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Conflict);
    assert!(fault.message.ends_with("`kept import`)"), "{fault}");
}

#[test]
fn the_socket_of_a_killed_process_stands_in_nobodys_way() {
    let folder = TempDir::new().unwrap();
    // A listener that is gone leaves its file, as a killed process does.
    drop(UnixListener::bind(folder.path().join("socket")).unwrap());
    assert!(folder.path().join("socket").exists());
    assert_eq!(run(folder.path(), "count").1.out(), "1\n");
    let _server = serve(folder.path());
    assert_eq!(run(folder.path(), "count").1.out(), "1\n");
    assert_eq!(run(folder.path(), "count").1.out(), "2\n");
}

#[test]
fn nobody_but_its_owner_may_use_the_socket() {
    let folder = TempDir::new().unwrap();
    let server = serve(folder.path());
    let mode = fs::metadata(folder.path().join("socket"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(server);
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left, ["lock"]);
}

#[test]
fn a_folder_may_have_a_long_name() {
    let folder = TempDir::new().unwrap();
    let long = folder.path().join("d".repeat(200));
    fs::create_dir(&long).unwrap();
    let _server = serve(&long);
    assert_eq!(run(&long, "count").1.out(), "1\n");
    assert_eq!(run(&long, "count").1.out(), "2\n");
}

#[test]
fn several_clients_are_served_at_once() {
    let folder = TempDir::new().unwrap();
    let together = Barrier::new(8);
    // Each waits for all others: served one after the other, none would ever end.
    let _server = Server::start(folder.path(), move |_, _| {
        together.wait();
        0
    })
    .unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(run(folder.path(), "wait").0.unwrap(), 0));
        }
    });
}

#[test]
fn a_client_who_leaves_does_not_stop_the_act() {
    let folder = TempDir::new().unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (left, has_left) = mpsc::channel();
    let has_left = std::sync::Mutex::new(has_left);
    let done = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&done);
    let server = Server::start(folder.path(), move |_, io| {
        begun.send(()).unwrap();
        has_left.lock().unwrap().recv().unwrap();
        for _ in 0..1000 {
            io.print(&"x".repeat(1000));
            io.complain("and on\n");
            seen.fetch_add(1, Ordering::SeqCst);
        }
        0
    })
    .unwrap();
    let (io, _) = Written::io();
    let asked = serde_json::to_vec(&request("count", &io)).unwrap();
    let mut client = socket::connect(folder.path()).unwrap();
    frame::write(&mut client, frame::Kind::Request, &asked).unwrap();
    has_begun.recv().unwrap();
    drop(client);
    left.send(()).unwrap();
    drop(server);
    assert_eq!(done.load(Ordering::SeqCst), 1000);
}

#[test]
fn nonsense_on_the_socket_is_nobody_elses_trouble() {
    let folder = TempDir::new().unwrap();
    let _server = serve(folder.path());
    for nonsense in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"r\0\0\0\x02{}",
        b"x\0\0\0\0",
        b"",
    ] {
        let mut client = UnixStream::connect(folder.path().join("socket")).unwrap();
        std::io::Write::write_all(&mut client, nonsense).unwrap();
    }
    assert_eq!(run(folder.path(), "count").1.out(), "1\n");
}

#[test]
fn another_version_of_kept_is_told_so() {
    let folder = TempDir::new().unwrap();
    let _server = serve(folder.path());
    let (mut io, written) = Written::io();
    let mut request = request("count", &io);
    request.version = "0.0.1".to_owned();
    let code = client::ask(folder.path(), &request, &mut io).unwrap();
    assert_eq!(code, Some(4));
    assert!(
        written.err().contains("another version"),
        "{}",
        written.err()
    );
}

#[test]
fn a_defect_while_serving_is_told_to_the_client_and_serving_goes_on() {
    crate::defect::install_hook();
    let folder = TempDir::new().unwrap();
    let _server = serve(folder.path());
    let (outcome, written) = run(folder.path(), "panic");
    assert_eq!(outcome.unwrap(), 1);
    assert!(
        written.err().contains("a defect in Kept"),
        "{}",
        written.err()
    );
    assert!(!written.err().contains("Vasseur"), "{}", written.err());
    assert_eq!(run(folder.path(), "count").1.out(), "1\n");
}

#[test]
fn an_owner_that_ends_before_it_answers_is_no_silent_success() {
    let folder = TempDir::new().unwrap();
    let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
    let killed = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        frame::read(&mut client).unwrap();
        frame::write(&mut client, frame::Kind::Accepted, &[]).unwrap();
        thread::sleep(Duration::from_millis(10));
    });
    let fault = run(folder.path(), "count").0.unwrap_err();
    killed.join().unwrap();
    assert_eq!(fault.kind, FaultKind::Unavailable);
}

#[test]
fn an_owner_that_is_just_ending_has_taken_nothing() {
    let folder = TempDir::new().unwrap();
    let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
    let ending = thread::spawn(move || drop(listener.accept()));
    let (outcome, written) = run(folder.path(), "count");
    ending.join().unwrap();
    assert_eq!(outcome.unwrap(), 0);
    assert_eq!(written.out(), "1\n");
}
