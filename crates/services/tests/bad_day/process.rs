//! A process that works on an installation until it is killed: this test binary itself, told by its
//! environment to play that part.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use services::Kept;

use crate::house::House;

/// Says to this test binary that it is the process to be killed, and where its installation is.
const CHILD: &str = "KEPT_TEST_CRASH_CHILD";

/// The installation to work on, in the process that is to be killed.
pub(crate) fn to_be_killed() -> Option<Kept> {
    let root = std::env::var(CHILD).ok()?;
    Some(Kept::open(root.as_ref(), None).unwrap())
}

/// Says a line at once, so that whoever kills the process has it whole.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// The process that a test becomes when it is told to be killed.
pub(crate) struct Process(Command);

impl Process {
    /// The process of a test, by its whole name.
    pub(crate) fn of(test: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture"]);
        Self(command)
    }

    /// The process with something that it is told by its environment.
    pub(crate) fn told(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs the process and kills it after a time that is counted from when it is at work, as what
    /// it says tells: a slow machine takes as long as it takes. Gives the whole lines that it said.
    pub(crate) fn killed_after(
        mut self,
        house: &House,
        at_work: impl Fn(&[String]) -> bool,
        lives: Duration,
    ) -> Vec<String> {
        let mut child = self
            .0
            .env(CHILD, house.root())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        let mut line = String::new();
        while !at_work(&lines) {
            line.clear();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "it did not start");
            lines.push(line.trim_end().to_owned());
        }
        let reader = std::thread::spawn(move || {
            let mut line = String::new();
            while out.read_line(&mut line).unwrap_or_default() > 0 {
                if line.ends_with('\n') {
                    lines.push(line.trim_end().to_owned());
                }
                line.clear();
            }
            lines
        });
        std::thread::sleep(lives);
        child.kill().unwrap();
        child.wait().unwrap();
        reader.join().unwrap()
    }
}
