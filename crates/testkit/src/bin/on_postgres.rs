//! Runs a command beside a PostgreSQL that is made for it: tests that are told of its socket run on
//! it.
//!
//!     on-postgres cargo nextest run -p services

use std::env;
use std::process::{Command, ExitCode};

use testkit::postgres::{Durable, Postgres, SOCKET};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: on-postgres COMMAND [ARGUMENTS]");
        return ExitCode::from(2);
    };
    let server = Postgres::start(Durable::No);
    let ended = Command::new(program)
        .args(arguments)
        .env(SOCKET, server.socket())
        .status();
    match ended.map(|ended| ended.code()) {
        Ok(Some(code)) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Ok(None) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("on-postgres: {error}");
            ExitCode::from(127)
        }
    }
}
