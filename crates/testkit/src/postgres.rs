//! A PostgreSQL of one's own: made for some work and gone after it. And for tests that run on one:
//! two empty databases each.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Under this name the environment of tests holds the folder of the socket of the server that they
/// are to run on; without it they run on files.
pub const SOCKET: &str = "KEPT_TEST_POSTGRES";

/// The one database, and its owner.
const NAME: &str = "kept";

/// The addresses of two empty databases for an installation, of the data and of the keyring, on the
/// server that tests are to run on; none where they run on files.
#[must_use]
pub fn databases() -> Option<[String; 2]> {
    let socket = env::var_os(SOCKET)?;
    Some(databases_on(Path::new(&socket)))
}

/// The same, on a server that is known by the folder of its socket.
#[must_use]
pub fn databases_on(socket: &Path) -> [String; 2] {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let one = format!(
        "t{:x}_{}_{}",
        since.as_nanos(),
        std::process::id(),
        MADE.fetch_add(1, Ordering::Relaxed)
    );
    let schemas = [format!("{one}_data"), format!("{one}_keyring")];
    let made = schemas
        .each_ref()
        .map(|schema| format!("CREATE SCHEMA {schema};"));
    psql(socket, &made.concat());
    schemas.map(|schema| address(socket, &schema))
}

/// The addresses of databases on a server, or on its standby: whichever takes writes.
#[must_use]
pub fn with_standby(addresses: &[String; 2], server: &Postgres, standby: &Postgres) -> [String; 2] {
    let escaped = |one: &Postgres| one.socket().display().to_string().replace('/', "%2F");
    let both = format!("@{},{}/", escaped(server), escaped(standby));
    let one = format!("@{}/", escaped(server));
    addresses
        .each_ref()
        .map(|address| address.replace(&one, &both))
}

/// The address of a schema of the database.
fn address(socket: &Path, schema: &str) -> String {
    let socket = socket.display().to_string().replace('/', "%2F");
    format!("postgres://{NAME}@{socket}/{NAME}?options=-csearch_path%3D{schema}")
}

/// Runs statements as the database's owner; gives what they answer, a line each, columns with `|`.
pub fn psql(socket: &Path, statements: &str) -> String {
    let ran = Command::new(programs().join("psql"))
        .args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            NAME,
            "-d",
            NAME,
        ])
        .arg("-h")
        .arg(socket)
        .arg("-c")
        .arg(statements)
        .output()
        .expect("psql runs");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "psql: {said}");
    String::from_utf8(ran.stdout).expect("text")
}

/// Whether what the server answers has to last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durable {
    /// As in earnest.
    Yes,
    /// Nothing waits for the disk: for tests that ask nothing of it.
    No,
}

/// A server with a cluster of its own, stopped and removed with the value.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    durable: Durable,
}

impl Postgres {
    /// Makes a cluster and starts its server. Root runs it as the user that Debian's package made.
    #[must_use]
    pub fn start(durable: Durable) -> Self {
        let made = as_server("mktemp").arg("-d").output().expect("mktemp runs");
        let folder = PathBuf::from(String::from_utf8(made.stdout).expect("a path").trim());
        assert!(folder.is_dir(), "no folder for PostgreSQL");
        let server = Self {
            programs: programs(),
            folder,
            durable,
        };
        server.run(
            "initdb",
            [
                // Small pieces of the log: most of a large one would be empty.
                "--wal-segsize=1",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
                "--auth=trust",
                "--username",
                NAME,
                "-D",
            ]
            .map(OsStr::new)
            .into_iter()
            .chain([server.data().as_os_str()]),
        );
        server.go();
        let made = Command::new(server.programs.join("createdb"))
            .args(["-U", NAME, "-h"])
            .arg(server.socket())
            .arg(NAME)
            .status();
        assert!(made.is_ok_and(|made| made.success()), "createdb");
        server
    }

    /// The folder of its socket, by which it is known.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.folder
    }

    /// The folder of its cluster.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts the server, or starts it again.
    pub fn go(&self) {
        self.go_with("");
    }

    /// Starts the server again so that it answers at an address of this machine too, over TLS, with
    /// `server.crt` and `server.key` of its cluster's folder.
    pub fn listen(&self, host: &str, port: u16) {
        self.crash();
        self.go_with(&format!(
            " -c listen_addresses={host} -c port={port} -c ssl=on -c log_connections=on"
        ));
    }

    fn go_with(&self, more: &str) {
        let mut options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=300 \
             -c shared_buffers=256MB -c max_wal_size=2GB",
            self.folder.display()
        );
        if self.durable == Durable::No {
            options.push_str(" -c fsync=off -c synchronous_commit=off -c full_page_writes=off");
        }
        options.push_str(more);
        let (data, log) = (self.data(), self.folder.join("log"));
        let arguments: [&OsStr; 7] = [
            "-w".as_ref(),
            "-D".as_ref(),
            data.as_os_str(),
            "-l".as_ref(),
            log.as_os_str(),
            "-o".as_ref(),
            options.as_ref(),
        ];
        // What is left of a server that was killed goes when it notices.
        for _ in 0..40 {
            let arguments = arguments.into_iter().chain([OsStr::new("start")]);
            if self.ran("pg_ctl", arguments) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(250));
        }
        let said = as_server("tail").arg(&log).output().expect("tail runs");
        panic!("no start: {}", String::from_utf8_lossy(&said.stdout));
    }

    /// A standby of this server, which from now on acknowledges nothing that the standby has not on
    /// its disk.
    #[must_use]
    pub fn with_standby(&self) -> Self {
        let made = as_server("mktemp").arg("-d").output().expect("mktemp runs");
        let folder = PathBuf::from(String::from_utf8(made.stdout).expect("a path").trim());
        let standby = Self {
            programs: programs(),
            folder,
            durable: self.durable,
        };
        let from = format!(
            "host={} user={NAME} application_name=standby",
            self.socket().display()
        );
        let data = standby.data();
        let copied: [&OsStr; 9] = [
            "--checkpoint=fast".as_ref(),
            "--write-recovery-conf".as_ref(),
            "--create-slot".as_ref(),
            "--slot=standby".as_ref(),
            "--no-sync".as_ref(),
            "-D".as_ref(),
            data.as_os_str(),
            "-d".as_ref(),
            from.as_ref(),
        ];
        standby.run("pg_basebackup", copied);
        standby.go();
        let names = "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (standby)'";
        psql(self.socket(), names);
        psql(self.socket(), "SELECT pg_reload_conf()");
        let stands = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'";
        while psql(self.socket(), stands).trim() != "1" {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        standby
    }

    /// Makes a standby the server that takes writes.
    pub fn promote(&self) {
        let data = self.data();
        let arguments: [&OsStr; 4] = [
            "-w".as_ref(),
            "-D".as_ref(),
            data.as_os_str(),
            "promote".as_ref(),
        ];
        self.run("pg_ctl", arguments);
    }

    /// Kills all of it with -9; it can be started again.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&self) {
        let noted = self.data().join("postmaster.pid");
        let noted = as_server("cat").arg(noted).output().expect("cat runs");
        let noted = String::from_utf8_lossy(&noted.stdout).into_owned();
        let first = noted.lines().next().expect("it runs").to_owned();
        let children = Command::new("pgrep").args(["-P", &first]).output();
        let children = children.map(|found| found.stdout).unwrap_or_default();
        let children = String::from_utf8_lossy(&children).into_owned();
        let all: Vec<&str> = [first.as_str()]
            .into_iter()
            .chain(children.split_whitespace())
            .collect();
        let killed = Command::new("kill")
            .arg("-9")
            .args(&all)
            .stderr(Stdio::null())
            .status();
        // A child may have ended by itself.
        assert!(killed.is_ok(), "kill runs");
        // One that nobody has waited for yet is dead all the same, and would be taken for a server.
        let alive = |process: &&&str| {
            let state = fs::read_to_string(format!("/proc/{process}/stat"));
            state.is_ok_and(|state| !state.contains(") Z "))
        };
        while all.iter().find(alive).is_some() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let noted = self.data().join("postmaster.pid");
        let removed = as_server("rm").arg("-f").arg(noted).status();
        assert!(removed.is_ok_and(|removed| removed.success()), "rm");
    }

    /// Stops it as a power cut would: nothing is finished.
    pub fn crash(&self) {
        let data = self.data();
        let arguments: [&OsStr; 5] = [
            "-D".as_ref(),
            data.as_os_str(),
            "-m".as_ref(),
            "immediate".as_ref(),
            "stop".as_ref(),
        ];
        self.run("pg_ctl", arguments);
    }

    fn run<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a OsStr>) {
        assert!(
            self.ran(program, arguments),
            "{program} failed; see {}",
            self.folder.join("log").display()
        );
    }

    fn ran<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a OsStr>) -> bool {
        as_server(self.programs.join(program))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("PostgreSQL's programs run")
            .success()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = as_server(self.programs.join("pg_ctl"))
            .arg("-D")
            .arg(self.data())
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _ = as_server("rm").arg("-rf").arg(&self.folder).status();
    }
}

/// PostgreSQL refuses to run as root; root runs it as the user that the package made.
pub fn as_server(program: impl AsRef<Path>) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid=postgres",
                "--regid=postgres",
                "--init-groups",
                "--",
            ])
            .arg(program.as_ref());
        command
    } else {
        Command::new(program.as_ref())
    };
    command
        .current_dir("/")
        .env_remove("TMPDIR")
        .env("LC_ALL", "C");
    command
}

/// The newest version's programs, where Debian puts them.
///
/// # Panics
/// When PostgreSQL is not installed.
#[must_use]
pub fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    versions
        .map(|version| version.path().join("bin"))
        .filter(|programs| programs.join("initdb").exists())
        .max()
        .expect("PostgreSQL is installed (Debian's package postgresql; ./test installs it)")
}
