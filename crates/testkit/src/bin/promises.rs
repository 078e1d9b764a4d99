//! Prints which promises are kept, from the report of a run of the tests.
//!
//! `promises --report target/nextest/ci/junit.xml` prints the account and fails where something is
//! broken; with `--raise-floor` it also writes what is newly reached into `promises-floor.txt`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use testkit::promises::{Account, read_coverage, read_floor, read_promises, read_report};

fn main() -> ExitCode {
    match run(env::args().skip(1)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("promises: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut report = root.join("target/nextest/ci/junit.xml");
    let mut raise = false;
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--report" => report = arguments.next().ok_or("--report needs a file")?.into(),
            "--raise-floor" => raise = true,
            other => return Err(format!("unknown argument {other}")),
        }
    }
    let promises = read_promises(&text(&root.join("promises.toml"))?)?;
    let coverage = read_coverage(&text(&root.join("promises-coverage.toml"))?)?;
    let floor_file = root.join("promises-floor.txt");
    let floor_text = text(&floor_file)?;
    let floor = read_floor(&floor_text)?;
    let outcomes = read_report(&text_of_run(&report)?)?;
    let account = Account::draw_up(&promises, &coverage, &floor, &outcomes);
    print!("{account}");
    if raise && account.holds() {
        let comments = floor_text.lines().filter(|line| line.starts_with('#'));
        let head: String = comments.map(|line| format!("{line}\n")).collect();
        fs::write(&floor_file, head + &account.floor_lines(&floor))
            .map_err(|error| format!("{}: {error}", floor_file.display()))?;
    }
    Ok(account.holds())
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A run in which no test was chosen leaves no report: nothing is shown then, and every declared
/// promise is broken.
fn text_of_run(report: &PathBuf) -> Result<String, String> {
    match fs::read_to_string(report) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| format!("{}: {error}", report.display())),
    }
}
