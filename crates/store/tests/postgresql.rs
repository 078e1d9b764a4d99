//! The one set of statements is PostgreSQL's too: it accepts the whole schema and every statement.
//!
//! PostgreSQL runs here without a server: in its single-user mode, on a cluster made for the test,
//! reading one statement a line.

#![allow(
    clippy::expect_used,
    reason = "an expectation that fails is a test that fails"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use store::schema::{DATA, Dialect, KEYRING, Migration};
use store::sql::{ALL, Home};
use testkit::postgres::{as_server, programs};

/// A cluster of its own, in a folder that belongs to whoever runs PostgreSQL.
struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    fn new() -> Self {
        let programs = programs();
        let made = as_server("mktemp")
            .args(["-d"])
            .output()
            .expect("mktemp runs");
        let folder = PathBuf::from(String::from_utf8(made.stdout).expect("a path").trim());
        assert!(folder.is_dir(), "no folder for PostgreSQL");
        let cluster = Self { programs, folder };
        let made = as_server(cluster.programs.join("initdb"))
            .args([
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
                "--auth=trust",
                "-D",
            ])
            .arg(&cluster.folder)
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        cluster
    }

    /// Runs statements, and gives what PostgreSQL found wrong with them.
    fn complaints(&self, statements: &[String]) -> Vec<String> {
        let mut server = as_server(self.programs.join("postgres"))
            .args(["--single", "-F", "-D"])
            .arg(&self.folder)
            .arg("template1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("postgres runs");
        let mut input = server.stdin.take().expect("its input");
        for statement in statements {
            writeln!(input, "{}", one_line(statement)).expect("it reads");
        }
        drop(input);
        let Output { status, stderr, .. } = server.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "postgres: {said}");
        let wrong = |line: &&str| {
            ["ERROR:", "FATAL:", "PANIC:"]
                .iter()
                .any(|at| line.contains(at))
        };
        said.lines().filter(wrong).map(str::to_owned).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = as_server("rm").arg("-rf").arg(&self.folder).status();
    }
}

fn one_line(statement: &str) -> String {
    statement.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn schema(migrations: &[Migration]) -> Vec<String> {
    migrations
        .iter()
        .flat_map(|migration| {
            let text = migration.statements(Dialect::Postgres).unwrap_or_default();
            text.split(';')
                .map(one_line)
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
        })
        .map(|statement| format!("{statement};"))
        .collect()
}

#[test]
fn postgresql_accepts_the_schema_and_every_statement() {
    for (home, migrations) in [(Home::Data, DATA), (Home::Keyring, KEYRING)] {
        let cluster = Cluster::new();
        let mut statements = schema(migrations);
        assert!(!statements.is_empty());
        let own: Vec<_> = ALL.iter().filter(|(of, ..)| *of == home).collect();
        assert!(!own.is_empty());
        for (_, name, text) in own {
            statements.push(format!("PREPARE {name} AS {text};"));
        }
        assert_eq!(cluster.complaints(&statements), [""; 0], "{home:?}");
    }
}

#[test]
fn what_postgresql_refuses_is_seen() {
    let cluster = Cluster::new();
    let complaints =
        cluster.complaints(&["PREPARE nothing AS SELECT missing FROM nowhere;".into()]);
    assert_eq!(complaints.len(), 1, "{complaints:?}");
}
