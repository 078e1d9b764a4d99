//! An installation that is served, with a program's key; killed and served again.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use testkit::postgres::{Durable, Postgres};

use crate::kept::{Kept, Run};

/// Where an installation keeps its data.
#[derive(Clone, Copy, Debug)]
pub(super) enum Database {
    /// In its own folder.
    Files,
    /// On a PostgreSQL of its own.
    Postgres,
    /// On a PostgreSQL with a standby that confirms every commit.
    Standby,
}

/// An installation of the default policy, not a rehearsal, and a program that has a key for it.
pub(super) struct House {
    kept: Kept,
    /// What the server says, on another disk than the installation.
    said: TempDir,
    /// The server of its databases, where they are on one.
    pub(super) server: Option<Postgres>,
    /// Its standby, where it has one.
    pub(super) standby: Option<Postgres>,
    /// The program's key.
    pub(super) key: String,
}

/// What the program may be.
const ROLES: [&str; 3] = ["client-relations", "marketing", "data-protection-officer"];
/// Served to this machine, with no limit that a load would meet.
const CONFIG: &str = "address = \"http://localhost\"\nlisten = \"127.0.0.1:0\"\n\
    [limits]\nrequests = 1000000\n[log]\nlevel = \"warn\"\n";

impl House {
    /// Makes one.
    pub(super) fn new(database: Database) -> Self {
        match database {
            Database::Files => Self::in_folder(Kept::new()),
            Database::Postgres => {
                let server = Postgres::start(Durable::Yes);
                let addresses = testkit::postgres::databases_on(server.socket());
                let house = Self::made(Kept::new(), Some(&addresses));
                Self {
                    server: Some(server),
                    ..house
                }
            }
            Database::Standby => {
                let server = Postgres::start(Durable::Yes);
                let addresses = testkit::postgres::databases_on(server.socket());
                let standby = server.with_standby();
                let both = testkit::postgres::with_standby(&addresses, &server, &standby);
                let house = Self::made(Kept::new(), Some(&both));
                Self {
                    server: Some(server),
                    standby: Some(standby),
                    ..house
                }
            }
        }
    }

    /// Makes one with its data in files, in a folder.
    pub(super) fn in_folder(kept: Kept) -> Self {
        Self::made(kept, None)
    }

    fn made(kept: Kept, addresses: Option<&[String; 2]>) -> Self {
        let mut init = kept.command(["init", "--data", "D", "--policy"]);
        init.arg(crate::policies::assess_manager());
        for name in ["KEPT_DATABASE", "KEPT_KEYRING_DATABASE"] {
            init.env_remove(name);
        }
        if let Some([data, keyring]) = addresses {
            init.args(["--database", data, "--keyring-database", keyring]);
        }
        let output = init.output().unwrap();
        Run::new(&init, output).ok();
        kept.file("kept.toml", CONFIG);
        let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(170 * 24);
        let until = format!("{}T00:00", &until.to_string()[..10]);
        let mut words = vec![
            "key", "add", "site", "--json", "--data", "D", "--until", &until,
        ];
        words.extend(ROLES.iter().flat_map(|role| ["--role", *role]));
        let made = kept.run(words).ok().json();
        let key = made["secret"].as_str().unwrap().to_owned();
        let said = TempDir::new().unwrap();
        Self {
            kept,
            said,
            server: None,
            standby: None,
            key,
        }
    }

    /// The folder around it, and what can be run there.
    pub(super) fn around(&self) -> &Kept {
        &self.kept
    }

    /// Where its files are: its own folder, that of its keys, and what the server said.
    pub(super) fn places(&self) -> Vec<PathBuf> {
        let folder = self.kept.folder();
        let said = self.said.path().to_owned();
        vec![folder.join("D"), folder.join("D.keys"), said]
    }

    /// What the last server said beside its answers.
    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(self.said.path().join("last")).unwrap()
    }

    /// Runs a command on it.
    pub(super) fn run<const N: usize>(&self, words: [&str; N]) -> Run {
        let mut command = self.kept.command(words);
        command.env("KEPT_DATA", "D");
        let output = command.output().unwrap();
        Run::new(&command, output)
    }

    /// Serves it. It must start.
    pub(super) fn serve(&self) -> Server {
        let begun = self.begin_to_serve(&[]);
        begun.ready().unwrap_or_else(|ended| {
            panic!("it did not start: {} {}", ended.0, ended.1);
        })
    }

    /// Begins to serve it, below another program if one is named with its arguments.
    pub(super) fn begin_to_serve(&self, below: &[&str]) -> Starting {
        let (last, all) = (self.said.path().join("last"), self.said.path().join("all"));
        if let Ok(said) = std::fs::read(&last) {
            let mut all = File::options().create(true).append(true).open(all).unwrap();
            all.write_all(&said).unwrap();
        }
        let said = File::create(&last).unwrap();
        let kept = self
            .kept
            .command(["serve", "--data", "D", "--config", "kept.toml", "--json"]);
        let mut command = match below {
            [] => kept,
            [program, arguments @ ..] => below_another(&kept, program, arguments),
        };
        command.stdout(Stdio::piped());
        command.stderr(said);
        let child = command.spawn().unwrap();
        Starting {
            said: last,
            child: Some(child),
        }
    }
}

/// The same command, run by another program.
fn below_another(kept: &Command, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(kept.get_program());
    command
        .args(kept.get_args())
        .stdin(Stdio::null())
        .env_clear();
    command.envs(
        kept.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.current_dir(kept.get_current_dir().unwrap());
    command
}

/// A process that begins to serve.
pub(super) struct Starting {
    child: Option<Child>,
    said: PathBuf,
}

impl Starting {
    /// Waits until it serves, or ends: then with what it said.
    pub(super) fn ready(mut self) -> Result<Server, (ExitStatus, String)> {
        let mut child = self.child.take().unwrap();
        let mut text = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let Ok(line) = line else { break };
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let said: Option<Value> = serde_json::from_str(&text).ok();
        let port = said.and_then(|said| {
            let listens = said["listens"][0].as_str()?;
            listens.rsplit(':').next()?.parse().ok()
        });
        match port {
            Some(port) => Ok(Server { child, port }),
            None => {
                let ended = child.wait().unwrap();
                Err((ended, std::fs::read_to_string(&self.said).unwrap()))
            }
        }
    }

    /// Kills it, as a power cut does.
    pub(super) fn kill(mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// A process that serves an installation.
pub(super) struct Server {
    child: Child,
    /// The port that it listens at.
    pub(super) port: u16,
}

impl Server {
    /// Whether it has not ended.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it, as a power cut does.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Ends it as an administrator does, and waits: it must end well.
    pub(super) fn end(mut self) {
        let process = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .arg(process)
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
