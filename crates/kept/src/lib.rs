//! Kept, the command line: it parses what it is given, calls a use case and shows what came of it.
//!
//! A command is one file in [`cli`]. It is given its [`io::Io`] and never touches the terminal
//! itself, so that it runs alike in the process that was started and, for a client, in the process
//! that owns the installation ([`host`]).

pub mod bench;
pub mod cli;
pub mod defect;
pub mod failure;
mod hardening;
pub mod host;
pub mod io;
pub mod reference;

use std::ffi::OsString;
use std::process::ExitCode;

use io::Io;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    hardening::harden();
    defect::install_hook();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let mut io = Io::of_this_process();
    let code = defect::caught(&mut io, |io| cli::run(&arguments, io));
    io.finish();
    ExitCode::from(code)
}
