//! The command line: one file a command, each with its options, its help and what it does.

mod check;
mod context;
mod explain;
pub mod options;
mod policy_file;
mod register;
mod usage;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use domain::{Fault, FaultKind};

use crate::failure;
use crate::io::Io;

pub use context::{Context, Exit};

/// What the command line begins with, whatever the command.
#[derive(Debug, Parser)]
#[command(
    name = "kept",
    version,
    about = "Kept: a customer and contact data platform whose privacy policy is the program",
    after_help = after_help(),
    max_term_width = 100,
    infer_long_args = false,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Answer in JSON, for programs; errors too
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say all that is wrong with a policy, and what law or guidance sees otherwise
    Check(check::Check),
    /// Explain a code that a check has printed
    Explain(explain::Explain),
    /// Write the record of processing activities that a policy comes to (GDPR 30)
    Register(register::Register),
}

impl Command {
    /// Carries the command out.
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match self {
            Self::Check(command) => command.run(context),
            Self::Explain(command) => command.run(context),
            Self::Register(command) => command.run(context),
        }
    }
}

/// Parses and runs a command line, the program's name first, and gives its exit code.
pub fn run(arguments: &[OsString], io: &mut Io) -> u8 {
    let for_programs = arguments.iter().any(|argument| argument == "--json");
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(usage) => return usage::show(&usage, for_programs, io),
    };
    let outcome = cli.command.run(&mut Context::new(io, cli.json));
    match outcome {
        Ok(exit) => exit.code(),
        Err(fault) => {
            failure::show(&fault, cli.json, io);
            fault.kind.exit_code()
        }
    }
}

/// Parses a command line, the program's name first.
///
/// # Errors
/// Clap's: a wrong command line, or the wish for help or for the version.
pub fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The exit codes, below the help of the whole.
fn after_help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (code, meaning) in failure::EXIT_CODES {
        text.push_str(&format!("  {code}  {meaning}\n"));
    }
    text.push_str("\n`kept COMMAND --help` shows a command's options with an example.");
    text
}

/// The fault of something that was given and is not usable as it is.
fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_in_its_help() {
        let cli = Cli::command();
        for command in cli.get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            let name = command.get_name();
            assert!(
                help.is_some_and(|help| help.contains(&format!("kept {name}"))),
                "{name} has no example"
            );
        }
    }
}
