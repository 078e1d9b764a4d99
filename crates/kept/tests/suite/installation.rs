//! Installations to run commands on: rehearsals, and a process that serves one.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use testkit::token::{LABEL, MODULE};

use crate::kept::{Kept, Run};

/// What makes an installation whose keys are in the token beside it.
pub(crate) const IN_TOKEN: [&str; 8] = [
    "--key-manager",
    "pkcs11",
    "--module",
    MODULE,
    "--token",
    LABEL,
    "--pin-file",
    "token/pin",
];

/// An installation in a folder of its own.
pub(crate) struct Installation {
    kept: Kept,
}

impl Installation {
    /// A rehearsal under a policy (its text), that begins at a moment of the controller's time
    /// zone: `2026-01-01T09:00`.
    pub(crate) fn rehearsal(policy: &str, at: &str) -> Self {
        Self::rehearsal_in(Kept::new(), policy, at)
    }

    /// The same with an authorisation (its text) beside the policy.
    pub(crate) fn authorised(policy: &str, authorisation: &str, at: &str) -> Self {
        let kept = Kept::new();
        kept.file("authorisation.toml", authorisation);
        Self::rehearsal_in(kept, policy, at)
    }

    /// The same with its keys in a PKCS#11 token, which lies in the folder around it.
    pub(crate) fn with_token(policy: &str, at: &str) -> Self {
        Self::made(Kept::with_token(), policy, at, &IN_TOKEN)
    }

    /// The same in two databases on a server, of the data and of the keyring.
    pub(crate) fn on_databases(policy: &str, at: &str, [data, keyring]: &[String; 2]) -> Self {
        let more = ["--database", data, "--keyring-database", keyring];
        Self::made(Kept::new(), policy, at, &more)
    }

    /// The installation `D` of a folder.
    pub(crate) fn around_it(kept: Kept) -> Self {
        Self { kept }
    }

    fn rehearsal_in(kept: Kept, policy: &str, at: &str) -> Self {
        Self::made(kept, policy, at, &[])
    }

    fn made(kept: Kept, policy: &str, at: &str, more: &[&str]) -> Self {
        kept.file("policy.toml", policy);
        let init = [
            "init",
            "--policy",
            "policy.toml",
            "--data",
            "D",
            "--rehearsal",
            "--at",
            at,
        ];
        kept.run(init.iter().chain(more)).ok();
        Self { kept }
    }

    /// The folder around it, and what can be run there.
    pub(crate) fn around(&self) -> &Kept {
        &self.kept
    }

    /// The installation's folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.kept.folder().join("D")
    }

    /// The addresses of its databases, of the data and of the keyring, where they are on a server.
    pub(crate) fn databases(&self) -> Option<[String; 2]> {
        let described = std::fs::read_to_string(self.data().join("installation.toml")).unwrap();
        let described: toml::Table = described.parse().unwrap();
        let database = described.get("database")?;
        Some(["url", "keyring-url"].map(|name| database[name].as_str().unwrap().to_owned()))
    }

    /// Its key folder.
    pub(crate) fn keys(&self) -> PathBuf {
        self.kept.folder().join("D.keys")
    }

    /// Names folders beside it for copies of the keyring, and makes them.
    pub(crate) fn ship_to(&self, places: &[&str]) {
        let mut names = Vec::new();
        for place in places {
            std::fs::create_dir(self.kept.folder().join(place)).unwrap();
            names.push(format!("\"../{place}\""));
        }
        let described = self.data().join("installation.toml");
        let text = std::fs::read_to_string(&described).unwrap();
        // Before the tables that may stand at the end.
        let text = format!("keyring-copies = [{}]\n{text}", names.join(", "));
        std::fs::write(described, text).unwrap();
    }

    /// Runs a command on the installation.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let mut command = self.kept.command(arguments);
        command.env("KEPT_DATA", "D");
        let output = command.output().unwrap();
        Run::new(&command, output)
    }

    /// Moves the rehearsal's clock on: `13 months`, `1 day`.
    pub(crate) fn later(&self, by: &str) -> &Self {
        self.run(["clock", "move", "--by", by]).ok();
        self
    }

    /// Moves the rehearsal's clock to a moment: `2027-02-01T09:00`.
    pub(crate) fn at(&self, moment: &str) -> &Self {
        self.run(["clock", "move", moment]).ok();
        self
    }

    /// Starts a process that serves the installation.
    pub(crate) fn serve(&self) -> Serving {
        let mut command = self.kept.command(["serve", "--data", "D"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert!(line.contains("carried out here"), "{line}");
        Serving { child }
    }
}

/// A process that serves an installation, until it is ended.
pub(crate) struct Serving {
    child: Child,
}

impl Serving {
    /// Ends it as an administrator does, and waits: it must end well.
    pub(crate) fn end(mut self) {
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

    /// Kills it, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
