//! The command line: one file a command, each with its options, its help and what it does.

mod accept;
mod access;
mod account;
mod acted;
mod add;
mod announce;
mod apply;
mod backup;
mod bench;
mod check;
mod clock;
mod config;
mod config_file;
mod confirm;
mod consent;
mod context;
mod copy;
mod correct;
mod count;
mod databases;
mod demo;
mod distribute;
mod document_files;
mod documents;
mod drill;
mod duties;
mod explain;
mod fact;
mod find;
mod forget;
mod hold;
mod import;
mod init;
mod join;
mod journal;
mod key;
mod keys;
mod link;
mod login;
mod mailer;
mod may;
mod met;
mod move_;
mod names;
mod new_file;
mod notice;
mod object;
pub mod options;
mod organisation;
mod people;
mod plan;
mod policy_file;
mod quantity;
mod read;
mod register;
mod restore;
mod restrict;
mod serve;
mod show;
mod statistics;
mod sweep;
mod told;
mod trace;
mod usage;
mod values;
mod webhook;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use domain::{Account, Fault, FaultKind};
use services::Kept;

use crate::failure;
use crate::host::{self, Request};
use crate::io::Io;
use options::Place;

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
    /// Make an installation of invented people, and show it in the browser
    Demo(demo::Demo),
    /// Say all that is wrong with a policy, and what law or guidance sees otherwise
    Check(check::Check),
    /// Explain a code that a check has printed
    Explain(explain::Explain),
    /// Say who may do what with which data
    Access(access::Access),
    /// Write the record of processing activities that a policy comes to (GDPR 30)
    Register(register::Register),
    /// Write the notice that the public reads, from a policy or a version that was in force
    Notice(notice::Notice),
    /// List, show and publish the documents that stand apart from the policy
    Documents(documents::Documents),
    /// Make an installation from a policy
    Init(init::Init),
    /// Let one more copy of Kept work on the databases of an installation
    Join(join::Join),
    /// Take data about one person in, as it was collected
    Add(add::Add),
    /// Take people in from a CSV file
    Import(import::Import),
    /// Find people by the exact value of a field
    Find(find::Find),
    /// List people with what kind of person each is, and of which organisation
    People(people::People),
    /// Show what is known of a person without opening a value
    Show(show::Show),
    /// Read a person in a role, for a purpose
    Read(read::Read),
    /// Say whether a person may be contacted, or their data used, for a purpose
    May(may::May),
    /// Record what happened: a contract, a contact, a debit, a dispute
    Fact(fact::Fact),
    /// Add, show, link or unlink an organisation
    Organisation(organisation::Organisation),
    /// Say whether a person is met privately or at work
    Met(met::Met),
    /// Record a consent with its proof, or its withdrawal
    Consent(consent::Consent),
    /// Record that a person accepted a version of a document
    Accept(accept::Accept),
    /// Record an objection, to canvassing or to one purpose
    Object(object::Object),
    /// Put right what is held about a person
    Correct(correct::Correct),
    /// Restrict the processing of a person's data
    Restrict(restrict::Restrict),
    /// Place or lift a hold, for litigation
    Hold(hold::Hold),
    /// Record that a person was told of a version of the policy
    Told(told::Told),
    /// Make the copy of their data that a person has a right to
    Copy(copy::Copy),
    /// Count what is held, by category and kind of person
    Count(count::Count),
    /// Show the statistics that anonymised data has left
    Statistics(statistics::Statistics),
    /// Show everything that was done with a person's data
    Trace(trace::Trace),
    /// Erase a person's data on a ground that gives a right to it
    Forget(forget::Forget),
    /// Destroy what is past its term and nothing keeps any more
    Sweep(sweep::Sweep),
    /// Say what a changed policy would do to the data that is held
    Plan(plan::Plan),
    /// Put a changed policy into force
    Apply(apply::Apply),
    /// Tell people of a new version by mail, and say who was told
    Announce(announce::Announce),
    /// Say who is still to be informed of data that somebody else gave (GDPR 14)
    Duties(duties::Duties),
    /// Make, change, review and show accounts of those who work with the data
    Account(account::Account),
    /// Make, list and revoke keys of programs
    Key(key::Key),
    /// Say where programs are told of what happens, and tell them again
    Webhook(webhook::Webhook),
    /// Issue a link by which a person sees what is held about them
    Link(link::Link),
    /// Verify, publish, prove or prune the journal
    Journal(journal::Journal),
    /// Show, turn or move the keys
    Keys(keys::Keys),
    /// Carry an installation in files over to databases on servers
    Move(move_::Move),
    /// Spread the databases over several machines, with Citus
    Distribute(distribute::Distribute),
    /// Copy the data to a place outside, sealed, while everything goes on
    Backup(backup::Backup),
    /// Bring an installation back from a backup, without what was erased since
    Restore(restore::Restore),
    /// Restore a backup for show, check it, and report what a bad day would cost
    Drill(drill::Drill),
    /// Show, move or confirm an installation's clock
    Clock(clock::Clock),
    /// Check the server's configuration, show the security level in force, or lower it on purpose
    Config(config::Config),
    /// Serve an installation over HTTP, and carry out the commands that others give
    Serve(serve::Serve),
    /// Measure what Kept costs, on an installation of its own
    Bench(bench::Bench),
}

/// A command that needs no installation, or makes or opens one itself.
trait Alone {
    /// Carries the command out.
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault>;
}

/// A command on an installation, wherever the process is that owns it.
trait OnInstallation {
    /// Which installation, and who acts.
    fn place(&self) -> &Place;

    /// Carries the command out on the open installation.
    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault>;
}

/// The two sorts of command.
enum Sort<'a> {
    Alone(&'a dyn Alone),
    OnInstallation(&'a dyn OnInstallation),
}

impl Command {
    fn sort(&self) -> Sort<'_> {
        match self {
            Self::Demo(command) => Sort::Alone(command),
            Self::Check(command) => Sort::Alone(command),
            Self::Explain(command) => Sort::Alone(command),
            Self::Access(command) => command.sort(),
            Self::Register(command) => Sort::Alone(command),
            Self::Notice(command) => command.sort(),
            Self::Documents(command) => Sort::OnInstallation(command),
            Self::Init(command) => Sort::Alone(command),
            Self::Join(command) => Sort::Alone(command),
            Self::Add(command) => Sort::OnInstallation(command),
            Self::Import(command) => Sort::OnInstallation(command),
            Self::Find(command) => Sort::OnInstallation(command),
            Self::People(command) => Sort::OnInstallation(command),
            Self::Show(command) => Sort::OnInstallation(command),
            Self::Read(command) => Sort::OnInstallation(command),
            Self::May(command) => Sort::OnInstallation(command),
            Self::Fact(command) => Sort::OnInstallation(command),
            Self::Organisation(command) => Sort::OnInstallation(command),
            Self::Met(command) => Sort::OnInstallation(command),
            Self::Consent(command) => Sort::OnInstallation(command),
            Self::Accept(command) => Sort::OnInstallation(command),
            Self::Object(command) => Sort::OnInstallation(command),
            Self::Correct(command) => Sort::OnInstallation(command),
            Self::Restrict(command) => Sort::OnInstallation(command),
            Self::Hold(command) => Sort::OnInstallation(command),
            Self::Told(command) => Sort::OnInstallation(command),
            Self::Copy(command) => Sort::OnInstallation(command),
            Self::Count(command) => Sort::OnInstallation(command),
            Self::Statistics(command) => Sort::OnInstallation(command),
            Self::Trace(command) => Sort::OnInstallation(command),
            Self::Forget(command) => Sort::OnInstallation(command),
            Self::Sweep(command) => Sort::OnInstallation(command),
            Self::Plan(command) => Sort::OnInstallation(command),
            Self::Apply(command) => Sort::OnInstallation(command),
            Self::Announce(command) => Sort::OnInstallation(command),
            Self::Duties(command) => Sort::OnInstallation(command),
            Self::Account(command) => Sort::OnInstallation(command),
            Self::Key(command) => Sort::OnInstallation(command),
            Self::Webhook(command) => Sort::OnInstallation(command),
            Self::Link(command) => Sort::OnInstallation(command),
            Self::Journal(command) => command.sort(),
            Self::Keys(command) => command.sort(),
            Self::Move(command) => Sort::Alone(command),
            Self::Distribute(command) => Sort::OnInstallation(command),
            Self::Backup(command) => Sort::OnInstallation(command),
            Self::Restore(command) => Sort::Alone(command),
            Self::Drill(command) => Sort::OnInstallation(command),
            Self::Clock(command) => Sort::OnInstallation(command),
            Self::Config(command) => command.sort(),
            Self::Serve(command) => Sort::Alone(command),
            Self::Bench(command) => Sort::Alone(command),
        }
    }
}

/// Parses and runs a command line, the program's name first, and gives its exit code.
pub fn run(arguments: &[OsString], io: &mut Io) -> u8 {
    let for_programs = arguments.iter().any(|argument| argument == "--json");
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(usage) => return usage::show(&usage, arguments, for_programs, io),
    };
    let outcome = login::account().and_then(|login| match cli.command.sort() {
        Sort::Alone(command) => {
            let exit = command.run(&mut Context::new(io, cli.json, login))?;
            Ok(exit.code())
        }
        Sort::OnInstallation(command) => {
            let place = command.place();
            let folder = place.folder(io)?;
            let keys = place.keys.as_deref().map(|keys| io.path(keys));
            let request = Request::new(arguments, login.as_str(), io)?;
            host::work(
                &folder,
                &request,
                io,
                || Kept::open(&folder, keys.as_deref()),
                |kept, io| on_installation(command, kept, &mut Context::new(io, cli.json, login)),
            )
        }
    });
    outcome.unwrap_or_else(|fault| shown(&fault, cli.json, io))
}

/// Runs a client's command in the process that owns the installation, and gives its exit code.
pub fn run_for_client(request: &Request, kept: &Kept, io: &mut Io) -> u8 {
    let arguments = request.os_arguments();
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(usage) => return usage::show(&usage, &arguments, request.is_for_programs(), io),
    };
    match (cli.command.sort(), Account::parse(&request.login)) {
        (Sort::OnInstallation(command), Ok(login)) => {
            on_installation(command, kept, &mut Context::new(io, cli.json, login))
        }
        (Sort::Alone(_), Ok(_)) => {
            let fault = invalid("this command is not carried out for others");
            shown(&fault, cli.json, io)
        }
        (_, Err(fault)) => shown(&fault, cli.json, io),
    }
}

fn on_installation(command: &dyn OnInstallation, kept: &Kept, context: &mut Context<'_>) -> u8 {
    let code = match command.run(kept, context) {
        Ok(exit) => exit.code(),
        Err(fault) => shown(&fault, context.for_programs, context.io),
    };
    ship(kept, context);
    code
}

/// Ships what a restrictive act has logged. The act stands whatever comes of it: what is not shipped
/// is told, and `kept keys status` and the server show it until it is.
fn ship(kept: &Kept, context: &mut Context<'_>) {
    let shipped = match kept.has_to_ship() {
        Ok(false) => return,
        Ok(true) => kept.ship_acts(),
        Err(fault) => Err(fault),
    };
    let faults = match shipped {
        Ok(copies) => copies
            .into_iter()
            .filter_map(|it| it.outcome.err())
            .collect(),
        Err(fault) => vec![fault],
    };
    for fault in faults {
        let line = format!("warning: the keyring was not shipped: {fault}\n");
        context.io.complain(&line);
    }
}

fn shown(fault: &Fault, for_programs: bool, io: &mut Io) -> u8 {
    failure::show(fault, for_programs, io);
    fault.kind.exit_code()
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

    #[test]
    fn the_lines_of_examples_fit_the_width_that_help_is_shown_in() {
        fn wide(command: &clap::Command, found: &mut Vec<String>) {
            let help = command.get_after_help().map(ToString::to_string);
            let lines = help.iter().flat_map(|help| help.lines());
            let wide_lines = lines.filter(|line| line.chars().count() > 100);
            found.extend(wide_lines.map(str::to_owned));
            for below in command.get_subcommands() {
                wide(below, found);
            }
        }
        let mut found = Vec::new();
        wide(&Cli::command(), &mut found);
        assert_eq!(found, [""; 0]);
    }
}
